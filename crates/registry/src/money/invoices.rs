//! Rows of quotes, invoices, credit notes and money received. Numbers of a fiscal year have no gaps.

use super::{document, json, yen};
use crate::error::Error;
use crate::instant;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use chrono::NaiveDate;
use gj_model::InstitutionId;
use gj_money::{Account, CreditNote, FiscalYear, Invoice, Quote, Yen};
use serde::Serialize;
use sqlx::any::AnyRow;

/// Which papers are numbered together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperSeries {
    /// `Q-2026-000001`
    Quotes,
    /// `GJ-2026-000001`
    Invoices,
    /// `CN-2026-000001`
    CreditNotes,
}

impl PaperSeries {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            PaperSeries::Quotes => ("quotes", "Q"),
            PaperSeries::Invoices => ("invoices", "GJ"),
            PaperSeries::CreditNotes => ("credit_notes", "CN"),
        }
    }
}

/// A quote as given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredQuote {
    /// Its number.
    pub number: String,
    /// Whom it is for.
    pub institution: InstitutionId,
    /// The quote.
    pub quote: Quote,
    /// The invoice made of it.
    pub invoice: Option<String>,
}

/// An invoice as issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredInvoice {
    /// Whom it is for.
    pub institution: InstitutionId,
    /// The quote it was made of.
    pub quote: String,
    /// To pay, with tax.
    pub total: Yen,
    /// The invoice.
    pub invoice: Invoice,
}

/// An invoice on which something is still owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenInvoice {
    /// Its number.
    pub invoice: String,
    /// Who owes it.
    pub institution: InstitutionId,
    /// Day of issue.
    pub issued_on: NaiveDate,
    /// Last day to pay.
    pub due_on: NaiveDate,
    /// To pay in all, with tax.
    pub total: Yen,
    /// Still owed.
    pub owed: Yen,
}

/// Money received for an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Received {
    /// The bank's reference; once only.
    pub reference: String,
    /// For which invoice.
    pub invoice: String,
    /// When.
    pub received_on: NaiveDate,
    /// How much.
    pub amount: Yen,
    /// Counted against the invoice.
    pub applied: Yen,
    /// Too much: owed back.
    pub over: Yen,
    /// Entry of the ledger.
    pub entry: u64,
}

fn quote(row: &AnyRow) -> Result<StoredQuote, Error> {
    Ok(StoredQuote {
        number: row.text("number")?,
        institution: row.parsed("institution")?,
        quote: document(row, "document")?,
        invoice: row.maybe_text("invoice")?,
    })
}

fn invoice(row: &AnyRow) -> Result<StoredInvoice, Error> {
    Ok(StoredInvoice {
        institution: row.parsed("institution")?,
        quote: row.text("quote")?,
        total: yen(row, "total_yen")?,
        invoice: document(row, "document")?,
    })
}

const QUOTES: &str = "SELECT q.number, q.institution, q.document, i.number AS invoice FROM quotes q \
    LEFT JOIN invoices i ON i.quote = q.number";
const INVOICES: &str = "SELECT institution, quote, total_yen, document FROM invoices";

