//! What an approved extract says, whom it holds, under which names, and what is left of it.

use crate::cohort::{Dice, MadeUp, header, real};
use crate::house::{House, has};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PEOPLE: usize = 60;
pub const EVERYWHERE: [&str; 6] = ["chr2", "chr10", "chr22", "chrX", "chrY", "chrM"];
const FORMATS: [&str; 5] = ["vcf", "vcf.gz", "bcf", "pgen", "bed"];

/// Two contributors; one of them in two batches that share people, not records.
pub fn ready() -> (House, MadeUp) {
    let cohort = MadeUp::new(PEOPLE, 20, 2);
    let house = House::new();
    let (west, east): (Vec<usize>, Vec<usize>) = (0..PEOPLE).partition(|person| *person < 35);
    for (institution, people, parts) in [("west", west, 2), ("east", east, 1)] {
        let sheet = house.beside("sheet.tsv");
        fs::write(&sheet, cohort.sheet(&people)).unwrap();
        house.ok(&["import-samples", "--institution", institution], &[&sheet]);
        for part in 0..parts {
            let file = house.beside(&format!("{institution}-{part}.vcf"));
            fs::write(&file, cohort.vcf(&people, |record| record % parts == part)).unwrap();
            house.ok(&["ingest", "--institution", institution], &[&file]);
        }
    }
    house.ok(&["freeze", "r1"], &[]);
    (house, cohort)
}

/// An approval for `user`; `more` are options.
pub fn approve(house: &House, user: &str, more: &[&str]) -> String {
    let mut words = vec!["extract", "approve", "--release", "r1", "--for", user, "--purpose", "HMB"];
    words.extend(["--until", "2099-12-31", "--reference", "committee 2026-7"]);
    if !more.contains(&"--region") {
        words.extend(EVERYWHERE.iter().flat_map(|contig| ["--region", contig]));
    }
    words.extend(more);
    house.ok(&words, &[]).trim().to_owned()
}

pub fn write(house: &House, id: &str, user: &str, format: &str, name: &str) -> Value {
    let out = house.beside(name);
    house.json(&["extract", "write", id, "--as", user, "--format", format, "--json", "--out"], &[&out])
}

/// The text of a VCF, whatever its form.
pub fn text(file: &Path) -> String {
    let bytes = fs::read(file).unwrap();
    if file.extension().is_none_or(|e| e != "gz") {
        return String::from_utf8(bytes).unwrap();
    }
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    text
}

/// Column names, and for each column all its genotypes with their variants.
pub fn columns(vcf: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let (mut names, mut columns) = (Vec::new(), Vec::new());
    for line in vcf.lines().filter(|line| !line.starts_with("##")) {
        let fields: Vec<&str> = line.split('\t').collect();
        if line.starts_with('#') {
            names = fields[9..].iter().map(|name| (*name).to_owned()).collect();
            columns = vec![Vec::new(); names.len()];
            continue;
        }
        let variant = [fields[0], fields[1], fields[3], fields[4]].join("-");
        for (column, genotype) in columns.iter_mut().zip(&fields[9..]) {
            column.push(format!("{variant} {genotype}"));
        }
    }
    (names, columns)
}

/// The columns in an order that needs no names.
fn unnamed(vcf: &str) -> Vec<Vec<String>> {
    let mut all = columns(vcf).1;
    all.sort();
    all
}

/// What an extract of these people must say: the submitted text split by alternate allele, as the
/// documents promise, by another way than the program's.
fn promised(cohort: &MadeUp, people: &[usize]) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new(); people.len()];
    let (_, given) = columns(&cohort.vcf(people, |_| true));
    for record in 0..given[0].len() {
        let (variant, _) = given[0][record].split_once(' ').unwrap();
        let (place, alternates) = variant.rsplit_once('-').unwrap();
        let mut rows: Vec<(&str, Vec<String>)> = Vec::new();
        for (number, alternate) in alternates.split(',').enumerate() {
            let of = |column: &Vec<String>| split(column[record].split_once(' ').unwrap().1, number + 1);
            rows.push((alternate, given.iter().map(of).collect()));
        }
        rows.sort();
        for (alternate, genotypes) in rows {
            if genotypes.iter().all(|genotype| !genotype.contains(['0', '1'])) {
                continue;
            }
            for (column, genotype) in all.iter_mut().zip(genotypes) {
                column.push(format!("{place}-{alternate} {genotype}"));
            }
        }
    }
    all.sort();
    all
}

