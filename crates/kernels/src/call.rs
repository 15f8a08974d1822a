//! One person's genotype at one split (biallelic) site, and what it adds to the counts.

use gj_model::{Counts, Sex, Zone};

/// A genotype after multi-allelic sites are split: other alternate alleles read as reference.
///
/// Four bits: the stored form is the discriminant. Phase is kept for complete calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Call {
    /// Not in this record: another batch holds the call, or the person has left.
    Absent = 0,
    /// `./.`
    Missing = 1,
    /// `.` of a haploid call.
    MissingHaploid = 2,
    /// `0`
    Ref = 3,
    /// `1`
    Alt = 4,
    /// `0/0`
    RefRef = 5,
    /// `0|0`
    RefRefPhased = 6,
    /// `0/1`
    Het = 7,
    /// `0|1`
    RefAltPhased = 8,
    /// `1|0`
    AltRefPhased = 9,
    /// `1/1`
    AltAlt = 10,
    /// `1|1`
    AltAltPhased = 11,
    /// One reference allele, the other missing, in any order.
    HalfRef = 12,
    /// `./1` or `1/.`
    HalfAlt = 13,
    /// `.|1`
    MissingAltPhased = 14,
    /// `1|.`
    AltMissingPhased = 15,
}

impl Call {
    /// Every call, by stored code.
    pub const ALL: [Call; 16] = [
        Call::Absent,
        Call::Missing,
        Call::MissingHaploid,
        Call::Ref,
        Call::Alt,
        Call::RefRef,
        Call::RefRefPhased,
        Call::Het,
        Call::RefAltPhased,
        Call::AltRefPhased,
        Call::AltAlt,
        Call::AltAltPhased,
        Call::HalfRef,
        Call::HalfAlt,
        Call::MissingAltPhased,
        Call::AltMissingPhased,
    ];

    /// The call of a stored code; only the low four bits are read.
    pub fn from_code(code: u8) -> Call {
        Call::ALL[(code & 15) as usize]
    }

    /// The stored code.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// A call from alleles: `None` is missing, `Some(true)` the alternate allele.
    pub const fn haploid(allele: Option<bool>) -> Call {
        match allele {
            None => Call::MissingHaploid,
            Some(false) => Call::Ref,
            Some(true) => Call::Alt,
        }
    }

    /// A call from two alleles in file order.
    pub const fn diploid(first: Option<bool>, second: Option<bool>, phased: bool) -> Call {
        match (first, second, phased) {
            (None, None, _) => Call::Missing,
            (Some(false), Some(false), false) => Call::RefRef,
            (Some(false), Some(false), true) => Call::RefRefPhased,
            (Some(false), Some(true), true) => Call::RefAltPhased,
            (Some(true), Some(false), true) => Call::AltRefPhased,
            (Some(false), Some(true), false) | (Some(true), Some(false), false) => Call::Het,
            (Some(true), Some(true), false) => Call::AltAlt,
            (Some(true), Some(true), true) => Call::AltAltPhased,
            (Some(false), None, _) | (None, Some(false), _) => Call::HalfRef,
            (None, Some(true), true) => Call::MissingAltPhased,
            (Some(true), None, true) => Call::AltMissingPhased,
            (None, Some(true), false) | (Some(true), None, false) => Call::HalfAlt,
        }
    }

    /// Called alleles and alternate alleles among them, and whether two alleles were expected.
    const fn alleles(self) -> (u32, u32, bool) {
        match self {
            Call::Absent | Call::Missing => (0, 0, true),
            Call::MissingHaploid => (0, 0, false),
            Call::Ref => (1, 0, false),
            Call::Alt => (1, 1, false),
            Call::RefRef | Call::RefRefPhased => (2, 0, true),
            Call::Het | Call::RefAltPhased | Call::AltRefPhased => (2, 1, true),
            Call::AltAlt | Call::AltAltPhased => (2, 2, true),
            Call::HalfRef => (1, 0, true),
            Call::HalfAlt | Call::MissingAltPhased | Call::AltMissingPhased => (1, 1, true),
        }
    }

    /// Known alleles, and alternate ones among them.
    pub fn known(self) -> (u32, u32) {
        let (called, alternate, _) = self.alleles();
        (called, alternate)
    }

    /// Whether at least one allele is known.
    pub fn is_called(self) -> bool {
        self.alleles().0 > 0
    }

