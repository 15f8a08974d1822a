//! What can be computed from sums: linear algebra over what is shown.
//!
//! Unknowns are the measures of the atoms. A shown cell is a known sum of unknowns; a form can be
//! computed from the shown cells exactly when its row is a linear combination of theirs. Which measures
//! of an atom are independent depends on the kinds of people it can hold: once a shown zero rules kinds
//! out, measures begin to stand for one another, and become one unknown. Arithmetic is modulo the prime
//! 2³¹ − 1; rows dependent over the rationals are dependent there too, so nothing computable is missed.

use super::form::{AC, AN, Form, HEMI, HOM, KINDS, Kinds, MEASURES, PEOPLE};

const PRIME: u64 = (1 << 31) - 1;

/// Measures in the order in which they are chosen as unknowns.
const CHOICE: [usize; 5] = [PEOPLE, AC, HOM, HEMI, AN];

/// Each measure of an atom as a combination of its unknown measures, modulo the prime.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expression([[u64; 5]; 5]);

fn residue(value: i64) -> u64 {
    value.rem_euclid(PRIME as i64) as u64
}

/// Inverse modulo the prime, by Fermat's little theorem.
fn inverse(value: u64) -> u64 {
    let (mut base, mut power, mut result) = (value % PRIME, PRIME - 2, 1);
    while power > 0 {
        if power & 1 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        power >>= 1;
    }
    result
}

impl Expression {
    /// For an atom that can hold people of these kinds.
    pub(crate) fn of(kinds: Kinds) -> Expression {
        let possible: Vec<usize> = (0..KINDS.len()).filter(|kind| kinds & 1 << kind != 0).collect();
        let mut expressions = [[0; 5]; 5];
        // Reduced rows over the kinds, each with the combination of chosen measures it stands for.
        let mut chosen: Vec<(usize, Vec<u64>, [u64; 5])> = Vec::new();
        for measure in CHOICE {
            let mut row: Vec<u64> = possible.iter().map(|kind| residue(KINDS[*kind][measure])).collect();
            let mut combination = [0u64; 5];
            for (pivot, known, of) in &chosen {
                let factor = row[*pivot];
                for (value, part) in row.iter_mut().zip(known) {
                    *value = (*value + (PRIME - factor) * part) % PRIME;
                }
                for (sum, part) in combination.iter_mut().zip(of) {
                    *sum = (*sum + factor * part) % PRIME;
                }
            }
            match row.iter().position(|value| *value != 0) {
                None => expressions[measure] = combination,
                Some(pivot) => {
                    expressions[measure][measure] = 1;
                    let scale = inverse(row[pivot]);
                    // measure = combination + row, so row/scale = (measure - combination)/scale.
                    let mut of = combination.map(|sum| (PRIME - sum) % PRIME * scale % PRIME);
                    of[measure] = (of[measure] + scale) % PRIME;
                    row.iter_mut().for_each(|value| *value = *value * scale % PRIME);
                    chosen.push((pivot, row, of));
                }
            }
        }
        Expression(expressions)
    }

    /// The measures that share unknowns with each measure, as bits.
    pub(crate) fn links(&self) -> [u8; 5] {
        self.0.map(|row| MEASURES.iter().filter(|m| row[**m] != 0).fold(0, |bits, m| bits | 1 << m))
    }
}

/// The row space of what is shown.
pub(crate) struct Span<'a> {
    expressions: &'a [&'a Expression],
    /// Column of each unknown measure of each atom; unknowns that no linked measure needs have none.
    column: Vec<Option<usize>>,
    columns: usize,
    rows: Vec<(usize, Vec<u64>)>,
}

impl<'a> Span<'a> {
    /// Nothing is shown yet; one expression for each atom. Forms may use the `linked` measures only.
    pub(crate) fn new(expressions: &'a [&'a Expression], linked: u8) -> Span<'a> {
        let mut column = vec![None; expressions.len() * 5];
        let mut columns = 0;
        for (atom, expression) in expressions.iter().enumerate() {
            for unknown in MEASURES {
                let needed = |m: &usize| linked & 1 << m != 0 && expression.0[*m][unknown] != 0;
                if MEASURES.iter().any(needed) {
                    column[atom * 5 + unknown] = Some(columns);
                    columns += 1;
                }
            }
        }
        Span { expressions, column, columns, rows: Vec::new() }
    }

    /// Learns the value of a form over a group of atoms.
    pub(crate) fn learn(&mut self, group: &[usize], form: &Form) {
        if let Some((pivot, mut row)) = self.reduce(group, form) {
            let scale = inverse(row[pivot]);
            row.iter_mut().for_each(|value| *value = *value * scale % PRIME);
            self.rows.push((pivot, row));
        }
    }

    /// Whether the value of the form follows from what was learned.
    pub(crate) fn determines(&self, group: &[usize], form: &Form) -> bool {
        self.reduce(group, form).is_none()
    }

    /// The row of a form less its projection; `None` when nothing is left.
    fn reduce(&self, group: &[usize], form: &Form) -> Option<(usize, Vec<u64>)> {
        let mut row = vec![0u64; self.columns];
        for atom in group {
            for (measure, factor) in form.iter().enumerate().filter(|(_, factor)| **factor != 0) {
                let factor = residue(*factor);
                for (unknown, part) in self.expressions[*atom].0[measure].iter().enumerate() {
                    if let Some(column) = self.column[atom * 5 + unknown] {
                        row[column] = (row[column] + factor * part) % PRIME;
                    }
                }
            }
        }
        for (pivot, known) in &self.rows {
            let factor = row[*pivot];
            if factor != 0 {
                for (value, part) in row.iter_mut().zip(known).skip(*pivot) {
                    *value = (*value + (PRIME - factor) * part) % PRIME;
                }
            }
        }
        let pivot = row.iter().position(|value| *value != 0)?;
        Some((pivot, row))
    }
}

#[cfg(test)]
mod tests {
    use super::super::form::measure;
    use super::*;

    #[test]
    fn a_difference_of_two_groups_is_determined() {
        let all = Expression::of(0b111);
        let expressions = [&all, &all, &all];
        let mut span = Span::new(&expressions, 0b1_1111);
        span.learn(&[0, 1, 2], &measure(AC));
        span.learn(&[0, 1], &measure(AC));
        assert!(span.determines(&[2], &measure(AC)));
        assert!(!span.determines(&[0], &measure(AC)) && !span.determines(&[2], &measure(HOM)));
    }

    #[test]
    fn kinds_ruled_out_make_measures_stand_for_one_another() {
        // Nobody heterozygous: twice the homozygous people are the alternate alleles.
        let diploid = Expression::of(0b101);
        let expressions = [&diploid];
        let mut span = Span::new(&expressions, 0b1_1111);
        span.learn(&[0], &measure(AC));
        assert!(span.determines(&[0], &measure(HOM)) && !span.determines(&[0], &measure(PEOPLE)));
        // People and called alleles of diploid people are one number.
        let diploid = Expression::of(0b111);
        let expressions = [&diploid];
        let mut span = Span::new(&expressions, 0b1_1111);
        span.learn(&[0], &measure(AN));
        assert!(span.determines(&[0], &measure(PEOPLE)) && !span.determines(&[0], &measure(AC)));
    }

    #[test]
    fn a_row_learned_later_may_have_an_earlier_pivot() {
        let all = Expression::of(0b111);
        let expressions = [&all, &all];
        let mut span = Span::new(&expressions, 0b1_1111);
        span.learn(&[1], &measure(AC));
        span.learn(&[0, 1], &measure(AC));
        assert!(span.determines(&[0], &measure(AC)));
    }
}
