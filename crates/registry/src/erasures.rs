//! What a withdrawal leaves to do: batches written anew without a person, answers already given.
//!
//! Never touches files: the store writes the new batch, this records that it stands for the old one.

use crate::batches::Batch;
use crate::error::Error;
use crate::instant;
use crate::registry::{Reads, Tx};
use crate::row::Columns as _;
use gj_model::{BatchId, FreezeName};

impl Reads {
    /// How many people have withdrawn so far; only ever grows.
    pub async fn withdrawal_count(&mut self) -> Result<u64, Error> {
        let row = sqlx::query("SELECT COUNT(*) AS n FROM withdrawals").fetch_one(self.db()).await?;
        row.count("n")
    }

    /// Answers given from a freeze, by the audit log.
    pub async fn answers_from(&mut self, freeze: &FreezeName) -> Result<u64, Error> {
        let sql = "SELECT COUNT(*) AS n FROM audit WHERE act = 'frequency.read' AND outcome = 'answered' \
            AND subject = $1";
        let row = sqlx::query(sql).bind(freeze.as_str()).fetch_one(self.db()).await?;
        row.count("n")
    }
}

impl Tx {
    /// Puts a rewritten batch in the place of an old one, in every freeze too, without `gone` samples.
    ///
    /// # Errors
    /// [`Error::Unknown`] when the old batch is not registered.
    pub async fn replace_batch(&mut self, old: &BatchId, new: &Batch, gone: &[i64]) -> Result<(), Error> {
        for key in gone {
            let sql = "DELETE FROM batch_samples WHERE batch_id = $1 AND sample_key = $2";
            sqlx::query(sql).bind(old.as_str()).bind(*key).execute(self.db()).await?;
        }
        let sql = "INSERT INTO batches (id, institution, manifest_digest, created_at, sample_count, row_count) \
            VALUES ($1, $2, $3, $4, $5, $6)";
        sqlx::query(sql)
            .bind(new.id.as_str())
            .bind(new.institution.as_str())
            .bind(new.manifest_digest.as_str())
            .bind(instant::utc(&new.created_at)?)
            .bind(new.samples as i64)
            .bind(new.rows as i64)
            .execute(self.db())
            .await?;
        for sql in [
            "UPDATE batch_samples SET batch_id = $2 WHERE batch_id = $1",
            "UPDATE batch_sources SET batch_id = $2 WHERE batch_id = $1",
            "UPDATE freeze_batches SET batch_id = $2 WHERE batch_id = $1",
        ] {
            sqlx::query(sql).bind(old.as_str()).bind(new.id.as_str()).execute(self.db()).await?;
        }
        let done =
            sqlx::query("DELETE FROM batches WHERE id = $1").bind(old.as_str()).execute(self.db()).await?;
        match done.rows_affected() {
            1 => Ok(()),
            _ => Err(Error::Unknown { kind: "batch", id: old.to_string() }),
        }
    }
}
