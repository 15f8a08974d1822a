//! `/sign-in/provider`: the way to a provider of OpenID Connect and back. The gate knows the questions and
//! judges the answers; here are the pages and the cookie that ties a return to the browser that left.

use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::own_form::OwnForm;
use crate::sign_in::{self, Next, own_path};
use crate::trouble;
use crate::visit::Visit;
use crate::words::Words;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use axum::routing::{get, post};
use gj_api::Problem;
use gj_gate::SignIn;
use gj_gate::provider::{AWAY_SECONDS_MAX, RETURN_PATH};

/// Cookie of a browser on its way: the return is a request that another site starts, so that it must be
/// sent along with those (`SameSite=Lax`).
const COOKIE: &str = "gj_provider";

/// A page that leads on by itself: to the provider, which a policy for forms would not let a form do, and
/// from it, because a browser keeps the session's cookie back while another site leads.
#[derive(Template)]
#[template(path = "go_on.html")]
struct GoOn {
    frame: Frame,
    w: &'static Words,
    next: String,
}

/// The addresses of this way; none of them answers where no provider is set up.
pub(crate) fn routes() -> Router<Desk> {
    Router::new().route("/sign-in/provider", post(leave)).route(RETURN_PATH, get(come_back))
}

async fn leave(State(desk): State<Desk>, form: OwnForm<Next>) -> Response {
    let OwnForm { visit, fields } = form;
    if desk.gate.provider().is_none() {
        return trouble::page(&visit, &Problem::NotFound);
    }
    let browser = match gj_api::random_id() {
        Ok(id) => id,
        Err(problem) => return trouble::page(&visit, &problem),
    };
    match desk.gate.depart(&browser, own_path(fields.next.as_deref())).await {
        Ok(departure) => {
            let mut response = go_on(&visit, departure.url);
            if let Some(cookie) = visit.cookie(COOKIE, &browser, AWAY_SECONDS_MAX) {
                response.headers_mut().append(SET_COOKIE, cookie);
            }
            response
        }
        Err(error) => trouble::page(&visit, &Problem::public(error)),
    }
}

async fn come_back(State(desk): State<Desk>, visit: Visit) -> Response {
    if desk.gate.provider().is_none() {
        return trouble::page(&visit, &Problem::NotFound);
    }
    let browser = gj_api::cookie(&visit.headers, COOKIE).unwrap_or_default().to_owned();
    let state = visit.param("state").unwrap_or_default().to_owned();
    // Without a code the provider says why somebody stays out; the state is used up all the same.
    let code = visit.param("code").unwrap_or_default().to_owned();
    let arrival = match desk.gate.arrive(&browser, &state, code).await {
        Ok(arrival) => arrival,
        Err(error) => return trouble::page(&visit, &Problem::public(error)),
    };
    let next = own_path(Some(&arrival.next));
    let mut response = match arrival.sign_in {
        SignIn::Welcome(welcome) if welcome.trainings.is_empty() => {
            sign_in::opened(&desk, &visit, gj_api::Holder::Ticket(welcome.ticket), |cookie| {
                sign_in::with_cookie(go_on(&visit, next), cookie)
            })
        }
        other => sign_in::came_in(&desk, &visit, next, Ok(other)),
    };
    if let Some(cookie) = visit.cookie(COOKIE, "", 0) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

fn go_on(visit: &Visit, next: String) -> Response {
    let w = visit.words();
    render(visit, StatusCode::OK, &GoOn { frame: Frame::new(visit, w.going_on_title), w, next })
}
