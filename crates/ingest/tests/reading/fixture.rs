//! Small files to read, and rows in a form that is easy to compare.

use gj_ingest::{FileRows, IngestError, ReadOptions, ReadReport};
use gj_kernels::{Call, Scratch, decode};
use gj_model::SampleSet;
use std::path::{Path, PathBuf};

/// A row with its calls decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain {
    pub contig: String,
    pub position: u32,
    pub reference: String,
    pub alternate: String,
    pub calls: Vec<Call>,
}

/// A file in a directory that lasts as long as the test.
pub struct Fixture {
    directory: tempfile::TempDir,
}

impl Fixture {
    pub fn new() -> Fixture {
        Fixture { directory: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// A VCF of these records (columns separated by spaces) with this many samples.
pub fn vcf(samples: usize, records: &[&str]) -> String {
    let names: Vec<String> = (0..samples).map(|index| format!("PERSON{index}")).collect();
    let mut text = String::from("##fileformat=VCFv4.2\n##FILTER=<ID=q,Description=\"low\">\n");
    text += "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n";
    text += "##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"Depth\">\n";
    text += "##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth\">\n";
    text += "##contig=<ID=chr1>\n##contig=<ID=chr2>\n##contig=<ID=chr22>\n##contig=<ID=chrUn_KI270742v1>\n";
    text += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";
    if samples > 0 {
        text += "\tFORMAT\t";
        text += &names.join("\t");
    }
    text.push('\n');
    for record in records {
        text += &record.replace(' ', "\t");
        text.push('\n');
    }
    text
}

/// Rows, their origins, and the report.
pub type Reading = (Vec<Plain>, Vec<Option<String>>, ReadReport);

/// Everything a file gives, or why it gives nothing.
pub fn read_with(
    path: &Path,
    options: &ReadOptions,
    keep: Option<Vec<usize>>,
) -> Result<Reading, IngestError> {
    let mut file = FileRows::open(path, options)?;
    let total = file.samples().len();
    let kept = keep.as_ref().map_or(total, Vec::len);
    if let Some(columns) = keep {
        file.keep(columns);
    }
    let (mut rows, mut origins) = (Vec::new(), Vec::new());
    while let Some(chunk) = file.next_rows()? {
        for row in chunk {
            let mut calls = Vec::new();
            decode(&row.payload, None, &SampleSet::all(kept), &mut Scratch::default(), &mut calls).unwrap();
            rows.push(Plain {
                contig: row.contig.name().to_owned(),
                position: row.position,
                reference: row.reference,
                alternate: row.alternate,
                calls,
            });
            origins.push(row.origin);
        }
    }
    assert_eq!(file.next_rows().unwrap(), None, "the end stays the end");
    let report = file.report().clone();
    assert_eq!(report.rows, rows.len() as u64);
    assert_eq!(report.bytes_read, report.bytes_total);
    Ok((rows, origins, report))
}

pub fn read(path: &Path) -> Result<Vec<Plain>, IngestError> {
    read_with(path, &ReadOptions::default(), None).map(|(rows, ..)| rows)
}

/// The message with which a VCF of these records is refused.
pub fn refusal(samples: usize, records: &[&str]) -> String {
    let fixture = Fixture::new();
    let path = fixture.write("f.vcf", vcf(samples, records));
    match read(&path) {
        Ok(rows) => panic!("read, with {} rows: {records:?}", rows.len()),
        Err(error) => error.to_string().replace(&path.display().to_string(), "f.vcf"),
    }
}

/// The shared real data; `None` on a machine without them.
pub fn shared() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("GJ_SHARED").map_or(default, PathBuf::from);
    if shared.is_dir() {
        return Some(shared);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing in CI", shared.display());
    eprintln!("skipped: {} is missing (set GJ_SHARED)", shared.display());
    None
}
