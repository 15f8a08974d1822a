//! Changes of mind about consent, in the order in which they took effect, with the receipt of each.
//!
//! Owns the rows, and what somebody allowed over a span of changes: a release counts a person for what
//! they have allowed at all times since it was frozen. Never repairs anything itself.

use crate::error::Error;
use crate::instant;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use gj_model::{ExtractId, Scope};
use sqlx::any::AnyRow;
use std::collections::HashMap;

/// From which change of consent to which something was counted: a release, or its panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConsentSpan {
    /// Changes known when the release was frozen.
    pub since: u64,
    /// Changes known when it was counted.
    pub until: u64,
}

impl ConsentSpan {
    /// What is allowed after so many changes.
    pub fn at(changes: u64) -> ConsentSpan {
        ConsentSpan { since: changes, until: changes }
    }

    /// Whether later changes alone decide: it is not a release of an earlier day.
    pub fn is_moment(self) -> bool {
        self.since == self.until
    }
}

/// Who changed their mind when, from what to what.
#[derive(Debug, Clone, Default)]
pub struct ScopeHistory {
    of: HashMap<i64, Vec<(u64, Scope, Scope)>>,
    changes: u64,
}

impl ScopeHistory {
    /// Changes so far.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// People who ever changed their mind.
    pub fn people(&self) -> impl Iterator<Item = i64> {
        self.of.keys().copied()
    }

    /// What a person allowed when the span began and never took back until it ended; `None` of somebody
    /// who never changed their mind.
    pub fn scope(&self, person_key: i64, span: ConsentSpan) -> Option<Scope> {
        let changes = self.of.get(&person_key)?;
        let (_, first, _) = changes.first()?;
        let mut scope = *first;
        for (number, _, after) in changes {
            if *number <= span.since {
                scope = *after;
            } else if *number <= span.until {
                scope = scope.and(*after);
            }
        }
        Some(scope)
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsentChange {
    /// 1 for the first of the programme.
    pub number: u64,
    /// The receipt's number, which carries no meaning.
    pub receipt: String,
    /// Whose.
    pub person_key: i64,
    /// What was allowed before.
    pub before: Scope,
    /// What is allowed since.
    pub after: Scope,
    /// The line of the audit log that it was committed with.
    pub audit_seq: i64,
    /// Whether every release counts the person as it may.
    pub is_repaired: bool,
    /// The receipt's content.
    pub document: serde_json::Value,
}

/// A change about to be recorded.
#[derive(Debug, Clone)]
pub struct NewChange<'a> {
    /// The receipt's number.
    pub receipt: &'a str,
    /// Whose.
    pub person_key: i64,
    /// The version of consent that it made.
    pub version: i64,
    /// What was allowed before.
    pub before: Scope,
    /// What is allowed since.
    pub after: Scope,
    /// When, RFC 3339.
    pub at: &'a str,
    /// The line of the audit log.
    pub audit_seq: i64,
    /// Extracts already written that it no longer allows.
    pub extracts: &'a [ExtractId],
    /// The receipt's content.
    pub document: &'a serde_json::Value,
}

const COLUMNS: &str = "SELECT number, receipt, person_key, scope_before, scope_after, audit_seq, state, document FROM consent_changes";

fn read(row: &AnyRow) -> Result<ConsentChange, Error> {
    Ok(ConsentChange {
        number: row.count("number")?,
        receipt: row.text("receipt")?,
        person_key: row.number("person_key")?,
        before: row.parsed("scope_before")?,
        after: row.parsed("scope_after")?,
        audit_seq: row.number("audit_seq")?,
        is_repaired: row.text("state")? == "repaired",
        document: serde_json::from_str(&row.text("document")?).map_err(|_| Error::Stored("document"))?,
    })
}

impl Reads {
    /// How many changes of consent there were so far.
    pub async fn consent_change_count(&mut self) -> Result<u64, Error> {
        let sql = "SELECT COALESCE(MAX(number), 0) AS n FROM consent_changes";
        sqlx::query(sql).fetch_one(self.db()).await?.count("n")
    }

    /// Who changed their mind when.
    pub async fn scope_history(&mut self) -> Result<ScopeHistory, Error> {
        let sql = "SELECT number, person_key, scope_before, scope_after FROM consent_changes ORDER BY number";
        let mut history = ScopeHistory::default();
        for row in sqlx::query(sql).fetch_all(self.db()).await? {
            let number = row.count("number")?;
            let change = (number, row.parsed("scope_before")?, row.parsed("scope_after")?);
            history.of.entry(row.number("person_key")?).or_default().push(change);
            history.changes = number;
        }
        Ok(history)
    }

