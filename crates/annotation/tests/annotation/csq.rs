//! The cases that bcftools csq is tested with, against its expected results and the installed program.

use crate::fixture::{Case, csq, files, folders, has_bcftools, of_bcsq, told, text, variant};

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
