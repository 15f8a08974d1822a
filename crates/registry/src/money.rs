//! Money as rows: the tariff, quotes and invoices, what was received and given, budgets, and the ledger.
//!
//! Owns the rows. The ledger takes only [`gj_money::Entry`], which cannot be made unbalanced, and adds it in
//! the transaction of the act it is of. Never prices anything and never decides.

mod budgets;
mod contributions;
mod invoices;
mod ledger;
mod tariff;

pub use budgets::{BudgetLine, CostRow};
pub use invoices::{OpenInvoice, PaperSeries, Received, StoredInvoice, StoredQuote};
pub use ledger::{AccountLine, BookedEntry, LedgerCheck};

use crate::error::Error;
use crate::row::Columns;
use chrono::NaiveDate;
use gj_money::{MoneyError, Yen};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::any::AnyRow;

fn yen(row: &AnyRow, column: &'static str) -> Result<Yen, Error> {
    Ok(Yen::new(row.number(column)?))
}

fn document<T: DeserializeOwned>(row: &AnyRow, column: &'static str) -> Result<T, Error> {
    serde_json::from_str(&row.text(column)?).map_err(|_| Error::Stored(column))
}

fn json(value: &impl Serialize, column: &'static str) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|_| Error::Stored(column))
}

/// A word such as `half-up` as its type, by the type's own spelling.
fn word<T: DeserializeOwned>(row: &AnyRow, column: &'static str) -> Result<T, Error> {
    serde_json::from_value(row.text(column)?.into()).map_err(|_| Error::Stored(column))
}

/// The word of a value whose form in JSON is a word.
fn spelled(value: &impl Serialize, column: &'static str) -> Result<String, Error> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(Error::Stored(column)),
    }
}

fn number(row: &AnyRow, column: &'static str) -> Result<u32, Error> {
    u32::try_from(row.number(column)?).map_err(|_| Error::Stored(column))
}

fn maybe_day(day: Option<NaiveDate>) -> Option<String> {
    day.map(|day| day.to_string())
}

impl From<MoneyError> for Error {
    fn from(error: MoneyError) -> Error {
        Error::Damaged(format!("money: {error}"))
    }
}