    /// Changes whose releases are still to be recounted, oldest first.
    pub async fn unfinished_changes(&mut self) -> Result<Vec<ConsentChange>, Error> {
        let sql = format!("{COLUMNS} WHERE state = 'masked' ORDER BY number");
        row::all(sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(self.db()).await?, read)
    }

    /// One change by its receipt.
    pub async fn consent_change(&mut self, receipt: &str) -> Result<Option<ConsentChange>, Error> {
        let sql = format!("{COLUMNS} WHERE receipt = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(receipt).fetch_optional(self.db()).await?;
        row.as_ref().map(read).transpose()
    }

    /// The changes of a person, oldest first.
    pub async fn consent_changes_of(&mut self, person_key: i64) -> Result<Vec<ConsentChange>, Error> {
        let sql = format!("{COLUMNS} WHERE person_key = $1 ORDER BY number");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(person_key).fetch_all(self.db()).await?;
        row::all(rows, read)
    }

    /// What was done so far for a change that is not finished, in order.
    pub async fn change_steps(&mut self, receipt: &str) -> Result<Vec<serde_json::Value>, Error> {
        let sql = "SELECT document FROM consent_change_steps WHERE receipt = $1 ORDER BY step";
        let rows = sqlx::query(sql).bind(receipt).fetch_all(self.db()).await?;
        row::all(rows, |row| {
            serde_json::from_str(&row.text("document")?).map_err(|_| Error::Stored("document"))
        })
    }
}

impl Tx {
    /// Records a change: from the commit on it holds. Returns its number.
    pub async fn insert_change(&mut self, change: &NewChange<'_>) -> Result<u64, Error> {
        let number = self.consent_change_count().await? + 1;
        let sql = "INSERT INTO consent_changes (number, receipt, person_key, version, scope_before, scope_after, \
            at, audit_seq, state, document) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'masked', $9)";
        sqlx::query(sql)
            .bind(number as i64)
            .bind(change.receipt)
            .bind(change.person_key)
            .bind(change.version)
            .bind(change.before.to_string())
            .bind(change.after.to_string())
            .bind(instant::utc(change.at)?)
            .bind(change.audit_seq)
            .bind(change.document.to_string())
            .execute(self.db())
            .await?;
        for extract in change.extracts {
            let sql = "INSERT INTO consent_change_extracts (receipt, extract_id) VALUES ($1, $2)";
            sqlx::query(sql).bind(change.receipt).bind(extract.as_str()).execute(self.db()).await?;
        }
        Ok(number)
    }

    /// Notes one step of the repair after a change, in the transaction that makes it so.
    pub async fn add_change_step(
        &mut self,
        receipt: &str,
        document: &serde_json::Value,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO consent_change_steps (receipt, step, document) \
            SELECT $1, COALESCE(MAX(step), 0) + 1, $2 FROM consent_change_steps WHERE receipt = $1";
        sqlx::query(sql).bind(receipt).bind(document.to_string()).execute(self.db()).await?;
        Ok(())
    }

    /// Closes a change once every release counts the person as it may; its steps are in the receipt now.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such receipt.
    pub async fn finish_change(&mut self, receipt: &str, document: &serde_json::Value) -> Result<(), Error> {
        let sql = "DELETE FROM consent_change_steps WHERE receipt = $1";
        sqlx::query(sql).bind(receipt).execute(self.db()).await?;
        let sql = "UPDATE consent_changes SET state = 'repaired', document = $2 WHERE receipt = $1";
        let done = sqlx::query(sql).bind(receipt).bind(document.to_string()).execute(self.db()).await?;
        match done.rows_affected() {
            0 => Err(Error::Unknown { kind: "receipt", id: receipt.to_owned() }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_keeps_what_was_allowed_all_the_time() {
        let scope = |text: &str| text.parse::<Scope>().unwrap_or_default();
        let mut history = ScopeHistory { changes: 3, ..ScopeHistory::default() };
        let (all, some, other) =
            (scope("research,foreign,company-alone"), scope("research"), scope("research,foreign"));
        history.of.insert(7, vec![(1, all, some), (3, some, other)]);
        let at = |since, until| history.scope(7, ConsentSpan { since, until }).unwrap_or_default();
        assert_eq!((at(0, 0), at(0, 1), at(0, 3)), (all, some, some));
        assert_eq!((at(1, 1), at(2, 3), at(3, 3)), (some, some, other));
        assert_eq!(history.scope(8, ConsentSpan::at(3)), None);
    }
}
