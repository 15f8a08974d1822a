//! The main job on real genomes: four institutions, a release, a lawful answer, a withdrawal, and the
//! same number on the page, from the API and in the file.

use crate::cohort::{Real, real};
use crate::house::{House, Server};
use crate::http;
use serde_json::Value;

const GENE: &str = "chr22:42126499-42130865";

fn ask(house: &House, user: &str, purpose: &str, by: &str) -> Value {
    house.json(
        &[
            "frequency",
            "--freeze",
            "2026.1",
            "--region",
            GENE,
            "--as",
            user,
            "--purpose",
            purpose,
            "--by",
            by,
            "--json",
        ],
        &[],
    )
}

#[test]
fn from_four_institutions_to_a_lawful_answer() {
    let Some(real) = real() else { return };
    let house = House::new();
    real.contributors.iter().for_each(|contributor| house.take_in(contributor));
    let report = house.json(&["freeze", "2026.1", "--json"], &[]);
    assert_eq!((&report["people"], &report["batches"]), (&3202.into(), &4.into()));
    let overview = house.json(&["status", "--json"], &[]);
    let contributors = overview["freezes"][0]["contributors"].as_array().unwrap();
    assert!(contributors.iter().any(|c| c["id"] == "jpt-centre" && c["people"] == 104));

    let academic = ask(&house, "academic", "GRU", "stratum");
    small_cells_are_hidden_and_zero_is_shown(&academic);
    the_unpaid_company_is_refused_with_reasons(&house);
    let company = ask(&house, "company-paid", "DS:MONDO:0005148", "stratum");
    only_those_who_allowed_companies_are_counted(real, &academic, &company);
    one_number_everywhere(&house, &academic);
    withdrawal(real, &house);
    let log = house.ok(&["audit", "export"], &[]);
    assert!(log.contains("\"outcome\":\"refused\"") && log.contains("\"outcome\":\"answered\""));
    assert!(!log.contains("NA18939"), "the log names no sample");
    house.ok(&["audit", "verify"], &[]);
    house.ok(&["verify"], &[]);
}

fn cells(sites: &Value) -> impl Iterator<Item = (&String, &Value)> {
    sites.as_array().unwrap().iter().flat_map(|site| site["groups"].as_object().unwrap())
}

fn small_cells_are_hidden_and_zero_is_shown(sites: &Value) {
    assert!(sites.as_array().unwrap().len() > 100);
    let (mut hidden, mut zeros) = (0, 0);
    for (_, group) in cells(sites) {
        for measure in ["ac", "an", "hom", "hemi", "people"] {
            match group[measure].as_u64() {
                Some(value) => assert!(value == 0 || value >= 10, "{group}"),
                None => hidden += 1,
            }
            zeros += u32::from(group[measure] == 0);
        }
    }
    assert!(hidden > 0 && zeros > 0);
    for site in sites.as_array().unwrap() {
        let groups = site["groups"].as_object().unwrap();
        let missing = groups.values().filter(|group| group["ac"].is_null()).count();
        assert!(missing != 1 || groups["all"]["ac"].is_null(), "one hidden cell can be subtracted: {site}");
    }
}

fn the_unpaid_company_is_refused_with_reasons(house: &House) {
    let words =
        ["frequency", "--freeze", "2026.1", "--region", GENE, "--as", "company-unpaid", "--purpose", "GRU"];
    let (out, errors) = house.fails(3, &words, &[]);
    assert!(out.is_empty() && errors.contains("payment-missing"), "{errors}");
    let (out, _) = house.fails(3, &[&words[..], &["--json"]].concat(), &[]);
    let refusal: Value = serde_json::from_str(&out).unwrap();
    let reason = &refusal["refused"][0];
    assert_eq!(reason["code"], "payment-missing");
    assert!(
        reason["ja"].as_str().unwrap().contains("支払い")
            && reason["en"].as_str().unwrap().contains("payment")
    );
    assert!(!reason["source"].as_str().unwrap().is_empty());
}

fn only_those_who_allowed_companies_are_counted(real: &Real, academic: &Value, company: &Value) {
    let people = |sites: &Value| sites[0]["groups"]["all"]["people"].as_u64().unwrap();
    let allowed = real.contributors.iter().map(|contributor| {
        let sheet = std::fs::read_to_string(&contributor.sheet).unwrap();
        sheet.lines().filter(|line| line.contains("company-alone")).count() as u64
    });
    assert_eq!(people(academic), 3202);
    assert_eq!(people(company), allowed.sum::<u64>());
}

