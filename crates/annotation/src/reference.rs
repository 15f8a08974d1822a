//! Bases of the reference genome, as a caller has them. This room opens no file.

use gj_model::Contig;
use std::borrow::Cow;

/// Somebody who has the bases of the reference genome.
pub trait Reference {
    /// Bases `start..=end` (1-based) of the strand of the reference, upper case; `None` where they are
    /// not to be had.
    fn bases(&self, contig: Contig, start: u32, end: u32) -> Option<Cow<'_, [u8]>>;

    /// One base; `None` where it is not to be had.
    fn base(&self, contig: Contig, position: u32) -> Option<u8> {
        self.bases(contig, position, position).and_then(|bases| bases.first().copied())
    }
}

/// A stretch of one contig held in memory.
#[derive(Debug, Clone)]
pub struct Stretch {
    contig: Contig,
    start: u32,
    bases: Vec<u8>,
}

impl Stretch {
    /// The bases of a contig from a 1-based position on, in either case of letters.
    pub fn new(contig: Contig, start: u32, bases: &[u8]) -> Stretch {
        Stretch { contig, start, bases: bases.to_ascii_uppercase() }
    }
}

impl Reference for Stretch {
    fn bases(&self, contig: Contig, start: u32, end: u32) -> Option<Cow<'_, [u8]>> {
        let from = start.checked_sub(self.start).filter(|_| contig == self.contig)? as usize;
        let to = (end.checked_sub(self.start)? as usize).checked_add(1)?;
        self.bases.get(from..to).map(Cow::Borrowed)
    }
}

/// The other strand of some bases, read in its own direction. What is no base becomes `N`.
pub fn reverse_complement(bases: &[u8]) -> Vec<u8> {
    bases.iter().rev().map(|&base| complement(base)).collect()
}

fn complement(base: u8) -> u8 {
    match base {
        b'A' => b'T',
        b'C' => b'G',
        b'G' => b'C',
        b'T' => b'A',
        _ => b'N',
    }
}
