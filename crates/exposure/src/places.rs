//! Sets of numbers as runs: positions that were shown, numbers of people who were counted.

use crate::error::ExposureError;

/// A set of numbers, as runs that neither touch nor overlap, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Places {
    /// First and last number of each run.
    runs: Vec<(u64, u64)>,
}

impl Places {
    /// Adds the numbers from `from` to `to`, both included.
    pub fn insert(&mut self, from: u64, to: u64) {
        if to < from {
            return;
        }
        // Runs that touch the new one become part of it.
        let first = self.runs.partition_point(|run| run.1.saturating_add(1) < from);
        let last = self.runs.partition_point(|run| run.0 <= to.saturating_add(1));
        let (mut low, mut high) = (from, to);
        if let [head, .., tail] | [head @ tail] = &self.runs[first..last] {
            (low, high) = (low.min(head.0), high.max(tail.1));
        }
        self.runs.splice(first..last, [(low, high)]);
    }

    /// Whether a number is in it.
    pub fn contains(&self, number: u64) -> bool {
        self.covers(number, number)
    }

    /// Whether every number from `from` to `to` is in it.
    pub fn covers(&self, from: u64, to: u64) -> bool {
        let at = self.runs.partition_point(|run| run.1 < from);
        self.runs.get(at).is_some_and(|run| run.0 <= from && to <= run.1)
    }

    /// Its runs, ascending, first and last number of each.
    pub fn runs(&self) -> &[(u64, u64)] {
        &self.runs
    }

    /// Its runs from `from` to `to`, both included; runs that reach further are cut.
    pub fn runs_in(&self, from: u64, to: u64) -> impl Iterator<Item = (u64, u64)> {
        let first = self.runs.partition_point(|run| run.1 < from);
        let within = self.runs[first..].iter().take_while(move |run| run.0 <= to);
        within.map(move |run| (run.0.max(from), run.1.min(to)))
    }

    /// Its numbers, ascending.
    pub fn numbers(&self) -> impl Iterator<Item = u64> {
        self.runs.iter().flat_map(|(from, to)| *from..=*to)
    }

    /// As stored: of each run the step from the end of the one before and, if it is longer than one, its further length,
    /// hexadecimal: `64+a,3` is 100 to 110 and 113.
    pub fn to_text(&self) -> String {
        // Written for each answer: with `format!` it would be most of what noting one costs.
        let mut text = String::with_capacity(self.runs.len() * 5);
        let mut last = 0;
        for (from, to) in &self.runs {
            if !text.is_empty() {
                text.push(',');
            }
            push_hex(&mut text, from - last);
            if to > from {
                text.push('+');
                push_hex(&mut text, to - from);
            }
            last = *to;
        }
        text
    }

    /// From [`Places::to_text`].
    ///
    /// # Errors
    /// [`ExposureError::State`].
    pub fn from_text(text: &str) -> Result<Places, ExposureError> {
        let mut places = Places::default();
        let (mut last, mut at) = (0_u64, 0);
        for run in text.split(',').filter(|_| !text.is_empty()) {
            let broken = || ExposureError::State { what: "places", at, expected: "runs such as `64+a`" };
            let (step, more) = run.split_once('+').unwrap_or((run, "0"));
            let number = |digits: &str| u64::from_str_radix(digits, 16).map_err(|_| broken());
            let from = last.checked_add(number(step)?).ok_or_else(broken)?;
            let to = from.checked_add(number(more)?).ok_or_else(broken)?;
            if places.runs.last().is_some_and(|run| from <= run.1.saturating_add(1)) {
                return Err(broken());
            }
            places.runs.push((from, to));
            last = to;
            at += run.len() + 1;
        }
        Ok(places)
    }
}

fn push_hex(text: &mut String, number: u64) {
    let digits = (u64::BITS - number.leading_zeros()).div_ceil(4).max(1);
    for digit in (0..digits).rev() {
        let digit = (number >> (4 * digit)) as u32 & 0xf;
        text.push(char::from_digit(digit, 16).unwrap_or('0'));
    }
}

impl FromIterator<u64> for Places {
    fn from_iter<I: IntoIterator<Item = u64>>(numbers: I) -> Places {
        let mut places = Places::default();
        numbers.into_iter().for_each(|number| places.insert(number, number));
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn it_is_a_set_of_numbers(runs in prop::collection::vec((0_u64..60, 0_u64..9), 0..12), at in 0_u64..60, more in 0_u64..9) {
            let (mut places, mut naive) = (Places::default(), BTreeSet::new());
            for (from, length) in runs {
                places.insert(from, from + length);
                naive.extend(from..=from + length);
            }
            prop_assert_eq!(places.numbers().collect::<BTreeSet<_>>(), naive.clone());
            prop_assert!(places.runs().windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
            prop_assert_eq!(places.contains(at), naive.contains(&at));
            prop_assert_eq!(places.covers(at, at + more), (at..=at + more).all(|number| naive.contains(&number)));
            let within: BTreeSet<u64> = places.runs_in(at, at + more).flat_map(|(from, to)| from..=to).collect();
            prop_assert_eq!(within, naive.range(at..=at + more).copied().collect());
            prop_assert_eq!(Places::from_text(&places.to_text()), Ok(places));
        }
    }

    #[test]
    fn what_is_no_state_is_not_read() {
        for text in ["x", "1,,2", "1,1", "5,0", "1+", "ffffffffffffffff,2", ","] {
            assert!(Places::from_text(text).is_err(), "{text}");
        }
        assert_eq!(Places::from_text("64+a,3").unwrap().runs(), [(100, 110), (113, 113)]);
    }
}
