//! Consent forms: what each version of a form can grant, and from when till when it may be signed.
//!
//! Owns the rows. Never says what a person signed.

use crate::error::Error;
use crate::programme::date;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use chrono::NaiveDate;
use gj_model::Scope;
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use std::str::FromStr;

/// One version of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentForm {
    /// Its id: `main`.
    pub id: String,
    /// 1 for the first.
    pub version: i64,
    /// What it is signed for.
    pub kind: FormKind,
    /// Title in Japanese.
    pub title_ja: String,
    /// Title in English.
    pub title_en: String,
    /// All that it explains, and so can grant.
    pub grants: Scope,
    /// First day on which it may be signed.
    #[serde(deserialize_with = "date::read")]
    pub valid_from: NaiveDate,
    /// Last day; open when absent.
    #[serde(default, deserialize_with = "date::read_maybe", skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Where the row comes from.
    pub source: String,
}

/// What a form is signed for. A withdrawal needs no form: it is an act of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FormKind {
    /// Consent 同意, the first one or a new one.
    Consent,
    /// A change of mind 意思変更.
    Change,
}

impl FormKind {
    fn name(self) -> &'static str {
        match self {
            FormKind::Consent => "consent",
            FormKind::Change => "change",
        }
    }
}

impl FromStr for FormKind {
    type Err = String;

    fn from_str(text: &str) -> Result<FormKind, String> {
        match text {
            "consent" => Ok(FormKind::Consent),
            "change" => Ok(FormKind::Change),
            _ => Err(format!("`{}` is not a kind of form", text.escape_debug())),
        }
    }
}

fn read(row: &AnyRow) -> Result<ConsentForm, Error> {
    Ok(ConsentForm {
        id: row.text("id")?,
        version: row.number("version")?,
        kind: row.parsed("kind")?,
        title_ja: row.text("title_ja")?,
        title_en: row.text("title_en")?,
        grants: row.parsed("grants")?,
        valid_from: row.parsed("valid_from")?,
        valid_to: row.maybe_date("valid_to")?,
        source: row.text("source")?,
    })
}

impl Reads {
    /// Every version of every form, by id and version.
    pub async fn consent_forms(&mut self) -> Result<Vec<ConsentForm>, Error> {
        let sql = "SELECT id, version, kind, title_ja, title_en, grants, valid_from, valid_to, source \
            FROM consent_forms ORDER BY id, version";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, read)
    }

    /// The newest version of a form that may be signed on a day.
    pub async fn consent_form(&mut self, id: &str, day: NaiveDate) -> Result<Option<ConsentForm>, Error> {
        let sql = "SELECT id, version, kind, title_ja, title_en, grants, valid_from, valid_to, source \
            FROM consent_forms WHERE id = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2) \
            ORDER BY version DESC LIMIT 1";
        let row = sqlx::query(sql).bind(id).bind(day.to_string()).fetch_optional(self.db()).await?;
        row.as_ref().map(read).transpose()
    }
}

impl Tx {
    pub(crate) async fn put_consent_form(&mut self, form: &ConsentForm) -> Result<(), Error> {
        let sql = "INSERT INTO consent_forms (id, version, kind, title_ja, title_en, grants, valid_from, valid_to, \
            source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id, version) DO UPDATE SET \
            kind = excluded.kind, title_ja = excluded.title_ja, title_en = excluded.title_en, \
            grants = excluded.grants, valid_from = excluded.valid_from, valid_to = excluded.valid_to, \
            source = excluded.source";
        sqlx::query(sql)
            .bind(form.id.as_str())
            .bind(form.version)
            .bind(form.kind.name())
            .bind(form.title_ja.as_str())
            .bind(form.title_en.as_str())
            .bind(form.grants.to_string())
            .bind(form.valid_from.to_string())
            .bind(form.valid_to.map(|day| day.to_string()))
            .bind(form.source.as_str())
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Removes a version of a form that nobody signed; whether it was removed.
    pub(crate) async fn remove_consent_form(&mut self, id: &str, version: i64) -> Result<bool, Error> {
        let sql = "DELETE FROM consent_forms WHERE id = $1 AND version = $2 AND NOT EXISTS \
            (SELECT 1 FROM consents c WHERE c.form = $1 AND c.form_version = $2)";
        let done = sqlx::query(sql).bind(id).bind(version).execute(self.db()).await?;
        Ok(done.rows_affected() > 0)
    }
}
