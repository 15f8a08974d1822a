//! A variant without what both alleles share: bases deleted, bases put in their place, and the other places
//! where the same change could be written.

use crate::reference::Reference;
use gj_model::{Contig, Variant};

/// A change of the strand of the reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The contig.
    pub contig: Contig,
    /// First deleted base, 1-based; of a pure insertion the base after it.
    pub start: u32,
    /// One past the last deleted base; of a pure insertion the same as `start`.
    pub end: u32,
    /// Bases put in, upper case.
    pub inserted: Vec<u8>,
}

impl Edit {
    /// The change of a variant: what the alleles share at the right end is cut first, then at the left.
    pub fn of(variant: &Variant) -> Edit {
        let (mut from, mut to) = (variant.reference.as_bytes(), variant.alternate.as_bytes());
        let mut start = variant.position.get();
        while let ([rest_from @ .., a], [rest_to @ .., b]) = (from, to)
            && a == b
        {
            (from, to) = (rest_from, rest_to);
        }
        while let ([a, rest_from @ ..], [b, rest_to @ ..]) = (from, to)
            && a == b
        {
            (from, to) = (rest_from, rest_to);
            start += 1;
        }
        Edit { contig: variant.contig, start, end: start + from.len() as u32, inserted: to.to_vec() }
    }

    /// Deleted bases.
    pub fn deleted(&self) -> u32 {
        self.end - self.start
    }

    /// Whether nothing is deleted.
    pub fn is_insertion(&self) -> bool {
        self.start == self.end
    }

    /// Whether the change lies on the bases `first..=last`; an insertion does where both its neighbours do.
    pub fn touches(&self, first: u32, last: u32) -> bool {
        self.end > first && self.start <= last
    }

    /// The same change one base to the right; `None` where it would be another change.
    pub fn right(&self, reference: &impl Reference) -> Option<Edit> {
        let mut next = self.clone();
        let entering = reference.base(self.contig, self.end)?;
        if self.is_insertion() {
            (*self.inserted.first()? == entering && entering != b'N')
                .then(|| next.inserted.rotate_left(1))?;
        } else {
            let leaving = reference.base(self.contig, self.start)?;
            (self.inserted.is_empty() && entering == leaving && entering != b'N').then_some(())?;
        }
        (next.start, next.end) = (self.start + 1, self.end + 1);
        Some(next)
    }

    /// The same change one base to the left; `None` where it would be another change.
    pub fn left(&self, reference: &impl Reference) -> Option<Edit> {
        let mut next = self.clone();
        let entering = reference.base(self.contig, self.start.checked_sub(1).filter(|&p| p > 0)?)?;
        if self.is_insertion() {
            (*self.inserted.last()? == entering && entering != b'N')
                .then(|| next.inserted.rotate_right(1))?;
        } else {
            let leaving = reference.base(self.contig, self.end - 1)?;
            (self.inserted.is_empty() && entering == leaving && entering != b'N').then_some(())?;
        }
        (next.start, next.end) = (self.start - 1, self.end - 1);
        Some(next)
    }
}
