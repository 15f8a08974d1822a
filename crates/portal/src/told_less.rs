//! The box that says what the ledger of privacy keeps back, why, and until when; and a count told as a band.

use crate::browser_words::{self, Words as BrowserWords};
use crate::number;
use crate::trouble::Line;
use crate::visit::Visit;
use crate::words::fill;
use gj_gate::{CountForm, GuardedCount, Ledgered};
use gj_model::Grouping;

/// Stretches listed at most.
const STRETCHES_MAX: usize = 8;

pub(crate) struct ToldLess {
    /// Which places, and which splits of them.
    pub(crate) places: Vec<String>,
    /// Why, and until when.
    pub(crate) reason: Line,
}

impl ToldLess {
    /// Nothing, where nothing is withheld.
    pub(crate) fn of(visit: &Visit, ledger: &Ledgered) -> Option<ToldLess> {
        let b = browser_words::of(visit.language);
        let reason = Line::new(visit, &ledger.withheld.first()?.reason);
        let mut places: Vec<String> = ledger
            .withheld
            .iter()
            .take(STRETCHES_MAX)
            .map(|withheld| {
                let place = match withheld.start == withheld.end {
                    true => format!("{}:{}", withheld.chrom, withheld.start),
                    false => format!("{}:{}-{}", withheld.chrom, withheld.start, withheld.end),
                };
                let split = match withheld.by {
                    None => b.withheld_all,
                    Some(Grouping::Contributor) => b.withheld_contributor,
                    Some(Grouping::Sex) => b.withheld_sex,
                    Some(_) => b.withheld_stratum,
                };
                format!("{place} {split}")
            })
            .collect();
        if let Some(more) = ledger.withheld.len().checked_sub(STRETCHES_MAX).filter(|more| *more > 0) {
            places.push(fill(b.withheld_more, &[("count", &more.to_string())]));
        }
        Some(ToldLess { places, reason })
    }
}

/// A count under the guarded regime, as sentences: how many alleles, then how that is told.
pub(crate) fn guarded(b: &BrowserWords, count: &GuardedCount) -> [String; 2] {
    let texts = [count.from, count.to, count.alleles].map(|number| number::count(u64::from(number)));
    let share = |number: u32| number::frequency(f64::from(number) / f64::from(count.alleles.max(1)));
    let (low, high) = (share(count.from), share(count.to));
    let values = [
        ("from", texts[0].as_str()),
        ("to", &texts[1]),
        ("alleles", &texts[2]),
        ("low", &low),
        ("high", &high),
    ];
    let (sentence, form) = match (count.rarer_than_floor, count.form) {
        (true, _) => (b.guarded_rare, b.guarded_rare_form),
        (false, CountForm::Exact) => (b.guarded_exact, b.guarded_exact_form),
        (false, CountForm::Fine) => (b.guarded_band, b.guarded_fine_form),
        (false, CountForm::Broad) => (b.guarded_band, b.guarded_broad_form),
    };
    [fill(sentence, &values), form.to_owned()]
}