/// `1/2` at the second allele is `0/1`; half calls have one spelling, and so has an unphased heterozygote.
pub fn split(genotype: &str, allele: usize) -> String {
    let phased = genotype.contains('|');
    let mut alleles: Vec<&str> = genotype.split(['/', '|']).collect();
    for found in &mut alleles {
        *found = match found.parse::<usize>() {
            Ok(number) if number == allele => "1",
            Ok(_) => "0",
            Err(_) => ".",
        };
    }
    let text = alleles.join(if phased { "|" } else { "/" });
    match text.as_str() {
        "1/0" => "0/1",
        "1/." => "./1",
        "./0" | ".|0" | "0|." => "0/.",
        ".|." => "./.",
        other => other,
    }
    .to_owned()
}

#[test]
fn an_extract_says_what_was_submitted_and_is_read_back_to_the_same() {
    let (house, cohort) = ready();
    house.ok(&["withdraw", "P4"], &[]);
    let id = approve(&house, "academic", &[]);
    let report = write(&house, &id, "academic", "vcf.gz", "a");
    let staying: Vec<usize> = (0..PEOPLE).filter(|person| *person != 4).collect();
    let first = text(&house.beside("a.vcf.gz"));
    let expected = promised(&cohort, &staying);
    assert_eq!(unnamed(&first), expected);
    assert_eq!((&report["people"], &report["sites"]), (&staying.len().into(), &expected[0].len().into()));
    write(&house, &id, "academic", "vcf", "b");
    assert_eq!(text(&house.beside("b.vcf")), first);
    write(&house, &id, "academic", "bcf", "c");
    write(&house, &id, "academic", "pgen", "d");
    // The columns are those of the .psam: taken in elsewhere, the files give the same extract again.
    let psam = fs::read_to_string(house.beside("d.psam")).unwrap();
    for file in ["a.vcf.gz", "c.bcf"] {
        let other = House::new();
        let mut sheet = header();
        for line in psam.lines().skip(1) {
            let (name, sex) = line.split_once('\t').unwrap();
            sheet.push_str(&format!("{name}\t{name}\t{sex}\t\t\t\tanywhere\tresearch\t\n"));
        }
        fs::write(other.beside("sheet.tsv"), sheet).unwrap();
        other.ok(&["import-samples", "--institution", "reader"], &[&other.beside("sheet.tsv")]);
        other.ok(&["ingest", "--institution", "reader"], &[&house.beside(file)]);
        other.ok(&["freeze", "r1"], &[]);
        let again = approve(&other, "academic", &[]);
        write(&other, &again, "academic", "vcf", "again");
        assert_eq!(unnamed(&text(&other.beside("again.vcf"))), expected, "{file}");
    }
}

#[test]
fn only_approved_people_and_places_are_in_it() {
    let (house, cohort) = ready();
    // A company alone: every third person did not allow that.
    let id = approve(&house, "company-paid", &[]);
    assert_eq!(write(&house, &id, "company-paid", "vcf", "company")["people"], PEOPLE - PEOPLE / 3);
    let allowing: Vec<usize> = (0..PEOPLE).filter(|person| person % 3 != 0).collect();
    assert_eq!(unnamed(&text(&house.beside("company.vcf"))), promised(&cohort, &allowing));
    // A stratum of one contributor, in two places that overlap.
    let places =
        ["--region", "chr22:3000000-3000200", "--region", "chr22:3000100-3000300", "--region", "chr2"];
    let people = ["--stratum", "stratum1", "--stratum", "stratum3", "--institution", "west"];
    let id = approve(&house, "academic", &[&places[..], &people[..]].concat());
    write(&house, &id, "academic", "vcf", "part");
    let chosen: Vec<usize> = (0..35).filter(|person| person % 2 == 1).collect();
    let mut expected = promised(&cohort, &chosen);
    for column in &mut expected {
        column.retain(|call| {
            let position: u32 = call.split('-').nth(1).unwrap().parse().unwrap();
            call.starts_with("chr2-") || call.starts_with("chr22-") && position <= 3_000_300
        });
    }
    expected.sort();
    assert!(!expected[0].is_empty());
    assert_eq!(unnamed(&text(&house.beside("part.vcf"))), expected);
    // Sex only as approved.
    let id = approve(&house, "academic", &["--without-sex"]);
    write(&house, &id, "academic", "pgen", "sexless");
    let psam = fs::read_to_string(house.beside("sexless.psam")).unwrap();
    assert!(psam.lines().skip(1).all(|line| line.ends_with("\tNA")), "{psam}");
}

