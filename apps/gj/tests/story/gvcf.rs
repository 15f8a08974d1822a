//! gVCFs from the outside: fifty real ones, split and compacted in every way, and a person who leaves.

use crate::cohort::header;
use crate::house::{House, shared};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The files of 50 people of 1000 Genomes, and their names.
fn files() -> Option<Vec<(String, PathBuf)>> {
    let folder = shared()?.join("data/gvcf/hail_1kg_chr22");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<(String, PathBuf)> = paths
        .filter(|path| path.extension().is_some_and(|e| e == "gz"))
        .map(|path| (crate::cohort::names(&path).remove(0), path))
        .collect();
    files.sort();
    Some(files)
}

/// A directory with these files, so many a batch.
fn built(files: &[(String, PathBuf)], per_batch: usize) -> House {
    let house = House::showing_everything();
    let sheet = house.beside("sheet.tsv");
    let row = |(name, _): &(String, PathBuf)| format!("{name}\tP-{name}\tfemale\t\t\t\tJPT\tresearch\t\n");
    fs::write(&sheet, header() + &files.iter().map(row).collect::<String>()).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&sheet]);
    for batch in files.chunks(per_batch) {
        let paths: Vec<&Path> = batch.iter().map(|(_, path)| path.as_path()).collect();
        house.ok(&["ingest", "--institution", "centre"], &paths);
    }
    house
}

fn digest(house: &House, name: &str) -> Value {
    house.json(&["freeze", name, "--json"], &[])["digest"].clone()
}

fn sites(house: &House, freeze: &str) -> Value {
    let words = ["frequency", "--freeze", freeze, "--region", "chr22:10510001-12700000", "--as", "academic"];
    house.json(&[&words[..], &["--purpose", "HMB", "--json"]].concat(), &[])
}

#[test]
fn fifty_people_give_one_release_however_they_come_and_without_one_of_them_another() {
    let Some(files) = files() else { return };
    let together = built(&files, 50);
    let expected = digest(&together, "r1");
    let apart = built(&files, 17);
    assert_eq!(digest(&apart, "r1"), expected);
    let before = sites(&apart, "r1");
    assert_eq!(before, sites(&together, "r1"));
    assert_eq!(before.as_array().unwrap().len(), 546);
    assert_eq!(apart.json(&["compact", "--json"], &[])["batches_after"], 1);
    assert_eq!(digest(&apart, "r2"), expected);
    assert_eq!(sites(&apart, "r1"), before);
    // Somebody leaves: as if they had never been there, in both.
    let staying: Vec<(String, PathBuf)> = files[1..].to_vec();
    let without = built(&staying, 17);
    let expected = digest(&without, "r1");
    let leaving = format!("P-{}", files[0].0);
    for house in [&together, &apart] {
        house.ok(&["withdraw", &leaving], &[]);
        assert_eq!(digest(house, "r3"), expected);
        assert_eq!(sites(house, "r1"), sites(&without, "r1"));
        house.ok(&["verify"], &[]);
    }
}

#[test]
fn a_flipped_byte_of_any_table_is_reported_with_its_file() {
    let Some(files) = files() else { return };
    let house = built(&files[..3], 3);
    let folder = fs::read_dir(house.dir().join("batches")).unwrap().next().unwrap().unwrap().path();
    house.ok(&["freeze", "r1"], &[]);
    for name in ["callability.parquet", "callability.sums", "evidence.parquet", "evidence.sums"] {
        let path = folder.join(name);
        let whole = fs::read(&path).unwrap();
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 4;
        fs::write(&path, flipped).unwrap();
        let (_, errors) = house.fails(1, &["verify"], &[]);
        assert!(errors.contains("damaged") && errors.contains(name), "{errors}");
        if name.starts_with("callability") {
            house.fails(1, &["freeze", "r2"], &[]);
        }
        fs::remove_file(&path).unwrap();
        let (_, errors) = house.fails(1, &["verify"], &[]);
        assert!(errors.contains("missing"), "{errors}");
        fs::write(&path, whole).unwrap();
    }
    house.ok(&["verify"], &[]);
}
