//! The life of an application, from the draft to the final report, by the people it takes.

use crate::browser::Browser;
use crate::cohort::MadeUp;
use crate::house::House;
use crate::http::{self, Reply};
use serde_json::Value;
use std::fs;

/// A house whose newest release holds people of the Minato biobank, who has an account that agrees.
pub fn ready() -> House {
    let cohort = MadeUp::new(60, 20, 2);
    let house = House::new();
    let everybody: Vec<usize> = (0..60).collect();
    // Whoever allows companies alone allows them beside others, too.
    let sheet = cohort.sheet(&everybody).replace("company-alone", "company-joint,company-alone");
    fs::write(house.beside("sheet.tsv"), sheet).unwrap();
    fs::write(house.beside("a.vcf"), cohort.vcf(&everybody, |_| true)).unwrap();
    house.ok(&["import-samples", "--institution", "biobank-minato"], &[&house.beside("sheet.tsv")]);
    house.ok(&["ingest", "--institution", "biobank-minato"], &[&house.beside("a.vcf")]);
    house.ok(&["freeze", "r1"], &[]);
    house
}

const PERIOD: [&str; 4] = ["--from", "2026-04-01", "--until", "2029-03-31"];

/// A draft of a user's; returns its number.
fn draft(house: &House, user: &str, tier: &str, more: &[&str]) -> String {
    let mut words = vec!["application", "new", "--as", user, "--title", "心筋症の研究", "--purpose", "HMB"];
    words.extend(["--tier", tier, "--dataset", "biobank-minato", "--plan", "頻度を比べる"]);
    words.extend(PERIOD);
    words.extend(more);
    house.ok(&words, &[]).trim().to_owned()
}

fn act(house: &House, id: &str, user: &str, act: &str, more: &[&str]) -> Value {
    let mut words = vec!["application", "act", id, act, "--as", user, "--json"];
    words.extend(more);
    house.json(&words, &[])
}

fn show(house: &House, id: &str, user: &str) -> Value {
    house.json(&["application", "show", id, "--as", user, "--json"], &[])
}

fn state(house: &House, id: &str) -> String {
    show(house, id, "committee")["state"].as_str().unwrap().to_owned()
}

/// From the draft to the reviewers' declarations.
fn to_reviewers(house: &House, id: &str, user: &str) {
    house.ok(&["application", "submit", id, "--as", user], &[]);
    act(house, id, "committee", "pass", &[]);
    if state(house, id) == "contributor" {
        act(house, id, "minato", "agree", &[]);
    }
    for reviewer in ["reviewer", "reviewer-2"] {
        act(house, id, "committee", "assign", &["--subject", reviewer]);
    }
}

/// From there to both signatures.
fn to_signatures(house: &House, id: &str, user: &str) {
    for reviewer in ["reviewer", "reviewer-2"] {
        act(house, id, reviewer, "declare-none", &[]);
    }
    for (reviewer, verdict) in [("reviewer", "approve"), ("reviewer-2", "conditional")] {
        act(house, id, reviewer, "review", &["--verdict", verdict, "--text", &format!("said by {reviewer}")]);
    }
    act(house, id, "committee", "consolidate", &["--text", "both in favour"]);
    act(house, id, "chair", "opine", &["--verdict", "approve", "--text", "no objection"]);
    act(house, id, "head", "approve", &[]);
    sign(house, id, user);
}

fn sign(house: &House, id: &str, user: &str) {
    let digest = show(house, id, user)["digest"].as_str().unwrap().to_owned();
    act(house, id, user, "sign", &["--digest", &digest]);
    act(house, id, "head", "countersign", &["--digest", &digest]);
}

