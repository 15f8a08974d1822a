//! What can be computed from sums: linear algebra over the groups that are shown.
//!
//! Each group is a sum of atoms. A hidden group can be computed from the shown ones exactly when its
//! row is a linear combination of theirs. Atoms inside a group shown as zero are zero, since counts
//! are not negative, and drop out first. Arithmetic is modulo the prime 2³¹ − 1; a row of zeros and
//! ones that is dependent over the rationals is dependent there too, so nothing computable is missed.

const PRIME: u64 = (1 << 31) - 1;

/// The row space of the groups shown.
pub(crate) struct Span {
    known_zero: Vec<bool>,
    /// Reduced rows with their pivot atom, in the order found.
    rows: Vec<(usize, Vec<u64>)>,
}

impl Span {
    /// From the shown groups: their atoms, and whether the group's value is zero.
    pub(crate) fn new<'a>(atoms: usize, shown: impl Iterator<Item = (&'a [usize], bool)>) -> Span {
        let mut span = Span { known_zero: vec![false; atoms], rows: Vec::new() };
        let (zero, rest): (Vec<_>, Vec<_>) = shown.partition(|(_, is_zero)| *is_zero);
        for atom in zero.iter().flat_map(|(group, _)| group.iter()) {
            span.known_zero[*atom] = true;
        }
        for (group, _) in rest {
            if let Some((pivot, mut row)) = span.reduce(group) {
                let scale = inverse(row[pivot]);
                row.iter_mut().for_each(|value| *value = *value * scale % PRIME);
                span.rows.push((pivot, row));
            }
        }
        span
    }

    /// Whether the sum over these atoms follows from the groups shown.
    pub(crate) fn determines(&self, group: &[usize]) -> bool {
        self.reduce(group).is_none()
    }

    /// The row of a group less its projection; `None` when nothing is left.
    fn reduce(&self, group: &[usize]) -> Option<(usize, Vec<u64>)> {
        let mut row = vec![0u64; self.known_zero.len()];
        for atom in group.iter().filter(|atom| !self.known_zero[**atom]) {
            row[*atom] = 1;
        }
        for (pivot, known) in &self.rows {
            let factor = row[*pivot];
            if factor != 0 {
                for (value, part) in row.iter_mut().zip(known) {
                    *value = (*value + (PRIME - factor) * part) % PRIME;
                }
            }
        }
        let pivot = row.iter().position(|value| *value != 0)?;
        Some((pivot, row))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_of_two_groups_is_determined() {
        let all = [0, 1, 2];
        let groups: [&[usize]; 2] = [&all, &[0, 1]];
        let span = Span::new(3, groups.into_iter().map(|g| (g, false)));
        assert!(span.determines(&[2]));
        assert!(!span.determines(&[0]));
    }

    #[test]
    fn zeros_leave_less_to_guess() {
        let groups: [(&[usize], bool); 2] = [(&[0, 1, 2], false), (&[1, 2], true)];
        assert!(Span::new(3, groups.into_iter()).determines(&[0]));
    }
}
