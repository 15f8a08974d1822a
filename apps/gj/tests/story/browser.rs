//! The smallest browser: keeps cookies, sends our own forms back with what they hold.

use crate::http::{self, Reply};
use std::collections::BTreeMap;

#[derive(Clone)]
pub struct Browser {
    address: String,
    pub cookies: BTreeMap<String, String>,
}

impl Browser {
    pub fn new(address: &str) -> Browser {
        Browser { address: address.to_owned(), cookies: BTreeMap::new() }
    }

    pub fn get(&mut self, path: &str) -> Reply {
        let reply = http::send(&self.address, "GET", path, &self.cookie_line(), "");
        self.keep(&reply);
        reply
    }

    /// Sends a form as one of this server's own pages would; fields come as `name=value&…`.
    pub fn post(&mut self, path: &str, fields: &str) -> Reply {
        let origin = format!("Origin: http://{}\r\n", self.address);
        self.post_with(path, &origin, fields)
    }

    pub fn post_with(&mut self, path: &str, headers: &str, fields: &str) -> Reply {
        let headers = format!(
            "{headers}{}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
            self.cookie_line(),
            fields.len()
        );
        let reply = http::send(&self.address, "POST", path, &headers, fields);
        self.keep(&reply);
        reply
    }

    /// Opens a page and sends one of its forms back, with the page's token.
    pub fn submit(&mut self, page: &str, path: &str, fields: &str) -> Reply {
        let token = self.form_token(page);
        self.post(path, &format!("csrf={token}&{fields}"))
    }

    /// The token in a page's forms.
    pub fn form_token(&mut self, page: &str) -> String {
        let html = self.get(page).body;
        let (_, rest) =
            html.split_once("name=\"csrf\" value=\"").unwrap_or_else(|| panic!("no form: {html}"));
        rest.split('"').next().unwrap().to_owned()
    }

    /// Signs in by the form; `fields` are `token=…` or `name=…&password=…`.
    pub fn sign_in(&mut self, fields: &str) -> Reply {
        self.submit("/sign-in", "/sign-in", fields)
    }

    /// The header line with every cookie; empty without any.
    pub fn cookie_line(&self) -> String {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() { String::new() } else { format!("Cookie: {}\r\n", pairs.join("; ")) }
    }

    fn keep(&mut self, reply: &Reply) {
        for cookie in set_cookies(reply) {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            match cookie.contains("Max-Age=0;") {
                true => drop(self.cookies.remove(name)),
                false => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
    }
}

/// Every cookie a reply sets, with its attributes.
pub fn set_cookies(reply: &Reply) -> Vec<String> {
    let lines = reply.head.lines().filter_map(|line| line.split_once(": "));
    let cookies = lines.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    cookies.map(|(_, value)| value.to_owned()).collect()
}
