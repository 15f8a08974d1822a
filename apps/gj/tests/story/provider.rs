//! Signing in by OpenID Connect, against a provider on loopback that can be told to lie.

mod stand_in;

use crate::browser::{Browser, set_cookies};
use crate::house::{House, Server};
use crate::http::{self, Reply};
use crate::strangers::ready;
use serde_json::{Value, json};
use stand_in::{CLIENT, Lie, Provider, RETURN, SECRET};
use std::fs;

const PAGE: &str = "/region/r1/chr2:1-9000000";

/// A house whose `gj.toml` names a provider.
fn house_of(provider: &Provider, more: &str) -> House {
    let house = ready();
    fs::write(house.dir().join("client.secret"), format!("{SECRET}\n")).unwrap();
    let path = house.dir().join("gj.toml");
    let before = fs::read_to_string(&path).unwrap_or_default();
    let own = RETURN.strip_suffix("/sign-in/provider/return").unwrap();
    let text = format!(
        "{before}\n[provider]\nissuer = \"{}\"\nclient_id = \"{CLIENT}\"\nclient_secret_file = \"client.secret\"\n\
        own_address = \"{own}\"\nname_ja = \"学術認証でログイン\"\nname_en = \"Sign in with your university\"\n{more}\n",
        provider.issuer
    );
    fs::write(path, text).unwrap();
    house
}

/// From our sign-in page to the provider and to the address it sends back to, which is not opened yet.
fn leave(browser: &mut Browser) -> String {
    let page = browser.submit("/sign-in", "/sign-in/provider", "next=%2Fsearch");
    assert_eq!(page.status, 200, "{}", page.body);
    let (_, rest) = page.body.split_once("id=\"next\" href=\"").unwrap();
    let url = rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let reply = http::get(host, &format!("/{path}"), None);
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.header("location").unwrap().strip_prefix("https://gj.example.jp").unwrap().to_owned()
}

fn round(server: &Server) -> (Browser, Reply) {
    let mut browser = Browser::new(&server.address);
    let back = leave(&mut browser);
    let reply = browser.get(&back);
    (browser, reply)
}

fn refused(reply: &Reply, why: &str) {
    assert_eq!(reply.status, 401, "{why}: {}", reply.body);
    assert!(!set_cookies(reply).iter().any(|cookie| cookie.starts_with("gj_session=")), "{why}");
}

fn sign_ins(house: &House) -> Vec<Value> {
    let log = house.ok(&["audit", "export"], &[]);
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["act"] == "account.sign-in").collect()
}

#[test]
fn somebody_a_provider_vouches_for_is_in_and_stays_linked() {
    let provider = Provider::start();
    let house = house_of(&provider, "account_claim = \"preferred_username\"");
    let server = house.serve();
    assert!(
        http::get(&server.address, "/sign-in?lang=en", None).body.contains("Sign in with your university")
    );
    provider.say(Lie::None, json!({ "sub": "s-1", "preferred_username": "Academic" }));
    let (mut browser, reply) = round(&server);
    assert_eq!(reply.status, 200, "{}", reply.body);
    // A page of ours leads on: a cookie that other sites' requests do not bring is there by then.
    assert!(reply.body.contains("url=/search") && reply.body.contains("href=\"/search\""));
    let cookies = set_cookies(&reply);
    assert!(
        cookies.iter().any(|c| c.starts_with("gj_session=") && c.contains("SameSite=Strict")),
        "{cookies:?}"
    );
    assert_eq!(browser.get(PAGE).status, 200);
    // The identity is linked now: whatever name it has later, it is this account.
    provider.say(Lie::None, json!({ "sub": "s-1", "preferred_username": "datamanager" }));
    let (mut again, reply) = round(&server);
    assert_eq!(reply.status, 200);
    assert!(again.get("/?lang=en").body.contains("Signed in as"));
    // Somebody else with the same name is not: the account has its identity.
    provider.say(Lie::None, json!({ "sub": "s-2", "preferred_username": "academic" }));
    let mut browser2 = Browser::new(&server.address);
    let back = leave(&mut browser2);
    refused(&browser2.get(&back), "another identity of the same name");
    assert_eq!(browser2.get(PAGE).status, 401);
    // Nobody's name, or a locked account, opens nothing.
    provider.say(Lie::None, json!({ "sub": "s-3", "preferred_username": "nobody-at-all" }));
    refused(&round(&server).1, "unknown");
    house.ok(&["account", "lock", "academic"], &[]);
    assert_eq!((browser.get(PAGE).status, again.get(PAGE).status), (401, 401));
    provider.say(Lie::None, json!({ "sub": "s-1" }));
    refused(&round(&server).1, "locked");
    let lines = sign_ins(&house);
    let done: Vec<&Value> = lines.iter().filter(|line| line["outcome"] == "done").collect();
    assert_eq!(done.len(), 2);
    assert!(done.iter().all(|line| line["actor"] == "academic" && line["detail"]["by"] == "identity"));
    assert!(!lines.iter().any(|line| line.to_string().contains("s-1")));
}

