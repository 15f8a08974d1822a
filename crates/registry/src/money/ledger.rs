//! The ledger's rows: entries are added at the end, balances are read, everything is checked by `gj verify`.

use super::yen;
use crate::error::Error;
use crate::instant;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use chrono::NaiveDate;
use gj_model::Bilingual;
use gj_money::{Account, Entry, Posting, TrialBalance, Yen};
use serde::Serialize;

/// An entry as it stands in the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BookedEntry {
    /// Its number, from 1 without gaps.
    pub number: u64,
    /// Who booked it.
    pub by: String,
    /// The entry.
    #[serde(flatten)]
    pub entry: Entry,
}

/// One posting to an account, with the entry it is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountLine {
    /// Number of the entry.
    pub entry: u64,
    /// Its day.
    pub day: NaiveDate,
    /// Which act it is of.
    pub act: String,
    /// In words.
    pub words: Bilingual,
    /// Which invoice, institution, contribution or budget line.
    pub about: String,
    /// Above zero a debit, below zero a credit.
    pub amount: Yen,
}

/// What a check of the books found to be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct LedgerCheck {
    /// Entries, each of which adds up to zero.
    pub entries: u64,
    /// Invoices, each of which adds up to its totals.
    pub invoices: u64,
}

impl Reads {
    /// What was debited and credited in each account.
    pub async fn trial_balance(&mut self) -> Result<TrialBalance, Error> {
        let sql = "SELECT account, CAST(SUM(CASE WHEN amount_yen > 0 THEN amount_yen ELSE 0 END) AS BIGINT) AS \
            debits, CAST(SUM(CASE WHEN amount_yen < 0 THEN -amount_yen ELSE 0 END) AS BIGINT) AS credits \
            FROM postings GROUP BY account ORDER BY account";
        let rows = sqlx::query(sql).fetch_all(self.db()).await?;
        let sums = row::all(rows, |row| {
            Ok((row.parsed::<Account>("account")?, yen(row, "debits")?, yen(row, "credits")?))
        })?;
        Ok(TrialBalance::of(sums)?)
    }

    /// The balance of an account about one invoice, institution, contribution or budget line.
    pub async fn balance(&mut self, account: Account, about: &str) -> Result<Yen, Error> {
        let sql = "SELECT CAST(COALESCE(SUM(amount_yen), 0) AS BIGINT) FROM postings \
            WHERE account = $1 AND about = $2";
        let query = sqlx::query_scalar(sql).bind(account.code()).bind(about);
        Ok(Yen::new(query.fetch_one(self.db()).await?))
    }

    /// The balance of an account about everything.
    pub async fn balances(&mut self, account: Account) -> Result<Vec<(String, Yen)>, Error> {
        let sql = "SELECT about, CAST(SUM(amount_yen) AS BIGINT) AS balance FROM postings WHERE account = $1 \
            GROUP BY about ORDER BY about";
        let rows = sqlx::query(sql).bind(account.code()).fetch_all(self.db()).await?;
        row::all(rows, |row| Ok((row.text("about")?, yen(row, "balance")?)))
    }

    /// Postings to an account about one thing, or with an empty `about` all of them, from an entry on, at
    /// most `limit`; before them the balance that the account had until then.
    pub async fn account_lines(
        &mut self,
        (account, about): (Account, &str),
        from_entry: u64,
        limit: u32,
    ) -> Result<(Yen, Vec<AccountLine>), Error> {
        let from = i64::try_from(from_entry).map_err(|_| Error::Stored("number"))?;
        let sql = "SELECT CAST(COALESCE(SUM(amount_yen), 0) AS BIGINT) FROM postings \
            WHERE account = $1 AND ($2 = '' OR about = $2) AND entry < $3";
        let query = sqlx::query_scalar(sql).bind(account.code()).bind(about).bind(from);
        let before = Yen::new(query.fetch_one(self.db()).await?);
        let sql = "SELECT p.entry, e.booked_on, e.act, e.ja, e.en, p.about, p.amount_yen FROM postings p \
            JOIN entries e ON e.number = p.entry WHERE p.account = $1 AND ($2 = '' OR p.about = $2) \
            AND p.entry >= $3 ORDER BY p.entry, p.line LIMIT $4";
        let query = sqlx::query(sql).bind(account.code()).bind(about).bind(from).bind(i64::from(limit));
        let lines = row::all(query.fetch_all(self.db()).await?, |row| {
            Ok(AccountLine {
                entry: row.count("entry")?,
                day: row.parsed("booked_on")?,
                act: row.text("act")?,
                words: Bilingual { ja: row.text("ja")?, en: row.text("en")? },
                about: row.text("about")?,
                amount: yen(row, "amount_yen")?,
            })
        })?;
        Ok((before, lines))
    }

