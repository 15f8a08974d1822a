//! What can go wrong with money, one variant for each thing a caller would do differently.

use crate::yen::Yen;
use chrono::NaiveDate;

/// Why there is no price, no document or no entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// A sum does not fit.
    #[error("the amount is beyond what a ledger can hold (9,223,372,036,854,775,807 yen)")]
    TooLarge,
    /// An entry whose postings do not add up to zero, or that has fewer than two.
    #[error("an entry's postings must add up to zero; these add up to {0} yen")]
    Unbalanced(Yen),
    /// An entry that moves nothing.
    #[error("an entry needs at least two postings, none of them of 0 yen")]
    Empty,
    /// An entry is reversed once.
    #[error("entry {0} was reversed before; a reversal is not reversed either, book it anew")]
    Reversed(u64),
    /// No such entry.
    #[error("there is no entry {0}")]
    NoEntry(u64),
    /// Nothing says what an item costs.
    #[error("no rule of price list `{book}` prices `{item}` for `{class}` on {date}; add a [[fee]] for it")]
    NoRule {
        /// The price list.
        book: String,
        /// What was asked for.
        item: String,
        /// Whose price it would be.
        class: String,
        /// The day.
        date: NaiveDate,
    },
    /// Two rules price the same thing.
    #[error("rules `{0}` and `{1}` both price `{2}` and neither is more particular; end one with `valid_to`")]
    Ambiguous(String, String, String),
    /// A price in another currency is for comparison only.
    #[error("`{0}` is priced in {1}, for comparison only: invoices are in yen")]
    Currency(String, String),
    /// No tax rate is in force.
    #[error("no tax rate of class `{0}` is in force on {1}; add a [[tax_rate]]")]
    NoTaxRate(&'static str, NaiveDate),
    /// A quote of nothing.
    #[error("name at least one item, and of each at least one unit")]
    NothingAsked,
    /// Nobody issues invoices on that day.
    #[error("no [[issuer]] is in force on {0}")]
    NoIssuer(NaiveDate),
    /// A registration number that was mistyped.
    #[error(
        "`{0}` is not a registration number: `T` and 13 digits, of which the first checks the others; expected {1}"
    )]
    RegistrationNumber(String, String),
    /// More is credited than was invoiced.
    #[error("line {line}: {left} yen are left to credit, not {asked}")]
    CreditTooLarge {
        /// Line of the invoice, from 1.
        line: usize,
        /// What can still be credited.
        left: Yen,
        /// What was asked for.
        asked: Yen,
    },
    /// A document that contradicts itself.
    #[error("invoice `{0}`: its totals are not those of its lines")]
    Inconsistent(String),
    /// An amount must be more than nothing.
    #[error("the amount must be more than 0 yen; found {0}")]
    NotPositive(Yen),
    /// More than there is.
    #[error("only {left} yen are {what}, not {asked}")]
    NotEnough {
        /// Of what: `left of the budget line`, `owed on the invoice` …
        what: &'static str,
        /// How much there is.
        left: Yen,
        /// How much was asked for.
        asked: Yen,
    },
    /// A tariff file that cannot be read or contradicts itself.
    #[error("tariff refused, nothing was changed: {0}")]
    Tariff(String),
}
