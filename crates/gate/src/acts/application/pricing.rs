//! What a project costs and why, and its invoices in the books.
//!
//! A first grant is charged by the years begun. Whatever changes a running grant is charged by the months
//! begun that are left, less what was paid for the same months: the difference, not a new price.

use crate::acts::application::Loaded;
use crate::acts::money::{InvoiceRequest, PaymentRequest, QuoteRequest, price_by};
use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use chrono::NaiveDate;
use gj_casework::{ProjectScope, Tier};
use gj_model::{ApplicationId, Bilingual, InstitutionClass, InstitutionId};
use gj_money::{Account, Funding, MONTHS_A_YEAR, Quote, Tariff, Wanted, Yen, months_begun, years_begun};
use gj_registry::{ApplicationInvoice, Payment, Reads, Tx};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a project costs, before consumption tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProjectPrice {
    /// Whole yen that are still due; 0: nothing is.
    pub amount_yen: i64,
    /// Who pays.
    pub payers: Vec<String>,
    /// Why this much.
    pub reason: Bilingual,
    /// What it rests on.
    pub source: String,
}

/// One institution's part of the price.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) payer: InstitutionId,
    request: QuoteRequest,
    pub(crate) quote: Quote,
    /// Whether payments cover the whole period already.
    covered: bool,
}

/// The days that are to be paid for.
#[derive(Clone, Copy)]
struct Days {
    from: NaiveDate,
    until: NaiveDate,
    /// Of a change of a running grant; a first grant is charged by the year.
    months_left: Option<u32>,
}

impl Days {
    fn of(gate: &Gate, loaded: Option<&Loaded>, scope: &ProjectScope) -> Days {
        let today = gate.inner.clock.today();
        let until = scope.until;
        if !loaded.is_some_and(|loaded| loaded.case.grant_in_force(today)) {
            return Days { from: scope.from, until, months_left: None };
        }
        let from = scope.from.max(today).min(until);
        Days { from, until, months_left: Some(months_begun(from, until)) }
    }
}

/// The price of a scope today, by the tariff. Where a company takes part, the companies pay. `loaded` is the
/// application, where there is one already.
///
/// ```ignore
/// let price = pricing::price(gate, &mut reads, Some(&loaded), &scope).await?;
/// assert_eq!((price.amount_yen, price.payers), (15_600_000, vec!["pharma-a".to_owned()]));
/// ```
pub(super) async fn price(
    gate: &Gate,
    reads: &mut Reads,
    loaded: Option<&Loaded>,
    scope: &ProjectScope,
) -> Result<ProjectPrice, GateError> {
    let tariff = reads.tariff().await?;
    let parts = parts(gate, reads, (loaded, scope), &tariff).await?;
    let due: Vec<&Part> = parts.iter().filter(|part| !part.covered).collect();
    let amount = Yen::sum(due.iter().map(|part| part.quote.totals.net))?;
    // Everybody pays by the same rule: the first line speaks for all.
    let line = due.first().copied().or(parts.first()).and_then(|part| part.quote.lines.first());
    let reason = match line {
        Some(line) if due.is_empty() && line.unit_price > Yen::ZERO => Bilingual {
            ja: "利用料は、期間の終わりまで支払い済みです。".to_owned(),
            en: "The fee is paid until the end of the period.".to_owned(),
        },
        Some(line) => line.reason.clone(),
        None => Bilingual { ja: String::new(), en: String::new() },
    };
    Ok(ProjectPrice {
        amount_yen: amount.get(),
        payers: due.iter().map(|part| part.payer.to_string()).collect(),
        reason,
        source: line.map(|line| line.rule.source.clone()).unwrap_or_default(),
    })
}

/// What is due of whom by a tariff, be it another than the one in force.
pub(crate) async fn due(
    gate: &Gate,
    reads: &mut Reads,
    loaded: &Loaded,
    tariff: &Tariff,
) -> Result<Vec<Part>, GateError> {
    let mut parts = parts(gate, reads, (Some(loaded), &loaded.scope), tariff).await?;
    parts.retain(|part| !part.covered);
    Ok(parts)
}

/// Quotes and invoices what is due, in the books and on the application.
pub(super) async fn invoice(
    gate: &Gate,
    tx: &mut Tx,
    asker: &Asker,
    loaded: &Loaded,
    version: u32,
) -> Result<(), GateError> {
    let (id, scope) = (&loaded.row.id, &loaded.scope);
    let days = Days::of(gate, Some(loaded), scope);
    let tariff = tx.tariff().await?;
    for part in due(gate, tx, loaded, &tariff).await? {
        let source = part.quote.lines.first().map(|line| line.rule.source.clone()).unwrap_or_default();
        let at = gate.inner.clock.at();
        let quote = tx.insert_quote(&part.quote, &part.request.institution, asker.name(), &at).await?;
        let request =
            InvoiceRequest { quote, covers_from: days.from, covers_to: days.until, subject: format!("{id}") };
        let invoice = gate.issue(tx, asker, &request).await?;
        let row = ApplicationInvoice {
            id: invoice.number,
            scope: version,
            institution: part.payer.to_string(),
            amount_yen: invoice.totals.net.get(),
            issued_on: invoice.issued_on,
            paid_on: None,
            source,
        };
        tx.insert_application_invoice(id, &row).await?;
    }
    Ok(())
}

