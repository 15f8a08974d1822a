//! Every input that the fuzzer kept, through the same probes as under the fuzzer.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use gj_probes::PROBES;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

/// The inputs of a probe, by name.
fn inputs(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = fuzz().join("corpus").join(name);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn every_kept_input_is_read_right_or_refused() {
    for (name, probe) in PROBES {
        let inputs = inputs(name);
        assert!(inputs.len() >= 3, "{name}: {} inputs", inputs.len());
        for (path, bytes) in inputs {
            let ended = std::panic::catch_unwind(|| probe(&bytes));
            assert!(ended.is_ok(), "{}", path.display());
            // Cut anywhere it must be refused just as calmly.
            for cut in [bytes.len() / 3, bytes.len() / 2, bytes.len().saturating_sub(1)] {
                let ended = std::panic::catch_unwind(|| probe(&bytes[..cut]));
                assert!(ended.is_ok(), "{} cut to {cut} bytes", path.display());
            }
        }
    }
}

#[test]
fn every_probe_has_a_target_and_every_target_a_probe() {
    let named: BTreeSet<String> = PROBES.iter().map(|(name, _)| (*name).to_owned()).collect();
    let stems = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(fuzz().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    assert_eq!(stems("targets"), named);
    assert_eq!(stems("corpus"), named);
}
