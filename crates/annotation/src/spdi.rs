//! The canonical name of a change by SPDI: the change spread over every place where it could be written, so that
//! all its spellings become one (NCBI's variant overprecision correction, "fully justified" in VRS).
//!
//! Holmes et al., SPDI: data model for variants and applications at NCBI, Bioinformatics 36 (2020) 1902.

use crate::accession::accession;
use crate::edit::Edit;
use crate::reference::Reference;
use gj_model::{Contig, Variant};
use std::fmt;

/// Bases that a change is followed to each side. A change that slides further keeps no name: longer perfect
/// repeats are structural, and reading on would cost more than the name is worth.
pub const SLIDE_BASES_MAX: u32 = 100_000;
/// Bases read at a time while following.
const CHUNK_BASES: u32 = 128;

/// A change spread over its whole region of ambiguity. Writes itself as SPDI: `NC_000001.11:40819438:CTC:C`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Justified {
    /// The contig.
    pub contig: Contig,
    /// Bases before the change, that is its 0-based interbase start.
    pub start: u32,
    /// Bases of the reference in the region.
    pub deleted: Vec<u8>,
    /// What stands in their place.
    pub inserted: Vec<u8>,
    /// Bases that a pure deletion takes out or a pure insertion puts in; 0 where bases are replaced.
    pub unit: u32,
}

/// A reference that has no bases. With it only changes that cannot slide have names.
#[derive(Debug, Clone, Copy)]
pub struct NoBases;

impl Reference for NoBases {
    fn bases(&self, _: Contig, _: u32, _: u32) -> Option<std::borrow::Cow<'_, [u8]>> {
        None
    }
}

impl Justified {
    /// The change of a variant. `None` where it could slide over bases that the reference does not have, where
    /// the reference has other bases than the variant says, where an allele holds `N`, or where it slides more
    /// than [`SLIDE_BASES_MAX`].
    pub fn of(variant: &Variant, reference: &impl Reference) -> Option<Justified> {
        let alleles = [variant.reference.as_bytes(), variant.alternate.as_bytes()];
        if alleles.concat().contains(&b'N') {
            return None;
        }
        let first = variant.position.get();
        let last = first.checked_add(variant.reference.len() as u32)? - 1;
        if let Some(found) = reference.bases(variant.contig, first, last)
            && found != alleles[0]
        {
            return None;
        }
        let edit = Edit::of(variant);
        let from = (edit.start - first) as usize;
        let deleted = &alleles[0][from..from + edit.deleted() as usize];
        let start = edit.start - 1;
        let unit = match (deleted, &edit.inserted[..]) {
            ([], unit) | (unit, []) => unit,
            // Bases are replaced: the change can be nowhere else.
            _ => {
                let (deleted, inserted) = (deleted.to_vec(), edit.inserted);
                return Some(Justified { contig: edit.contig, start, deleted, inserted, unit: 0 });
            }
        };
        let left = slide(reference, edit.contig, edit.start, unit, Side::Left)?;
        let right = slide(reference, edit.contig, edit.end, unit, Side::Right)?;
        Some(Justified {
            contig: edit.contig,
            start: start - left.len() as u32,
            deleted: [&left, deleted, &right].concat(),
            inserted: [&left, &edit.inserted[..], &right].concat(),
            unit: unit.len() as u32,
        })
    }

