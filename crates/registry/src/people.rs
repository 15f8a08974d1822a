//! People: one row a participant, under a number that carries no meaning.
//!
//! Owns the rows and the counts of people. The participant's name stays in this table: everything
//! else refers to the number.

use crate::error::Error;
use crate::registry::Reads;
use crate::row::{self, Columns};
use gj_model::{InstitutionId, Sex};
use sqlx::any::AnyRow;

/// One participant.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The registry's number.
    pub person_key: i64,
    /// The participant's id as the contributor writes it. Never for a message, a log or an audit line.
    pub participant: String,
    /// Who contributed them.
    pub institution: InstitutionId,
    /// Sex as stated.
    pub sex: Sex,
    /// The contributor's id of the family.
    pub family: Option<String>,
    /// When they withdrew, RFC 3339 in UTC.
    pub withdrawn_at: Option<String>,
}

impl std::fmt::Debug for Person {
    // A debug print ends in logs, where names of people must not be.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person").field("person_key", &self.person_key).finish_non_exhaustive()
    }
}

/// How many people an institution contributed of one stratum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleCount {
    /// The contributor.
    pub institution: InstitutionId,
    /// Population stratum.
    pub stratum: String,
    /// People who have not withdrawn.
    pub people: u64,
}

fn read(row: &AnyRow) -> Result<Person, Error> {
    Ok(Person {
        person_key: row.number("person_key")?,
        participant: row.text("participant")?,
        institution: row.parsed("institution")?,
        sex: row.parsed("sex")?,
        family: row.maybe_text("family")?,
        withdrawn_at: row.maybe_text("withdrawn_at")?,
    })
}

impl Reads {
    /// The person with a participant id.
    pub async fn person_by_participant(&mut self, participant: &str) -> Result<Option<Person>, Error> {
        let sql = "SELECT person_key, participant, institution, sex, family, withdrawn_at FROM people \
            WHERE participant = $1";
        let row = sqlx::query(sql).bind(participant).fetch_optional(self.db()).await?;
        row.as_ref().map(read).transpose()
    }

    /// The person with a number.
    pub async fn person(&mut self, person_key: i64) -> Result<Option<Person>, Error> {
        let sql = "SELECT person_key, participant, institution, sex, family, withdrawn_at FROM people \
            WHERE person_key = $1";
        let row = sqlx::query(sql).bind(person_key).fetch_optional(self.db()).await?;
        row.as_ref().map(read).transpose()
    }

    /// Diseases stated for a person, in alphabetical order.
    pub async fn diseases(&mut self, person_key: i64) -> Result<Vec<String>, Error> {
        let sql = "SELECT disease FROM person_diseases WHERE person_key = $1 ORDER BY disease";
        Ok(sqlx::query_scalar(sql).bind(person_key).fetch_all(self.db()).await?)
    }

    /// People registered and not withdrawn, by institution and stratum. Unreleased numbers: they
    /// pass `gate::release` like any other count.
    pub async fn people_counts(&mut self) -> Result<Vec<PeopleCount>, Error> {
        let sql = "SELECT s.institution, s.stratum, COUNT(DISTINCT s.person_key) AS people \
            FROM samples s JOIN people p ON p.person_key = s.person_key WHERE p.withdrawn_at IS NULL \
            GROUP BY s.institution, s.stratum ORDER BY s.institution, s.stratum";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, |row| {
            Ok(PeopleCount {
                institution: row.parsed("institution")?,
                stratum: row.text("stratum")?,
                people: row.count("people")?,
            })
        })
    }
}
