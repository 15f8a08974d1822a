//! Lines of answers and refusals, many in one transaction: an answer waits until its line is on the disk,
//! and while one group is being synced the next one gathers.
//!
//! INVARIANT: in the transaction that adds an answer's line, what the answer rests on is looked at again.

use crate::acts::application::ProjectVersion;
use crate::error::GateError;
use crate::gate::Gate;
use crate::ledger::ShownAt;
use gj_model::{FreezeName, PanelId};
use gj_registry::{Entry, PanelState, Revision, Tx};
use serde_json::Value;
use std::fmt::Debug;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// Lines of one transaction at most.
const TOGETHER_MAX: usize = 256;

/// A line that waits to be written.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) actor: String,
    pub(crate) act: String,
    pub(crate) subject: String,
    pub(crate) outcome: &'static str,
    pub(crate) detail: Value,
    /// What must still be so; a refusal rests on nothing.
    pub(crate) basis: Option<Arc<Basis>>,
    /// What is written beside it.
    pub(crate) within: Option<Arc<dyn Within>>,
}

/// What is written in the transaction of an answer's line, before it.
pub(crate) trait Within: Debug + Send + Sync {
    /// Writes it.
    ///
    /// # Errors
    /// [`GateError::Changed`] before anything was noted: the answer is made again. Any other undoes the group.
    fn write<'t>(&'t self, gate: &'t Gate, tx: &'t mut Tx, shown: &'t mut ShownAt<'_>) -> Writing<'t>;
}

/// A piece of work on a transaction.
pub(crate) type Writing<'t> = Pin<Box<dyn Future<Output = Result<(), GateError>> + Send + 't>>;

/// What an answer rests on.
#[derive(Debug)]
pub(crate) struct Basis {
    /// The registry as the decision saw it: while it stays, so does everything below.
    pub(crate) revision: Revision,
    pub(crate) freeze: FreezeName,
    pub(crate) panel: PanelId,
    pub(crate) stale: bool,
    pub(crate) consent_acts: u64,
    pub(crate) project: Option<ProjectVersion>,
}

/// Lines that gather, each with who waits for it.
#[derive(Debug, Default)]
pub(crate) struct Answered(Mutex<Gathering>);

#[derive(Debug, Default)]
struct Gathering {
    waiting: Vec<Waiting>,
    /// Whether a task writes them, group after group.
    is_written: bool,
}

#[derive(Debug)]
struct Waiting {
    line: Line,
    told: oneshot::Sender<Outcome>,
}

/// What became of a line in its group.
#[derive(Debug)]
enum Outcome {
    Written,
    Changed,
    /// The group was undone.
    Undone,
}

impl Line {
    fn entry<'a>(&'a self, at: &'a str) -> Entry<'a> {
        let Line { actor, act, subject, outcome, detail, .. } = self;
        Entry { at, actor, act, subject, outcome, detail: detail.clone() }
    }
}

impl Basis {
    /// Whether an answer still rests on it, at a revision.
    pub(crate) async fn stands(&self, tx: &mut Tx, now: Revision) -> Result<bool, GateError> {
        if now == self.revision {
            return Ok(true);
        }
        // Something else may have changed; what matters is looked at one by one.
        let same = tx.freeze(&self.freeze).await?.is_some_and(|freeze| {
            freeze.panel == self.panel && (freeze.state == PanelState::Stale) == self.stale
        });
        // Somebody may leave while the panel is stale already: the count of what people decided tells.
        if !same || tx.consent_acts().await? != self.consent_acts {
            return Ok(false);
        }
        match &self.project {
            Some(project) => project.is_current(tx).await,
            None => Ok(true),
        }
    }
}