impl Reads {
    /// One quote.
    pub async fn quote(&mut self, number: &str) -> Result<Option<StoredQuote>, Error> {
        let sql = format!("{QUOTES} WHERE q.number = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(number).fetch_optional(self.db()).await?;
        row.as_ref().map(quote).transpose()
    }

    /// The quotes of a fiscal year, in order.
    pub async fn quotes_of(&mut self, year: FiscalYear) -> Result<Vec<StoredQuote>, Error> {
        let sql = format!("{QUOTES} WHERE q.fiscal_year = $1 ORDER BY q.sequence");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(i64::from(year.year()));
        row::all(query.fetch_all(self.db()).await?, quote)
    }

    /// One invoice.
    pub async fn invoice(&mut self, number: &str) -> Result<Option<StoredInvoice>, Error> {
        let sql = format!("{INVOICES} WHERE number = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(number).fetch_optional(self.db()).await?;
        row.as_ref().map(invoice).transpose()
    }

    /// Every invoice, in order.
    pub async fn invoices(&mut self) -> Result<Vec<StoredInvoice>, Error> {
        let sql = format!("{INVOICES} ORDER BY fiscal_year, sequence");
        row::all(sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(self.db()).await?, invoice)
    }

    /// An institution's invoices, in order.
    pub async fn invoices_of(&mut self, institution: &InstitutionId) -> Result<Vec<StoredInvoice>, Error> {
        let sql = format!("{INVOICES} WHERE institution = $1 ORDER BY fiscal_year, sequence");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(institution.as_str());
        row::all(query.fetch_all(self.db()).await?, invoice)
    }

    /// Every invoice on which something is still owed, the one due first on top.
    pub async fn open_invoices(&mut self) -> Result<Vec<OpenInvoice>, Error> {
        let sql = "SELECT i.number, i.institution, i.issued_on, i.due_on, i.total_yen, b.owed FROM invoices i \
            JOIN (SELECT about, CAST(SUM(amount_yen) AS BIGINT) AS owed FROM postings WHERE account = $1 \
            GROUP BY about HAVING SUM(amount_yen) > 0) b ON b.about = i.number ORDER BY i.due_on, i.number";
        let rows = sqlx::query(sql).bind(Account::Receivable.code()).fetch_all(self.db()).await?;
        row::all(rows, |row| {
            Ok(OpenInvoice {
                invoice: row.text("number")?,
                institution: row.parsed("institution")?,
                issued_on: row.parsed("issued_on")?,
                due_on: row.parsed("due_on")?,
                total: yen(row, "total_yen")?,
                owed: yen(row, "owed")?,
            })
        })
    }

    /// The credit notes on an invoice, in order.
    pub async fn credit_notes(&mut self, invoice: &str) -> Result<Vec<CreditNote>, Error> {
        let sql = "SELECT document FROM credit_notes WHERE invoice = $1 ORDER BY fiscal_year, sequence";
        let rows = sqlx::query(sql).bind(invoice).fetch_all(self.db()).await?;
        row::all(rows, |row| document(row, "document"))
    }

    /// One credit note by its number.
    pub async fn credit_note(&mut self, number: &str) -> Result<Option<CreditNote>, Error> {
        let query = sqlx::query("SELECT document FROM credit_notes WHERE number = $1").bind(number);
        query.fetch_optional(self.db()).await?.map(|row| document(&row, "document")).transpose()
    }

    /// Money received for an invoice, in order of entries.
    pub async fn received_for(&mut self, invoice: &str) -> Result<Vec<Received>, Error> {
        let sql = "SELECT reference, invoice, received_on, amount_yen, applied_yen, over_yen, entry \
            FROM money_received WHERE invoice = $1 ORDER BY entry";
        let rows = sqlx::query(sql).bind(invoice).fetch_all(self.db()).await?;
        row::all(rows, |row| {
            Ok(Received {
                reference: row.text("reference")?,
                invoice: row.text("invoice")?,
                received_on: row.parsed("received_on")?,
                amount: yen(row, "amount_yen")?,
                applied: yen(row, "applied_yen")?,
                over: yen(row, "over_yen")?,
                entry: row.count("entry")?,
            })
        })
    }

    /// Whether a row of `payments` comes from an invoice: a programme file leaves it alone.
    pub(crate) async fn is_invoice(&mut self, number: &str) -> Result<bool, Error> {
        let query = sqlx::query_scalar("SELECT COUNT(*) FROM invoices WHERE number = $1").bind(number);
        let found: i64 = query.fetch_one(self.db()).await?;
        Ok(found > 0)
    }
}

impl Tx {
    /// The next number of a series in a fiscal year. Nobody else takes it: writers come one after the other.
    pub async fn next_number(
        &mut self,
        series: PaperSeries,
        year: FiscalYear,
    ) -> Result<(String, i64), Error> {
        let (table, prefix) = series.words();
        let sql = format!("SELECT COALESCE(MAX(sequence), 0) + 1 FROM {table} WHERE fiscal_year = $1");
        let query = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(i64::from(year.year()));
        let sequence: i64 = query.fetch_one(self.db()).await?;
        Ok((format!("{prefix}-{}-{sequence:06}", year.year()), sequence))
    }

    /// Records a quote and returns its number.
    pub async fn insert_quote(
        &mut self,
        quote: &Quote,
        institution: &InstitutionId,
        by: &str,
        at: &str,
    ) -> Result<String, Error> {
        let year = FiscalYear::of(quote.request.date);
        let (number, sequence) = self.next_number(PaperSeries::Quotes, year).await?;
        let sql = "INSERT INTO quotes (number, fiscal_year, sequence, institution, asked_by, asked_at, \
            total_yen, document) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        sqlx::query(sql)
            .bind(number.as_str())
            .bind(i64::from(year.year()))
            .bind(sequence)
            .bind(institution.as_str())
            .bind(by)
            .bind(instant::utc(at)?)
            .bind(quote.totals.total.get())
            .bind(json(quote, "document")?)
            .execute(self.db())
            .await?;
        Ok(number)
    }

    /// Records an invoice under the number it was given by [`Tx::next_number`], with lines and discounts.
    pub async fn insert_invoice(
        &mut self,
        invoice: &Invoice,
        quote: &str,
        sequence: i64,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO invoices (number, fiscal_year, sequence, quote, institution, issued_on, due_on, \
            covers_from, covers_to, net_yen, tax_yen, total_yen, document) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        sqlx::query(sql)
            .bind(invoice.number.as_str())
            .bind(i64::from(FiscalYear::of(invoice.issued_on).year()))
            .bind(sequence)
            .bind(quote)
            .bind(invoice.recipient.institution.as_str())
            .bind(invoice.issued_on.to_string())
            .bind(invoice.due_on.to_string())
            .bind(invoice.covers_from.to_string())
            .bind(invoice.covers_to.to_string())
            .bind(invoice.totals.net.get())
            .bind(invoice.totals.tax.get())
            .bind(invoice.totals.total.get())
            .bind(json(invoice, "document")?)
            .execute(self.db())
            .await?;
        for (number, line) in (1i64..).zip(&invoice.lines) {
            let sql = "INSERT INTO invoice_lines (invoice, line, item, rule, rule_valid_from, rule_source, \
                quantity, unit_yen, amount_yen, net_yen, tax, percent) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
            sqlx::query(sql)
                .bind(invoice.number.as_str())
                .bind(number)
                .bind(line.item.as_str())
                .bind(line.rule.id.as_str())
                .bind(line.rule.valid_from.to_string())
                .bind(line.rule.source.as_str())
                .bind(i64::from(line.quantity))
                .bind(line.unit_price.get())
                .bind(line.amount.get())
                .bind(line.net.get())
                .bind(line.tax.name())
                .bind(i64::from(line.percent))
                .execute(self.db())
                .await?;
            for discount in &line.discounts {
                let sql = "INSERT INTO invoice_discounts (invoice, line, contribution, amount_yen) \
                    VALUES ($1, $2, $3, $4)";
                sqlx::query(sql)
                    .bind(invoice.number.as_str())
                    .bind(number)
                    .bind(discount.contribution.as_str())
                    .bind(discount.amount.get())
                    .execute(self.db())
                    .await?;
            }
        }
        Ok(())
    }

    /// Records a credit note under the number it was given, with what it leaves of the invoice.
    pub async fn insert_credit_note(
        &mut self,
        note: &CreditNote,
        sequence: i64,
        leaves: Yen,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO credit_notes (number, fiscal_year, sequence, invoice, issued_on, net_yen, tax_yen, \
            total_yen, leaves_net_yen, document) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        sqlx::query(sql)
            .bind(note.number.as_str())
            .bind(i64::from(FiscalYear::of(note.issued_on).year()))
            .bind(sequence)
            .bind(note.invoice.as_str())
            .bind(note.issued_on.to_string())
            .bind(note.totals.net.get())
            .bind(note.totals.tax.get())
            .bind(note.totals.total.get())
            .bind(leaves.get())
            .bind(json(note, "document")?)
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Records money received.
    ///
    /// # Errors
    /// [`Error::Taken`] when the bank's reference was booked before.
    pub async fn insert_received(&mut self, received: &Received) -> Result<(), Error> {
        let sql = "INSERT INTO money_received (reference, invoice, received_on, amount_yen, applied_yen, over_yen, \
            entry) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        sqlx::query(sql)
            .bind(received.reference.as_str())
            .bind(received.invoice.as_str())
            .bind(received.received_on.to_string())
            .bind(received.amount.get())
            .bind(received.applied.get())
            .bind(received.over.get())
            .bind(i64::try_from(received.entry).map_err(|_| Error::Stored("entry"))?)
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Whether a bank's reference was booked before.
    pub async fn is_received(&mut self, reference: &str) -> Result<bool, Error> {
        let query = sqlx::query_scalar("SELECT COUNT(*) FROM money_received WHERE reference = $1");
        let found: i64 = query.bind(reference).fetch_one(self.db()).await?;
        Ok(found > 0)
    }

    /// Ends the use an invoice had opened: it is not paid, or was taken back.
    pub async fn end_use(&mut self, invoice: &str) -> Result<(), Error> {
        self.remove_payment(invoice).await
    }
}