    /// Whether at least one allele is the alternate one.
    pub fn carries(self) -> bool {
        // A bit for each code: asked for every carrier of a row, in no order a processor could guess.
        const CARRIERS: u16 = {
            let (mut bits, mut code) = (0, 0);
            while code < 16 {
                bits |= ((Call::ALL[code].alleles().1 > 0) as u16) << code;
                code += 1;
            }
            bits
        };
        CARRIERS >> self.code() & 1 == 1
    }

    /// Whether both calls say the same about the person, phase aside.
    pub fn agrees(self, other: Call) -> bool {
        self.alleles() == other.alleles()
    }

    /// What the call adds to the counts of one person of `sex` in `zone`.
    ///
    /// - Diploid zone: as called; a haploid call counts one allele, and as hemizygous if alternate.
    /// - X: females as diploid; a male's diploid homozygous call is one allele, and a male's
    ///   heterozygous call is not possible and counts as missing. Unknown sex: nothing.
    /// - Y: males as on X; females and unknown sex: nothing.
    /// - MT: one allele a person; a heteroplasmic (heterozygous) call adds to `ac` but not to
    ///   `hemi`, so that `ac - hemi` is the number of heteroplasmic people.
    pub fn counts(self, sex: Sex, zone: Zone) -> Counts {
        let (called, alternate, diploid) = self.alleles();
        let one_copy = match (zone, sex) {
            (Zone::Diploid, _) | (Zone::X, Sex::Female) => false,
            (Zone::X | Zone::Y, Sex::Male) | (Zone::Mt, _) => true,
            (Zone::X, Sex::Unknown) | (Zone::Y, Sex::Female | Sex::Unknown) => return Counts::default(),
        };
        if called == 0 {
            return Counts::default();
        }
        let heterozygous = called == 2 && alternate == 1;
        if !one_copy {
            return Counts {
                ac: alternate,
                an: called,
                hom: u32::from(alternate == 2),
                hemi: u32::from(!diploid && alternate == 1),
                people: 1,
            };
        }
        if heterozygous && zone != Zone::Mt {
            return Counts::default();
        }
        Counts {
            ac: u32::from(alternate > 0),
            an: 1,
            hom: 0,
            hemi: u32::from(alternate > 0 && !heterozygous),
            people: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_their_own_inverse() {
        for (code, call) in Call::ALL.into_iter().enumerate() {
            assert_eq!(call.code() as usize, code);
            assert_eq!(Call::from_code(code as u8), call);
        }
    }

    #[test]
    fn ploidy_follows_sex_and_zone() {
        let c = |ac, an, hom, hemi, people| Counts { ac, an, hom, hemi, people };
        let table = [
            (Call::AltAlt, Sex::Male, Zone::Diploid, c(2, 2, 1, 0, 1)),
            (Call::HalfAlt, Sex::Male, Zone::Diploid, c(1, 1, 0, 0, 1)),
            (Call::Alt, Sex::Male, Zone::Diploid, c(1, 1, 0, 1, 1)),
            (Call::AltAlt, Sex::Female, Zone::X, c(2, 2, 1, 0, 1)),
            (Call::Alt, Sex::Male, Zone::X, c(1, 1, 0, 1, 1)),
            (Call::AltAlt, Sex::Male, Zone::X, c(1, 1, 0, 1, 1)),
            (Call::Het, Sex::Male, Zone::X, c(0, 0, 0, 0, 0)),
            (Call::RefRef, Sex::Unknown, Zone::X, c(0, 0, 0, 0, 0)),
            (Call::RefRef, Sex::Female, Zone::Y, c(0, 0, 0, 0, 0)),
            (Call::RefRef, Sex::Male, Zone::Y, c(0, 1, 0, 0, 1)),
            (Call::Het, Sex::Female, Zone::Mt, c(1, 1, 0, 0, 1)),
            (Call::AltAlt, Sex::Unknown, Zone::Mt, c(1, 1, 0, 1, 1)),
            (Call::Missing, Sex::Female, Zone::Diploid, c(0, 0, 0, 0, 0)),
            (Call::Absent, Sex::Female, Zone::Diploid, c(0, 0, 0, 0, 0)),
        ];
        for (call, sex, zone, expected) in table {
            assert_eq!(call.counts(sex, zone), expected, "{call:?} {sex:?} {zone:?}");
        }
    }
}