/// Page, API, Beacon and VCF against the command line.
fn one_number_everywhere(house: &House, academic: &Value) {
    let server = house.serve();
    let token = house.token("academic");
    let api = http::get(
        &server.address,
        &format!("/api/frequency?freeze=2026.1&region={GENE}&purpose=GRU&by=stratum"),
        Some(&token),
    );
    assert_eq!(api.status, 200, "{}", api.body);
    assert_eq!(&api.json()["sites"], academic);

    let vcf = house.beside("answer.vcf");
    let words = [
        "frequency",
        "--freeze",
        "2026.1",
        "--region",
        GENE,
        "--as",
        "academic",
        "--purpose",
        "GRU",
        "--by",
        "stratum",
        "--vcf",
    ];
    house.ok(&words, &[&vcf]);
    let text = std::fs::read_to_string(&vcf).unwrap();
    let records: Vec<Vec<&str>> =
        text.lines().filter(|l| !l.starts_with('#')).map(|l| l.split('\t').collect()).collect();
    let sites = academic.as_array().unwrap();
    assert_eq!(records.len(), sites.len());
    for (record, site) in records.iter().zip(sites) {
        assert_eq!(
            (record[0], record[1]),
            (site["chrom"].as_str().unwrap(), site["pos"].to_string().as_str())
        );
        for (tag, group) in [("AC", "all"), ("AN", "all"), ("AC_JPT", "JPT"), ("nhomalt_JPT", "JPT")] {
            let measure = if tag.starts_with("AC") {
                "ac"
            } else if tag == "AN" {
                "an"
            } else {
                "hom"
            };
            let value = &site["groups"][group][measure];
            let shown = if value.is_null() { ".".to_owned() } else { value.to_string() };
            assert!(
                record[7].split(';').any(|field| field == format!("{tag}={shown}")),
                "{tag}={shown} in {}",
                record[7]
            );
        }
    }
    let common = sites
        .iter()
        .find(|s| s["groups"]["all"]["ac"].as_u64() > Some(1500) && s["groups"]["JPT"]["ac"].is_u64())
        .unwrap();
    on_the_page_and_in_the_beacon(&server, &token, common);
}

fn grouped(number: &Value) -> String {
    let digits = number.to_string();
    let (head, tail) = digits.split_at(digits.len() - 3);
    format!("{head},{tail}")
}

fn on_the_page_and_in_the_beacon(server: &Server, token: &str, site: &Value) {
    let text = |name: &str| site[name].as_str().unwrap();
    let variant = format!("{}-{}-{}-{}", text("chrom"), site["pos"], text("ref"), text("alt"));
    let all = &site["groups"]["all"];
    for language in ["ja", "en"] {
        let path = format!("/variant/2026.1/{variant}?purpose=GRU&by=stratum&lang={language}");
        let page = http::get(&server.address, &path, Some(token));
        assert_eq!(page.status, 200);
        assert!(page.body.contains(&variant) && page.body.contains("JPT"));
        assert!(
            page.body.contains(&grouped(&all["ac"])) || page.body.contains(&all["ac"].to_string()),
            "{}",
            page.body
        );
    }
    // Beacon positions are 0-based.
    let start = site["pos"].as_u64().unwrap() - 1;
    let path = format!(
        "/api/beacon/v2/g_variants?assemblyId=GRCh38&referenceName={}&start={start}&referenceBases={}&alternateBases={}&datasets=2026.1",
        text("chrom"),
        text("ref"),
        text("alt")
    );
    let beacon = http::get(&server.address, &path, Some(token)).json();
    assert_eq!(beacon["responseSummary"]["exists"], true, "{beacon}");
    let frequencies = beacon.to_string();
    let af = all["ac"].as_f64().unwrap() / all["an"].as_f64().unwrap();
    let found = first_number(&beacon, "alleleFrequency").unwrap_or_else(|| panic!("{frequencies}"));
    assert!((found - af).abs() < 1e-9);
    let nobody = http::get(&server.address, &path, None);
    assert_eq!(nobody.status, 401);
}

/// The first number of that name anywhere in a document.
fn first_number(value: &Value, name: &str) -> Option<f64> {
    match value {
        Value::Object(map) => {
            map.get(name).and_then(Value::as_f64).or_else(|| map.values().find_map(|v| first_number(v, name)))
        }
        Value::Array(items) => items.iter().find_map(|v| first_number(v, name)),
        _ => None,
    }
}

/// A person of the contributor that holds JPT alone leaves: a running server stops counting at once.
fn withdrawal(real: &Real, house: &House) {
    let server = house.serve();
    let token = house.token("academic");
    let path = format!("/api/frequency?freeze=2026.1&region={GENE}&by=stratum");
    let people = |group: &str| {
        let sites = http::get(&server.address, &path, Some(&token)).json();
        sites["sites"][0]["groups"][group]["people"].as_u64().unwrap()
    };
    assert_eq!((people("JPT"), people("all")), (104, 3202));
    let name = &real.contributors[0].samples[0];
    let receipt = house.json(&["withdraw", &format!("P-{name}"), "--json"], &[]);
    assert_eq!(receipt["state"], "repaired");
    assert!(receipt["not_recallable"]["answers_given_from_these_releases"].as_u64() > Some(0));
    assert_eq!((people("JPT"), people("all")), (103, 3201));
}
