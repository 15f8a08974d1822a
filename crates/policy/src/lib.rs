//! Rights: facts in, decision out.
//!
//! Level 1: pure. Reads no registry and no clock; the same facts and the same day give the same
//! decision for ever. The sentences people read, their sources and their validity are rows of the
//! programme ([`RuleText`]); one file per rule under `rules/` says when it denies.
//!
//! A decision names *every* rule that denies, not only the first, so that an applicant can mend all
//! of it at once.

mod decide;
mod facts;
mod rules;

pub use decide::{Decision, Terms, decide, needed_scope};
pub use facts::{Applicant, ExtractFact, Facts, PurposeFact, RuleText};
