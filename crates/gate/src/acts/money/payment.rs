//! Money that comes in and goes back: payments, too much or too little, refunds, debts given up, reversals.

use super::invoice::{last_payment, stored};
use super::{BOOK, line, wrong};
use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use chrono::NaiveDate;
use gj_model::{Bilingual, InstitutionId};
use gj_money::{Account, Yen, booking};
use gj_registry::Tx;
use gj_registry::money::Received;
use serde::Serialize;
use serde_json::json;

/// Money that arrived.
#[derive(Debug, Clone)]
pub struct PaymentRequest {
    /// For which invoice.
    pub invoice: String,
    /// How much.
    pub amount: Yen,
    /// When; absent: today.
    pub received_on: Option<NaiveDate>,
    /// The bank's reference; the same one is booked once.
    pub reference: String,
}

/// What became of it.
#[derive(Debug, Clone, Serialize)]
pub struct PaymentReport {
    /// The invoice.
    pub invoice: String,
    /// Entry of the ledger.
    pub entry: u64,
    /// Counted against the invoice.
    pub applied: Yen,
    /// Too much: owed back to the institution.
    pub over: Yen,
    /// Still owed.
    pub left: Yen,
}

/// Acts whose entries may be undone; an invoice is taken back by a credit note instead.
const REVERSIBLE: [&str; 5] = ["pay", "refund", "set-off", "cost", "write-off"];

impl Gate {
    /// Books money that arrived for an invoice. Paid in full, the invoice opens the use it is for.
    ///
    /// # Errors
    /// A refusal; an unknown invoice; a reference that was booked before; a day to come.
    pub async fn pay(&self, asker: &Asker, request: &PaymentRequest) -> Result<PaymentReport, GateError> {
        self.authorise(asker, BOOK, &request.invoice).await?;
        let mut tx = self.inner.registry.begin().await?;
        let report = self.receive(&mut tx, asker, request).await?;
        self.commit(tx).await?;
        Ok(report)
    }

    /// The same inside a transaction, for who was let in already: with ledger entry and audit line.
    pub(crate) async fn receive(
        &self,
        tx: &mut Tx,
        asker: &Asker,
        request: &PaymentRequest,
    ) -> Result<PaymentReport, GateError> {
        line("the bank's reference", &request.reference)?;
        let today = self.inner.clock.today();
        let day = request.received_on.unwrap_or(today);
        let invoice = stored(tx, &request.invoice).await?.invoice;
        if day > today || day < invoice.issued_on {
            return wrong(format!("`{day}` is not between the invoice's day and today"));
        }
        if tx.is_received(&request.reference).await? {
            return wrong(format!("`{}` was booked before", request.reference));
        }
        let owed = tx.balance(Account::Receivable, &invoice.number).await?;
        let settlement = booking::settle(owed, request.amount)?;
        let entry = booking::paid(day, &invoice.number, &invoice.recipient.institution, settlement)?;
        let entry = tx.book(&entry, asker.name(), &self.inner.clock.at()).await?;
        let received = Received {
            reference: request.reference.clone(),
            invoice: invoice.number.clone(),
            received_on: day,
            amount: request.amount,
            applied: settlement.applied,
            over: settlement.over,
            entry,
        };
        tx.insert_received(&received).await?;
        self.settle_use(tx, &invoice.number, day).await?;
        let report = PaymentReport {
            invoice: invoice.number,
            entry,
            applied: settlement.applied,
            over: settlement.over,
            left: settlement.left,
        };
        let detail =
            json!({ "amount": request.amount, "over": report.over, "left": report.left, "entry": entry });
        self.note_money(tx, (asker, BOOK), (&report.invoice, "paid"), detail).await?;
        Ok(report)
    }

    /// Counts what is owed to an institution against an open invoice of its own; returns the entry. Paid in
    /// full that way, the invoice opens the use it is for.
    ///
    /// # Errors
    /// A refusal; another institution's invoice; more than is owed on either side.
    pub async fn set_off(&self, asker: &Asker, invoice: &str, amount: Yen) -> Result<u64, GateError> {
        self.authorise(asker, BOOK, invoice).await?;
        let mut tx = self.inner.registry.begin().await?;
        let invoice = stored(&mut tx, invoice).await?.invoice;
        let institution = invoice.recipient.institution.as_str();
        let owed_back = tx.balance(Account::Owed, institution).await?.opposite()?;
        let owed = tx.balance(Account::Receivable, &invoice.number).await?;
        let today = self.inner.clock.today();
        let entry = booking::set_off(today, (institution, owed_back), (&invoice.number, owed), amount)?;
        let entry = tx.book(&entry, asker.name(), &self.inner.clock.at()).await?;
        self.settle_use(&mut tx, &invoice.number, today).await?;
        let detail = json!({ "amount": amount, "institution": institution, "entry": entry });
        self.note_money(&mut tx, (asker, BOOK), (&invoice.number, "set off"), detail).await?;
        self.commit(tx).await?;
        Ok(entry)
    }

