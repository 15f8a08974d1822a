//! One sample's genotype at a record with any number of alternate alleles, and what it is at each of
//! them once the record is split.
//!
//! Reads the text form of GT. An allele other than the one asked for reads as reference, as
//! `bcftools norm -m-` writes it, so the number of called alleles does not change by splitting.

use gj_kernels::{Call, Sparse};

/// More alleles than any site of people has; it bounds the rows one record can give.
pub(crate) const ALLELES_MAX: usize = 4_096;
const MISSING: u16 = u16::MAX;
const NONE: u16 = u16::MAX - 1;

/// Up to two alleles by number, 0 the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Genotype {
    first: u16,
    second: u16,
    phased: bool,
}

impl Genotype {
    /// `./.`
    pub(crate) const MISSING: Genotype = Genotype { first: MISSING, second: MISSING, phased: false };

    /// One copy; `None` is `.`.
    pub(crate) fn haploid(allele: Option<u16>) -> Genotype {
        Genotype { first: allele.unwrap_or(MISSING), second: NONE, phased: false }
    }

    /// Two copies in file order.
    pub(crate) fn diploid(first: Option<u16>, second: Option<u16>, phased: bool) -> Genotype {
        Genotype { first: first.unwrap_or(MISSING), second: second.unwrap_or(MISSING), phased }
    }

    /// Number of copies; `None` where nothing says it (`.` stands for any missing genotype).
    pub(crate) fn ploidy(self) -> Option<u32> {
        match (self.first, self.second) {
            (MISSING, NONE) => None,
            (_, NONE) => Some(1),
            _ => Some(2),
        }
    }

    /// The call at one alternate allele, 1 the first.
    pub(crate) fn call(self, alternate: u16) -> Call {
        let carries = |allele: u16| (allele != MISSING).then_some(allele == alternate);
        match self.second {
            NONE => Call::haploid(carries(self.first)),
            second => Call::diploid(carries(self.first), carries(second), self.phased),
        }
    }
}

/// Why a GT is not read; the value itself is nobody's to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GenotypeFault {
    /// Not alleles with `/` or `|` between them.
    Form,
    /// An allele number that the record does not have.
    Allele,
    /// More than two alleles.
    Ploidy,
}

impl GenotypeFault {
    /// What was found and what was expected.
    pub(crate) fn explain(self) -> (&'static str, &'static str) {
        match self {
            GenotypeFault::Form => {
                ("a GT that is not a genotype", "alleles such as `0/1`, `1|0`, `./.` or `1`")
            }
            GenotypeFault::Allele => {
                ("an allele number that the record does not have", "0 for REF, 1 for the first ALT and so on")
            }
            GenotypeFault::Ploidy => (
                "a genotype of more than two alleles",
                "one or two: this programme collects haploid and diploid calls",
            ),
        }
    }
}

/// Whether a mark may stand before the first allele (`/0|1`): since version 4.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LeadingMark {
    Allowed,
    Refused,
}

/// Reads a GT; `alleles` counts REF and every ALT.
pub(crate) fn parse(text: &[u8], alleles: usize, mark: LeadingMark) -> Result<Genotype, GenotypeFault> {
    let mut rest = text;
    if mark == LeadingMark::Allowed && matches!(rest.first(), Some(b'/' | b'|')) {
        rest = &rest[1..];
    }
    let first = allele(&mut rest, alleles)?;
    let Some((separator, after)) = rest.split_first() else { return Ok(Genotype::haploid(first)) };
    if !matches!(separator, b'/' | b'|') {
        return Err(GenotypeFault::Form);
    }
    rest = after;
    let second = allele(&mut rest, alleles)?;
    match rest.first() {
        None => Ok(Genotype::diploid(first, second, *separator == b'|')),
        Some(b'/' | b'|') => Err(GenotypeFault::Ploidy),
        Some(_) => Err(GenotypeFault::Form),
    }
}

fn allele(rest: &mut &[u8], alleles: usize) -> Result<Option<u16>, GenotypeFault> {
    if let Some(after) = rest.strip_prefix(b".") {
        *rest = after;
        return Ok(None);
    }
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return Err(GenotypeFault::Form);
    }
    let number = rest[..digits]
        .iter()
        .fold(0usize, |sum, digit| sum.saturating_mul(10).saturating_add(usize::from(digit - b'0')));
    *rest = &rest[digits..];
    u16::try_from(number).ok().filter(|_| number < alleles).map(Some).ok_or(GenotypeFault::Allele)
}

/// The genotypes of one record over the kept samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Genotypes {
    /// The record has no GT: nobody is called.
    Absent(usize),
    /// One alternate allele, and most have the same call.
    Sparse(Sparse),
    /// One alternate allele: already calls.
    Biallelic(Vec<Call>),
    /// Several alternate alleles.
    Multiallelic(Vec<Genotype>),
}

impl Genotypes {
    /// The row at one alternate allele, 1 the first, as it is stored.
    pub(crate) fn encode(&self, alternate: u16) -> Vec<u8> {
        match self {
            Genotypes::Sparse(sparse) => sparse.encode(),
            _ => gj_kernels::encode(&self.calls(alternate)),
        }
    }

    /// The calls at one alternate allele, 1 the first.
    pub(crate) fn calls(&self, alternate: u16) -> std::borrow::Cow<'_, [Call]> {
        match self {
            Genotypes::Absent(samples) => vec![Call::Missing; *samples].into(),
            Genotypes::Sparse(sparse) => sparse.calls().into(),
            Genotypes::Biallelic(calls) => calls.into(),
            Genotypes::Multiallelic(genotypes) => {
                genotypes.iter().map(|genotype| genotype.call(alternate)).collect::<Vec<_>>().into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(text: &str, alleles: usize) -> Result<Vec<Call>, GenotypeFault> {
        let genotype = parse(text.as_bytes(), alleles, LeadingMark::Allowed)?;
        Ok((1..alleles as u16).map(|alternate| genotype.call(alternate)).collect())
    }

    #[test]
    fn other_alternates_read_as_reference() {
        assert_eq!(calls("1|2", 3), Ok(vec![Call::AltRefPhased, Call::RefAltPhased]));
        assert_eq!(calls("2/2", 3), Ok(vec![Call::RefRef, Call::AltAlt]));
        assert_eq!(calls("./2", 3), Ok(vec![Call::HalfRef, Call::HalfAlt]));
        assert_eq!(calls("11", 12).map(|calls| calls[10]), Ok(Call::Alt));
        assert_eq!(calls(".", 2), Ok(vec![Call::MissingHaploid]));
        assert_eq!(calls("/0|1", 2), Ok(vec![Call::RefAltPhased]));
        assert_eq!(calls("|0", 2), Ok(vec![Call::Ref]));
    }

    #[test]
    fn what_is_no_genotype_is_refused() {
        for (text, fault) in [
            ("", GenotypeFault::Form),
            ("0/", GenotypeFault::Form),
            ("0/|1", GenotypeFault::Form),
            ("a", GenotypeFault::Form),
            ("0/1x", GenotypeFault::Form),
            ("0/2", GenotypeFault::Allele),
            ("99999999999999999999999", GenotypeFault::Allele),
            ("0/0/1", GenotypeFault::Ploidy),
        ] {
            assert_eq!(calls(text, 2), Err(fault), "{text}");
        }
        assert_eq!(parse(b"/0/1", 2, LeadingMark::Refused), Err(GenotypeFault::Form));
    }
}
