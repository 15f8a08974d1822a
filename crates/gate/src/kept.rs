//! What was decided at one moment and holds as long as the registry and the day stay as they were: who a
//! token belongs to, who may ask what of which release.
//!
//! Rights are never stale: every question first reads the registry's revision, which moves with every
//! change of this or another process, and what was decided at another revision is not looked at.

use crate::ask::{Asker, Ground, Session};
use crate::error::{GateError, Refusal};
use crate::gate::Gate;
use crate::grant::Grant;
use chrono::NaiveDate;
use gj_registry::audit::sha256_hex;
use gj_registry::{Reads, Revision};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Decisions, and sessions, kept at most; past it all are forgotten.
const KEPT_MAX: usize = 1_024;

/// A moment as far as decisions go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) revision: Revision,
    pub(crate) today: NaiveDate,
}

/// What a question was told.
#[derive(Debug, Clone)]
pub(crate) enum Decided {
    Granted(Arc<Grant>),
    Refused(Arc<Refusal>),
}

/// What is kept, all of one moment.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    of: Mutex<OfMoment>,
    reading: Reading,
}

#[derive(Debug, Default)]
struct OfMoment {
    moment: Option<Moment>,
    decisions: HashMap<String, Decided>,
    sessions: HashMap<String, Option<Session>>,
}

/// Readings of the revision that several questions share: one that begins after a question came is as good
/// as its own.
#[derive(Debug, Default)]
struct Reading {
    /// Questions that came so far.
    came: AtomicU64,
    /// The last reading, with how many questions had come when it began.
    last: tokio::sync::Mutex<Option<(u64, Revision)>>,
}

impl Kept {
    fn of(&self, moment: Moment) -> std::sync::MutexGuard<'_, OfMoment> {
        // A poisoned cache is still a cache: entries are inserted whole.
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        let full = of.decisions.len().max(of.sessions.len()) >= KEPT_MAX;
        if of.moment != Some(moment) || full {
            *of = OfMoment { moment: Some(moment), ..OfMoment::default() };
        }
        of
    }
}

/// What a decision is about: everything of a question that the rules look at.
fn key(asker: &Asker, question: &Ground<'_>) -> String {
    let project = question.project.as_ref().map_or("", |project| project.as_str());
    let user = asker.user.as_ref().map_or_else(String::new, |user| format!("={user}"));
    // A line feed stands in none of them.
    format!("{user}\n{}\n{}\n{project}", question.freeze, question.purpose)
}

impl Gate {
    /// The moment now.
    pub(crate) async fn moment(&self) -> Result<Moment, GateError> {
        let today = self.inner.clock.today();
        let reading = &self.inner.kept.reading;
        let mine = reading.came.fetch_add(1, Ordering::SeqCst);
        let mut last = reading.last.lock().await;
        if let Some((came, revision)) = *last
            && came > mine
        {
            return Ok(Moment { revision, today });
        }
        let came = reading.came.load(Ordering::SeqCst);
        let revision = self.inner.registry.revision().await?;
        *last = Some((came, revision));
        Ok(Moment { revision, today })
    }

    /// The moment that is read.
    pub(crate) async fn moment_of(&self, reads: &mut Reads) -> Result<Moment, GateError> {
        Ok(Moment { revision: reads.revision().await?, today: self.inner.clock.today() })
    }

    /// What the question was told at this moment before.
    pub(crate) fn decided(&self, moment: Moment, asker: &Asker, question: &Ground<'_>) -> Option<Decided> {
        self.inner.kept.of(moment).decisions.get(&key(asker, question)).cloned()
    }

    /// Keeps what the question was told.
    pub(crate) fn keep(&self, moment: Moment, asker: &Asker, question: &Ground<'_>, decided: &Decided) {
        self.inner.kept.of(moment).decisions.insert(key(asker, question), decided.clone());
    }

    /// The person a token belongs to, looked up once a revision.
    pub(crate) async fn session_of_token(&self, token: &str) -> Result<Option<Session>, GateError> {
        let digest = sha256_hex(token.as_bytes());
        if let Some(session) = self.inner.kept.of(self.moment().await?).sessions.get(&digest) {
            return Ok(session.clone());
        }
        let mut reads = self.inner.registry.read().await?;
        let moment = self.moment_of(&mut reads).await?;
        let user = reads.user_by_token(token).await?;
        let session = user.filter(|user| user.active).map(Session::of);
        // Made-up tokens are not kept: nobody may push out what others need.
        if session.is_some() {
            self.inner.kept.of(moment).sessions.insert(digest, session.clone());
        }
        Ok(session)
    }
}
