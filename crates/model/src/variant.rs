//! A variant: a contig, a 1-based position and two different alleles.

use crate::contig::{Contig, UnknownContig};
use crate::region::Position;
use std::fmt;
use std::str::FromStr;

/// Bases of an allele in a question at most.
///
/// A question is repeated in the audit log, which keeps it for good, so that nobody may make it as long
/// as they like. Short-read callers write alleles in full up to some hundred bases; longer changes are
/// structural variants. What is submitted is not read by [`Variant::from_str`] and not limited by this.
pub const ALLELE_BASES_MAX: usize = 1_000;

/// One alternate allele at one place of GRCh38, written `chr22-42127941-G-A`.
///
/// Alleles are upper-case `ACGTN`. Order: karyotype, position, reference allele, alternate allele.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Variant {
    /// The contig.
    pub contig: Contig,
    /// 1-based position of the first base of `reference`.
    pub position: Position,
    /// Reference allele.
    pub reference: String,
    /// Alternate allele.
    pub alternate: String,
}

/// Why a text is not a variant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VariantError {
    /// Not of the form `contig-position-ref-alt`.
    #[error("`{0}` is not a variant; write it as `chr22-42127941-G-A`")]
    Form(String),
    /// The contig is not known.
    #[error(transparent)]
    Contig(#[from] UnknownContig),
    /// An allele holds other letters than `ACGTN`, or both alleles are the same.
    #[error("`{0}` does not name two different alleles of the bases A, C, G, T or N")]
    Alleles(String),
    /// An allele is longer than a question may name.
    #[error("`{0}` names an allele that is too long to ask for; write at most {ALLELE_BASES_MAX} bases")]
    Long(String),
}

/// Whether a text is a non-empty run of the bases `ACGTN` in either case.
pub fn is_bases(text: &[u8]) -> bool {
    !text.is_empty()
        && text.iter().all(|b| matches!(b.to_ascii_uppercase(), b'A' | b'C' | b'G' | b'T' | b'N'))
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}-{}", self.contig, self.position, self.reference, self.alternate)
    }
}

impl FromStr for Variant {
    type Err = VariantError;

    /// Reads a variant as somebody asks for it: alleles of at most [`ALLELE_BASES_MAX`] bases.
    /// Accepts `-` or `:` between the parts and a `>` between the alleles, in any case of letters.
    fn from_str(text: &str) -> Result<Variant, VariantError> {
        let form = || VariantError::Form(text.chars().take(80).collect());
        let parts: Vec<&str> = text.split(['-', ':', '>']).collect();
        let [contig, position, reference, alternate] = parts[..] else { return Err(form()) };
        let contig: Contig = contig.parse()?;
        let position = position.replace(',', "").parse().ok().and_then(Position::new).ok_or_else(form)?;
        if position.get() > contig.length() {
            return Err(form());
        }
        if reference.len().max(alternate.len()) > ALLELE_BASES_MAX {
            return Err(VariantError::Long(text.chars().take(80).collect()));
        }
        let (reference, alternate) = (reference.to_ascii_uppercase(), alternate.to_ascii_uppercase());
        if !is_bases(reference.as_bytes()) || !is_bases(alternate.as_bytes()) || reference == alternate {
            return Err(VariantError::Alleles(text.chars().take(80).collect()));
        }
        Ok(Variant { contig, position, reference, alternate })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_variant_are_equal() {
        let variant: Variant = "chr22-42127941-G-A".parse().unwrap();
        for spelling in ["22-42127941-g-a", "22:42127941:G:A", "chr22:42,127,941:G>A", "chr22-42127941-G-A"] {
            assert_eq!(spelling.parse(), Ok(variant.clone()), "{spelling}");
        }
        assert_eq!(variant.to_string(), "chr22-42127941-G-A");
    }

    #[test]
    fn a_question_names_alleles_of_bounded_length() {
        let insertion = |bases: usize| format!("chr22-5-A-{}", "A".repeat(bases)).parse::<Variant>();
        assert!(insertion(ALLELE_BASES_MAX).is_ok());
        let error = insertion(ALLELE_BASES_MAX + 1).unwrap_err();
        assert!(error.to_string().ends_with("write at most 1000 bases"), "{error}");
        assert!(error.to_string().len() < 200);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in
            ["", "chr22", "chr22-0-G-A", "chr22-5-G-G", "chr22-5-G-<DEL>", "chr22-999999999-G-A", "x-y"]
        {
            assert!(text.parse::<Variant>().is_err(), "{text}");
        }
    }
}
