//! An institution's account, and one invoice with everything that became of it.

use super::reader::{Reader, named};
use super::wrong;
use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use chrono::NaiveDate;
use gj_model::InstitutionId;
use gj_money::document::Document;
use gj_money::{Account, Contribution, CreditNote, Invoice, PriorityWindow, Yen};
use gj_registry::Reads;
use gj_registry::money::{AccountLine, Received, StoredInvoice};
use serde::Serialize;

/// An institution's account.
#[derive(Debug, Clone, Serialize)]
pub struct Statement {
    /// Whose.
    pub institution: InstitutionId,
    /// Its invoices.
    pub invoices: Vec<InvoiceCard>,
    /// Still owed by it, over all invoices.
    pub owed: Yen,
    /// Owed back to it.
    pub owed_back: Yen,
    /// What it gave.
    pub contributions: Vec<ContributionCard>,
    /// Its head starts, each with a hard end.
    pub windows: Vec<PriorityWindow>,
}

/// A contribution with what is left of its discount.
#[derive(Debug, Clone, Serialize)]
pub struct ContributionCard {
    /// The contribution.
    #[serde(flatten)]
    pub contribution: Contribution,
    /// Yen of discount that were given for it.
    pub discount_used: Yen,
    /// Yen of discount that are left until it ends.
    pub discount_left: Yen,
}

/// An invoice with what became of it.
#[derive(Debug, Clone, Serialize)]
pub struct InvoiceCard {
    /// Its number.
    pub invoice: String,
    /// Day of issue.
    pub issued_on: NaiveDate,
    /// Last day to pay.
    pub due_on: NaiveDate,
    /// `open`, `overdue`, `settled` or `written off`.
    pub state: &'static str,
    /// To pay, with tax.
    pub total: Yen,
    /// Taken back, with tax.
    pub credited: Yen,
    /// Still owed.
    pub owed: Yen,
    /// Money received for it.
    pub received: Vec<Received>,
}

/// One invoice as it is read.
#[derive(Debug, Clone, Serialize)]
pub struct InvoiceSheet {
    /// Who pays.
    pub institution: InstitutionId,
    /// What became of it.
    pub card: InvoiceCard,
    /// The invoice.
    pub invoice: Invoice,
    /// Credit notes on it.
    pub credit_notes: Vec<CreditNote>,
    /// What moved its debt in the ledger: issued, paid, set off, credited, written off, undone.
    pub movements: Vec<AccountLine>,
    /// Owed back to the institution, from which it could be set off.
    pub owed_back: Yen,
}

/// Movements of an invoice shown at most.
const MOVEMENTS_MAX: u32 = 1_000;

impl Gate {
    /// An institution's invoices, debts and contributions; without one, those of the asker's own.
    ///
    /// # Errors
    /// A refusal; an unknown institution.
    pub async fn statement(
        &self,
        asker: &Asker,
        institution: Option<&InstitutionId>,
    ) -> Result<Statement, GateError> {
        let reader = self.reader(asker, institution.map_or("own statement", InstitutionId::as_str)).await?;
        let institution = match (institution, &reader) {
            (Some(institution), _) => institution.clone(),
            (None, Reader::Of(own)) => own.clone(),
            (None, Reader::Finance) => self.institution_of(asker).await?,
        };
        if !reader.sees(&institution) {
            // The rules say so in their own words, whether or not there is such an institution.
            self.authorise_for(asker, reader.act(), &institution).await?;
            return Err(GateError::Changed);
        }
        let mut reads = self.inner.registry.read().await?;
        if reads.institution(&institution).await?.is_none() {
            return wrong(format!("there is no institution `{institution}`"));
        }
        let mut invoices = Vec::new();
        for stored in reads.invoices_of(&institution).await? {
            invoices.push(self.invoice_card(&mut reads, &stored).await?.0);
        }
        let mut contributions = Vec::new();
        for contribution in reads.contributions_of(&institution).await? {
            let discount_used = reads.discount_used(&contribution.id).await?;
            let discount_left = contribution.discount(discount_used)?.left;
            contributions.push(ContributionCard { contribution, discount_used, discount_left });
        }
        let mut windows = reads.contribution_windows().await?;
        windows.retain(|window| window.institution == institution.as_str());
        let statement = Statement {
            owed: Yen::sum(invoices.iter().map(|card| card.owed))?,
            invoices,
            owed_back: reads.balance(Account::Owed, institution.as_str()).await?.opposite()?,
            contributions,
            windows,
            institution,
        };
        drop(reads);
        self.note_reading((asker, reader.act()), statement.institution.as_str()).await?;
        Ok(statement)
    }

