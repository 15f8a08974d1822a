//! Failed attempts to sign in, counted by account and by address.
//!
//! Owns the counts. Never knows a name: callers hand in a digest. Decides no delay.

use crate::error::Error;
use crate::instant;
use crate::registry::{Reads, Tx};
use crate::row::Columns;

/// What attempts are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptsOf {
    /// A user name, whether anybody has it or not.
    Account,
    /// Where the request came from.
    Address,
}

/// Failures since the last success.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attempts {
    /// How many.
    pub failures: u64,
    /// The last one, RFC 3339 in UTC; empty when there was none.
    pub last_at: String,
}

impl AttemptsOf {
    fn name(self) -> &'static str {
        match self {
            AttemptsOf::Account => "account",
            AttemptsOf::Address => "address",
        }
    }
}

impl Reads {
    /// The failures of a subject.
    pub async fn attempts(&mut self, of: AttemptsOf, subject: &str) -> Result<Attempts, Error> {
        let sql = "SELECT failures, last_at FROM sign_in_attempts WHERE kind = $1 AND subject = $2";
        let row = sqlx::query(sql).bind(of.name()).bind(subject).fetch_optional(self.db()).await?;
        match row {
            Some(row) => Ok(Attempts { failures: row.count("failures")?, last_at: row.text("last_at")? }),
            None => Ok(Attempts::default()),
        }
    }
}

impl Tx {
    /// Counts an attempt as failed.
    pub async fn add_attempt(&mut self, of: AttemptsOf, subject: &str, at: &str) -> Result<(), Error> {
        let sql = "INSERT INTO sign_in_attempts (kind, subject, failures, last_at) VALUES ($1, $2, 1, $3) \
            ON CONFLICT (kind, subject) DO UPDATE SET failures = sign_in_attempts.failures + 1, \
            last_at = excluded.last_at";
        sqlx::query(sql).bind(of.name()).bind(subject).bind(instant::utc(at)?).execute(self.db()).await?;
        Ok(())
    }

    /// Forgets a subject's failures.
    pub async fn clear_attempts(&mut self, of: AttemptsOf, subject: &str) -> Result<(), Error> {
        let sql = "DELETE FROM sign_in_attempts WHERE kind = $1 AND subject = $2";
        sqlx::query(sql).bind(of.name()).bind(subject).execute(self.db()).await?;
        Ok(())
    }

    /// Takes one failure back: it was a success after all.
    pub async fn take_back_attempt(&mut self, of: AttemptsOf, subject: &str) -> Result<(), Error> {
        let sql = "UPDATE sign_in_attempts SET failures = failures - 1 \
            WHERE kind = $1 AND subject = $2 AND failures > 0";
        sqlx::query(sql).bind(of.name()).bind(subject).execute(self.db()).await?;
        Ok(())
    }

    /// Forgets failures before a time, so that the table stays small whoever tries.
    pub async fn forget_attempts_before(&mut self, at: &str) -> Result<(), Error> {
        let sql = "DELETE FROM sign_in_attempts WHERE last_at < $1";
        sqlx::query(sql).bind(instant::utc(at)?).execute(self.db()).await?;
        Ok(())
    }
}
