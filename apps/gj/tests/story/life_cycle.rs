//! The life of a project in a real browser, in Japanese, by the people it takes: what each of them reads,
//! clicks and types, from the fee to the yearly report; and somebody else's who is told why not.

use crate::applications::ready;
use crate::chromium::Chromium;
use crate::chromium::person::Person;
use crate::house::{House, has};
use std::io::Write;
use std::process::Stdio;

const PASSWORD: &str = "a river with one door";
const APPLICANT: &str = "company-unpaid";
const REVIEWERS: [&str; 2] = ["reviewer", "reviewer-2"];
const REVIEWS: [(&str, &str); 2] =
    [("条件付き承認", "対象を心筋症に限れば適切です。"), ("不承認", "計画の範囲が広すぎます。")];
/// A dataset that another company may use first.
const WINDOW: &str = r#"
[[dataset]]
id = "minato-1"
name_ja = "みなと第1期"
name_en = "Minato, tranche 1"
contributor = "biobank-minato"
tier = "detailed"
starting_point = 2026-04-01
restricted_months = 24
source = "agreement"
[[window]]
dataset = "minato-1"
funder = "pharma-a"
tier = "cash"
valid_from = 2026-04-01
hard_end = 2099-12-31
source = "funding agreement"
"#;

pub fn set_password(house: &House, user: &str) {
    let mut command = house.command(&["account", "password", user], &[]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    assert!(child.wait().unwrap().success());
}

/// Somebody who has just signed in by name and password, in Japanese.
pub fn enter<'b>(browser: &'b Chromium, address: &str, user: &str) -> Person<'b> {
    let person = Person::new(browser, address, user);
    person.go("/");
    if person.text().contains("日本語") {
        person.click("日本語");
    }
    person.click("ログイン");
    person.fill("利用者名", user);
    person.fill("パスワード", PASSWORD);
    person.click("ログイン");
    person.sees("ログイン中");
    person
}

/// Goes to the one application that waits for this person, by the inbox.
fn take_up(person: &Person, id: &str) {
    person.click("利用申請");
    person.sees("対応をお待ちしているもの");
    person.click(id);
    person.sees("あなたの対応が必要です");
}

/// One step: unfolds its form, fills it in and sends it.
fn step(person: &Person, act: &str, fields: &[(&str, &str)]) {
    person.unfold(act);
    for (label, value) in fields {
        person.fill(label, value);
    }
    person.click(act);
}

/// A draft by the form, with its fee looked at first; returns its number.
fn draft(person: &mut Person, title: &str, fee: &str) -> String {
    person.click("利用申請");
    person.click("新しい申請");
    person.look_in_both("form");
    for (label, value) in [
        ("研究課題", title),
        ("利用目的", "HMB"),
        ("利用の詳しさ", "概要・簡易集計"),
        ("みなとバイオバンク（例） · biobank-minato", "yes"),
        ("開始日", "2026-04-01"),
        ("終了日", "2029-03-31"),
        ("研究計画", "心筋症の患者にみられるバリアントの頻度を、集団の頻度と比べる。"),
    ] {
        person.fill(label, value);
    }
    person.click("利用料を確認する");
    person.sees(fee);
    person.look("fee");
    person.click("下書きとして保存");
    let path = person.path();
    person.sees("下書き");
    path.rsplit('/').next().unwrap().to_owned()
}

