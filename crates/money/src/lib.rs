//! Money: what something costs and why, the invoice for it, and the ledger that says what became of it.
//!
//! Level 1 of the river: facts in, numbers out; no clock, no file. Yen are whole numbers and every
//! addition is checked; no amount is ever a floating-point number. Consumption tax is rounded once
//! for each invoice and rate. An [`Entry`] of the ledger cannot be made unless its postings add up to
//! zero, so neither can a trial balance that is not zero.
//!
//! From a price list to an invoice, and from there into the ledger:
//!
//! ```
//! use gj_money::{Contribution, Funding, Request, Tariff, TaxClass, Wanted, Yen, quote};
//!
//! let tariff = Tariff::example()?;
//! let request = Request {
//!     book: "tohoku".into(),
//!     date: "2026-11-22".parse()?,
//!     // Everybody who would use the data; one company makes it a company's price.
//!     classes: vec!["university".into(), "company".into()],
//!     purpose: None,
//!     tier: None,
//!     funding: Funding::Own,
//!     lines: vec![Wanted::new("dna", 20)],
//! };
//! let quote = quote(&request, &tariff, &[])?;
//! let line = &quote.lines[0];
//! assert_eq!(line.unit_price, Yen::new(10_200));
//! // The same for academia alone, shown before anybody applies:
//! assert_eq!(line.academic_unit_price, Some(Yen::new(5_100)));
//! assert_eq!((quote.totals.net.get(), quote.totals.tax.get()), (204_000, 20_400));
//! assert!(line.reason.en.contains("company") && line.reason.ja.contains("企業"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod account;
pub mod booking;
mod contribution;
mod credit;
mod discount;
pub mod document;

mod entry;
mod error;
mod fee;
mod forecast;
mod invoice;
mod issuer;
mod ledger;
mod period;
mod quote;
mod tariff;
mod tax;
mod yen;

pub use account::Account;
pub use contribution::{Contribution, ContributionKind, Gift, Incentive, PriorityWindow};
pub use credit::{CreditLine, CreditNote, credit};
pub use discount::{Discount, GivenDiscount};
pub use entry::{Entry, Posting};
pub use error::MoneyError;
pub use fee::{COMPANY, CitedRule, FeeRule, Funding};
pub use forecast::{Forecast, ForecastLine, forecast};
pub use invoice::{Invoice, InvoiceTerms, Recipient};
pub use issuer::{Issuer, RegistrationNumber};
pub use ledger::{Ledger, TrialBalance, TrialLine};
pub use period::{FiscalYear, MONTHS_A_YEAR, months_begun, years_begun};
pub use quote::{Quote, QuoteLine, Request, Wanted, quote};
pub use tariff::{EXAMPLE as EXAMPLE_TARIFF, Tariff};
pub use tax::{RateTotal, Rounding, TaxClass, TaxRate, Totals};
pub use yen::{PerUnit, Yen};
