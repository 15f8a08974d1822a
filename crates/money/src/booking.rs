//! Which accounts each act moves: one function an act, each making one balanced entry.

use crate::account::Account::{
    BadDebt, BudgetAllotted, BudgetLeft, Cash, CashGifts, Cost, FeeRevenue, GiftsUsed, OtherGifts, Owed,
    Receivable, StateFunds, TaxPayable,
};
use crate::contribution::{Contribution, ContributionKind};
use crate::credit::CreditNote;
use crate::entry::{Entry, Posting};
use crate::error::MoneyError;
use crate::invoice::Invoice;
use crate::yen::Yen;
use chrono::NaiveDate;
use gj_model::Bilingual;
use serde::Serialize;

/// What becomes of money that comes in for an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Settlement {
    /// Counted against the invoice.
    pub applied: Yen,
    /// Too much: owed back to the institution.
    pub over: Yen,
    /// Still owed on the invoice.
    pub left: Yen,
}

/// Splits an amount over what is still owed on an invoice.
///
/// # Errors
/// An amount that is not more than nothing.
pub fn settle(owed: Yen, amount: Yen) -> Result<Settlement, MoneyError> {
    let applied = amount.positive()?.min(owed.max(Yen::ZERO));
    Ok(Settlement { applied, over: amount.minus(applied)?, left: owed.minus(applied)? })
}

/// An invoice was issued. An invoice over nothing moves nothing and has no entry.
///
/// # Errors
/// When the amounts do not fit.
pub fn invoiced(invoice: &Invoice) -> Result<Option<Entry>, MoneyError> {
    let (number, totals) = (invoice.number.as_str(), &invoice.totals);
    if totals.total.is_zero() {
        return Ok(None);
    }
    let words = words(
        format!("請求 {number}（{}）", invoice.recipient.name.ja),
        format!("invoice {number} to {}", invoice.recipient.institution),
    );
    let postings = [
        Posting::debit(Receivable, number, totals.total),
        Posting::credit(FeeRevenue, number, totals.net)?,
        Posting::credit(TaxPayable, number, totals.tax)?,
    ];
    Entry::new(invoice.issued_on, "invoice", words, postings).map(Some)
}

/// Money came in for an invoice.
///
/// # Errors
/// When the amounts do not fit.
pub fn paid(
    day: NaiveDate,
    invoice: &str,
    institution: &str,
    settlement: Settlement,
) -> Result<Entry, MoneyError> {
    let words =
        words(format!("入金 {invoice}（{institution}）"), format!("payment of {invoice} by {institution}"));
    let postings = [
        Posting::debit(Cash, "", settlement.applied.plus(settlement.over)?),
        Posting::credit(Receivable, invoice, settlement.applied)?,
        Posting::credit(Owed, institution, settlement.over)?,
    ];
    Entry::new(day, "pay", words, postings)
}

/// What is owed to an institution was paid back.
///
/// # Errors
/// More than `owed`.
pub fn refunded(day: NaiveDate, institution: &str, owed: Yen, amount: Yen) -> Result<Entry, MoneyError> {
    let amount = at_most(amount, owed, "owed to the institution")?;
    let words = words(format!("返金（{institution}）"), format!("refund to {institution}"));
    let postings = [Posting::debit(Owed, institution, amount), Posting::credit(Cash, "", amount)?];
    Entry::new(day, "refund", words, postings)
}

/// What is owed to an institution was counted against an invoice of its own.
///
/// # Errors
/// More than is owed to it, or than it still owes on the invoice.
pub fn set_off(
    day: NaiveDate,
    (institution, owed_back): (&str, Yen),
    (invoice, owed): (&str, Yen),
    amount: Yen,
) -> Result<Entry, MoneyError> {
    let amount = at_most(amount, owed_back, "owed to the institution")?;
    let amount = at_most(amount, owed, "still to be paid on the invoice")?;
    let words = words(
        format!("充当 {invoice}（{institution}の過入金）"),
        format!("{invoice} set off against what is owed to {institution}"),
    );
    let postings = [Posting::debit(Owed, institution, amount), Posting::credit(Receivable, invoice, amount)?];
    Entry::new(day, "set-off", words, postings)
}

