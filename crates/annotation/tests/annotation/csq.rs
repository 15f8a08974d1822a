//! The cases that bcftools csq is tested with, against its expected results and the installed program.

use crate::fixture::{Case, contig, csq, has_bcftools, of_bcsq, shared, text};
use gj_model::Variant;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    found.retain(|path| path.to_str().unwrap().ends_with(ending));
    found.sort();
    found
}

fn folders() -> Vec<PathBuf> {
    let Some(shared) = shared() else { return Vec::new() };
    let mut folders = files(&shared.join("bcftools_csq"), "");
    folders.retain(|path| path.is_dir());
    folders
}

fn variant(name: &str, position: &str, reference: &str, alternate: &str) -> Option<Variant> {
    format!("{}-{position}-{reference}-{alternate}", contig(name)).parse().ok()
}

fn told(terms: &BTreeMap<String, std::collections::BTreeSet<String>>) -> String {
    let all = terms.iter().map(|(id, terms)| {
        format!("{id}:{}", terms.iter().map(String::as_str).collect::<Vec<_>>().join("&"))
    });
    all.collect::<Vec<_>>().join(",")
}

#[test]
fn single_records_agree_with_the_installed_bcftools() {
    let mut differences = Vec::new();
    let (mut compared, mut equal) = (0, 0);
    if !has_bcftools() {
        return;
    }
    for folder in folders() {
        for gff in files(&folder, ".gff") {
            let fa = &files(&folder, ".fa")[0];
            let case = Case::read(&gff, fa);
            for vcf in files(&folder, ".vcf") {
                let Some(rows) = csq(&gff, fa, &text(&vcf)) else {
                    eprintln!("bcftools gives up on {}", vcf.display());
                    continue;
                };
                for (name, position, reference, alternate, bcsq) in rows {
                    let Some(variant) = variant(&name, &position.to_string(), &reference, &alternate) else {
                        continue;
                    };
                    let (ours, theirs) = (told(&case.terms(&name, &variant)), told(&of_bcsq(&bcsq)));
                    compared += 1;
                    if ours == theirs {
                        equal += 1;
                    } else {
                        let place = vcf.strip_prefix(folder.parent().unwrap()).unwrap().display();
                        differences.push(format!("{place} {variant}\n    bcftools {theirs}\n    ours     {ours}"));
                    }
                }
            }
        }
    }
    eprintln!("{compared} compared, {equal} equal\n{}", differences.join("\n"));
}
