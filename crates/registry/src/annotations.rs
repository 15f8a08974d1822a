//! Sets of annotation by name and version, and which of them each layer of a release consists of.
//!
//! Owns the rows. What is in a set is the store's.

use crate::error::Error;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use gj_model::{AnnotationId, FreezeName};
use sqlx::any::AnyRow;

/// One version of a set: a reference, gene models, variants with what is known of them, frequencies elsewhere,
/// or facts by gene.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AnnotationSet {
    /// 1 for the first set loaded.
    pub number: i64,
    /// What its loader calls it: `clinvar`.
    pub name: String,
    /// `reference`, `genes`, `variants`, `frequencies` or `gene-table`.
    pub kind: String,
    /// As its makers or the loader call it.
    pub version: String,
    /// Its id in the store.
    pub id: AnnotationId,
    /// Digest of its manifest.
    #[serde(rename = "digest")]
    pub manifest_digest: String,
    /// Where it comes from.
    pub source: String,
    /// What allows its use.
    pub licence: String,
    /// How many entries it has.
    pub entries: u64,
    /// Names of the files it was read from, comma separated.
    pub files: String,
    /// When it was loaded, RFC 3339 in UTC.
    pub loaded_at: String,
}

/// A layer of a release.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AnnotationLayer {
    /// 1 for the one made with the release.
    pub number: i64,
    /// When it was made, RFC 3339 in UTC.
    pub created_at: String,
    /// Its sets, as loaded.
    pub sets: Vec<AnnotationSet>,
}

const COLUMNS: &str = "s.number, s.name, s.kind, s.version, s.id, s.manifest_digest, s.source, s.licence, s.entries, s.files, s.loaded_at";

fn read(row: &AnyRow) -> Result<AnnotationSet, Error> {
    Ok(AnnotationSet {
        number: row.number("number")?,
        name: row.text("name")?,
        kind: row.text("kind")?,
        version: row.text("version")?,
        id: row.parsed("id")?,
        manifest_digest: row.text("manifest_digest")?,
        source: row.text("source")?,
        licence: row.text("licence")?,
        entries: row.count("entries")?,
        files: row.text("files")?,
        loaded_at: row.text("loaded_at")?,
    })
}

impl Reads {
    /// Every set, as loaded: of each name the last one is current.
    pub async fn annotation_sets(&mut self) -> Result<Vec<AnnotationSet>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM annotation_sets s ORDER BY s.number");
        row::all(sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(self.db()).await?, read)
    }

    /// The layers of a release, the first one first.
    pub async fn annotation_layers(&mut self, freeze: &FreezeName) -> Result<Vec<AnnotationLayer>, Error> {
        let sql = "SELECT number, created_at FROM annotation_layers WHERE freeze_name = $1 ORDER BY number";
        let rows = sqlx::query(sql).bind(freeze.as_str()).fetch_all(self.db()).await?;
        let mut layers = row::all(rows, |row| {
            let (number, created_at) = (row.number("number")?, row.text("created_at")?);
            Ok(AnnotationLayer { number, created_at, sets: Vec::new() })
        })?;
        for layer in &mut layers {
            layer.sets = self.layer_sets(freeze, layer.number).await?;
        }
        Ok(layers)
    }

    /// The newest layer of a release, if it has one.
    pub async fn newest_annotation_layer(
        &mut self,
        freeze: &FreezeName,
    ) -> Result<Option<AnnotationLayer>, Error> {
        let sql = "SELECT number, created_at FROM annotation_layers WHERE freeze_name = $1 \
            ORDER BY number DESC LIMIT 1";
        let row = sqlx::query(sql).bind(freeze.as_str()).fetch_optional(self.db()).await?;
        let Some(row) = row else { return Ok(None) };
        let (number, created_at) = (row.number("number")?, row.text("created_at")?);
        Ok(Some(AnnotationLayer { number, created_at, sets: self.layer_sets(freeze, number).await? }))
    }

    async fn layer_sets(&mut self, freeze: &FreezeName, layer: i64) -> Result<Vec<AnnotationSet>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM annotation_sets s JOIN annotation_layer_sets l ON l.set_number = s.number \
            WHERE l.freeze_name = $1 AND l.layer = $2 ORDER BY s.number"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(freeze.as_str()).bind(layer);
        row::all(query.fetch_all(self.db()).await?, read)
    }
}

impl Tx {
    /// Names a set.
    pub async fn add_annotation_set(&mut self, set: &AnnotationSet) -> Result<(), Error> {
        let sql = "INSERT INTO annotation_sets (number, name, kind, version, id, manifest_digest, source, licence, \
            entries, files, loaded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        sqlx::query(sql)
            .bind(set.number)
            .bind(set.name.as_str())
            .bind(set.kind.as_str())
            .bind(set.version.as_str())
            .bind(set.id.as_str())
            .bind(set.manifest_digest.as_str())
            .bind(set.source.as_str())
            .bind(set.licence.as_str())
            .bind(i64::try_from(set.entries).unwrap_or(i64::MAX))
            .bind(set.files.as_str())
            .bind(set.loaded_at.as_str())
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Adds a layer to a release.
    pub async fn add_annotation_layer(
        &mut self,
        freeze: &FreezeName,
        layer: &AnnotationLayer,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO annotation_layers (freeze_name, number, created_at) VALUES ($1, $2, $3)";
        sqlx::query(sql)
            .bind(freeze.as_str())
            .bind(layer.number)
            .bind(layer.created_at.as_str())
            .execute(self.db())
            .await?;
        for set in &layer.sets {
            let sql =
                "INSERT INTO annotation_layer_sets (freeze_name, layer, set_number) VALUES ($1, $2, $3)";
            sqlx::query(sql)
                .bind(freeze.as_str())
                .bind(layer.number)
                .bind(set.number)
                .execute(self.db())
                .await?;
        }
        Ok(())
    }
}
