//! The test files of the VCF specification's own validator, file by file: what is refused, with which
//! words, and what is read. The golden text is the promise; `GJ_BLESS=1` rewrites it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Files the corpus calls wrong and that are read, by their place in the corpus, and why.
const READ_ANYWAY: &[(&str, &str)] = &[
    ("failed/failed_body_duplicated_000.vcf", ONE_KEPT),
    ("failed/failed_body_duplicated_001.vcf", ONE_KEPT),
    ("failed/failed_body_duplicated_003.vcf", ONE_KEPT),
    (
        "failed/failed_body_format_003.vcf",
        "`_` in a FORMAT name: version 4.3 allows it and every GATK file of version 4.2 has it (MIN_DP)",
    ),
    (
        "failed/failed_meta_sample_001.vcf",
        "quotation marks in a SAMPLE line: the specification does not forbid them, and tumour files have them",
    ),
];
const ONE_KEPT: &str =
    "the specification allows several records of one variant: their calls agree, so one is kept";

fn shared() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("GJ_SHARED").map_or(default, PathBuf::from);
    if shared.is_dir() {
        return Some(shared);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing in CI", shared.display());
    eprintln!("skipped: {} is missing (set GJ_SHARED)", shared.display());
    None
}

fn reason(name: &str) -> Option<&'static str> {
    READ_ANYWAY.iter().find(|(file, _)| name.ends_with(file)).map(|(_, reason)| *reason)
}

#[test]
fn the_specification_s_own_test_files() {
    let Some(shared) = shared() else { return };
    let corpus = shared.join("data/reads_htsget_c4gh/hts_specs/vcf");
    let mut found = String::new();
    for folder in ["4.1/passed", "4.1/failed", "4.2/passed", "4.2/failed", "4.3/passed", "4.3/failed"] {
        let directory = corpus.join(folder);
        let mut files: Vec<PathBuf> = std::fs::read_dir(&directory)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "vcf"))
            .collect();
        files.sort();
        for file in files {
            let name = format!("{folder}/{}", file.file_name().unwrap().to_string_lossy());
            match gj_ingest::conform(&file) {
                Ok(report) => {
                    let why = reason(&name).map(|reason| format!("  {reason}")).unwrap_or_default();
                    writeln!(found, "{name}  read  {} records{why}", report.records).unwrap();
                    assert!(
                        folder.ends_with("passed")
                            || reason(&name).is_some()
                            || std::env::var_os("GJ_BLESS").is_some(),
                        "{name} is read and no reason is given"
                    );
                }
                Err(error) => {
                    assert!(folder.ends_with("failed"), "{name}: {error}");
                    let message = error.to_string().replace(&format!("{}/", directory.display()), "");
                    writeln!(found, "{name}  refused  {message}").unwrap();
                }
            }
        }
    }
    compare(&found, &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/hts_specs.txt"));
}

fn compare(found: &str, golden: &Path) {
    if std::env::var_os("GJ_BLESS").is_some() {
        std::fs::write(golden, found).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(golden).unwrap();
    for (number, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "line {} of {}; GJ_BLESS=1 rewrites it", number + 1, golden.display());
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "files came or went");
}
