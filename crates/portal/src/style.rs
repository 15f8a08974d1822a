//! The files a page needs beside its text: one style sheet and one icon, embedded in the program.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// Where the style sheet lives.
pub(crate) const PATH: &str = "/static/portal.css";
/// Where the icon lives.
pub(crate) const ICON_PATH: &str = "/static/mark.svg";

pub(crate) async fn show() -> Response {
    file("text/css; charset=utf-8", include_str!("../assets/portal.css"))
}

pub(crate) async fn icon() -> Response {
    file("image/svg+xml", include_str!("../assets/mark.svg"))
}

/// The same for everybody, so that browsers may keep it for a while.
fn file(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=300")], text).into_response()
}
