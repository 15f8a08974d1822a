//! Batches: which immutable batch of genotypes holds which samples, and which files it was made of.
//!
//! Owns the rows. The genotypes are the store's.

use crate::error::Error;
use crate::instant;
use crate::lists::{self, ITEMS_A_STATEMENT_MAX};
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use gj_model::{BatchId, InstitutionId};
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

/// One batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its id in the store.
    pub id: BatchId,
    /// Who submitted it.
    pub institution: InstitutionId,
    /// Digest of its manifest.
    pub manifest_digest: String,
    /// When it was taken in, RFC 3339.
    pub created_at: String,
    /// Number of samples.
    pub samples: u64,
    /// Number of rows (variants).
    pub rows: u64,
}

fn read(row: &AnyRow) -> Result<Batch, Error> {
    Ok(Batch {
        id: row.parsed("id")?,
        institution: row.parsed("institution")?,
        manifest_digest: row.text("manifest_digest")?,
        created_at: row.text("created_at")?,
        samples: row.count("sample_count")?,
        rows: row.count("row_count")?,
    })
}

impl Reads {
    /// Every batch, in the order of arrival.
    pub async fn batches(&mut self) -> Result<Vec<Batch>, Error> {
        let sql = "SELECT id, institution, manifest_digest, created_at, sample_count, row_count FROM batches \
            ORDER BY created_at, arrival, id";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, read)
    }

    /// One batch, if it exists.
    pub async fn batch(&mut self, id: &BatchId) -> Result<Option<Batch>, Error> {
        let sql = "SELECT id, institution, manifest_digest, created_at, sample_count, row_count FROM batches \
            WHERE id = $1";
        let row = sqlx::query(sql).bind(id.as_str()).fetch_optional(self.db()).await?;
        row.as_ref().map(read).transpose()
    }

    /// The sample keys of a batch, in the order of its columns.
    pub async fn batch_samples(&mut self, id: &BatchId) -> Result<Vec<i64>, Error> {
        let sql = "SELECT sample_key FROM batch_samples WHERE batch_id = $1 ORDER BY position";
        Ok(sqlx::query_scalar(sql).bind(id.as_str()).fetch_all(self.db()).await?)
    }

    /// Digests of the files a batch was made of, in alphabetical order.
    pub async fn batch_sources(&mut self, id: &BatchId) -> Result<Vec<String>, Error> {
        let sql = "SELECT digest FROM batch_sources WHERE batch_id = $1 ORDER BY digest";
        Ok(sqlx::query_scalar(sql).bind(id.as_str()).fetch_all(self.db()).await?)
    }

    /// The batch that was made of a file with this digest.
    pub async fn batch_with_source(&mut self, digest: &str) -> Result<Option<BatchId>, Error> {
        let sql = "SELECT batch_id FROM batch_sources WHERE digest = $1";
        let row = sqlx::query(sql).bind(digest).fetch_optional(self.db()).await?;
        row.map(|row| row.parsed("batch_id")).transpose()
    }

    /// Earlier batches that hold any of these samples, each with how many of them.
    pub async fn batches_sharing(&mut self, sample_keys: &[i64]) -> Result<BTreeMap<BatchId, u64>, Error> {
        let mut shared = BTreeMap::new();
        for keys in sample_keys.chunks(ITEMS_A_STATEMENT_MAX) {
            let list = lists::items(1, keys.len());
            let sql = format!(
                "SELECT batch_id, COUNT(*) AS samples FROM batch_samples WHERE sample_key IN ({list}) \
                GROUP BY batch_id"
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for key in keys {
                query = query.bind(*key);
            }
            for row in query.fetch_all(self.db()).await? {
                *shared.entry(row.parsed("batch_id")?).or_default() += row.count("samples")?;
            }
        }
        Ok(shared)
    }

    /// The batches that hold a person's samples, by id.
    pub async fn batches_of_person(&mut self, person_key: i64) -> Result<Vec<BatchId>, Error> {
        let sql = "SELECT DISTINCT b.batch_id FROM batch_samples b JOIN samples s ON s.sample_key = b.sample_key \
            WHERE s.person_key = $1 ORDER BY b.batch_id";
        let rows = sqlx::query(sql).bind(person_key).fetch_all(self.db()).await?;
        row::all(rows, |row| row.parsed("batch_id"))
    }
}

impl Tx {
    /// Records a batch: its samples in the order of its columns, and the digests of its source files.
    ///
    /// # Errors
    /// [`Error::Taken`] when the id exists, [`Error::SourceTaken`] when a file was taken before.
    pub async fn insert_batch(
        &mut self,
        batch: &Batch,
        sample_keys: &[i64],
        sources: &[String],
    ) -> Result<(), Error> {
        if self.batch(&batch.id).await?.is_some() {
            return Err(Error::Taken { kind: "batch", id: batch.id.to_string() });
        }
        let sql = "INSERT INTO batches (id, institution, manifest_digest, created_at, sample_count, row_count, \
            arrival) VALUES ($1, $2, $3, $4, $5, $6, (SELECT COALESCE(MAX(arrival), 0) + 1 FROM batches))";
        sqlx::query(sql)
            .bind(batch.id.as_str())
            .bind(batch.institution.as_str())
            .bind(batch.manifest_digest.as_str())
            .bind(instant::utc(&batch.created_at)?)
            .bind(batch.samples as i64)
            .bind(batch.rows as i64)
            .execute(self.db())
            .await?;
        self.insert_batch_samples(&batch.id, sample_keys).await?;
        for digest in sources {
            if let Some(earlier) = self.batch_with_source(digest).await? {
                return Err(Error::SourceTaken(earlier.to_string()));
            }
            sqlx::query("INSERT INTO batch_sources (digest, batch_id) VALUES ($1, $2)")
                .bind(digest.as_str())
                .bind(batch.id.as_str())
                .execute(self.db())
                .await?;
        }
        Ok(())
    }

    async fn insert_batch_samples(&mut self, batch: &BatchId, sample_keys: &[i64]) -> Result<(), Error> {
        let mut position = 0_i64;
        for keys in sample_keys.chunks(ITEMS_A_STATEMENT_MAX) {
            let rows = lists::rows(keys.len(), 3);
            let sql = format!("INSERT INTO batch_samples (batch_id, position, sample_key) VALUES {rows}");
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for key in keys {
                query = query.bind(batch.as_str()).bind(position).bind(*key);
                position += 1;
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }
}