    /// One invoice with credit notes and everything that became of it.
    ///
    /// # Errors
    /// A refusal; [`GateError::NoPaper`] where there is none the asker may know of.
    pub async fn invoice_sheet(&self, asker: &Asker, number: &str) -> Result<InvoiceSheet, GateError> {
        let reader = self.reader(asker, &named(number)).await?;
        let mut reads = self.inner.registry.read().await?;
        let stored = reads.invoice(number).await?.filter(|stored| reader.sees(&stored.institution));
        let Some(stored) = stored else {
            drop(reads);
            return self.no_paper(asker, &reader, number).await;
        };
        let (card, credit_notes) = self.invoice_card(&mut reads, &stored).await?;
        let about = (Account::Receivable, number);
        let (_, movements) = reads.account_lines(about, 0, MOVEMENTS_MAX).await?;
        let owed_back = reads.balance(Account::Owed, stored.institution.as_str()).await?.opposite()?;
        drop(reads);
        self.note_reading((asker, reader.act()), number).await?;
        let StoredInvoice { institution, invoice, .. } = stored;
        Ok(InvoiceSheet { institution, card, invoice, credit_notes, movements, owed_back })
    }

    /// The paper of an invoice or a credit note, by its number.
    ///
    /// # Errors
    /// A refusal; [`GateError::NoPaper`] where there is none the asker may know of.
    pub async fn paper(&self, asker: &Asker, number: &str) -> Result<Document, GateError> {
        let reader = self.reader(asker, &named(number)).await?;
        let mut reads = self.inner.registry.read().await?;
        let invoice = reads.invoice(number).await?.filter(|stored| reader.sees(&stored.institution));
        let own = |note: &CreditNote| {
            note.recipient.institution.parse().is_ok_and(|institution| reader.sees(&institution))
        };
        let paper = match invoice {
            Some(stored) => Some(Document::of_invoice(&stored.invoice)),
            None => reads.credit_note(number).await?.filter(own).map(|note| Document::of_credit_note(&note)),
        };
        drop(reads);
        let Some(paper) = paper else { return self.no_paper(asker, &reader, number).await };
        self.note_reading((asker, reader.act()), number).await?;
        Ok(paper)
    }

    async fn institution_of(&self, asker: &Asker) -> Result<InstitutionId, GateError> {
        let Some(user) = &asker.user else { return Err(GateError::Changed) };
        let user = self.inner.registry.read().await?.user(user).await?;
        user.map(|user| user.institution).ok_or(GateError::Changed)
    }

    async fn invoice_card(
        &self,
        reads: &mut Reads,
        stored: &StoredInvoice,
    ) -> Result<(InvoiceCard, Vec<CreditNote>), GateError> {
        let (invoice, today) = (&stored.invoice, self.inner.clock.today());
        let owed = reads.balance(Account::Receivable, &invoice.number).await?;
        let given_up = reads.balance(Account::BadDebt, &invoice.number).await?;
        let notes = reads.credit_notes(&invoice.number).await?;
        let card = InvoiceCard {
            invoice: invoice.number.clone(),
            issued_on: invoice.issued_on,
            due_on: invoice.due_on,
            state: match owed > Yen::ZERO {
                true if invoice.due_on < today => "overdue",
                true => "open",
                false if !given_up.is_zero() => "written off",
                false => "settled",
            },
            total: stored.total,
            credited: Yen::sum(notes.iter().map(|note| note.totals.total))?,
            owed,
            received: reads.received_for(&invoice.number).await?,
        };
        Ok((card, notes))
    }
}
