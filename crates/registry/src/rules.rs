//! Rules: dated rows with a source, and the sentence a refused person reads in two languages.
//!
//! Owns the rows. What a code means is in `policy`; whether, since when and why it holds is here.

use crate::error::Error;
use crate::programme::date;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

/// One rule in one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Stable code that `policy` knows: `payment-missing`.
    pub code: String,
    /// The programme profile it belongs to; empty: every profile.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub profile: String,
    /// First day.
    #[serde(deserialize_with = "date::read")]
    pub valid_from: NaiveDate,
    /// Last day; open when absent.
    #[serde(default, deserialize_with = "date::read_maybe", skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// The sentence in Japanese: what is missing and what would change the answer.
    pub ja: String,
    /// The same in English.
    pub en: String,
    /// Where the rule comes from.
    pub source: String,
    /// Values the rule reads, such as the classes it applies to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, serde_json::Value>,
}

fn read(row: &AnyRow) -> Result<Rule, Error> {
    Ok(Rule {
        code: row.text("code")?,
        profile: row.text("profile")?,
        valid_from: row.parsed("valid_from")?,
        valid_to: row.maybe_date("valid_to")?,
        ja: row.text("ja")?,
        en: row.text("en")?,
        source: row.text("source")?,
        parameters: serde_json::from_str(&row.text("parameters")?)
            .map_err(|_| Error::Stored("parameters"))?,
    })
}

impl Reads {
    /// Every rule in every period, by code, profile and first day.
    pub async fn rules(&mut self) -> Result<Vec<Rule>, Error> {
        let sql = "SELECT code, profile, valid_from, valid_to, ja, en, source, parameters FROM rules \
            ORDER BY code, profile, valid_from";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, read)
    }

    /// The rules of a profile that hold on a day, by code; a profile's own row stands before the
    /// row for every profile.
    pub async fn rules_on(&mut self, profile: &str, today: NaiveDate) -> Result<Vec<Rule>, Error> {
        let sql = "SELECT code, profile, valid_from, valid_to, ja, en, source, parameters FROM rules \
            WHERE profile IN ('', $1) AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2) \
            ORDER BY code, profile DESC, valid_from DESC";
        let rows = sqlx::query(sql).bind(profile).bind(today.to_string()).fetch_all(self.db()).await?;
        let mut rules = row::all(rows, read)?;
        rules.dedup_by(|later, first| later.code == first.code);
        Ok(rules)
    }
}

impl Tx {
    pub(crate) async fn replace_rules(&mut self, rules: &[Rule]) -> Result<(), Error> {
        sqlx::query("DELETE FROM rules").execute(self.db()).await?;
        let sql = "INSERT INTO rules (code, profile, valid_from, valid_to, ja, en, source, parameters) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        for rule in rules {
            sqlx::query(sql)
                .bind(rule.code.as_str())
                .bind(rule.profile.as_str())
                .bind(rule.valid_from.to_string())
                .bind(rule.valid_to.map(|day| day.to_string()))
                .bind(rule.ja.as_str())
                .bind(rule.en.as_str())
                .bind(rule.source.as_str())
                .bind(serde_json::json!(rule.parameters).to_string())
                .execute(self.db())
                .await?;
        }
        Ok(())
    }
}
