//! Withdrawals: from which moment a person is in no answer, and the receipt of what was repaired.
//!
//! Owns the rows and the mark on the person. Both are one change: there is no receipt of somebody
//! still counted, and nobody hidden without a receipt. Never repairs anything itself.

use crate::error::Error;
use crate::instant;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use sqlx::any::AnyRow;

/// One withdrawal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// The receipt's number, which carries no meaning.
    pub receipt: String,
    /// Who withdrew.
    pub person_key: i64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// How far the repair is.
    pub state: WithdrawalState,
    /// The receipt's content.
    pub document: serde_json::Value,
}

/// How far a withdrawal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithdrawalState {
    /// In no new answer any more; counts and panels are still to be repaired.
    Masked,
    /// Everything derived is as if the person had never been there.
    Repaired,
}

fn read(row: &AnyRow) -> Result<Withdrawal, Error> {
    Ok(Withdrawal {
        receipt: row.text("receipt")?,
        person_key: row.number("person_key")?,
        at: row.text("at")?,
        state: match row.text("state")?.as_str() {
            "masked" => WithdrawalState::Masked,
            "repaired" => WithdrawalState::Repaired,
            _ => return Err(Error::Stored("state")),
        },
        document: serde_json::from_str(&row.text("document")?).map_err(|_| Error::Stored("document"))?,
    })
}

impl Reads {
    /// Every withdrawal, oldest first.
    pub async fn withdrawals(&mut self) -> Result<Vec<Withdrawal>, Error> {
        let sql = "SELECT receipt, person_key, at, state, document FROM withdrawals ORDER BY at, receipt";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, read)
    }

    /// Withdrawals whose repair was not finished, oldest first: to be resumed after a crash.
    pub async fn unfinished_withdrawals(&mut self) -> Result<Vec<Withdrawal>, Error> {
        let sql = "SELECT receipt, person_key, at, state, document FROM withdrawals WHERE state = 'masked' \
            ORDER BY at, receipt";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, read)
    }

    /// One withdrawal by its receipt.
    pub async fn withdrawal(&mut self, receipt: &str) -> Result<Option<Withdrawal>, Error> {
        let sql = "SELECT receipt, person_key, at, state, document FROM withdrawals WHERE receipt = $1";
        let row = sqlx::query(sql).bind(receipt).fetch_optional(self.db()).await?;
        row.as_ref().map(read).transpose()
    }

    /// The withdrawal of a person.
    pub async fn withdrawal_of(&mut self, person_key: i64) -> Result<Option<Withdrawal>, Error> {
        let sql = "SELECT receipt, person_key, at, state, document FROM withdrawals WHERE person_key = $1";
        let row = sqlx::query(sql).bind(person_key).fetch_optional(self.db()).await?;
        row.as_ref().map(read).transpose()
    }

    /// What was done so far to repair after a withdrawal that is not finished, in order.
    pub async fn repair_steps(&mut self, receipt: &str) -> Result<Vec<serde_json::Value>, Error> {
        let sql = "SELECT document FROM repair_steps WHERE receipt = $1 ORDER BY step";
        let rows = sqlx::query(sql).bind(receipt).fetch_all(self.db()).await?;
        row::all(rows, |row| {
            serde_json::from_str(&row.text("document")?).map_err(|_| Error::Stored("document"))
        })
    }
}

impl Tx {
    /// Notes one step of the repair after a withdrawal, in the transaction that makes it so.
    pub async fn add_repair_step(
        &mut self,
        receipt: &str,
        document: &serde_json::Value,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO repair_steps (receipt, step, document) \
            SELECT $1, COALESCE(MAX(step), 0) + 1, $2 FROM repair_steps WHERE receipt = $1";
        sqlx::query(sql).bind(receipt).bind(document.to_string()).execute(self.db()).await?;
        Ok(())
    }

    /// Leaves of a person what keeps them from coming back: participant id, sample names, contributor,
    /// consent and the day they left. Everything else about them is deleted.
    pub async fn forget_person(&mut self, person_key: i64) -> Result<(), Error> {
        for sql in [
            "DELETE FROM person_diseases WHERE person_key = $1",
            "DELETE FROM person_terms WHERE person_key = $1",
            "UPDATE consents SET relation = NULL, adult_on = NULL WHERE person_key = $1",
            "UPDATE people SET sex = 'unknown', family = NULL WHERE person_key = $1",
            "UPDATE samples SET father = NULL, mother = NULL, stratum = '' WHERE person_key = $1",
        ] {
            sqlx::query(sql).bind(person_key).execute(self.db()).await?;
        }
        Ok(())
    }

    /// Masks a person: from the commit on they are in no new answer.
    ///
    /// # Errors
    /// [`Error::Unknown`] when nobody has the key, [`Error::AlreadyWithdrawn`].
    pub async fn withdraw(
        &mut self,
        receipt: &str,
        person_key: i64,
        at: &str,
        document: &serde_json::Value,
    ) -> Result<(), Error> {
        let at = instant::utc(at)?;
        let person = self.person(person_key).await?;
        let person = person.ok_or(Error::Unknown { kind: "person key", id: person_key.to_string() })?;
        if person.withdrawn_at.is_some() {
            return Err(Error::AlreadyWithdrawn);
        }
        sqlx::query("UPDATE people SET withdrawn_at = $2 WHERE person_key = $1")
            .bind(person_key)
            .bind(at.as_str())
            .execute(self.db())
            .await?;
        let sql = "INSERT INTO withdrawals (receipt, person_key, at, state, document) \
            VALUES ($1, $2, $3, 'masked', $4)";
        sqlx::query(sql)
            .bind(receipt)
            .bind(person_key)
            .bind(at.as_str())
            .bind(document.to_string())
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Closes a withdrawal once everything derived is repaired, with the receipt's final content; its
    /// steps are in there now.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such receipt.
    pub async fn finish_withdrawal(
        &mut self,
        receipt: &str,
        document: &serde_json::Value,
    ) -> Result<(), Error> {
        sqlx::query("DELETE FROM repair_steps WHERE receipt = $1").bind(receipt).execute(self.db()).await?;
        let sql = "UPDATE withdrawals SET state = 'repaired', document = $2 WHERE receipt = $1";
        let done = sqlx::query(sql).bind(receipt).bind(document.to_string()).execute(self.db()).await?;
        match done.rows_affected() {
            0 => Err(Error::Unknown { kind: "receipt", id: receipt.to_owned() }),
            _ => Ok(()),
        }
    }
}
