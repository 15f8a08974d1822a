//! Money where people see it: an institution reads its own papers and no other's, finance works on pages.

use crate::browser::Browser;
use crate::house::{House, has};
use crate::http::{self, Reply};
use crate::strangers::ready;
use serde_json::{Value, json};

/// An invoice over a year of the panel; returns its number.
fn invoiced(house: &House, institution: &str) -> String {
    let quote = house.json(&["money", "quote", "--for", institution, "panel-year", "--json"], &[]);
    let number = quote["number"].as_str().unwrap();
    let words =
        ["money", "invoice", number, "--from", "2026-04-01", "--to", "2027-03-31", "--subject", "利用料"];
    house.json(&[&words[..], &["--json"]].concat(), &[])["number"].as_str().unwrap().to_owned()
}

fn pay(house: &House, invoice: &str, amount: &str, reference: &str) {
    house.ok(&["money", "pay", invoice, "--amount", amount, "--reference", reference], &[]);
}

#[test]
fn an_institution_reads_its_own_papers_and_nobody_elses() {
    let house = ready();
    let (own, others) = (invoiced(&house, "pharma-a"), invoiced(&house, "pharma-b"));
    let note = ["money", "credit", &others, "--because", "誤り", "--line", "1=5000", "--json"];
    let note = house.json(&note, &[])["number"].as_str().unwrap().to_owned();
    let server = house.serve();
    let [company, finance, auditor, clinician] =
        ["company-unpaid", "finance", "auditor", "clinician"].map(|user| house.token(user));
    let get = |path: &str, token: &str| http::get(&server.address, path, Some(token));
    // Its own: the account, the invoice, the paper.
    let statement = get("/api/money/statement", &company).json();
    assert_eq!((&statement["institution"], &statement["owed"]), (&json!("pharma-a"), &json!(8_580_000)));
    let sheet = get(&format!("/api/money/invoice?number={own}"), &company).json();
    assert_eq!(sheet["invoice"]["totals"]["total"], 8_580_000);
    assert_eq!(sheet["movements"][0]["amount"], 8_580_000);
    let paper = get(&format!("/api/money/paper.pdf?number={own}"), &company);
    assert!(paper.status == 200 && paper.body.starts_with("%PDF"));
    assert_eq!(paper.header("content-type").unwrap(), "application/pdf");
    assert_eq!(paper.header("content-disposition").unwrap(), format!("attachment; filename=\"{own}.pdf\""));
    // Another's answers like what never was: number by number, to the byte but for what was asked.
    let plain = |reply: Reply, number: &str| {
        let body = reply.json()["error"]["message"].as_str().unwrap_or_default().replace(number, "N");
        (reply.status, body)
    };
    for path in ["/api/money/invoice", "/api/money/paper.pdf"] {
        let ask = |number: &str| plain(get(&format!("{path}?number={number}"), &company), number);
        let never = ask("GJ-2026-999999");
        assert_eq!(never.0, 404, "{never:?}");
        for number in [&others, &note] {
            assert_eq!(ask(number), never, "{path} {number}");
        }
    }
    for address in [format!("/money/invoice/{others}"), "/money/invoice/GJ-2026-999999".to_owned()] {
        let page = get(&address, &company);
        assert!(page.status == 404 && !page.body.contains("8,580,000") && !page.body.contains("pharma-b"));
    }
    for institution in ["pharma-b", "no-such-institution"] {
        for path in [
            format!("/api/money/statement?institution={institution}"),
            format!("/money/account/{institution}"),
        ] {
            let reply = get(&path, &company);
            assert_eq!(reply.status, 403, "{path}");
            assert!(
                !reply.body.contains("7,800,000") && !reply.body.contains("invoices\""),
                "{}",
                reply.body
            );
        }
    }
    let asked = get("/api/money/price?institution=pharma-b", &company);
    assert!(asked.status == 403 && asked.body.contains("institution-forbids"), "{}", asked.body);
    // The books are for who reads books; writing is for who writes them.
    for path in ["receivables", "balance", "account", "budgets", "genome-cost", "expected"] {
        assert_eq!(get(&format!("/api/money/{path}"), &company).status, 403, "{path}");
        assert_eq!(get(&format!("/api/money/{path}"), &clinician).status, 403, "{path}");
        for token in [&finance, &auditor] {
            let reply = get(&format!("/api/money/{path}"), token);
            assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        }
    }
    for (path, body) in [
        ("pay", json!({ "invoice": own, "amount": 1, "reference": "X" })),
        ("credit", json!({ "invoice": own, "reason": "x" })),
        ("set-off", json!({ "invoice": own, "amount": 1 })),
        ("refund", json!({ "institution": "pharma-a", "amount": 1 })),
        ("forecast", json!({ "year": 2026, "fees": "" })),
    ] {
        let path = format!("/api/money/{path}");
        for token in [&company, &clinician] {
            let reply = http::request(&server.address, "POST", &path, Some(token), Some(&body.to_string()));
            assert_eq!(reply.status, 403, "{path}: {}", reply.body);
        }
        if !path.ends_with("forecast") {
            let reply =
                http::request(&server.address, "POST", &path, Some(&auditor), Some(&body.to_string()));
            assert_eq!(reply.status, 403, "{path}: {}", reply.body);
        }
    }
    for page in
        ["/money/receivables", "/money/balance", "/money/ledger/1200", "/money/budgets", "/money/expected"]
    {
        assert_eq!(get(page, &company).status, 403, "{page}");
        assert_eq!(get(page, &finance).status, 200, "{page}");
    }
    // Each reading and each attempt is a line of the log.
    let log = house.ok(&["audit", "export"], &[]);
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let said = |actor: &str, act: &str, subject: &str, outcome: &str| {
        let is = |line: &&Value| {
            (&line["actor"], &line["act"], &line["subject"], &line["outcome"])
                == (&json!(actor), &json!(act), &json!(subject), &json!(outcome))
        };
        lines.iter().filter(is).count()
    };
    assert_eq!(said("company-unpaid", "money.own", &own, "read"), 2);
    assert_eq!(said("company-unpaid", "money.own", &others, "refused"), 3);
    assert_eq!(said("company-unpaid", "money.own", "pharma-b", "refused"), 2);
    assert_eq!(said("auditor", "money.read", "receivables", "read"), 1);
    assert_eq!(said("finance", "money.read", "trial balance", "read"), 2);
}

