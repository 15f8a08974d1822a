//! The decision: every rule is asked, all that deny are named.

use crate::facts::Facts;
use crate::rules::RULES;
use gj_model::{Reason, Scope};

/// The outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Permitted, under these terms.
    Allow(Terms),
    /// Refused for every one of these reasons; never empty.
    Deny(Vec<Reason>),
}

/// Under which terms an act is permitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Only people who allowed all of this are read.
    pub needs_scope: Scope,
    /// Counts from 1 up to one less than this are hidden.
    pub smallest_cell: u32,
}

/// Decides. Order of rules and of rows changes nothing but the order of reasons.
pub fn decide(facts: &Facts) -> Decision {
    let reasons: Vec<Reason> =
        RULES.iter().filter(|rule| (rule.denies)(facts)).map(|rule| rule.reason(facts)).collect();
    if !reasons.is_empty() {
        return Decision::Deny(reasons);
    }
    Decision::Allow(Terms { needs_scope: needed_scope(facts), smallest_cell: facts.smallest_cell })
}

/// What everybody counted must have allowed: what the purpose needs, and what rules add for this
/// applicant. Administrative acts count nobody and need nothing.
pub fn needed_scope(facts: &Facts) -> Scope {
    let (Some(purpose), Some(applicant)) = (&facts.purpose, &facts.applicant) else { return Scope::NONE };
    let added =
        facts.rules.iter().filter(|rule| rule.concerns(applicant)).flat_map(|rule| rule.needs.items());
    purpose.needs_scope.items().chain(added).collect()
}
