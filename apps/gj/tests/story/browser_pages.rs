//! Every number on pages of variants, picked at random among the real ones, equals the one in the API, in the
//! Beacon, in the VCF file and in the table, and bcftools' wherever it is shown.

use crate::cohort::{Dice, real};
use crate::counts::{Table, by_bcftools};
use crate::house::{House, Server};
use crate::http;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Pages looked at.
const PAGES: usize = 1_000;
/// Of these, how many are compared with a Beacon answer of their own, too.
const BEACONS: usize = 250;
const MEASURES: [&str; 5] = ["ac", "an", "hom", "hemi", "people"];

/// The counts of a group: hidden is none.
type Counts = [Option<u64>; 5];
type Groups = BTreeMap<String, Counts>;

#[test]
fn every_number_on_a_thousand_pages_is_the_one_everywhere_else() {
    let Some(real) = real() else { return };
    let house = House::new();
    real.contributors.iter().for_each(|contributor| house.take_in(contributor));
    house.ok(&["freeze", "r1"], &[]);
    let server = house.serve();
    let token = house.token("academic");
    let names: Vec<&str> = real.contributors.iter().flat_map(|c| &c.samples).map(String::as_str).collect();
    let groups = house.beside("groups.txt");
    let mut text = String::new();
    for name in &names {
        let japanese = if real.population[*name] == "JPT" { ",JPT" } else { "" };
        writeln!(text, "{name}\tALL{japanese}").unwrap();
    }
    std::fs::write(&groups, text).unwrap();
    let mut dice = Dice(5);
    let (mut pages, mut hidden, mut beacons) = (0, 0, 0);
    let each = PAGES.div_ceil(real.genes.len());
    for gene in &real.genes {
        let ((contig, start, end), oracle) = by_bcftools(gene, &names.join(","), &groups);
        let region = format!("{contig}:{start}-{end}");
        let told = by_api(&server, &token, &region);
        assert_eq!(by_vcf(&server, &token, &region), told, "{region}");
        compare_table(&server, &token, &region, &told);
        let variants: Vec<&String> = told.keys().filter(|name| name.len() < 500).collect();
        for _ in 0..each {
            let variant = variants[dice.roll(variants.len() as u64) as usize];
            let page = by_page(&server, &token, variant);
            assert_eq!(page, told[variant], "the page of {variant}");
            if beacons * PAGES < pages * BEACONS {
                assert_eq!(by_beacon(&server, &token, variant), told[variant], "the Beacon of {variant}");
                beacons += 1;
            }
            compare_with_bcftools(variant, &page, &oracle);
            hidden += page.values().flatten().filter(|cell| cell.is_none()).count();
            pages += 1;
        }
    }
    assert!(pages >= PAGES && beacons >= BEACONS - 1 && hidden > 1_000, "{pages} {beacons} {hidden}");
}

fn counts(cells: &Value) -> Counts {
    MEASURES.map(|name| cells[name].as_u64())
}

fn by_api(server: &Server, token: &str, region: &str) -> BTreeMap<String, Groups> {
    let path = format!("/api/frequency?freeze=r1&region={region}&by=every");
    let answer = http::get(&server.address, &path, Some(token)).json();
    let site = |site: &Value| {
        let text = |name: &str| site[name].as_str().unwrap();
        let variant = format!("{}-{}-{}-{}", text("chrom"), site["pos"], text("ref"), text("alt"));
        let groups = site["groups"].as_object().unwrap();
        (variant, groups.iter().map(|(group, cells)| (group.clone(), counts(cells))).collect())
    };
    answer["sites"].as_array().unwrap().iter().map(site).collect()
}

/// The same by the file: keys of `INFO` have a suffix for each group, explained in the header where the group's
/// name does not fit.
fn by_vcf(server: &Server, token: &str, region: &str) -> BTreeMap<String, Groups> {
    let path = format!("/api/frequency.vcf?freeze=r1&region={region}&by=every");
    let text = http::get(&server.address, &path, Some(token)).body;
    let named: BTreeMap<String, String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("##gjGroup=<ID="))
        .map(|line| line.split_once(",Name=\"").unwrap())
        .map(|(id, name)| (id.to_owned(), name.trim_end_matches("\">").to_owned()))
        .collect();
    let keys = ["AC", "AN", "nhomalt", "nhemi", "npeople"];
    let record = |line: &str| {
        let f: Vec<&str> = line.split('\t').collect();
        let mut groups = Groups::new();
        for field in f[7].split(';') {
            let (key, value) = field.split_once('=').unwrap();
            let (key, group) = key.split_once('_').unwrap_or((key, ""));
            let Some(at) = keys.iter().position(|known| *known == key) else { continue };
            let group = match group {
                "" => "all".to_owned(),
                id => named.get(id).cloned().unwrap_or_else(|| id.to_owned()),
            };
            groups.entry(group).or_insert([None; 5])[at] = value.parse().ok();
        }
        ([f[0], f[1], f[3], f[4]].join("-"), groups)
    };
    text.lines().filter(|line| !line.starts_with('#')).map(record).collect()
}

