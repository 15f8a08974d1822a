//! What is known of participants as terms: phenotypes and diagnoses, observed or excluded.
//!
//! Owns the rows, and taking a file of them in, whole or not at all. What a term means is `ontology`'s.

use crate::error::Error;
use crate::lists::{self, ITEMS_A_STATEMENT_MAX};
use crate::phenotype_file::{PhenotypeFile, Status};
use crate::problems::Problems;
use crate::registry::{Reads, Tx};
use crate::row::Columns;
use chrono::NaiveDate;
use gj_model::InstitutionId;
use std::collections::{BTreeMap, HashMap};

/// One term of one person.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonTerm {
    /// The registry's number of the person.
    pub person_key: i64,
    /// `HP:0001250`.
    pub term: String,
    /// Whether it was found, or looked for and not found.
    pub status: Status,
}

impl std::fmt::Debug for PersonTerm {
    // A debug print ends in logs, where what a person has must not be.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PersonTerm").finish_non_exhaustive()
    }
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct PhenotypeReport {
    /// Participants the file speaks of.
    pub participants: usize,
    /// Of these, of whom nothing was known before.
    pub added: usize,
    /// Of these, of whom something else was known before.
    pub replaced: usize,
    /// Of these, of whom just this was known.
    pub unchanged: usize,
    /// Terms known of those added or replaced.
    pub terms: usize,
    /// Of those, terms that another vocabulary's id was translated to.
    pub translated: usize,
}

/// What is stored of a person, by term: status, onset and day.
type Stored = BTreeMap<String, (Status, Option<String>, Option<String>)>;

impl Reads {
    /// How often what is known of people was changed by an import.
    pub async fn phenotype_imports(&mut self) -> Result<u64, Error> {
        let sql = "SELECT COALESCE(MAX(number), 0) AS n FROM phenotype_imports";
        sqlx::query(sql).fetch_one(self.db()).await?.count("n")
    }

    /// Every term of everybody, also the diseases of sample sheets; in no particular order. Each row is
    /// handed to `each`, so that a million of them are not held twice.
    pub async fn each_person_term(&mut self, mut each: impl FnMut(PersonTerm)) -> Result<(), Error> {
        // A sheet's disease of somebody of whom an import says otherwise gives way to it.
        let sql = "SELECT person_key, term, status FROM person_terms WHERE person_key > $1 \
            AND person_key <= $2 UNION ALL SELECT d.person_key, d.disease, 'observed' FROM person_diseases d \
            WHERE d.person_key > $1 AND d.person_key <= $2 AND NOT EXISTS (SELECT 1 FROM person_terms t \
            WHERE t.person_key = d.person_key AND t.term = d.disease)";
        const PEOPLE_AT_ONCE: i64 = 10_000;
        let last: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(person_key), 0) FROM people")
            .fetch_one(self.db())
            .await?;
        let mut from = 0;
        while from < last {
            let to = from + PEOPLE_AT_ONCE;
            for row in sqlx::query(sql).bind(from).bind(to).fetch_all(self.db()).await? {
                each(PersonTerm {
                    person_key: row.number("person_key")?,
                    term: row.text("term")?,
                    status: row.parsed("status")?,
                });
            }
            from = to;
        }
        Ok(())
    }

    /// The secret that counts of people are rounded with, once there is one.
    pub async fn rounding_secret(&mut self) -> Result<Option<String>, Error> {
        let sql = "SELECT secret FROM people_rounding WHERE number = 1";
        Ok(sqlx::query_scalar(sql).fetch_optional(self.db()).await?)
    }

    async fn stored_terms(&mut self, people: &[i64]) -> Result<HashMap<i64, Stored>, Error> {
        let mut found: HashMap<i64, Stored> = HashMap::new();
        for people in people.chunks(ITEMS_A_STATEMENT_MAX) {
            let list = lists::items(1, people.len());
            let sql = format!(
                "SELECT person_key, term, status, onset, noted_on FROM person_terms WHERE person_key IN ({list})"
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for person in people {
                query = query.bind(*person);
            }
            for row in query.fetch_all(self.db()).await? {
                let entry = (row.parsed("status")?, row.maybe_text("onset")?, row.maybe_text("noted_on")?);
                found.entry(row.number("person_key")?).or_default().insert(row.text("term")?, entry);
            }
        }
        Ok(found)
    }
}

impl Tx {
    /// Keeps the secret that counts of people are rounded with; one that is there already stays.
    pub async fn keep_rounding_secret(&mut self, secret: &str) -> Result<(), Error> {
        let sql =
            "INSERT INTO people_rounding (number, secret) VALUES (1, $1) ON CONFLICT (number) DO NOTHING";
        sqlx::query(sql).bind(secret).execute(self.db()).await?;
        Ok(())
    }

