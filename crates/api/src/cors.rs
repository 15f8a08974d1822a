//! Which sites' pages may read the Beacon's answers in a browser: those that `gj.toml` lists. A foreign page never
//! acts with the portal's cookie (see `who`), only with a token that it sends itself.

use crate::beacon::BASE;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Answers preflights and lets listed origins read.
pub(crate) async fn allow(State(origins): State<Arc<[String]>>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with(BASE) {
        return next.run(request).await;
    }
    let origin = request.headers().get(ORIGIN).filter(|origin| listed(&origins, origin)).cloned();
    let asks_first =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match asks_first {
        true => StatusCode::NO_CONTENT.into_response(),
        false => next.run(request).await,
    };
    let headers = response.headers_mut();
    // Whether others are let in depends on the origin, so that a cache must not mix them up.
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        add(headers, origin, asks_first);
    }
    response
}

fn listed(origins: &[String], origin: &HeaderValue) -> bool {
    origin.to_str().is_ok_and(|origin| origins.iter().any(|listed| listed.trim_end_matches('/') == origin))
}

fn add(headers: &mut HeaderMap, origin: HeaderValue, asks_first: bool) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("x-request-id"));
    if asks_first {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, content-type"));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_origins_are_let_in_and_none_by_likeness() {
        let origins = ["https://beacon-network.example/".to_owned()];
        let is = |origin: &'static str| listed(&origins, &HeaderValue::from_static(origin));
        assert!(is("https://beacon-network.example"));
        for other in
            ["https://beacon-network.example.evil", "http://beacon-network.example", "null", "https://evil"]
        {
            assert!(!is(other), "{other}");
        }
        assert!(!listed(&[], &HeaderValue::from_static("https://beacon-network.example")));
    }
}
