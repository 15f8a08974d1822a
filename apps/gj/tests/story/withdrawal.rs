//! After a withdrawal everything is as if the person had never been there.

use crate::cohort::MadeUp;
use crate::house::House;
use serde_json::Value;
use std::fs;
use std::path::Path;

const LEAVING: [usize; 3] = [4, 11, 20];

/// Registers people by a sheet, and takes them in.
pub fn take_in(house: &House, cohort: &MadeUp, people: &[usize]) {
    take_in_as(house, cohort, people, &cohort.sheet(people));
}

pub fn take_in_as(house: &House, cohort: &MadeUp, people: &[usize], text: &str) {
    let sheet = house.beside("sheet.tsv");
    fs::write(&sheet, text).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&sheet]);
    // Three batches: two of many people, one of a single person who may be among those leaving.
    let alone: Vec<usize> = people.iter().copied().filter(|p| *p == 20).collect();
    let first: Vec<usize> = people.iter().copied().filter(|p| *p < 15).collect();
    let rest: Vec<usize> = people.iter().copied().filter(|p| *p >= 15 && *p != 20).collect();
    for (name, group, keep) in [("a.vcf", first, 3), ("b.vcf", rest, 4), ("c.vcf", alone, 1)] {
        if !group.is_empty() {
            // Some records stand in one file only.
            fs::write(house.beside(name), cohort.vcf(&group, |r| r % keep != 1 || keep == 1)).unwrap();
            house.ok(&["ingest", "--institution", "centre"], &[&house.beside(name)]);
        }
    }
}

pub fn answers(house: &House, freeze: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for (user, by) in [("academic", "stratum"), ("academic", "sex"), ("company-paid", "contributor")] {
        for region in
            ["chr2:1-9000000", "chr22:1-9000000", "chrX:1-9000000", "chrY:1-9000000", "chrM:1-16569"]
        {
            all.push(house.json(
                &[
                    "frequency",
                    "--freeze",
                    freeze,
                    "--region",
                    region,
                    "--as",
                    user,
                    "--purpose",
                    "HMB",
                    "--by",
                    by,
                    "--json",
                ],
                &[],
            ));
        }
    }
    all
}

#[test]
fn a_withdrawn_person_was_never_there() {
    let cohort = MadeUp::new(40, 30, 11);
    let everybody: Vec<usize> = (0..40).collect();
    let staying: Vec<usize> = everybody.iter().copied().filter(|p| !LEAVING.contains(p)).collect();
    for (everything, compacted) in [(false, false), (true, false), (true, true)] {
        let new = || if everything { House::showing_everything() } else { House::new() };
        let (with, without) = (new(), new());
        take_in(&with, &cohort, &everybody);
        take_in(&without, &cohort, &staying);
        if compacted {
            with.ok(&["compact"], &[]);
        }
        let cited = with.json(&["freeze", "r1", "--json"], &[])["digest"].clone();
        let expected = without.json(&["freeze", "r1", "--json"], &[])["digest"].clone();
        assert_ne!(cited, expected);
        assert_ne!(answers(&with, "r1"), answers(&without, "r1"));
        for person in LEAVING {
            let receipt = with.json(&["withdraw", "--json", &format!("P{person}")], &[]);
            check_receipt(&with, &receipt);
        }
        // Old release and new release answer as if they had never been there; the old one stays citable.
        assert_eq!(answers(&with, "r1"), answers(&without, "r1"));
        assert_eq!(with.json(&["freeze", "r2", "--json"], &[])["digest"], expected);
        let status = with.json(&["status", "--json"], &[]);
        let r1 = status["freezes"].as_array().unwrap().iter().find(|f| f["name"] == "r1").unwrap();
        assert_eq!(r1["digest"], cited);
        with.ok(&["verify"], &[]);
        with.ok(&["audit", "verify"], &[]);
        no_trace(&with, LEAVING[0], if compacted { 1 } else { 3 });
    }
}

fn check_receipt(house: &House, receipt: &Value) {
    assert_eq!(receipt["state"], "repaired");
    assert_eq!(receipt["releases"], serde_json::json!(["r1"]));
    let rewritten = receipt["repaired"]["batches_rewritten"].as_array().unwrap();
    assert_eq!(rewritten.len(), 1);
    assert_ne!(rewritten[0]["before"], rewritten[0]["after"]);
    let recounted = &receipt["repaired"]["releases_recounted"]["r1"];
    assert_ne!(recounted["panel_before"], recounted["panel_after"]);
    let again = house.ok(&["receipt", receipt["receipt"].as_str().unwrap()], &[]);
    assert_eq!(serde_json::from_str::<Value>(&again).unwrap(), *receipt);
}

/// The audit log names no participant or sample, and no old batch or panel stays on the disk.
fn no_trace(house: &House, person: usize, batches: usize) {
    let log = house.ok(&["audit", "export"], &[]);
    for name in [format!("\"P{person}\""), format!("\"S{person}\"")] {
        assert!(!log.contains(&name));
    }
    let folders = |name: &str| fs::read_dir(house.dir().join(name)).unwrap().count();
    assert_eq!(folders("batches"), batches);
    assert_eq!(folders("staging"), 0);
    assert!(folders("panels") <= 2);
}

