//! Purposes: the DUO codes of the programme, what each needs, and since when.
//!
//! Owns the rows. Never matches a purpose with a consent: that is policy.

use crate::error::Error;
use crate::programme::date;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use chrono::NaiveDate;
use gj_model::Scope;
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

/// One code in one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurposeTerm {
    /// Short name, upper case: `GRU`.
    pub code: String,
    /// Id in the Data Use Ontology: `DUO:0000042`.
    pub duo: String,
    /// Name in Japanese.
    pub name_ja: String,
    /// Name in English.
    pub name_en: String,
    /// Whether the purpose must name a disease.
    #[serde(default)]
    pub needs_disease: bool,
    /// What a person must have allowed to be counted.
    pub needs_scope: Scope,
    /// First day.
    #[serde(deserialize_with = "date::read")]
    pub valid_from: NaiveDate,
    /// Last day; open when absent.
    #[serde(default, deserialize_with = "date::read_maybe", skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Where the row comes from.
    pub source: String,
}

fn read(row: &AnyRow) -> Result<PurposeTerm, Error> {
    Ok(PurposeTerm {
        code: row.text("code")?,
        duo: row.text("duo")?,
        name_ja: row.text("name_ja")?,
        name_en: row.text("name_en")?,
        needs_disease: row.flag("needs_disease")?,
        needs_scope: row.parsed("needs_scope")?,
        valid_from: row.parsed("valid_from")?,
        valid_to: row.maybe_date("valid_to")?,
        source: row.text("source")?,
    })
}

impl Reads {
    /// Every code in every period, by code and first day.
    pub async fn purposes(&mut self) -> Result<Vec<PurposeTerm>, Error> {
        let sql = "SELECT code, duo, name_ja, name_en, needs_disease, needs_scope, valid_from, valid_to, source \
            FROM purposes ORDER BY code, valid_from";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, read)
    }

    /// The code as it stands on a day; `None` when it is unknown, not yet or no longer valid.
    pub async fn purpose(&mut self, code: &str, today: NaiveDate) -> Result<Option<PurposeTerm>, Error> {
        let sql = "SELECT code, duo, name_ja, name_en, needs_disease, needs_scope, valid_from, valid_to, source \
            FROM purposes WHERE code = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2) \
            ORDER BY valid_from DESC LIMIT 1";
        let row = sqlx::query(sql).bind(code).bind(today.to_string()).fetch_optional(self.db()).await?;
        row.as_ref().map(read).transpose()
    }
}

impl Tx {
    pub(crate) async fn replace_purposes(&mut self, purposes: &[PurposeTerm]) -> Result<(), Error> {
        sqlx::query("DELETE FROM purposes").execute(self.db()).await?;
        let sql = "INSERT INTO purposes (code, duo, name_ja, name_en, needs_disease, needs_scope, valid_from, \
            valid_to, source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        for purpose in purposes {
            sqlx::query(sql)
                .bind(purpose.code.as_str())
                .bind(purpose.duo.as_str())
                .bind(purpose.name_ja.as_str())
                .bind(purpose.name_en.as_str())
                .bind(i64::from(purpose.needs_disease))
                .bind(purpose.needs_scope.to_string())
                .bind(purpose.valid_from.to_string())
                .bind(purpose.valid_to.map(|day| day.to_string()))
                .bind(purpose.source.as_str())
                .execute(self.db())
                .await?;
        }
        Ok(())
    }
}
