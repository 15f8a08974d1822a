//! The counts of one site in every class as bytes: long stretches of classes cost a byte or two.
//!
//! Most classes are either not looked at here at all, or everybody in them is called and nobody carries
//! the alternate allele. A site is a run of tokens over the classes in their order; a token is
//! `varint (classes << 2 | kind)` with at least one class, followed for each class by
//! - *nobody* (0): nothing; all five numbers are 0;
//! - *reference* (1): nothing; everybody is called, `ac`, `hom` and `hemi` are 0;
//! - *carriers* (2): everybody is called, `hemi` is 0, `ac` is below 2³¹; `varint (ac << 1 | more)`, and `varint hom` if `more`;
//! - *other* (3): varints `ac`, `hom`, `hemi`, and how far `an` and `people` are below everybody called.
//!
//! INVARIANT: equal counts of equal classes give equal bytes: the first kind that fits is used, and
//! neighbouring tokens differ in kind.

use crate::bytes::{Bytes, put_varint};
use crate::call::Call;
use crate::row::RowError;
use gj_model::{Counts, Sex, Zone};

const NOBODY: u32 = 0;
const REFERENCE: u32 = 1;
const CARRIERS: u32 = 2;
const OTHER: u32 = 3;
/// Alternate alleles of a class of carriers at most: one bit of the number is taken.
const AC_MAX: u32 = u32::MAX >> 1;
const ZONES: [Zone; 4] = [Zone::Diploid, Zone::X, Zone::Y, Zone::Mt];

/// What classes count where everybody in them is called and nobody carries the alternate allele.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline([Vec<Counts>; 4]);

impl Baseline {
    /// The baseline of classes given by sex and number of people.
    pub fn new(classes: impl Iterator<Item = (Sex, u32)> + Clone) -> Baseline {
        let of = |zone| classes.clone().map(|(sex, people)| everybody(sex, people, zone)).collect();
        Baseline(ZONES.map(of))
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.0[0].len()
    }

    /// The baseline in a zone, one entry a class.
    pub fn of(&self, zone: Zone) -> &[Counts] {
        &self.0[zone as usize]
    }
}

fn everybody(sex: Sex, people: u32, zone: Zone) -> Counts {
    let one = Call::RefRef.counts(sex, zone);
    Counts { an: one.an.wrapping_mul(people), people: one.people.wrapping_mul(people), ..Counts::default() }
}

/// Appends the counts of one site, one entry a class.
pub fn put_cells(counts: &[Counts], baseline: &[Counts], out: &mut Vec<u8>) {
    let kind = |class: usize| {
        let (own, full) = (&counts[class], &baseline[class]);
        if *own == Counts::default() {
            NOBODY
        } else if own.an != full.an || own.people != full.people || own.hemi != 0 || own.ac > AC_MAX {
            OTHER
        } else if own.ac == 0 && own.hom == 0 {
            REFERENCE
        } else {
            CARRIERS
        }
    };
    let mut class = 0;
    while class < counts.len() {
        let of = kind(class);
        let end = (class + 1..counts.len()).find(|next| kind(*next) != of).unwrap_or(counts.len());
        put_varint(out, ((end - class) as u32) << 2 | of);
        for class in class..end {
            let (own, full) = (&counts[class], &baseline[class]);
            match of {
                CARRIERS => {
                    put_varint(out, own.ac << 1 | u32::from(own.hom > 0));
                    if own.hom > 0 {
                        put_varint(out, own.hom);
                    }
                }
                OTHER => {
                    let numbers = [
                        own.ac,
                        own.hom,
                        own.hemi,
                        full.an.wrapping_sub(own.an),
                        full.people.wrapping_sub(own.people),
                    ];
                    numbers.into_iter().for_each(|number| put_varint(out, number));
                }
                _ => {}
            }
        }
        class = end;
    }
}