#[test]
fn names_are_the_extracts_own_and_say_nothing_elsewhere() {
    let (house, _) = ready();
    let (one, two) = (approve(&house, "academic", &[]), approve(&house, "academic", &[]));
    let mut seen: Vec<BTreeSet<String>> = Vec::new();
    for (number, (id, format)) in
        [(&one, "vcf"), (&one, "pgen"), (&one, "bed"), (&two, "vcf")].into_iter().enumerate()
    {
        let name = format!("n{number}");
        write(&house, id, "academic", format, &name);
        let names = match format {
            "vcf" => columns(&text(&house.beside(&format!("{name}.vcf")))).0,
            "pgen" => rows(&house.beside(&format!("{name}.psam")), 1, 0),
            _ => rows(&house.beside(&format!("{name}.fam")), 0, 1),
        };
        let mut sorted = names.clone();
        sorted.sort();
        // Their order is their own, too: it must not be that of registration.
        assert_eq!(names, sorted);
        seen.push(names.into_iter().collect());
    }
    assert_eq!(seen[0].len(), PEOPLE);
    assert_eq!((&seen[0], &seen[0]), (&seen[1], &seen[2]));
    assert!(seen[0].is_disjoint(&seen[3]));
    let (first, second) = (text(&house.beside("n0.vcf")), text(&house.beside("n3.vcf")));
    assert_eq!(unnamed(&first), unnamed(&second));
    assert_ne!(columns(&first).1, columns(&second).1, "the same people must not stand in the same order");
    // Neither files nor log name anybody.
    let log = house.ok(&["audit", "export"], &[]);
    for text in [first, log] {
        let words: BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
        assert!(
            (0..PEOPLE)
                .all(|p| !words.contains(format!("S{p}").as_str())
                    && !words.contains(format!("P{p}").as_str()))
        );
    }
}

/// One field of every line of a table.
fn rows(file: &Path, skip: usize, field: usize) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    text.lines().skip(skip).map(|line| line.split('\t').nth(field).unwrap().to_owned()).collect()
}

#[test]
fn every_writing_is_a_line_with_the_digests_and_a_withdrawal_names_the_extract() {
    let (house, cohort) = ready();
    let id = approve(&house, "academic", &[]);
    let other = approve(&house, "company-paid", &[]);
    let mut reports = Vec::new();
    for (number, format) in FORMATS.into_iter().enumerate() {
        reports.push(write(&house, &id, "academic", format, &format!("w{number}")));
    }
    let log = house.ok(&["audit", "export"], &[]);
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let written: Vec<&Value> = lines.iter().filter(|line| line["outcome"] == "written").collect();
    assert_eq!(written.len(), FORMATS.len());
    for (number, (line, report)) in written.iter().zip(&reports).enumerate() {
        assert_eq!((&line["actor"], &line["subject"]), (&"academic".into(), &id.as_str().into()));
        for key in ["people", "sites", "files", "format"] {
            assert_eq!(line["detail"][key], report[key]);
        }
        for (suffix, digest) in report["files"].as_object().unwrap() {
            let bytes = fs::read(house.beside(&format!("w{number}.{suffix}"))).unwrap();
            assert_eq!(*digest, blake3::hash(&bytes).to_hex().to_string(), "{suffix}");
        }
    }
    // Somebody leaves: the receipt names the extract that held them and not the other, and the list
    // names the column to be removed.
    let receipt = house.json(&["withdraw", "P7", "--json"], &[]);
    assert_eq!(receipt["not_recallable"]["extracts"], serde_json::json!([id]));
    let cards = house.json(&["extract", "list", "--json"], &[]);
    let card = |id: &str| cards.as_array().unwrap().iter().find(|card| card["extract"] == id).unwrap();
    assert_eq!(card(&other)["columns_to_remove"], serde_json::json!([]));
    assert_eq!(card(&id)["writings"].as_array().unwrap().len(), FORMATS.len());
    let removed = card(&id)["columns_to_remove"][0].as_str().unwrap();
    let (names, columns) = columns(&text(&house.beside("w0.vcf")));
    let column = names.iter().position(|name| name == removed).unwrap();
    // Alone, the person would not bring rows in which nothing of them is called.
    let alone: BTreeSet<String> = promised(&cohort, &[7]).remove(0).into_iter().collect();
    let called = |call: &&String| call.split(' ').nth(1).unwrap().contains(['0', '1']);
    assert_eq!(columns[column].iter().filter(called).cloned().collect::<BTreeSet<_>>(), alone);
    // Written again, they are gone, and everybody else has the name they had.
    write(&house, &id, "academic", "vcf", "again");
    let (left, _) = self::columns(&text(&house.beside("again.vcf")));
    assert_eq!(left, names.iter().filter(|name| *name != removed).cloned().collect::<Vec<_>>());
    // Who was in no extract is named by no receipt.
    house.ok(&["withdraw", "P8"], &[]);
    let elsewhere = house.json(&["extract", "list", "--json"], &[]);
    assert_eq!(elsewhere.as_array().unwrap().len(), 2);
    house.ok(&["verify"], &[]);
}

