//! What a question was granted. Made only by [`crate::Gate::ask`], used up by [`crate::Gate::release`].

use crate::acts::application::ProjectVersion;
use crate::answered::Basis;
use crate::ask::Asker;
use crate::disclosure::Disclosure;
use crate::ledger::{Accounting, Ledger};
use gj_model::{FreezeName, PanelId, Purpose, ReleaseClass, Scope};
use gj_policy::Sight;
use gj_registry::{Freeze, Revision};
use std::sync::{Arc, OnceLock};

/// Permission to read the counts of one release for one question.
#[derive(Debug)]
pub struct Grant {
    pub(crate) asker: Asker,
    pub(crate) purpose: Purpose,
    pub(crate) freeze: FreezeName,
    /// Digest under which the release is cited, as frozen.
    pub(crate) digest: String,
    /// The panel that answers now; changes when somebody leaves.
    pub(crate) panel: PanelId,
    /// Whether the panel still counts somebody who left; then genotypes are counted anew.
    pub(crate) stale: bool,
    /// Withdrawals and changes of consent so far: one more while the answer is made, and it is made again.
    pub(crate) consent_acts: u64,
    /// Everybody counted allowed all of this.
    pub(crate) needs_scope: Scope,
    /// Whom of them: no dataset that objects.
    pub(crate) sight: Arc<Sight>,
    /// Counts below this, zero aside, are hidden.
    pub(crate) smallest_cell: u32,
    /// The project it rests on: one act on that while the answer is made, and it is made again.
    pub(crate) project: Option<ProjectVersion>,
    /// The registry as the decision saw it.
    pub(crate) revision: Revision,
    /// How its answers are judged: the same for all while the decision holds, so made once.
    pub(crate) judge: Arc<OnceLock<Judge>>,
    /// What the ledger of privacy asks of the decision.
    pub(crate) seen: Arc<Seen>,
    /// How the answer is accounted for.
    pub(crate) ledger: Ledger,
}

/// What the ledger of privacy asks of a decision: under which regime somebody asks of which release.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) freeze: Freeze,
    /// The release's classes, counted or not.
    pub(crate) classes: Vec<ReleaseClass>,
    /// Whether the guarded regime holds.
    pub(crate) guarded: bool,
    /// Whether a row of the programme puts answers on record.
    pub(crate) on_record: bool,
    /// Who pays, by which row, once it was looked up.
    pub(crate) accounting: OnceLock<Arc<Accounting>>,
}

/// Disclosure control over classes as one view has them.
#[derive(Debug)]
pub(crate) struct Judge {
    pub(crate) classes: Arc<[ReleaseClass]>,
    pub(crate) people: Arc<[u32]>,
    pub(crate) disclosure: Disclosure,
}

impl Judge {
    /// Judges classes with the people in each, of which the sight counts its part.
    pub(crate) fn new(
        classes: Arc<[ReleaseClass]>,
        people: Arc<[u32]>,
        sight: &Sight,
        smallest: u32,
    ) -> Judge {
        let counted: Vec<bool> = classes.iter().map(|class| sight.sees_class(class)).collect();
        let disclosure = Disclosure::new(&classes, &people, &counted, smallest);
        Judge { classes, people, disclosure }
    }

    /// Whether it judges these classes.
    pub(crate) fn is_of(&self, classes: &Arc<[ReleaseClass]>, people: &Arc<[u32]>) -> bool {
        let same = Arc::ptr_eq(&self.classes, classes) && Arc::ptr_eq(&self.people, people);
        same || (self.classes == *classes && self.people == *people)
    }
}

impl Grant {
    /// The same decision, given once more while it holds, not accounted for yet. Only the gate may: a grant is used
    /// up by one answer.
    pub(crate) fn again(&self) -> Grant {
        Grant {
            asker: self.asker.clone(),
            purpose: self.purpose.clone(),
            freeze: self.freeze.clone(),
            digest: self.digest.clone(),
            panel: self.panel.clone(),
            sight: self.sight.clone(),
            project: self.project.clone(),
            judge: self.judge.clone(),
            seen: self.seen.clone(),
            ledger: Ledger::Open,
            ..*self
        }
    }

    /// What an answer under it rests on.
    pub(crate) fn basis(&self) -> Arc<Basis> {
        Arc::new(Basis {
            revision: self.revision,
            freeze: self.freeze.clone(),
            panel: self.panel.clone(),
            stale: self.stale,
            consent_acts: self.consent_acts,
            project: self.project.clone(),
        })
    }

    /// The release that is read.
    pub fn freeze(&self) -> &FreezeName {
        &self.freeze
    }

    /// The consent of everybody who is counted.
    pub fn needs_scope(&self) -> Scope {
        self.needs_scope
    }
}
