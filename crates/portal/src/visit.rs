//! A visit: who looks at which page, in which language. Taken from the request, once, for every page.

use crate::desk::Desk;
use crate::language::{self, Language};
use crate::trouble;
use crate::words::Words;
use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use gj_api::{Problem, SESSION_COOKIE};
use gj_gate::Session;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// A visit.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) language: Language,
    pub(crate) session: Option<Session>,
    pub(crate) path: String,
    /// Parameters of the address; of one given twice, the last.
    pub(crate) params: BTreeMap<String, String>,
    pub(crate) headers: HeaderMap,
    /// The cookie that tokens of forms belong to: of the session, or of this browser before one signs in.
    pub(crate) browser: String,
    /// Whether the browser has yet to be told that cookie.
    new_browser: bool,
    /// What a form for this browser holds.
    pub(crate) csrf: String,
    /// Where the request came from, as far as that is known.
    pub(crate) address: Option<IpAddr>,
}

/// Cookie of a browser in which nobody is signed in: only its forms need it.
const BROWSER_COOKIE: &str = "gj_browser";
/// Seconds a form may be left open.
const BROWSER_SECONDS: u64 = 12 * 3600;

/// The other end of a connection; whoever serves puts it into the request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

impl Visit {
    fn nobody(parts: &Parts) -> Visit {
        let query = parts.uri.query().unwrap_or_default();
        let mut params: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()).into_owned() {
            match params.get_mut(&name) {
                // Boxes that are ticked come one by one.
                Some(before) if name == "columns" => *before = format!("{before},{value}"),
                _ => drop(params.insert(name, value)),
            }
        }
        let language = Language::choose(
            params.get("lang").map(String::as_str),
            gj_api::cookie(&parts.headers, language::COOKIE),
            parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()),
        );
        let path = own(parts.uri.path());
        let address = parts.extensions.get::<Peer>().map(|peer| peer.0);
        Visit {
            language,
            session: None,
            path,
            params,
            headers: parts.headers.clone(),
            browser: String::new(),
            new_browser: false,
            csrf: String::new(),
            address,
        }
    }

    /// Finds the cookie that forms belong to, or makes one up for a browser that has none.
    fn recognise(&mut self, desk: &Desk) -> Result<(), Problem> {
        let digits = |id: &&str| id.len() == 64 && id.bytes().all(|b| b.is_ascii_hexdigit());
        let name = if self.session.is_some() { SESSION_COOKIE } else { BROWSER_COOKIE };
        let known = gj_api::cookie(&self.headers, name).filter(digits).map(str::to_owned);
        self.new_browser = known.is_none();
        self.browser = match known {
            Some(id) => id,
            None => gj_api::random_id()?,
        };
        self.csrf = desk.sessions.form_token(&self.browser);
        if desk.gate.config().sign_in.behind_proxy {
            // The proxy adds the address it saw at the end; what stands before is the client's own word.
            let forwarded = self.headers.get_all("x-forwarded-for").iter().next_back();
            let last = forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next());
            self.address = last.and_then(|address| address.trim().parse().ok());
        }
        Ok(())
    }

    pub(crate) fn words(&self) -> &'static Words {
        self.language.words()
    }

    /// A parameter that is there and not blank.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// This page's address with the given parameters changed; an empty value takes one out.
    pub(crate) fn address_with(&self, changes: &[(&str, &str)]) -> String {
        let mut params: BTreeMap<&str, &str> =
            self.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        params.remove("lang");
        params.extend(changes.iter().copied());
        params.retain(|_, value| !value.is_empty());
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
        if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) }
    }

    /// Whether the browser came over https, which is what the proxy in front says. Anybody may send
    /// the header: it only ever adds `Secure` to the sender's own cookies, or an `s` to examples, and
    /// opens nothing.
    pub(crate) fn is_secure(&self) -> bool {
        self.headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https")
    }

    /// The cookie of a session: never sent along with what another site starts.
    pub(crate) fn session_cookie(&self, id: &str, seconds: u64) -> Option<HeaderValue> {
        self.cookie_of_site(SESSION_COOKIE, id, seconds, "Strict")
    }

    /// The cookie that this page's forms belong to, if the browser does not have it yet.
    pub(crate) fn browser_cookie(&self) -> Option<HeaderValue> {
        let cookie = || self.cookie_of_site(BROWSER_COOKIE, &self.browser, BROWSER_SECONDS, "Strict");
        if self.new_browser && self.session.is_none() { cookie() } else { None }
    }

    /// A cookie of this server, as a header's value, which links from elsewhere bring along. `None` when
    /// the value cannot stand in one.
    pub(crate) fn cookie(&self, name: &str, value: &str, seconds: u64) -> Option<HeaderValue> {
        self.cookie_of_site(name, value, seconds, "Lax")
    }

    fn cookie_of_site(&self, name: &str, value: &str, seconds: u64, site: &str) -> Option<HeaderValue> {
        let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b';' | b',' | b'"' | b'\\');
        let secure = if self.is_secure() { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite={site}{secure}");
        value.bytes().all(plain).then(|| HeaderValue::from_str(&text).ok()).flatten()
    }
}

/// A path as an address of this server: one slash in front. Two, or a backslash, would make a browser
/// take the next part for the name of another server, and pages link to themselves.
fn own(path: &str) -> String {
    format!("/{}", path.trim_start_matches(['/', '\\']))
}

impl FromRequestParts<Desk> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Visit, Response> {
        let mut visit = Visit::nobody(parts);
        match gj_api::session(&parts.headers, &desk.gate, &desk.sessions).await {
            Ok(session) => visit.session = session,
            Err(error) => return Err(trouble::page(&visit, &Problem::public(error))),
        }
        match visit.recognise(desk) {
            Ok(()) => Ok(visit),
            Err(problem) => Err(trouble::page(&visit, &problem)),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use axum::http::Request;

    /// A visit of nobody to an address, in Japanese.
    pub(crate) fn visit(address: &str) -> Visit {
        let (parts, ()) = Request::builder().uri(address).body(()).unwrap().into_parts();
        Visit::nobody(&parts)
    }

    #[test]
    fn an_address_keeps_what_is_not_changed() {
        let visit = visit("/variant/1/x?purpose=DS%3AMONDO%3A1&lang=en&by=sex");
        assert_eq!(visit.language, Language::En);
        assert_eq!(
            visit.address_with(&[("by", "stratum")]),
            "/variant/1/x?by=stratum&purpose=DS%3AMONDO%3A1"
        );
        assert_eq!(visit.address_with(&[("by", ""), ("purpose", "")]), "/variant/1/x");
    }

    #[test]
    fn a_page_links_to_this_server_only() {
        for address in ["//evil.example/", "/\\evil.example/", "///evil.example/?lang=ja"] {
            let visit = visit(address);
            assert_eq!(visit.address_with(&[("lang", "en")]), "/evil.example/?lang=en", "{address}");
        }
        assert_eq!(visit("/").address_with(&[]), "/");
    }

    #[test]
    fn a_cookie_cannot_smuggle_another() {
        let visit = visit("/");
        assert!(visit.cookie("a", "x; Path=/y", 1).is_none());
        assert!(visit.cookie("a", "x\r\nSet-Cookie: b=c", 1).is_none());
        let cookie = visit.cookie("a", "x", 1).unwrap();
        assert_eq!(cookie, "a=x; Path=/; Max-Age=1; HttpOnly; SameSite=Lax");
    }
}
