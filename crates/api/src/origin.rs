//! Whose page a request came from: this server's own, or another's. What a page of another site sends
//! carries that site's origin, or the browser's word that it is another.

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

/// Whether a form came from this server's own page; a browser that tells neither origin nor relation
/// is not believed.
pub fn is_own(headers: &HeaderMap) -> bool {
    match text(headers, ORIGIN.as_str()) {
        Some(origin) if origin != "null" => names_host(headers, origin),
        // Only browsers can send this header; scripts cannot set it.
        _ => text(headers, "sec-fetch-site") == Some("same-origin"),
    }
}

/// Whether a page of another site asks, as far as the browser tells. Somebody who follows a link from
/// there, and so sees the answer on a page of its own, asks for themselves.
pub(crate) fn is_foreign(headers: &HeaderMap) -> bool {
    if text(headers, ORIGIN.as_str()).is_some() {
        return !is_own(headers);
    }
    matches!(text(headers, "sec-fetch-site"), Some("cross-site" | "same-site"))
        && text(headers, "sec-fetch-mode") != Some("navigate")
}

fn names_host(headers: &HeaderMap, origin: &str) -> bool {
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    text(headers, HOST.as_str())
        .is_some_and(|host| authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host)))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    fn own(pairs: &[(&'static str, &'static str)]) -> bool {
        is_own(&headers(pairs))
    }

    #[test]
    fn links_are_followed_but_foreign_pages_do_not_ask() {
        let foreign = |pairs: &[_]| is_foreign(&headers(pairs));
        assert!(!foreign(&[("host", "gj.example")]));
        assert!(!foreign(&[("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate")]));
        assert!(!foreign(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]));
        assert!(!foreign(&[("host", "gj.example"), ("origin", "https://gj.example")]));
        assert!(foreign(&[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "no-cors")]));
        assert!(foreign(&[("host", "gj.example"), ("origin", "https://other.gj.example")]));
        assert!(foreign(&[("host", "gj.example"), ("origin", "null")]));
    }

    #[test]
    fn only_our_own_forms_count() {
        assert!(own(&[("host", "gj.example:80"), ("origin", "https://gj.example:80")]));
        assert!(!own(&[("host", "gj.example"), ("origin", "https://evil.example")]));
        assert!(!own(&[("host", "gj.example"), ("origin", "null")]));
        assert!(!own(&[("host", "gj.example")]));
        assert!(own(&[("host", "gj.example"), ("sec-fetch-site", "same-origin")]));
        assert!(!own(&[
            ("origin", "https://evil.example"),
            ("host", "gj.example"),
            ("sec-fetch-site", "same-origin")
        ]));
    }
}