#[test]
fn what_was_paid_too_much_is_set_off_against_a_later_invoice() {
    let house = ready();
    let first = invoiced(&house, "pharma-a");
    pay(&house, &first, "8600000", "B-1");
    let second = invoiced(&house, "pharma-a");
    let set_off =
        |invoice: &str, amount: &str| ["money", "set-off", invoice, "--amount", amount].map(str::to_owned);
    let words = |words: &[String]| words.to_vec();
    let fails = |words: Vec<String>| {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        house.fails(1, &words, &[]).1
    };
    let why = fails(words(&set_off(&second, "20001")));
    assert!(why.contains("only 20,000 yen are owed to the institution, not 20,001"), "{why}");
    // Another institution's invoice is not paid with it.
    let others = invoiced(&house, "pharma-b");
    let why = fails(words(&set_off(&others, "1")));
    assert!(why.contains("only 0 yen are owed to the institution"), "{why}");
    let entry = house.json(&["money", "set-off", &second, "--amount", "20000", "--json"], &[]);
    let account = |what: &str| house.json(&["money", "statement", "pharma-a", "--json"], &[])[what].clone();
    assert_eq!((account("owed"), account("owed_back")), (json!(8_560_000), json!(0)));
    // Undone, it is owed on both sides again; done again and paid, the invoice is settled.
    let number = entry["entry"].to_string();
    house.ok(&["money", "reverse", &number, "--because", "誤り"], &[]);
    assert_eq!((account("owed"), account("owed_back")), (json!(8_580_000), json!(20_000)));
    house.ok(&["money", "set-off", &second, "--amount", "20000"], &[]);
    pay(&house, &second, "8560000", "B-2");
    assert_eq!(account("invoices")[1]["state"], "settled");
    let ledger = house.json(&["money", "ledger", "2100", "--about", "pharma-a", "--json"], &[]);
    let moved: Vec<i64> =
        ledger["lines"].as_array().unwrap().iter().map(|line| line["amount"].as_i64().unwrap()).collect();
    assert_eq!(moved, [-20_000, 20_000, -20_000, 20_000]);
    assert_eq!(ledger["after"], 0);
    assert_eq!(house.json(&["money", "balance", "--json"], &[])["difference"], 0);
    house.ok(&["verify"], &[]);
}

