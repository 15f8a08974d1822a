//! Censuses: which stored counts are of which batch, and who was counted in which class.
//!
//! Owns the rows. Never counts.

use crate::error::Error;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use gj_model::{BatchId, CensusId};

/// The stored counts of one batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Census {
    /// The batch; it has at most one census.
    pub batch: BatchId,
    /// Its id in the store.
    pub id: CensusId,
    /// Digest of its manifest.
    pub manifest_digest: String,
    /// Digest of which sample is counted in which class.
    pub assignment: String,
    /// Changes of consent known when it was counted.
    pub consents: u64,
}

impl Reads {
    /// Every census, by batch.
    pub async fn censuses(&mut self) -> Result<Vec<Census>, Error> {
        let sql = "SELECT batch_id, id, manifest_digest, assignment, consents_counted FROM censuses ORDER BY batch_id";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, |row| {
            Ok(Census {
                batch: row.parsed("batch_id")?,
                id: row.parsed("id")?,
                manifest_digest: row.text("manifest_digest")?,
                assignment: row.text("assignment")?,
                consents: row.count("consents_counted")?,
            })
        })
    }
}

impl Tx {
    /// Names the counts of a batch, in the place of earlier ones.
    pub async fn set_census(&mut self, census: &Census) -> Result<(), Error> {
        self.drop_census(&census.batch).await?;
        let sql = "INSERT INTO censuses (batch_id, id, manifest_digest, assignment, consents_counted) \
            VALUES ($1, $2, $3, $4, $5)";
        sqlx::query(sql)
            .bind(census.batch.as_str())
            .bind(census.id.as_str())
            .bind(census.manifest_digest.as_str())
            .bind(census.assignment.as_str())
            .bind(census.consents as i64)
            .execute(self.db())
            .await?;
        Ok(())
    }

    pub(crate) async fn drop_census(&mut self, batch: &BatchId) -> Result<(), Error> {
        let sql = "DELETE FROM censuses WHERE batch_id = $1";
        sqlx::query(sql).bind(batch.as_str()).execute(self.db()).await?;
        Ok(())
    }
}
