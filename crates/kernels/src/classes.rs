//! Which people are counted, and together with whom. The mask of every counting kernel.

use gj_model::{Counts, SampleSet, Sex, Zone};

use crate::call::Call;

/// No class: the sample is masked.
const MASKED: u16 = u16::MAX;

/// For each sample of a batch: the class it is counted in, or nothing.
///
/// INVARIANT: a sample outside the [`SampleSet`] it was built with contributes to no class.
#[derive(Debug, Clone)]
pub struct Classes {
    of: Vec<u16>,
    sex: Vec<Sex>,
    size: Vec<u32>,
}

impl Classes {
    /// `of[i]` is the class of sample `i` (below `sex.len()`), `sex[c]` the sex of everybody in class `c`.
    ///
    /// Returns `None` when a class number is out of range or the lengths differ.
    pub fn new(people: &SampleSet, of: &[u16], sex: Vec<Sex>) -> Option<Classes> {
        if of.len() != people.len() || sex.len() >= MASKED as usize {
            return None;
        }
        let mut size = vec![0; sex.len()];
        let mut masked = vec![MASKED; of.len()];
        for index in people.iter() {
            let class = of[index];
            *size.get_mut(class as usize)? += 1;
            masked[index] = class;
        }
        Some(Classes { of: masked, sex, size })
    }

    /// Number of samples of the batch, masked ones included.
    pub fn samples(&self) -> usize {
        self.of.len()
    }

    /// Number of classes.
    pub fn len(&self) -> usize {
        self.size.len()
    }

    /// Whether there are no classes.
    pub fn is_empty(&self) -> bool {
        self.size.is_empty()
    }

    /// People in each class.
    pub fn sizes(&self) -> &[u32] {
        &self.size
    }

    /// The class of a sample, unless masked.
    pub(crate) fn of(&self, sample: usize) -> Option<usize> {
        self.of.get(sample).filter(|class| **class != MASKED).map(|class| *class as usize)
    }

    /// Turns a histogram of calls per class into counts per class.
    pub fn counts(&self, histogram: &Histogram, zone: Zone) -> Vec<Counts> {
        self.sex.iter().zip(&histogram.0).map(|(sex, calls)| weigh(calls, *sex, zone)).collect()
    }
}

fn weigh(calls: &[u32; 16], sex: Sex, zone: Zone) -> Counts {
    let mut sum = Counts::default();
    for (code, times) in calls.iter().enumerate().filter(|(_, times)| **times > 0) {
        let one = Call::from_code(code as u8).counts(sex, zone);
        let part = Counts {
            ac: one.ac.wrapping_mul(*times),
            an: one.an.wrapping_mul(*times),
            hom: one.hom.wrapping_mul(*times),
            hemi: one.hemi.wrapping_mul(*times),
            people: one.people.wrapping_mul(*times),
        };
        sum += part;
    }
    sum
}

/// How often each of the 16 calls occurs in each class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram(pub(crate) Vec<[u32; 16]>);

impl Histogram {
    /// An empty histogram for `classes`.
    pub fn new(classes: &Classes) -> Histogram {
        Histogram(vec![[0; 16]; classes.len()])
    }

    /// Starts a row in which everybody has `call`.
    pub(crate) fn fill(&mut self, classes: &Classes, call: Call) {
        for (row, size) in self.0.iter_mut().zip(&classes.size) {
            *row = [0; 16];
            row[call.code() as usize] = *size;
        }
    }

    /// Counts one more person.
    pub(crate) fn add(&mut self, class: usize, call: Call) {
        self.0[class][call.code() as usize] += 1;
    }

    /// Whether no call was taken away more often than it was there.
    pub(crate) fn is_sound(&self, classes: &Classes) -> bool {
        self.0.iter().zip(&classes.size).all(|(calls, size)| calls.iter().all(|times| times <= size))
    }

    /// Moves one person of `class` from one call to another.
    pub(crate) fn shift(&mut self, class: usize, from: Call, to: Call) {
        let row = &mut self.0[class];
        // Wrapping: only a damaged row can take a call away twice; `is_sound` finds it.
        row[from.code() as usize] = row[from.code() as usize].wrapping_sub(1);
        row[to.code() as usize] = row[to.code() as usize].wrapping_add(1);
    }
}