#[test]
fn a_word_that_does_not_hold_opens_nothing() {
    let provider = Provider::start();
    let house = house_of(&provider, "account_claim = \"preferred_username\"");
    let server = house.serve();
    let claims = json!({ "sub": "s-1", "preferred_username": "academic" });
    let lies = [
        Lie::OtherNonce,
        Lie::NoNonce,
        Lie::OtherAudience,
        Lie::OtherIssuer,
        Lie::Expired,
        Lie::OtherKey,
        Lie::ChangedClaims,
        Lie::NoSignature,
        Lie::SignedWithSecret,
        Lie::NoToken,
    ];
    for lie in lies {
        provider.say(lie, claims.clone());
        let (mut browser, reply) = round(&server);
        refused(&reply, &format!("{lie:?}"));
        assert_eq!(browser.get(PAGE).status, 401, "{lie:?}");
    }
    let lines = sign_ins(&house);
    assert_eq!(lines.len(), lies.len());
    assert!(lines.iter().all(|line| line["outcome"] == "refused" && line["actor"] == "nobody"));
    provider.say(Lie::None, claims);
    assert_eq!(round(&server).1.status, 200, "the same provider telling the truth");
}

#[test]
fn a_return_works_once_and_only_in_the_browser_that_left() {
    let provider = Provider::start();
    let house = house_of(&provider, "account_claim = \"preferred_username\"");
    let server = house.serve();
    provider.say(Lie::None, json!({ "sub": "s-1", "preferred_username": "academic" }));
    // Replayed, in the browser that came back and in another.
    let mut browser = Browser::new(&server.address);
    let back = leave(&mut browser);
    let before = browser.clone();
    assert_eq!(browser.get(&back).status, 200);
    refused(&before.clone().get(&back), "replayed");
    // An attacker's return opened in a victim's browser would sign the victim in as the attacker.
    let back = leave(&mut Browser::new(&server.address));
    refused(&Browser::new(&server.address).get(&back), "without a cookie");
    let mut victim = Browser::new(&server.address);
    leave(&mut victim);
    let back = leave(&mut Browser::new(&server.address));
    refused(&victim.get(&back), "another's cookie");
    // The refused return has used its state up.
    let mut browser = Browser::new(&server.address);
    let back = leave(&mut browser);
    refused(&Browser::new(&server.address).get(&back), "no cookie");
    refused(&browser.get(&back), "used up");
    // Made-up states and codes, a code that belongs to another way, an error of the provider's.
    let mut browser = Browser::new(&server.address);
    let own = leave(&mut browser);
    let other = leave(&mut Browser::new(&server.address));
    let part = |back: &str, name: &str| {
        let query = back.split_once('?').unwrap().1.to_owned();
        query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")).map(str::to_owned)).unwrap()
    };
    let path = own.split('?').next().unwrap().to_owned();
    refused(&browser.get(&format!("{path}?code={}&state=made-up", part(&own, "code"))), "made-up state");
    refused(&browser.get(&path), "nothing at all");
    // The verifier of one way does not fit the code of the other.
    let mixed = format!("{path}?code={}&state={}", part(&other, "code"), part(&own, "state"));
    refused(&browser.get(&mixed), "another's code");
    let mut browser = Browser::new(&server.address);
    let own = leave(&mut browser);
    refused(&browser.get(&format!("{path}?error=access_denied&state={}", part(&own, "state"))), "denied");
    // Beginning is a form of ours, too.
    let mut browser = Browser::new(&server.address);
    browser.form_token("/sign-in");
    assert_eq!(browser.post("/sign-in/provider", "next=%2F").status, 403);
    // Where one goes on to is here.
    let page = browser.submit("/sign-in", "/sign-in/provider", "next=%2F%2Fevil.example");
    let (_, rest) = page.body.split_once("id=\"next\" href=\"http://").unwrap();
    let (host, query) = rest.split('"').next().unwrap().split_once('/').unwrap();
    let reply = http::get(host, &format!("/{}", query.replace("&#38;", "&").replace("&amp;", "&")), None);
    let back = reply.header("location").unwrap().strip_prefix("https://gj.example.jp").unwrap().to_owned();
    let page = browser.get(&back);
    assert!(
        page.status == 200 && page.body.contains("url=/\"") && !page.body.contains("evil"),
        "{}",
        page.body
    );
}

