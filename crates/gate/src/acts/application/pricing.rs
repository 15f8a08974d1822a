//! What a project costs and why, and whether that is settled.
//!
//! Written against the rule `payment-missing` and the payments of the registry; the one place to change
//! when fees, quotes and invoices have a room of their own.

use crate::ask::{Asker, READ};
use crate::error::GateError;
use crate::gate::Gate;
use gj_casework::ProjectScope;
use gj_model::Bilingual;
use gj_registry::{Payment, Reads};
use serde::Serialize;
use std::collections::BTreeSet;

/// A fee in one period. No fee of the national project is published: this one is illustrative.
struct Fee {
    yen_per_company_and_year: i64,
    valid_from: &'static str,
    source: &'static str,
}

const FEE: Fee = Fee {
    yen_per_company_and_year: 7_800_000,
    valid_from: "2026-04-01",
    source: "Illustrative amount, valid from 2026-04-01, after the published price of C-CAT per company and year; no fee of the national project is published",
};

/// What a project costs, before consumption tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quote {
    /// Whole yen that are still due; 0: nothing is.
    pub amount_yen: i64,
    /// Who pays.
    pub payers: Vec<String>,
    /// Why this much.
    pub reason: Bilingual,
    /// What it rests on.
    pub source: String,
}

/// The price of a scope today.
///
/// ```ignore
/// let quote = pricing::quote(gate, &mut reads, &scope).await?;
/// assert_eq!((quote.amount_yen, quote.payers), (7_800_000, vec!["pharma-a".to_owned()]));
/// ```
pub(super) async fn quote(gate: &Gate, reads: &mut Reads, scope: &ProjectScope) -> Result<Quote, GateError> {
    let today = gate.inner.clock.today();
    let (mut payers, mut covered) = (BTreeSet::new(), BTreeSet::new());
    for person in &scope.people {
        let asker = Asker { user: person.user.parse().ok() };
        let facts = gate.facts(reads, &asker, READ).await?;
        let (Some(applicant), Some(rule)) = (&facts.applicant, facts.rule("payment-missing")) else {
            continue;
        };
        if rule.concerns(applicant) {
            let paid = covers(reads, &person.institution, scope).await?;
            if paid {
                covered.insert(person.institution.clone())
            } else {
                payers.insert(person.institution.clone())
            };
        }
    }
    let years = (scope.until - scope.from).num_days() / 366 + 1;
    let in_force = FEE.valid_from <= today.to_string().as_str();
    let amount_yen = if in_force { FEE.yen_per_company_and_year * years * payers.len() as i64 } else { 0 };
    let (ja, en) = match (payers.len(), covered.len()) {
        (0, 0) => (
            "大学・研究機関・病院だけで利用するため、無料です。".to_owned(),
            "Free of charge: universities, institutes and hospitals use it among themselves.".to_owned(),
        ),
        (0, _) => (
            "企業の利用料は、期間の終わりまで支払い済みです。".to_owned(),
            "The company's fee is paid until the end of the period.".to_owned(),
        ),
        (companies, _) => (
            format!("企業 {companies} 社 × {years} 年（消費税別、金額は例示）"),
            format!(
                "{companies} × company × {years} × year (without consumption tax; the amount is illustrative)"
            ),
        ),
    };
    let payers = payers.into_iter().collect();
    Ok(Quote { amount_yen, payers, reason: Bilingual { ja, en }, source: FEE.source.to_owned() })
}

/// Whether an institution's payments cover the whole period.
async fn covers(reads: &mut Reads, institution: &str, scope: &ProjectScope) -> Result<bool, GateError> {
    let payments = reads.payments().await?;
    let whole = |p: &Payment| p.covers_from <= scope.from && scope.until <= p.covers_to;
    Ok(payments.iter().any(|payment| payment.institution.as_str() == institution && whole(payment)))
}

/// The payments that a recorded payment of an application's invoices stands for.
pub(super) fn payments(
    invoices: &[gj_registry::Invoice],
    scope: &ProjectScope,
    paid_on: chrono::NaiveDate,
    reference: &str,
) -> Result<Vec<Payment>, GateError> {
    let payment = |invoice: &gj_registry::Invoice| {
        Ok(Payment {
            id: format!("paid-{}", invoice.id),
            institution: invoice.institution.parse().map_err(|e| GateError::Inconsistent(format!("{e}")))?,
            paid_on,
            covers_from: scope.from,
            covers_to: scope.until,
            amount_yen: invoice.amount_yen,
            what: format!("application, {reference}"),
            source: invoice.source.clone(),
        })
    };
    invoices.iter().filter(|invoice| invoice.paid_on.is_none()).map(payment).collect()
}