    /// Takes a file in: of every participant it names, what it says stands for all that was known. Of
    /// anybody else nothing changes. The same file again changes nothing.
    ///
    /// # Errors
    /// [`Error::Phenotypes`] with every line about somebody who is not the institution's participant;
    /// then nothing is changed.
    pub async fn import_phenotypes(
        &mut self,
        institution: &InstitutionId,
        file: &PhenotypeFile,
        at: &str,
    ) -> Result<PhenotypeReport, Error> {
        let keys = self.participants_of(institution, file).await?;
        let people: Vec<i64> = keys.values().copied().collect();
        let mut before = self.stored_terms(&people).await?;
        let mut after: BTreeMap<i64, Stored> = people.iter().map(|key| (*key, Stored::new())).collect();
        for statement in file.statements() {
            let Some(stored) = keys.get(statement.participant.as_str()).and_then(|key| after.get_mut(key))
            else {
                continue;
            };
            if let Some(term) = &statement.term {
                let day = statement.noted_on.map(|day: NaiveDate| day.to_string());
                stored.insert(term.clone(), (statement.status, statement.onset.clone(), day));
            }
        }
        let mut report = PhenotypeReport {
            participants: people.len(),
            translated: file.translated(),
            ..PhenotypeReport::default()
        };
        let same =
            |key: &i64, stored: &Stored| before.get(key).map_or(stored.is_empty(), |was| was == stored);
        let unchanged: Vec<i64> = after.iter().filter(|(key, s)| same(key, s)).map(|(key, _)| *key).collect();
        for key in &unchanged {
            after.remove(key);
            before.remove(key);
        }
        report.unchanged = unchanged.len();
        report.replaced = before.len();
        report.added = after.len() - before.len();
        report.terms = after.values().map(BTreeMap::len).sum();
        if after.is_empty() {
            return Ok(report);
        }
        self.remove_terms(&before.into_keys().collect::<Vec<i64>>()).await?;
        self.add_terms(&after).await?;
        let number = self.phenotype_imports().await? + 1;
        let sql = "INSERT INTO phenotype_imports (number, institution, digest, at) VALUES ($1, $2, $3, $4)";
        sqlx::query(sql)
            .bind(number as i64)
            .bind(institution.as_str())
            .bind(file.digest())
            .bind(crate::instant::utc(at)?)
            .execute(self.db())
            .await?;
        Ok(report)
    }

    /// The numbers of the file's participants. Another institution's are as unknown as nobody's.
    async fn participants_of<'a>(
        &mut self,
        institution: &InstitutionId,
        file: &'a PhenotypeFile,
    ) -> Result<HashMap<&'a str, i64>, Error> {
        let mut names: Vec<&str> = file.statements().iter().map(|s| s.participant.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let (mut keys, mut left) = (HashMap::new(), Vec::new());
        for some in names.chunks(ITEMS_A_STATEMENT_MAX) {
            let list = lists::items(2, some.len());
            let sql = format!(
                "SELECT participant, person_key, withdrawn_at FROM people WHERE institution = $1 \
                AND participant IN ({list})"
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(institution.as_str());
            for name in some {
                query = query.bind(*name);
            }
            for row in query.fetch_all(self.db()).await? {
                let participant = row.text("participant")?;
                let Ok(place) = some.binary_search(&participant.as_str()) else { continue };
                match row.maybe_text("withdrawn_at")? {
                    Some(_) => left.push(some[place]),
                    None => drop(keys.insert(some[place], row.number("person_key")?)),
                }
            }
        }
        let mut problems = Problems::of(file.name());
        let mut told = std::collections::HashSet::new();
        for statement in file.statements() {
            let name = statement.participant.as_str();
            if keys.contains_key(name) || !told.insert(name) {
                continue;
            }
            let what = match left.contains(&name) {
                true => "has withdrawn; take the lines out",
                false => {
                    "is no participant of this institution; register people with `gj import-samples` first"
                }
            };
            problems.add(|| format!("{}: {what}", statement.place));
        }
        if problems.is_empty() { Ok(keys) } else { Err(Error::Phenotypes(problems)) }
    }

    async fn remove_terms(&mut self, people: &[i64]) -> Result<(), Error> {
        for people in people.chunks(ITEMS_A_STATEMENT_MAX) {
            let list = lists::items(1, people.len());
            let sql = format!("DELETE FROM person_terms WHERE person_key IN ({list})");
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for person in people {
                query = query.bind(*person);
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }

    async fn add_terms(&mut self, after: &BTreeMap<i64, Stored>) -> Result<(), Error> {
        let rows: Vec<_> = after.iter().flat_map(|(key, terms)| terms.iter().map(|t| (*key, t))).collect();
        for some in rows.chunks(ITEMS_A_STATEMENT_MAX) {
            let list = lists::rows(some.len(), 5);
            let sql =
                format!("INSERT INTO person_terms (person_key, term, status, onset, noted_on) VALUES {list}");
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for (key, (term, (status, onset, day))) in some {
                query = query.bind(*key).bind(term.as_str()).bind(status.name());
                query = query.bind(onset.as_deref()).bind(day.as_deref());
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }
}
