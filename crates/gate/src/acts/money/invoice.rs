//! Invoices and credit notes: issued once, numbered without gaps, never changed.

use super::{BOOK, line, wrong};
use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use chrono::NaiveDate;
use gj_model::Bilingual;
use gj_money::{
    Account, CreditNote, FiscalYear, Invoice, InvoiceTerms, MoneyError, Quote, Recipient, Yen, booking,
    credit, quote,
};
use gj_registry::money::{PaperSeries, StoredInvoice};
use gj_registry::{Payment, Reads, Tx};
use serde_json::json;

/// An invoice to be made of a quote.
#[derive(Debug, Clone)]
pub struct InvoiceRequest {
    /// The quote.
    pub quote: String,
    /// First day of use it is for.
    pub covers_from: NaiveDate,
    /// Last day of use it is for.
    pub covers_to: NaiveDate,
    /// What it is about; one line.
    pub subject: String,
}

/// What is to be taken back of an invoice.
#[derive(Debug, Clone)]
pub struct CreditRequest {
    /// The invoice.
    pub invoice: String,
    /// Lines, from 1, and yen without tax; empty: all that is left.
    pub lines: Vec<(usize, Yen)>,
    /// Why; one line.
    pub reason: String,
}

impl Gate {
    /// Issues the invoice for a quote.
    ///
    /// # Errors
    /// A refusal; a quote that is not there, was invoiced before, or would be priced otherwise today.
    pub async fn invoice(&self, asker: &Asker, request: &InvoiceRequest) -> Result<Invoice, GateError> {
        self.authorise(asker, BOOK, &request.quote).await?;
        let mut tx = self.inner.registry.begin().await?;
        let invoice = self.issue(&mut tx, asker, request).await?;
        self.commit(tx).await?;
        Ok(invoice)
    }

    /// The same inside a transaction, for who was let in already: with ledger entry and audit line.
    pub(crate) async fn issue(
        &self,
        tx: &mut Tx,
        asker: &Asker,
        request: &InvoiceRequest,
    ) -> Result<Invoice, GateError> {
        line("the subject", &request.subject)?;
        if request.covers_to < request.covers_from {
            return wrong("the last day covered is before the first");
        }
        let Some(stored) = tx.quote(&request.quote).await? else {
            return wrong(format!("there is no quote `{}`", request.quote));
        };
        if let Some(invoice) = stored.invoice {
            return wrong(format!("quote `{}` was invoiced as `{invoice}`", request.quote));
        }
        let today = self.inner.clock.today();
        self.still_holds(tx, &stored.institution, &stored.quote).await?;
        let tariff = tx.tariff().await?;
        let issuer = tariff.issuer_on(today)?.clone();
        let Some(payer) = tx.institution(&stored.institution).await? else {
            return wrong(format!("there is no institution `{}`", stored.institution));
        };
        let (number, sequence) = tx.next_number(PaperSeries::Invoices, FiscalYear::of(today)).await?;
        let name = Bilingual { ja: payer.name_ja, en: payer.name_en };
        let terms = InvoiceTerms {
            number,
            issued_on: today,
            covers_from: request.covers_from,
            covers_to: request.covers_to,
            subject: request.subject.clone(),
            recipient: Recipient { institution: stored.institution.to_string(), name },
        };
        let invoice = Invoice::new(stored.quote, issuer, terms);
        invoice.check()?;
        tx.insert_invoice(&invoice, &request.quote, sequence).await?;
        if let Some(entry) = booking::invoiced(&invoice)? {
            tx.book(&entry, asker.name(), &self.inner.clock.at()).await?;
        }
        self.settle_use(tx, &invoice.number, today).await?;
        let detail = json!({
            "quote": request.quote,
            "institution": stored.institution,
            "net": invoice.totals.net,
            "tax": invoice.totals.tax,
            "total": invoice.totals.total,
        });
        self.note_money(tx, (asker, BOOK), (&invoice.number, "invoiced"), detail).await?;
        Ok(invoice)
    }

    /// A quote holds as long as its price would be the same today: discounts may have been used up, rules
    /// may have changed.
    async fn still_holds(
        &self,
        reads: &mut Reads,
        institution: &gj_model::InstitutionId,
        made: &Quote,
    ) -> Result<(), GateError> {
        let mut discounts = Vec::new();
        for contribution in reads.contributions_of(institution).await? {
            let used = reads.discount_used(&contribution.id).await?;
            discounts.push(contribution.discount(used)?);
        }
        let mut request = made.request.clone();
        request.date = self.inner.clock.today();
        let now = quote(&request, &reads.tariff().await?, &discounts)?;
        match now.totals == made.totals && now.lines == made.lines {
            true => Ok(()),
            false => wrong("the price has changed since the quote was made; make a new quote"),
        }
    }

