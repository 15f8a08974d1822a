//! One audit line per act, committed with it. Details never name a person or hold a genotype.

use crate::error::GateError;
use crate::gate::Gate;
use gj_registry::{Entry, Tx, anchor};
use serde_json::Value;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// Answers are frequent: while they come, the anchor moves this often, and once more at closing.
const ANCHOR_EVERY: Duration = Duration::from_secs(1);

/// A line to be written.
pub(crate) struct Note<'a> {
    pub(crate) actor: &'a str,
    pub(crate) act: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) outcome: &'a str,
    pub(crate) detail: Value,
}

impl Gate {
    /// Adds the line to an act's transaction.
    pub(crate) async fn note(&self, tx: &mut Tx, note: Note<'_>) -> Result<i64, GateError> {
        let at = self.inner.clock.at();
        let Note { actor, act, subject, outcome, detail } = note;
        Ok(tx.audit(&Entry { at: &at, actor, act, subject, outcome, detail }).await?)
    }

    /// Commits an act with its line, then moves the anchor that would betray a shortened log.
    pub(crate) async fn commit(&self, tx: Tx) -> Result<(), GateError> {
        self.commit_and_anchor(tx, Duration::ZERO).await
    }

    /// Commits the line of an answer; the anchor follows with a later one, or when the gate closes.
    pub(crate) async fn commit_answer(&self, tx: Tx) -> Result<(), GateError> {
        self.commit_and_anchor(tx, ANCHOR_EVERY).await
    }

    async fn commit_and_anchor(&self, tx: Tx, every: Duration) -> Result<(), GateError> {
        let Some(head) = tx.commit().await? else { return Ok(()) };
        {
            let mut last = self.inner.anchored.lock().unwrap_or_else(PoisonError::into_inner);
            if last.is_some_and(|at| at.elapsed() < every) {
                return Ok(());
            }
            *last = Some(Instant::now());
        }
        Ok(anchor::write(&self.anchor_path(), &head)?)
    }
}