fn by_beacon(server: &Server, token: &str, variant: &str) -> Groups {
    let [contig, position, reference, alternate] = variant.split('-').collect::<Vec<_>>()[..] else {
        panic!("{variant}")
    };
    let start = position.parse::<u64>().unwrap() - 1;
    let path = format!(
        "/api/beacon/v2/g_variants?assemblyId=GRCh38&referenceName={contig}&start={start}&referenceBases={reference}&alternateBases={alternate}&datasets=r1&by=every"
    );
    let answer = http::get(&server.address, &path, Some(token)).json();
    let record = &answer["response"]["resultSets"][0]["results"][0];
    let groups = record["info"]["counts"].as_object().unwrap_or_else(|| panic!("{variant}: {answer}"));
    groups.iter().map(|(group, cells)| (group.clone(), counts(cells))).collect()
}

/// What a reader sees: the rows of the table, under the name of their split.
fn by_page(server: &Server, token: &str, variant: &str) -> Groups {
    let page = http::get(&server.address, &format!("/variant/r1/{variant}?lang=en"), Some(token));
    assert_eq!(page.status, 200, "{variant}");
    let table = between(&page.body, "<table class=\"groups\">", "</table>");
    let mut groups = Groups::new();
    let mut split = "";
    for row in table.split("<tr").skip(2) {
        let label = seen(between(row, "<th scope=\"row", "</th>"));
        let cells: Vec<String> = row.split("<td").skip(1).map(|cell| seen(&format!("<td{cell}"))).collect();
        if cells.is_empty() {
            split = match label.as_str() {
                "Population stratum" => "stratum:",
                "Contributor" => "contributor:",
                "Sex" => "sex:",
                other => panic!("{other}"),
            };
            continue;
        }
        let number = |text: &String| match text.as_str() {
            "hidden" => None,
            digits => Some(digits.replace(',', "").parse::<u64>().unwrap()),
        };
        let numbers: Counts = cells[1..6].iter().map(number).collect::<Vec<_>>().try_into().unwrap();
        frequency_fits(variant, &cells[0], &numbers);
        // A registered name has its id behind it.
        let name = match split {
            "" => "all".to_owned(),
            "sex:" => format!("sex:{}", label.to_lowercase()),
            "contributor:" => format!("contributor:{}", label.rsplit(" · ").next().unwrap()),
            other => format!("{other}{label}"),
        };
        groups.insert(name, numbers);
    }
    groups
}

/// The frequency beside the counts is their quotient, to four digits.
fn frequency_fits(variant: &str, text: &str, [ac, an, ..]: &Counts) {
    match (ac, an) {
        (_, Some(0)) => assert_eq!(text, "no calls", "{variant}"),
        (Some(ac), Some(an)) => {
            let (shown, exact) = (text.parse::<f64>().unwrap(), *ac as f64 / *an as f64);
            assert!((shown - exact).abs() <= exact * 5.1e-4, "{variant}: {shown} for {ac}/{an}");
        }
        _ => assert_eq!(text, "hidden", "{variant}"),
    }
}

/// The table of the region's page and the file beside it.
fn compare_table(server: &Server, token: &str, region: &str, told: &BTreeMap<String, Groups>) {
    let path = format!("/api/table.tsv?freeze=r1&region={region}");
    let text = http::get(&server.address, &path, Some(token)).body;
    let mut rows = 0;
    for line in text.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let f: Vec<&str> = line.split('\t').collect();
        let variant = f[..4].join("-");
        let numbers = [4, 5, 7, 8, 9].map(|at| f[at].parse::<u64>().ok());
        assert_eq!(numbers, told[&variant]["all"], "{variant}");
        rows += 1;
    }
    assert_eq!(rows, told.len());
}

fn compare_with_bcftools(variant: &str, page: &Groups, oracle: &Table) {
    let key = variant.split_once('-').unwrap().1;
    let expected = oracle.get(key).unwrap_or_else(|| panic!("bcftools has no {variant}"));
    for (group, expected) in ["all", "stratum:JPT"].into_iter().zip(expected) {
        let [ac, an, hom, ..] = page[group];
        for (shown, expected) in [ac, an, hom].into_iter().zip(expected) {
            assert!(shown.is_none_or(|shown| shown == *expected), "{variant} {group}: {shown:?} {expected}");
        }
    }
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("no {from} in {text}"));
    rest.split(to).next().unwrap()
}

/// The words of a piece of markup.
fn seen(markup: &str) -> String {
    let mut words = String::new();
    for part in markup.split('<') {
        words.push_str(part.split_once('>').map_or("", |(_, text)| text));
    }
    words.replace("&#38;", "&").trim().to_owned()
}