    /// Opens the use an invoice is for once it is paid in full, and ends it when it no longer is: policy reads
    /// the row in `payments`.
    pub(super) async fn settle_use(
        &self,
        tx: &mut Tx,
        number: &str,
        paid_on: NaiveDate,
    ) -> Result<(), GateError> {
        let StoredInvoice { institution, invoice, .. } = stored(tx, number).await?;
        let owed = tx.balance(Account::Receivable, number).await?;
        let given_up = tx.balance(Account::BadDebt, number).await?;
        let notes = tx.credit_notes(number).await?;
        let credited = Yen::sum(notes.iter().map(|note| note.totals.net))?;
        let cancelled = !notes.is_empty() && credited == invoice.totals.net;
        if !invoice.opens_use() || owed > Yen::ZERO || !given_up.is_zero() || cancelled {
            return Ok(tx.end_use(number).await?);
        }
        let payment = Payment {
            id: number.to_owned(),
            institution,
            paid_on,
            covers_from: invoice.covers_from,
            covers_to: invoice.covers_to,
            amount_yen: invoice.totals.net.minus(credited)?.get(),
            what: invoice.subject.clone(),
            source: format!("invoice {number}"),
        };
        Ok(tx.put_payment(&payment).await?)
    }

    /// Takes back part of an invoice, or all of it; what was paid already is owed back.
    ///
    /// # Errors
    /// A refusal; an unknown invoice; more than was invoiced.
    pub async fn credit(&self, asker: &Asker, request: &CreditRequest) -> Result<CreditNote, GateError> {
        self.authorise(asker, BOOK, &request.invoice).await?;
        line("the reason", &request.reason)?;
        let mut tx = self.inner.registry.begin().await?;
        let StoredInvoice { invoice, .. } = stored(&mut tx, &request.invoice).await?;
        let earlier = tx.credit_notes(&request.invoice).await?;
        let (lines, totals) = credit(&invoice, &earlier, &request.lines)?;
        let today = self.inner.clock.today();
        let (number, sequence) = tx.next_number(PaperSeries::CreditNotes, FiscalYear::of(today)).await?;
        let taken = Yen::sum(earlier.iter().map(|note| note.totals.net))?.plus(totals.net)?;
        let note = CreditNote {
            number,
            invoice: invoice.number.clone(),
            invoiced_on: invoice.issued_on,
            issued_on: today,
            issuer: invoice.issuer.clone(),
            recipient: invoice.recipient.clone(),
            reason: request.reason.clone(),
            lines,
            rounding: invoice.rounding,
            totals,
        };
        let owed = tx.balance(Account::Receivable, &invoice.number).await?;
        let paid_on = last_payment(&mut tx, &invoice).await?;
        tx.insert_credit_note(&note, sequence, invoice.totals.net.minus(taken)?).await?;
        if let Some(entry) = booking::credited(&note, owed)? {
            tx.book(&entry, asker.name(), &self.inner.clock.at()).await?;
        }
        self.settle_use(&mut tx, &invoice.number, paid_on.unwrap_or(today)).await?;
        let detail = json!({ "invoice": note.invoice, "total": note.totals.total, "reason": note.reason });
        self.note_money(&mut tx, (asker, BOOK), (&note.number, "credited"), detail).await?;
        self.commit(tx).await?;
        Ok(note)
    }
}

/// The day of the last payment of an invoice.
pub(super) async fn last_payment(
    reads: &mut Reads,
    invoice: &Invoice,
) -> Result<Option<NaiveDate>, GateError> {
    Ok(reads.received_for(&invoice.number).await?.last().map(|received| received.received_on))
}

/// An invoice that must be there.
pub(super) async fn stored(reads: &mut Reads, number: &str) -> Result<StoredInvoice, GateError> {
    match reads.invoice(number).await? {
        Some(stored) => Ok(stored),
        None => wrong(format!("there is no invoice `{}`", number.escape_debug())),
    }
}

impl From<MoneyError> for GateError {
    fn from(error: MoneyError) -> GateError {
        GateError::Books(error.to_string())
    }
}
