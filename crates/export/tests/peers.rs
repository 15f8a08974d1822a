//! What bcftools and plink2 read out of every format, against the calls that went in.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use gj_export::{Column, Format, Heading, Losses, Row, Writer};
use gj_kernels::Call;
use gj_model::{Sex, Variant, Zone};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Enough for several groups of 64 in a list of PGEN, and for names that do not fill a byte of two bits.
const PEOPLE: usize = 1_203;

/// SplitMix64, by Steele, Lea and Flood (2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

fn columns() -> Vec<Column> {
    let sex = |person: usize| match person % 50 {
        7 => Sex::Unknown,
        number if number % 2 == 0 => Sex::Male,
        _ => Sex::Female,
    };
    (0..PEOPLE).map(|person| Column { name: format!("X{person:05}"), sex: sex(person) }).collect()
}

/// Rows of every rarity, with every call, on every kind of place; some alleles are long.
fn rows() -> Vec<Row> {
    let mut dice = Dice(7);
    let mut rows = Vec::new();
    let places = [
        ("chr1", 10_000, 60),
        ("chr21", 40_000_000, 400),
        ("chrX", 2_700_000, 40),
        ("chrX", 2_900_000, 40),
        ("chrX", 155_800_000, 10),
        ("chrY", 3_000_000, 20),
        ("chrM", 100, 30),
    ];
    for (contig, start, count) in places {
        for number in 0..count {
            let alternate = "ACGT".repeat(1 + (dice.roll(40) / 38) as usize * 30);
            let variant: Variant =
                format!("{contig}-{}-T-T{alternate}", start + number * 401).parse().unwrap();
            let rarity = [2, 10, 300, 100_000][dice.roll(4) as usize];
            let common = [6, 5, 11, 1, 3][dice.roll(5) as usize % if number % 7 == 0 { 5 } else { 2 }];
            let call = |dice: &mut Dice| match dice.roll(rarity) {
                0 => dice.roll(16) as u8,
                1 => [7, 8, 9][dice.roll(3) as usize],
                _ => common,
            };
            let calls = (0..PEOPLE).map(|_| Call::from_code(call(&mut dice))).collect();
            rows.push(Row { variant, calls });
        }
    }
    rows
}

struct Written {
    folder: tempfile::TempDir,
    losses: Losses,
}

impl Written {
    fn path(&self, suffix: &str) -> PathBuf {
        self.folder.path().join(format!("x.{suffix}"))
    }
}

fn written(format: Format, rows: &[Row]) -> Written {
    let folder = tempfile::tempdir().unwrap();
    let file = |suffix: &&str| File::create(folder.path().join(format!("x.{suffix}"))).unwrap();
    let files: Vec<File> = format.suffixes().iter().map(file).collect();
    let heading = Heading { columns: columns(), notes: vec![("gjExtract", "E-test".to_owned())] };
    let mut writer = Writer::open(format, heading, files, tempfile::tempfile().unwrap()).unwrap();
    // In uneven parts, as batches give them.
    for part in rows.chunks(37) {
        writer.write(part).unwrap();
    }
    let losses = writer.finish().unwrap();
    Written { folder, losses }
}

/// Whether a peer is installed, or a note that the test is skipped.
fn has(tool: &str) -> bool {
    let found =
        Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    assert!(found || std::env::var_os("CI").is_none(), "CI must have {tool}");
    if !found {
        eprintln!("skipped: {tool} is not installed");
    }
    found
}