#[test]
fn addresses_count_when_verified_and_of_an_allowed_domain() {
    let provider = Provider::start();
    let house = house_of(&provider, "account_claim = \"email\"\nemail_domains = [\"kita.example.jp\"]");
    house.ok(&["account", "domain", "tohoku-kita", "kita.example.jp", "--source", "agreement"], &[]);
    let mut add = house.command(
        &[
            "account",
            "add",
            "hanako",
            "--name-ja",
            "花子",
            "--name-en",
            "Hanako",
            "--institution",
            "tohoku-kita",
            "--role",
            "researcher",
            "--email",
            "hanako@kita.example.jp",
        ],
        &[],
    );
    let mut child = add.stdin(std::process::Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(child.stdin.as_mut().unwrap(), b"a river with one door\n").unwrap();
    assert!(child.wait().unwrap().success());
    let server = house.serve();
    for (email, verified, status) in [
        (json!("hanako@kita.example.jp"), json!(false), 401),
        (json!("hanako@kita.example.jp"), Value::Null, 401),
        (Value::Null, json!(true), 401),
        (json!("hanako@evil.example"), json!(true), 401),
        (json!("hanako@kita.example.jp.evil.example"), json!(true), 401),
        (json!("other@kita.example.jp"), json!(true), 401),
        (json!("Hanako@Kita.example.jp"), json!(true), 200),
    ] {
        let mut claims = json!({ "sub": "s-9" });
        for (name, value) in [("email", &email), ("email_verified", &verified)] {
            if !value.is_null() {
                claims[name] = value.clone();
            }
        }
        provider.say(Lie::None, claims);
        let (_, reply) = round(&server);
        assert_eq!(reply.status, status, "{email} {verified}: {}", reply.body);
    }
}

#[test]
fn nothing_but_the_issuer_is_connected_to() {
    let provider = Provider::start();
    let house = house_of(&provider, "account_claim = \"preferred_username\"");
    provider.say(Lie::None, json!({ "sub": "s-1", "preferred_username": "academic" }));
    let elsewhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let server = house.serve();
    provider.name_token_endpoint(Some(&format!("http://{}/token", elsewhere.local_addr().unwrap())));
    let (_, reply) = round(&server);
    assert_eq!(reply.status, 502, "{}", reply.body);
    assert!(elsewhere.accept().is_err(), "somebody connected");
    // Without a provider set up there is no way to one.
    let plain = House::new();
    let server = plain.serve();
    let mut browser = Browser::new(&server.address);
    assert!(!browser.get("/sign-in").body.contains("/sign-in/provider"));
    assert_eq!(browser.submit("/sign-in", "/sign-in/provider", "next=%2F").status, 404);
    assert_eq!(browser.get("/sign-in/provider/return?state=x&code=y").status, 404);
}
