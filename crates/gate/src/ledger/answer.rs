//! What the ledger says in an answer: counts in a form, places withheld.

use crate::release::FrequencyAnswer;
use gj_exposure::Form;
use gj_model::{Grouping, Reason, Variant};
use serde::Serialize;
use std::fmt;

/// What the ledger did to an answer: nothing, for most.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Ledgered {
    /// Places of which something is not shown now, ascending: whether there is a variant or not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<Withheld>,
    /// The count of the variant asked for, under the guarded regime. `sites` then holds the variant only where at least
    /// the floor is told, with nothing but the count, and that only if it is exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guarded: Option<GuardedCount>,
}

/// A stretch of positions of which something is not shown now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// `chr22`.
    pub chrom: &'static str,
    /// First position, from 1.
    pub start: u32,
    /// Last position.
    pub end: u32,
    /// The split of which groups are not shown; absent: nothing is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Grouping>,
    /// Why, and until when.
    pub reason: Reason,
}

impl fmt::Display for Withheld {
    /// `chr2:1-1000 by stratum: why, and until when`, in English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}-{}", self.chrom, self.start, self.end)?;
        if let Some(by) = self.by {
            write!(f, " by {}", by.name())?;
        }
        write!(f, ": {}", self.reason.en)
    }
}

/// How much of a count is told, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CountForm {
    /// Bands of 40 standard deviations.
    Broad,
    /// Bands of 10 standard deviations.
    Fine,
    /// The count.
    Exact,
}

impl From<Form> for CountForm {
    fn from(form: Form) -> CountForm {
        match form {
            Form::Broad => CountForm::Broad,
            Form::Fine => CountForm::Fine,
            Form::Exact => CountForm::Exact,
        }
    }
}

/// A total count as the guarded regime tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GuardedCount {
    /// The variant, as asked.
    pub variant: String,
    /// In which form.
    pub form: CountForm,
    /// Alternate alleles are at least this.
    pub from: u32,
    /// Alternate alleles are at most this.
    pub to: u32,
    /// Alleles of the people counted, two a person, to the nearest hundred.
    pub alleles: u32,
    /// Nothing is told but "at most `to`": rare, zero and never seen look the same.
    pub rarer_than_floor: bool,
    /// The floor, in alleles.
    pub floor: u32,
}

/// What is known of an alternate allele count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellState {
    /// The count.
    Exact(u32),
    /// From this to that, both included.
    Band(u32, u32),
    /// Under so many alleles, none or a variant never seen among them.
    RarerThan(u32),
    /// Small, or it would give a small one away.
    Hidden,
    /// Not shown until the next release.
    Withheld,
    /// Nobody has a call there.
    Absent,
}

impl FrequencyAnswer {
    /// What is told of a variant's alternate alleles in a group.
    pub fn state(&self, variant: &Variant, group: &str) -> CellState {
        if let Some(count) = &self.ledger.guarded {
            return match count {
                count if count.rarer_than_floor => CellState::RarerThan(count.to + 1),
                GuardedCount { form: CountForm::Exact, from, to, .. } if from == to => {
                    CellState::Exact(*from)
                }
                count => CellState::Band(count.from, count.to),
            };
        }
        let (chrom, position) = (variant.contig.name(), variant.position.get());
        let here = |withheld: &&Withheld| {
            withheld.chrom == chrom && (withheld.start..=withheld.end).contains(&position)
        };
        if self.ledger.withheld.iter().filter(here).any(|withheld| withheld.by.is_none() || group != "all") {
            return CellState::Withheld;
        }
        let site = self.sites.iter().find(|site| site.variant == *variant);
        match site.and_then(|site| site.groups.get(group)) {
            Some(cells) => cells.ac.map_or(CellState::Hidden, CellState::Exact),
            None => CellState::Absent,
        }
    }
}
