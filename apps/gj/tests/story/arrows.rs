//! The arrows between rooms, compared with a list: a new one is a visible decision.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Who may name whom. Only `gate` and `ingest` reach genotypes; endpoints and pages cannot.
const ARROWS: &str = "
gj -> analysis api gate model portal
portal -> api gate model
api -> analysis gate model
analysis -> gate
gate -> export ingest kernels model policy registry store
ingest -> kernels model store
registry -> model
store -> kernels model
export -> kernels model
policy -> model
kernels -> model
model ->
";

/// Crates that must not meet a clock, a file or the network: facts in, decisions and numbers out.
const PURE: [&str; 4] = ["model", "kernels", "policy", "export"];

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
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
    let crates = std::fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    for folder in crates.chain([root().join("apps/gj")]) {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let arrows: Vec<String> = dependencies(&folder.join("Cargo.toml")).into_iter().collect();
        found.insert(format!("{name} -> {}", arrows.join(" ")).trim_end().to_owned());
    }
    let agreed: BTreeSet<String> =
        ARROWS.lines().filter(|l| !l.is_empty()).map(|l| l.trim_end().to_owned()).collect();
    assert_eq!(found, agreed);
}

#[test]
fn only_the_gate_and_ingest_name_the_store() {
    for line in
        ARROWS.lines().filter(|line| line.split_once("->").is_some_and(|(_, to)| to.contains("store")))
    {
        assert!(line.starts_with("gate ") || line.starts_with("ingest "), "{line}");
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
