//! The measures of a group, and what can be made of them: linear forms over people.
//!
//! A person with a call is of one of six kinds; every measure, and every difference of measures that
//! means something, is a sum over the kinds. A difference is *sensitive* like a count of its own: 204
//! alternate of 208 alleles are four reference alleles.

use gj_model::{Counts, Sex, Zone};

/// Measures, in the order of a panel's columns.
pub(crate) const AC: usize = 0;
pub(crate) const AN: usize = 1;
pub(crate) const HOM: usize = 2;
pub(crate) const HEMI: usize = 3;
pub(crate) const PEOPLE: usize = 4;
/// All of them.
pub(crate) const MEASURES: [usize; 5] = [AC, AN, HOM, HEMI, PEOPLE];

/// Values by measure.
pub(crate) type Values = [i64; 5];

/// The measures of a group.
pub(crate) fn values(counts: Counts) -> Values {
    [counts.ac, counts.an, counts.hom, counts.hemi, counts.people].map(i64::from)
}

/// What one person of each kind adds to the measures.
pub(crate) const KINDS: [Values; 6] = [
    [0, 2, 0, 0, 1], // two reference alleles
    [1, 2, 0, 0, 1], // heterozygous
    [2, 2, 1, 0, 1], // homozygous
    [0, 1, 0, 0, 1], // one reference allele known
    [1, 1, 0, 1, 1], // hemizygous, or homoplasmic
    [1, 1, 0, 0, 1], // one alternate allele of two known, or heteroplasmic
];

/// A set of kinds, one bit each.
pub(crate) type Kinds = u8;
const DIPLOID: Kinds = 0b00_0111;
const ONE_COPY: Kinds = 0b01_1000;
const MITOCHONDRIAL: Kinds = 0b11_1000;
const ANY: Kinds = 0b11_1111;

/// The kinds that people of a sex can be of in a zone, as anybody knows. `regular`: no call of the site
/// is half missing or of another ploidy than its zone's.
pub(crate) fn possible(zone: Zone, sex: Sex, regular: bool) -> Kinds {
    match (zone, sex) {
        (Zone::Diploid, _) | (Zone::X, Sex::Female) if regular => DIPLOID,
        (Zone::Diploid, _) | (Zone::X, Sex::Female) => ANY,
        (Zone::X | Zone::Y, Sex::Male) => ONE_COPY,
        (Zone::Mt, _) => MITOCHONDRIAL,
        (Zone::X, Sex::Unknown) | (Zone::Y, Sex::Female | Sex::Unknown) => 0,
    }
}

/// A linear form over the measures.
pub(crate) type Form = Values;

/// Each measure as a form.
pub(crate) fn measure(measure: usize) -> Form {
    let mut form = [0; 5];
    form[measure] = 1;
    form
}

/// Forms that count people or alleles of some kinds; none is ever negative. Coefficients of
/// `ac, an, hom, hemi, people`.
pub(crate) const DIFFERENCES: [Form; 10] = [
    [-1, 1, 0, 0, 0],  // reference alleles
    [1, 0, -2, -1, 0], // heterozygous people
    [-1, 0, 1, 0, 1],  // people without the allele
    [1, 0, -1, 0, 0],  // carriers
    [1, 0, -1, -1, 0], // carriers with another copy of the chromosome
    [1, 0, 0, -1, 0],  // alternate alleles outside hemizygous people
    [0, 0, -1, 0, 1],  // people not homozygous
    [0, 0, 0, -1, 1],  // people not hemizygous
    [0, 1, 0, 0, -1],  // people with two copies
    [0, -1, 0, 0, 2],  // people with one copy
];

/// The last two differences tell men from women, on X only.
const PLOIDIES: usize = 2;

/// The differences that are sensitive in a zone.
pub(crate) fn sensitive(zone: Zone) -> &'static [Form] {
    if zone == Zone::X { &DIFFERENCES } else { &DIFFERENCES[..DIFFERENCES.len() - PLOIDIES] }
}

/// The value of a form.
pub(crate) fn apply(form: &Form, values: &Values) -> i64 {
    form.iter().zip(values).map(|(factor, value)| factor * value).sum()
}

/// The kinds that a form counts.
pub(crate) fn counted(form: &Form) -> Kinds {
    (0..KINDS.len()).filter(|kind| apply(form, &KINDS[*kind]) > 0).fold(0, |kinds, kind| kinds | 1 << kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_difference_is_ever_negative() {
        for form in DIFFERENCES {
            assert!(KINDS.iter().all(|kind| apply(&form, kind) >= 0), "{form:?}");
        }
    }
}
