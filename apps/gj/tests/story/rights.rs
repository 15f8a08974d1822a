//! Datasets in the programme: who they are kept from, in counts, in extracts, and in words.

use crate::cohort::MadeUp;
use crate::extracts::{approve, write};
use crate::house::House;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// Two contributors of 35 and 25 people, nothing hidden.
pub fn ready() -> House {
    let cohort = MadeUp::new(60, 20, 2);
    let house = House::showing_everything();
    let (west, east): (Vec<usize>, Vec<usize>) = (0..60).partition(|person| *person < 35);
    for (institution, people) in [("west", west), ("east", east)] {
        let (sheet, file) = (house.beside("sheet.tsv"), house.beside(&format!("{institution}.vcf")));
        fs::write(&sheet, cohort.sheet(&people)).unwrap();
        fs::write(&file, cohort.vcf(&people, |_| true)).unwrap();
        house.ok(&["import-samples", "--institution", institution], &[&sheet]);
        house.ok(&["ingest", "--institution", institution], &[&file]);
    }
    house.ok(&["freeze", "r1"], &[]);
    house
}

/// Applies the programme as it is with more rows, and returns it as it was.
pub fn add(house: &House, rows: &str) -> String {
    let text = house.ok(&["programme", "export"], &[]);
    apply(house, &format!("{text}\n{rows}"));
    text
}

fn apply(house: &House, text: &str) {
    let file = house.beside("p.toml");
    fs::write(&file, text).unwrap();
    house.ok(&["programme", "apply"], &[&file]);
}

pub fn dataset(contributor: &str, tier: &str) -> String {
    format!(
        "[[dataset]]\nid = \"{contributor}-1\"\nname_ja = \"第1期\"\nname_en = \"Tranche 1\"\n\
         contributor = \"{contributor}\"\ntier = \"{tier}\"\nstarting_point = 2026-04-01\n\
         restricted_months = 24\nsource = \"agreement\"\n"
    )
}

/// A head start of a company that is not the one who asks.
fn window(contributor: &str) -> String {
    format!(
        "[[window]]\ndataset = \"{contributor}-1\"\nfunder = \"pharma-a\"\ntier = \"cash\"\n\
         valid_from = 2026-04-01\nhard_end = 2099-12-31\nsource = \"funding agreement\"\n"
    )
}

pub const QUESTION: [&str; 9] =
    ["frequency", "--freeze", "r1", "--region", "chr2", "--by", "contributor", "--purpose", "GRU"];

/// Counts by site and contributor, sites without a call of them left out.
pub fn counts(answer: &Value, group: &str) -> BTreeMap<String, Value> {
    let sites = answer.as_array().unwrap().iter();
    let named = sites.map(|site| {
        let place = format!("{} {} {}", site["pos"], site["ref"], site["alt"]);
        (place, site["groups"][group].clone())
    });
    named.filter(|(_, cells)| cells["an"].as_u64().is_some_and(|an| an > 0)).collect()
}

fn ask(house: &House, user: &str) -> Value {
    house.json(&[&QUESTION[..], &["--as", user, "--json"]].concat(), &[])
}

