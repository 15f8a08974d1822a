//! gVCFs from the outside: fifty real ones, split and compacted in every way, and a person who leaves.

use crate::censuses::{flip, names};
use crate::cohort::{Dice, header};
use crate::crash::copy;
use crate::house::{House, shared};
use serde_json::Value;
use std::collections::BTreeSet;
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
    take_in(&house, files, per_batch);
    house
}

/// Registers the people of these files and takes them in, so many a batch.
fn take_in(house: &House, files: &[(String, PathBuf)], per_batch: usize) {
    let sheet = house.beside("sheet.tsv");
    let row = |(name, _): &(String, PathBuf)| format!("{name}\tP-{name}\tfemale\t\t\t\tJPT\tresearch\t\n");
    fs::write(&sheet, header() + &files.iter().map(row).collect::<String>()).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&sheet]);
    for batch in files.chunks(per_batch) {
        let paths: Vec<&Path> = batch.iter().map(|(_, path)| path.as_path()).collect();
        house.ok(&["ingest", "--institution", "centre"], &paths);
    }
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
fn taking_somebody_away_from_stored_counts_is_counting_without_them_to_the_byte() {
    let Some(files) = files() else { return };
    for compacted in [false, true] {
        // The same directory twice: the order of batches that came within one second is not that of arrival.
        let (before, after) = (built(&files[..20], 7), House::showing_everything());
        fs::remove_dir_all(after.dir()).unwrap();
        copy(&before.dir(), &after.dir());
        if compacted {
            [&before, &after].iter().for_each(|house| drop(house.ok(&["compact"], &[])));
        }
        // One counts everybody, then takes them away; the other counts who is left.
        digest(&before, "r1");
        let held = ["batches", "censuses", "panels"].map(|folder| names(&before.dir().join(folder)));
        assert_eq!(held[1].len(), held[0].len());
        for house in [&before, &after] {
            house.ok(&["withdraw", &format!("P-{}", files[0].0)], &[]);
            house.ok(&["withdraw", &format!("P-{}", files[8].0), &format!("P-{}", files[15].0)], &[]);
        }
        digest(&after, "r1");
        for (folder, held) in ["batches", "censuses", "panels"].iter().zip(&held) {
            let now = names(&before.dir().join(folder));
            assert_eq!(now, names(&after.dir().join(folder)), "{folder}");
            assert!(now.is_disjoint(held), "{folder}");
        }
        for house in [&before, &after] {
            house.ok(&["verify"], &[]);
        }
        let staying = files[..20].iter().enumerate().filter(|(index, _)| ![0, 8, 15].contains(index));
        let staying: Vec<(String, PathBuf)> = staying.map(|(_, file)| file.clone()).collect();
        assert_eq!(digest(&before, "r2"), digest(&built(&staying, 17), "r1"));
    }
}

/// gVCFs of made-up people with many long insertions: files of genotypes that are longer than what is read
/// to open them.
fn long_ones(people: usize) -> Vec<(String, String)> {
    let mut dice = Dice(20);
    let insertion = |dice: &mut Dice| (0..60).map(|_| char::from(b"ACGT"[dice.roll(4) as usize])).collect();
    let insertions: Vec<String> = (0..12_000).map(|_| insertion(&mut dice)).collect();
    let head = "##fileformat=VCFv4.2\n##ALT=<ID=NON_REF,Description=\"any\">\n##contig=<ID=chr7>\n\
                #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t";
    let of = |person: usize| {
        let name = format!("L{person}");
        let mut text = format!("{head}{name}\n");
        for (index, insertion) in insertions.iter().enumerate() {
            let at = 1_000_000 + 20 * index;
            text += &match dice.roll(8) {
                0..=2 => format!("chr7\t{at}\t.\tA\tA{insertion},<NON_REF>\t.\t.\t.\tGT:DP\t0/1:20\n"),
                3 => format!("chr7\t{at}\t.\tA\tA{insertion},<NON_REF>\t.\t.\t.\tGT:DP\t0/.:20\n"),
                4 => String::new(),
                roll => {
                    format!("chr7\t{at}\t.\tA\t<NON_REF>\t.\t.\tEND={}\tGT:DP\t0/0:{}\n", at + 9, roll - 5)
                }
            };
        }
        (name, text)
    };
    (0..people).map(of).collect()
}

#[test]
fn a_release_decodes_no_genotype_of_gvcfs_that_was_counted_before() {
    let (house, other) = (House::new(), House::new());
    let write = |house: &House| -> Vec<(String, PathBuf)> {
        let people = long_ones(7).into_iter().map(|(name, text)| {
            let path = house.beside(&format!("{name}.g.vcf"));
            fs::write(&path, text).unwrap();
            (name, path)
        });
        people.collect()
    };
    let (apart, together) = (write(&house), write(&other));
    take_in(&house, &apart[..6], 3);
    digest(&house, "r1");
    assert_eq!(names(&house.dir().join("censuses")).len(), 2);
    let counted: BTreeSet<String> = names(&house.dir().join("batches"));
    // One more person, with variants and gaps of their own: the old genotypes cannot even be read.
    take_in(&house, &apart[6..], 1);
    for batch in &counted {
        let file = flip(&house, batch);
        assert!(fs::metadata(file).unwrap().len() > 3 * 65_536);
    }
    assert!(!house.run(&["verify"], &[]).status.success());
    let incremental = digest(&house, "r2");
    counted.iter().for_each(|batch| drop(flip(&house, batch)));
    house.ok(&["verify"], &[]);
    take_in(&other, &together, 7);
    assert_eq!(digest(&other, "r1"), incremental);
    // A compacted batch has a census at once, made of those before.
    house.ok(&["compact"], &[]);
    assert_eq!(names(&house.dir().join("censuses")).len(), names(&house.dir().join("batches")).len());
    house.ok(&["verify"], &[]);
    assert_eq!(digest(&house, "r3"), incremental);
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
