//! The fields whose number and type the VCF specification fixes.
//!
//! Tables of sections 1.6.1 and 1.6.2 (INFO and FORMAT), restricted to what a header can contradict.
//! `Number=.` is accepted where the number depends on the alleles, and `3` where one value a diploid
//! genotype is meant: imputation servers and older callers write so, and say nothing wrong.

use super::Minor;
use super::definition::{Kind, Number};
use crate::error::Fault;

/// Where a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Info,
    Format,
}

impl Place {
    /// The specification's own fields.
    pub(crate) fn reserved(self) -> &'static [Reserved] {
        match self {
            Place::Info => &INFO,
            Place::Format => &FORMAT,
        }
    }
}

/// A field of the specification.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reserved {
    pub(crate) id: &'static str,
    pub(crate) number: Number,
    /// Accepted types, the specification's first.
    pub(crate) kinds: &'static [Kind],
    /// The minor version that reserved it.
    pub(crate) since: Minor,
    pub(crate) values: Values,
}

/// What a value must be beyond its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Values {
    Any,
    NotNegative,
    Cigar,
}

use Kind::{Flag, Float, Integer, String};
use Number::{Alleles, Alternates, Fixed, Genotypes};
use Values::{Any, Cigar, NotNegative};

const fn field(
    id: &'static str,
    number: Number,
    kinds: &'static [Kind],
    since: Minor,
    values: Values,
) -> Reserved {
    Reserved { id, number, kinds, since, values }
}

static INFO: [Reserved; 21] = [
    field("AA", Fixed(1), &[String], 0, Any),
    field("AC", Alternates, &[Integer], 0, NotNegative),
    field("AD", Alleles, &[Integer], 3, NotNegative),
    field("ADF", Alleles, &[Integer], 3, NotNegative),
    field("ADR", Alleles, &[Integer], 3, NotNegative),
    field("AF", Alternates, &[Float], 0, NotNegative),
    field("AN", Fixed(1), &[Integer], 0, NotNegative),
    field("BQ", Fixed(1), &[Float], 0, Any),
    field("CIGAR", Alternates, &[String], 0, Cigar),
    field("DB", Fixed(0), &[Flag], 0, Any),
    field("DP", Fixed(1), &[Integer], 0, NotNegative),
    field("END", Fixed(1), &[Integer], 0, NotNegative),
    field("H2", Fixed(0), &[Flag], 0, Any),
    field("H3", Fixed(0), &[Flag], 0, Any),
    // The tables disagree between versions; both numbers are in use.
    field("MQ", Fixed(1), &[Float, Integer], 0, Any),
    field("MQ0", Fixed(1), &[Integer], 0, NotNegative),
    field("NS", Fixed(1), &[Integer], 0, NotNegative),
    field("SOMATIC", Fixed(0), &[Flag], 0, Any),
    field("VALIDATED", Fixed(0), &[Flag], 0, Any),
    field("1000G", Fixed(0), &[Flag], 0, Any),
    field("IMPRECISE", Fixed(0), &[Flag], 0, Any),
];

static FORMAT: [Reserved; 16] = [
    field("AD", Alleles, &[Integer], 3, Any),
    field("ADF", Alleles, &[Integer], 3, Any),
    field("ADR", Alleles, &[Integer], 3, Any),
    field("DP", Fixed(1), &[Integer], 0, Any),
    field("EC", Alternates, &[Integer], 0, Any),
    field("FT", Fixed(1), &[String], 0, Any),
    field("GL", Genotypes, &[Float], 0, Any),
    field("GLE", Genotypes, &[String], 0, Any),
    field("GP", Genotypes, &[Float], 0, Any),
    // Several callers (among them those of public benchmark genomes) give it as a Float.
    field("GQ", Fixed(1), &[Integer, Float], 0, Any),
    field("GT", Fixed(1), &[String], 0, Any),
    field("HQ", Fixed(2), &[Integer], 0, Any),
    field("MQ", Fixed(1), &[Integer], 0, Any),
    field("PL", Genotypes, &[Integer], 0, Any),
    field("PQ", Fixed(1), &[Integer], 0, Any),
    field("PS", Fixed(1), &[Integer], 0, Any),
];

impl Reserved {
    /// Compares a header's definition with the specification's.
    pub(crate) fn check(&self, number: Number, kind: Kind) -> Result<(), Fault> {
        let per_allele = !matches!(self.number, Fixed(_));
        let number_fits = number == self.number
            || (per_allele && number == Number::Unknown)
            || (self.number == Genotypes && number == Fixed(3));
        if number_fits && self.kinds.contains(&kind) {
            return Ok(());
        }
        Err(Fault::header(
            format!("`{}` defined with Number={} and Type={kind:?}", self.id, shown(number)),
            format!(
                "Number={} and Type={:?}, as the VCF specification reserves it (`bcftools reheader` mends it)",
                shown(self.number),
                self.kinds[0]
            ),
        ))
    }
}

fn shown(number: Number) -> std::string::String {
    match number {
        Fixed(n) => n.to_string(),
        Alternates => "A".to_owned(),
        Alleles => "R".to_owned(),
        Genotypes => "G".to_owned(),
        Number::Unknown => ".".to_owned(),
    }
}
