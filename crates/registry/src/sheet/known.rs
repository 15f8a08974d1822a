//! What the registry already holds of a sample sheet's samples and participants.
//!
//! Owns the look-up, in the sheet's own terms so that the two can be compared. Never judges.

use super::{PersonCells, SampleCells, Sheet};
use crate::consents::scope_on_day;
use crate::error::Error;
use crate::lists::{self, ITEMS_A_STATEMENT_MAX};
use crate::registry::Reads;
use crate::row::Columns;
use gj_model::{InstitutionId, Scope};
use std::collections::HashMap;

pub(super) struct KnownSample {
    pub(super) institution: InstitutionId,
    pub(super) cells: SampleCells,
}

pub(super) struct KnownPerson {
    pub(super) person_key: i64,
    pub(super) institution: InstitutionId,
    pub(super) withdrawn: bool,
    pub(super) cells: PersonCells,
    /// What the person allowed when they were registered.
    pub(super) first_consent: Scope,
}

/// What the registry holds of a sheet's samples and participants, by their ids.
pub(super) struct Known {
    pub(super) samples: HashMap<String, KnownSample>,
    pub(super) people: HashMap<String, KnownPerson>,
}

impl Reads {
    /// Everything the registry holds about a sheet, with the consent of a day.
    pub(super) async fn known_of(&mut self, sheet: &Sheet, day: &str) -> Result<Known, Error> {
        let samples: Vec<&str> = sheet.rows.iter().map(|row| row.sample.as_str()).collect();
        let participants: Vec<&str> =
            sheet.rows.iter().map(|row| row.about_sample.participant.as_str()).collect();
        Ok(Known {
            samples: self.known_samples(&samples).await?,
            people: self.known_people(&participants, day).await?,
        })
    }

    async fn known_samples(&mut self, names: &[&str]) -> Result<HashMap<String, KnownSample>, Error> {
        let mut known = HashMap::new();
        for names in names.chunks(ITEMS_A_STATEMENT_MAX) {
            let list = lists::items(1, names.len());
            let sql = format!(
                "SELECT s.name, s.institution, s.stratum, s.father, s.mother, p.participant FROM samples s \
                JOIN people p ON p.person_key = s.person_key WHERE s.name IN ({list})"
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for name in names {
                query = query.bind(*name);
            }
            for row in query.fetch_all(self.db()).await? {
                let cells = SampleCells {
                    participant: row.text("participant")?,
                    father: row.maybe_text("father")?,
                    mother: row.maybe_text("mother")?,
                    stratum: row.text("stratum")?,
                };
                let institution = row.parsed("institution")?;
                known.insert(row.text("name")?, KnownSample { institution, cells });
            }
        }
        Ok(known)
    }

    async fn known_people(
        &mut self,
        participants: &[&str],
        day: &str,
    ) -> Result<HashMap<String, KnownPerson>, Error> {
        let mut known = HashMap::new();
        for participants in participants.chunks(ITEMS_A_STATEMENT_MAX) {
            let list = lists::items(2, participants.len());
            let sql = format!(
                "SELECT p.person_key, p.participant, p.institution, p.sex, p.family, p.withdrawn_at, {}, \
                COALESCE((SELECT f.scope FROM consents f WHERE f.person_key = p.person_key AND f.version = 1), '') \
                AS first_scope FROM people p WHERE p.participant IN ({list})",
                scope_on_day!()
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(day);
            for participant in participants {
                query = query.bind(*participant);
            }
            let rows = query.fetch_all(self.db()).await?;
            let keys =
                rows.iter().map(|row| row.number("person_key")).collect::<Result<Vec<i64>, Error>>()?;
            let mut diseases = self.diseases_of(&keys).await?;
            for (row, person_key) in rows.iter().zip(keys) {
                let cells = PersonCells {
                    sex: row.parsed("sex")?,
                    family: row.maybe_text("family")?,
                    consent: row.parsed("scope")?,
                    diseases: diseases.remove(&person_key).unwrap_or_default(),
                };
                let person = KnownPerson {
                    person_key,
                    institution: row.parsed("institution")?,
                    withdrawn: row.maybe_text("withdrawn_at")?.is_some(),
                    cells,
                    first_consent: row.parsed("first_scope")?,
                };
                known.insert(row.text("participant")?, person);
            }
        }
        Ok(known)
    }

    /// The diseases of one statement's people, sorted; people without any are left out.
    async fn diseases_of(&mut self, person_keys: &[i64]) -> Result<HashMap<i64, Vec<String>>, Error> {
        let mut diseases: HashMap<i64, Vec<String>> = HashMap::new();
        if person_keys.is_empty() {
            return Ok(diseases);
        }
        let list = lists::items(1, person_keys.len());
        let sql = format!(
            "SELECT person_key, disease FROM person_diseases WHERE person_key IN ({list}) ORDER BY disease"
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for key in person_keys {
            query = query.bind(*key);
        }
        for row in query.fetch_all(self.db()).await? {
            diseases.entry(row.number("person_key")?).or_default().push(row.text("disease")?);
        }
        Ok(diseases)
    }
}