    /// One entry as it was booked.
    pub async fn ledger_entry(&mut self, number: u64) -> Result<Option<BookedEntry>, Error> {
        let sql =
            "SELECT booked_on, booked_by, act, ja, en FROM entries WHERE number = $1 AND reverses IS NULL";
        let wanted = i64::try_from(number).map_err(|_| Error::Stored("number"))?;
        let Some(row) = sqlx::query(sql).bind(wanted).fetch_optional(self.db()).await? else {
            return Ok(None);
        };
        let sql = "SELECT account, about, amount_yen FROM postings WHERE entry = $1 ORDER BY line";
        let postings = sqlx::query(sql).bind(wanted).fetch_all(self.db()).await?;
        let postings = row::all(postings, |row| {
            Ok(Posting {
                account: row.parsed("account")?,
                about: row.text("about")?,
                amount: yen(row, "amount_yen")?,
            })
        })?;
        let day: NaiveDate = row.parsed("booked_on")?;
        let words = Bilingual { ja: row.text("ja")?, en: row.text("en")? };
        let entry = Entry::new(day, &row.text("act")?, words, postings)?;
        Ok(Some(BookedEntry { number, by: row.text("booked_by")?, entry }))
    }

    /// Whether an entry was undone.
    pub async fn is_reversed(&mut self, number: u64) -> Result<bool, Error> {
        let wanted = i64::try_from(number).map_err(|_| Error::Stored("number"))?;
        let sql = "SELECT COUNT(*) FROM entries WHERE reverses = $1";
        let found: i64 = sqlx::query_scalar(sql).bind(wanted).fetch_one(self.db()).await?;
        Ok(found > 0)
    }

    /// Checks the books: every entry adds up to zero and so does everything, numbers have no gaps, every
    /// invoice adds up and is what its rows say, every discount comes from a contribution of the payer's.
    ///
    /// # Errors
    /// [`Error::Damaged`] naming the first thing that is not as it must be.
    pub async fn check_books(&mut self) -> Result<LedgerCheck, Error> {
        for (sql, what) in FAULTS {
            if let Some(row) = sqlx::query(*sql).fetch_optional(self.db()).await? {
                return Err(Error::Damaged(format!("the books: {what} `{}`", row.text("found")?)));
            }
        }
        let balance = self.trial_balance().await?;
        if !balance.difference.is_zero() {
            let what = format!("the books: the trial balance is {} and not 0", balance.difference);
            return Err(Error::Damaged(what));
        }
        let entries: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM entries").fetch_one(self.db()).await?;
        let mut check = LedgerCheck { entries: entries.unsigned_abs(), invoices: 0 };
        for stored in self.invoices().await? {
            stored.invoice.check()?;
            if stored.invoice.totals.total != stored.total {
                return Err(Error::Damaged(format!("the books: invoice `{}`", stored.invoice.number)));
            }
            check.invoices += 1;
        }
        Ok(check)
    }
}

