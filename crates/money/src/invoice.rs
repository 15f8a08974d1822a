//! Qualified invoices 適格請求書: everything the law asks for, fixed on the day of issue.
//!
//! Issuer and registration number, recipient, date, items, sums and tax by rate (Consumption Tax Act,
//! Article 57-4). Never changed afterwards: a mistake is mended by a credit note.

use crate::error::MoneyError;
use crate::issuer::Issuer;
use crate::period;
use crate::quote::{Quote, QuoteLine};
use crate::tax::{Rounding, Totals};
use chrono::{Days, NaiveDate};
use gj_model::Bilingual;
use serde::{Deserialize, Serialize};

/// An invoice as issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// Its number; numbers of a fiscal year have no gaps.
    pub number: String,
    /// Day of issue.
    #[serde(deserialize_with = "period::read")]
    pub issued_on: NaiveDate,
    /// Last day to pay.
    #[serde(deserialize_with = "period::read")]
    pub due_on: NaiveDate,
    /// Days of use it is for.
    #[serde(deserialize_with = "period::read")]
    pub covers_from: NaiveDate,
    /// Last of them.
    #[serde(deserialize_with = "period::read")]
    pub covers_to: NaiveDate,
    /// Who issues it.
    pub issuer: Issuer,
    /// Who is to pay.
    pub recipient: Recipient,
    /// What it is about.
    pub subject: String,
    /// The lines.
    pub lines: Vec<QuoteLine>,
    /// What becomes of a fraction of a yen of tax.
    pub rounding: Rounding,
    /// What it adds up to.
    pub totals: Totals,
}

/// Who is to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Id of the institution.
    pub institution: String,
    /// Its name.
    pub name: Bilingual,
}

/// What an invoice says beyond its quote.
#[derive(Debug, Clone)]
pub struct InvoiceTerms {
    /// Its number.
    pub number: String,
    /// Day of issue.
    pub issued_on: NaiveDate,
    /// First day of use it is for.
    pub covers_from: NaiveDate,
    /// Last day of use it is for.
    pub covers_to: NaiveDate,
    /// What it is about.
    pub subject: String,
    /// Who is to pay.
    pub recipient: Recipient,
}

impl Invoice {
    /// The invoice for a quote.
    pub fn new(quote: Quote, issuer: Issuer, terms: InvoiceTerms) -> Invoice {
        let due = terms.issued_on.checked_add_days(Days::new(issuer.due_days.into()));
        Invoice {
            number: terms.number,
            issued_on: terms.issued_on,
            due_on: due.unwrap_or(terms.issued_on),
            covers_from: terms.covers_from,
            covers_to: terms.covers_to,
            issuer,
            recipient: terms.recipient,
            subject: terms.subject,
            lines: quote.lines,
            rounding: quote.rounding,
            totals: quote.totals,
        }
    }

    /// Whether having paid it opens the use of data for the days it covers.
    pub fn opens_use(&self) -> bool {
        self.lines.iter().any(|line| line.opens_use)
    }

    /// Adds it up again and compares: for documents that were stored.
    ///
    /// # Errors
    /// [`MoneyError::Inconsistent`] when a line or a total is not what it must be.
    pub fn check(&self) -> Result<(), MoneyError> {
        let wrong = || MoneyError::Inconsistent(self.number.clone());
        for line in &self.lines {
            let off = crate::Yen::sum(line.discounts.iter().map(|discount| discount.amount))?;
            let amount = line.wanted().amount(line.unit_price)?.minus(line.paid_before)?;
            if line.amount != amount || line.net != amount.minus(off)? || line.net.get() < 0 {
                return Err(wrong());
            }
        }
        let lines = self.lines.iter().map(|line| (line.tax, line.percent, line.net));
        if Totals::of(lines, self.rounding)? == self.totals { Ok(()) } else { Err(wrong()) }
    }
}
