//! The five numbers of a frequency panel.

use std::ops::{Add, AddAssign};

/// Counts of one alternate allele in one group of people. A commutative monoid under `+`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Counts {
    /// Alternate alleles.
    pub ac: u32,
    /// Called alleles.
    pub an: u32,
    /// People with two copies of the alternate allele.
    pub hom: u32,
    /// People whose only copy is the alternate allele (X and Y in males, homoplasmic MT).
    pub hemi: u32,
    /// People with at least one called allele.
    pub people: u32,
}

impl Counts {
    /// Whether nobody was called.
    pub fn is_empty(&self) -> bool {
        self.people == 0
    }
}

impl Add for Counts {
    type Output = Counts;

    fn add(self, other: Counts) -> Counts {
        Counts {
            ac: self.ac + other.ac,
            an: self.an + other.an,
            hom: self.hom + other.hom,
            hemi: self.hemi + other.hemi,
            people: self.people + other.people,
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Counts>>(counts: I) -> Counts {
        counts.fold(Counts::default(), Counts::add)
    }
}
