//! The one place that knows status codes and error bodies. Never tells why the server itself failed:
//! that goes to the log under a request id, which is all the client gets.

use crate::beacon;
use axum::Json;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use gj_gate::GateError;
use gj_model::Reason;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Status of a request that took longer than the configured limit.
pub(crate) const TIMED_OUT: StatusCode = StatusCode::SERVICE_UNAVAILABLE;
/// Header with the name of a request in the log.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The code of the rule that knows no such release.
const FREEZE_UNKNOWN: &str = "freeze-unknown";
/// The code of a step that the application is not at.
const STATE: &str = "application-state";

/// A parameter that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("parameter `{name}`: found `{found}`; expected {expected}")]
pub struct BadParameter {
    /// Name of the parameter.
    pub name: String,
    /// What was sent, shortened.
    pub found: String,
    /// What would be understood.
    pub expected: String,
}

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// A parameter cannot be understood.
    #[error(transparent)]
    Parameter(#[from] BadParameter),
    /// There is no release yet.
    #[error("there is no release yet; the data manager makes one with `gj freeze`")]
    NoRelease,
    /// There is nothing under this address.
    #[error("there is nothing at this address; the operations are listed at /api/openapi.json")]
    NotFound,
    /// The request does not fit this server: its method, its size, its time.
    #[error("{}", unfit(*.0))]
    Unfit(StatusCode),
    /// The gate says no.
    #[error("{error}")]
    Gate {
        /// Why.
        error: GateError,
        /// Whether somebody was signed in.
        signed_in: bool,
    },
}

impl BadParameter {
    /// A parameter with what was found, shortened, and what was expected.
    pub fn new(name: &str, found: &str, expected: impl Into<String>) -> BadParameter {
        let found = found.chars().take(80).collect::<String>().escape_debug().to_string();
        BadParameter { name: name.to_owned(), found, expected: expected.into() }
    }
}

impl Problem {
    /// A problem of an operation that is the same for everybody.
    pub fn public(error: GateError) -> Problem {
        Problem::Gate { error, signed_in: false }
    }