#[test]
fn the_life_of_a_project_in_a_browser() {
    if !has("chromium") {
        return;
    }
    let house = ready();
    let users = [APPLICANT, "company-paid", "committee", "chair", "head", "finance"];
    for user in users.into_iter().chain(REVIEWERS) {
        set_password(&house, user);
    }
    let server = house.serve();
    let address = &server.address;
    let browser = Chromium::start();
    let mut nobody = Person::new(&browser, address, "nobody");
    nobody.go("/?lang=ja");
    nobody.look_in_both("home");
    nobody.click("公開登録簿");
    nobody.sees("まだ許可された研究はありません");
    nobody.click("ログイン");
    nobody.look_in_both("sign-in");

    // The applicant is told the fee and its reason, and only then applies.
    let mut applicant = enter(&browser, address, APPLICANT);
    let id = draft(&mut applicant, "心筋症の頻度研究", "23,400,000 円");
    applicant.sees("出典");
    applicant.look_in_both("draft");
    step(&applicant, "提出する", &[]);
    applicant.sees("形式確認待ち");
    applicant.look_in_both("submitted");

    // The secretariat passes it; the match follows by itself, and names are chosen from a list.
    let mut secretariat = enter(&browser, address, "committee");
    secretariat.click("利用申請");
    secretariat.look_in_both("inbox");
    take_up(&secretariat, &id);
    step(&secretariat, "形式を確認済みとする", &[]);
    secretariat.sees("自動で照合する");
    secretariat.look_in_both("conflicts");
    for reviewer in REVIEWERS {
        step(&secretariat, "審査委員を選任する", &[("審査委員", reviewer)]);
    }
    secretariat.sees("選任済み・申告待ち");
    secretariat.look("named");

    // Two who do not see one another's review.
    let mut reviewers = REVIEWERS.map(|reviewer| enter(&browser, address, reviewer));
    for reviewer in &mut reviewers {
        take_up(reviewer, &id);
        reviewer.look_in_both("declare");
        step(reviewer, "利益相反がないと申告する", &[]);
    }
    for (reviewer, (verdict, text)) in reviewers.iter_mut().zip(REVIEWS) {
        take_up(reviewer, &id);
        reviewer.sees_no(REVIEWS[0].1);
        reviewer.look_in_both("review");
        step(reviewer, "審査意見を提出する", &[("判断", verdict), ("審査意見", text)]);
        reviewer.sees(text);
        reviewer.look("reviewed");
    }
    applicant.go(&format!("/application/{id}"));
    applicant.sees("審査結果の取りまとめ");
    applicant.sees_no(REVIEWS[0].1);

    take_up(&secretariat, &id);
    secretariat.sees(REVIEWS[0].1);
    secretariat.look_in_both("consolidation");
    let together = [("取りまとめた文", "一名は条件付き承認、一名は不承認。")];
    step(&secretariat, "審査結果を取りまとめる", &together);

    let mut chair = enter(&browser, address, "chair");
    take_up(&chair, &id);
    chair.look_in_both("committee");
    step(
        &chair,
        "委員会の意見を記録する",
        &[("判断", "不承認"), ("委員会の意見とその理由", "範囲を狭めるべきです。")],
    );

    // The head differs from the opinion: reasons are required.
    let mut head = enter(&browser, address, "head");
    take_up(&head, &id);
    head.sees("範囲を狭めるべきです。");
    head.look_in_both("decision");
    step(&head, "承認する", &[]);
    head.sees("どうすればよいか");
    head.sees("理由を記入して");
    head.look("reasons-required");
    head.click("申請に戻る");
    step(
        &head,
        "承認する",
        &[("理由（委員会の意見と異なる決定のときは必ず）", "患者の利益が大きいため承認します。")],
    );
    head.sees("利用契約の署名");
    head.look_in_both("agreement");

    // Both sign the same digest.
    take_up(&applicant, &id);
    applicant.look_in_both("agreement");
    step(&applicant, "申請者として契約に署名する", &[]);
    take_up(&head, &id);
    step(&head, "代表者として契約に署名する", &[]);
    head.sees("請求・入金");

    // Money: until it has arrived, no answer.
    let question = "/region/r1/chr2:1-9000000?purpose=HMB";
    applicant.go(question);
    applicant.sees("支払い");
    applicant.look_in_both("unpaid");
    let mut finance = enter(&browser, address, "finance");
    take_up(&finance, &id);
    finance.sees("23,400,000 円");
    finance.sees_no(REVIEWS[0].1);
    finance.look_in_both("payment");
    step(&finance, "請求書を発行する", &[]);
    finance.sees("GJ-");
    finance.look_in_both("invoiced");
    step(&finance, "入金を記録する", &[("振込の照合番号", "BANK 1123-0001")]);
    finance.sees("入金済み");
    finance.look("paid");

    // Granted: the company is answered, uses it, reports.
    take_up(&applicant, &id);
    applicant.look_in_both("granted");
    step(&applicant, "利用を開始する", &[]);
    applicant.go("/");
    applicant.fill("バリアント・遺伝子・領域・疾患を検索", "chr2:1-9000000");
    applicant.click("検索");
    applicant.fill("何のために使いますか", "HMB");
    applicant.click("この目的で表示");
    applicant.sees("バリアントの一覧");
    applicant.look_in_both("answer");
    take_up(&applicant, &id);
    applicant.look_in_both("in-use");
    step(&applicant, "年次報告を提出する", &[("報告の本文", "計画どおり進んでいます。")]);
    applicant.sees("計画どおり進んでいます。");
    let paper = [("種類", "論文"), ("DOI、特許番号など", "doi:10.1/x")];
    step(&applicant, "論文・特許を登録する", &paper);
    applicant.look_in_both("reported");

    nobody.go("/register");
    for words in ["心筋症の頻度研究", "製薬", "biobank-minato", "2029-03-31", "利用中", "doi:10.1/x"]
    {
        nobody.sees(words);
    }
    nobody.sees_no(APPLICANT);
    nobody.look_in_both("register");
    nobody.go(&format!("/application/{id}"));
    nobody.sees_no("心筋症");

    refused_and_told_why(&house, &browser, address);
    browser.kept_to(address);
    in_the_books(&house, &id);
}

