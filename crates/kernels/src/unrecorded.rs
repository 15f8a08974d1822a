//! What a batch says of a place it has no row for: who reads as reference there, counted by class.

use crate::call::Call;
use crate::classes::{Classes, Histogram};
use gj_model::{Counts, Zone};
use std::ops::RangeInclusive;

/// The calls of everybody at a place without a row, by class. Begins with `0/0` for all.
#[derive(Debug, Clone)]
pub struct Unrecorded<'a> {
    classes: &'a Classes,
    histogram: Histogram,
}

impl<'a> Unrecorded<'a> {
    /// Everybody `0/0`; masked samples are in no class.
    pub fn new(classes: &'a Classes) -> Unrecorded<'a> {
        let mut histogram = Histogram::new(classes);
        histogram.fill(classes, Call::RefRef);
        Unrecorded { classes, histogram }
    }

    /// The samples of a range go over from one call to another; they must have had the first one.
    pub fn change(&mut self, samples: RangeInclusive<usize>, from: Call, to: Call) {
        for class in samples.filter_map(|sample| self.classes.of(sample)) {
            self.histogram.shift(class, from, to);
        }
    }

    /// People of each class who are called there with two copies, and with one.
    pub fn called(&self) -> Vec<[u32; 2]> {
        let of = |calls: &[u32; 16]| [Call::RefRef, Call::Ref].map(|call| calls[call.code() as usize]);
        self.histogram.0.iter().map(of).collect()
    }

    /// What they add to the counts of a site in `zone`.
    pub fn counts(&self, zone: Zone) -> Vec<Counts> {
        self.classes.counts(&self.histogram, zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gj_model::{SampleSet, Sex};

    #[test]
    fn masked_people_are_in_no_class_and_sex_decides_on_x() {
        let mut people = SampleSet::all(5);
        people.remove(1);
        let classes = Classes::new(&people, &[0, 0, 1, 1, 0], vec![Sex::Female, Sex::Male]).unwrap();
        let mut there = Unrecorded::new(&classes);
        there.change(0..=1, Call::RefRef, Call::Missing);
        there.change(3..=3, Call::RefRef, Call::Ref);
        assert_eq!(there.called(), [[1, 0], [1, 1]]);
        let counts = |people, an| Counts { an, people, ..Counts::default() };
        assert_eq!(there.counts(Zone::X), [counts(1, 2), counts(2, 2)]);
        assert_eq!(there.counts(Zone::Diploid), [counts(1, 2), counts(2, 3)]);
        assert_eq!(there.counts(Zone::Y), [counts(0, 0), counts(2, 2)]);
    }
}