    /// The reasons, when the rules said no.
    pub fn reasons(&self) -> Option<&[Reason]> {
        match self {
            Problem::Gate { error: GateError::Refused(refusal), .. } => Some(&refusal.refused),
            _ => None,
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        match self {
            Problem::Parameter(_) => StatusCode::BAD_REQUEST,
            Problem::NoRelease | Problem::NotFound => StatusCode::NOT_FOUND,
            Problem::Unfit(status) => *status,
            Problem::Gate { error, signed_in } => match error {
                GateError::Refused(_) if !signed_in => StatusCode::UNAUTHORIZED,
                GateError::Refused(refusal) => {
                    let unknown = refusal.refused.iter().any(|reason| reason.code == FREEZE_UNKNOWN);
                    if refusal.refused.iter().all(|reason| reason.code == STATE) {
                        return StatusCode::CONFLICT;
                    }
                    if unknown { StatusCode::NOT_FOUND } else { StatusCode::FORBIDDEN }
                }
                GateError::TooManySites { .. }
                | GateError::Application(_)
                | GateError::Books(_)
                | GateError::People(_)
                | GateError::Consent(_) => StatusCode::BAD_REQUEST,
                GateError::Participant(_) => StatusCode::NOT_FOUND,
                GateError::NoApplication(_) | GateError::NoPaper(_) if !signed_in => StatusCode::UNAUTHORIZED,
                GateError::NoApplication(_) | GateError::NoPaper(_) => StatusCode::NOT_FOUND,
                GateError::Stale(_) => StatusCode::CONFLICT,
                GateError::Changed | GateError::Making => StatusCode::SERVICE_UNAVAILABLE,
                GateError::Provider(_) => StatusCode::BAD_GATEWAY,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    /// A sentence for the client: the problem itself, or nothing but the request id.
    pub fn sentence(&self, request: &str) -> String {
        match self.status() {
            StatusCode::INTERNAL_SERVER_ERROR | StatusCode::BAD_GATEWAY => {
                format!("the server failed; tell its operator request {request}")
            }
            _ => self.to_string(),
        }
    }

    /// Names this failure and writes it to the log if the server is at fault. Call it once.
    pub fn logged(&self) -> String {
        let request = request_id();
        if self.status().is_server_error() && self.status() != StatusCode::SERVICE_UNAVAILABLE {
            tracing::error!(request, error = %self, "request failed");
        }
        request
    }

    /// A response with this problem's status and headers, and the given body.
    pub fn respond(&self, request: &str, body: impl IntoResponse) -> Response {
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::from_str(request) {
            headers.insert(REQUEST_ID, id);
        }
        match self.status() {
            StatusCode::UNAUTHORIZED => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"gj\""));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }

    fn api_body(&self, request: &str) -> Value {
        match (self, self.reasons()) {
            (_, Some(reasons)) => json!({ "refused": reasons }),
            (Problem::Parameter(bad), _) => json!({ "error": {
                "parameter": bad.name,
                "found": bad.found,
                "expected": bad.expected,
                "message": bad.to_string(),
            }}),
            _ => json!({ "error": { "message": self.sentence(request), "request": request } }),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let request = self.logged();
        self.respond(&request, Json(self.api_body(&request)))
    }
}

/// A problem of the Beacon, in the envelope its specification asks for.
pub(crate) struct BeaconProblem {
    pub(crate) problem: Problem,
    /// `meta` of the envelope.
    pub(crate) meta: Value,
}

impl BeaconProblem {
    pub(crate) fn body(&self, request: &str) -> Value {
        let mut body = json!({
            "meta": self.meta,
            "error": {
                "errorCode": self.problem.status().as_u16(),
                "errorMessage": self.problem.sentence(request),
            },
        });
        if let Some(reasons) = self.problem.reasons() {
            let sentences: Vec<&str> = reasons.iter().map(|reason| reason.en.as_str()).collect();
            body["error"]["errorMessage"] = json!(sentences.join(" "));
            body["info"] = json!({ "refused": reasons });
        }
        body
    }
}

impl IntoResponse for BeaconProblem {
    fn into_response(self) -> Response {
        let request = self.problem.logged();
        self.problem.respond(&request, Json(self.body(&request)))
    }
}

/// The answer for a path under `/api` that no operation has.
pub fn not_found(path: &str) -> Response {
    if path.starts_with(beacon::BASE) {
        BeaconProblem { problem: Problem::NotFound, meta: beacon::envelope::meta_of_error() }.into_response()
    } else {
        Problem::NotFound.into_response()
    }
}

/// Puts our own body into a response the framework made by itself.
pub(crate) fn worded(path: &str, response: Response) -> Response {
    let status = response.status();
    let ours = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind != "text/plain; charset=utf-8");
    if ours || !(status.is_client_error() || status == TIMED_OUT) {
        return response;
    }
    let problem = Problem::Unfit(status);
    let mut worded = if path.starts_with(beacon::BASE) {
        BeaconProblem { problem, meta: beacon::envelope::meta_of_error() }.into_response()
    } else {
        problem.into_response()
    };
    if let Some(allow) = response.headers().get(ALLOW) {
        worded.headers_mut().insert(ALLOW, allow.clone());
    }
    worded
}

fn unfit(status: StatusCode) -> &'static str {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => "this address is not asked with this method",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "a question is sent as `application/json`",
        StatusCode::PAYLOAD_TOO_LARGE => {
            "the request is longer than this server takes (`limits.body_bytes_max`)"
        }
        TIMED_OUT => "the answer took too long (`limits.request_seconds_max`); ask for less at a time",
        _ => "the request has not the form this address expects",
    }
}

/// Unlike any other of this server's, and telling nothing about the request.
pub(crate) fn request_id() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_micros());
    format!("{since:x}-{:x}", COUNT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gj_gate::Refusal;

    fn refused(code: &str, signed_in: bool) -> StatusCode {
        let reason = Reason { code: code.into(), ..Reason::default() };
        Problem::Gate { error: Refusal { refused: vec![reason] }.into(), signed_in }.status()
    }

    #[test]
    fn a_refusal_tells_nobody_apart_from_somebody() {
        assert_eq!(refused("user-unknown", false), StatusCode::UNAUTHORIZED);
        assert_eq!(refused("freeze-unknown", false), StatusCode::UNAUTHORIZED);
        assert_eq!(refused("fee-unpaid", true), StatusCode::FORBIDDEN);
        assert_eq!(refused("freeze-unknown", true), StatusCode::NOT_FOUND);
    }

    #[test]
    fn the_server_keeps_its_own_failures_to_itself() {
        let problem = Problem::public(GateError::Inconsistent("secret path".into()));
        assert_eq!(problem.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!problem.api_body("r1").to_string().contains("secret"));
        assert!(problem.api_body("r1").to_string().contains("r1"));
    }
}