/// Every file under a folder, with its bytes.
fn files(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
    found
}

/// What only this person had is in no file any more: not in batches, counts, the registry or its log. Their
/// participant id and sample name stay in the registry, and nowhere else, so that they cannot come back.
#[test]
fn no_byte_of_a_withdrawn_person_is_left() {
    let cohort = MadeUp::new(16, 20, 8);
    let everybody: Vec<usize> = (0..16).collect();
    let house = House::new();
    let sheet = house.beside("sheet.tsv");
    let own = "S4x\tParticipant4x\tmale\tFamily4x\tFather4x\tMother4x\tStratum4x\tresearch\tMONDO:0094444";
    let rows: Vec<String> = cohort
        .sheet(&everybody)
        .lines()
        .map(|line| if line.starts_with("S4\t") { own.to_owned() } else { line.to_owned() })
        .collect();
    fs::write(&sheet, rows.join("\n") + "\n").unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&sheet]);
    let half = |name: &str, people: &[usize], keep: fn(usize) -> bool| {
        fs::write(house.beside(name), cohort.vcf(people, keep).replace("\tS4", "\tS4x")).unwrap();
        house.ok(&["ingest", "--institution", "centre"], &[&house.beside(name)]);
    };
    half("a.vcf", &everybody[..10], |r| r % 2 == 0);
    half("b.vcf", &everybody[2..], |r| r % 2 == 1);
    house.ok(&["freeze", "r1"], &[]);
    house.ok(&["compact"], &[]);
    house.ok(&["freeze", "r2"], &[]);
    let traces = ["Family4x", "Father4x", "Mother4x", "Stratum4x", "MONDO:0094444"];
    let tombstone = ["S4x", "Participant4x"];
    let holding = |needle: &str| {
        let all = files(&house.dir()).into_iter();
        let holding = all.filter(|(_, bytes)| bytes.windows(needle.len()).any(|w| w == needle.as_bytes()));
        holding.map(|(path, _)| path.file_name().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // A server's own files are looked through by the registry's tests.
    let registry: &[&str] = if house.server().is_some() { &[] } else { &["registry.sqlite"] };
    traces.iter().for_each(|trace| {
        assert!(house.server().is_some() || !holding(trace).is_empty(), "{trace} is there before");
    });
    // A server keeps the registry open, so that its log is not simply removed by the last to close it.
    let _server = house.serve();
    let folders = ["batches", "censuses", "panels"];
    let before: Vec<_> = folders.iter().flat_map(|folder| files(&house.dir().join(folder))).collect();
    let receipt = house.json(&["withdraw", "--json", "Participant4x"], &[]);
    assert_eq!(receipt["state"], "repaired");
    for trace in traces {
        assert_eq!(holding(trace), Vec::<std::ffi::OsString>::new(), "{trace}");
    }
    tombstone.iter().for_each(|name| assert_eq!(holding(name), registry, "{name}"));
    // Each of the two releases and the batch held the person: no file of theirs is left.
    before.iter().for_each(|(path, _)| assert!(!path.exists(), "{}", path.display()));
    assert_eq!(fs::read_dir(house.dir().join("staging")).unwrap().count(), 0);
    let rewritten = receipt["repaired"]["batches_rewritten"].as_array().unwrap();
    assert_ne!(rewritten[0]["census_before"], rewritten[0]["census_after"]);
    house.ok(&["verify"], &[]);
    // They cannot come back.
    let (_, errors) = house.fails(1, &["import-samples", "--institution", "centre"], &[&sheet]);
    assert!(errors.contains("withdrawn") && !errors.contains("4x"), "{errors}");
}

#[test]
fn a_withdrawn_person_cannot_come_back_and_unknown_ones_change_nothing() {
    let cohort = MadeUp::new(12, 5, 3);
    let house = House::new();
    let everybody: Vec<usize> = (0..12).collect();
    let sheet = house.beside("sheet.tsv");
    fs::write(&sheet, cohort.sheet(&everybody)).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&sheet]);
    house.ok(&["withdraw", "P3"], &[]);
    let (_, errors) = house.fails(1, &["withdraw", "P5", "P3"], &[]);
    assert!(errors.contains("has withdrawn before"), "{errors}");
    let (_, errors) = house.fails(1, &["withdraw", "P99"], &[]);
    assert!(errors.contains("no such participant") && !errors.contains("P99"), "{errors}");
    let (_, errors) = house.fails(1, &["import-samples", "--institution", "centre"], &[&sheet]);
    assert!(errors.contains("withdrawn") && !errors.contains("P3"), "{errors}");
    let file = house.beside("a.vcf");
    fs::write(&file, cohort.vcf(&everybody, |_| true)).unwrap();
    let (_, errors) = house.fails(1, &["ingest", "--institution", "centre"], &[&file]);
    assert!(errors.contains("sample column 4") && errors.contains("--skip-unconsented"), "{errors}");
    let report =
        house.json(&["ingest", "--institution", "centre", "--skip-unconsented", "--json"], &[&file as &Path]);
    assert_eq!((&report["samples"], &report["samples_left_out"]), (&11.into(), &1.into()));
}