/// Each finds rows that must not be, as text in `found`.
const FAULTS: &[(&str, &str)] = &[
    (
        "SELECT CAST(entry AS TEXT) AS found FROM postings GROUP BY entry HAVING SUM(amount_yen) <> 0 LIMIT 1",
        "postings that do not add up to zero in entry",
    ),
    (
        "SELECT CAST(number AS TEXT) AS found FROM entries WHERE NOT EXISTS (SELECT 1 FROM postings \
         WHERE entry = number) LIMIT 1",
        "no postings in entry",
    ),
    (
        "SELECT CAST(MAX(number) AS TEXT) AS found FROM entries HAVING COUNT(*) <> MAX(number)",
        "a gap in the numbers of entries before",
    ),
    (
        "SELECT CAST(fiscal_year AS TEXT) AS found FROM invoices GROUP BY fiscal_year \
         HAVING COUNT(*) <> MAX(sequence) LIMIT 1",
        "a gap in the numbers of invoices of",
    ),
    (
        "SELECT CAST(fiscal_year AS TEXT) AS found FROM credit_notes GROUP BY fiscal_year \
         HAVING COUNT(*) <> MAX(sequence) LIMIT 1",
        "a gap in the numbers of credit notes of",
    ),
    (
        "SELECT i.number AS found FROM invoices i WHERE i.net_yen <> (SELECT COALESCE(SUM(l.net_yen), 0) FROM \
         invoice_lines l WHERE l.invoice = i.number) LIMIT 1",
        "lines that are not the sum of invoice",
    ),
    (
        "SELECT l.invoice AS found FROM invoice_lines l WHERE l.amount_yen - l.net_yen <> (SELECT \
         COALESCE(SUM(d.amount_yen), 0) FROM invoice_discounts d WHERE d.invoice = l.invoice AND d.line = l.line) \
         LIMIT 1",
        "a discount without a contribution on invoice",
    ),
    (
        "SELECT d.invoice AS found FROM invoice_discounts d JOIN invoices i ON i.number = d.invoice JOIN \
         contributions c ON c.id = d.contribution WHERE c.institution <> i.institution OR i.issued_on < c.given_on \
         OR i.issued_on > c.discount_to LIMIT 1",
        "somebody else's or an ended discount on invoice",
    ),
    (
        "SELECT c.id AS found FROM contributions c WHERE c.discount_limit_yen < (SELECT \
         COALESCE(SUM(d.amount_yen), 0) FROM invoice_discounts d WHERE d.contribution = c.id AND NOT EXISTS \
         (SELECT 1 FROM credit_notes n WHERE n.invoice = d.invoice AND n.leaves_net_yen = 0)) LIMIT 1",
        "more discounts than the limit of contribution",
    ),
    (
        "SELECT i.number AS found FROM invoices i WHERE i.total_yen <> (SELECT COALESCE(SUM(p.amount_yen), 0) \
         FROM postings p JOIN entries e ON e.number = p.entry WHERE p.account = '1200' AND p.about = i.number \
         AND e.act = 'invoice') LIMIT 1",
        "no entry of its total for invoice",
    ),
];

impl Tx {
    /// Adds an entry at the end of the book; it becomes durable with the act it is of. Returns its number.
    pub async fn book(&mut self, entry: &Entry, by: &str, at: &str) -> Result<u64, Error> {
        let sql = "SELECT COALESCE(MAX(number), 0) + 1 FROM entries";
        let number: i64 = sqlx::query_scalar(sql).fetch_one(self.db()).await?;
        let sql = "INSERT INTO entries (number, booked_on, booked_at, booked_by, act, ja, en, reverses) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        sqlx::query(sql)
            .bind(number)
            .bind(entry.day().to_string())
            .bind(instant::utc(at)?)
            .bind(by)
            .bind(entry.act())
            .bind(entry.words().ja.as_str())
            .bind(entry.words().en.as_str())
            .bind(entry.reverses().and_then(|number| i64::try_from(number).ok()))
            .execute(self.db())
            .await?;
        for (line, posting) in (1i64..).zip(entry.postings()) {
            let sql =
                "INSERT INTO postings (entry, line, account, about, amount_yen) VALUES ($1, $2, $3, $4, $5)";
            sqlx::query(sql)
                .bind(number)
                .bind(line)
                .bind(posting.account.code())
                .bind(posting.about.as_str())
                .bind(posting.amount.get())
                .execute(self.db())
                .await?;
        }
        Ok(number.unsigned_abs())
    }
}
