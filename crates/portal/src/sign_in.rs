//! `/sign-in` and `/sign-out`: a name with its password, or a token, opens a session, whose id goes into
//! a cookie. Every request is judged anew by what opened the session; signing out ends the session, not
//! only the cookie.

use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::own_form::OwnForm;
use crate::trouble;
use crate::visit::Visit;
use crate::words::{Words, fill};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER, SET_COOKIE};
use axum::response::{IntoResponse, Redirect, Response};
use gj_api::{Holder, Problem, SESSION_COOKIE, SESSION_SECONDS_MAX};
use gj_gate::{GateError, SignIn, TrainingEnd, Welcome};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    w: &'static Words,
    next: String,
    trouble: Option<String>,
    demo: Vec<DemoButton>,
    /// What the button says that leads to another provider, where one is set up.
    provider: Option<String>,
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct WelcomePage {
    frame: Frame,
    w: &'static Words,
    next: String,
    lines: Vec<String>,
}

struct DemoButton {
    id: String,
    label: String,
}

/// The form: a name and its password, a token, or in demo mode the name of an example user.
#[derive(Deserialize)]
pub(crate) struct Entry {
    name: Option<String>,
    password: Option<String>,
    token: Option<String>,
    user: Option<String>,
    next: Option<String>,
}

/// The form behind a button that only says where to go on to.
#[derive(Deserialize)]
pub(crate) struct Next {
    #[cfg_attr(not(feature = "oidc"), allow(dead_code, reason = "read where a provider is set up"))]
    pub(crate) next: Option<String>,
}

pub(crate) async fn show(State(desk): State<Desk>, visit: Visit) -> Response {
    let next = own_path(visit.param("next"));
    page(&desk, &visit, StatusCode::OK, next, None)
}

pub(crate) async fn enter(State(desk): State<Desk>, form: OwnForm<Entry>) -> Response {
    let OwnForm { visit, fields } = form;
    let next = own_path(fields.next.as_deref());
    if let Some(name) = &fields.name {
        let password = fields.password.unwrap_or_default();
        let came = desk.gate.sign_in_with_password(name, password, visit.address).await;
        return came_in(&desk, &visit, next, came);
    }
    let example = fields.user.as_deref().and_then(|id| desk.demo.iter().find(|user| user.id == id));
    let token = match example {
        Some(user) => user.token.clone(),
        None => fields.token.unwrap_or_default().trim().to_owned(),
    };
    match desk.gate.sign_in(&token).await {
        Ok(Some(_)) => opened(&desk, &visit, Holder::Token(token), |cookie| go_on(&next, cookie)),
        Ok(None) => {
            let sentence = visit.words().sign_in_failed.to_owned();
            page(&desk, &visit, StatusCode::UNAUTHORIZED, next, Some(sentence))
        }
        Err(error) => trouble::page(&visit, &Problem::public(error)),
    }
}

pub(crate) async fn leave(State(desk): State<Desk>, form: OwnForm<Next>) -> Response {
    end(&desk, &form.visit);
    go_on("/", form.visit.session_cookie("", 0))
}

/// The answer to an attempt that the gate has judged.
pub(crate) fn came_in(desk: &Desk, visit: &Visit, next: String, came: Result<SignIn, GateError>) -> Response {
    let words = visit.words();
    match came {
        Ok(SignIn::Welcome(welcome)) => {
            let Welcome { ticket, trainings, .. } = *welcome;
            opened(desk, visit, Holder::Ticket(ticket), |cookie| match trainings.is_empty() {
                true => go_on(&next, cookie),
                false => welcome_page(visit, next.clone(), &trainings, cookie),
            })
        }
        Ok(SignIn::Wrong) => {
            page(desk, visit, StatusCode::UNAUTHORIZED, next, Some(words.sign_in_wrong.to_owned()))
        }
        Ok(SignIn::Wait { seconds }) => {
            let sentence = fill(words.sign_in_wait, &[("seconds", &seconds.to_string())]);
            let mut response = page(desk, visit, StatusCode::TOO_MANY_REQUESTS, next, Some(sentence));
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
            response
        }
        Err(error) => trouble::page(visit, &Problem::public(error)),
    }
}

/// Opens a session. A browser has one: the one it had before ends, and the new one has a new id.
pub(crate) fn opened(
    desk: &Desk,
    visit: &Visit,
    holder: Holder,
    respond: impl FnOnce(Option<HeaderValue>) -> Response,
) -> Response {
    end(desk, visit);
    match desk.sessions.open(holder) {
        Ok(id) => respond(visit.session_cookie(&id, SESSION_SECONDS_MAX)),
        Err(problem) => trouble::page(visit, &problem),
    }
}

/// Ends the session a browser had, if any.
fn end(desk: &Desk, visit: &Visit) {
    if let Some(id) = gj_api::cookie(&visit.headers, SESSION_COOKIE) {
        desk.sessions.close(id);
    }
}

fn go_on(next: &str, cookie: Option<HeaderValue>) -> Response {
    with_cookie(Redirect::to(next).into_response(), cookie)
}

/// Says what runs out, and links to where one wanted to go.
fn welcome_page(
    visit: &Visit,
    next: String,
    trainings: &[TrainingEnd],
    cookie: Option<HeaderValue>,
) -> Response {
    let w = visit.words();
    let line = |end: &TrainingEnd| {
        let sentence = if end.over { w.training_over } else { w.training_ends };
        fill(sentence, &[("training", &end.training), ("date", &end.valid_to.to_string())])
    };
    let lines = trainings.iter().map(line).collect();
    let page = WelcomePage { frame: Frame::new(visit, w.welcome_title), w, next, lines };
    with_cookie(render(visit, StatusCode::OK, &page), cookie)
}

pub(crate) fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

fn page(desk: &Desk, visit: &Visit, status: StatusCode, next: String, trouble: Option<String>) -> Response {
    let button = |user: &crate::DemoUser| DemoButton {
        id: user.id.clone(),
        label: visit.language.of(&user.name).to_owned(),
    };
    let page = SignInPage {
        frame: Frame::new(visit, visit.words().sign_in_title),
        w: visit.words(),
        next,
        trouble,
        demo: desk.demo.iter().map(button).collect(),
        provider: desk.provider(visit),
    };
    // The form's token belongs to a cookie, which a new browser does not have yet.
    with_cookie(render(visit, status, &page), visit.browser_cookie())
}

/// A path of this server to go on to: anything else, such as `//elsewhere`, is the home page.
pub(crate) fn own_path(next: Option<&str>) -> String {
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
