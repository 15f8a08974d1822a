//! Datasets: whose people they are, how much of them may be used, and on whose terms since when.
//!
//! Owns the rows of datasets, of the contributor's terms and of funders' priority windows. Never decides
//! who may see them: that is policy.

use crate::error::Error;
use crate::programme::date;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use chrono::NaiveDate;
use gj_model::InstitutionId;
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

/// One dataset: people of one contributor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// Its id.
    pub id: String,
    /// Name in Japanese.
    pub name_ja: String,
    /// Name in English.
    pub name_en: String,
    /// The contributing institution.
    pub contributor: InstitutionId,
    /// The stratum it is of; empty: all of the contributor's people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stratum: String,
    /// How much of it may be used: `overview`, `detailed` or `public`.
    pub tier: String,
    /// Its starting point 起始ポイント.
    #[serde(deserialize_with = "date::read")]
    pub starting_point: NaiveDate,
    /// Months that its restricted period lasts, 24 to 30.
    pub restricted_months: u32,
    /// Where that is written.
    pub source: String,
}

/// One term of a dataset's contributor, as a code of the Data Use Ontology.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// The dataset.
    pub dataset: String,
    /// `DUO:0000007` …
    pub duo: String,
    /// What the code is about: a disease, a country, a user, an institution; empty for others.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// First day.
    #[serde(deserialize_with = "date::read")]
    pub valid_from: NaiveDate,
    /// Last day; open when absent.
    #[serde(default, deserialize_with = "date::read_maybe", skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Where it is written.
    pub source: String,
}

/// A funder's head start on a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriorityWindow {
    /// The dataset.
    pub dataset: String,
    /// The institution that has it.
    pub funder: InstitutionId,
    /// What it gave: `cash` or `in-kind`.
    pub tier: String,
    /// First day.
    #[serde(deserialize_with = "date::read")]
    pub valid_from: NaiveDate,
    /// Last day; there always is one.
    #[serde(deserialize_with = "date::read")]
    pub hard_end: NaiveDate,
    /// Where it is written.
    pub source: String,
}

impl Reads {
    /// Every dataset, by id.
    pub async fn datasets(&mut self) -> Result<Vec<Dataset>, Error> {
        let sql = "SELECT id, name_ja, name_en, contributor, stratum, tier, starting_point, \
            restricted_months, source FROM datasets ORDER BY id";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, |row| {
            let months = row.count("restricted_months")?;
            Ok(Dataset {
                id: row.text("id")?,
                name_ja: row.text("name_ja")?,
                name_en: row.text("name_en")?,
                contributor: row.parsed("contributor")?,
                stratum: row.text("stratum")?,
                tier: row.text("tier")?,
                starting_point: row.parsed("starting_point")?,
                restricted_months: u32::try_from(months).map_err(|_| Error::Stored("restricted_months"))?,
                source: row.text("source")?,
            })
        })
    }

    /// Every term in every period, by dataset, code, value and first day.
    pub async fn dataset_terms(&mut self) -> Result<Vec<Term>, Error> {
        let sql = "SELECT dataset, duo, value, valid_from, valid_to, source FROM dataset_terms \
            ORDER BY dataset, duo, value, valid_from";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, |row| {
            Ok(Term {
                dataset: row.text("dataset")?,
                duo: row.text("duo")?,
                value: row.text("value")?,
                valid_from: row.parsed("valid_from")?,
                valid_to: row.maybe_date("valid_to")?,
                source: row.text("source")?,
            })
        })
    }

    /// Every head start there is, whether the programme grants it or a contribution earned it, by dataset,
    /// funder and first day: what a decision is made on.
    pub async fn head_starts(&mut self) -> Result<Vec<PriorityWindow>, Error> {
        let sql = "SELECT dataset, funder, tier, valid_from, hard_end, source FROM priority_windows \
            UNION ALL SELECT w.dataset, w.institution, CASE c.kind WHEN 'cash' THEN 'cash' ELSE 'in-kind' END, \
            w.valid_from, w.valid_to, w.source FROM contribution_windows w \
            JOIN contributions c ON c.id = w.contribution ORDER BY 1, 2, 4, 5, 6";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, read_window)
    }

    /// The programme's own priority windows, by dataset, funder and first day.
    pub async fn priority_windows(&mut self) -> Result<Vec<PriorityWindow>, Error> {
        let sql = "SELECT dataset, funder, tier, valid_from, hard_end, source FROM priority_windows \
            ORDER BY dataset, funder, valid_from";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, read_window)
    }
}

fn read_window(row: &AnyRow) -> Result<PriorityWindow, Error> {
    Ok(PriorityWindow {
        dataset: row.text("dataset")?,
        funder: row.parsed("funder")?,
        tier: row.text("tier")?,
        valid_from: row.parsed("valid_from")?,
        hard_end: row.parsed("hard_end")?,
        source: row.text("source")?,
    })
}

impl Tx {
    /// Makes the datasets, their terms and windows those given.
    pub(crate) async fn replace_datasets(
        &mut self,
        datasets: &[Dataset],
        terms: &[Term],
        windows: &[PriorityWindow],
    ) -> Result<(), Error> {
        for sql in ["DELETE FROM dataset_terms", "DELETE FROM priority_windows", "DELETE FROM datasets"] {
            sqlx::query(sql).execute(self.db()).await?;
        }
        for dataset in datasets {
            let sql = "INSERT INTO datasets (id, name_ja, name_en, contributor, stratum, tier, \
                starting_point, restricted_months, source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
            sqlx::query(sql)
                .bind(dataset.id.as_str())
                .bind(dataset.name_ja.as_str())
                .bind(dataset.name_en.as_str())
                .bind(dataset.contributor.as_str())
                .bind(dataset.stratum.as_str())
                .bind(dataset.tier.as_str())
                .bind(dataset.starting_point.to_string())
                .bind(i64::from(dataset.restricted_months))
                .bind(dataset.source.as_str())
                .execute(self.db())
                .await?;
        }
        for term in terms {
            let sql = "INSERT INTO dataset_terms (dataset, duo, value, valid_from, valid_to, source) \
                VALUES ($1, $2, $3, $4, $5, $6)";
            sqlx::query(sql)
                .bind(term.dataset.as_str())
                .bind(term.duo.as_str())
                .bind(term.value.as_str())
                .bind(term.valid_from.to_string())
                .bind(term.valid_to.map(|day| day.to_string()))
                .bind(term.source.as_str())
                .execute(self.db())
                .await?;
        }
        for window in windows {
            let sql = "INSERT INTO priority_windows (dataset, funder, tier, valid_from, hard_end, source) \
                VALUES ($1, $2, $3, $4, $5, $6)";
            sqlx::query(sql)
                .bind(window.dataset.as_str())
                .bind(window.funder.as_str())
                .bind(window.tier.as_str())
                .bind(window.valid_from.to_string())
                .bind(window.hard_end.to_string())
                .bind(window.source.as_str())
                .execute(self.db())
                .await?;
        }
        Ok(())
    }
}
