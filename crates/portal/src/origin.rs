//! Whether a form came from this server's own page. A form of another site is sent with that site's
//! origin; a browser that tells neither origin nor relation is not believed.

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

pub(crate) fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(ORIGIN.as_str()), text(HOST.as_str())) {
        (Some(origin), Some(host)) if origin != "null" => {
            origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
        }
        // Only browsers can send this header; scripts cannot set it.
        _ => text("sec-fetch-site") == Some("same-origin"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn own(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        pairs.iter().for_each(|(name, value)| {
            headers.insert(*name, HeaderValue::from_static(value));
        });
        is_own(&headers)
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
