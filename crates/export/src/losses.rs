//! What a format cannot say, counted while it is written.

use std::ops::AddAssign;

/// Calls that read back as something else. Zero where the format says all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Losses {
    /// Not recorded for the person at all; every format says missing.
    pub absent_as_missing: u64,
    /// One allele known, the other not (`0/.`); PLINK formats say missing.
    pub half_as_missing: u64,
    /// Heterozygous calls whose phase is not kept.
    pub phase: u64,
    /// Calls whose number of copies PLINK takes from sex and place instead.
    pub ploidy: u64,
}

impl Losses {
    /// Whether everything was said.
    pub fn is_nothing(&self) -> bool {
        *self == Losses::default()
    }
}

impl AddAssign for Losses {
    fn add_assign(&mut self, other: Losses) {
        self.absent_as_missing += other.absent_as_missing;
        self.half_as_missing += other.half_as_missing;
        self.phase += other.phase;
        self.ploidy += other.ploidy;
    }
}
