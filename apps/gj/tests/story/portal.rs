//! The portal from outside: sessions, links that stay here, questions of bounded length, and clients
//! that say nothing.

use crate::browser::Browser;
use crate::house::{House, Server};
use crate::http;
use crate::strangers::ready;
use std::io::Write;
use std::net::TcpStream;
use std::process::Stdio;

const QUESTION: &str = "/api/frequency?freeze=r1&region=chr2";

/// Signs in with a token; returns the line a browser sends from then on.
fn sign_in(server: &Server, token: &str) -> String {
    let mut browser = Browser::new(&server.address);
    let reply = browser.sign_in(&format!("token={token}"));
    assert_eq!(reply.status, 303, "{}", reply.body);
    let cookie = reply.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains(token));
    format!("Cookie: gj_session={}\r\n", browser.cookies["gj_session"])
}

/// Signs out by the form of a page.
fn sign_out(server: &Server, session: &str) -> u16 {
    let mut browser = Browser::new(&server.address);
    let id = session.trim().split_once('=').unwrap().1;
    browser.cookies.insert("gj_session".to_owned(), id.to_owned());
    browser.submit("/", "/sign-out", "").status
}

fn status(server: &Server, headers: &str) -> u16 {
    let api = http::send(&server.address, "GET", QUESTION, headers, "").status;
    let page = http::send(&server.address, "GET", "/region/r1/chr2:1-9000000", headers, "").status;
    assert_eq!(api, page);
    api
}

#[test]
fn a_session_is_not_a_token_and_ends() {
    let house = ready();
    let token = house.token("academic");
    let server = house.serve();
    let session = sign_in(&server, &token);
    assert_eq!(status(&server, &session), 200);
    // The token itself is no cookie; the cookie is no token.
    assert_eq!(status(&server, &format!("Cookie: gj_session={token}\r\n")), 401);
    let id = session.trim().split_once('=').unwrap().1;
    assert_eq!(status(&server, &format!("Authorization: Bearer {id}\r\n")), 401);
    // Another site's page does not ask in a browser's name.
    assert_eq!(status(&server, &format!("{session}Origin: https://elsewhere.example\r\n")), 401);
    // Signing out ends the session, not only the cookie, and no other.
    let other = sign_in(&server, &token);
    assert_eq!(sign_out(&server, &session), 303);
    assert_eq!((status(&server, &session), status(&server, &other)), (401, 200));
    // A token issued again ends it, too.
    let token = house.token("academic");
    assert_eq!(status(&server, &other), 401);
    // And so does a restart.
    let session = sign_in(&server, &token);
    drop(server);
    let server = house.serve();
    assert_eq!(status(&server, &session), 401);
    assert_eq!(status(&server, &format!("Authorization: Bearer {token}\r\n")), 200);
}

#[test]
fn pages_link_to_this_server_only() {
    let house = House::new();
    let server = house.serve();
    for path in ["//evil.example/", "/\\evil.example/", "//evil.example/?lang=ja"] {
        let page = http::get(&server.address, path, None).body;
        assert!(
            !page.contains("\"//") && !page.contains("\"/\\") && !page.contains("=%2F%2F"),
            "{path}: {page}"
        );
    }
}

#[test]
fn a_question_is_not_kept_at_any_length() {
    let house = ready();
    let server = house.serve();
    let bases = "A".repeat(900_000);
    let question = format!(
        r#"{{"query":{{"requestParameters":{{"referenceName":"chr2","start":[5],"referenceBases":"{bases}","alternateBases":"C"}}}}}}"#
    );
    let reply = http::request(&server.address, "POST", "/api/beacon/v2/g_variants", None, Some(&question));
    assert_eq!(reply.status, 400);
    assert!(reply.body.contains("at most 1000 bases") && reply.body.len() < 2_000, "{}", reply.body);
    let long = format!("/api/frequency?variant=chr2-5-C-{}", &bases[..1_001]);
    assert_eq!(http::get(&server.address, &long, None).status, 400);
    let variant = format!("chr2-5-C-{}", &bases[..1_001]);
    let words =
        ["frequency", "--freeze", "r1", "--variant", &variant, "--as", "academic", "--purpose", "GRU"];
    let (_, errors) = house.fails(2, &words, &[]);
    assert!(errors.contains("at most 1000 bases"), "{errors}");
    let log = house.ok(&["audit", "export"], &[]);
    assert!(!log.contains("frequency.read") && !log.contains("AAAAAAAA"), "{log}");
}

#[test]
fn a_contig_alone_is_all_of_it() {
    let house = ready();
    let sites = |region: &str| {
        let words = [
            "frequency",
            "--freeze",
            "r1",
            "--region",
            region,
            "--as",
            "academic",
            "--purpose",
            "GRU",
            "--json",
        ];
        house.json(&words, &[])
    };
    assert_eq!(sites("chr2"), sites("chr2:1-242193529"));
    assert!(sites("chr2").as_array().is_some_and(|sites| !sites.is_empty()));
}

/// As on a system that allows few open files: more silent clients than fit, and still an answer.
#[test]
fn silent_clients_do_not_shut_the_door() {
    let house = House::new();
    let script = "ulimit -n 256; exec \"$0\" serve --listen 127.0.0.1:0 --data \"$1\"";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_gj")]).arg(house.dir());
    let server = Server::wait(command.stderr(Stdio::piped()).spawn().unwrap());
    let silent: Vec<TcpStream> = (0..300)
        .map(|_| {
            let mut stream = TcpStream::connect(&server.address).unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n").unwrap();
            stream
        })
        .collect();
    assert_eq!(http::get(&server.address, "/", None).status, 200);
    drop(silent);
}
