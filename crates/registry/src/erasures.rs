//! Batches written anew, without a person or several as one, and answers already given.
//!
//! Never touches files: the store writes the new batch, this records that it stands for the old ones.

use crate::batches::Batch;
use crate::error::Error;
use crate::registry::{Reads, Tx};
use crate::row::Columns as _;
use gj_model::{BatchId, FreezeName};

impl Reads {
    /// How many withdrawals and changes of consent there were so far; only ever grows.
    pub async fn consent_acts(&mut self) -> Result<u64, Error> {
        let row = sqlx::query("SELECT COUNT(*) AS n FROM withdrawals").fetch_one(self.db()).await?;
        Ok(row.count("n")? + self.consent_change_count().await?)
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
    /// Puts a rewritten batch in the place of old ones, in every freeze too. `sample_keys` are those of
    /// its columns; 0 where the person has left.
    ///
    /// # Errors
    /// [`Error::Unknown`] when an old batch is not registered, [`Error::Taken`] when the new one is.
    pub async fn replace_batches(
        &mut self,
        old: &[BatchId],
        new: &Batch,
        sample_keys: &[i64],
    ) -> Result<(), Error> {
        let keys: Vec<i64> = sample_keys.iter().copied().filter(|key| *key != 0).collect();
        self.insert_batch(new, &keys, &[]).await?;
        for batch in old {
            for sql in [
                "UPDATE batch_sources SET batch_id = $2 WHERE batch_id = $1",
                "INSERT INTO freeze_batches (freeze_name, batch_id) SELECT freeze_name, $2 FROM freeze_batches \
                    WHERE batch_id = $1 AND freeze_name NOT IN (SELECT freeze_name FROM freeze_batches WHERE batch_id = $2)",
            ] {
                sqlx::query(sql).bind(batch.as_str()).bind(new.id.as_str()).execute(self.db()).await?;
            }
            for sql in [
                "DELETE FROM freeze_batches WHERE batch_id = $1",
                "DELETE FROM batch_samples WHERE batch_id = $1",
            ] {
                sqlx::query(sql).bind(batch.as_str()).execute(self.db()).await?;
            }
            self.drop_census(batch).await?;
            let sql = "DELETE FROM batches WHERE id = $1";
            if sqlx::query(sql).bind(batch.as_str()).execute(self.db()).await?.rows_affected() != 1 {
                return Err(Error::Unknown { kind: "batch", id: batch.to_string() });
            }
        }
        Ok(())
    }
}
