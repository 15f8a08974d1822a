//! Money from outside: a price with its reason, invoice and PDF, a payment that opens the door, and a crash.

use crate::cohort::Dice;
use crate::house::{House, has};
use crate::strangers::ready;
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Moments at which an act of money is killed, unless `GJ_CRASH_MOMENTS` says how many.
const MOMENTS: usize = 40;

fn invoiced(house: &House, institution: &str, list: &[&str], item: &str) -> Value {
    let mut words = vec!["money", "quote", "--for", institution, item, "--json"];
    words.extend(list);
    let quote = house.json(&words, &[]);
    let number = quote["number"].as_str().unwrap();
    let words = [
        "money",
        "invoice",
        number,
        "--from",
        "2020-04-01",
        "--to",
        "2099-03-31",
        "--subject",
        "利用料",
        "--json",
    ];
    house.json(&words, &[])
}

#[test]
fn a_company_is_told_the_price_pays_its_invoice_and_is_answered() {
    let house = ready();
    let ask = [
        "frequency",
        "--freeze",
        "r1",
        "--region",
        "chr2:1-9000000",
        "--as",
        "company-unpaid",
        "--purpose",
        "GRU",
        "--json",
    ];
    let (refused, _) = house.fails(3, &ask, &[]);
    assert!(refused.contains("payment-missing"), "{refused}");
    // The price and its reason in both languages, asked for by the company itself.
    let quote = ["money", "quote", "--for", "pharma-a", "panel-year", "--as", "company-unpaid", "--json"];
    let quote = house.json(&quote, &[]);
    let line = &quote["quote"]["lines"][0];
    assert_eq!((line["net"].as_i64(), line["academic_unit_price"].as_i64()), (Some(7_800_000), Some(0)));
    assert!(
        line["reason"]["ja"].as_str().unwrap().starts_with("【例示】") && line["reason"]["en"].is_string()
    );
    house.fails(3, &["money", "balance", "--as", "company-unpaid"], &[]);
    let invoice = invoiced(&house, "pharma-a", &[], "panel-year");
    let number = invoice["number"].as_str().unwrap();
    let total = invoice["totals"]["total"].as_i64().unwrap();
    assert_eq!(total, 8_580_000);
    let file = house.beside("invoice.pdf");
    house.ok(&["money", "paper", number, "--pdf"], &[&file]);
    house.fails(1, &["money", "paper", number, "--pdf"], &[&file]);
    if has("pdftotext") {
        let read = Command::new("pdftotext").args(["-layout"]).arg(&file).arg("-").output().unwrap();
        let read = String::from_utf8(read.stdout).unwrap();
        assert!(read.contains("¥8,580,000") && read.contains("見本製薬A社"), "{read}");
    }
    house.fails(3, &ask, &[]);
    house.ok(&["money", "pay", number, "--amount", &total.to_string(), "--reference", "BANK-1"], &[]);
    house.ok(&ask, &[]);
    // Half as much under another tariff.
    let half = house.ok(&["money", "tariff"], &[]).replace("amount = 7800000", "amount = 3900000");
    std::fs::write(house.beside("half.toml"), half).unwrap();
    let forecast = ["money", "forecast", "--json", "--year", &number[3..7], "--fees"];
    let forecast = house.json(&forecast, &[&house.beside("half.toml")]);
    assert_eq!((forecast["now"].as_i64(), forecast["then"].as_i64()), (Some(7_800_000), Some(3_900_000)));
    // Costs of a budget line, for each of the sixty genomes.
    let allot = [
        "money",
        "allot",
        "MEXT-1",
        "--ministry",
        "文部科学省",
        "--year",
        "2020",
        "--amount",
        "1000",
        "--ja",
        "解析費",
        "--en",
        "Sequencing",
        "--source",
        "例示",
    ];
    house.ok(&allot, &[]);
    let cost = |yen| {
        [
            "money",
            "cost",
            "MEXT-1",
            "--category",
            "sequencing",
            "--what",
            "読取",
            "--voucher",
            "V-1",
            "--amount",
            yen,
        ]
    };
    house.ok(&cost("999"), &[]);
    let (_, why) = house.fails(1, &cost("2"), &[]);
    assert!(why.contains("only 1 yen are left of the budget line, not 2; nothing was changed"), "{why}");
    let each = house.json(&["money", "genome-cost", "--json"], &[]);
    assert_eq!((each["genomes"].as_i64(), each["per_genome"]["each"].as_i64()), (Some(60), Some(16)));
    assert_eq!(each["per_genome"]["left"].as_i64(), Some(39));
    let fees = house.ok(&["money", "fees"], &[]);
    assert!(fees.contains("tohoku T-DNA-C dna: JPY 10,200 / sample (DNA分譲; company)"), "{fees}");
    let balance = house.json(&["money", "balance", "--json"], &[]);
    assert_eq!(balance["difference"], 0);
    // Every act is a line of the log.
    let log = house.ok(&["audit", "export"], &[]);
    for outcome in ["quoted", "invoiced", "paid", "allotted", "spent"] {
        assert!(log.contains(&format!(r#""outcome":"{outcome}""#)), "{outcome}");
    }
    assert!(house.ok(&["verify"], &[]).contains("the trial balance is 0 over 4 entries and 1 invoices"));
}

#[test]
fn killed_in_the_middle_of_a_payment_nothing_acknowledged_is_lost_or_booked_twice() {
    let house = House::new();
    let invoice = invoiced(&house, "pharma-a", &["--list", "tohoku"], "dna=1000");
    let number = invoice["number"].as_str().unwrap();
    let pay = |reference: &str| {
        let mut command =
            house.command(&["money", "pay", number, "--amount", "7", "--reference", reference], &[]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let started = Instant::now();
    assert!(pay("R-first").status().unwrap().success());
    let takes = started.elapsed().as_micros() as u64;
    let moments = std::env::var("GJ_CRASH_MOMENTS").map_or(MOMENTS, |text| text.parse().unwrap());
    let (mut dice, mut killed) = (Dice(7), 0);
    let mut acknowledged = BTreeSet::from(["R-first".to_owned()]);
    let booked = || -> BTreeSet<String> {
        let statement = house.json(&["money", "statement", "pharma-a", "--json"], &[]);
        let received = statement["invoices"][0]["received"].as_array().unwrap().clone();
        let owed = statement["owed"].as_i64().unwrap();
        assert_eq!(owed, 11_220_000 - 7 * received.len() as i64);
        received.iter().map(|one| one["reference"].as_str().unwrap().to_owned()).collect()
    };
    for moment in 0..moments {
        let reference = format!("R-{moment}");
        let mut child = pay(&reference).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(dice.roll(takes * 3 / 2)));
        // SIGKILL: the process gets no chance to tidy up.
        child.kill().unwrap();
        match child.wait().unwrap().success() {
            true => drop(acknowledged.insert(reference.clone())),
            false => killed += 1,
        }
        let there = booked();
        assert!(acknowledged.is_subset(&there), "moment {moment}: acknowledged but lost");
        // Trying again books it, or says that it was booked: never twice.
        assert_eq!(
            pay(&reference).status().unwrap().success(),
            !there.contains(&reference),
            "moment {moment}"
        );
        acknowledged.insert(reference);
        if moment % 10 == 0 {
            house.ok(&["verify"], &[]);
        }
    }
    assert_eq!(booked(), acknowledged);
    assert_eq!(house.json(&["money", "balance", "--json"], &[])["difference"], 0);
    house.ok(&["verify"], &[]);
    eprintln!("{killed} of {moments} payments were killed under way");
    assert!(killed > moments / 4, "only {killed} payments were killed under way");
}
