//! Lists of applications, each read in a few queries however many there are: all with what their events add up
//! to, and the public register.

use super::{Application, COLUMNS, read};
use crate::error::Error;
use crate::registry::Reads;
use crate::row::{self, Columns};
use chrono::NaiveDate;
use gj_casework::{Case, Person, State};
use gj_model::ApplicationId;
use std::collections::BTreeMap;

/// One application of a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its row.
    pub row: Application,
    /// What its events add up to.
    pub case: Case,
    /// Title of the scope as it stands.
    pub title: String,
    /// Digest of that scope.
    pub digest: String,
    /// People of that scope, the applicant first.
    pub people: Vec<Person>,
}

/// A granted project, for the public register. Names no person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The application.
    pub application: ApplicationId,
    /// Where it is.
    pub state: State,
    /// Title as granted.
    pub title: String,
    /// What for.
    pub purpose: String,
    /// Releases or contributors whose data are used.
    pub datasets: Vec<String>,
    /// Institutions that take part, by id.
    pub institutions: Vec<String>,
    /// First day.
    pub from: NaiveDate,
    /// Last day as granted.
    pub until: NaiveDate,
    /// Papers and patents as cited, oldest first.
    pub publications: Vec<String>,
    /// Since when a report of deletion is missing: the day it was due.
    pub deletion_due: Option<NaiveDate>,
}

impl Reads {
    /// Every application, the one waiting longest first.
    pub async fn listed_applications(&mut self) -> Result<Vec<Listed>, Error> {
        let rows = self.applications().await?;
        let sql = "SELECT s.application, s.title, s.digest FROM application_scopes s \
            JOIN applications a ON a.id = s.application AND a.scope = s.number";
        let mut scopes = BTreeMap::new();
        for row in sqlx::query(sql).fetch_all(self.db()).await? {
            scopes.insert(row.text("application")?, (row.text("title")?, row.text("digest")?));
        }
        let sql = "SELECT m.application, m.user_id, m.institution FROM application_members m \
            JOIN applications a ON a.id = m.application AND a.scope = m.scope ORDER BY m.application, m.position";
        let mut people: BTreeMap<String, Vec<Person>> = BTreeMap::new();
        for row in sqlx::query(sql).fetch_all(self.db()).await? {
            let person = Person { user: row.text("user_id")?, institution: row.text("institution")? };
            people.entry(row.text("application")?).or_default().push(person);
        }
        let mut list = Vec::with_capacity(rows.len());
        for mut row in rows {
            let (title, digest) = scopes.remove(row.id.as_str()).ok_or(Error::Stored("scope"))?;
            let case = match row.standing.take() {
                Some(case) => case,
                None if row.version == 0 => Case::new(row.owner.clone()),
                None => Case::replay(row.owner.clone(), &self.application_events(&row.id).await?),
            };
            let people = people.remove(row.id.as_str()).unwrap_or_default();
            list.push(Listed { row, case, title, digest, people });
        }
        Ok(list)
    }

    /// Every project that was ever granted, by id, as the public register shows it on a day.
    pub async fn registered(&mut self, today: NaiveDate) -> Result<Vec<Registered>, Error> {
        let sql = "SELECT a.id, a.state, a.granted_until, s.title, s.purpose, s.datasets, s.valid_from \
            FROM applications a JOIN application_scopes s \
            ON s.application = a.id AND s.number = a.granted_scope ORDER BY a.id";
        let rows = sqlx::query(sql).fetch_all(self.db()).await?;
        let sql = "SELECT DISTINCT m.application, m.institution AS word FROM application_members m \
            JOIN applications a ON a.id = m.application AND a.granted_scope = m.scope \
            ORDER BY m.application, m.institution";
        let mut institutions = self.words_of(sql).await?;
        let sql = "SELECT application, reference AS word FROM application_publications \
            ORDER BY application, number";
        let mut papers = self.words_of(sql).await?;
        let sql = "SELECT application, MIN(due) AS due FROM application_obligations \
            WHERE act = 'report-deletion' AND done_at IS NULL AND due < $1 GROUP BY application";
        let mut missing = BTreeMap::new();
        for row in sqlx::query(sql).bind(today.to_string()).fetch_all(self.db()).await? {
            missing.insert(row.text("application")?, row.parsed("due")?);
        }
        let mut list = Vec::with_capacity(rows.len());
        for row in &rows {
            let id = row.text("id")?;
            list.push(Registered {
                state: row.parsed("state")?,
                title: row.text("title")?,
                purpose: row.text("purpose")?,
                datasets: serde_json::from_str(&row.text("datasets")?)
                    .map_err(|_| Error::Stored("datasets"))?,
                institutions: institutions.remove(&id).unwrap_or_default(),
                from: row.parsed("valid_from")?,
                until: row.parsed("granted_until")?,
                publications: papers.remove(&id).unwrap_or_default(),
                deletion_due: missing.remove(&id),
                application: row.parsed("id")?,
            });
        }
        Ok(list)
    }

    async fn words_of(&mut self, sql: &'static str) -> Result<BTreeMap<String, Vec<String>>, Error> {
        let mut words: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in sqlx::query(sql).fetch_all(self.db()).await? {
            words.entry(row.text("application")?).or_default().push(row.text("word")?);
        }
        Ok(words)
    }

    /// Every application's row, the one waiting longest first.
    pub async fn applications(&mut self) -> Result<Vec<Application>, Error> {
        let sql = format!("{COLUMNS} ORDER BY COALESCE(due, '9999'), since, id");
        row::all(sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(self.db()).await?, read)
    }
}