fn run(tool: &str, words: &[&str], paths: &[&Path]) -> String {
    let output = Command::new(tool).args(words).args(paths).output().unwrap();
    assert!(output.status.success(), "{tool} {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The genotype as the VCF specification spells it.
fn spelled(call: Call) -> &'static str {
    match call {
        Call::Absent | Call::Missing => "./.",
        Call::MissingHaploid => ".",
        Call::Ref => "0",
        Call::Alt => "1",
        Call::RefRef => "0/0",
        Call::RefRefPhased => "0|0",
        Call::Het => "0/1",
        Call::RefAltPhased => "0|1",
        Call::AltRefPhased => "1|0",
        Call::AltAlt => "1/1",
        Call::AltAltPhased => "1|1",
        Call::HalfRef => "0/.",
        Call::HalfAlt => "./1",
        Call::MissingAltPhased => ".|1",
        Call::AltMissingPhased => "1|.",
    }
}

fn line(row: &Row, genotypes: &[&str]) -> String {
    let v = &row.variant;
    format!("{} {} {} {} {}", v.contig, v.position, v.reference, v.alternate, genotypes.join(" "))
}

fn expected(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| line(row, &row.calls.iter().map(|c| spelled(*c)).collect::<Vec<_>>())).collect()
}

const QUERY: [&str; 3] = ["query", "-f", "%CHROM %POS %REF %ALT[ %GT]\n"];

#[test]
fn bcftools_reads_what_was_written() {
    let rows = rows();
    let wanted = expected(&rows);
    for format in [Format::Vcf, Format::VcfGz, Format::Bcf] {
        if !has("bcftools") {
            return;
        }
        let made = written(format, &rows);
        let file = made.path(format.name());
        let found = run("bcftools", &QUERY, &[&file]);
        assert!(found.lines().eq(wanted.iter().map(String::as_str)), "{format}");
        // Our counts are those that bcftools makes of the genotypes.
        let counted = run("bcftools", &["+fill-AN-AC", "-Ov"], &[&file]);
        let own = run("bcftools", &["view", "-Ov"], &[&file]);
        let info = |text: &str| -> Vec<Vec<String>> {
            let rows = text.lines().filter(|line| !line.starts_with('#'));
            rows.map(|line| {
                let mut fields: Vec<String> =
                    line.split('\t').nth(7).unwrap().split(';').map(str::to_owned).collect();
                fields.sort();
                fields
            })
            .collect()
        };
        assert_eq!(info(&own).len(), rows.len());
        assert_eq!(info(&own), info(&counted), "{format}");
        let absent = rows.iter().flat_map(|row| &row.calls).filter(|call| **call == Call::Absent).count();
        assert_eq!(made.losses, Losses { absent_as_missing: absent as u64, ..Losses::default() });
    }
}

#[test]
fn indexes_find_every_record() {
    if !has("bcftools") {
        return;
    }
    let rows = rows();
    for format in [Format::VcfGz, Format::Bcf] {
        let made = written(format, &rows);
        for region in ["chr1:10000-14000", "chr21:40010000-40090000", "chrX:2900000-3000000", "chrM", "chr7"]
        {
            let region: gj_model::Region = region.parse().unwrap();
            let inside = |row: &&Row| {
                let (start, bases) = (row.variant.position.get(), row.variant.reference.len() as u32);
                row.variant.contig == region.contig
                    && start <= region.end.get()
                    && start + bases > region.start.get()
            };
            let wanted: Vec<String> =
                rows.iter().filter(inside).map(|r| r.variant.position.to_string()).collect();
            let text = format!("{region}");
            let file = made.path(format.name());
            let found = run("bcftools", &["query", "-f", "%POS\n", "-r", &text], &[&file]);
            assert!(found.lines().eq(wanted.iter().map(String::as_str)), "{format} {region}");
        }
        if format == Format::VcfGz && has("tabix") {
            let found =
                run("tabix", &[made.path("vcf.gz").to_str().unwrap(), "chr21:40010000-40010401"], &[]);
            assert_eq!(
                found.lines().count(),
                rows.iter()
                    .filter(|row| {
                        row.variant.contig.name() == "chr21"
                            && (40_010_000..=40_010_401).contains(&row.variant.position.get())
                    })
                    .count()
            );
        }
    }
}

