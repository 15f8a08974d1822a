//! What surrounds every page: title, language switch, who is signed in. And how a page becomes a response.

use crate::language;
use crate::visit::Visit;
use crate::words::{Words, fill};
use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, HeaderValue, SET_COOKIE, VARY};
use axum::response::{IntoResponse, Response};

/// Seconds the choice of a language is remembered.
const LANGUAGE_SECONDS: u64 = 365 * 24 * 3600;

/// The surroundings of a page.
pub(crate) struct Frame {
    pub(crate) title: String,
    pub(crate) code: &'static str,
    pub(crate) other_code: &'static str,
    pub(crate) switch: String,
    pub(crate) signed_in: Option<String>,
    pub(crate) sign_in: String,
    /// What every form of this page holds; see `own_form.rs`.
    pub(crate) csrf: String,
    pub(crate) style: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) w: &'static Words,
}

impl Frame {
    pub(crate) fn new(visit: &Visit, title: impl Into<String>) -> Frame {
        let other = visit.language.other().code();
        let here = visit.address_with(&[]);
        // After signing in one comes back here, but not to the form itself.
        let next = if visit.path == "/sign-in" { visit.param("next").unwrap_or("/") } else { &here };
        let next = form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>();
        Frame {
            title: title.into(),
            code: visit.language.code(),
            other_code: other,
            switch: visit.address_with(&[("lang", other)]),
            signed_in: visit.session.as_ref().map(|session| {
                fill(visit.words().signed_in_as, &[("name", visit.language.of(&session.name))])
            }),
            sign_in: format!("/sign-in?next={next}"),
            csrf: visit.csrf.clone(),
            style: crate::style::PATH,
            icon: crate::style::ICON_PATH,
            w: visit.words(),
        }
    }
}

/// Renders a page.
pub(crate) fn render(visit: &Visit, status: StatusCode, page: &impl Template) -> Response {
    let html = match page.render() {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, "page cannot be rendered");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(visit.language.code()));
    headers.insert(VARY, HeaderValue::from_static("cookie, accept-language"));
    // An address that names a language sets it for the pages that follow.
    if visit.params.contains_key("lang")
        && let Some(cookie) = visit.cookie(language::COOKIE, visit.language.code(), LANGUAGE_SECONDS)
    {
        headers.append(SET_COOKIE, cookie);
    }
    response
}
