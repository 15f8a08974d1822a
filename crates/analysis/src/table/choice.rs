//! Which rows of a table are wanted and in which order, as an address says it: `severity=lof,missense`,
//! `impact=HIGH`, `max=0.01`, `clinvar=pathogenic`, `sort=-frequency`.

use super::{Row, Severity};
use std::cmp::Ordering;
use std::str::FromStr;

/// What is wanted; the default is everything in the order of the genome.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Choice {
    /// Sorts of consequences; empty is every one.
    pub severities: Vec<Severity>,
    /// `HIGH`, `MODERATE`, `LOW`, `MODIFIER`; `None` is every one.
    pub impact: Option<String>,
    /// Lowest frequency.
    pub frequency_min: Option<Bound>,
    /// Highest frequency. A hidden frequency is in no range, but is kept where only this is set and rare
    /// variants are looked for: it is not known to be higher.
    pub frequency_max: Option<Bound>,
    /// Classes of ClinVar.
    pub clinvar: Option<ClinVarClass>,
    /// The order.
    pub order: Order,
    /// The other way round.
    pub descending: bool,
}

/// A frequency from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Bound(pub f64);

/// Not a frequency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no frequency; write a number from 0 to 1, for example `0.01`")]
pub struct BoundError(String);

/// What ClinVar says, roughly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClinVarClass {
    /// It has any entry.
    Any,
    /// Pathogenic or likely so.
    Pathogenic,
    /// Uncertain or conflicting.
    Uncertain,
    /// Benign or likely so.
    Benign,
}

/// What rows are ordered by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// Contig and position.
    #[default]
    Place,
    /// Allele frequency; hidden ones come last whichever way.
    Frequency,
    /// Consequence, the most severe first.
    Severity,
    /// Homozygous people.
    Homozygous,
}

impl FromStr for Bound {
    type Err = BoundError;

    fn from_str(text: &str) -> Result<Bound, BoundError> {
        let value = text.parse::<f64>().ok().filter(|value| (0.0..=1.0).contains(value));
        value
            .map(Bound)
            .ok_or_else(|| BoundError(text.chars().take(80).collect::<String>().escape_debug().to_string()))
    }
}

impl ClinVarClass {
    /// Its word in addresses with it.
    pub const ALL: [(&str, ClinVarClass); 4] = [
        ("any", ClinVarClass::Any),
        ("pathogenic", ClinVarClass::Pathogenic),
        ("uncertain", ClinVarClass::Uncertain),
        ("benign", ClinVarClass::Benign),
    ];

    /// Whether a significance as ClinVar writes it is of the class.
    pub fn holds(self, significance: &str) -> bool {
        let text = significance.to_ascii_lowercase();
        let conflicting = text.contains("conflicting");
        match self {
            ClinVarClass::Any => true,
            ClinVarClass::Pathogenic => text.contains("pathogenic") && !conflicting,
            ClinVarClass::Uncertain => text.contains("uncertain") || conflicting,
            ClinVarClass::Benign => text.contains("benign") && !conflicting,
        }
    }
}

impl Order {
    /// Its word in addresses with it.
    pub const ALL: [(&str, Order); 4] = [
        ("place", Order::Place),
        ("frequency", Order::Frequency),
        ("severity", Order::Severity),
        ("hom", Order::Homozygous),
    ];
}

impl Choice {
    /// The rows wanted, in the order wanted.
    pub fn of<'a>(&self, rows: &'a [Row]) -> Vec<&'a Row> {
        let mut wanted: Vec<&Row> = rows.iter().filter(|row| self.wants(row)).collect();
        wanted.sort_by(|a, b| self.compare(a, b));
        wanted
    }

    fn wants(&self, row: &Row) -> bool {
        let severity = self.severities.is_empty() || self.severities.contains(&row.severity());
        let impact = self.impact.as_ref().is_none_or(|impact| {
            row.told.as_ref().is_some_and(|told| told.impact.eq_ignore_ascii_case(impact))
        });
        let frequency = match row.cells.frequency() {
            Some(frequency) => {
                self.frequency_min.is_none_or(|low| frequency >= low.0)
                    && self.frequency_max.is_none_or(|high| frequency <= high.0)
            }
            None => self.frequency_min.is_none(),
        };
        let clinvar = self
            .clinvar
            .is_none_or(|class| row.known.clinvar.iter().any(|card| class.holds(&card.significance)));
        severity && impact && frequency && clinvar
    }

    fn compare(&self, a: &Row, b: &Row) -> Ordering {
        let way = |order: Ordering| if self.descending { order.reverse() } else { order };
        let hidden_last = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => way(a.total_cmp(&b)),
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
        let place = || a.variant.cmp(&b.variant);
        match self.order {
            Order::Place => way(place()),
            Order::Frequency => hidden_last(a.cells.frequency(), b.cells.frequency()).then_with(place),
            Order::Severity => way(a.severity().cmp(&b.severity())).then_with(place),
            Order::Homozygous => {
                hidden_last(a.cells.hom.map(f64::from), b.cells.hom.map(f64::from)).then_with(place)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::tests::row;

    fn places(choice: &Choice) -> Vec<u32> {
        let rows = [
            row("chr22-5-G-A", Some(10), "stop_gained", "HIGH"),
            row("chr22-6-G-A", None, "missense_variant", "MODERATE"),
            row("chr22-7-G-A", Some(500), "intron_variant", "MODIFIER"),
            row("chr22-8-G-A", Some(0), "synonymous_variant", "LOW"),
        ];
        choice.of(&rows).iter().map(|row| row.variant.position.get()).collect()
    }

    #[test]
    fn rows_are_chosen_and_ordered_and_hidden_ones_come_last_both_ways() {
        let all = Choice::default();
        assert_eq!(places(&all), [5, 6, 7, 8]);
        assert_eq!(places(&Choice { descending: true, ..all.clone() }), [8, 7, 6, 5]);
        let by = |order, descending| places(&Choice { order, descending, ..Choice::default() });
        assert_eq!(by(Order::Frequency, false), [8, 5, 7, 6]);
        assert_eq!(by(Order::Frequency, true), [7, 5, 8, 6]);
        assert_eq!(by(Order::Severity, false), [5, 6, 8, 7]);
        assert_eq!(
            places(&Choice { severities: vec![Severity::Lof, Severity::Other], ..all.clone() }),
            [5, 7]
        );
        assert_eq!(places(&Choice { impact: Some("moderate".into()), ..all.clone() }), [6]);
        // A hidden count may be rare, and is not known to be common.
        assert_eq!(places(&Choice { frequency_max: Some(Bound(0.01)), ..all.clone() }), [5, 6, 8]);
        assert_eq!(places(&Choice { frequency_min: Some(Bound(0.01)), ..all.clone() }), [5, 7]);
        assert_eq!(places(&Choice { clinvar: Some(ClinVarClass::Any), ..all }), Vec::<u32>::new());
    }

    #[test]
    fn classes_of_clinvar_and_bounds_are_read_as_written() {
        let conflicting = "Conflicting classifications of pathogenicity";
        assert!(
            ClinVarClass::Pathogenic.holds("Likely pathogenic")
                && !ClinVarClass::Pathogenic.holds(conflicting)
        );
        assert!(
            ClinVarClass::Uncertain.holds(conflicting) && ClinVarClass::Benign.holds("Benign/Likely_benign")
        );
        assert_eq!("0.01".parse(), Ok(Bound(0.01)));
        for text in ["", "2", "-1", "NaN", "x"] {
            assert!(text.parse::<Bound>().is_err(), "{text}");
        }
    }
}
