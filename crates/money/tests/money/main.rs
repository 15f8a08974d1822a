//! Money as its callers see it: invoices computed by hand, properties, and a million acts in one ledger.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail the test")]

mod invoices;
mod ledger;
mod properties;

use chrono::NaiveDate;
use gj_model::Bilingual;
use gj_money::{Contribution, ContributionKind, Funding, Gift, Invoice, InvoiceTerms, Quote, Recipient};
use gj_money::{Request, Tariff, Wanted, Yen};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn tariff() -> Tariff {
    Tariff::example().unwrap()
}

fn request(book: &str, classes: &[&str], lines: &[(&str, u32)]) -> Request {
    Request {
        book: book.to_owned(),
        date: day("2026-11-22"),
        classes: classes.iter().map(|class| (*class).to_owned()).collect(),
        purpose: None,
        tier: None,
        funding: Funding::Own,
        lines: lines.iter().map(|(item, quantity)| Wanted::new(*item, *quantity)).collect(),
    }
}

fn invoice(quote: Quote, tariff: &Tariff) -> Invoice {
    let date = quote.request.date;
    let name = Bilingual { ja: "見本製薬B社（例）".into(), en: "Example Pharma B".into() };
    let terms = InvoiceTerms {
        number: "GJ-2026-000001".to_owned(),
        issued_on: date,
        covers_from: day("2026-12-01"),
        covers_to: day("2027-11-30"),
        subject: "試料・情報分譲の利用料".to_owned(),
        recipient: Recipient { institution: "pharma-b".to_owned(), name },
    };
    Invoice::new(quote, tariff.issuer_on(date).unwrap().clone(), terms)
}

fn gift(id: &str, kind: ContributionKind, value: i64, datasets: &[&str]) -> Contribution {
    let gift = Gift {
        id: id.to_owned(),
        institution: "pharma-b".to_owned(),
        kind,
        value: Yen::new(value),
        given_on: day("2026-06-01"),
        datasets: datasets.iter().map(|id| (*id).to_owned()).collect(),
        agreement: "agreement 7".to_owned(),
    };
    Contribution::of(gift, &tariff().incentives).unwrap()
}
