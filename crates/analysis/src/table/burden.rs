//! The burden of a gene: how many variants of each sort are shown and what their alternate alleles add up to,
//! and how many have a hidden count and so are in no sum.

use super::{Row, Severity};
use serde::Serialize;

/// Variants of one sort, taken together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Burden {
    /// The sort.
    pub severity: Severity,
    /// Variants whose alternate alleles are shown and above zero.
    pub variants: usize,
    /// Their alternate alleles, summed.
    pub ac: u64,
    /// Sum of their frequencies: the alternate alleles of this sort a chromosome bears on average.
    pub frequency: f64,
    /// Homozygous people of those that show them; somebody homozygous for two is counted twice.
    pub hom: u64,
    /// Variants whose alternate alleles are hidden: at least one allele each, in no sum.
    pub hidden: usize,
}

/// Of each sort, of variants at most as frequent as a limit; a hidden count is taken for a rare one.
pub fn burden(rows: &[Row], frequency_max: f64) -> Vec<Burden> {
    let of_sort = |severity: Severity| {
        let mut sum = Burden { severity, variants: 0, ac: 0, frequency: 0.0, hom: 0, hidden: 0 };
        for row in rows.iter().filter(|row| row.severity() == severity) {
            match (row.cells.ac, row.cells.frequency()) {
                (None, _) => sum.hidden += 1,
                (Some(ac), Some(frequency)) if ac > 0 && frequency <= frequency_max => {
                    sum.variants += 1;
                    sum.ac += u64::from(ac);
                    sum.frequency += frequency;
                    sum.hom += u64::from(row.cells.hom.unwrap_or_default());
                }
                _ => {}
            }
        }
        sum
    };
    Severity::ALL.map(of_sort).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::tests::row;

    #[test]
    fn shown_rare_variants_add_up_and_hidden_ones_are_counted_apart() {
        let rows = [
            row("chr22-5-G-A", Some(10), "stop_gained", "HIGH"),
            row("chr22-6-G-A", Some(15), "frameshift_variant", "HIGH"),
            row("chr22-7-G-A", None, "stop_gained", "HIGH"),
            row("chr22-8-G-A", Some(0), "stop_gained", "HIGH"),
            row("chr22-9-G-A", Some(400), "stop_gained", "HIGH"),
            row("chr22-9-G-C", Some(400), "missense_variant", "MODERATE"),
        ];
        let sums = burden(&rows, 0.05);
        assert_eq!((sums[0].variants, sums[0].ac, sums[0].hidden), (2, 25, 1));
        assert!((sums[0].frequency - 0.025).abs() < 1e-12);
        assert_eq!((sums[1].variants, sums[1].ac), (0, 0));
        assert_eq!(burden(&rows, 1.0)[1].ac, 400);
    }
}