/// Another company meets the first one's window: it reads why, until when, and what it could do.
fn refused_and_told_why(house: &House, browser: &Chromium, address: &str) {
    let programme = house.ok(&["programme", "export"], &[]) + WINDOW;
    std::fs::write(house.beside("p.toml"), programme).unwrap();
    house.ok(&["programme", "apply"], &[&house.beside("p.toml")]);
    let mut other = enter(browser, address, "company-paid");
    let id = draft(&mut other, "創薬標的の頻度", "円");
    step(&other, "提出する", &[]);
    let secretariat = enter(browser, address, "committee");
    take_up(&secretariat, &id);
    step(&secretariat, "形式を確認済みとする", &[]);
    other.go(&format!("/application/{id}"));
    for words in ["不承認の理由", "優先期間", "どうすればよいか", "優先期間の終わりを待つ", "2099-12-31"]
    {
        other.sees(words);
    }
    other.look_in_both("refused");
}

/// What was clicked is in the audit log, line by line, and in the books, to the yen.
fn in_the_books(house: &House, id: &str) {
    house.ok(&["audit", "verify"], &[]);
    let log = house.ok(&["audit", "export"], &[]);
    let done = |act: &str| {
        let act = format!("\"application.{act}\"");
        log.lines().filter(|l| l.contains(id) && l.contains(&act) && !l.contains("\"refused\"")).count()
    };
    let acts = [
        ("submit", 1),
        ("pass", 1),
        ("match", 1),
        ("assign", 2),
        ("declare-none", 2),
        ("review", 2),
        ("consolidate", 1),
        ("opine", 1),
        ("approve", 1),
        ("sign", 1),
        ("countersign", 1),
        ("invoice", 1),
        ("record-payment", 1),
        ("grant", 1),
        ("begin-use", 1),
        ("report-yearly", 1),
        ("publish", 1),
    ];
    for (act, times) in acts {
        assert_eq!(done(act), times, "{act}");
    }
    assert!(!log.contains(REVIEWS[0].1) && !log.contains("river"));
    let balance = house.json(&["money", "balance", "--json"], &[]);
    assert_eq!(balance["difference"], 0, "{balance}");
    assert!(balance.to_string().contains("25740000"), "the fee with its tax was paid: {balance}");
    house.ok(&["verify"], &[]);
}
