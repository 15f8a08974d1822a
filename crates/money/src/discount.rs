//! Discounts: what a contribution takes off, how much of it is left, and until when.
//!
//! A discount always names the contribution it comes from; there is no other kind.

use crate::contribution::ContributionKind;
use crate::error::MoneyError;
use crate::period;
use crate::yen::Yen;
use chrono::NaiveDate;
use gj_model::Bilingual;
use serde::{Deserialize, Serialize};

/// What a contribution may still take off the contributor's fees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discount {
    /// The contribution it comes from.
    pub contribution: String,
    /// What was given.
    pub kind: ContributionKind,
    /// Share of a line, in hundredths of a per cent.
    pub basis_points: u32,
    /// Yen that it may still take off, over all invoices.
    pub left: Yen,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day: a discount always ends.
    pub valid_to: NaiveDate,
    /// Which incentive it follows.
    pub source: String,
}

/// What a discount took off one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenDiscount {
    /// The contribution it comes from.
    pub contribution: String,
    /// Yen taken off.
    pub amount: Yen,
    /// Why.
    pub reason: Bilingual,
    /// Which incentive it follows.
    pub source: String,
}

/// Discounts in the order in which they are used up, while a quote is made.
#[derive(Debug)]
pub(crate) struct Purse {
    discounts: Vec<Discount>,
}

impl Purse {
    /// Those in force on a day: what ends first is used first, so that the order given does not matter.
    pub(crate) fn on(day: NaiveDate, all: &[Discount]) -> Purse {
        let valid = |d: &&Discount| period::covers(d.valid_from, Some(d.valid_to), day);
        let mut discounts: Vec<Discount> = all.iter().filter(valid).cloned().collect();
        discounts.sort_by(|a, b| (a.valid_to, &a.contribution).cmp(&(b.valid_to, &b.contribution)));
        Purse { discounts }
    }

    /// Takes off a line what may be taken off; returns what is left to pay, and each discount.
    pub(crate) fn take_off(&mut self, amount: Yen) -> Result<(Yen, Vec<GivenDiscount>), MoneyError> {
        let (mut net, mut given) = (amount, Vec::new());
        for discount in &mut self.discounts {
            let off = amount.share(discount.basis_points)?.min(discount.left).min(net);
            if off <= Yen::ZERO {
                continue;
            }
            net = net.minus(off)?;
            discount.left = discount.left.minus(off)?;
            given.push(discount.given(off));
        }
        Ok((net, given))
    }
}

impl Discount {
    fn given(&self, amount: Yen) -> GivenDiscount {
        let (whole, part) = (self.basis_points / 100, self.basis_points % 100);
        let percent = if part == 0 { whole.to_string() } else { format!("{whole}.{part:02}") };
        GivenDiscount {
            contribution: self.contribution.clone(),
            amount,
            reason: Bilingual {
                ja: format!(
                    "拠出 {}（{}）による{percent}％の減額 {amount}円（{}まで）",
                    self.contribution,
                    self.kind.ja(),
                    self.valid_to
                ),
                en: format!(
                    "{percent} % off for contribution {} ({}): {amount} yen (until {})",
                    self.contribution,
                    self.kind.name(),
                    self.valid_to
                ),
            },
            source: self.source.clone(),
        }
    }
}
