//! What can be bounded: intervals that an attacker can put around each hidden cell.
//!
//! The attacker knows every shown cell, that a hidden cell is at least 1 (zero is shown), that a split
//! sums to `all`, that a group inside another is no larger, and how measures bound one another.

use super::form::{AC, AN, Form, HEMI, HOM, MEASURES, PEOPLE, Values};

const UNBOUNDED: i64 = 1 << 40;
/// Rounds of narrowing; each uses every rule once. More only shave off what is wide anyway.
const ROUNDS: usize = 6;

/// `small ≤ large`, as forms of one group.
const ORDER: [(Form, Form); 6] = [
    ([0, 0, 2, 1, 0], [1, 0, 0, 0, 0]), // 2 hom + hemi ≤ ac
    ([1, 0, 0, 0, 0], [0, 1, 0, 0, 0]), // ac ≤ an
    ([0, 1, 0, 0, 0], [0, 0, 0, 0, 2]), // an ≤ 2 people
    ([0, 0, 0, 0, 1], [0, 1, 0, 0, 0]), // people ≤ an
    ([0, 0, 1, 1, 0], [0, 0, 0, 0, 1]), // hom + hemi ≤ people
    ([1, 0, 0, 0, 0], [0, 0, 1, 0, 1]), // ac ≤ hom + people
];

/// Lower and upper bounds by group and measure.
pub(crate) struct Bounds {
    low: Vec<Values>,
    high: Vec<Values>,
}

impl Bounds {
    /// `splits` are the groups of each split, which sum to group 0; `inside` are pairs of a group and a
    /// larger one.
    pub(crate) fn new(
        values: &[Values],
        hidden: &[[bool; 5]],
        splits: &[Vec<usize>],
        inside: &[(usize, usize)],
    ) -> Bounds {
        let mut bounds = Bounds { low: values.to_vec(), high: values.to_vec() };
        for (group, hidden) in hidden.iter().enumerate() {
            for measure in MEASURES.into_iter().filter(|measure| hidden[*measure]) {
                bounds.low[group][measure] = 1;
                bounds.high[group][measure] = UNBOUNDED;
            }
        }
        for _ in 0..ROUNDS {
            let before = (bounds.low.clone(), bounds.high.clone());
            splits.iter().for_each(|split| bounds.sum(split));
            inside.iter().for_each(|(small, large)| bounds.nest(*small, *large));
            (0..values.len()).for_each(|group| bounds.order(group));
            if (&bounds.low, &bounds.high) == (&before.0, &before.1) {
                break;
            }
        }
        bounds
    }

    /// The interval of a form of a group.
    pub(crate) fn of(&self, group: usize, form: &Form) -> (i64, i64) {
        let part = |measure: usize, up: bool| {
            let side = if (form[measure] > 0) == up { &self.high } else { &self.low };
            form[measure] * side[group][measure]
        };
        (MEASURES.iter().map(|m| part(*m, false)).sum(), MEASURES.iter().map(|m| part(*m, true)).sum())
    }

    fn raise(&mut self, group: usize, measure: usize, low: i64) {
        let at = &mut self.low[group][measure];
        *at = (*at).max(low);
    }

    fn lower(&mut self, group: usize, measure: usize, high: i64) {
        let at = &mut self.high[group][measure];
        *at = (*at).min(high);
    }

    fn sum(&mut self, split: &[usize]) {
        for measure in MEASURES {
            let low: i64 = split.iter().map(|g| self.low[*g][measure]).sum();
            let high: i64 = split.iter().map(|g| self.high[*g][measure]).sum();
            self.raise(0, measure, low);
            self.lower(0, measure, high);
            let (least, most) = (self.low[0][measure], self.high[0][measure]);
            for group in split {
                let (own_low, own_high) = (self.low[*group][measure], self.high[*group][measure]);
                self.lower(*group, measure, most - (low - own_low));
                self.raise(*group, measure, least - (high - own_high));
            }
        }
    }

    fn nest(&mut self, small: usize, large: usize) {
        for measure in MEASURES {
            self.lower(small, measure, self.high[large][measure]);
            self.raise(large, measure, self.low[small][measure]);
        }
    }

    fn order(&mut self, group: usize) {
        for (small, large) in ORDER {
            let (least, _) = self.of(group, &small);
            let (_, most) = self.of(group, &large);
            for measure in MEASURES {
                // What the other terms leave for this one.
                if small[measure] > 0 {
                    let others = least - small[measure] * self.low[group][measure];
                    self.lower(group, measure, (most - others).div_euclid(small[measure]));
                }
                if large[measure] > 0 {
                    let others = most - large[measure] * self.high[group][measure];
                    let need = least - others;
                    self.raise(group, measure, (need + large[measure] - 1).div_euclid(large[measure]));
                }
            }
        }
    }
}

/// The measure whose bound holds a hidden one down: what must be loosened first.
pub(crate) fn binding(measure: usize) -> [usize; 3] {
    match measure {
        HOM | HEMI => [AC, measure, PEOPLE],
        AN => [AN, PEOPLE, AC],
        PEOPLE => [PEOPLE, AN, AC],
        _ => [AC, AN, PEOPLE],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_homozygous_person_between_small_sums_is_found() {
        // all: ac 27; A and B hidden, C 23. B is at least 1, so A at most 3, so A's hom is 1.
        let values = [[27, 300, 1, 0, 150], [3, 100, 1, 0, 50], [1, 100, 0, 0, 50], [23, 100, 0, 0, 50]];
        let mut hidden = [[false; 5]; 4];
        hidden[0][HOM] = true;
        hidden[1][AC] = true;
        hidden[1][HOM] = true;
        hidden[2][AC] = true;
        let bounds = Bounds::new(&values, &hidden, &[vec![1, 2, 3]], &[]);
        assert_eq!(bounds.of(1, &[0, 0, 1, 0, 0]), (1, 1));
        hidden[3][AC] = true;
        let bounds = Bounds::new(&values, &hidden, &[vec![1, 2, 3]], &[]);
        assert!(bounds.of(1, &[0, 0, 1, 0, 0]).1 > 5);
    }
}
