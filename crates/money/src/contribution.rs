//! Contributions: what an institution gave, and what it gets for that: a discount and a head start.
//!
//! Both follow from an incentive in force on the day of the contribution, and both end.

use crate::discount::Discount;
use crate::error::MoneyError;
use crate::period;
use crate::yen::Yen;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContributionKind {
    /// Money.
    Cash,
    /// Goods, such as reagents or sequencers.
    InKind,
    /// People's work.
    Staff,
    /// Methods, software, licences.
    Technology,
}

impl ContributionKind {
    /// Every kind.
    pub const ALL: [ContributionKind; 4] = [
        ContributionKind::Cash,
        ContributionKind::InKind,
        ContributionKind::Staff,
        ContributionKind::Technology,
    ];

    /// The word used in files and in the registry.
    pub fn name(self) -> &'static str {
        match self {
            ContributionKind::Cash => "cash",
            ContributionKind::InKind => "in-kind",
            ContributionKind::Staff => "staff",
            ContributionKind::Technology => "technology",
        }
    }

    /// In Japanese.
    pub fn ja(self) -> &'static str {
        match self {
            ContributionKind::Cash => "資金",
            ContributionKind::InKind => "現物",
            ContributionKind::Staff => "人員",
            ContributionKind::Technology => "技術",
        }
    }
}

impl fmt::Display for ContributionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ContributionKind {
    type Err = String;

    fn from_str(text: &str) -> Result<ContributionKind, String> {
        ContributionKind::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| {
            let known = ContributionKind::ALL.map(ContributionKind::name).join(", ");
            format!("`{}` is not a kind of contribution; expected {known}", text.escape_debug())
        })
    }
}

/// What a kind of contribution is rewarded with, while it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incentive {
    /// For what.
    pub kind: ContributionKind,
    /// Share taken off each line of the contributor's fees, in hundredths of a per cent.
    pub discount_basis_points: u32,
    /// Share of the contribution's value that may be taken off in all, in hundredths of a per cent.
    pub limit_basis_points: u32,
    /// Months in which the discount can be used.
    pub discount_months: u32,
    /// Months of head start on the datasets the contribution is tied to; 0: none.
    pub head_start_months: u32,
    /// Whether it is an example and nobody's published rule.
    #[serde(default)]
    pub illustrative: bool,
    /// First day.
    #[serde(deserialize_with = "period::read")]
    pub valid_from: NaiveDate,
    /// Last day; absent: open.
    #[serde(default, deserialize_with = "period::read_maybe", skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Where it comes from.
    pub source: String,
}

/// One contribution with what it is rewarded with, fixed on its day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// Its number.
    pub id: String,
    /// Who gave.
    pub institution: String,
    /// What.
    pub kind: ContributionKind,
    /// Its value.
    pub value: Yen,
    /// When.
    pub given_on: NaiveDate,
    /// Datasets it is tied to.
    pub datasets: Vec<String>,
    /// Share taken off each line, in hundredths of a per cent.
    pub discount_basis_points: u32,
    /// Yen that may be taken off in all.
    pub discount_limit: Yen,
    /// Last day of the discount.
    pub discount_to: NaiveDate,
    /// Last day of the head start; absent: there is none.
    pub priority_to: Option<NaiveDate>,
    /// The agreement it was given under, and the incentive.
    pub source: String,
}

/// A head start: the institution uses the dataset before others do, until a hard end. Public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorityWindow {
    /// The contribution it comes from.
    pub contribution: String,
    /// Whose head start it is.
    pub institution: String,
    /// On what.
    pub dataset: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day, the hard end.
    pub valid_to: NaiveDate,
    /// The agreement.
    pub source: String,
}

/// What was given, before its reward is known.
#[derive(Debug, Clone)]
pub struct Gift {
    /// Its number.
    pub id: String,
    /// Who gave.
    pub institution: String,
    /// What.
    pub kind: ContributionKind,
    /// Its value.
    pub value: Yen,
    /// When.
    pub given_on: NaiveDate,
    /// Datasets it is tied to.
    pub datasets: Vec<String>,
    /// The agreement it was given under.
    pub agreement: String,
}

impl Contribution {
    /// Fixes the reward of a gift by the incentive in force on its day; without one there is none.
    ///
    /// # Errors
    /// A value that is not more than nothing, or beyond what fits.
    pub fn of(gift: Gift, incentives: &[Incentive]) -> Result<Contribution, MoneyError> {
        let value = gift.value.positive()?;
        let day = gift.given_on;
        let on = incentives
            .iter()
            .filter(|i| i.kind == gift.kind && period::covers(i.valid_from, i.valid_to, day))
            .max_by_key(|incentive| incentive.valid_from);
        let (points, limit, months, head_start, source) = match on {
            Some(on) => (
                on.discount_basis_points,
                value.share(on.limit_basis_points)?,
                on.discount_months,
                on.head_start_months,
                format!("{}; {}", gift.agreement, on.source),
            ),
            None => (0, Yen::ZERO, 0, 0, gift.agreement),
        };
        Ok(Contribution {
            id: gift.id,
            institution: gift.institution,
            kind: gift.kind,
            value,
            given_on: day,
            priority_to: (head_start > 0 && !gift.datasets.is_empty())
                .then(|| period::last_day(day, head_start)),
            datasets: gift.datasets,
            discount_basis_points: points,
            discount_limit: limit,
            discount_to: period::last_day(day, months),
            source,
        })
    }

    /// The discount it still gives when `used` yen of it were taken off invoices.
    ///
    /// # Errors
    /// When the amounts do not fit.
    pub fn discount(&self, used: Yen) -> Result<Discount, MoneyError> {
        Ok(Discount {
            contribution: self.id.clone(),
            kind: self.kind,
            basis_points: self.discount_basis_points,
            left: self.discount_limit.minus(used)?.max(Yen::ZERO),
            valid_from: self.given_on,
            valid_to: self.discount_to,
            source: self.source.clone(),
        })
    }

    /// Its head starts, one for each dataset.
    pub fn windows(&self) -> Vec<PriorityWindow> {
        let Some(valid_to) = self.priority_to else { return Vec::new() };
        let window = |dataset: &String| PriorityWindow {
            contribution: self.id.clone(),
            institution: self.institution.clone(),
            dataset: dataset.clone(),
            valid_from: self.given_on,
            valid_to,
            source: self.source.clone(),
        };
        self.datasets.iter().map(window).collect()
    }
}
