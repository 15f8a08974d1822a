//! `/sign-in` and `/sign-out`: a token opens a session, whose id goes into a cookie. Every request is
//! signed in anew by the session's token; signing out ends the session, not only the cookie.

use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::trouble;
use crate::visit::Visit;
use crate::words::Words;
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use gj_api::{Problem, SESSION_COOKIE, SESSION_SECONDS_MAX, origin};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    frame: Frame,
    w: &'static Words,
    next: String,
    failed: bool,
    demo: Vec<DemoButton>,
}

struct DemoButton {
    id: String,
    label: String,
}

/// The form: a token, or in demo mode the name of an example user.
#[derive(Deserialize)]
pub(crate) struct Entry {
    token: Option<String>,
    user: Option<String>,
    next: Option<String>,
}

pub(crate) async fn show(State(desk): State<Desk>, visit: Visit) -> Response {
    let next = own_path(visit.param("next"));
    render(&visit, StatusCode::OK, &form(&desk, &visit, next, false))
}

pub(crate) async fn enter(State(desk): State<Desk>, visit: Visit, Form(entry): Form<Entry>) -> Response {
    if !origin::is_own(&visit.headers) {
        return trouble::foreign_form(&visit);
    }
    let next = own_path(entry.next.as_deref());
    let example = entry.user.as_deref().and_then(|id| desk.demo.iter().find(|user| user.id == id));
    let token = match example {
        Some(user) => user.token.clone(),
        None => entry.token.unwrap_or_default().trim().to_owned(),
    };
    let known = match desk.gate.sign_in(&token).await {
        Ok(session) => session.is_some(),
        Err(error) => return trouble::page(&visit, &Problem::public(error)),
    };
    if !known {
        return render(&visit, StatusCode::UNAUTHORIZED, &form(&desk, &visit, next, true));
    }
    // A browser has one session: the one it had before ends, and the new one has a new id.
    end(&desk, &visit);
    match desk.sessions.open(&token) {
        Ok(id) => with_cookie(&visit, &next, &id, SESSION_SECONDS_MAX),
        Err(problem) => trouble::page(&visit, &problem),
    }
}

pub(crate) async fn leave(State(desk): State<Desk>, visit: Visit) -> Response {
    if !origin::is_own(&visit.headers) {
        return trouble::foreign_form(&visit);
    }
    end(&desk, &visit);
    with_cookie(&visit, "/", "", 0)
}

/// Ends the session a browser had, if any.
fn end(desk: &Desk, visit: &Visit) {
    if let Some(id) = gj_api::cookie(&visit.headers, SESSION_COOKIE) {
        desk.sessions.close(id);
    }
}

fn with_cookie(visit: &Visit, next: &str, id: &str, seconds: u64) -> Response {
    let mut response = Redirect::to(next).into_response();
    if let Some(cookie) = visit.cookie(SESSION_COOKIE, id, seconds) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

fn form(desk: &Desk, visit: &Visit, next: String, failed: bool) -> SignIn {
    let button = |user: &crate::DemoUser| DemoButton {
        id: user.id.clone(),
        label: visit.language.of(&user.name).to_owned(),
    };
    SignIn {
        frame: Frame::new(visit, visit.words().sign_in_title),
        w: visit.words(),
        next,
        failed,
        demo: desk.demo.iter().map(button).collect(),
    }
}

/// A path of this server to go on to: anything else, such as `//elsewhere`, is the home page.
fn own_path(next: Option<&str>) -> String {
    let plain = |path: &&str| {
        path.starts_with('/')
            && !path.starts_with("//")
            && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
    };
    next.filter(plain).unwrap_or("/").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_on_to_this_server_only() {
        assert_eq!(own_path(Some("/variant/1/x?by=sex")), "/variant/1/x?by=sex");
        for next in [
            None,
            Some(""),
            Some("//evil.example"),
            Some("/\\evil.example"),
            Some("https://evil.example"),
            Some("/a\r\nb"),
        ] {
            assert_eq!(own_path(next), "/", "{next:?}");
        }
    }
}