/// What plink2 should say of a call: copies by sex and place, half calls missing, phase of
/// heterozygotes where the format keeps it.
fn by_plink(call: Call, sex: Sex, zone: Zone, phased: bool) -> Option<&'static str> {
    let one_copy = match zone {
        Zone::Diploid => false,
        Zone::X => sex == Sex::Male,
        Zone::Mt => true,
        // plink2 shows nothing of anybody but males there.
        Zone::Y if sex == Sex::Male => true,
        Zone::Y => return None,
    };
    let pick = |one: &'static str, two: &'static str| Some(if one_copy { one } else { two });
    match spelled(call) {
        "0" | "0/0" | "0|0" => pick("0", "0/0"),
        "1" | "1/1" | "1|1" => pick("1", "1/1"),
        "0|1" if phased => Some("0|1"),
        "1|0" if phased => Some("1|0"),
        "0/1" | "0|1" | "1|0" => Some("0/1"),
        _ => pick(".", "./."),
    }
}

#[test]
fn plink2_reads_what_was_written() {
    if !has("plink2") || !has("bcftools") {
        return;
    }
    let rows = rows();
    let columns = columns();
    for (format, flag) in [(Format::Pgen, "--pfile"), (Format::Bed, "--bfile")] {
        let made = written(format, &rows);
        let stem = made.folder.path().join("x");
        let out = made.folder.path().join("read");
        let (stem, out) = (stem.to_str().unwrap(), out.to_str().unwrap());
        run("plink2", &[flag, stem, "--validate", "--out", out], &[]);
        run("plink2", &[flag, stem, "--output-chr", "chrM", "--export", "vcf", "--out", out], &[]);
        let found = run("bcftools", &QUERY, &[&made.folder.path().join("read.vcf")]);
        let mut lost = Losses::default();
        let mut lines = found.lines();
        for row in &rows {
            let zone = row.variant.contig.zone(row.variant.position.get());
            let fields: Vec<&str> = lines.next().unwrap().split(' ').collect();
            assert_eq!(fields[0], row.variant.contig.name(), "{format}");
            assert_eq!(fields[1], row.variant.position.to_string());
            assert_eq!(
                (fields[2], fields[3]),
                (row.variant.reference.as_str(), row.variant.alternate.as_str())
            );
            for ((call, column), got) in row.calls.iter().zip(&columns).zip(&fields[4..]) {
                count(&mut lost, *call, column.sex, zone, format);
                if let Some(wanted) = by_plink(*call, column.sex, zone, format == Format::Pgen) {
                    // plink2 spells whole rows phased where anybody in them is.
                    let got = if wanted.contains('|') { (*got).to_owned() } else { unphased(got) };
                    assert_eq!(got, wanted, "{format} {} {call:?} {:?}", row.variant, column.sex);
                }
            }
        }
        assert_eq!(lines.next(), None);
        assert_eq!(made.losses, lost, "{format}");
    }
}

fn unphased(genotype: &str) -> String {
    genotype.replace('|', "/")
}

/// The obviously right count of what is not said.
fn count(lost: &mut Losses, call: Call, sex: Sex, zone: Zone, format: Format) {
    let text = spelled(call);
    let half = text.len() == 3 && text.matches('.').count() == 1;
    lost.absent_as_missing += u64::from(call == Call::Absent);
    lost.half_as_missing += u64::from(half);
    lost.phase += u64::from(format == Format::Bed && matches!(text, "0|1" | "1|0"));
    let copies = match zone {
        Zone::Diploid => 2,
        Zone::X => 2 - u64::from(sex == Sex::Male),
        Zone::Y | Zone::Mt => 1,
    };
    let written = if text.len() == 1 { 1 } else { 2 };
    lost.ploidy += u64::from(!text.contains('.') && written != copies);
}

#[test]
fn an_extract_without_rows_is_whole() {
    for format in Format::ALL {
        let made = written(format, &[]);
        for suffix in format.suffixes() {
            assert!(fs::metadata(made.path(suffix)).unwrap().len() > 0 || suffix == &"bim", "{suffix}");
        }
        if matches!(format, Format::VcfGz | Format::Bcf) && has("bcftools") {
            assert_eq!(run("bcftools", &["view", "-H"], &[&made.path(format.name())]), "");
        }
    }
}
