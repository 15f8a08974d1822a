//! Institutions: who contributes genomes and who uses them.
//!
//! Owns their rows and their classes. Never decides what a class may do: that is policy.

use crate::error::Error;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use gj_model::{InstitutionClass, InstitutionId};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

/// One institution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Institution {
    /// Its id, as in URLs and sample sheets.
    pub id: InstitutionId,
    /// Name in Japanese.
    pub name_ja: String,
    /// Name in English.
    pub name_en: String,
    /// What kind of institution it is.
    pub class: InstitutionClass,
    /// ISO 3166 country code, two capital letters.
    pub country: String,
}

const COLUMNS: &str = "SELECT id, name_ja, name_en, class, country FROM institutions ORDER BY id";

fn read(row: &AnyRow) -> Result<Institution, Error> {
    Ok(Institution {
        id: row.parsed("id")?,
        name_ja: row.text("name_ja")?,
        name_en: row.text("name_en")?,
        class: row.parsed("class")?,
        country: row.text("country")?,
    })
}

impl Reads {
    /// Every institution, by id.
    pub async fn institutions(&mut self) -> Result<Vec<Institution>, Error> {
        row::all(sqlx::query(COLUMNS).fetch_all(self.db()).await?, read)
    }

    /// One institution, if it exists.
    pub async fn institution(&mut self, id: &InstitutionId) -> Result<Option<Institution>, Error> {
        let sql = "SELECT id, name_ja, name_en, class, country FROM institutions WHERE id = $1";
        let row = sqlx::query(sql).bind(id.as_str()).fetch_optional(self.db()).await?;
        row.as_ref().map(read).transpose()
    }

    /// Whether anything but the programme file refers to the institution.
    pub(crate) async fn institution_is_used(&mut self, id: &InstitutionId) -> Result<bool, Error> {
        let sql = "SELECT (SELECT COUNT(*) FROM users WHERE institution = $1) \
            + (SELECT COUNT(*) FROM people WHERE institution = $1) \
            + (SELECT COUNT(*) FROM samples WHERE institution = $1) \
            + (SELECT COUNT(*) FROM batches WHERE institution = $1) \
            + (SELECT COUNT(*) FROM payments WHERE institution = $1) \
            + (SELECT COUNT(*) FROM quotes WHERE institution = $1) \
            + (SELECT COUNT(*) FROM contributions WHERE institution = $1)";
        let uses: i64 = sqlx::query_scalar(sql).bind(id.as_str()).fetch_one(self.db()).await?;
        Ok(uses > 0)
    }
}

impl Tx {
    /// Adds the institution, or brings its row up to date.
    pub async fn put_institution(&mut self, institution: &Institution) -> Result<(), Error> {
        let sql = "INSERT INTO institutions (id, name_ja, name_en, class, country) \
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET name_ja = excluded.name_ja, \
            name_en = excluded.name_en, class = excluded.class, country = excluded.country";
        sqlx::query(sql)
            .bind(institution.id.as_str())
            .bind(institution.name_ja.as_str())
            .bind(institution.name_en.as_str())
            .bind(institution.class.name())
            .bind(institution.country.as_str())
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Adds a contributor nobody has described yet: a research institute in Japan named by its id.
    /// Does nothing when the institution exists.
    pub async fn ensure_contributor(&mut self, id: &InstitutionId) -> Result<(), Error> {
        if self.institution(id).await?.is_some() {
            return Ok(());
        }
        self.put_institution(&Institution {
            id: id.clone(),
            name_ja: id.to_string(),
            name_en: id.to_string(),
            class: InstitutionClass::ResearchInstitute,
            country: "JP".to_owned(),
        })
        .await
    }

    pub(crate) async fn remove_institution(&mut self, id: &str) -> Result<(), Error> {
        let domains = "DELETE FROM institution_domains WHERE institution = $1";
        sqlx::query(domains).bind(id).execute(self.db()).await?;
        sqlx::query("DELETE FROM institutions WHERE id = $1").bind(id).execute(self.db()).await?;
        Ok(())
    }
}
