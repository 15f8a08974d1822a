//! Versions of vocabularies with their terms.
//!
//! Owns the rows. What a term's document says is read by `ontology`.

use crate::error::Error;
use crate::lists::{self, ITEMS_A_STATEMENT_MAX};
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};

/// One version of a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OntologyVersion {
    /// 1 for the first version loaded of any vocabulary.
    pub number: i64,
    /// The prefix of its terms: `MONDO`.
    pub name: String,
    /// As its makers or the loader call it.
    pub version: String,
    /// SHA-256 of its terms.
    pub digest: String,
    /// How many terms it has.
    pub terms: u64,
    /// Names of the files it was read from, comma separated.
    pub files: String,
    /// When it was loaded, RFC 3339 in UTC.
    pub loaded_at: String,
}

impl Reads {
    /// Every version, as loaded.
    pub async fn ontologies(&mut self) -> Result<Vec<OntologyVersion>, Error> {
        let sql =
            "SELECT number, name, version, digest, terms, files, loaded_at FROM ontologies ORDER BY number";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, |row| {
            Ok(OntologyVersion {
                number: row.number("number")?,
                name: row.text("name")?,
                version: row.text("version")?,
                digest: row.text("digest")?,
                terms: row.count("terms")?,
                files: row.text("files")?,
                loaded_at: row.text("loaded_at")?,
            })
        })
    }

    /// The documents of a version's terms, by id.
    pub async fn ontology_terms(&mut self, number: i64) -> Result<Vec<String>, Error> {
        let sql = "SELECT document FROM ontology_terms WHERE ontology = $1 ORDER BY term";
        Ok(sqlx::query_scalar(sql).bind(number).fetch_all(self.db()).await?)
    }
}

impl Tx {
    /// Adds a version with its terms, each an id and a document.
    pub async fn add_ontology(
        &mut self,
        version: &OntologyVersion,
        terms: &[(String, String)],
    ) -> Result<(), Error> {
        let sql = "INSERT INTO ontologies (number, name, version, digest, terms, files, loaded_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        sqlx::query(sql)
            .bind(version.number)
            .bind(version.name.as_str())
            .bind(version.version.as_str())
            .bind(version.digest.as_str())
            .bind(i64::try_from(terms.len()).unwrap_or(i64::MAX))
            .bind(version.files.as_str())
            .bind(version.loaded_at.as_str())
            .execute(self.db())
            .await?;
        for some in terms.chunks(ITEMS_A_STATEMENT_MAX) {
            let rows = lists::rows(some.len(), 3);
            let sql = format!("INSERT INTO ontology_terms (ontology, term, document) VALUES {rows}");
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for (term, document) in some {
                query = query.bind(version.number).bind(term.as_str()).bind(document.as_str());
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }
}
