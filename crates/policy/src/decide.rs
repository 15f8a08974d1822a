//! The decision: every rule is asked, all that object are named.

use crate::facts::Facts;
use crate::project;
use crate::structure::{self, Rule};
use crate::table::{Applies, Table};
use crate::terms;
use gj_model::{Effect, Reason, Scope};
use serde::{Deserialize, Serialize};

/// The outcome. Deny dominates ask, ask dominates allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Permitted, under these terms.
    Allow(Terms),
    /// Not yet: for each of these reasons somebody must do something; never empty.
    Ask(Vec<Reason>),
    /// Refused; never empty. Reasons that deny come first, then what would still be asked.
    Deny(Vec<Reason>),
}

/// Under which terms an act is permitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Only people who allowed all of this are read.
    pub needs_scope: Scope,
    /// Counts from 1 up to one less than this are hidden.
    pub smallest_cell: u32,
    /// What is to be done by who uses the permission.
    pub duties: Vec<Reason>,
}

impl Decision {
    /// The reasons of what is no permission; `None` for one.
    pub fn objections(&self) -> Option<&[Reason]> {
        match self {
            Decision::Allow(_) => None,
            Decision::Ask(reasons) | Decision::Deny(reasons) => Some(reasons),
        }
    }

    /// `allow`, `ask` or `deny`.
    pub fn name(&self) -> &'static str {
        match self {
            Decision::Allow(_) => "allow",
            Decision::Ask(_) => "ask",
            Decision::Deny(_) => "deny",
        }
    }
}

/// Decides by the rules of a day, which should be that of the facts. The order of rules changes nothing.
///
/// ```
/// use gj_policy::{Applicant, Decision, Facts, PurposeFact, Table, profile};
/// let today = "2026-11-22".parse().unwrap();
/// let rules = profile::shipped("proposal").unwrap();
/// let mut facts = Facts::of(today, "frequency.read");
/// facts.applicant = Some(Applicant {
///     user: "aki".into(),
///     active: true,
///     institution: "pharma-a".into(),
///     class: Some(gj_model::InstitutionClass::Company),
///     country: "JP".into(),
///     acts: vec!["frequency.read".into()],
///     paid: false,
///     trainings: vec![],
///     agreements: vec![],
///     sanctions: vec![],
/// });
/// facts.purpose = Some(PurposeFact {
///     known: true,
///     duo: "DUO:0000042".into(),
///     needs_disease: false,
///     diseases: vec![],
///     vocabulary: gj_policy::Vocabulary::Unstated,
///     needs_scope: "research".parse().unwrap(),
/// });
/// let Decision::Ask(reasons) = gj_policy::decide(&Table::of(&[&rules.rules], today), &facts) else {
///     panic!("a company pays first");
/// };
/// assert_eq!(reasons[0].code, "payment-missing");
/// assert_eq!(reasons[0].remedy.as_ref().unwrap().who, "applicant");
/// ```
pub fn decide(table: &Table, facts: &Facts) -> Decision {
    let mut reasons: Vec<Reason> =
        rules_of_the_program().filter(|rule| (rule.denies)(facts)).map(|rule| rule.reason(table)).collect();
    let applying = applying(table, facts);
    let lacks = |applies: &&Applies<'_>| {
        facts.consent.as_ref().is_some_and(|consent| !consent.scope.covers(applies.needs()))
    };
    let consent =
        applying.iter().filter(lacks).map(|applies| Reason { effect: Effect::Deny, ..applies.reason() });
    reasons.extend(consent);
    let others = applying.iter().filter(|applies| applies.rule.effect != Some(Effect::Needs));
    reasons.extend(others.map(Applies::reason));
    if facts.applicant.as_ref().is_some_and(|applicant| applicant.active) {
        reasons.extend(terms::reasons(table, facts));
    }
    let (mut objections, duties): (Vec<Reason>, Vec<Reason>) =
        reasons.into_iter().partition(|reason| reason.effect < Effect::Duty);
    // Stable: rules of the program itself stay first, then rules by code.
    objections.sort_by_key(|reason| reason.effect);
    match objections.first().map(|reason| reason.effect) {
        Some(Effect::Deny) => Decision::Deny(objections),
        Some(_) => Decision::Ask(objections),
        None => Decision::Allow(Terms {
            needs_scope: with(facts, &applying),
            smallest_cell: facts.smallest_cell,
            duties,
        }),
    }
}

/// Those that hold in every programme, in the order in which they are read.
fn rules_of_the_program() -> impl Iterator<Item = &'static Rule> {
    structure::RULES.iter().chain(project::RULES)
}

/// What everybody counted must have allowed: what the purpose needs, and what rules add for those who take
/// part. Administrative acts count nobody and need nothing.
pub fn needed_scope(table: &Table, facts: &Facts) -> Scope {
    with(facts, &applying(table, facts))
}

/// Nobody but an active user is told more than that.
fn applying<'a>(table: &'a Table, facts: &Facts) -> Vec<Applies<'a>> {
    match &facts.applicant {
        Some(applicant) if applicant.active => table.applying(facts),
        _ => Vec::new(),
    }
}

fn with(facts: &Facts, applying: &[Applies<'_>]) -> Scope {
    let Some(purpose) = &facts.purpose else { return Scope::NONE };
    let added = applying.iter().flat_map(|applies| applies.needs().items());
    purpose.needs_scope.items().chain(added).collect()
}
