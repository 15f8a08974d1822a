//! The cases that bcftools csq is tested with, against its expected results and the installed program.

use crate::fixture::{Case, csq, files, folders, has_bcftools, of_bcsq, text, told, variant};
use gj_model::Variant;

/// Records that we judge otherwise, with our words and the reason; decision 31 has them in groups.
const OTHERWISE: [(&str, &str, &str); 16] = [
    ("EDUMMY0002/boundaries.vcf", "t2:coding_sequence&start_lost", "the deletion takes the start codon"),
    ("EMN908947/ribosomal-slippage.vcf", "ORF1ab:coding_sequence", "slippage: no protein is told"),
    ("EMN908947/simple.vcf", "ORF1ab:coding_sequence", "slippage: no protein is told"),
    ("ENSCAFT00000047742/test.vcf", "", "a gap of one base is no intron, and no words are left"),
    (
        "ENST00000227471/insert-splice-vs-frameshift.vcf",
        "ENST00000227471:frameshift",
        "a gap of two bases is no intron",
    ),
    (
        "ENST00000230048/start-del.vcf",
        "ENST00000230048:frameshift&start_lost",
        "both are true; Ensembl tells both",
    ),
    (
        "ENST00000318249/start-lost.vcf",
        "ENST00000318249:frameshift&start_lost",
        "both are true; Ensembl tells both",
    ),
    (
        "ENST00000318249.2/synonymous-start-lost.vcf",
        "ENST00000318249:5_prime_utr",
        "written before the start",
    ),
    (
        "ENST00000341065/frame3.vcf",
        "ENST00000341065:inframe_deletion&splice_region",
        "the splice site is whole",
    ),
    (
        "ENST00000341065/splice-acceptor-donor5.vcf",
        "ENST00000341065:splice_region",
        "intronic: no word of the protein",
    ),
    ("ENST00000360372/mnp.vcf", "ENST00000360372:stop_gained", "fixed in later releases of bcftools"),
    (
        "ENST00000409523/long-overlapping-del.vcf",
        "ENST00000409523:coding_sequence&splice_acceptor&splice_region",
        "over a splice site",
    ),
    (
        "ENST00000428061/failed-assert.vcf",
        "ENST00000428061:coding_sequence&start_lost",
        "over the end of the transcript",
    ),
    (
        "ENST00000518414/incorrect-inframe-del.vcf",
        "ENST00000518414:coding_sequence&stop_lost",
        "over the end of the transcript",
    ),
    (
        "ENST00000520868/long-deletion.vcf",
        "ENST00000520868:splice_acceptor&splice_donor&splice_region",
        "regions beside the sites, too",
    ),
    (
        "ENST00000528237/retained-stop-incomplete-cds.vcf",
        "ENST00000528237:stop_gained",
        "no stop was there to retain",
    ),
];

/// Fails where the terms differ and no reason is listed; the number of records that agree.
fn judge(place: &str, v: &Variant, case: &Case, name: &str, bcsq: &str, unknown: &mut Vec<String>) -> usize {
    let (ours, theirs) = (told(&case.terms(name, v)), told(&of_bcsq(bcsq)));
    if ours == theirs {
        return 1;
    }
    if !OTHERWISE.iter().any(|(file, words, _)| *file == place && *words == ours) {
        unknown.push(format!("{place} {v}\n    bcftools {theirs}\n    ours     {ours}"));
    }
    0
}

#[test]
fn single_records_agree_with_the_installed_bcftools() {
    let (mut unknown, mut compared, mut equal) = (Vec::new(), 0, 0);
    if !has_bcftools() {
        return;
    }
    for folder in folders() {
        for gff in files(&folder, ".gff") {
            let fa = &files(&folder, ".fa")[0];
            let case = Case::read(&gff, fa);
            for vcf in files(&folder, ".vcf") {
                let place = vcf.strip_prefix(folder.parent().unwrap()).unwrap().display().to_string();
                let Some(rows) = csq(&gff, fa, &text(&vcf)) else {
                    eprintln!("bcftools gives up on {place}");
                    continue;
                };
                for (name, position, from, to, bcsq) in rows {
                    let Some(v) = variant(&name, &position.to_string(), &from, &to) else { continue };
                    compared += 1;
                    equal += judge(&place, &v, &case, &name, &bcsq, &mut unknown);
                }
            }
        }
    }
    assert!(unknown.is_empty(), "{equal} of {compared} equal\n{}", unknown.join("\n"));
    assert!(compared > 70 || folders().is_empty(), "{compared}");
}

#[test]
fn expected_results_of_bcftools_are_ours() {
    let (mut unknown, mut compared, mut equal) = (Vec::new(), 0, 0);
    for folder in folders() {
        let case = Case::read(&files(&folder, ".gff")[0], &files(&folder, ".fa")[0]);
        for vcf in files(&folder, ".vcf") {
            let expected = vcf.with_extension("txt");
            let place = vcf.strip_prefix(folder.parent().unwrap()).unwrap().display().to_string();
            // What several records of one haplotype make together is not ours to say.
            if !expected.exists() || place.ends_with("haploid-diploid.vcf") {
                continue;
            }
            let (vcf, expected) = (text(&vcf), text(&expected));
            for record in vcf.lines().filter(|line| !line.starts_with('#')) {
                let f: Vec<&str> = record.split('\t').collect();
                let Some(v) = variant(f[0], f[1], f[3], f[4]) else { continue };
                let start = format!("{}\t{}\t{}\t", f[1], f[3], f[4]);
                let Some(row) = expected.lines().rev().find(|line| line.starts_with(&start)) else {
                    continue;
                };
                compared += 1;
                equal += judge(&place, &v, &case, f[0], row.rsplit('\t').next().unwrap(), &mut unknown);
            }
        }
    }
    assert!(unknown.is_empty(), "{equal} of {compared} equal\n{}", unknown.join("\n"));
    assert!(compared > 40 || folders().is_empty(), "{compared}");
}
