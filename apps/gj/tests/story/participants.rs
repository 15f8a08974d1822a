//! Participants' own pages: what they see, change and withdraw by themselves, and what they cannot reach.

use crate::browser::Browser;
use crate::house::House;
use crate::http;
use crate::rights;
use crate::strangers::ready;
use serde_json::{Value, json};

const PURPOSE: [&str; 7] = ["frequency", "--freeze", "r1", "--region", "chr2", "--purpose", "GRU"];

fn ask(house: &House, user: &str) -> Value {
    house.json(&[&PURPOSE[..], &["--as", user, "--json"]].concat(), &[])
}

fn own(address: &str, token: &str) -> Value {
    http::get(address, "/api/my-consent", Some(token)).json()["people"].clone()
}

#[test]
fn a_participant_sees_changes_and_withdraws_by_the_pages() {
    let house = ready();
    house.participant("hanako", "P1", &[]);
    house.participant("taro", "P2", &[]);
    ask(&house, "academic");
    let server = house.serve();
    let mut browser = Browser::new(&server.address);
    assert_eq!(browser.sign_in(&format!("token={}", house.token("hanako"))).status, 303);
    let page = browser.get("/my-consent?lang=ja");
    assert_eq!(page.status, 200);
    for said in ["ご自身の同意", "研究利用", "データの利用", "多くの人と合わせた人数の集計"]
    {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    assert!(!page.body.contains("P1") && !page.body.contains("chr2"), "no id, no place");
    assert!(browser.get("/my-consent?lang=en").body.contains("Your own consent"));
    let who = |html: &str| {
        html.split("name=\"who\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let who = who(&page.body);
    // Effects first, with nothing done; then a second confirmation, and a receipt.
    let before = own(&server.address, &house.token("taro"));
    let choice = format!("who={who}&research=yes");
    let check = browser.submit("/my-consent", "/my-consent/check", &choice);
    assert!(check.status == 200 && check.body.contains("Nothing has changed yet"), "{}", check.body);
    let unticked = browser.submit("/my-consent", "/my-consent/confirm", &format!("{choice}&version=1"));
    assert_eq!(unticked.status, 400);
    let forged = browser.post("/my-consent/confirm", &format!("{choice}&version=1&agreed=yes"));
    assert_eq!(forged.status, 403, "a form without the page's token");
    let stale =
        browser.submit("/my-consent", "/my-consent/confirm", &format!("{choice}&version=7&agreed=yes"));
    assert_eq!(stale.status, 400);
    assert!(!house.ok(&["audit", "export"], &[]).contains("\"C-"), "nothing was changed");
    let sure =
        browser.submit("/my-consent", "/my-consent/confirm", &format!("{choice}&version=1&agreed=yes"));
    assert_eq!(sure.status, 303, "{}", sure.body);
    let receipt = sure.header("location").unwrap();
    assert!(browser.get(&receipt).body.contains("Change of mind"));
    let versions = house.json(&["consent", "show", "P1", "--json"], &[])["versions"].clone();
    assert_eq!(
        (&versions[1]["scope"], &versions[1]["channel"], &versions[1]["by"]),
        (&json!("research"), &json!("digital"), &json!("self"))
    );
    // Another participant reaches neither the receipt nor the person.
    let taro = house.token("taro");
    let mut other = Browser::new(&server.address);
    other.sign_in(&format!("token={taro}"));
    assert_eq!(other.get(&receipt).status, 404);
    for act in ["check", "confirm"] {
        let fields = format!("who={who}&withdraw=yes&version=2&agreed=yes");
        assert_eq!(other.submit("/my-consent", &format!("/my-consent/{act}"), &fields).status, 404, "{act}");
    }
    assert_eq!(own(&server.address, &taro), before);
    // Nor does a participant reach what researchers ask.
    for path in ["/api/frequency?freeze=r1&region=chr2", "/api/applications", "/region/r1/chr2:1-9"] {
        assert_eq!(http::get(&server.address, path, Some(&taro)).status, 403, "{path}");
    }
    // Withdrawal, the same way; the receipt stays within reach, and nobody counts the person any more.
    let fields = format!("who={who}&withdraw=yes");
    let check = browser.submit("/my-consent", "/my-consent/check", &fields);
    assert!(check.body.contains("cannot be undone"), "{}", check.body);
    let sure =
        browser.submit("/my-consent", "/my-consent/confirm", &format!("{fields}&version=2&agreed=yes"));
    assert_eq!(sure.status, 303, "{}", sure.body);
    assert!(browser.get(&sure.header("location").unwrap()).body.contains("Withdrawal of consent"));
    assert!(browser.get("/my-consent").body.contains("Consent was withdrawn on"));
    assert_eq!(browser.submit("/sign-in", "/my-consent/check", &fields).status, 404, "no second time");
    drop(server);
    house.ok(&["repair"], &[]);
    house.ok(&["verify"], &[]);
    let log = house.ok(&["audit", "export"], &[]);
    assert!(!log.contains("\"P1\"") && !log.contains(&who), "the log names nobody");
}

#[test]
fn a_proxy_sees_a_childs_page_until_the_child_is_an_adult() {
    let house = ready();
    let minor = |day: &str| {
        let words =
            ["consent", "change", "P3", "--scope", "research", "--by", "proxy", "--relation", "mother"];
        let words = [&words[..], &["--adult-on", day, "--document", "K-1"]].concat();
        house.ok(&words, &[]);
    };
    minor("2099-04-01");
    house.participant("mother", "P3", &["--relation", "mother"]);
    house.participant("child", "P3", &[]);
    let server = house.serve();
    let [mother, child] = ["mother", "child"].map(|user| house.token(user));
    let shown = own(&server.address, &mother);
    assert_eq!((&shown[0]["relation"], &shown[0]["adult_on"]), (&json!("mother"), &json!("2099-04-01")));
    let post = |token: &str, who: &Value, scope: &str, confirm: Value| {
        let body = json!({ "who": who, "scope": scope, "confirm": confirm }).to_string();
        http::request(&server.address, "POST", "/api/my-consent", Some(token), Some(&body))
    };
    let preview = post(&mother, &shown[0]["who"], "research,recontact", Value::Null).json();
    assert_eq!(preview["preview"]["state"], "preview");
    let done = post(&mother, &shown[0]["who"], "research,recontact", preview["version"].clone());
    assert_eq!(done.json()["receipt"]["signature"]["by"], "proxy", "{}", done.body);
    // A minor looks on, and does not sign alone; a handle of another account is worth nothing.
    let theirs = own(&server.address, &child);
    assert_eq!(post(&child, &theirs[0]["who"], "research", Value::Null).status, 400);
    assert_eq!(post(&child, &shown[0]["who"], "research", Value::Null).status, 404);
    // The link ends when it is taken away.
    house.ok(&["account", "participant", "mother", "P3", "--remove"], &[]);
    assert_eq!(own(&server.address, &mother), json!([]));
}

#[test]
fn an_answer_that_left_somebody_out_is_no_use_of_their_data() {
    let house = rights::ready();
    let used = |person: &str| {
        let uses = house.json(&["consent", "uses", person, "--json"], &[]);
        uses["answers"].as_array().unwrap().iter().map(|of| of["times"].as_u64().unwrap()).sum::<u64>()
    };
    let words = [&rights::QUESTION[..], &["--as", "academic", "--json"]].concat();
    house.json(&words, &[]);
    assert_eq!((used("P1"), used("P50")), (1, 1));
    // A dataset of the west for one disease: a general question leaves its people out.
    let term = "[[term]]\ndataset = \"west-1\"\nduo = \"DUO:0000007\"\nvalue = \"MONDO:0005148\"\n\
                valid_from = 2026-04-01\nsource = \"agreement 12\"\n";
    rights::add(&house, &(rights::dataset("west", "detailed") + term));
    house.json(&words, &[]);
    assert_eq!((used("P1"), used("P50")), (1, 2));
}
