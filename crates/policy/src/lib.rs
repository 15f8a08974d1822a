//! Rights: facts in, decision out.
//!
//! Level 1: pure. Reads no registry and no clock; the same facts and the same day give the same
//! decision for ever. What can be decided once and for all is code (`structure`, `terms`); everything a
//! ministry could change is a dated row ([`Rule`]) of a profile file or of the programme, compiled for a
//! day into a [`Table`].
//!
//! A decision names *every* rule that objects, not only the first, so that an applicant can mend all
//! of it at once: what denies, and what others are still asked to do.

mod cells;
mod day;
mod decide;
mod difference;
mod facts;
mod features;
pub mod profile;
mod project;
mod rule;
mod sight;
mod structure;
mod table;
mod terms;
mod word;

pub use cells::{Cell, cells};
pub use decide::{Decision, Terms, decide, needed_scope};
pub use difference::{ChangedCell, ChangedRule, Difference, difference};
pub use facts::{
    Agreement, AgreementFact, Applicant, Composition, ConsentFact, DatasetFact, ExtractFact, Facts,
    FunderTier, Party, Period, PurposeFact, Step, TermFact, Tier, Usage, Vocabulary, Window, WindowFact,
};
pub use profile::Profile;
pub use project::{Member, Part, ProjectFact, Standing};
pub use rule::{Conditions, Rule, RuleRow};
pub use sight::{DatasetSight, Sight, people};
pub use table::Table;
