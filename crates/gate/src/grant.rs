//! What a question was granted. Made only by [`crate::Gate::ask`], used up by [`crate::Gate::release`].

use crate::acts::application::ProjectVersion;
use crate::ask::Asker;
use crate::ledger::Ledger;
use gj_model::{FreezeName, PanelId, Purpose, Scope};
use gj_policy::Sight;

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
    pub(crate) sight: Sight,
    /// Counts below this, zero aside, are hidden.
    pub(crate) smallest_cell: u32,
    /// The project it rests on: one act on that while the answer is made, and it is made again.
    pub(crate) project: Option<ProjectVersion>,
    /// How the answer is accounted for.
    pub(crate) ledger: Ledger,
}

impl Grant {
    /// The release that is read.
    pub fn freeze(&self) -> &FreezeName {
        &self.freeze
    }

    /// The consent of everybody who is counted.
    pub fn needs_scope(&self) -> Scope {
        self.needs_scope
    }
}
