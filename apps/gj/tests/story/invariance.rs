//! Order of arrival, split into batches and files, and number of threads change no number.
//!
//! A release's digest covers every count of every class, so equal digests are equal panels.

use crate::cohort::MadeUp;
use crate::house::House;
use std::fs;
use std::path::{Path, PathBuf};

fn digest(house: &House) -> String {
    let report = house.json(&["freeze", "r1", "--json"], &[]);
    report["digest"].as_str().unwrap().to_owned()
}

/// Takes in files in the given batches.
fn build(cohort: &MadeUp, batches: &[Vec<String>], threads: &str) -> String {
    let house = House::new();
    let everybody: Vec<usize> = (0..cohort.people).collect();
    let sheet = house.beside("sheet.tsv");
    fs::write(&sheet, cohort.sheet(&everybody)).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&sheet]);
    for (index, files) in batches.iter().enumerate() {
        let paths: Vec<PathBuf> = files
            .iter()
            .enumerate()
            .map(|(part, text)| {
                let path = house.beside(&format!("{index}-{part}.vcf"));
                fs::write(&path, text).unwrap();
                path
            })
            .collect();
        let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
        house.ok(&["ingest", "--institution", "centre", "--threads", threads], &paths);
    }
    house.ok(&["verify"], &[]);
    digest(&house)
}

#[test]
fn order_batches_files_and_threads_change_no_number() {
    for seed in 0..4 {
        let cohort = MadeUp::new(37, 25, seed);
        let everybody: Vec<usize> = (0..37).collect();
        let (some, others): (Vec<usize>, Vec<usize>) =
            everybody.iter().partition(|p| *p % 3 == (seed as usize) % 3);
        let whole = |people: &[usize]| cohort.vcf(people, |_| true);
        let one_batch = build(&cohort, &[vec![whole(&everybody)]], "1");
        let ways: [(&str, Vec<Vec<String>>, &str); 7] = [
            ("two threads", vec![vec![whole(&everybody)]], "2"),
            ("people in two batches", vec![vec![whole(&some)], vec![whole(&others)]], "2"),
            ("the other one first", vec![vec![whole(&others)], vec![whole(&some)]], "2"),
            ("people in two files", vec![vec![whole(&some), whole(&others)]], "2"),
            (
                "columns turned round",
                vec![vec![whole(&everybody.iter().rev().copied().collect::<Vec<_>>())]],
                "2",
            ),
            (
                "records in two batches",
                vec![
                    vec![cohort.vcf(&everybody, |r| r % 2 == 0)],
                    vec![cohort.vcf(&everybody, |r| r % 2 == 1)],
                ],
                "2",
            ),
            (
                "overlapping records in two batches",
                vec![
                    vec![cohort.vcf(&everybody, |r| r % 3 != 0)],
                    vec![cohort.vcf(&some, |_| true)],
                    vec![whole(&others)],
                ],
                "1",
            ),
        ];
        for (way, batches, threads) in ways {
            assert_eq!(build(&cohort, &batches, threads), one_batch, "seed {seed}: {way}");
        }
    }
}

#[test]
fn compaction_changes_no_answer_and_keeps_releases_apart() {
    let cohort = MadeUp::new(48, 60, 9);
    let house = House::new();
    let everybody: Vec<usize> = (0..48).collect();
    fs::write(house.beside("sheet.tsv"), cohort.sheet(&everybody)).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&house.beside("sheet.tsv")]);
    let parts = [(0..16, "a.vcf"), (16..32, "b.vcf"), (32..40, "c.vcf"), (40..48, "d.vcf")];
    let take_in = |range: std::ops::Range<usize>, name: &str| {
        let people: Vec<usize> = range.collect();
        fs::write(house.beside(name), cohort.vcf(&people, |r| r % 5 != people[0] % 5)).unwrap();
        house.ok(&["ingest", "--institution", "centre"], &[&house.beside(name)]);
    };
    take_in(parts[0].0.clone(), parts[0].1);
    take_in(parts[1].0.clone(), parts[1].1);
    let first = digest(&house);
    take_in(parts[2].0.clone(), parts[2].1);
    take_in(parts[3].0.clone(), parts[3].1);
    let before = house.json(&["freeze", "r2", "--json"], &[])["digest"].clone();
    let report = house.json(&["compact", "--json"], &[]);
    // Those of the first release must not be mixed with those that came after it.
    assert_eq!((&report["batches_before"], &report["batches_after"]), (&4.into(), &2.into()));
    house.ok(&["verify"], &[]);
    assert_eq!(house.json(&["freeze", "r3", "--json"], &[])["digest"], before);
    let freezes = house.json(&["status", "--json"], &[])["freezes"].clone();
    let r1 = freezes.as_array().unwrap().iter().find(|f| f["name"] == "r1").unwrap();
    assert_eq!((r1["digest"].as_str(), &r1["people"]), (Some(first.as_str()), &32.into()));
    // Once more there is nothing to do; a withdrawal from a compacted batch is as from any other.
    assert_eq!(house.json(&["compact", "--json"], &[])["batches_before"], 0);
    house.ok(&["withdraw", "P20"], &[]);
    house.ok(&["verify"], &[]);
    house.fails(3, &["compact", "--as", "academic"], &[]);
}

#[test]
fn a_person_with_another_call_for_the_same_variant_is_refused() {
    let cohort = MadeUp::new(6, 3, 7);
    let house = House::new();
    let everybody: Vec<usize> = (0..6).collect();
    let files = [("sheet.tsv", cohort.sheet(&everybody)), ("a.vcf", cohort.vcf(&everybody, |_| true))];
    for (name, text) in &files {
        fs::write(house.beside(name), text).unwrap();
    }
    house.ok(&["import-samples", "--institution", "centre"], &[&house.beside("sheet.tsv")]);
    house.ok(&["ingest", "--institution", "centre"], &[&house.beside("a.vcf")]);
    // The same sites, other genotypes.
    let text = cohort.vcf(&everybody, |r| r == 0);
    let swapped = text.replace("0|0", "1|1").replace("0/0", "1/1").replace("0|1", "1|1");
    fs::write(house.beside("b.vcf"), swapped).unwrap();
    let before = house.ok(&["status", "--json"], &[]);
    let (_, errors) = house.fails(1, &["ingest", "--institution", "centre"], &[&house.beside("b.vcf")]);
    assert!(errors.contains("have another genotype here in batch"), "{errors}");
    assert!(!errors.contains("S0") && !errors.contains("P0"), "{errors}");
    assert_eq!(house.ok(&["status", "--json"], &[]), before);
}
