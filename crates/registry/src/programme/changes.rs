//! The difference between two programmes, row by row, for a person to read before it is applied.
//!
//! Never touches the registry.

use super::Programme;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// One row that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The table as the file calls it: `institution`.
    pub table: &'static str,
    /// The row's id: `nagoya`, or `GRU 2026-04-01`.
    pub id: String,
    /// What happens to it.
    pub kind: ChangeKind,
    /// The row before; absent when added.
    pub before: Option<Value>,
    /// The row after; absent when removed.
    pub after: Option<Value>,
}

/// What happens to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It reads differently.
    Changed,
    /// It is gone.
    Removed,
    /// The file does not have it, but something refers to it: it stays. A user stays switched off.
    Kept,
}

type Rows = BTreeMap<(&'static str, String), Value>;

fn rows(programme: &Programme) -> Rows {
    let mut rows = Rows::new();
    let mut add = |table, id: String, row: Result<Value, _>| {
        // Every row is made of texts, numbers and lists, which JSON always holds.
        rows.insert((table, id), row.unwrap_or(Value::Null));
    };
    add("programme", String::new(), serde_json::to_value(&programme.programme));
    for row in &programme.institutions {
        add("institution", row.id.to_string(), serde_json::to_value(row));
    }
    for row in &programme.roles {
        add("role", row.id.clone(), serde_json::to_value(row));
    }
    for row in &programme.users {
        add("user", row.id.to_string(), serde_json::to_value(row));
    }
    for row in &programme.purposes {
        add("purpose", format!("{} {}", row.code, row.valid_from), serde_json::to_value(row));
    }
    for row in &programme.rules {
        let id = format!("{} {} {}", row.code, row.profile, row.valid_from);
        add("rule", id, serde_json::to_value(row));
    }
    for row in &programme.payments {
        add("payment", row.id.clone(), serde_json::to_value(row));
    }
    for row in &programme.consent_forms {
        add("consent_form", format!("{} {}", row.id, row.version), serde_json::to_value(row));
    }
    for row in &programme.datasets {
        add("dataset", row.id.clone(), serde_json::to_value(row));
    }
    for row in &programme.terms {
        let id = format!("{} {} {} {}", row.dataset, row.duo, row.value, row.valid_from);
        add("term", id, serde_json::to_value(row));
    }
    for row in &programme.windows {
        let id = format!("{} {} {}", row.dataset, row.funder, row.valid_from);
        add("window", id, serde_json::to_value(row));
    }
    for row in &programme.trainings {
        let id = format!("{} {} {}", row.user, row.name, row.valid_from);
        add("training", id, serde_json::to_value(row));
    }
    for row in &programme.agreements {
        let id = format!("{} {} {}", row.institution, row.dataset, row.valid_from);
        add("agreement", id, serde_json::to_value(row));
    }
    for row in &programme.sanctions {
        let id = format!("{} {} {}", row.institution, row.user, row.valid_from);
        add("sanction", id, serde_json::to_value(row));
    }
    for row in &programme.deadlines {
        add("deadline", format!("{} {}", row.what, row.valid_from), serde_json::to_value(row));
    }
    for row in &programme.exposures {
        add("exposure", format!("{} {}", row.name, row.valid_from), serde_json::to_value(row));
    }
    rows
}

/// What turns one programme, or none, into another, by table and id.
pub(super) fn between(from: Option<&Programme>, to: &Programme) -> Vec<Change> {
    let (keeps_deadlines, keeps_exposures) = (to.deadlines.is_empty(), to.exposures.is_empty());
    let (mut from, to) = (from.map(rows).unwrap_or_default(), rows(to));
    from.retain(|(table, _), _| {
        !(keeps_deadlines && *table == "deadline" || keeps_exposures && *table == "exposure")
    });
    let mut changes = Vec::new();
    for ((table, id), after) in to {
        let before = from.remove(&(table, id.clone()));
        let kind = match &before {
            None => ChangeKind::Added,
            Some(before) if *before != after => ChangeKind::Changed,
            Some(_) => continue,
        };
        changes.push(Change { table, id, kind, before, after: Some(after) });
    }
    let gone = from.into_iter().map(|((table, id), before)| Change {
        table,
        id,
        kind: ChangeKind::Removed,
        before: Some(before),
        after: None,
    });
    changes.extend(gone);
    changes.sort_by(|a, b| (a.table, &a.id).cmp(&(b.table, &b.id)));
    changes
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = match self.kind {
            ChangeKind::Added => "added",
            ChangeKind::Changed => "changed",
            ChangeKind::Removed => "removed",
            ChangeKind::Kept => "kept, in use",
        };
        write!(f, "{} {}: {what}", self.table, self.id)
    }
}