/// Books the money for the open invoices of a version of the scope, in full.
pub(super) async fn receive(
    gate: &Gate,
    tx: &mut Tx,
    asker: &Asker,
    (id, version): (&ApplicationId, u32),
    reference: &str,
) -> Result<(), GateError> {
    let open = tx.application_invoices(id).await?;
    for invoice in open.iter().filter(|invoice| invoice.scope == version && invoice.paid_on.is_none()) {
        let amount = tx.balance(Account::Receivable, &invoice.id).await?;
        // Finance may have booked it already.
        if amount > Yen::ZERO {
            let reference = format!("{reference} {}", invoice.id);
            let request =
                PaymentRequest { invoice: invoice.id.clone(), amount, received_on: None, reference };
            gate.receive(tx, asker, &request).await?;
        }
    }
    tx.pay_invoices(id, version, gate.inner.clock.today(), reference).await?;
    Ok(())
}

/// Who would pay how much.
async fn parts(
    gate: &Gate,
    reads: &mut Reads,
    (loaded, scope): (Option<&Loaded>, &ProjectScope),
    tariff: &Tariff,
) -> Result<Vec<Part>, GateError> {
    let mut classes: BTreeMap<InstitutionId, InstitutionClass> = BTreeMap::new();
    for person in &scope.people {
        let id: InstitutionId =
            person.institution.parse().map_err(|e| GateError::Inconsistent(format!("{e}")))?;
        if let Some(institution) = reads.institution(&id).await? {
            classes.insert(id, institution.class);
        }
    }
    let any_company = classes.values().any(|class| *class == InstitutionClass::Company);
    let pays = |class: &InstitutionClass| !any_company || *class == InstitutionClass::Company;
    let payers: Vec<InstitutionId> =
        classes.iter().filter(|(_, class)| pays(class)).map(|(id, _)| id.clone()).collect();
    let days = Days::of(gate, loaded, scope);
    let item = if scope.tier == Tier::Detailed { "detailed-year" } else { "panel-year" };
    let mut wanted = Wanted::new(item, years_begun(days.from, days.until));
    if let Some(months) = days.months_left {
        wanted = Wanted { quantity: 1, months: Some(months), ..wanted };
    }
    let mut pool = match loaded {
        Some(loaded) if days.months_left.is_some() => {
            paid_by_others(reads, &loaded.row.id, &payers, days).await?
        }
        _ => Yen::ZERO,
    };
    let mut parts = Vec::new();
    for payer in payers {
        let mut request = QuoteRequest {
            with: classes.keys().filter(|other| **other != payer).cloned().collect(),
            institution: payer.clone(),
            book: None,
            purpose: Some(scope.purpose.code.clone()),
            tier: Some(scope.tier.name().to_owned()),
            funding: Funding::Own,
            lines: vec![wanted.clone()],
        };
        let today = gate.inner.clock.today();
        let mut quote = price_by(reads, &request, today, tariff).await?;
        let unit_price = quote.lines.first().map_or(Yen::ZERO, |line| line.unit_price);
        let before = paid_before(reads, &payer, days, unit_price).await?;
        let months = days.months_left.unwrap_or_else(|| months_begun(days.from, days.until));
        let due = unit_price.in_proportion(months, MONTHS_A_YEAR)?;
        if days.months_left.is_some() {
            let from_pool = pool.min(due.minus(before.min(due))?);
            pool = pool.minus(from_pool)?;
            request.lines[0].paid_before = before.plus(from_pool)?;
            if !request.lines[0].paid_before.is_zero() {
                quote = price_by(reads, &request, today, tariff).await?;
            }
        }
        let covered = quote.totals.net.is_zero() || before >= due;
        parts.push(Part { payer, request, quote, covered });
    }
    Ok(parts)
}

/// What an institution paid for the days, of all its payments the one that is worth most: an invoice over a
/// difference holds what it was the difference to.
async fn paid_before(
    reads: &mut Reads,
    institution: &InstitutionId,
    days: Days,
    unit_price: Yen,
) -> Result<Yen, GateError> {
    let mut best = Yen::ZERO;
    for payment in reads.payments().await?.into_iter().filter(|p| p.institution == *institution) {
        best = best.max(worth(reads, &payment, days, unit_price).await?);
    }
    Ok(best)
}

/// The part of a payment that is for the days, at the yearly price it was made at, `price_max` at most:
/// what was paid for more cannot stand for more days. A payment that the programme's file states is for any
/// use. Of what ends early at least a month is left to pay, so that no day is without cover.
async fn worth(reads: &mut Reads, payment: &Payment, days: Days, price_max: Yen) -> Result<Yen, GateError> {
    if payment.covers_from > days.from || payment.covers_to < days.from {
        return Ok(Yen::ZERO);
    }
    let yearly = match reads.invoice(&payment.id).await? {
        Some(stored) => {
            let opening = stored.invoice.lines.iter().filter(|line| line.opens_use);
            opening.map(|line| line.unit_price).max().unwrap_or_default().min(price_max)
        }
        None => price_max,
    };
    let asked = months_begun(days.from, days.until);
    let months = match payment.covers_to >= days.until {
        true => asked,
        false => months_begun(days.from, payment.covers_to).min(asked - 1),
    };
    Ok(yearly.in_proportion(months, MONTHS_A_YEAR)?)
}

/// What institutions that no longer pay had paid for this project and these days: academia before a company
/// joined.
async fn paid_by_others(
    reads: &mut Reads,
    id: &ApplicationId,
    payers: &[InstitutionId],
    days: Days,
) -> Result<Yen, GateError> {
    let invoices = reads.application_invoices(id).await?;
    let mut best: BTreeMap<InstitutionId, Yen> = BTreeMap::new();
    for payment in reads.payments().await? {
        let of_project = invoices.iter().any(|invoice| invoice.id == payment.id);
        if of_project && !payers.contains(&payment.institution) {
            let worth = worth(reads, &payment, days, Yen::new(i64::MAX)).await?;
            let of = best.entry(payment.institution).or_default();
            *of = worth.max(*of);
        }
    }
    Ok(Yen::sum(best.into_values())?)
}