    /// The end of the region, interbase.
    pub fn end(&self) -> u32 {
        self.start + self.deleted.len() as u32
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Left,
    Right,
}

/// Bases beside a change over which it slides: those that go on repeating its unit. `from` is the first base
/// right of the change, or the first base of the change itself, 1-based.
fn slide(reference: &impl Reference, contig: Contig, from: u32, unit: &[u8], side: Side) -> Option<Vec<u8>> {
    let mut passed: Vec<u8> = Vec::new();
    loop {
        let done = passed.len() as u32;
        let (first, last) = match side {
            Side::Right => {
                let first = from + done;
                (first, first.saturating_add(CHUNK_BASES - 1).min(contig.length()))
            }
            Side::Left => {
                let last = from - 1 - done;
                (last.saturating_sub(CHUNK_BASES - 1).max(1), last)
            }
        };
        // The end of the contig.
        if first > last {
            break;
        }
        // A chunk that reaches beyond what is at hand is read base by base.
        let found = match reference.bases(contig, first, last) {
            Some(bases) => bases.into_owned(),
            None => vec![reference.base(contig, if side == Side::Left { last } else { first })?],
        };
        let found: Vec<u8> = if side == Side::Left { found.into_iter().rev().collect() } else { found };
        let cycle = |at: usize| match side {
            Side::Right => unit[at % unit.len()],
            Side::Left => unit[unit.len() - 1 - at % unit.len()],
        };
        let more = found.iter().enumerate().take_while(|(i, base)| **base == cycle(passed.len() + i)).count();
        passed.extend(&found[..more]);
        if more < found.len() {
            break;
        }
        if passed.len() as u32 > SLIDE_BASES_MAX {
            return None;
        }
    }
    if side == Side::Left {
        passed.reverse();
    }
    Some(passed)
}

impl fmt::Display for Justified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |bases| String::from_utf8_lossy(bases);
        let (deleted, inserted) = (text(&self.deleted), text(&self.inserted));
        write!(f, "{}:{}:{deleted}:{inserted}", accession(self.contig), self.start)
    }
}

/// The canonical SPDI name of a variant; `None` as [`Justified::of`] says.
pub fn spdi(variant: &Variant, reference: &impl Reference) -> Option<String> {
    Justified::of(variant, reference).map(|change| change.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stretch;

    fn named(bases: &[u8], variant: &str) -> Option<String> {
        spdi(&variant.parse().unwrap(), &Stretch::new("chr1".parse().unwrap(), 1, bases))
    }

    #[test]
    fn a_change_is_spread_over_every_place_it_could_be_at() {
        let bases = b"GGATCACACATTG";
        for deletion in ["chr1-4-TCA-T", "chr1-5-CAC-C", "chr1-8-ACA-A", "chr1-6-ACA-A"] {
            assert_eq!(named(bases, deletion).as_deref(), Some("NC_000001.11:4:CACACA:CACA"), "{deletion}");
        }
        for insertion in ["chr1-4-T-TCA", "chr1-10-A-ACA", "chr1-5-C-CAC"] {
            assert_eq!(named(bases, insertion).as_deref(), Some("NC_000001.11:4:CACACA:CACACACA"));
        }
        assert_eq!(named(bases, "chr1-3-A-ACC").as_deref(), Some("NC_000001.11:3::CC"));
        // Partial repeats slide too.
        assert_eq!(named(b"TTCTCCA", "chr1-2-TCT-T").as_deref(), Some("NC_000001.11:1:TCTC:TC"));
    }

    #[test]
    fn replaced_bases_have_a_name_without_a_reference() {
        let none = |variant: &str| spdi(&variant.parse().unwrap(), &NoBases);
        assert_eq!(none("chr22-42127941-G-A").as_deref(), Some("NC_000022.11:42127940:G:A"));
        assert_eq!(none("chr22-42127941-GTT-GAC").as_deref(), Some("NC_000022.11:42127941:TT:AC"));
        assert_eq!(none("chr22-42127941-GT-G"), None);
        assert_eq!(none("chr22-42127941-G-N"), None);
    }

    #[test]
    fn a_reference_that_disagrees_or_ends_gives_no_name() {
        assert_eq!(named(b"GGATCACACATTG", "chr1-4-G-A"), None);
        // Could go on beyond what is at hand.
        assert_eq!(named(b"GGCACACA", "chr1-3-CAC-C"), None);
    }

    #[test]
    fn what_slides_too_far_has_no_name() {
        let bases = [b"G".as_slice(), &b"A".repeat(SLIDE_BASES_MAX as usize + 500), b"G"].concat();
        assert_eq!(named(&bases, "chr1-1-GA-G"), None);
    }
}
