//! Consents: what a person allowed, in versions, each from a day on.
//!
//! Owns the rows. The newest version that has begun holds; nothing is ever overwritten.

use crate::error::Error;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use chrono::NaiveDate;
use gj_model::Scope;

/// One version of a person's consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// 1 for the first.
    pub version: i64,
    /// What is allowed.
    pub scope: Scope,
    /// First day.
    pub valid_from: NaiveDate,
    /// The form or file it was read from; never the name of a person.
    pub source: String,
}

/// The scope of `people p` on the day of the statement's first parameter; no row: nothing allowed.
macro_rules! scope_on_day {
    () => {
        "COALESCE((SELECT c.scope FROM consents c WHERE c.person_key = p.person_key AND c.valid_from <= $1 \
        ORDER BY c.valid_from DESC, c.version DESC LIMIT 1), '') AS scope"
    };
}
pub(crate) use scope_on_day;

impl Reads {
    /// Every version of a person's consent, oldest first.
    pub async fn consents(&mut self, person_key: i64) -> Result<Vec<Consent>, Error> {
        let sql =
            "SELECT version, scope, valid_from, source FROM consents WHERE person_key = $1 ORDER BY version";
        let rows = sqlx::query(sql).bind(person_key).fetch_all(self.db()).await?;
        row::all(rows, |row| {
            Ok(Consent {
                version: row.number("version")?,
                scope: row.parsed("scope")?,
                valid_from: row.parsed("valid_from")?,
                source: row.text("source")?,
            })
        })
    }
}

impl Tx {
    /// Adds the next version of a person's consent and returns its number.
    pub async fn add_consent(
        &mut self,
        person_key: i64,
        scope: Scope,
        valid_from: NaiveDate,
        source: &str,
    ) -> Result<i64, Error> {
        let sql = "SELECT COALESCE(MAX(version), 0) + 1 FROM consents WHERE person_key = $1";
        let version: i64 = sqlx::query_scalar(sql).bind(person_key).fetch_one(self.db()).await?;
        let sql = "INSERT INTO consents (person_key, version, scope, valid_from, source) VALUES ($1, $2, $3, $4, $5)";
        sqlx::query(sql)
            .bind(person_key)
            .bind(version)
            .bind(scope.to_string())
            .bind(valid_from.to_string())
            .bind(source)
            .execute(self.db())
            .await?;
        Ok(version)
    }
}
