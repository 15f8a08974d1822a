//! What PLINK's formats have in common: two-bit genotypes, ploidy by sex and place, tables of
//! variants and samples.
//!
//! PLINK takes the number of copies from sex and chromosome. The pseudo-autosomal regions of X are the
//! chromosomes PAR1 and PAR2, as PLINK 2 names them; PLINK 1.9 reads those with `--allow-extra-chr`.

use crate::alleles::Times;
use crate::losses::Losses;
use crate::{Column, Row};
use gj_kernels::Call;
use gj_model::{Contig, Sex, Variant, Zone};
use std::io::Write;

pub(crate) const REF_REF: u8 = 0;
pub(crate) const HET: u8 = 1;
pub(crate) const ALT_ALT: u8 = 2;
pub(crate) const MISSING: u8 = 3;

/// Alternate alleles of a call, or missing; one copy reads as two of the same.
pub(crate) fn genotype(call: Call) -> u8 {
    match call {
        Call::Ref | Call::RefRef | Call::RefRefPhased => REF_REF,
        Call::Het | Call::RefAltPhased | Call::AltRefPhased => HET,
        Call::Alt | Call::AltAlt | Call::AltAltPhased => ALT_ALT,
        Call::Absent | Call::Missing | Call::MissingHaploid => MISSING,
        Call::HalfRef | Call::HalfAlt | Call::MissingAltPhased | Call::AltMissingPhased => MISSING,
    }
}

/// Four genotypes a byte, the first in the lowest bits; `code` writes a call in two bits.
pub(crate) fn pack(calls: &[Call], code: &[u8; 16]) -> Vec<u8> {
    let byte = |four: &[Call]| {
        let bits = four.iter().enumerate().map(|(i, call)| code[call.code() as usize] << (2 * i));
        bits.fold(0, |byte, bits| byte | bits)
    };
    calls.chunks(4).map(byte).collect()
}

/// What a row loses besides phase.
pub(crate) fn losses(row: &Row, columns: &[Column]) -> Losses {
    let mut losses = Losses::default();
    let zone = row.variant.contig.zone(row.variant.position.get());
    if zone == Zone::Diploid {
        // Everybody has two copies: sex does not matter, and counting is enough.
        let times = Times::of(&row.calls);
        let sum = |calls: &[Call]| calls.iter().map(|call| u64::from(times.get(*call))).sum();
        losses.absent_as_missing = sum(&[Call::Absent]);
        losses.half_as_missing =
            sum(&[Call::HalfRef, Call::HalfAlt, Call::MissingAltPhased, Call::AltMissingPhased]);
        losses.ploidy = sum(&[Call::Ref, Call::Alt]);
        return losses;
    }
    for (call, column) in row.calls.iter().zip(columns) {
        match call {
            Call::Absent => losses.absent_as_missing += 1,
            Call::HalfRef | Call::HalfAlt | Call::MissingAltPhased | Call::AltMissingPhased => {
                losses.half_as_missing += 1
            }
            Call::Missing | Call::MissingHaploid => {}
            Call::Ref | Call::Alt => losses.ploidy += u64::from(!is_one_copy(zone, column.sex)),
            _ => losses.ploidy += u64::from(is_one_copy(zone, column.sex)),
        }
    }
    losses
}

fn is_one_copy(zone: Zone, sex: Sex) -> bool {
    match zone {
        Zone::Diploid => false,
        Zone::X => sex == Sex::Male,
        Zone::Y | Zone::Mt => true,
    }
}

/// The second pseudo-autosomal region lies past everything that is not.
const PAR2_FROM: u32 = 50_000_000;

/// The chromosome as PLINK 2 names it.
fn chromosome(variant: &Variant) -> &'static str {
    let position = variant.position.get();
    match (variant.contig, variant.contig.zone(position)) {
        (Contig::X, Zone::Diploid) if position < PAR2_FROM => "PAR1",
        (Contig::X, Zone::Diploid) => "PAR2",
        (contig, _) => contig.name(),
    }
}

/// A line of a `.pvar`.
pub(crate) fn pvar_line(out: &mut Vec<u8>, variant: &Variant) {
    let Variant { position, reference, alternate, .. } = variant;
    // Writing to memory cannot fail, here and below.
    let _ = writeln!(out, "{}\t{position}\t{variant}\t{reference}\t{alternate}", chromosome(variant));
}

/// A line of a `.bim`: the alternate allele is A1, the reference A2, as PLINK 2 writes it.
pub(crate) fn bim_line(out: &mut Vec<u8>, variant: &Variant) {
    let Variant { position, reference, alternate, .. } = variant;
    let _ = writeln!(out, "{}\t{variant}\t0\t{position}\t{alternate}\t{reference}", chromosome(variant));
}

/// The head of a `.pvar`.
pub(crate) fn pvar_head(notes: &[(&'static str, String)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (key, value) in notes {
        let _ = writeln!(out, "##{key}={value}");
    }
    out.extend_from_slice(b"#CHROM\tPOS\tID\tREF\tALT\n");
    out
}

/// A whole `.psam`.
pub(crate) fn psam(columns: &[Column]) -> Vec<u8> {
    let mut out = b"#IID\tSEX\n".to_vec();
    for column in columns {
        let sex = match column.sex {
            Sex::Male => "1",
            Sex::Female => "2",
            Sex::Unknown => "NA",
        };
        let _ = writeln!(out, "{}\t{sex}", column.name);
    }
    out
}

/// A whole `.fam`: no family, no parents, no phenotype.
pub(crate) fn fam(columns: &[Column]) -> Vec<u8> {
    let mut out = Vec::new();
    for column in columns {
        let sex = match column.sex {
            Sex::Male => 1,
            Sex::Female => 2,
            Sex::Unknown => 0,
        };
        let _ = writeln!(out, "0\t{}\t0\t0\t{sex}\t-9", column.name);
    }
    out
}
