//! Bad input gets one clear error, and nothing half-done stays behind.

use crate::cohort::{MadeUp, header};
use crate::house::{House, gj, shared, sql};
use std::fs;
use std::path::{Path, PathBuf};

/// A directory with ten people registered, and a good VCF of them.
fn ready() -> (House, String) {
    let cohort = MadeUp::new(10, 4, 1);
    let house = House::new();
    let everybody: Vec<usize> = (0..10).collect();
    fs::write(house.beside("sheet.tsv"), cohort.sheet(&everybody)).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&house.beside("sheet.tsv")]);
    (house, cohort.vcf(&everybody, |_| true))
}

fn untouched(house: &House) {
    for folder in ["batches", "staging"] {
        assert_eq!(fs::read_dir(house.dir().join(folder)).unwrap().count(), 0, "{folder}");
    }
    house.ok(&["verify"], &[]);
}

#[test]
fn a_wrong_file_is_refused_with_the_place_and_what_to_do() {
    let (house, good) = ready();
    let cases: [(&str, String, &str); 9] = [
        ("cut", good[..good.len() - 7].to_owned(), "end"),
        ("empty", String::new(), ""),
        ("grch37", good.replace("##contig=<ID=chr2>", "##contig=<ID=chr2,length=243199373>"), "GRCh37"),
        ("contig", good.replace("\nchr2\t", "\nchr77\t"), "unknown contig `chr77`"),
        ("twice", good.replace("\tS1\t", "\tS0\t"), "line"),
        ("stranger", good.replace("\tS1\t", "\tX1\t"), "sample column 2"),
        ("ploidy", good.replacen("\t0|0", "\t0|0|0", 1), "line"),
        ("unsorted", unsorted(&good), "bcftools sort"),
        ("text", "these are not genotypes\n".to_owned(), "not"),
    ];
    for (name, text, expected) in cases {
        let file = house.beside(&format!("{name}.vcf"));
        fs::write(&file, text).unwrap();
        let (out, errors) = house.fails(1, &["ingest", "--institution", "centre"], &[&file]);
        assert!(errors.contains(&format!("{name}.vcf")), "{name}: {errors}");
        assert!(errors.contains(expected), "{name}: {errors}");
        assert!(out.is_empty() && errors.trim().lines().count() == 1, "{name}: one error: {errors}");
        assert!(
            !errors.contains("S0") && !errors.contains("X1") && !errors.contains("P0"),
            "{name}: {errors}"
        );
        untouched(&house);
    }
    house.fails(1, &["ingest", "--institution", "centre"], &[&house.beside("missing.vcf")]);
    house.fails(2, &["ingest", "--institution", "../x"], &[&house.beside("cut.vcf")]);
    // The good file is still welcome, and only once.
    let file = house.beside("good.vcf");
    fs::write(&file, good).unwrap();
    house.ok(&["ingest", "--institution", "centre"], &[&file]);
    let (_, errors) = house.fails(1, &["ingest", "--institution", "centre"], &[&file]);
    assert!(errors.contains("submitted before"), "{errors}");
}

fn unsorted(good: &str) -> String {
    let mut lines: Vec<&str> = good.lines().collect();
    let first = lines.iter().position(|line| line.starts_with("chr2\t")).unwrap();
    lines.swap(first, first + 1);
    lines.join("\n") + "\n"
}

#[test]
fn a_wrong_sheet_is_refused_whole_with_line_and_column() {
    let house = House::new();
    let sheet = house.beside("sheet.tsv");
    let row = |sample: &str, sex: &str, consent: &str| {
        format!("{sample}\tPerson-{sample}\t{sex}\t\t\t\tHondo\t{consent}\t\n")
    };
    let cases = [
        (header() + &row("A1", "female", "research") + &row("A2", "neither", "research"), "line 3"),
        (header() + &row("A1", "female", "reserach"), "consent"),
        (header() + &row("A1", "female", "research") + &row("A1", "female", "research"), "line 3"),
        (header().replace("consent\t", ""), "consent"),
        (row("A1", "female", "research"), "header"),
    ];
    for (text, expected) in cases {
        fs::write(&sheet, &text).unwrap();
        let (_, errors) = house.fails(1, &["import-samples", "--institution", "centre"], &[&sheet]);
        assert!(errors.contains(expected), "{expected}: {errors}");
        assert!(!errors.contains("A1") && !errors.contains("Person-"), "{errors}");
    }
    assert_eq!(house.json(&["status", "--json"], &[])["progress"]["contributors"], 0);
    house.ok(&["verify"], &[]);
}

