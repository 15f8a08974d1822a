//! gVCFs from the outside: fifty real ones, split and compacted in every way, and a person who leaves.

use crate::cohort::header;
use crate::house::{House, shared};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The files of 50 people of 1000 Genomes, and their names.
pub fn files() -> Option<Vec<(String, PathBuf)>> {
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

#[test]
fn plain_batches_and_gvcfs_count_together_and_are_compacted_apart() {
    let Some(files) = files() else { return };
    let house = built(&files[..4], 2);
    let sheet = house.beside("plain.tsv");
    fs::write(&sheet, header() + "S1\tP1\tfemale\t\t\t\tJPT\tresearch\t\n").unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&sheet]);
    // A site of nobody else, where one of the four was not looked at, and one without a reference call.
    let plain = "##fileformat=VCFv4.2\n##contig=<ID=chr22>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n\
                 chr22\t10571580\t.\tT\tG\t.\t.\t.\tGT\t0/1\n";
    let file = house.beside("plain.vcf");
    fs::write(&file, plain).unwrap();
    house.ok(&["ingest", "--institution", "centre"], &[&file]);
    let before = digest(&house, "r1");
    let words = ["frequency", "--freeze", "r1", "--region", "chr22:10571580", "--as", "academic"];
    let ask = [&words[..], &["--purpose", "HMB", "--json"]].concat();
    let site = house.json(&ask, &[])[0]["groups"]["all"].clone();
    let looked_at = files[..4].iter().filter(|(_, path)| has_reads_at(path, 10_571_580)).count() as u64;
    assert!((1..4).contains(&looked_at), "{looked_at}");
    assert_eq!((&site["ac"], &site["an"]), (&1.into(), &(2 + 2 * looked_at).into()));
    let report = house.json(&["compact", "--json"], &[]);
    assert_eq!((&report["batches_before"], &report["batches_after"]), (&3.into(), &2.into()));
    assert_eq!(digest(&house, "r2"), before);
    assert_eq!(house.json(&ask, &[])[0]["groups"]["all"], site);
    house.ok(&["verify"], &[]);
}

/// Whether a block with a read lies over a base.
fn has_reads_at(path: &Path, position: u32) -> bool {
    let mut text = String::new();
    let file = fs::File::open(path).unwrap();
    std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(file), &mut text).unwrap();
    text.lines().filter(|line| !line.starts_with('#')).any(|line| {
        let f: Vec<&str> = line.split('\t').collect();
        let start: u32 = f[1].parse().unwrap();
        let end = f[7].strip_prefix("END=").map_or(start, |end| end.parse().unwrap());
        (start..=end).contains(&position) && f[9].split(':').nth(3) != Some("0")
    })
}