#[test]
fn nothing_half_written_has_a_name() {
    let (house, _) = ready();
    let id = approve(&house, "academic", &[]);
    // No folder, a file in the way: one error, nothing written, nothing in the log.
    let nowhere = house.beside("no/such/folder");
    let words = ["extract", "write", &id, "--as", "academic", "--format", "bcf", "--out"];
    let (_, errors) = house.fails(1, &words, &[&nowhere]);
    assert!(errors.contains("no/such/folder.bcf.part"), "{errors}");
    fs::write(house.beside("taken.bcf.csi"), "mine").unwrap();
    let (_, errors) = house.fails(1, &words, &[&house.beside("taken")]);
    assert!(errors.contains("taken.bcf.csi` exists already"), "{errors}");
    assert_eq!(fs::read_to_string(house.beside("taken.bcf.csi")).unwrap(), "mine");
    let log = house.ok(&["audit", "export"], &[]);
    assert!(!log.contains("\"written\""));
    // Killed at any moment: whole files under their names, or none; and it can be asked for again.
    let folder = house.beside("killed");
    fs::create_dir(&folder).unwrap();
    let out = folder.join("x");
    let started = Instant::now();
    house.ok(&words, &[&out]);
    let takes = started.elapsed();
    let whole = fs::read(folder.join("x.bcf")).unwrap();
    let mut dice = Dice(4);
    let (mut none, mut done) = (0, 0);
    for _ in 0..25 {
        fs::remove_dir_all(&folder).unwrap();
        fs::create_dir(&folder).unwrap();
        let mut command = house.command(&words, &[&out]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(dice.roll(takes.as_micros() as u64 * 5 / 4)));
        child.kill().unwrap();
        let acknowledged = child.wait().unwrap().success();
        if folder.join("x.bcf").exists() {
            done += 1;
            assert_eq!(fs::read(folder.join("x.bcf")).unwrap(), whole);
            assert!(folder.join("x.bcf.csi").exists());
        } else {
            none += 1;
            assert!(!acknowledged);
            let _ = fs::remove_file(folder.join("x.bcf.csi"));
            house.ok(&words, &[&out]);
            assert_eq!(fs::read(folder.join("x.bcf")).unwrap(), whole);
        }
        let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
        let names: BTreeSet<String> = names.map(|name| name.into_string().unwrap()).collect();
        assert!(names.iter().all(|name| name == "x.bcf" || name == "x.bcf.csi"), "{names:?}");
    }
    eprintln!("{done} whole, {none} killed before");
    assert!(none > 3);
    house.ok(&["verify"], &[]);
}

