//! Who sends a request: a bearer token in a header, or the portal's cookie that holds one.
//!
//! Decides nothing: a request with no token, or an unknown one, comes from nobody, and the gate says
//! what nobody may do.

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE};
use gj_gate::{Asker, Gate, GateError, Session};

/// Cookie of the portal. It holds the token itself, is never readable by a script (`HttpOnly`), and
/// is not sent along with requests other sites start by form (`SameSite=Lax`).
pub const SESSION_COOKIE: &str = "gj_session";

/// Bytes of the longest token looked up.
const TOKEN_BYTES_MAX: usize = 512;

/// The person signed in, if anybody.
///
/// # Errors
/// When the registry cannot be read.
pub async fn session(headers: &HeaderMap, gate: &Gate) -> Result<Option<Session>, GateError> {
    match token(headers) {
        Some(token) => gate.sign_in(token).await,
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

fn token(headers: &HeaderMap) -> Option<&str> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    // A header that is no bearer token still stands before the cookie: who sends one means it.
    let token = match header {
        Some(header) => {
            let (scheme, token) = header.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())?
        }
        None => cookie(headers, SESSION_COOKIE)?,
    };
    (1..=TOKEN_BYTES_MAX).contains(&token.len()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_header_stands_before_the_cookie() {
        let mut headers = HeaderMap::new();
        assert_eq!(token(&headers), None);
        headers.insert(COOKIE, HeaderValue::from_static("gj_lang=ja; gj_session=abc"));
        assert_eq!(token(&headers), Some("abc"));
        headers.insert(AUTHORIZATION, HeaderValue::from_static("bearer xyz"));
        assert_eq!(token(&headers), Some("xyz"));
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Basic xyz"));
        assert_eq!(token(&headers), None);
    }
}
