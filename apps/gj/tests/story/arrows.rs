//! The arrows between rooms, compared with a list: a new one is a visible decision.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Who may name whom. Only `gate` and `ingest` reach genotypes; endpoints and pages cannot. `bench` times
/// the store and is part of nothing.
const ARROWS: &str = "
gj -> analysis api gate model portal
portal -> api gate model
api -> analysis gate model
analysis -> gate
gate -> annotation casework export exposure ingest kernels model money ontology policy registry store
ingest -> kernels model store
registry -> casework model money
store -> kernels model
export -> kernels model
policy -> model
money -> model
casework -> model
ontology ->
annotation -> model
exposure ->
kernels -> model
model ->
bench -> export kernels model store
";

/// Crates that must not meet a clock, a file or the network: facts in, decisions and numbers out.
const PURE: [&str; 9] =
    ["model", "kernels", "policy", "money", "casework", "ontology", "annotation", "exposure", "export"];

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn crates() -> Vec<PathBuf> {
    std::fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn dependencies(manifest: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(manifest).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let table = manifest.get("dependencies").and_then(|d| d.as_table()).cloned().unwrap_or_default();
    table.keys().filter_map(|name| name.strip_prefix("gj-")).map(str::to_owned).collect()
}

#[test]
fn the_arrows_between_crates_are_the_ones_we_agreed_on() {
    let mut found = BTreeSet::new();
    for folder in crates().into_iter().chain([root().join("apps/gj"), root().join("bench")]) {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let arrows: Vec<String> = dependencies(&folder.join("Cargo.toml")).into_iter().collect();
        found.insert(format!("{name} -> {}", arrows.join(" ")).trim_end().to_owned());
    }
    let agreed: BTreeSet<String> =
        ARROWS.lines().filter(|l| !l.is_empty()).map(|l| l.trim_end().to_owned()).collect();
    assert_eq!(found, agreed);
}

#[test]
fn only_the_gate_ingest_and_measuring_name_the_store() {
    for line in
        ARROWS.lines().filter(|line| line.split_once("->").is_some_and(|(_, to)| to.contains("store")))
    {
        assert!(["gate ", "ingest ", "bench "].iter().any(|room| line.starts_with(room)), "{line}");
    }
}

#[test]
fn nothing_reaches_what_only_measures() {
    for line in ARROWS.lines() {
        assert!(!line.split_once("->").is_some_and(|(_, to)| to.contains("bench")), "{line}");
    }
    // Nor by the way of an optional, build or test dependency, or one of a target.
    for manifest in crates().into_iter().chain([root().join("apps/gj")]) {
        let text = std::fs::read_to_string(manifest.join("Cargo.toml")).unwrap();
        assert!(!text.contains("gj-bench"), "{}", manifest.display());
    }
}

#[test]
fn pure_rooms_read_no_clock_and_no_file() {
    for name in PURE {
        for file in crate::tidy::rust_files(&root().join("crates").join(name).join("src")) {
            let text = std::fs::read_to_string(&file).unwrap();
            for word in ["std::fs", "std::net", "std::time", "std::env", "Utc::now", "Local::now", "tokio"] {
                assert!(!text.contains(word), "{} uses {word}", file.display());
            }
        }
    }
}