#[test]
fn people_without_consent_are_never_read() {
    let (house, good) = ready();
    let cohort = MadeUp::new(11, 4, 1);
    let sheet = house.beside("more.tsv");
    fs::write(&sheet, header() + "S10\tP10\tmale\t\t\t\tstratum2\t\t\n").unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&sheet]);
    let file = house.beside("eleven.vcf");
    fs::write(&file, cohort.vcf(&(0..11).collect::<Vec<_>>(), |_| true)).unwrap();
    let (_, errors) = house.fails(1, &["ingest", "--institution", "centre"], &[&file]);
    assert!(errors.contains("sample column 11") && errors.contains("has not consented"), "{errors}");
    untouched(&house);
    let report = house.json(&["ingest", "--institution", "centre", "--skip-unconsented", "--json"], &[&file]);
    assert_eq!((&report["samples"], &report["samples_left_out"]), (&10.into(), &1.into()));
    drop(good);
}

#[test]
fn init_takes_only_an_empty_folder() {
    let house = House::new();
    let (_, errors) = house.fails(1, &["init"], &[]);
    assert!(errors.contains("data directory already"), "{errors}");
    let other = house.beside("other");
    fs::create_dir_all(&other).unwrap();
    fs::write(other.join("thesis.txt"), "mine").unwrap();
    let output = crate::house::gj().args(["init", "--data"]).arg(&other).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read_dir(&other).unwrap().count(), 1);
    let output = crate::house::gj().args(["status", "--data"]).arg(&other).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("gj init"), "{errors}");
}

#[test]
fn a_flipped_byte_is_reported_with_its_file_and_never_answered_from() {
    let (house, good) = ready();
    let file = house.beside("good.vcf");
    fs::write(&file, good).unwrap();
    house.ok(&["ingest", "--institution", "centre"], &[&file]);
    house.ok(&["freeze", "r1"], &[]);
    let mut files = Vec::new();
    for folder in ["batches", "censuses", "panels"] {
        for entry in fs::read_dir(house.dir().join(folder)).unwrap() {
            files.extend(fs::read_dir(entry.unwrap().path()).unwrap().map(|e| e.unwrap().path()));
        }
    }
    assert_eq!(files.len(), 9);
    let ask = [
        "frequency",
        "--freeze",
        "r1",
        "--region",
        "chr2:1-9000000",
        "--as",
        "academic",
        "--purpose",
        "GRU",
        "--json",
    ];
    let truth = house.ok(&ask, &[]);
    for path in files {
        let whole = fs::read(&path).unwrap();
        for at in [0, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x10;
            fs::write(&path, &flipped).unwrap();
            let (_, errors) = house.fails(1, &["verify"], &[]);
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(
                errors.contains("damaged") && (errors.contains(name) || errors.contains("sums")),
                "{}: {errors}",
                path.display()
            );
            let answer = house.run(&ask, &[]);
            assert!(!answer.status.success() || String::from_utf8(answer.stdout).unwrap() == truth);
        }
        fs::remove_file(&path).unwrap();
        let (_, errors) = house.fails(1, &["verify"], &[]);
        assert!(errors.contains("missing"), "{errors}");
        fs::write(&path, whole).unwrap();
    }
    house.ok(&["verify"], &[]);
}

