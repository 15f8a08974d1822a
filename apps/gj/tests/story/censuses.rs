//! Stored counts: releases made of them are those counted from genotypes, to the byte.

use crate::cohort::MadeUp;
use crate::house::House;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const PEOPLE: usize = 40;

fn registered(cohort: &MadeUp, people: &[usize]) -> House {
    let house = House::new();
    let sheet = house.beside("sheet.tsv");
    fs::write(&sheet, cohort.sheet(people)).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&sheet]);
    house
}

fn take_in(house: &House, name: &str, text: &str) -> String {
    let file = house.beside(name);
    fs::write(&file, text).unwrap();
    let report = house.json(&["ingest", "--institution", "centre", "--json"], &[&file]);
    report["batch"].as_str().unwrap().to_owned()
}

fn freeze(house: &House, name: &str) -> String {
    house.json(&["freeze", name, "--json"], &[])["digest"].as_str().unwrap().to_owned()
}

pub fn names(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Changes one byte of a batch's genotypes, far from the parts that are read when it is opened.
pub fn flip(house: &House, batch: &str) -> PathBuf {
    let path = house.dir().join("batches").join(batch).join("genotypes.parquet");
    let mut bytes = fs::read(&path).unwrap();
    bytes[40] ^= 1;
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_release_decodes_no_genotype_that_was_counted_before() {
    let cohort = MadeUp::new(160, 700, 21);
    let everybody: Vec<usize> = (0..160).collect();
    let house = registered(&cohort, &everybody);
    // Overlapping records and people: nothing may be counted twice.
    let first = take_in(&house, "a.vcf", &cohort.vcf(&everybody[..100], |r| r % 3 != 0));
    let second = take_in(&house, "b.vcf", &cohort.vcf(&everybody[40..120], |_| true));
    freeze(&house, "r1");
    assert_eq!(names(&house.dir().join("censuses")).len(), 2);
    // One more person: the old genotypes cannot even be read.
    take_in(&house, "c.vcf", &cohort.vcf(&everybody[120..121], |_| true));
    let damaged = [flip(&house, &first), flip(&house, &second)];
    assert!(!house.run(&["verify"], &[]).status.success());
    let incremental = freeze(&house, "r2");
    damaged.iter().zip([&first, &second]).for_each(|(_, batch)| drop(flip(&house, batch)));
    house.ok(&["verify"], &[]);
    // Somebody else counts all of it at once, from other batches.
    let other = registered(&cohort, &everybody);
    take_in(&other, "a.vcf", &cohort.vcf(&everybody[..121], |r| r % 3 != 0));
    take_in(&other, "b.vcf", &cohort.vcf(&everybody[40..121], |_| true));
    assert_eq!(freeze(&other, "r1"), incremental);
    // Compacted batches have a census at once, made of those before.
    house.ok(&["compact"], &[]);
    house.ok(&["verify"], &[]);
    let compacted = names(&house.dir().join("batches"));
    assert_eq!(names(&house.dir().join("censuses")).len(), compacted.len());
    assert_eq!(freeze(&house, "r3"), incremental);
    house.ok(&["verify"], &[]);
}

#[test]
fn damaged_counts_are_reported_and_not_needed() {
    let cohort = MadeUp::new(PEOPLE, 30, 22);
    let everybody: Vec<usize> = (0..PEOPLE).collect();
    let (house, other) = (registered(&cohort, &everybody), registered(&cohort, &everybody));
    for house in [&house, &other] {
        take_in(house, "a.vcf", &cohort.vcf(&everybody[..20], |_| true));
        freeze(house, "r1");
        take_in(house, "b.vcf", &cohort.vcf(&everybody[20..], |_| true));
    }
    for folder in ["panels", "censuses"] {
        for name in names(&house.dir().join(folder)) {
            let table = ["panel.parquet", "census.parquet"]
                .map(|file| house.dir().join(folder).join(&name).join(file));
            let table = table.iter().find(|path| path.exists()).unwrap();
            let mut bytes = fs::read(table).unwrap();
            bytes[40] ^= 1;
            fs::write(table, bytes).unwrap();
        }
    }
    let (_, errors) = house.fails(1, &["verify"], &[]);
    assert!(errors.contains("is damaged"), "{errors}");
    let output = house.run(&["freeze", "r2", "--json"], &[]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.contains("genotypes are counted instead"), "{errors}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["digest"].as_str().unwrap(), freeze(&other, "r2"));
}

#[test]
fn taking_somebody_away_is_counting_without_them_to_the_byte() {
    let cohort = MadeUp::new(PEOPLE, 30, 23);
    let everybody: Vec<usize> = (0..PEOPLE).collect();
    for compacted in [false, true] {
        let before = registered(&cohort, &everybody);
        // Person 12 has records in two batches, person 39 alone in one.
        take_in(&before, "a.vcf", &cohort.vcf(&everybody[..20], |r| r % 2 == 0));
        take_in(&before, "b.vcf", &cohort.vcf(&everybody[10..39], |r| r % 3 != 0));
        take_in(&before, "c.vcf", &cohort.vcf(&everybody[39..], |_| true));
        // The same directory twice: the order of batches that came within one second is not that of arrival.
        let after = before.copy();
        if compacted {
            [&before, &after].iter().for_each(|house| drop(house.ok(&["compact"], &[])));
        }
        let leave = |house: &House| {
            house.ok(&["withdraw", "P12"], &[]);
            house.ok(&["withdraw", "P39", "P3"], &[]);
        };
        // One counts everybody, then takes them away; the other counts who is left.
        freeze(&before, "r1");
        let held = ["censuses", "panels"].map(|folder| names(&before.dir().join(folder)));
        leave(&before);
        leave(&after);
        freeze(&after, "r1");
        for (folder, held) in
            ["batches", "censuses", "panels"].iter().zip([BTreeSet::new()].iter().chain(&held))
        {
            let now = names(&before.dir().join(folder));
            assert_eq!(now, names(&after.dir().join(folder)), "{folder}");
            assert!(now.is_disjoint(held), "{folder}");
        }
        for house in [&before, &after] {
            house.ok(&["verify"], &[]);
        }
        assert_eq!(freeze(&before, "r2"), freeze(&after, "r2"));
    }
}

/// A directory made by the program before there were censuses (`tests/fixtures/README.md`): its panel is
/// of format 1, its registry knows no assignment.
#[test]
fn a_directory_of_an_older_program_is_read_and_goes_on() {
    let house = House::on_file();
    fs::remove_dir_all(house.dir()).unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/format-1.tar.gz");
    let unpacked =
        std::process::Command::new("tar").arg("-xzf").arg(fixture).arg("-C").arg(house.beside("")).status();
    assert!(unpacked.unwrap().success());
    house.ok(&["verify"], &[]);
    let question =
        ["frequency", "--region", "chr2", "--as", "academic", "--purpose", "GRU", "--by", "sex", "--json"];
    let ask = |freeze: &str| {
        let sites = house.json(&[&question[..], &["--freeze", freeze]].concat(), &[]);
        assert!(sites.as_array().unwrap().len() > 5);
        sites
    };
    let before = ask("old");
    // The new release is counted from genotypes and has the same numbers in another form.
    house.ok(&["freeze", "new"], &[]);
    assert_eq!(ask("new"), before);
    house.ok(&["withdraw", "P1"], &[]);
    assert_eq!(ask("old"), ask("new"));
    assert_ne!(ask("old"), before);
    house.ok(&["verify"], &[]);
}
