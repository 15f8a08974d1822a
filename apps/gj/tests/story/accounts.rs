//! Accounts with passwords, from outside: who gets in, who does not, and what attackers try.

use crate::browser::{Browser, set_cookies};
use crate::house::{House, Server};
use crate::http;
use crate::strangers::ready;
use serde_json::Value;
use std::io::Write;
use std::process::{Output, Stdio};

const PASSWORD: &str = "a river with one door";
const PAGE: &str = "/region/r1/chr2:1-9000000";

/// Runs a command with a line on its standard input.
fn typing(house: &House, words: &[&str], line: &str) -> Output {
    let mut command = house.command(words, &[]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that refuses before it reads closes the pipe.
    let _ = writeln!(child.stdin.take().unwrap(), "{line}");
    child.wait_with_output().unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn set_password(house: &House, user: &str, password: &str) {
    let output = typing(house, &["account", "password", user], password);
    assert!(output.status.success(), "{}", errors(&output));
}

fn status(browser: &mut Browser) -> u16 {
    browser.get(PAGE).status
}

fn fields(name: &str, password: &str) -> String {
    let escape = |text: &str| text.bytes().map(|b| format!("%{b:02x}")).collect::<String>();
    format!("name={}&password={}", escape(name), escape(password))
}

/// Signs in with a password; the browser is in.
fn enter(server: &Server, name: &str, password: &str) -> Browser {
    let mut browser = Browser::new(&server.address);
    let reply = browser.sign_in(&fields(name, password));
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(status(&mut browser), 200);
    browser
}

fn audit(house: &House) -> Vec<Value> {
    let log = house.ok(&["audit", "export"], &[]);
    log.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_password_opens_its_account_and_what_ends_it_ends_the_session() {
    let house = ready();
    set_password(&house, "academic", PASSWORD);
    let server = house.serve();
    let mut browser = Browser::new(&server.address);
    let reply = browser.sign_in(&fields("academic", PASSWORD));
    assert_eq!((reply.status, reply.header("location").as_deref()), (303, Some("/")));
    let cookies = set_cookies(&reply);
    assert!(
        cookies
            .iter()
            .all(|c| c.contains("HttpOnly") && c.contains("SameSite=Strict") && !c.contains("Secure"))
    );
    assert_eq!(status(&mut browser), 200);
    assert!(browser.get("/?lang=en").body.contains("Signed in as"));
    // Behind a proxy that speaks https the cookie is for https only.
    let mut secure = Browser::new(&server.address);
    let token = secure.form_token("/sign-in");
    let https = format!("Origin: https://{}\r\nX-Forwarded-Proto: https\r\n", server.address);
    let reply =
        secure.post_with("/sign-in", &https, &format!("csrf={token}&{}", fields("academic", PASSWORD)));
    assert!(set_cookies(&reply).iter().any(|c| c.starts_with("gj_session=") && c.ends_with("; Secure")));
    // Another password, a lock, an account switched off: each ends sessions at once.
    set_password(&house, "academic", "another river entirely");
    assert_eq!(status(&mut browser), 401);
    let mut browser = enter(&server, "Academic ", "another river entirely");
    let token = house.token("academic");
    let by_token = || http::get(&server.address, "/api/frequency?freeze=r1&region=chr2", Some(&token)).status;
    assert_eq!(by_token(), 200);
    house.ok(&["account", "lock", "academic"], &[]);
    assert_eq!((status(&mut browser), by_token()), (401, 401));
    let mut locked = Browser::new(&server.address);
    assert_eq!(locked.sign_in(&fields("academic", "another river entirely")).status, 401);
    house.ok(&["account", "unlock", "academic"], &[]);
    enter(&server, "academic", "another river entirely");
    // Signing out ends the session on the server, not only the cookie.
    let mut browser = enter(&server, "academic", "another river entirely");
    let kept = browser.clone();
    assert_eq!(browser.submit("/", "/sign-out", "").status, 303);
    assert_eq!(status(&mut kept.clone()), 401);
    // Every step left a line, none of them with a password or a hash.
    let lines = audit(&house);
    let count = |act: &str, outcome: &str| {
        lines.iter().filter(|l| l["act"] == act && l["outcome"] == outcome).count()
    };
    assert_eq!(count("account.sign-in", "done"), 5);
    assert_eq!(count("account.sign-in", "refused"), 1);
    assert_eq!(["password set", "locked", "unlocked"].map(|o| count("account.edit", o)), [2, 1, 1]);
    let log = house.ok(&["audit", "export"], &[]);
    assert!(!log.contains("river") && !log.contains("argon2"));
}

#[test]
fn guessing_waits_longer_each_time_whether_the_name_exists_or_not() {
    let house = ready();
    set_password(&house, "academic", PASSWORD);
    let server = house.serve();
    let mut said = Vec::new();
    for name in ["academic", "nobody-has-this-name"] {
        let mut browser = Browser::new(&server.address);
        let replies: Vec<(u16, String)> = (0..7)
            .map(|n| {
                let reply = browser.sign_in(&fields(name, &format!("a wrong password {n}")));
                (reply.status, reply.header("retry-after").unwrap_or_default())
            })
            .collect();
        let statuses: Vec<u16> = replies.iter().map(|reply| reply.0).collect();
        assert_eq!(statuses, [401, 401, 401, 401, 401, 429, 429], "{name}");
        let seconds: u64 = replies[5].1.parse().unwrap();
        assert!((1..=30).contains(&seconds), "{seconds}");
        // All but the token of its form and the seconds still to wait.
        let page = browser.sign_in(&fields(name, "x")).body;
        let parts = page.split("name=\"csrf\" value=\"").enumerate();
        let page: String = parts.map(|(n, part)| &part[if n > 0 { 64 } else { 0 }..]).collect();
        said.push(page.replace(char::is_numeric, ""));
    }
    // The right password waits, too, and a restart forgets nothing.
    let mut browser = Browser::new(&server.address);
    assert_eq!(browser.sign_in(&fields("academic", PASSWORD)).status, 429);
    drop(server);
    let server = house.serve();
    let mut browser = Browser::new(&server.address);
    assert_eq!(browser.sign_in(&fields("academic", PASSWORD)).status, 429);
    assert_eq!(said[0], said[1]);
    // Another account is not held up, and an administrator lets this one in again.
    set_password(&house, "clinician", PASSWORD);
    enter(&server, "clinician", PASSWORD);
    house.ok(&["account", "unlock", "academic"], &[]);
    enter(&server, "academic", PASSWORD);
    // A name that nobody has may be a password in the wrong field: it is not in the log.
    let log = house.ok(&["audit", "export"], &[]);
    assert!(log.contains("unknown name") && !log.contains("nobody-has-this-name"));
}

/// Many guesses at once gain nothing: each is counted before it is judged.
#[test]
fn guesses_at_once_are_counted_each() {
    let house = ready();
    set_password(&house, "academic", PASSWORD);
    let server = house.serve();
    let address = &server.address;
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let guesses: Vec<_> = (0..16)
            .map(|n| {
                scope.spawn(move || {
                    Browser::new(address).sign_in(&fields("academic", &format!("guess number {n}"))).status
                })
            })
            .collect();
        guesses.into_iter().map(|guess| guess.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 5, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 11, "{statuses:?}");
}

/// One address that tries many names.
#[test]
fn an_address_that_tries_many_names_waits() {
    let house = ready();
    let server = house.serve();
    let statuses: Vec<u16> = (0..32)
        .map(|n| {
            Browser::new(&server.address)
                .sign_in(&fields(&format!("name{n}"), "spring sky over hills"))
                .status
        })
        .collect();
    assert!(statuses[..30].iter().all(|status| *status == 401), "{statuses:?}");
    assert_eq!(statuses[30..], [429, 429]);
}

#[test]
fn forms_of_others_are_refused() {
    let house = ready();
    set_password(&house, "academic", PASSWORD);
    let server = house.serve();
    let mut browser = enter(&server, "academic", PASSWORD);
    let before = browser.clone();
    let own = format!("Origin: http://{}\r\n", server.address);
    let token = browser.form_token("/");
    let stranger = Browser::new(&server.address).form_token("/sign-in");
    for (headers, sent) in [
        // The form of another site, by the browser's own word, even with the right token.
        ("Origin: https://evil.example\r\n", token.as_str()),
        ("Origin: null\r\n", &token),
        ("Sec-Fetch-Site: cross-site\r\n", &token),
        ("", &token),
        // Our origin, but not our page: no token, a made-up one, one of another browser.
        (&own, ""),
        (&own, &"0".repeat(64)),
        (&own, &stranger),
        (&own, &token[..63]),
    ] {
        for path in ["/sign-out", "/sign-in"] {
            let reply =
                browser.post_with(path, headers, &format!("csrf={sent}&{}", fields("academic", PASSWORD)));
            assert_eq!(reply.status, 403, "{path} {headers} {sent}: {}", reply.body);
            assert!(!set_cookies(&reply).iter().any(|c| c.starts_with("gj_session=")));
        }
        assert_eq!(browser.post_with("/sign-out", headers, "").status, 403);
    }
    assert_eq!(status(&mut before.clone()), 200);
    // A token in an address, where logs would keep it, is none.
    assert_eq!(browser.post(&format!("/sign-out?csrf={token}"), "").status, 403);
    assert_eq!(browser.post("/sign-out", &format!("csrf={token}")).status, 303);
}

#[test]
fn a_session_is_never_one_that_somebody_else_chose() {
    let house = ready();
    set_password(&house, "academic", PASSWORD);
    set_password(&house, "clinician", PASSWORD);
    let server = house.serve();
    // An attacker plants a cookie of their own making, and one of their own session.
    let planted = "f".repeat(64);
    let theirs = enter(&server, "clinician", PASSWORD);
    for planted in [planted, theirs.cookies["gj_session"].clone()] {
        let mut browser = Browser::new(&server.address);
        browser.cookies.insert("gj_session".to_owned(), planted.clone());
        assert_eq!(browser.sign_in(&fields("academic", PASSWORD)).status, 303);
        assert_ne!(browser.cookies["gj_session"], planted);
        let mut attacker = Browser::new(&server.address);
        attacker.cookies.insert("gj_session".to_owned(), planted);
        assert_eq!(status(&mut attacker), 401, "the planted id opens nothing afterwards");
        assert_eq!(status(&mut browser), 200);
    }
}

#[test]
fn odd_names_and_passwords_are_only_wrong() {
    let house = ready();
    set_password(&house, "academic", PASSWORD);
    let server = house.serve();
    for name in [
        "academic' OR '1'='1",
        "academic'; DROP TABLE users; --",
        "\" OR \"\"=\"",
        "$1",
        "academic\0",
        "../academic",
        "ａｃａｄｅｍｉｃ",
        "",
        "<script>alert(1)</script>",
        "datamanager",
        &"x".repeat(100_000),
    ] {
        let reply = Browser::new(&server.address).sign_in(&fields(name, PASSWORD));
        assert_eq!(reply.status, 401, "{name}: {}", reply.body);
        assert!(!reply.body.contains("<script"));
    }
    for password in ["", "\0", "a river with one door ", "A river with one door", &"x".repeat(200_000)] {
        let reply = Browser::new(&server.address).sign_in(&fields("academic", password));
        assert_eq!(reply.status, 401);
        house.ok(&["account", "unlock", "academic"], &[]);
    }
    enter(&server, "academic", PASSWORD);
    house.ok(&["verify"], &[]);
}

#[test]
fn accounts_are_made_with_care() {
    let house = House::new();
    let add = |name: &str, more: &[&str], password: &str| {
        let words = ["account", "add", name, "--name-ja", "北 花子", "--name-en", "Hanako Kita"];
        typing(&house, &[&words[..], more].concat(), password)
    };
    let kita = ["--institution", "tohoku-kita", "--role", "researcher"];
    let refused = |output: Output, what: &str| {
        assert_eq!(output.status.code(), Some(1), "{}", errors(&output));
        assert!(errors(&output).contains(what) && !errors(&output).contains("river"), "{}", errors(&output));
    };
    refused(add("hanako", &kita, "river"), "fewer than 12");
    refused(add("hanako", &["--institution", "nowhere"], PASSWORD), "no institution");
    refused(
        add("hanako", &["--institution", "tohoku-kita", "--role", "emperor"], PASSWORD),
        "no role `emperor`",
    );
    let email = [&kita[..], &["--email", "hanako@kita.example.jp"]].concat();
    refused(add("hanako", &email, PASSWORD), "none is recorded");
    house.ok(&["account", "domain", "tohoku-kita", "kita.example.jp", "--source", "agreement 2026-3"], &[]);
    refused(
        add("hanako", &[&kita[..], &["--email", "hanako@notkita.example.jp"]].concat(), PASSWORD),
        "no domain of",
    );
    let made = add("hanako", &email, PASSWORD);
    assert!(made.status.success(), "{}", errors(&made));
    refused(add("hanako", &kita, PASSWORD), "already");
    let accounts = house.json(&["account", "list", "--json"], &[]);
    let hanako = accounts.as_array().unwrap().iter().find(|a| a["user"] == "hanako").unwrap();
    assert_eq!(hanako["email"], "hanako@kita.example.jp");
    assert!(!accounts.to_string().contains("argon2"));
    // A certificate that runs out soon is told at sign-in, one that holds is not.
    let server = house.serve();
    let soon = chrono::Utc::now().date_naive() + chrono::Days::new(20);
    let training = |name: &str, until: &str| {
        let words = [
            "account",
            "training",
            "hanako",
            name,
            "--from",
            "2020-01-01",
            "--until",
            until,
            "--source",
            "s",
        ];
        house.ok(&words, &[]);
    };
    training("research-ethics", "2999-01-01");
    assert_eq!(Browser::new(&server.address).sign_in(&fields("hanako", PASSWORD)).status, 303);
    training("security", &soon.to_string());
    training("privacy", "2020-12-31");
    let page = Browser::new(&server.address).sign_in(&fields("hanako", PASSWORD));
    assert_eq!(page.status, 200);
    assert!(page.body.contains(&soon.to_string()) && page.body.contains("2020-12-31"));
    assert!(!page.body.contains("research-ethics"));
    // Only who may edit accounts does.
    for words in [
        &["account", "list"][..],
        &["account", "lock", "hanako"],
        &["account", "password", "hanako"],
        &["account", "unlock", "hanako"],
        &["account", "domain", "tohoku-kita", "evil.example", "--source", "x"],
        &["account", "training", "hanako", "x", "--until", "2999-01-01", "--source", "x"],
    ] {
        let output = typing(&house, &[words, &["--as", "academic"]].concat(), PASSWORD);
        assert_eq!(output.status.code(), Some(3), "{words:?}: {}", errors(&output));
    }
    house.ok(&["verify"], &[]);
}