#[test]
fn a_changed_audit_log_does_not_verify() {
    let (house, _) = ready();
    house.ok(&["audit", "verify"], &[]);
    let anchor = house.dir().join("audit.head");
    let head = fs::read(&anchor).unwrap();
    fs::remove_file(&anchor).unwrap();
    let (_, errors) = house.fails(1, &["audit", "verify"], &[]);
    assert!(errors.contains("audit.head"), "{errors}");
    fs::write(&anchor, head).unwrap();
    if let Some(url) = house.server() {
        sql(url, "ALTER TABLE audit DISABLE TRIGGER ALL");
        sql(
            url,
            "UPDATE audit SET act = 'Samples.import' WHERE seq = (SELECT MAX(seq) FROM audit WHERE act = 'samples.import')",
        );
    } else {
        // A byte of the text of a line, act and subject, wherever it stands in the database file.
        let database = house.dir().join("registry.sqlite");
        let mut bytes = fs::read(&database).unwrap();
        let needle = b"samples.importcentre";
        let at = bytes.windows(needle.len()).rposition(|window| window == needle).unwrap();
        bytes[at] = b'S';
        fs::write(&database, bytes).unwrap();
    }
    house.fails(1, &["audit", "verify"], &[]);
    house.fails(1, &["verify"], &[]);
}

/// Whatever `init` is told to work on, it removes nothing that it did not make.
#[test]
fn init_never_clears_a_directory_that_lost_its_marker() {
    let (house, good) = ready();
    let file = house.beside("good.vcf");
    fs::write(&file, good).unwrap();
    house.ok(&["ingest", "--institution", "centre"], &[&file]);
    let marker = house.dir().join("gj-data.json");
    let text = fs::read(&marker).unwrap();
    fs::remove_file(&marker).unwrap();
    let (_, errors) = house.fails(1, &["status"], &[]);
    assert!(errors.contains("gj-data.json") && errors.contains("restore"), "{errors}");
    assert!(!errors.contains("gj init"), "{errors}");
    house.fails(1, &["init"], &[]);
    let demo = gj().args(["demo", "--listen", "127.0.0.1:0", "--data"]).arg(house.dir()).output().unwrap();
    assert_eq!(demo.status.code(), Some(1));
    // Not even with the sign of an interrupted `init` in it.
    let sign = house.dir().join("gj-init.json");
    fs::write(&sign, "{ \"programme\": \"genomics-japan\", \"state\": \"init in progress\" }\n").unwrap();
    house.fails(1, &["init"], &[]);
    fs::write(&marker, text).unwrap();
    house.ok(&["verify"], &[]);
    assert!(!sign.exists(), "a whole directory carries no sign of `init`");
    assert_eq!(house.json(&["status", "--json"], &[])["progress"]["batches"], 1);
}

#[test]
fn what_a_refused_asker_sends_is_not_kept_at_any_length() {
    let (house, _) = ready();
    let variant = format!("chr2-3000001-A-{}", "ACGT".repeat(200));
    let ask = ["frequency", "--freeze", "r1", "--variant", &variant, "--as", "academic", "--purpose", "GRU"];
    house.fails(3, &ask, &[]);
    let log = house.ok(&["audit", "export"], &[]);
    assert!(log.contains("characters, sha256:") && !log.contains("ACGTACGT"), "{log}");
}

/// The specification's own corpus: whatever is in a file, the answer is an exit status, not a panic.
#[test]
fn no_file_of_the_specification_corpus_panics() {
    let Some(shared) = shared() else { return };
    let house = House::new();
    let mut seen = 0;
    for version in ["4.1", "4.2", "4.3"] {
        for kind in ["failed", "passed"] {
            let folder = shared.join("data/reads_htsget_c4gh/hts_specs/vcf").join(version).join(kind);
            let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
            files.sort();
            for file in files {
                let output = house.run(&["ingest", "--institution", "centre"], &[&file as &Path]);
                let errors = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_eq!(output.status.code(), Some(1), "{}: {errors}", file.display());
                assert!(!errors.contains("panicked"), "{}: {errors}", file.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 400, "{seen} files");
    untouched(&house);
}
