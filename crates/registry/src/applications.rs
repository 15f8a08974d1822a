//! Applications for use: their events, the versions of their scope, and what is due.
//!
//! Owns the rows. Events are only added, and the application's row changes only from the version the
//! caller saw. Never decides a step: that is casework.

mod lists;
mod papers;

pub use lists::{Listed, Registered};
pub use papers::{ApplicationInvoice, Obligation, Publication};

use crate::error::Error;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use chrono::NaiveDate;
use gj_casework::{Case, Event, Person, ProjectScope, State};
use gj_model::ApplicationId;
use sqlx::any::AnyRow;

/// One application: where its events led.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// Who applies.
    pub owner: Person,
    /// Where it is.
    pub state: State,
    /// Events so far.
    pub version: u64,
    /// The version of the scope.
    pub scope: u32,
    /// Since when it is in this state, RFC 3339 in UTC.
    pub since: String,
    /// Until when it should leave it.
    pub due: Option<NaiveDate>,
    /// What its events add up to, as stored with the last of them; `None` before the first, and where the
    /// last was written by a program that did not store it.
    pub standing: Option<Case>,
}

const COLUMNS: &str =
    "SELECT id, applicant, institution, state, version, scope, since, due, standing FROM applications";

fn read(row: &AnyRow) -> Result<Application, Error> {
    Ok(Application {
        id: row.parsed("id")?,
        owner: Person { user: row.text("applicant")?, institution: row.text("institution")? },
        state: row.parsed("state")?,
        version: row.count("version")?,
        scope: small(row, "scope")?,
        since: row.text("since")?,
        due: row.maybe_date("due")?,
        standing: match row.maybe_text("standing")? {
            Some(text) => Some(serde_json::from_str(&text).map_err(|_| Error::Stored("standing"))?),
            None => None,
        },
    })
}

fn small(row: &AnyRow, column: &'static str) -> Result<u32, Error> {
    u32::try_from(row.number(column)?).map_err(|_| Error::Stored(column))
}

fn read_event(row: &AnyRow) -> Result<Event, Error> {
    Ok(Event {
        number: row.count("number")?,
        at: row.text("at")?,
        actor: row.text("actor")?,
        role: row.parsed("role")?,
        act: row.parsed("act")?,
        from: row.parsed("from_state")?,
        to: row.parsed("to_state")?,
        scope: small(row, "scope")?,
        subject: row.maybe_text("subject")?,
        subject_institution: row.maybe_text("subject_institution")?,
        verdict: row.maybe_text("verdict")?,
        text: row.maybe_text("body")?,
        digest: row.maybe_text("digest")?,
        until: row.maybe_date("valid_to")?,
    })
}

impl Reads {
    /// One application, if it exists.
    pub async fn application(&mut self, id: &ApplicationId) -> Result<Option<Application>, Error> {
        let sql = format!("{COLUMNS} WHERE id = $1");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.as_str());
        query.fetch_optional(self.db()).await?.as_ref().map(read).transpose()
    }

    /// Its events, oldest first.
    pub async fn application_events(&mut self, id: &ApplicationId) -> Result<Vec<Event>, Error> {
        let sql = "SELECT number, at, actor, role, act, from_state, to_state, scope, subject, \
            subject_institution, verdict, body, digest, valid_to FROM application_events \
            WHERE application = $1 ORDER BY number";
        row::all(sqlx::query(sql).bind(id.as_str()).fetch_all(self.db()).await?, read_event)
    }

    /// One version of its scope.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is none of that number.
    pub async fn application_scope(
        &mut self,
        id: &ApplicationId,
        number: u32,
    ) -> Result<ProjectScope, Error> {
        let sql = "SELECT title, purpose, tier, datasets, valid_from, valid_to, project_plan \
            FROM application_scopes WHERE application = $1 AND number = $2";
        let query = sqlx::query(sql).bind(id.as_str()).bind(i64::from(number));
        let row = query.fetch_optional(self.db()).await?;
        let row = row.ok_or_else(|| Error::Unknown { kind: "application", id: id.to_string() })?;
        let sql = "SELECT user_id, institution FROM application_members \
            WHERE application = $1 AND scope = $2 ORDER BY position";
        let members = sqlx::query(sql).bind(id.as_str()).bind(i64::from(number));
        let people = row::all(members.fetch_all(self.db()).await?, |row| {
            Ok(Person { user: row.text("user_id")?, institution: row.text("institution")? })
        })?;
        Ok(ProjectScope {
            title: row.text("title")?,
            purpose: row.parsed("purpose")?,
            tier: row.parsed("tier")?,
            datasets: serde_json::from_str(&row.text("datasets")?).map_err(|_| Error::Stored("datasets"))?,
            people,
            from: row.parsed("valid_from")?,
            until: row.parsed("valid_to")?,
            plan: row.text("project_plan")?,
        })
    }

    /// Whether an account applies or collaborates anywhere: such an account stays.
    pub(crate) async fn takes_part(&mut self, user: &str) -> Result<bool, Error> {
        let sql = "SELECT COUNT(*) FROM application_members WHERE user_id = $1";
        let parts: i64 = sqlx::query_scalar(sql).bind(user).fetch_one(self.db()).await?;
        Ok(parts > 0)
    }
}