/// Genotypes of each column as one number, in an order that needs no names. Phase between equal alleles
/// means nothing to PLINK; without `phased`, none does.
fn fingerprints(mut vcf: impl Read, phased: bool) -> (usize, Vec<u64>) {
    let mut text = String::new();
    vcf.read_to_string(&mut text).unwrap();
    let mut rows: Vec<(String, &str)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.splitn(10, '\t');
        let head: Vec<&str> = fields.by_ref().take(5).collect();
        let position = format!("{:>12}", head[1]);
        rows.push(([head[0], &position, head[3], head[4]].join("-"), fields.last().unwrap()));
    }
    rows.sort();
    rows.dedup_by(|a, b| a.0 == b.0);
    let mut sums: Vec<u64> = Vec::new();
    for (variant, genotypes) in &rows {
        let start = blake3::hash(variant.as_bytes());
        let start = u64::from_le_bytes(start.as_bytes()[..8].try_into().unwrap());
        for (column, genotype) in genotypes.split('\t').enumerate() {
            if column == sums.len() {
                sums.push(0);
            }
            let genotype = match genotype {
                "1|0" | "0|1" if !phased => "0/1",
                "1|0" => "1|0",
                "0|1" => "0|1",
                "0|0" => "0/0",
                "1|1" => "1/1",
                ".|." => "./.",
                other => other,
            };
            let word = genotype.bytes().fold(start, |word, byte| word.wrapping_mul(257) ^ u64::from(byte));
            sums[column] = sums[column].wrapping_add(Dice(word).roll(u64::MAX));
        }
    }
    sums.sort_unstable();
    (rows.len(), sums)
}

/// Runs a peer that writes a VCF to standard output.
fn piped(tool: &str, words: &[&str], paths: &[&Path]) -> impl Read {
    let child =
        Command::new(tool).args(words).args(paths).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    child.unwrap().stdout.take().unwrap()
}

#[test]
fn real_genomes_leave_as_they_came_in_every_format() {
    let Some(real) = real() else { return };
    if !has("plink2") {
        return;
    }
    let house = House::new();
    // Four gene regions of all four contributors: enough for every kind of row, soon enough done.
    let genes = ["CYP2D6", "CYP2C19", "VKORC1", "NUDT15"];
    let chosen =
        |path: &&PathBuf| genes.iter().any(|gene| path.to_string_lossy().contains(&format!("{gene}.")));
    for contributor in &real.contributors {
        let mut contributor = contributor.clone();
        contributor.files = contributor.files.iter().filter(chosen).cloned().collect();
        assert_eq!(contributor.files.len(), genes.len());
        house.take_in(&contributor);
    }
    house.ok(&["freeze", "r1"], &[]);
    house.ok(&["compact"], &[]);
    let given: Vec<&Path> = real.genes.iter().filter(chosen).map(PathBuf::as_path).collect();
    // One stream, split into single alternate alleles by bcftools.
    let joined = house.beside("given.bcf");
    let words = ["concat", "-a", "-Ob", "-o", joined.to_str().unwrap()];
    assert!(
        Command::new("bcftools").args(words).args(&given).stderr(Stdio::null()).status().unwrap().success()
    );
    let submitted = |phased| fingerprints(piped("bcftools", &["norm", "-m-", "-Ov"], &[&joined]), phased);
    let regions = ["chr22", "chr10", "chr16", "chr13"].iter().flat_map(|contig| ["--region", *contig]);
    let id = approve(&house, "academic", &regions.collect::<Vec<_>>());
    for format in FORMATS {
        let report = write(&house, &id, "academic", format, format);
        let stem = house.beside(format);
        let main = house.beside(&format!("{format}.{format}"));
        let phased = format != "bed";
        let read = match format {
            "pgen" | "bed" => {
                let flag = if phased { "--pfile" } else { "--bfile" };
                let out = house.beside("read");
                let words = [flag, stem.to_str().unwrap(), "--output-chr", "chrM", "--export", "vcf"];
                let mut plink2 = Command::new("plink2");
                plink2.args(words).arg("--out").arg(&out).stdout(Stdio::null());
                assert!(plink2.status().unwrap().success());
                fingerprints(fs::File::open(out.with_extension("vcf")).unwrap(), phased)
            }
            _ => fingerprints(piped("bcftools", &["view", "-Ov"], &[&main]), phased),
        };
        assert_eq!(report["people"], 3202);
        assert_eq!(report["sites"], read.0);
        assert!(read.0 > 2_000, "{} rows", read.0);
        assert!(read == submitted(phased), "{format}: other genotypes than submitted");
    }
}
