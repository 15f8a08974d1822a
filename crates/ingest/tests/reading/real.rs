//! Every call of every real genotype file that is taken, as stored at level 0 and at level 1, beside bcftools.

use crate::fixture::shared;
use gj_ingest::{FileRows, IngestError, ReadOptions, Roster, Submission};
use gj_kernels::Call;
use gj_model::{Contig, Region, SampleSet};
use gj_store::{Batch, CallRow, Store};
use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A split record of a file: position, reference, alternate, and one call a sample.
type Expected = (u32, String, String, Vec<Call>);

#[test]
fn every_call_of_every_real_file_comes_back_from_both_levels() {
    let Some(shared) = shared() else { return };
    if Command::new("bcftools").arg("--version").stdout(Stdio::null()).status().is_err() {
        assert!(std::env::var_os("CI").is_none(), "CI must have bcftools");
        return eprintln!("skipped: bcftools is not installed");
    }
    let mut paths = Vec::new();
    genotype_files(&shared.join("data/genotypes"), &mut paths);
    let taken: Vec<PathBuf> = paths.into_iter().filter(|path| is_taken(path)).collect();
    assert!(taken.len() >= 36, "{} files are taken", taken.len());

    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let submission = Submission::open(&taken, &ReadOptions::default()).unwrap();
    let names = submission.names().to_vec();
    let roster = Roster { keys: (1..=names.len() as i64).map(Some).collect(), earlier: Vec::new() };
    let institution = "centre".parse().unwrap();
    let (seal, _) = submission.write(&store, institution, &roster, vec!["source".into()], &()).unwrap();
    let level_0 = store.batch(&seal.id).unwrap();
    let staged = store.compact(&"centre".parse().unwrap(), std::slice::from_ref(&level_0)).unwrap();
    let level_1 = store.batch(&staged.publish().unwrap().id).unwrap();
    assert!(level_1.is_sorted() && !level_0.is_sorted());

    let mut compared = HashSet::new();
    for path in &taken {
        let file = FileRows::open(path, &ReadOptions::default()).unwrap();
        assert_eq!(file.samples(), names, "the files name the same people in the same order");
        compare(path, [&level_0, &level_1], &mut compared);
    }
    let rows = compared.len() as u64;
    assert_eq!(
        (level_0.manifest().rows, level_1.manifest().rows),
        (rows, rows),
        "rows of no file are stored"
    );
}

fn genotype_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            genotype_files(&path, found);
        } else if [".vcf.gz", ".vcf", ".bcf"].iter().any(|end| path.to_str().unwrap().ends_with(end)) {
            found.push(path);
        }
    }
    found.sort();
}

/// Whether a file is of this programme's build: the only thing for which a good file is refused.
fn is_taken(path: &Path) -> bool {
    match FileRows::open(path, &ReadOptions::default()) {
        Ok(_) => true,
        Err(error @ IngestError::Build { .. }) => {
            assert!(error.to_string().contains("GRCh38"), "{error}");
            false
        }
        Err(error) => panic!("{error}"),
    }
}

/// Compares the file's rows, remembering which they were.
fn compare(path: &Path, levels: [&Batch; 2], compared: &mut HashSet<(Contig, u32, String, String)>) {
    let (contig, start, end) = span(path);
    let region = Region::new(contig, start.into(), end.into()).unwrap();
    let everybody = SampleSet::all(levels[0].samples());
    let mut scans =
        levels.map(|batch| Rows { scan: batch.calls(Some(&region), &everybody).unwrap(), ready: Vec::new() });
    each_split_record(path, |(position, reference, alternate, calls)| {
        for scan in &mut scans {
            let row = scan.find(position, &reference, &alternate);
            assert!(row.calls == calls, "{}: {contig}:{position} differs", path.display());
        }
        compared.insert((contig, position, reference, alternate));
    });
}

/// Rows of a region, looked through once.
struct Rows<'a> {
    scan: gj_store::Scan<'a>,
    /// The last ones first.
    ready: Vec<CallRow>,
}

