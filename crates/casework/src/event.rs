//! One step that was taken. An application is the list of its events; nothing of one is ever changed.

use crate::act::Act;
use crate::role::Role;
use crate::state::State;
use crate::verdict::Verdict;
use serde::{Deserialize, Serialize};

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// 1, 2, …: the version of the application after it.
    pub number: u64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Account of who acted; `system` for what happens by itself.
    pub actor: String,
    /// In which capacity.
    pub role: Role,
    /// What.
    pub act: Act,
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// The version of the scope after it.
    pub scope: u32,
    /// Whom it concerns: who is named, released, added or removed; contributors to be asked, comma separated.
    pub subject: Option<String>,
    /// The institution of the account it concerns.
    pub subject_institution: Option<String>,
    /// A judgement, or the match's outcome.
    pub verdict: Option<String>,
    /// Reasons, review, report, remark.
    pub text: Option<String>,
    /// The digest signed, or that of the scope granted.
    pub digest: Option<String>,
    /// Last day of a grant.
    pub until: Option<chrono::NaiveDate>,
}

impl Event {
    /// The judgement it carries, if it is one.
    pub fn judgement(&self) -> Option<Verdict> {
        self.verdict.as_deref().and_then(|verdict| verdict.parse().ok())
    }
}