impl Tx {
    /// Adds an application without events.
    ///
    /// # Errors
    /// [`Error::Taken`] when the id exists.
    pub async fn insert_application(
        &mut self,
        application: &Application,
        scope: &ProjectScope,
    ) -> Result<(), Error> {
        if self.application(&application.id).await?.is_some() {
            return Err(Error::Taken { kind: "application", id: application.id.to_string() });
        }
        let sql = "INSERT INTO applications (id, applicant, institution, state, version, scope, since, due) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        sqlx::query(sql)
            .bind(application.id.as_str())
            .bind(application.owner.user.as_str())
            .bind(application.owner.institution.as_str())
            .bind(application.state.name())
            .bind(application.version as i64)
            .bind(i64::from(application.scope))
            .bind(application.since.as_str())
            .bind(application.due.map(|day| day.to_string()))
            .execute(self.db())
            .await?;
        self.put_scope(&application.id, application.scope, scope).await
    }

    /// Writes a version of the scope: a new one, or that of a draft anew.
    pub async fn put_scope(
        &mut self,
        id: &ApplicationId,
        number: u32,
        scope: &ProjectScope,
    ) -> Result<(), Error> {
        for table in ["application_members", "application_scopes"] {
            let column = if table == "application_members" { "scope" } else { "number" };
            let sql = format!("DELETE FROM {table} WHERE application = $1 AND {column} = $2");
            let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.as_str()).bind(i64::from(number));
            query.execute(self.db()).await?;
        }
        let sql = "INSERT INTO application_scopes (application, number, title, purpose, tier, datasets, \
            valid_from, valid_to, project_plan, digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        sqlx::query(sql)
            .bind(id.as_str())
            .bind(i64::from(number))
            .bind(scope.title.as_str())
            .bind(scope.purpose.to_string())
            .bind(scope.tier.name())
            .bind(serde_json::json!(scope.datasets).to_string())
            .bind(scope.from.to_string())
            .bind(scope.until.to_string())
            .bind(scope.plan.as_str())
            .bind(scope.digest())
            .execute(self.db())
            .await?;
        let sql = "INSERT INTO application_members (application, scope, position, user_id, institution) \
            VALUES ($1, $2, $3, $4, $5)";
        for (position, person) in (0i64..).zip(&scope.people) {
            sqlx::query(sql)
                .bind(id.as_str())
                .bind(i64::from(number))
                .bind(position)
                .bind(person.user.as_str())
                .bind(person.institution.as_str())
                .execute(self.db())
                .await?;
        }
        Ok(())
    }

    /// Adds an event and moves the application on to what it is after it; `false`, and nothing is written,
    /// when somebody else's step was first.
    pub async fn add_application_event(
        &mut self,
        id: &ApplicationId,
        event: &Event,
        due: Option<NaiveDate>,
        standing: &Case,
    ) -> Result<bool, Error> {
        let moved = event.from != event.to;
        let sql = "UPDATE applications SET version = $2, state = $3, scope = $4, \
            since = CASE WHEN $5 = 1 THEN $6 ELSE since END, due = CASE WHEN $5 = 1 THEN $7 ELSE due END, \
            standing = $9 \
            WHERE id = $1 AND version = $8";
        let done = sqlx::query(sql)
            .bind(id.as_str())
            .bind(event.number as i64)
            .bind(event.to.name())
            .bind(i64::from(event.scope))
            .bind(i64::from(moved))
            .bind(event.at.as_str())
            .bind(due.map(|day| day.to_string()))
            .bind(event.number as i64 - 1)
            .bind(serde_json::json!(standing).to_string())
            .execute(self.db())
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        let sql = "INSERT INTO application_events (application, number, at, actor, role, act, from_state, \
            to_state, scope, subject, subject_institution, verdict, body, digest, valid_to) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
        sqlx::query(sql)
            .bind(id.as_str())
            .bind(event.number as i64)
            .bind(event.at.as_str())
            .bind(event.actor.as_str())
            .bind(event.role.name())
            .bind(event.act.name())
            .bind(event.from.name())
            .bind(event.to.name())
            .bind(i64::from(event.scope))
            .bind(event.subject.clone())
            .bind(event.subject_institution.clone())
            .bind(event.verdict.clone())
            .bind(event.text.clone())
            .bind(event.digest.clone())
            .bind(event.until.map(|day| day.to_string()))
            .execute(self.db())
            .await?;
        Ok(true)
    }
}
