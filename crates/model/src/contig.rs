//! Chromosomes of GRCh38 and where a person carries one copy instead of two.
//!
//! Lengths and pseudo-autosomal regions: Genome Reference Consortium, assembly GCF_000001405.26
//! (GRCh38) and its assembly report. Never reads a file.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// One of the 25 primary sequences of GRCh38: chromosomes 1–22, X, Y and the mitochondrion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Contig(u8);

/// What a position means for the number of copies a person carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Zone {
    /// Autosomes and the pseudo-autosomal regions: two copies in everybody.
    Diploid,
    /// X outside the pseudo-autosomal regions: two copies in females, one in males.
    X,
    /// Y outside the pseudo-autosomal regions: one copy in males, none in females.
    Y,
    /// The mitochondrion: one (haploid) count a person, whatever the call's ploidy.
    Mt,
}

const NAMES: [&str; 25] = [
    "chr1", "chr2", "chr3", "chr4", "chr5", "chr6", "chr7", "chr8", "chr9", "chr10", "chr11", "chr12",
    "chr13", "chr14", "chr15", "chr16", "chr17", "chr18", "chr19", "chr20", "chr21", "chr22", "chrX", "chrY",
    "chrM",
];

/// GRCh38 lengths in bases, in the order of `NAMES`.
const LENGTHS: [u32; 25] = [
    248_956_422,
    242_193_529,
    198_295_559,
    190_214_555,
    181_538_259,
    170_805_979,
    159_345_973,
    145_138_636,
    138_394_717,
    133_797_422,
    135_086_622,
    133_275_309,
    114_364_328,
    107_043_718,
    101_991_189,
    90_338_345,
    83_257_441,
    80_373_285,
    58_617_616,
    64_444_167,
    46_709_983,
    50_818_468,
    156_040_895,
    57_227_415,
    16_569,
];

/// GRCh37 lengths in bases, same order: only to recognise a file made on the older build.
const LENGTHS_GRCH37: [u32; 25] = [
    249_250_621,
    243_199_373,
    198_022_430,
    191_154_276,
    180_915_260,
    171_115_067,
    159_138_663,
    146_364_022,
    141_213_431,
    135_534_747,
    135_006_516,
    133_851_895,
    115_169_878,
    107_349_540,
    102_531_392,
    90_354_753,
    81_195_210,
    78_077_248,
    59_128_983,
    63_025_520,
    48_129_895,
    51_304_566,
    155_270_560,
    59_373_566,
    16_569,
];

impl Contig {
    /// Chromosome X.
    pub const X: Contig = Contig(22);
    /// Chromosome Y.
    pub const Y: Contig = Contig(23);
    /// The mitochondrial genome.
    pub const MT: Contig = Contig(24);

    /// All contigs in karyotype order.
    pub fn all() -> impl Iterator<Item = Contig> {
        (0..25).map(Contig)
    }

    /// Rank in karyotype order, `0..25`; the stored form.
    pub fn index(self) -> u8 {
        self.0
    }

    /// The contig of a stored rank; `None` from 25 on.
    pub fn from_index(index: u8) -> Option<Contig> {
        (index < 25).then_some(Contig(index))
    }

    /// The name with its prefix: `chr22`, `chrX`, `chrM`.
    pub fn name(self) -> &'static str {
        NAMES[self.0 as usize]
    }

    /// The name without prefix: `22`, `X`, `MT`.
    pub fn bare(self) -> &'static str {
        if self == Contig::MT { "MT" } else { &NAMES[self.0 as usize][3..] }
    }

    /// Length on GRCh38 in bases.
    pub fn length(self) -> u32 {
        LENGTHS[self.0 as usize]
    }

    /// Length on GRCh37 in bases.
    pub fn length_grch37(self) -> u32 {
        LENGTHS_GRCH37[self.0 as usize]
    }

    /// How many copies of `position` (1-based) people carry.
    ///
    /// PAR1 and PAR2 as published by the Genome Reference Consortium for GRCh38.
    pub fn zone(self, position: u32) -> Zone {
        match self {
            Contig::X => match position {
                10_001..=2_781_479 | 155_701_383..=156_030_895 => Zone::Diploid,
                _ => Zone::X,
            },
            Contig::Y => match position {
                10_001..=2_781_479 | 56_887_903..=57_217_415 => Zone::Diploid,
                _ => Zone::Y,
            },
            Contig::MT => Zone::Mt,
            _ => Zone::Diploid,
        }
    }

    /// A sequence of the GRCh38 analysis sets that is not a primary chromosome: unplaced, alternate
    /// and decoy sequences, HLA alleles and the Epstein–Barr virus. Calls there are not collected.
    pub fn is_secondary_name(name: &str) -> bool {
        name.starts_with("chrUn_")
            || name.starts_with("HLA-")
            || name == "chrEBV"
            || ["_random", "_alt", "_decoy", "_fix"].iter().any(|tail| name.ends_with(tail))
    }
}

/// The name is not one of `chr1`…`chr22`, `chrX`, `chrY`, `chrM` (or without `chr`, or `MT`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown contig `{0}`; expected chr1–chr22, chrX, chrY or chrM of GRCh38")]
pub struct UnknownContig(pub String);

impl FromStr for Contig {
    type Err = UnknownContig;

    fn from_str(text: &str) -> Result<Contig, UnknownContig> {
        let bare = text.strip_prefix("chr").unwrap_or(text);
        // Asked once a record: numbers are read, not looked for.
        match bare.as_bytes() {
            [ones @ b'1'..=b'9'] => Ok(Contig(ones - b'1')),
            [b'1', ones @ b'0'..=b'9'] => Ok(Contig(9 + ones - b'0')),
            [b'2', ones @ b'0'..=b'2'] => Ok(Contig(19 + ones - b'0')),
            b"X" => Ok(Contig(22)),
            b"Y" => Ok(Contig(23)),
            b"M" | b"MT" => Ok(Contig(24)),
            _ => Err(UnknownContig(text.chars().take(60).collect())),
        }
    }
}

impl fmt::Display for Contig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TryFrom<String> for Contig {
    type Error = UnknownContig;

    fn try_from(text: String) -> Result<Contig, UnknownContig> {
        text.parse()
    }
}

impl From<Contig> for String {
    fn from(contig: Contig) -> String {
        contig.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_and_without_prefix_are_the_same_contig() {
        for contig in Contig::all() {
            assert_eq!(contig.name().parse(), Ok(contig));
            assert_eq!(contig.bare().parse(), Ok(contig));
        }
        assert!("chr23".parse::<Contig>().is_err());
        assert!("chrchr1".parse::<Contig>().is_err());
    }

    #[test]
    fn pseudo_autosomal_bounds_are_inclusive() {
        assert_eq!(Contig::X.zone(10_000), Zone::X);
        assert_eq!(Contig::X.zone(10_001), Zone::Diploid);
        assert_eq!(Contig::X.zone(2_781_479), Zone::Diploid);
        assert_eq!(Contig::X.zone(2_781_480), Zone::X);
        assert_eq!(Contig::Y.zone(57_217_415), Zone::Diploid);
        assert_eq!(Contig::Y.zone(57_217_416), Zone::Y);
    }
}