fn refused(house: &House, id: &str, user: &str, what: &str, more: &[&str]) -> String {
    let mut words = vec!["application", "act", id, what, "--as", user, "--json"];
    words.extend(more);
    let (text, _) = house.fails(3, &words, &[]);
    let reasons: Value = serde_json::from_str(&text).unwrap();
    let reasons = reasons["refused"].as_array().unwrap();
    assert!(
        reasons.iter().all(|r| ["ja", "en", "source"].iter().all(|k| !r[*k].as_str().unwrap().is_empty()))
    );
    reasons.iter().map(|reason| reason["code"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_whole_life_of_an_academic_project() {
    let house = ready();
    let id = draft(&house, "academic", "detailed", &[]);
    // Nobody else knows of a draft.
    for user in ["clinician", "company-paid", "reviewer", "minato"] {
        house.fails(1, &["application", "show", &id, "--as", user], &[]);
    }
    assert_eq!(refused(&house, &id, "academic", "sign", &[]), "application-state");
    to_reviewers(&house, &id, "academic");
    assert_eq!(refused(&house, &id, "academic", "review", &[]), "role-forbids");
    assert_eq!(
        refused(&house, &id, "reviewer", "review", &["--verdict", "approve", "--text", "x"]),
        "application-state"
    );
    for reviewer in ["reviewer", "reviewer-2"] {
        act(&house, &id, reviewer, "declare-none", &[]);
    }
    // The reviews are blind.
    act(&house, &id, "reviewer", "review", &["--verdict", "reject", "--text", "first-secret"]);
    assert!(!show(&house, &id, "reviewer-2").to_string().contains("first-secret"));
    let seen = show(&house, &id, "academic").to_string();
    assert!(!seen.contains("first-secret") && !seen.contains("\"reviewer-2\""), "{seen}");
    let second =
        act(&house, &id, "reviewer-2", "review", &["--verdict", "approve", "--text", "second-secret"]);
    assert!(second.to_string().contains("first-secret"), "{second}");
    assert!(!second.to_string().contains("\"actor\":\"reviewer\""), "{second}");
    act(&house, &id, "committee", "consolidate", &["--text", "one for, one against"]);
    act(&house, &id, "chair", "opine", &["--verdict", "reject", "--text", "too wide"]);
    // The head differs from the opinion: reasons are required.
    assert_eq!(refused(&house, &id, "head", "approve", &[]), "application-follows-opinion-to-approve");
    act(&house, &id, "head", "approve", &["--text", "the benefit outweighs"]);
    assert_eq!(
        refused(&house, &id, "academic", "sign", &["--digest", "0000"]),
        "application-digest-current application-other-not-signed".split(' ').next().unwrap()
    );
    sign(&house, &id, "academic");
    // Free of charge: granted at once.
    let card = show(&house, &id, "academic");
    assert_eq!((&card["state"], &card["quote"]["amount_yen"]), (&"granted".into(), &0.into()), "{card}");
    assert_eq!(card["granted_until"], "2029-03-31");
    let card = act(&house, &id, "academic", "begin-use", &[]);
    assert_eq!(card["state"], "in-use");
    let reports: Vec<&str> =
        card["obligations"].as_array().unwrap().iter().map(|o| o["act"].as_str().unwrap()).collect();
    assert_eq!(reports, ["report-yearly", "report-yearly", "report-final", "report-deletion"]);
    act(&house, &id, "academic", "report-yearly", &["--text", "going well"]);
    // Detailed use: a result could identify a person, so that the chair reads it before it is published.
    let publish = ["--kind", "paper", "--release", "r1", "--text", "doi:10.1/x"];
    assert_eq!(refused(&house, &id, "academic", "publish", &publish), "application-publication-free");
    act(&house, &id, "academic", "propose-publication", &["--text", "table 2 shows single carriers"]);
    let due = house.json(&["application", "due", "--as", "chair", "--json"], &[]);
    let asked = due.as_array().unwrap().iter().find(|due| due["what"] == "clear-publication").unwrap();
    assert!(asked["waits_for_me"] == true && asked["awaits"][0] == "chair", "{asked}");
    assert_eq!(refused(&house, &id, "academic", "clear-publication", &["--text", "x"]), "role-forbids");
    act(&house, &id, "chair", "stop-publication", &["--text", "leave out table 2"]);
    assert_eq!(refused(&house, &id, "academic", "publish", &publish), "application-publication-free");
    act(&house, &id, "academic", "propose-publication", &["--text", "without table 2"]);
    act(&house, &id, "chair", "clear-publication", &["--text", "nobody can be told from it"]);
    act(&house, &id, "academic", "publish", &publish);
    assert_eq!(refused(&house, &id, "academic", "publish", &publish), "application-publication-free");
    let register = house.json(&["application", "register", "--json"], &[]);
    assert_eq!(register[0]["title"], "心筋症の研究");
    assert_eq!(register[0]["publications"][0], "doi:10.1/x");
    assert!(!register.to_string().contains("\"academic\""), "{register}");

    // The right under which genotypes are extracted, and its end.
    let approve = ["extract", "approve", "--release", "r1", "--for", "academic", "--region", "chr2"];
    let more =
        ["--institution", "biobank-minato", "--until", "2027-12-31", "--reference", "case", "--application"];
    let approve = [&approve[..], &more[..], &[id.as_str(), "--purpose"]].concat();
    let (_, errors) = house.fails(1, &[&approve[..], &["GRU"]].concat(), &[]);
    assert!(errors.contains("was granted for `HMB`"), "{errors}");
    let extract = house.ok(&[&approve[..], &["HMB"]].concat(), &[]);
    let write = ["extract", "write", extract.trim(), "--as", "academic", "--out"];
    house.ok(&write, &[&house.beside("x")]);
    act(&house, &id, "head", "suspend", &["--text", "breach"]);
    let (_, errors) = house.fails(3, &write, &[&house.beside("y")]);
    assert!(errors.contains("extract-revoked"), "{errors}");
    act(&house, &id, "head", "resume", &["--text", "mended"]);
    house.ok(&write, &[&house.beside("z")]);

    // A collaborator of the same house needs no new review, one of another does; a company pays.
    act(&house, &id, "academic", "add-collaborator", &["--subject", "clinician"]);
    assert_eq!(state(&house, &id), "contributor", "detailed data of others: asked again");
    // What was granted goes on for whom it was granted.
    house.ok(&write, &[&house.beside("w")]);
    let card = act(&house, &id, "academic", "keep-grant", &[]);
    assert_eq!((&card["state"], card["scope"]["people"].as_array().unwrap().len()), (&"in-use".into(), 1));
    act(&house, &id, "academic", "add-collaborator", &["--subject", "company-unpaid"]);
    assert_eq!(state(&house, &id), "conflicts");
    let quote = show(&house, &id, "academic")["quote"].clone();
    // Detailed data for the months begun that are left, a twelfth of a year's fee each: not a new price.
    let left = 1_300_000 * months_left("2029-03-31");
    assert_eq!(quote["amount_yen"], left, "{quote}");
    act(&house, &id, "academic", "keep-grant", &[]);

    // The end: revoked, reports, closed.
    act(&house, &id, "head", "revoke", &["--text", "again"]);
    assert_eq!(refused(&house, &id, "committee", "close", &[]), "application-reports-in");
    act(&house, &id, "head", "sanction", &["--text", "barred"]);
    act(&house, &id, "academic", "report-final", &["--text", "done"]);
    act(&house, &id, "academic", "report-deletion", &["--text", "deleted"]);
    assert_eq!(act(&house, &id, "committee", "close", &[])["state"], "closed");
    let next = draft(&house, "academic", "overview", &[]);
    assert_eq!(refused(&house, &next, "academic", "submit", &[]), "application-not-sanctioned");
    // It holds for questions, too.
    let question =
        ["frequency", "--freeze", "r1", "--region", "chr2", "--as", "academic", "--purpose", "GRU"];
    let (_, errors) = house.fails(3, &question, &[]);
    assert!(errors.contains("[sanction]"), "{errors}");
    // Each step is a line of the log.
    house.ok(&["audit", "verify"], &[]);
    let log = house.ok(&["audit", "export"], &[]);
    let steps = log.lines().filter(|line| line.contains("\"application.") && line.contains(&id));
    assert!(steps.filter(|line| !line.contains("\"refused\"")).count() > 30);
    assert!(!log.contains("first-secret"), "reviews are not for the log");
}

/// Months begun from today in Japan to the last day of a month, counted one by one.
fn months_left(until: &str) -> i64 {
    let today = (chrono::Utc::now() + chrono::TimeDelta::hours(9)).date_naive();
    let until: chrono::NaiveDate = until.parse().unwrap();
    let ends = |months: u32| today.checked_add_months(chrono::Months::new(months)).unwrap();
    (1..).find(|months| ends(*months) > until).unwrap().into()
}

#[test]
fn a_company_pays_before_it_may_use() {
    let house = ready();
    let id = draft(&house, "company-unpaid", "overview", &[]);
    to_reviewers(&house, &id, "company-unpaid");
    to_signatures(&house, &id, "company-unpaid");
    assert_eq!(state(&house, &id), "payment");
    let ask =
        ["frequency", "--freeze", "r1", "--region", "chr2", "--as", "company-unpaid", "--purpose", "HMB"];
    house.fails(3, &ask, &[]);
    let pay = ["--text", "bank 1"];
    assert_eq!(refused(&house, &id, "finance", "record-payment", &pay), "application-invoiced");
    let card = act(&house, &id, "finance", "invoice", &[]);
    assert_eq!(card["invoices"][0]["amount_yen"], 7_800_000 * 3);
    // Finance reads the price, not the reviews.
    assert!(!card.to_string().contains("said by reviewer"), "{card}");
    assert_eq!(act(&house, &id, "finance", "record-payment", &pay)["state"], "granted");
    house.ok(&ask, &[]);

    // A year more costs a year more, whatever the day of the change: the rest is paid.
    act(&house, &id, "company-unpaid", "begin-use", &[]);
    act(&house, &id, "company-unpaid", "change-scope", &["--until", "2030-03-31"]);
    let quote = show(&house, &id, "company-unpaid")["quote"].clone();
    assert_eq!(quote["amount_yen"], 7_800_000, "{quote}");
    assert!(quote["reason"]["ja"].as_str().unwrap().contains("お支払い済み"), "{quote}");
    house.ok(&["verify"], &[]);
}

#[test]
fn nobody_judges_their_own_and_nobody_with_a_conflict() {
    let house = ready();
    let id = draft(&house, "clinician", "overview", &[]);
    house.ok(&["application", "submit", &id, "--as", "clinician"], &[]);
    let card = act(&house, &id, "committee", "pass", &[]);
    let standing = |card: &Value, user: &str| {
        let list = card["candidates"].as_array().unwrap();
        list.iter().find(|c| c["user"] == user).unwrap()["standing"].as_str().unwrap().to_owned()
    };
    assert_eq!(standing(&card, "reviewer-3"), "conflict");
    let assign = |user: &str| ["--subject", user].map(str::to_owned);
    let named = assign("reviewer-3");
    let words: Vec<&str> = named.iter().map(String::as_str).collect();
    assert_eq!(refused(&house, &id, "committee", "assign", &words), "application-candidate-free");
    act(&house, &id, "committee", "assign", &["--subject", "reviewer"]);
    act(&house, &id, "reviewer", "declare-conflict", &["--text", "a friend"]);
    house.fails(1, &["application", "show", &id, "--as", "reviewer"], &[]);
    assert_eq!(
        refused(&house, &id, "committee", "assign", &["--subject", "reviewer"]),
        "application-candidate-free"
    );
    // Two who act on the same version cannot both succeed.
    let version = show(&house, &id, "committee")["version"].to_string();
    let words = ["--subject", "reviewer-2", "--seen", version.as_str()];
    act(&house, &id, "committee", "assign", &words);
    let again = ["application", "act", id.as_str(), "assign", "--as", "committee"];
    let (_, errors) = house.fails(1, &[&again[..], &words[..]].concat(), &[]);
    assert!(errors.contains("meanwhile"), "{errors}");
    let due = house.json(&["application", "due", "--as", "committee", "--json"], &[]);
    assert_eq!((&due[0]["what"], &due[0]["overdue"]), (&"conflicts".into(), &false.into()));
}

#[test]
fn a_refusal_says_why_and_what_would_change_it() {
    let house = ready();
    let id = draft(&house, "academic", "overview", &["--dataset", "no-such-biobank"]);
    house.ok(&["application", "submit", &id, "--as", "academic"], &[]);
    act(&house, &id, "committee", "pass", &[]);
    let card = show(&house, &id, "academic");
    assert_eq!(
        (&card["state"], &card["match_reasons"][0]["code"]),
        (&"refused".into(), &"freeze-unknown".into())
    );
    // An appeal does not get past the rules: the match is run again.
    act(&house, &id, "academic", "appeal", &["--text", "please"]);
    assert_eq!(act(&house, &id, "chair", "admit-appeal", &["--text", "look again"])["state"], "refused");
    let copy = act(&house, &id, "academic", "copy-as-new", &[]);
    assert_eq!((&copy["state"], &copy["version"]), (&"draft".into(), &0.into()));
    // The secretariat corrects what it finds, with a reason; what was wrong stays on record.
    let next = copy["application"].as_str().unwrap();
    house.ok(&["application", "submit", next, "--as", "academic"], &[]);
    let correct = ["--dataset", "biobank-minato", "--tier", "overview"];
    assert_eq!(refused(&house, next, "committee", "correct", &correct), "application-text-given");
    let text = ["--text", "the other data set does not exist"];
    let card = act(&house, next, "committee", "correct", &[&correct[..], &text].concat());
    assert_eq!(card["scope"]["datasets"], serde_json::json!(["biobank-minato"]));
    assert_eq!(act(&house, next, "committee", "pass", &[])["state"], "conflicts");
    // A draft is its writers' alone, edited or not, and what nobody pursues is ended without a decision.
    let other = draft(&house, "academic", "overview", &["--with", "clinician"]);
    let accept = |digest: &str| refused(&house, &other, "clinician", "accept-terms", &["--digest", digest]);
    assert_eq!(accept("0000"), "application-digest-current");
    let digest = show(&house, &other, "clinician")["digest"].as_str().unwrap().to_owned();
    act(&house, &other, "clinician", "accept-terms", &["--digest", &digest]);
    assert_eq!(accept(&digest), "application-actor-first");
    house.fails(1, &["application", "show", &other, "--as", "committee"], &[]);
    house.ok(&["application", "submit", &other, "--as", "academic"], &[]);
    let closed = act(&house, &other, "committee", "close", &["--text", "no answer to three letters"]);
    assert_eq!(closed["state"], "withdrawn");
}

/// A form as a browser sends it.
fn send(address: &str, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
    let byte = |b: &u8| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' => char::from(*b).to_string(),
        other => format!("%{other:02X}"),
    };
    let coded = |text: &str| text.as_bytes().iter().map(byte).collect::<String>();
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", coded(value))).collect();
    // As our own page would: with the token that it holds for this browser.
    let page = http::send(address, "GET", "/", cookie, "").body;
    let token = page.split("name=\"csrf\" value=\"").nth(1).unwrap_or_default().split('"').next().unwrap();
    let body = format!("csrf={token}&{}", body.join("&"));
    let headers = format!(
        "Origin: http://{address}\r\n{cookie}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
        body.len()
    );
    http::send(address, "POST", path, &headers, &body)
}

/// The same life through the pages: what a page offers is what is sent.
#[test]
fn a_life_through_the_pages_in_both_languages() {
    let house = ready();
    let tokens: Vec<(&str, String)> = ["academic", "committee", "reviewer", "reviewer-2", "chair", "head"]
        .map(|user| (user, house.token(user)))
        .into();
    let server = house.serve();
    let address = &server.address;
    let sign_in = |token: &str| {
        let mut browser = Browser::new(address);
        assert_eq!(browser.sign_in(&format!("token={token}")).status, 303);
        browser.cookie_line()
    };
    let cookies: std::collections::BTreeMap<&str, String> =
        tokens.iter().map(|(user, token)| (*user, sign_in(token))).collect();
    let get = |user: &str, path: &str| {
        let reply = http::send(address, "GET", path, &cookies[user], "");
        assert_eq!(reply.status, 200, "{user} {path}: {}", reply.body);
        assert!(!reply.body.contains("<script"));
        reply.body
    };
    // The form is prefilled from the address, and shows the fee before anything is applied for.
    let form = get("academic", "/applications/new?release=r1&lang=ja");
    assert!(form.contains("value=\"r1\"") && form.contains("利用料を確認する"), "{form}");
    let draft = [
        ("title", "頻度の研究"),
        ("purpose", "HMB"),
        ("tier", "overview"),
        ("dataset", "r1"),
        ("people", ""),
        ("from", "2026-04-01"),
        ("until", "2028-03-31"),
        ("plan", "<b>計画</b>"),
    ];
    let quoted =
        send(address, &cookies["academic"], "/applications/new", &[&draft[..], &[("quote", "1")]].concat());
    assert!(quoted.status == 200 && quoted.body.contains("利用料: 0 円"), "{}", quoted.body);
    // A form of another site is not taken.
    let headers = format!("Origin: http://elsewhere.example\r\n{}Content-Length: 0\r\n", cookies["academic"]);
    assert_eq!(http::send(address, "POST", "/applications/new", &headers, "").status / 100, 4);
    let begun = send(address, &cookies["academic"], "/applications/new", &draft);
    assert_eq!(begun.status, 303, "{}", begun.body);
    let page = begun.header("location").unwrap();
    let act = |user: &str, act: &str, more: &[(&str, &str)]| {
        let shown = get(user, &format!("{page}?lang=en"));
        let offered = format!("name=\"act\" value=\"{act}\"");
        assert!(shown.contains(&offered), "{user} is not offered {act}: {shown}");
        let hidden = |name: &str| {
            let rest = shown.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_default();
            rest.split('"').next().unwrap_or_default().to_owned()
        };
        let (version, digest) = (hidden("version"), hidden("digest"));
        let fields =
            [&[("act", act), ("version", version.as_str()), ("digest", digest.as_str())][..], more].concat();
        let done = send(address, &cookies[user], &format!("{page}/act"), &fields);
        assert_eq!(done.status, 303, "{user} {act}: {}", done.body);
        // The same form sent twice is not done twice.
        let again = send(address, &cookies[user], &format!("{page}/act"), &fields);
        assert!(matches!(again.status, 409 | 404), "{user} {act}: {}", again.status);
    };
    assert!(get("academic", &page).contains("&#60;b&#62;計画"));
    act("academic", "submit", &[]);
    act("committee", "pass", &[]);
    for reviewer in ["reviewer", "reviewer-2"] {
        act("committee", "assign", &[("subject", reviewer)]);
    }
    for reviewer in ["reviewer", "reviewer-2"] {
        act(reviewer, "declare-none", &[]);
    }
    let inbox = get("reviewer", "/applications?lang=ja");
    assert!(
        inbox.contains("対応をお待ちしているもの") && inbox.contains("独立した二名による審査"),
        "{inbox}"
    );
    for reviewer in ["reviewer", "reviewer-2"] {
        act(reviewer, "review", &[("verdict", "approve"), ("text", "よい研究です")]);
    }
    act("committee", "consolidate", &[("text", "二名とも承認")]);
    act("chair", "opine", &[("verdict", "approve"), ("text", "承認が適当")]);
    act("head", "approve", &[]);
    act("academic", "sign", &[]);
    act("head", "countersign", &[]);
    let register = http::get(address, "/register?lang=en", None);
    assert!(register.status == 200 && register.body.contains("頻度の研究"), "{}", register.body);
    act("academic", "begin-use", &[]);
    // A stranger's page does not say that there is such an application; the API says the same.
    let id = page.rsplit('/').next().unwrap();
    let clinician = house.token("clinician");
    for path in [
        page.clone(),
        format!("/api/application?application={id}"),
        "/api/application?application=A-0".into(),
    ] {
        assert_eq!(http::get(address, &path, Some(&clinician)).status, 404, "{path}");
    }
    let stale = format!(r#"{{"application":"{id}","version":3,"act":"remark","text":"x"}}"#);
    let academic = &tokens[0].1;
    let step =
        |body: &str| http::request(address, "POST", "/api/application/step", Some(academic), Some(body));
    assert_eq!(step(&stale).status, 409, "{}", step(&stale).body);
    assert_eq!(step(&stale.replace("\"version\":3,", "")).status, 200);
    assert_eq!(step(&stale.replace("remark", "sign").replace("\"version\":3,", "")).status, 409);
    assert_eq!(step("{}").status, 400);
}