#[test]
fn a_dataset_in_anothers_window_is_not_counted() {
    let house = ready();
    let (company, academic) = (ask(&house, "company-paid"), ask(&house, "academic"));
    assert!(!counts(&company, "west").is_empty() && !counts(&company, "east").is_empty());
    let before = add(&house, &(dataset("west", "detailed") + &window("west")));
    let left = ask(&house, "company-paid");
    assert!(counts(&left, "west").is_empty());
    assert_eq!(counts(&left, "east"), counts(&company, "east"));
    // All is the east alone: nothing of the west is in any number.
    assert_eq!(counts(&left, "all"), counts(&company, "east"));
    assert_eq!(ask(&house, "academic"), academic, "academia may see overviews meanwhile");
    let log = house.ok(&["audit", "export"], &[]);
    assert!(log.contains(r#""datasets_left_out":"west-1: priority-window""#));
    // With both closed, the refusal says until when, and who can do what.
    add(&house, &(dataset("east", "detailed") + &window("east")));
    let words = [&QUESTION[..], &["--as", "company-paid", "--json"]].concat();
    let refused: Value = serde_json::from_str(&house.fails(3, &words, &[]).0).unwrap();
    let reason = &refused["refused"][0];
    assert_eq!(refused["refused"].as_array().unwrap().len(), 1, "every reason once");
    assert_eq!(
        (&reason["code"], &reason["until"], &reason["effect"], &reason["remedy"]["who"]),
        (&"priority-window".into(), &"2099-12-31".into(), &"deny".into(), &"time".into())
    );
    apply(&house, &before);
    assert_eq!(ask(&house, "company-paid"), company);
}

#[test]
fn terms_of_a_contributor_hold_for_a_disease_and_below() {
    let house = ready();
    let term = "[[term]]\ndataset = \"west-1\"\nduo = \"DUO:0000007\"\nvalue = \"MONDO:0005148\"\n\
                valid_from = 2026-04-01\nsource = \"agreement 12\"\n";
    add(&house, &(dataset("west", "detailed") + term));
    let with = |purpose: &str| {
        let mut words = QUESTION.to_vec();
        *words.last_mut().unwrap() = purpose;
        house.json(&[&words[..], &["--as", "academic", "--json"]].concat(), &[])
    };
    assert!(counts(&with("GRU"), "west").is_empty());
    assert!(counts(&with("DS:MONDO:0004979"), "west").is_empty());
    assert!(!counts(&with("DS:MONDO:0005148"), "west").is_empty());
    assert!(!counts(&with("GRU"), "east").is_empty());
}

#[test]
fn an_extract_holds_only_people_whose_dataset_allows_detailed_use() {
    let house = ready();
    let id = approve(&house, "academic", &[]);
    let everybody = write(&house, &id, "academic", "vcf", "a")["people"].as_u64().unwrap();
    add(&house, &dataset("east", "detailed"));
    let west = write(&house, &id, "academic", "vcf", "b")["people"].as_u64().unwrap();
    assert!(0 < west && west < everybody);
    let only_east = approve(&house, "academic", &["--institution", "east"]);
    let out = house.beside("refused");
    let words = ["extract", "write", &only_east, "--as", "academic", "--json", "--out"];
    let refused: Value = serde_json::from_str(&house.fails(3, &words, &[&out]).0).unwrap();
    let codes: Vec<&str> =
        refused["refused"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["acquirer-agreement", "agreement-missing", "training-missing"]);
    // What was asked is done: an agreement with the contributor about the dataset, and a training.
    add(
        &house,
        "[[training]]\nuser = \"academic\"\nname = \"ethics\"\nvalid_from = 2026-04-01\n\
         valid_to = 2099-12-31\nsource = \"certificate\"\n\
         [[agreement]]\ninstitution = \"example-university\"\ndataset = \"east-1\"\n\
         valid_from = 2026-04-01\ndigest = \"sha256:00\"\nsource = \"DTA\"\n",
    );
    assert_eq!(write(&house, &id, "academic", "vcf", "c")["people"], everybody);
    // A sanction stands against everything.
    add(
        &house,
        "[[sanction]]\ninstitution = \"example-university\"\nuser = \"academic\"\n\
         valid_from = 2026-04-01\nsource = \"decision\"\n",
    );
    let (_, errors) = house.fails(3, &[&QUESTION[..], &["--as", "academic"]].concat(), &[]);
    assert!(errors.contains("[sanction]"), "{errors}");
}

#[test]
fn the_other_profile_makes_academia_pay_and_rules_are_checked() {
    let house = ready();
    let text = house.ok(&["programme", "export"], &[]);
    apply(&house, &text.replace("profile = \"proposal\"", "profile = \"action-plan\""));
    let (_, errors) = house.fails(3, &[&QUESTION[..], &["--as", "academic"]].concat(), &[]);
    assert!(errors.contains("[payment-missing]") && errors.contains("利用者負担"), "{errors}");
    let rule = "\n[[rule]]\ncode = \"ours\"\nvalid_from = 2026-04-01\nja = \"文\"\nen = \"sentence\"\n\
                source = \"us\"\nparameters = { effect = \"deny\", when = [{ class = [\"kingdom\"] }] }\n";
    let file = house.beside("bad.toml");
    fs::write(&file, text.clone() + rule).unwrap();
    let (_, errors) = house.fails(1, &["programme", "apply"], &[&file]);
    assert!(errors.contains("rule `ours`: unknown variant `kingdom`"), "{errors}");
    // A rule of the programme's own denies like any other.
    apply(&house, &(text + &rule.replace("kingdom", "university")));
    let (_, errors) = house.fails(3, &[&QUESTION[..], &["--as", "academic"]].concat(), &[]);
    assert!(errors.contains("[ours]"), "{errors}");
}

#[test]
fn a_programme_made_by_an_older_version_is_told_what_it_lacks() {
    let house = ready();
    let complete = House::with_ledger();
    assert_eq!(complete.ok(&["programme", "check"], &[]), "");
    // Without rows of the ledger nothing is limited: that is told, too.
    let (out, _) = house.fails(1, &["programme", "check"], &[]);
    assert!(out.contains("no [[exposure]] row of the regime `agreed`") && out.contains("withheld"), "{out}");
    let house = complete;
    let text = house.ok(&["programme", "export"], &[]);
    let older = text.replace("\"ontology.load\",", "");
    assert_ne!(older, text);
    apply(&house, &older);
    let (out, errors) = house.fails(1, &["programme", "check"], &[]);
    assert!(out.starts_with("no role may do `ontology.load`: ") && out.contains("`data-manager`"), "{out}");
    assert_eq!((out.lines().count(), errors.contains("lacks 1 things")), (1, true), "{errors}");
}

#[test]
fn rules_are_listed_compared_and_explained() {
    let gj = |words: &[&str]| {
        let output = crate::house::gj().arg("policy").args(words).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let list = gj(&["list", "--as-of", "2026-11-22", "--lang", "en"]);
    assert!(list.contains("payment-missing | ask | 2026-04-01 –") && !list.contains("企業"), "{list}");
    assert!(gj(&["list", "--as-of", "2026-03-31"]).contains("2026-03-31: 0 rules"));
    let words = ["diff", "--as-of", "2026-11-22", "proposal", "action-plan"];
    let found = gj(&words);
    assert!(
        found.contains("## only proposal\npapers-negotiated") && found.contains("payment-missing differs in")
    );
    let json: Value = serde_json::from_str(&gj(&[&words[..], &["--json"]].concat())).unwrap();
    assert!(!json["cells"].as_array().unwrap().is_empty());
    let case = ["explain", "--as-of", "2026-11-22", "--class", "company", "--usage", "detailed"];
    let case = [&case[..], &["--tier", "detailed", "--trained", "--agreement", "consortium", "--lang", "ja"]]
        .concat();
    let told = gj(&case);
    assert!(told.starts_with("ask (2026-11-22, company-alone, detailed)"), "{told}");
    for code in ["committee-opinion", "head-decision", "payment-missing"] {
        assert!(told.contains(&format!("[{code}] ask")), "{told}");
    }
    // Facts written down are decided again as they were.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("facts.json");
    fs::write(&file, gj(&[&case[..], &["--print-facts"]].concat())).unwrap();
    assert_eq!(gj(&["explain", "--lang", "ja", "--facts", file.to_str().unwrap()]), told);
}
