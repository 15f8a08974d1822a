//! What every response carries and every request must respect: size and time limits, and the headers
//! that keep a browser from running, framing, guessing, telling or storing what it should not.

use crate::beacon::BASE;
use crate::cors;
use crate::status::{REQUEST_ID, TIMED_OUT, request_id, worded};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::Response;
use gj_gate::Gate;
use std::sync::Arc;
use std::time::Duration;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// No script at all; styles, forms and pictures of this server only; in nobody's frame.
const POLICY: &str = "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// `no-referrer` would make browsers send `Origin: null` with this server's own forms, and the check
/// against foreign forms needs the origin; other sites are told nothing either way.
const HEADERS: [(HeaderName, &str); 4] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (REFERRER_POLICY, "same-origin"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
];

/// Puts limits and headers round a router.
pub fn guard(router: Router, gate: &Gate) -> Router {
    let limits = &gate.config().limits;
    let origins: Arc<[String]> = gate.config().beacon.origins.clone().into();
    let time = Duration::from_secs(limits.request_seconds_max);
    router
        // The framework's own default would cut bodies before the configured limit does.
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(limits.body_bytes_max))
        .layer(TimeoutLayer::with_status_code(TIMED_OUT, time))
        .layer(middleware::from_fn(add_headers))
        // Outermost: a preflight asks with a method that no operation has.
        .layer(middleware::from_fn_with_state(origins, cors::allow))
}

async fn add_headers(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = worded(&path, next.run(request).await);
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if path.starts_with(BASE) && !headers.contains_key(REQUEST_ID) {
        headers.insert(REQUEST_ID, HeaderValue::from_str(&request_id()).expect("an id is hexadecimal"));
    }
    // Answers depend on who asks and on who left; only what says otherwise may be kept.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