#[test]
fn finance_works_on_the_pages_and_a_company_asks_the_price() {
    let house = ready();
    let server = house.serve();
    let number = invoiced(&house, "pharma-a");
    let mut company = Browser::new(&server.address);
    assert_eq!(company.sign_in(&format!("token={}", house.token("company-unpaid"))).status, 303);
    // Thirteen months are two years begun; the reason names the rule and that it is an example.
    let page = company.get("/money/price?lang=ja&months=13&tier=detailed");
    assert!(page.body.contains("31,200,000") && page.body.contains("【例示】"), "{}", page.body);
    let page = company.get(&format!("/money/invoice/{number}?lang=en"));
    assert!(page.body.contains("¥8,580,000") && !page.body.contains("Record a payment"), "{}", page.body);
    assert!(page.body.contains(&format!("/api/money/paper.pdf?number={number}")));
    let mut finance = Browser::new(&server.address);
    assert_eq!(finance.sign_in(&format!("token={}", house.token("finance"))).status, 303);
    let page = finance.get("/money/receivables?lang=ja");
    assert!(page.body.contains(&number) && page.body.contains("8,580,000"), "{}", page.body);
    let here = format!("/money/invoice/{number}");
    let act = format!("{here}/act");
    let paid = finance.submit(&here, &act, "act=pay&amount=8600000&reference=BANK-1");
    assert_eq!(paid.status, 303, "{}", paid.body);
    // The same reference is booked once, and says so on a page.
    let again = finance.submit(&here, &act, "act=pay&amount=1&reference=BANK-1");
    assert!(again.status == 400 && again.body.contains("was booked before"), "{}", again.body);
    let credited = finance.submit(&here, &act, "act=credit&reason=%E8%AA%A4%E3%82%8A&lines=1%3D1000");
    assert_eq!(credited.status, 303, "{}", credited.body);
    let page = finance.get(&format!("{here}?lang=ja"));
    assert!(page.body.contains("CN-2026-000001") || page.body.contains("CN-20"), "{}", page.body);
    // 20,000 too much and 1,100 taken back with tax.
    let page = finance.get("/money/account/pharma-a?lang=ja");
    assert!(page.body.contains("21,100 円"), "{}", page.body);
    // A form of another site books nothing.
    let forged = format!("act=refund&amount=1&csrf={}", "0".repeat(64));
    let headers = "Content-Type: application/x-www-form-urlencoded\r\n";
    let cookie = format!("Cookie: gj_session={}\r\n", finance.cookies["gj_session"]);
    let headers = format!("{headers}{cookie}Content-Length: {}\r\n", forged.len());
    assert_eq!(http::send(&server.address, "POST", &act, &headers, &forged).status, 403);
    let page = finance.get("/money/balance?lang=en");
    assert!(page.body.contains("Fees receivable"), "{}", page.body);
    let page = finance.get("/money/ledger/1200?lang=ja");
    assert!(page.body.contains("入金 GJ-"), "{}", page.body);
    // An application under review is expected income; half the fee is half of it.
    let draft = [
        "application",
        "new",
        "--as",
        "company-paid",
        "--title",
        "t",
        "--purpose",
        "HMB",
        "--tier",
        "detailed",
        "--dataset",
        "r1",
        "--plan",
        "p",
        "--from",
        "2037-04-01",
        "--until",
        "2038-03-31",
    ];
    let id = house.ok(&draft, &[]);
    house.ok(&["application", "submit", id.trim(), "--as", "company-paid"], &[]);
    let half = house.ok(&["money", "tariff"], &[]).replace("amount = 15600000", "amount = 7800000");
    std::fs::write(house.beside("half.toml"), half).unwrap();
    let expected = house.json(&["money", "expected", "--json", "--fees"], &[&house.beside("half.toml")]);
    let last = expected["months"].as_array().unwrap().last().unwrap().clone();
    // The example's payment covers this company until 2036. Thirty days after 1 April, when an invoice of that day would be due.
    assert_eq!((&last["month"], &last["pending"]), (&json!("2037-05"), &json!(17_160_000)), "{expected}");
    assert_eq!(last["then"], 8_580_000, "{expected}");
    let page = finance.get("/money/expected?lang=en");
    assert!(page.body.contains("17,160,000") && page.body.contains(id.trim()), "{}", page.body);
    // Anybody reads fees and head starts.
    let page = http::get(&server.address, "/fees?lang=ja", None);
    assert!(page.status == 200 && page.body.contains("10,200") && page.body.contains("先行利用"));
    if has("pdftotext") {
        house.ok(&["money", "paper", &number, "--as", "company-unpaid"], &[]);
    }
    house.ok(&["verify"], &[]);
}
