//! Credit notes 適格返還請求書: what is taken back of an invoice, and its tax.
//!
//! The tax taken back is the invoice's tax less that of what remains, so that what remains is always
//! taxed by the same rule, rounded once, and taking everything back leaves nothing.

use crate::error::MoneyError;
use crate::invoice::{Invoice, Recipient};
use crate::issuer::Issuer;
use crate::period;
use crate::tax::{RateTotal, Rounding, TaxClass, Totals};
use crate::yen::Yen;
use chrono::NaiveDate;
use gj_model::Bilingual;
use serde::{Deserialize, Serialize};

/// A credit note as issued; its amounts are above zero and taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditNote {
    /// Its number; numbers of a fiscal year have no gaps.
    pub number: String,
    /// The invoice it takes from.
    pub invoice: String,
    /// That invoice's day of issue.
    #[serde(deserialize_with = "period::read")]
    pub invoiced_on: NaiveDate,
    /// Day of issue.
    #[serde(deserialize_with = "period::read")]
    pub issued_on: NaiveDate,
    /// Who issues it.
    pub issuer: Issuer,
    /// Whose invoice it was.
    pub recipient: Recipient,
    /// Why.
    pub reason: String,
    /// What is taken back.
    pub lines: Vec<CreditLine>,
    /// What becomes of a fraction of a yen of tax on what remains.
    pub rounding: Rounding,
    /// What it adds up to.
    pub totals: Totals,
}

/// What is taken back of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditLine {
    /// Line of the invoice, from 1.
    pub line: usize,
    /// What the invoice calls it.
    pub name: Bilingual,
    /// Yen taken back, without tax.
    pub net: Yen,
    /// Which tax.
    pub tax: TaxClass,
    /// At which rate.
    pub percent: u8,
}

/// Takes back part of an invoice: `wanted` yen of each line named, from 1; nothing named takes back all
/// that is left. `earlier` are the credit notes on the same invoice.
///
/// # Errors
/// [`MoneyError::CreditTooLarge`], [`MoneyError::NotPositive`]; [`MoneyError::NothingAsked`] when nothing is left.
pub fn credit(
    invoice: &Invoice,
    earlier: &[CreditNote],
    wanted: &[(usize, Yen)],
) -> Result<(Vec<CreditLine>, Totals), MoneyError> {
    let mut left: Vec<Yen> = invoice.lines.iter().map(|line| line.net).collect();
    for line in earlier.iter().flat_map(|note| &note.lines) {
        if let Some(left) = line.line.checked_sub(1).and_then(|index| left.get_mut(index)) {
            *left = left.minus(line.net)?;
        }
    }
    let before = totals(invoice, &left)?;
    let everything: Vec<(usize, Yen)> =
        (1..).zip(left.iter().copied()).filter(|(_, y)| !y.is_zero()).collect();
    let mut lines = Vec::new();
    for (number, asked) in if wanted.is_empty() { &everything } else { wanted } {
        let index = number.wrapping_sub(1);
        let there = left.get(index).copied().unwrap_or(Yen::ZERO);
        if asked.positive()? > there {
            return Err(MoneyError::CreditTooLarge { line: *number, left: there, asked: *asked });
        }
        left[index] = there.minus(*asked)?;
        let of = &invoice.lines[index];
        let (name, tax, percent) = (of.name.clone(), of.tax, of.percent);
        lines.push(CreditLine { line: *number, name, net: *asked, tax, percent });
    }
    if lines.is_empty() {
        return Err(MoneyError::NothingAsked);
    }
    let after = totals(invoice, &left)?;
    // INVARIANT: both hold the same rates in the same order, because lines stay and only shrink.
    let rates = before.rates.iter().zip(&after.rates).map(|(before, after)| {
        let (net, tax) = (before.net.minus(after.net)?, before.tax.minus(after.tax)?);
        Ok(RateTotal { class: before.class, percent: before.percent, net, tax })
    });
    let rates: Vec<RateTotal> = rates.collect::<Result<_, MoneyError>>()?;
    Ok((lines, Totals::over(rates.into_iter().filter(|rate| !rate.net.is_zero()).collect())?))
}

fn totals(invoice: &Invoice, left: &[Yen]) -> Result<Totals, MoneyError> {
    let lines = invoice.lines.iter().zip(left).map(|(line, net)| (line.tax, line.percent, *net));
    Totals::of(lines, invoice.rounding)
}