impl Gate {
    /// Returns once the line is durable.
    ///
    /// # Errors
    /// [`GateError::Changed`] when the line's basis no longer stands: nothing was written.
    pub(crate) async fn answered(&self, line: Line) -> Result<(), GateError> {
        let (told, outcome) = oneshot::channel();
        let begins = {
            let mut gathering = self.gathering();
            gathering.waiting.push(Waiting { line: line.clone(), told });
            !std::mem::replace(&mut gathering.is_written, true)
        };
        if begins {
            // A task of its own: whoever came first may hang up, and the others still wait for their lines.
            tokio::spawn(self.clone().write_groups());
        }
        // A task that ended early told nobody anything.
        let told = outcome.await.unwrap_or(Outcome::Undone);
        match told {
            Outcome::Written => Ok(()),
            Outcome::Changed => Err(GateError::Changed),
            // Alone it learns by itself what is wrong, and is not undone for another's sake.
            Outcome::Undone => match self.write_lines(std::slice::from_ref(&line)).await?[0] {
                true => Ok(()),
                false => Err(GateError::Changed),
            },
        }
    }

    /// Adds a line to a transaction of its own; returns its number.
    pub(crate) async fn write_line(&self, tx: &mut Tx, line: &Line) -> Result<i64, GateError> {
        Ok(tx.audit(&line.entry(&self.inner.clock.at())).await?)
    }

    fn gathering(&self) -> std::sync::MutexGuard<'_, Gathering> {
        // Lines are pushed whole: what a panicking thread left is as good as before.
        self.inner.answered.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what gathered, until nothing is left.
    async fn write_groups(self) {
        let mut leave = Leave { gate: &self, done: false };
        loop {
            let group: Vec<Waiting> = {
                let mut gathering = self.gathering();
                if gathering.waiting.is_empty() {
                    gathering.is_written = false;
                    leave.done = true;
                    return;
                }
                let count = gathering.waiting.len().min(TOGETHER_MAX);
                gathering.waiting.drain(..count).collect()
            };
            self.write_group(group).await;
        }
    }

    async fn write_group(&self, group: Vec<Waiting>) {
        let (lines, told): (Vec<Line>, Vec<_>) = group.into_iter().map(|w| (w.line, w.told)).unzip();
        let outcomes: Vec<Outcome> = match self.write_lines(&lines).await {
            Ok(stood) => {
                stood.into_iter().map(|s| if s { Outcome::Written } else { Outcome::Changed }).collect()
            }
            Err(_) => lines.iter().map(|_| Outcome::Undone).collect(),
        };
        drop(lines);
        // Who hung up is told nothing; the line stays, as the answer was made.
        told.into_iter().zip(outcomes).for_each(|(told, outcome)| drop(told.send(outcome)));
    }

    /// Writes the lines whose basis stands, in one transaction; says of each whether it did.
    async fn write_lines(&self, lines: &[Line]) -> Result<Vec<bool>, GateError> {
        let (mut tx, now) = self.inner.registry.begin_answers().await?;
        let mut stood = Vec::with_capacity(lines.len());
        let mut shown = self.shown_since(now.shown);
        for line in lines {
            let mut stands = match &line.basis {
                Some(basis) => basis.stands(&mut tx, now.decisions).await?,
                None => true,
            };
            if let Some(within) = line.within.as_ref().filter(|_| stands) {
                stands = match within.write(self, &mut tx, &mut shown).await {
                    Err(GateError::Changed) => false,
                    written => written.map(|()| true)?,
                };
            }
            stood.push(stands);
        }
        let at = self.inner.clock.at();
        let entries = lines.iter().zip(&stood).filter(|(_, stood)| **stood).map(|(line, _)| line.entry(&at));
        tx.audit_all(&entries.collect::<Vec<_>>()).await?;
        shown.write(&mut tx).await?;
        self.commit_answer(tx).await?;
        shown.committed();
        Ok(stood)
    }
}

/// Lets the next line begin a new task when this one ends early, as when the server stops; who waits is told.
struct Leave<'a> {
    gate: &'a Gate,
    done: bool,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        if !self.done {
            let mut gathering = self.gate.gathering();
            gathering.is_written = false;
            gathering.waiting.clear();
        }
    }
}
