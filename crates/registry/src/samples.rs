//! Samples: what the gate must know of every column of a genotype batch.
//!
//! Owns the rows and the facts that decide who is counted. Sample names are looked up, never shown.

use crate::consents::scope_on_day;
use crate::error::Error;
use crate::lists::{self, ITEMS_A_STATEMENT_MAX};
use crate::registry::Reads;
use crate::row::{self, Columns};
use chrono::NaiveDate;
use gj_model::{BatchId, InstitutionId, Scope, Sex};
use sqlx::any::AnyRow;
use std::collections::HashMap;

/// A name that was found: which sample it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleKey {
    /// The registry's number of the sample.
    pub sample_key: i64,
    /// The registry's number of the person.
    pub person_key: i64,
}

/// What decides whether and where a sample is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleFacts {
    /// The registry's number of the sample.
    pub sample_key: i64,
    /// The registry's number of the person.
    pub person_key: i64,
    /// The contributor.
    pub institution: InstitutionId,
    /// Population stratum.
    pub stratum: String,
    /// Sex as stated.
    pub sex: Sex,
    /// What the person allows on the day asked for.
    pub scope: Scope,
    /// Whether the person has withdrawn.
    pub withdrawn: bool,
}

macro_rules! facts {
    ($rest:literal) => {
        concat!(
            "SELECT s.sample_key, s.person_key, s.institution, s.stratum, p.sex, p.withdrawn_at, ",
            scope_on_day!(),
            " FROM samples s JOIN people p ON p.person_key = s.person_key ",
            $rest
        )
    };
}

fn read(row: &AnyRow) -> Result<SampleFacts, Error> {
    Ok(SampleFacts {
        sample_key: row.number("sample_key")?,
        person_key: row.number("person_key")?,
        institution: row.parsed("institution")?,
        stratum: row.text("stratum")?,
        sex: row.parsed("sex")?,
        scope: row.parsed("scope")?,
        withdrawn: row.maybe_text("withdrawn_at")?.is_some(),
    })
}

impl Reads {
    /// Which sample each name is, in the order of `names`; `None` where no sample has the name.
    pub async fn samples_by_name(&mut self, names: &[String]) -> Result<Vec<Option<SampleKey>>, Error> {
        let mut found: HashMap<String, SampleKey> = HashMap::with_capacity(names.len());
        for names in names.chunks(ITEMS_A_STATEMENT_MAX) {
            let list = lists::items(1, names.len());
            let sql = format!("SELECT name, sample_key, person_key FROM samples WHERE name IN ({list})");
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for name in names {
                query = query.bind(name.as_str());
            }
            for row in query.fetch_all(self.db()).await? {
                let sample = SampleKey {
                    sample_key: row.number("sample_key")?,
                    person_key: row.number("person_key")?,
                };
                found.insert(row.text("name")?, sample);
            }
        }
        Ok(names.iter().map(|name| found.get(name).copied()).collect())
    }

    /// The facts of samples on a day, in the order of `sample_keys`.
    ///
    /// # Errors
    /// [`Error::Unknown`] when a key is no sample's.
    pub async fn sample_facts(
        &mut self,
        sample_keys: &[i64],
        today: NaiveDate,
    ) -> Result<Vec<SampleFacts>, Error> {
        let mut found: HashMap<i64, SampleFacts> = HashMap::with_capacity(sample_keys.len());
        for keys in sample_keys.chunks(ITEMS_A_STATEMENT_MAX) {
            let list = lists::items(2, keys.len());
            let sql = format!("{} ({list})", facts!("WHERE s.sample_key IN"));
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(today.to_string());
            for key in keys {
                query = query.bind(*key);
            }
            for row in query.fetch_all(self.db()).await? {
                let facts = read(&row)?;
                found.insert(facts.sample_key, facts);
            }
        }
        let fact = |key: &i64| {
            found.get(key).cloned().ok_or_else(|| Error::Unknown { kind: "sample key", id: key.to_string() })
        };
        sample_keys.iter().map(fact).collect()
    }

    /// The facts of a batch's samples on a day, in the order of the batch's columns.
    pub async fn batch_facts(
        &mut self,
        batch: &BatchId,
        today: NaiveDate,
    ) -> Result<Vec<SampleFacts>, Error> {
        let sql = facts!(
            "JOIN batch_samples b ON b.sample_key = s.sample_key WHERE b.batch_id = $2 ORDER BY b.position"
        );
        let rows = sqlx::query(sql).bind(today.to_string()).bind(batch.as_str()).fetch_all(self.db()).await?;
        row::all(rows, read)
    }

    /// The samples of a person, by number.
    pub async fn samples_of(&mut self, person_key: i64) -> Result<Vec<i64>, Error> {
        let sql = "SELECT sample_key FROM samples WHERE person_key = $1 ORDER BY sample_key";
        Ok(sqlx::query_scalar(sql).bind(person_key).fetch_all(self.db()).await?)
    }
}