impl Rows<'_> {
    /// The row of a variant; rows before it are those of another file.
    fn find(&mut self, position: u32, reference: &str, alternate: &str) -> CallRow {
        loop {
            while let Some(row) = self.ready.pop() {
                let variant = &row.variant;
                let place = (variant.position.get(), variant.reference.as_str(), variant.alternate.as_str());
                if place == (position, reference, alternate) {
                    return row;
                }
                assert!(
                    place < (position, reference, alternate),
                    "{position} {reference} {alternate} is missing"
                );
            }
            self.ready = self.scan.next_rows().unwrap().expect("a row of the file is missing");
            self.ready.reverse();
        }
    }
}

/// The contig of a file of one gene, and its first and last position.
fn span(path: &Path) -> (Contig, u32, u32) {
    let query = Command::new("bcftools").args(["query", "-f", "%CHROM %POS\n"]).arg(path).output().unwrap();
    assert!(query.status.success());
    let text = String::from_utf8(query.stdout).unwrap();
    let places: Vec<(&str, u32)> = text
        .lines()
        .map(|line| line.split_once(' ').unwrap())
        .map(|(c, p)| (c, p.parse().unwrap()))
        .collect();
    assert!(places.iter().all(|(contig, _)| *contig == places[0].0), "one contig a file");
    let positions = || places.iter().map(|(_, position)| *position);
    (places[0].0.parse().unwrap(), positions().min().unwrap(), positions().max().unwrap())
}

/// What `bcftools norm -m-` makes of a file, in the order of the store.
fn each_split_record(path: &Path, mut each: impl FnMut(Expected)) {
    let mut norm = Command::new("bcftools")
        .args(["norm", "-m-", "-Ou"])
        .arg(path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut query = Command::new("bcftools")
        .args(["query", "-f", "%POS\t%REF\t%ALT[\t%GT]\n"])
        .stdin(norm.stdout.take().unwrap())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::with_capacity(1 << 20, query.stdout.take().unwrap());
    // Records of one position are held until the next: the store orders them by their alleles.
    let mut together: Vec<Expected> = Vec::new();
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).unwrap() > 0 {
        let record = split(line.trim_ascii_end());
        if together.first().is_some_and(|first| first.0 != record.0) {
            together.sort_by(|a, b| (&a.1, &a.2).cmp(&(&b.1, &b.2)));
            together.drain(..).for_each(&mut each);
        }
        together.push(record);
        line.clear();
    }
    together.sort_by(|a, b| (&a.1, &a.2).cmp(&(&b.1, &b.2)));
    together.into_iter().for_each(each);
    assert!(norm.wait().unwrap().success() && query.wait().unwrap().success());
}

fn split(line: &[u8]) -> Expected {
    let mut cells = line.split(|byte| *byte == b'\t');
    let mut text = || std::str::from_utf8(cells.next().unwrap()).unwrap().to_owned();
    let (position, reference, alternate) = (text(), text(), text());
    (position.parse().unwrap(), reference, alternate, cells.map(call).collect())
}

/// The table of docs/format.md.
fn call(cell: &[u8]) -> Call {
    match cell {
        b"0|0" => Call::RefRefPhased,
        b"0/0" => Call::RefRef,
        b"0|1" => Call::RefAltPhased,
        b"1|0" => Call::AltRefPhased,
        b"0/1" | b"1/0" => Call::Het,
        b"1|1" => Call::AltAltPhased,
        b"1/1" => Call::AltAlt,
        b"./." | b".|." => Call::Missing,
        b"." => Call::MissingHaploid,
        b"0" => Call::Ref,
        b"1" => Call::Alt,
        b"./1" | b"1/." => Call::HalfAlt,
        b".|1" => Call::MissingAltPhased,
        b"1|." => Call::AltMissingPhased,
        b"0/." | b"./0" | b"0|." | b".|0" => Call::HalfRef,
        _ => panic!("a genotype that the table does not have"),
    }
}
