//! bcftools as the oracle: splitting, left-alignment, and BCF as it writes it.

use crate::fixture::{Fixture, Plain, read, read_with, shared, vcf};
use crate::naive;
use gj_ingest::{ReadOptions, Reference};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

fn is_installed() -> bool {
    let found =
        Command::new("bcftools").arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        assert!(std::env::var_os("CI").is_none(), "bcftools is missing in CI");
        eprintln!("skipped: bcftools is not installed");
    }
    found
}

fn bcftools(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("bcftools").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What bcftools says a file holds, one row a record.
fn rows_of(path: &Path) -> Vec<Plain> {
    let text = bcftools(&["view", path.to_str().unwrap()]);
    naive::rows(&String::from_utf8(text).unwrap())
}

fn as_str(path: &Path) -> &str {
    path.to_str().unwrap()
}

const RECORDS: &[&str] = &[
    "chr22 100 . A C . PASS DP=3 GT 0|0 0|1 1|0 1|1 ./.",
    "chr22 110 . A G,T . PASS . GT 1|2 2/1 0/2 ./2 .|1",
    "chr22 120 rs1 C T 12.5 q . GT:DP 0/1:7 1/1:. 0 1 .",
    "chr22 130 . ATT A,ATTT . . . GT:DP 1/2:1 2/2:2 0/0:3 2|1:4 .:.",
    "chr22 140 . G A . . . DP 1 2 3 4 5",
    "chr22 150 . G A,AA,AC,AG,AT,CA,CC,CG,CT,GA,GC . . . GT 10/11 11|10 0/9 11 ./11",
];

#[test]
fn splitting_is_what_norm_does() {
    if !is_installed() {
        return;
    }
    let fixture = Fixture::new();
    let path = fixture.write("f.vcf", vcf(5, RECORDS));
    let split = fixture.path("split.vcf");
    bcftools(&["norm", "-m-", "-o", as_str(&split), as_str(&path)]);
    assert_eq!(read(&path).unwrap(), rows_of(&split));
}

#[test]
fn bcf_gives_what_vcf_gives() {
    if !is_installed() {
        return;
    }
    let fixture = Fixture::new();
    // 200 alternates need genotypes of two bytes.
    let alternates: Vec<String> = (0..200).map(|n| format!("A{}", "C".repeat(n + 1))).collect();
    let many = format!("chr22 160 . A {} . . . GT 199/200 0|128 127 ./1 .", alternates.join(","));
    let records: Vec<&str> = RECORDS.iter().copied().chain([many.as_str()]).collect();
    let path = fixture.write("f.vcf", vcf(5, &records));
    let expected = read(&path).unwrap();
    for kind in ["b", "u"] {
        let bcf = fixture.path(kind);
        bcftools(&["view", &format!("-O{kind}"), "-o", as_str(&bcf), as_str(&path)]);
        assert_eq!(read(&bcf).unwrap(), expected, "{kind}");
        let (kept, ..) = read_with(&bcf, &ReadOptions::default(), Some(vec![1, 3])).unwrap();
        let (kept_vcf, ..) = read_with(&path, &ReadOptions::default(), Some(vec![1, 3])).unwrap();
        assert_eq!(kept, kept_vcf);
    }
}

#[test]
fn a_real_gene_as_bcf_gives_what_it_gives_as_vcf() {
    let Some(shared) = shared() else { return };
    if !is_installed() {
        return;
    }
    let fixture = Fixture::new();
    let path = shared.join("data/genotypes/1000g_nygc30x_grch38_pgx/CYP26A1.vcf.gz");
    let bcf = fixture.path("gene.bcf");
    bcftools(&["view", "-Ob", "-o", as_str(&bcf), as_str(&path)]);
    let (from_bcf, from_vcf) = (read(&bcf).unwrap(), read(&path).unwrap());
    assert!(!from_vcf.is_empty() && from_bcf == from_vcf);
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn bases(&mut self, length: usize) -> String {
        (0..length).map(|_| ["A", "C", "G", "T"][self.below(4)]).collect()
    }
}

/// A genome of repeats: runs of short units between random bases.
fn genome(numbers: &mut Numbers) -> String {
    let mut bases = numbers.bases(20);
    while bases.len() < 6000 {
        let (length, times) = (1 + numbers.below(4), 2 + numbers.below(12));
        bases += &numbers.bases(length).repeat(times);
        let length = numbers.below(8);
        bases += &numbers.bases(length);
    }
    bases
}

#[test]
fn left_alignment_is_what_norm_does() {
    if !is_installed() {
        return;
    }
    for seed in 0..5 {
        let mut numbers = Numbers(seed);
        let genome = genome(&mut numbers);
        let fixture = Fixture::new();
        let lines: Vec<&str> =
            genome.as_bytes().chunks(60).map(|l| std::str::from_utf8(l).unwrap()).collect();
        let fasta = fixture.write("r.fa", format!(">chr22\n{}\n", lines.join("\n")));
        let mut positions: Vec<usize> = (0..1500).map(|_| 1 + numbers.below(5900)).collect();
        positions.sort_unstable();
        let mut records = Vec::new();
        for position in positions {
            let length = 1 + numbers.below(7);
            let reference = &genome[position - 1..position - 1 + length];
            let mut alternates: Vec<String> = Vec::new();
            for _ in 0..1 + numbers.below(2) {
                let cut = numbers.below(length) + 1;
                let inserted = numbers.below(4);
                // Copies of what stands there move; random bases do not.
                let alternate = match numbers.below(3) {
                    0 => reference[..cut].to_owned(),
                    1 => format!("{reference}{}", &genome[position - 1 + length..][..inserted]),
                    _ => format!("{}{}", &reference[..cut], numbers.bases(inserted)),
                };
                if alternate != reference && !alternates.contains(&alternate) {
                    alternates.push(alternate);
                }
            }
            if !alternates.is_empty() {
                records.push(format!("chr22 {position} . {reference} {} . . . GT 0/0", alternates.join(",")));
            }
        }
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        let path = fixture.write("f.vcf", vcf(1, &records));
        let (split, aligned) = (fixture.path("split.vcf"), fixture.path("aligned.vcf"));
        bcftools(&["norm", "-m-", "-o", as_str(&split), as_str(&path)]);
        bcftools(&["norm", "-f", as_str(&fasta), "-o", as_str(&aligned), as_str(&split)]);
        let options = ReadOptions {
            reference: Some(Arc::new(Reference::open(&fasta).unwrap())),
            ..ReadOptions::default()
        };
        let (found, _, report) = read_with(&path, &options, None).unwrap();
        let expected = rows_of(&aligned);
        assert!(report.normalised_rows > 500, "{report:?}");
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "seed {seed}");
        }
        assert_eq!(found.len(), expected.len());
    }
}
