//! Who approves an extract, who gets it, and everybody who does not.

use crate::extracts::{approve, ready};
use crate::house::{House, has, sql};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// People of the made-up cohort.
const PEOPLE: usize = 60;

#[test]
fn nobody_but_the_recipient_gets_it_and_only_as_approved() {
    let (house, _) = ready();
    let refused = |id: &str, user: &str, more: &[&str], codes: &str| {
        let out = house.beside("refused");
        let mut words = vec!["extract", "write", id, "--as", user, "--json"];
        words.extend(more);
        words.push("--out");
        let (text, _) = house.fails(3, &words, &[&out]);
        let reasons: Value = serde_json::from_str(&text).unwrap();
        let found: Vec<&str> =
            reasons["refused"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap()).collect();
        assert_eq!(found.join(" "), codes);
        for reason in reasons["refused"].as_array().unwrap() {
            assert!(["ja", "en", "source"].iter().all(|key| !reason[*key].as_str().unwrap().is_empty()));
        }
    };
    let id = approve(&house, "academic", &[]);
    refused(&id, "stranger", &[], "user-unknown");
    refused(&id, "auditor", &[], "role-forbids extract-unapproved");
    refused(&id, "datamanager", &[], "role-forbids extract-unapproved");
    refused(&id, "company-paid", &[], "extract-unapproved");
    refused("E-0", "academic", &[], "extract-unapproved");
    refused(&id, "academic", &["--purpose", "POA"], "extract-other-purpose");
    refused(&id, "academic", &["--purpose", "DS"], "purpose-needs-disease extract-other-purpose");
    let unpaid = approve(&house, "company-unpaid", &[]);
    refused(&unpaid, "company-unpaid", &[], "payment-missing");
    let revoked = approve(&house, "academic", &[]);
    house.ok(&["extract", "revoke", &revoked], &[]);
    refused(&revoked, "academic", &[], "extract-revoked");
    // People of the east who allow the use of a company alone: nobody is left when those withdraw.
    let few = approve(&house, "company-paid", &["--stratum", "stratum1", "--institution", "east"]);
    for person in (35..PEOPLE).filter(|person| person % 4 == 1 && person % 3 != 0) {
        house.ok(&["withdraw", &format!("P{person}")], &[]);
    }
    refused(&few, "company-paid", &[], "consent-none");
    let statement = format!("UPDATE extracts SET valid_to = '2026-01-01' WHERE id = '{id}'");
    let expired = match house.server() {
        Some(url) => sql(url, &statement).is_empty(),
        None if has("sqlite3") => {
            let registry = house.dir().join("registry.sqlite");
            Command::new("sqlite3").arg(&registry).arg(statement).status().unwrap().success()
        }
        None => false,
    };
    if expired {
        refused(&id, "academic", &[], "extract-expired");
    }
    assert_eq!(parts(&house), Vec::<PathBuf>::new());
    // Every refusal is a line.
    let log = house.ok(&["audit", "export"], &[]);
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of_writing = lines.iter().filter(|l| l["act"] == "extract.write" && l["outcome"] == "refused");
    assert_eq!(of_writing.count(), if expired { 11 } else { 10 });
}

/// Files beside the data directory that were begun or written as an extract.
fn parts(house: &House) -> Vec<PathBuf> {
    let entries = fs::read_dir(house.beside("")).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_string_lossy().contains("refused")).collect()
}

#[test]
fn only_the_committee_approves_and_never_for_itself_or_for_nothing() {
    let (house, _) = ready();
    let words = |user: &'static str| {
        vec![
            "extract",
            "approve",
            "--release",
            "r1",
            "--for",
            "academic",
            "--purpose",
            "HMB",
            "--region",
            "chr2",
        ]
        .into_iter()
        .chain(["--until", "2099-12-31", "--reference", "x", "--as", user])
        .collect::<Vec<_>>()
    };
    for user in ["stranger", "datamanager", "academic", "company-paid", "auditor", "head", "reviewer"] {
        house.fails(3, &words(user), &[]);
    }
    let with = |from: &str, to: &'static str| -> Vec<&str> {
        words("committee").into_iter().map(|word| if word == from { to } else { word }).collect()
    };
    let (_, errors) = house.fails(3, &with("academic", "committee"), &[]);
    assert!(errors.contains("extract-own"), "{errors}");
    let (_, errors) = house.fails(3, &with("r1", "r7"), &[]);
    assert!(errors.contains("freeze-unknown"), "{errors}");
    for (from, to, told) in [
        ("academic", "nobody-known", "not an active user"),
        ("academic", "clinician", "extract.write"),
        ("HMB", "XYZ", "purpose `XYZ`"),
        ("HMB", "DS", "purpose `DS`"),
        ("2099-12-31", "2026-01-01", "is past"),
        ("x", " ", "the committee's decision"),
        ("x", "two\nlines", "on one line"),
    ] {
        let (_, errors) = house.fails(1, &with(from, to), &[]);
        assert!(errors.contains(told) && errors.contains("nothing was changed"), "{errors}");
    }
    for more in [["--stratum", "Atlantis"], ["--institution", "example-university"]] {
        let (_, errors) = house.fails(1, &[words("committee"), more.to_vec()].concat(), &[]);
        assert!(errors.contains(more[1]), "{errors}");
    }
    house.fails(2, &["extract", "write", "E-1", "--as", "academic", "--format", "xls", "--out", "x"], &[]);
    house.fails(3, &["extract", "revoke", "E-0", "--as", "academic"], &[]);
    house.fails(3, &["extract", "list", "--as", "academic"], &[]);
    let (_, errors) = house.fails(1, &["extract", "revoke", "E-0"], &[]);
    assert!(errors.contains("there is no extract `E-0`"), "{errors}");
    assert_eq!(house.json(&["extract", "list", "--json"], &[]).as_array().unwrap().len(), 0);
    let id = house.ok(&words("committee"), &[]);
    house.ok(&["extract", "revoke", id.trim()], &[]);
    let (_, errors) = house.fails(1, &["extract", "revoke", id.trim()], &[]);
    assert!(errors.contains("was revoked at"), "{errors}");
    let listed = house.ok(&["extract", "list", "--as", "auditor"], &[]);
    assert!(listed.contains(" revoked until 2099-12-31: release r1 for academic, HMB"), "{listed}");
}
