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
