//! The reader in Python of `docs/format.md`, as somebody who has only that page would write it, prints what
//! was submitted: from a batch as it came, from a compacted one, and from one that somebody left.

use crate::arrows::root;
use crate::cohort::real;
use crate::duckdb::python;
use crate::house::House;
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Genes of several blocks on chr10, and of others.
const GENES: [&str; 5] = ["CYP2C19", "CYP2C8", "CYP2C9", "SLCO1B3", "VKORC1"];

#[test]
fn the_reader_of_the_format_page_prints_what_was_submitted() {
    let (Some(real), Some(python)) = (real(), python("pyarrow, blake3")) else { return };
    let house = House::new();
    let contributor = &real.contributors[0];
    let chosen = contributor.files.iter().filter(|file| {
        let name = file.file_name().unwrap().to_str().unwrap();
        GENES.iter().any(|gene| name.starts_with(gene))
    });
    let mut files = Vec::new();
    let mut rows = Vec::new();
    for (number, file) in chosen.enumerate() {
        let target = house.beside(&format!("{number}.vcf"));
        fs::write(&target, varied(file, &mut rows)).unwrap();
        files.push(target);
    }
    assert_eq!(files.len(), GENES.len());
    house.ok(&["import-samples", "--institution", contributor.id], &[&contributor.sheet]);
    let paths: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    house.ok(&["ingest", "--institution", contributor.id], &paths);

    let script = house.beside("reader.py");
    let page = fs::read_to_string(root().join("docs/format.md")).unwrap();
    fs::write(&script, page.split_once("```python\n").unwrap().1.split_once("```").unwrap().0).unwrap();
    let printed = |batch: &Path| {
        let output = Command::new(&python).arg(&script).arg(batch).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut lines: Vec<String> =
            String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    rows.sort();
    assert!(printed(&batch(&house)) == rows, "level 0 differs");
    house.ok(&["compact"], &[]);
    let compacted = batch(&house);
    assert!(printed(&compacted) == rows, "level 1 differs");
    assert_eq!(bases(&compacted), [0, 1, 2].into(), "whole orders and differences in both directions");

    let gone = 17;
    house.ok(&["withdraw", &format!("P-{}", contributor.samples[gone])], &[]);
    let without = rows.iter().map(|row| {
        let mut cells: Vec<&str> = row.split('\t').collect();
        cells[4 + gone] = "-";
        cells.join("\t")
    });
    assert!(printed(&batch(&house)) == without.collect::<Vec<_>>(), "the erased batch differs");

    // One wrong byte is noticed.
    let data = batch(&house).join("orders.bin");
    let mut bytes = fs::read(&data).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&data, bytes).unwrap();
    let output = Command::new(&python).arg(&script).arg(batch(&house)).output().unwrap();
    assert!(!output.status.success() && output.stdout.is_empty());
}

/// The only batch.
fn batch(house: &House) -> PathBuf {
    let mut batches = fs::read_dir(house.dir().join("batches")).unwrap();
    let batch = batches.next().unwrap().unwrap().path();
    assert!(batches.next().is_none());
    batch
}

/// What the orders of a batch are differences from.
fn bases(batch: &Path) -> std::collections::BTreeSet<u8> {
    let manifest: Value = serde_json::from_slice(&fs::read(batch.join("manifest.json")).unwrap()).unwrap();
    let orders = fs::read(batch.join("orders.bin")).unwrap();
    let mut at = 0;
    let lengths = manifest["orders"]["lengths"].as_array().unwrap();
    let mut base = |length: &Value| {
        let base = orders[at];
        at += length.as_u64().unwrap() as usize;
        base
    };
    lengths.iter().map(&mut base).collect()
}

/// The file with some people unphased, some haploid, some calls missing or half missing; adds to `rows`
/// what a reader should print of it.
fn varied(file: &Path, rows: &mut Vec<String>) -> String {
    let output = Command::new("bcftools").args(["annotate", "-x", "INFO,^FORMAT/GT"]).arg(file).output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    let mut out = String::new();
    for (number, line) in text.lines().enumerate() {
        if line.starts_with('#') {
            writeln!(out, "{line}").unwrap();
            continue;
        }
        let mut fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
        assert!(!fields[4].contains(','), "records of these files have one alternate allele");
        let mut row = [0, 1, 3, 4].map(|column| fields[column].clone()).to_vec();
        for (sample, cell) in fields[9..].iter_mut().enumerate() {
            let (first, second) = cell.split_once('|').unwrap();
            let call = match sample % 8 {
                _ if (sample * 7 + number) % 61 == 0 => "./.".to_owned(),
                _ if (sample * 5 + number) % 97 == 0 => format!(".|{second}"),
                1 => format!("{first}/{second}"),
                2 => first.to_owned(),
                _ => cell.clone(),
            };
            // Where either spelling means the same, one is stored.
            row.push(match call.as_str() {
                "1/0" => "0/1".to_owned(),
                ".|0" => "0/.".to_owned(),
                call => call.to_owned(),
            });
            *cell = call;
        }
        rows.push(row.join("\t"));
        writeln!(out, "{}", fields.join("\t")).unwrap();
    }
    out
}