/// Part of an invoice, or all of it, was taken back. What was paid already is owed back.
///
/// # Errors
/// When the amounts do not fit.
pub fn credited(note: &CreditNote, owed: Yen) -> Result<Option<Entry>, MoneyError> {
    let (number, totals) = (note.invoice.as_str(), &note.totals);
    if totals.total.is_zero() {
        return Ok(None);
    }
    let from_debt = totals.total.min(owed.max(Yen::ZERO));
    let words = words(
        format!("返還 {}（請求 {number}）", note.number),
        format!("credit note {} on invoice {number}", note.number),
    );
    let postings = [
        Posting::debit(FeeRevenue, number, totals.net),
        Posting::debit(TaxPayable, number, totals.tax),
        Posting::credit(Receivable, number, from_debt)?,
        Posting::credit(Owed, &note.recipient.institution, totals.total.minus(from_debt)?)?,
    ];
    Entry::new(note.issued_on, "credit", words, postings).map(Some)
}

/// What is still owed on an invoice was given up.
///
/// # Errors
/// When nothing is owed.
pub fn written_off(day: NaiveDate, invoice: &str, owed: Yen) -> Result<Entry, MoneyError> {
    let owed = owed.positive()?;
    let words = words(format!("貸倒 {invoice}"), format!("{invoice} written off"));
    let postings = [Posting::debit(BadDebt, invoice, owed), Posting::credit(Receivable, invoice, owed)?];
    Entry::new(day, "write-off", words, postings)
}

/// A contribution was received: money is there, anything else is used as it comes.
///
/// # Errors
/// When the amounts do not fit.
pub fn contributed(contribution: &Contribution) -> Result<Entry, MoneyError> {
    let Contribution { id, institution, kind, value, .. } = contribution;
    let words = words(
        format!("拠出 {id}（{}、{institution}）", kind.ja()),
        format!("contribution {id} ({kind}) by {institution}"),
    );
    let postings = match kind {
        ContributionKind::Cash => [Posting::debit(Cash, "", *value), Posting::credit(CashGifts, id, *value)?],
        _ => [Posting::debit(GiftsUsed, id, *value), Posting::credit(OtherGifts, id, *value)?],
    };
    Entry::new(contribution.given_on, "contribute", words, postings)
}

/// A ministry allotted money to a budget line.
///
/// # Errors
/// An amount that is not more than nothing.
pub fn allotted(day: NaiveDate, line: &str, amount: Yen) -> Result<Entry, MoneyError> {
    let amount = amount.positive()?;
    let words = words(format!("予算配賦 {line}"), format!("budget allotted to {line}"));
    let postings = [Posting::debit(BudgetLeft, line, amount), Posting::credit(BudgetAllotted, line, amount)?];
    Entry::new(day, "budget", words, postings)
}

/// A cost was paid out of a budget line.
///
/// # Errors
/// More than is `left` of the line.
pub fn spent(day: NaiveDate, line: &str, left: Yen, amount: Yen, what: &str) -> Result<Entry, MoneyError> {
    let amount = at_most(amount, left, "left of the budget line")?;
    let words = words(format!("支出 {line}：{what}"), format!("cost of {line}: {what}"));
    let postings = [
        Posting::debit(Cost, line, amount),
        Posting::credit(StateFunds, line, amount)?,
        Posting::debit(BudgetAllotted, line, amount),
        Posting::credit(BudgetLeft, line, amount)?,
    ];
    Entry::new(day, "cost", words, postings)
}

fn at_most(asked: Yen, left: Yen, what: &'static str) -> Result<Yen, MoneyError> {
    match asked.positive()? {
        asked if asked > left => Err(MoneyError::NotEnough { what, left, asked }),
        asked => Ok(asked),
    }
}

fn words(ja: String, en: String) -> Bilingual {
    Bilingual { ja, en }
}
