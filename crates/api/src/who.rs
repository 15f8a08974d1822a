//! Who sends a request: a bearer token in a header, or the portal's cookie that names a session.
//!
//! Decides nothing: a request with no token, or an unknown one, comes from nobody, and the gate says
//! what nobody may do.

use crate::origin;
use crate::sessions::Sessions;
use axum::extract::FromRef;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE};
use gj_gate::{Asker, Gate, GateError, Session};

/// Cookie of the portal. It holds the id of a session (see [`Sessions`]), is never readable by a script
/// (`HttpOnly`), and is not sent along with requests other sites start by form (`SameSite=Lax`).
pub const SESSION_COOKIE: &str = "gj_session";

/// Bytes of the longest token looked up.
const TOKEN_BYTES_MAX: usize = 512;

/// What an operation has at hand: the gate, and who is signed in on the portal.
#[derive(Debug, Clone)]
pub(crate) struct Counter {
    pub(crate) gate: Gate,
    pub(crate) sessions: Sessions,
}

impl FromRef<Counter> for Gate {
    fn from_ref(counter: &Counter) -> Gate {
        counter.gate.clone()
    }
}

/// The person signed in, if anybody. The token is looked up at every request.
///
/// # Errors
/// When the registry cannot be read.
pub async fn session(
    headers: &HeaderMap,
    gate: &Gate,
    sessions: &Sessions,
) -> Result<Option<Session>, GateError> {
    match token(headers, sessions) {
        Some(token) => gate.sign_in(&token).await,
        None => Ok(None),
    }
}

/// The session's asker, or nobody.
pub(crate) fn asker(session: Option<&Session>) -> Asker {
    session.map_or_else(Asker::nobody, |session| session.asker.clone())
}

/// A cookie by name.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = pairs.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn token(headers: &HeaderMap, sessions: &Sessions) -> Option<String> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    // A header that is no bearer token still stands before the cookie: who sends one means it.
    let token = match header {
        Some(header) => {
            let (scheme, token) = header.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())?
        }
        // A browser adds the cookie by itself, also to what a page of somebody else asks for.
        None if origin::is_foreign(headers) => return None,
        None => sessions.token(cookie(headers, SESSION_COOKIE)?)?,
    };
    (1..=TOKEN_BYTES_MAX).contains(&token.len()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_header_stands_before_the_cookie() {
        let sessions = Sessions::default();
        let mut headers = HeaderMap::new();
        let found = |headers: &HeaderMap| token(headers, &sessions);
        assert_eq!(found(&headers), None);
        let id = sessions.open("abc").unwrap();
        let value = HeaderValue::from_str(&format!("gj_lang=ja; gj_session={id}")).unwrap();
        headers.insert(COOKIE, value);
        assert_eq!(found(&headers).as_deref(), Some("abc"));
        headers.insert(AUTHORIZATION, HeaderValue::from_static("bearer xyz"));
        assert_eq!(found(&headers).as_deref(), Some("xyz"));
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Basic xyz"));
        assert_eq!(found(&headers), None);
    }

    #[test]
    fn a_token_is_no_cookie_and_a_foreign_page_has_no_session() {
        let sessions = Sessions::default();
        let id = sessions.open("abc").unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static("gj_session=abc"));
        assert_eq!(token(&headers, &sessions), None);
        headers.insert(COOKIE, HeaderValue::from_str(&format!("gj_session={id}")).unwrap());
        headers.insert("host", HeaderValue::from_static("gj.example"));
        headers.insert("origin", HeaderValue::from_static("https://other.example"));
        assert_eq!(token(&headers, &sessions), None);
        headers.insert("origin", HeaderValue::from_static("https://gj.example"));
        assert!(token(&headers, &sessions).is_some());
    }
}
