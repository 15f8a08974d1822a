//! Who sends a request: a bearer token in a header, or the portal's cookie that names a session.
//!
//! Decides nothing: a request with no token, or an unknown one, comes from nobody, and the gate says
//! what nobody may do.

use crate::origin;
use crate::sessions::{Holder, Sessions};
use axum::extract::FromRef;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE};
use gj_gate::{Asker, Gate, GateError, Session};

/// Cookie of the portal. It holds the id of a session (see [`Sessions`]), is never readable by a script
/// (`HttpOnly`), and is not sent along with requests that other sites start (`SameSite=Strict`).
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

/// The person signed in, if anybody. What opened the session is looked up at every request.
///
/// # Errors
/// When the registry cannot be read.
pub async fn session(
    headers: &HeaderMap,
    gate: &Gate,
    sessions: &Sessions,
) -> Result<Option<Session>, GateError> {
    match holder(headers, sessions) {
        Some(Holder::Token(token)) => gate.sign_in(&token).await,
        Some(Holder::Ticket(ticket)) => gate.resume(&ticket).await,
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

fn holder(headers: &HeaderMap, sessions: &Sessions) -> Option<Holder> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    // A header that is no bearer token still stands before the cookie: who sends one means it.
    let token = match header {
        Some(header) => {
            let (scheme, token) = header.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())?
        }
        // A browser adds the cookie by itself, also to what a page of somebody else asks for.
        None if origin::is_foreign(headers) => return None,
        None => return sessions.holder(cookie(headers, SESSION_COOKIE)?),
    };
    (1..=TOKEN_BYTES_MAX).contains(&token.len()).then_some(Holder::Token(token))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_header_stands_before_the_cookie() {
        let sessions = Sessions::default();
        let mut headers = HeaderMap::new();
        let token = |text: &str| Holder::Token(text.to_owned());
        let found = |headers: &HeaderMap| holder(headers, &sessions);
        assert_eq!(found(&headers), None);
        let id = sessions.open(Holder::Token("abc".to_owned())).unwrap();
        let value = HeaderValue::from_str(&format!("gj_lang=ja; gj_session={id}")).unwrap();
        headers.insert(COOKIE, value);
        assert_eq!(found(&headers), Some(token("abc")));
        headers.insert(AUTHORIZATION, HeaderValue::from_static("bearer xyz"));
        assert_eq!(found(&headers), Some(token("xyz")));
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Basic xyz"));
        assert_eq!(found(&headers), None);
    }

    #[test]
    fn a_token_is_no_cookie_and_a_foreign_page_has_no_session() {
        let sessions = Sessions::default();
        let id = sessions.open(Holder::Token("abc".to_owned())).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static("gj_session=abc"));
        assert_eq!(holder(&headers, &sessions), None);
        headers.insert(COOKIE, HeaderValue::from_str(&format!("gj_session={id}")).unwrap());
        headers.insert("host", HeaderValue::from_static("gj.example"));
        headers.insert("origin", HeaderValue::from_static("https://other.example"));
        assert_eq!(holder(&headers, &sessions), None);
        headers.insert("origin", HeaderValue::from_static("https://gj.example"));
        assert!(holder(&headers, &sessions).is_some());
    }
}
