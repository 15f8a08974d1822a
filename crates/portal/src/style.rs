//! The one style sheet, embedded in the program.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// Where it lives.
pub(crate) const PATH: &str = "/static/portal.css";
const SHEET: &str = include_str!("../assets/portal.css");

pub(crate) async fn show() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=300")], SHEET).into_response()
}
