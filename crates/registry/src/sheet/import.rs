//! Taking a sample sheet into the registry, whole or not at all.
//!
//! Owns the comparison with what is registered, and adding what is new. Never changes a registered
//! row: a new consent, a correction and a withdrawal are acts of their own.

use super::known::Known;
use super::{ImportReport, Sheet, SheetRow, compare};
use crate::error::Error;
use crate::instant;
use crate::lists::{self, ITEMS_A_STATEMENT_MAX};
use crate::problems::Problems;
use crate::registry::Tx;
use gj_model::InstitutionId;
use std::collections::HashMap;

impl Tx {
    /// Registers a sheet's samples as the institution's, and the institution when it is new.
    ///
    /// # Errors
    /// [`Error::Sheet`] with everything that contradicts the registry; then nothing is registered.
    pub async fn import_sheet(
        &mut self,
        institution: &InstitutionId,
        sheet: &Sheet,
        at: &str,
    ) -> Result<ImportReport, Error> {
        let day = instant::day(at)?;
        let known = self.known_of(sheet, &day).await?;
        let mut problems = Problems::of(&sheet.name);
        for row in &sheet.rows {
            contradictions(row, institution, &known, &mut problems);
        }
        if !problems.is_empty() {
            return Err(Error::Sheet(problems));
        }
        self.ensure_contributor(institution).await?;
        let (keys, new_people) = self.add_people(institution, sheet, &known).await?;
        self.add_consents(&new_people, &day, &format!("sample sheet sha256:{}", sheet.digest)).await?;
        self.add_diseases(&new_people).await?;
        let new_samples: Vec<&SheetRow> =
            sheet.rows.iter().filter(|row| !known.samples.contains_key(&row.sample)).collect();
        self.add_samples(institution, &new_samples, &keys).await?;
        Ok(ImportReport {
            samples: new_samples.len(),
            participants: new_people.len(),
            already: sheet.rows.len() - new_samples.len(),
        })
    }

    /// Adds the sheet's new participants. Returns the key of every participant of the sheet, and the
    /// new ones with their first line.
    async fn add_people<'a>(
        &mut self,
        institution: &InstitutionId,
        sheet: &'a Sheet,
        known: &Known,
    ) -> Result<(HashMap<&'a str, i64>, Vec<(i64, &'a SheetRow)>), Error> {
        let sql = "SELECT COALESCE(MAX(person_key), 0) FROM people";
        let mut last: i64 = sqlx::query_scalar(sql).fetch_one(self.db()).await?;
        let (mut keys, mut new) = (HashMap::new(), Vec::new());
        for row in &sheet.rows {
            let participant = row.about_sample.participant.as_str();
            keys.entry(participant).or_insert_with(|| match known.people.get(participant) {
                Some(person) => person.person_key,
                None => {
                    last += 1;
                    new.push((last, row));
                    last
                }
            });
        }
        for people in new.chunks(ITEMS_A_STATEMENT_MAX) {
            let rows = lists::rows(people.len(), 5);
            let sql = format!(
                "INSERT INTO people (person_key, participant, institution, sex, family) VALUES {rows}"
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for (key, row) in people {
                query = query
                    .bind(*key)
                    .bind(row.about_sample.participant.as_str())
                    .bind(institution.as_str())
                    .bind(row.about_person.sex.name())
                    .bind(row.about_person.family.as_deref());
            }
            query.execute(self.db()).await?;
        }
        Ok((keys, new))
    }

    async fn add_consents(
        &mut self,
        people: &[(i64, &SheetRow)],
        day: &str,
        source: &str,
    ) -> Result<(), Error> {
        for people in people.chunks(ITEMS_A_STATEMENT_MAX) {
            let rows = lists::rows(people.len(), 5);
            let sql = format!(
                "INSERT INTO consents (person_key, version, scope, valid_from, source) VALUES {rows}"
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for (key, row) in people {
                let scope = row.about_person.consent.to_string();
                query = query.bind(*key).bind(1_i64).bind(scope).bind(day).bind(source);
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }

    async fn add_diseases(&mut self, people: &[(i64, &SheetRow)]) -> Result<(), Error> {
        let diseases: Vec<(i64, &str)> = people
            .iter()
            .flat_map(|(key, row)| row.about_person.diseases.iter().map(|disease| (*key, disease.as_str())))
            .collect();
        for diseases in diseases.chunks(ITEMS_A_STATEMENT_MAX) {
            let rows = lists::rows(diseases.len(), 2);
            let sql = format!("INSERT INTO person_diseases (person_key, disease) VALUES {rows}");
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for (key, disease) in diseases {
                query = query.bind(*key).bind(*disease);
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }

    async fn add_samples(
        &mut self,
        institution: &InstitutionId,
        samples: &[&SheetRow],
        people: &HashMap<&str, i64>,
    ) -> Result<(), Error> {
        let sql = "SELECT COALESCE(MAX(sample_key), 0) FROM samples";
        let mut last: i64 = sqlx::query_scalar(sql).fetch_one(self.db()).await?;
        for samples in samples.chunks(ITEMS_A_STATEMENT_MAX) {
            let rows = lists::rows(samples.len(), 7);
            let sql = format!(
                "INSERT INTO samples (sample_key, name, person_key, institution, stratum, father, mother) VALUES {rows}"
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for row in samples {
                last += 1;
                let cells = &row.about_sample;
                query = query
                    .bind(last)
                    .bind(row.sample.as_str())
                    .bind(people.get(cells.participant.as_str()).copied())
                    .bind(institution.as_str())
                    .bind(cells.stratum.as_str())
                    .bind(cells.father.as_deref())
                    .bind(cells.mother.as_deref());
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }
}

/// Adds everything a line says that the registry knows otherwise.
fn contradictions(row: &SheetRow, institution: &InstitutionId, known: &Known, problems: &mut Problems) {
    let line = row.line;
    let mut problem =
        |column: &str, what: &str| problems.add(|| format!("line {line}, column `{column}`: {what}"));
    let differs = "differs from what is registered; send a correction to the data manager";
    // Not by whom: that another institution knows the person is not told.
    let taken = "this id is already in use; ids are unique in the whole programme, so write your \
        institution before them, as in `my-hospital.0001`";
    match known.people.get(&row.about_sample.participant) {
        Some(person) if person.institution != *institution => {
            problem("participant", taken);
        }
        Some(person) if person.withdrawn => {
            problem("participant", "has withdrawn and cannot be registered; take the line out");
        }
        Some(person) => {
            // A sheet sent again says what was allowed then; it never undoes a change of mind.
            let as_first = row.about_person.consent == person.first_consent;
            for column in compare::person_columns(&person.cells, &row.about_person) {
                if column != "consent" || !as_first {
                    problem(column, differs);
                }
            }
        }
        None => {}
    }
    match known.samples.get(&row.sample) {
        Some(sample) if sample.institution != *institution => {
            problem("sample", taken);
        }
        Some(sample) => {
            for column in compare::sample_columns(&sample.cells, &row.about_sample) {
                problem(column, differs);
            }
        }
        None => {}
    }
}
