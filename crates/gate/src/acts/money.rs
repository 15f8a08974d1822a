//! Money: prices, invoices, what was received and given, budgets and costs; each act with its entry in the
//! ledger and its line in the audit log, all in one transaction.
//!
//! Pricing and issuing are open to other acts inside a transaction of theirs (`price`, `Gate::issue`), so
//! that an application can quote and invoice without a second door.

mod budget;
mod contribution;
mod forecast;
mod invoice;
mod payment;
mod price;
mod reader;
mod receivables;
mod reports;
mod statement;
mod tariff;

pub use budget::{Allotment, BudgetReport, CostRequest};
pub use contribution::ContributionRequest;
pub use forecast::{Certainty, Expected, ExpectedIncome, ExpectedMonth};
pub use invoice::{CreditRequest, InvoiceRequest};
pub use payment::{PaymentReport, PaymentRequest};
pub(crate) use price::price_by;
pub use price::{PriceQuestion, QuoteRequest, price};
pub use reader::MoneyRights;
pub use receivables::{Age, AgedInvoice, Receivables};
pub use reports::{ACCOUNT_LINES_MAX, AccountPage, CategoryCost, GenomeCost};
pub use statement::{ContributionCard, InvoiceCard, InvoiceSheet, Statement};

pub use gj_money::document::{Document, html, pdf, text};
pub use gj_money::{
    Account, Contribution, ContributionKind, CreditNote, EXAMPLE_TARIFF, FeeRule, FiscalYear, Forecast,
    Funding, Invoice, PerUnit, PriorityWindow, Quote, QuoteLine, Totals, TrialBalance, Wanted, Yen,
};
pub use gj_registry::money::{AccountLine, BudgetLine, CostRow, StoredQuote};

use crate::ask::Asker;
use crate::audit::{Note, bounded};
use crate::error::GateError;
use crate::gate::Gate;
use gj_registry::Tx;
use serde_json::Value;

/// Asking for a price.
const QUOTE: &str = "money.quote";
/// Writing into the books.
const BOOK: &str = "money.book";
/// Changing what things cost.
const EDIT: &str = "money.edit";
/// Reading the books.
const READ: &str = "money.read";
/// Reading what concerns one's own institution.
const OWN: &str = "money.own";

fn wrong<T>(what: impl Into<String>) -> Result<T, GateError> {
    Err(GateError::Books(what.into()))
}

/// A text a person wrote for the books: one line, not empty, short enough to be logged as it is.
fn line(what: &str, text: &str) -> Result<(), GateError> {
    const CHARS_MAX: usize = 200;
    if text.trim().is_empty() || text.chars().any(char::is_control) || text.chars().count() > CHARS_MAX {
        return wrong(format!("{what} must be one line of 1 to {CHARS_MAX} characters"));
    }
    Ok(())
}

impl Gate {
    /// The audit line of an act of money, in its transaction.
    async fn note_money(
        &self,
        tx: &mut Tx,
        (asker, act): (&Asker, &str),
        (subject, outcome): (&str, &str),
        detail: Value,
    ) -> Result<(), GateError> {
        let detail = bounded(detail);
        self.note(tx, Note { actor: asker.name(), act, subject, outcome, detail }).await.map(drop)
    }
}

#[cfg(test)]
mod tests;