    /// Pays back what is owed to an institution; returns the entry.
    ///
    /// # Errors
    /// A refusal; more than is owed.
    pub async fn refund(
        &self,
        asker: &Asker,
        institution: &InstitutionId,
        amount: Yen,
    ) -> Result<u64, GateError> {
        self.authorise(asker, BOOK, institution.as_str()).await?;
        let mut tx = self.inner.registry.begin().await?;
        let owed = tx.balance(Account::Owed, institution.as_str()).await?.opposite()?;
        let entry = booking::refunded(self.inner.clock.today(), institution.as_str(), owed, amount)?;
        let entry = tx.book(&entry, asker.name(), &self.inner.clock.at()).await?;
        let detail = json!({ "amount": amount, "entry": entry });
        self.note_money(&mut tx, (asker, BOOK), (institution.as_str(), "refunded"), detail).await?;
        self.commit(tx).await?;
        Ok(entry)
    }

    /// Gives up what is owed on an invoice; the use it is for stays closed. Returns the entry.
    ///
    /// # Errors
    /// A refusal; an unknown invoice, or one on which nothing is owed.
    pub async fn write_off(&self, asker: &Asker, invoice: &str, reason: &str) -> Result<u64, GateError> {
        self.authorise(asker, BOOK, invoice).await?;
        line("the reason", reason)?;
        let mut tx = self.inner.registry.begin().await?;
        let invoice = stored(&mut tx, invoice).await?.invoice.number;
        let owed = tx.balance(Account::Receivable, &invoice).await?;
        let today = self.inner.clock.today();
        let entry = booking::written_off(today, &invoice, owed)?;
        let entry = tx.book(&entry, asker.name(), &self.inner.clock.at()).await?;
        self.settle_use(&mut tx, &invoice, today).await?;
        let detail = json!({ "amount": owed, "reason": reason, "entry": entry });
        self.note_money(&mut tx, (asker, BOOK), (&invoice, "written off"), detail).await?;
        self.commit(tx).await?;
        Ok(entry)
    }

    /// Undoes an entry by its opposite, once; returns the new entry.
    ///
    /// # Errors
    /// A refusal; an entry that is not there, is not to be undone so, was undone before, or whose money was
    /// used meanwhile.
    pub async fn reverse(&self, asker: &Asker, number: u64, reason: &str) -> Result<u64, GateError> {
        self.authorise(asker, BOOK, &format!("entry {number}")).await?;
        line("the reason", reason)?;
        let mut tx = self.inner.registry.begin().await?;
        let Some(booked) = tx.ledger_entry(number).await? else {
            return wrong(format!("there is no entry {number}, or it undoes another"));
        };
        if !REVERSIBLE.contains(&booked.entry.act()) {
            let act = booked.entry.act();
            return wrong(format!("entry {number} ({act}) is not undone so; an invoice takes a credit note"));
        }
        if tx.is_reversed(number).await? {
            return wrong(format!("entry {number} was undone before"));
        }
        let why = Bilingual {
            ja: format!("取消 {number}：{reason}"),
            en: format!("reverses {number}: {reason}"),
        };
        let today = self.inner.clock.today();
        let entry = booked.entry.reversal(number, today, why)?;
        let undone = tx.book(&entry, asker.name(), &self.inner.clock.at()).await?;
        for posting in entry.postings() {
            self.check_side(&mut tx, posting.account, &posting.about).await?;
            if posting.account == Account::Receivable {
                let invoice = stored(&mut tx, &posting.about).await?.invoice;
                let paid_on = last_payment(&mut tx, &invoice).await?.unwrap_or(today);
                self.settle_use(&mut tx, &invoice.number, paid_on).await?;
            }
        }
        let detail = json!({ "entry": number, "by_entry": undone, "reason": reason });
        let subject = format!("entry {number}");
        self.note_money(&mut tx, (asker, BOOK), (&subject, "reversed"), detail).await?;
        self.commit(tx).await?;
        Ok(undone)
    }

    /// Nobody is owed less than nothing, owes less than nothing, or spends more than there is.
    async fn check_side(&self, tx: &mut Tx, account: Account, about: &str) -> Result<(), GateError> {
        let balance = tx.balance(account, about).await?;
        let bad = match account {
            Account::Receivable | Account::BudgetLeft => balance < Yen::ZERO,
            Account::Owed => balance > Yen::ZERO,
            _ => false,
        };
        match bad {
            true => wrong(format!("that money was used meanwhile: `{about}` would stand at {balance} yen")),
            false => Ok(()),
        }
    }
}