/// Reads what [`put_cells`] wrote with the same baseline; `each` gets every class with a call.
///
/// # Errors
/// When the bytes do not describe as many classes as the baseline has.
pub fn read_cells(
    bytes: &[u8],
    baseline: &[Counts],
    mut each: impl FnMut(usize, Counts),
) -> Result<(), RowError> {
    let mut bytes = Bytes::new(bytes);
    let mut class = 0usize;
    while class < baseline.len() {
        let token = bytes.varint()?;
        let end = class + (token >> 2) as usize;
        if end > baseline.len() || end == class {
            return Err(RowError::new("it is of other classes"));
        }
        for (class, full) in baseline.iter().enumerate().take(end).skip(class) {
            match token & 3 {
                NOBODY => {}
                REFERENCE => each(class, *full),
                CARRIERS => {
                    let ac = bytes.varint()?;
                    let hom = if ac & 1 == 1 { bytes.varint()? } else { 0 };
                    each(class, Counts { ac: ac >> 1, hom, ..*full });
                }
                _ => {
                    let (ac, hom, hemi) = (bytes.varint()?, bytes.varint()?, bytes.varint()?);
                    let an = full.an.wrapping_sub(bytes.varint()?);
                    let people = full.people.wrapping_sub(bytes.varint()?);
                    each(class, Counts { ac, an, hom, hemi, people });
                }
            }
        }
        class = end;
    }
    bytes.end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn classes() -> impl Strategy<Value = Vec<(Sex, u32)>> {
        let sex = prop_oneof![Just(Sex::Female), Just(Sex::Male), Just(Sex::Unknown)];
        proptest::collection::vec((sex, 1u32..200_000), 0..40)
    }

    proptest! {
        #[test]
        fn counts_come_back(classes in classes(), kinds in proptest::collection::vec(0u32..6, 40), n in any::<u32>()) {
            let baseline = Baseline::new(classes.iter().copied());
            for zone in ZONES {
                let counts: Vec<Counts> = baseline.of(zone).iter().zip(&kinds).map(|(full, kind)| match kind {
                    0 | 1 => Counts::default(),
                    2 => *full,
                    3 => Counts { ac: full.an.min(n % 9), hom: n % 3, ..*full },
                    4 => Counts { ac: n % 9, hemi: n % 9, ..*full },
                    _ => Counts { ac: n, an: n / 2, hom: n / 3, hemi: n / 5, people: n / 7 },
                }).collect();
                let mut bytes = Vec::new();
                put_cells(&counts, baseline.of(zone), &mut bytes);
                let mut back = vec![Counts::default(); counts.len()];
                read_cells(&bytes, baseline.of(zone), |class, counts| back[class] = counts).unwrap();
                prop_assert_eq!(&back, &counts);
                // Equal counts give equal bytes, and no byte is superfluous.
                if let Some(short) = bytes.len().checked_sub(1) {
                    let cut = read_cells(&bytes[..short], baseline.of(zone), |_, _| {});
                    prop_assert!(cut.is_err());
                }
                bytes.push(0);
                let longer = read_cells(&bytes, baseline.of(zone), |_, _| {});
                prop_assert!(longer.is_err());
            }
        }

        #[test]
        fn damaged_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40), classes in classes()) {
            let baseline = Baseline::new(classes.into_iter());
            let _ = read_cells(&bytes, baseline.of(Zone::X), |_, _| {});
        }
    }

    #[test]
    fn counts_no_class_of_people_has_come_back_all_the_same() {
        let baseline = Baseline::new([(Sex::Female, 5)].into_iter());
        let full = baseline.of(Zone::Diploid);
        for ac in [AC_MAX, AC_MAX + 1, u32::MAX] {
            let counts = Counts { ac, ..full[0] };
            let mut bytes = Vec::new();
            put_cells(&[counts], full, &mut bytes);
            let mut back = None;
            read_cells(&bytes, full, |_, counts| back = Some(counts)).unwrap();
            assert_eq!(back, Some(counts));
        }
    }

    #[test]
    fn a_singleton_in_a_hundred_classes_costs_a_few_bytes() {
        let baseline = Baseline::new((0..100).map(|_| (Sex::Female, 100)));
        let mut counts = baseline.of(Zone::Diploid).to_vec();
        counts[70].ac = 1;
        let mut bytes = Vec::new();
        put_cells(&counts, baseline.of(Zone::Diploid), &mut bytes);
        assert!(bytes.len() <= 6, "{} bytes", bytes.len());
    }
}
