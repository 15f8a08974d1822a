//! What a project costs and why, and its invoices in the books.

use crate::acts::money::{InvoiceRequest, PaymentRequest, QuoteRequest, price as price_of};
use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use gj_casework::{ProjectScope, Tier};
use gj_model::{ApplicationId, Bilingual, InstitutionClass, InstitutionId};
use gj_money::{Account, Funding, Quote, Wanted, Yen};
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
struct Part {
    payer: InstitutionId,
    request: QuoteRequest,
    quote: Quote,
    /// Whether payments cover the whole period already.
    covered: bool,
}

/// The price of a scope today, by the tariff. Where a company takes part, the companies pay.
///
/// ```ignore
/// let price = pricing::price(gate, &mut reads, &scope).await?;
/// assert_eq!((price.amount_yen, price.payers), (15_600_000, vec!["pharma-a".to_owned()]));
/// ```
pub(super) async fn price(
    gate: &Gate,
    reads: &mut Reads,
    scope: &ProjectScope,
) -> Result<ProjectPrice, GateError> {
    let parts = parts(gate, reads, scope).await?;
    let due: Vec<&Part> = parts.iter().filter(|part| !part.covered).collect();
    let amount = Yen::sum(due.iter().map(|part| part.quote.totals.net))?;
    // Everybody pays by the same rule: the first line speaks for all.
    let line = due.first().copied().or(parts.first()).and_then(|part| part.quote.lines.first());
    let reason = match line {
        Some(line) if due.is_empty() && line.net > Yen::ZERO => Bilingual {
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

/// Quotes and invoices what is due, in the books and on the application.
pub(super) async fn invoice(
    gate: &Gate,
    tx: &mut Tx,
    asker: &Asker,
    (id, version): (&ApplicationId, u32),
    scope: &ProjectScope,
) -> Result<(), GateError> {
    for part in parts(gate, tx, scope).await?.into_iter().filter(|part| !part.covered) {
        let source = part.quote.lines.first().map(|line| line.rule.source.clone()).unwrap_or_default();
        let at = gate.inner.clock.at();
        let quote = tx.insert_quote(&part.quote, &part.request.institution, asker.name(), &at).await?;
        let request = InvoiceRequest {
            quote,
            covers_from: scope.from,
            covers_to: scope.until,
            subject: format!("{id}"),
        };
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

/// Who would pay how much: nobody whose price is nothing.
async fn parts(gate: &Gate, reads: &mut Reads, scope: &ProjectScope) -> Result<Vec<Part>, GateError> {
    let mut classes: BTreeMap<InstitutionId, InstitutionClass> = BTreeMap::new();
    for person in &scope.people {
        let id: InstitutionId =
            person.institution.parse().map_err(|e| GateError::Inconsistent(format!("{e}")))?;
        if let Some(institution) = reads.institution(&id).await? {
            classes.insert(id, institution.class);
        }
    }
    let any_company = classes.values().any(|class| *class == InstitutionClass::Company);
    let item = if scope.tier == Tier::Detailed { "detailed-year" } else { "panel-year" };
    let years = u32::try_from((scope.until - scope.from).num_days() / 366 + 1).unwrap_or(1);
    let mut parts = Vec::new();
    for (payer, class) in &classes {
        if any_company && *class != InstitutionClass::Company {
            continue;
        }
        let request = QuoteRequest {
            institution: payer.clone(),
            with: classes.keys().filter(|other| *other != payer).cloned().collect(),
            book: None,
            purpose: Some(scope.purpose.code.clone()),
            tier: Some(scope.tier.name().to_owned()),
            funding: Funding::Own,
            lines: vec![Wanted { item: item.to_owned(), quantity: years }],
        };
        let quote = price_of(reads, &request, gate.inner.clock.today()).await?;
        let covered = quote.totals.net == Yen::ZERO || covers(reads, payer, scope).await?;
        parts.push(Part { payer: payer.clone(), request, quote, covered });
    }
    Ok(parts)
}

/// Whether an institution's payments cover the whole period.
async fn covers(
    reads: &mut Reads,
    institution: &InstitutionId,
    scope: &ProjectScope,
) -> Result<bool, GateError> {
    let payments = reads.payments().await?;
    let whole = |p: &Payment| p.covers_from <= scope.from && scope.until <= p.covers_to;
    Ok(payments.iter().any(|payment| payment.institution == *institution && whole(payment)))
}
