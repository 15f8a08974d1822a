//! The automatic match of an application: consent, purpose, institutions, date, with every reason.
//!
//! Written against the rules as they stand in `gate/ask`; the one place to change when the rights engine
//! gives three outcomes itself.

use crate::ask::{Asker, READ};
use crate::error::GateError;
use crate::gate::Gate;
use gj_casework::{Outcome, ProjectScope, Tier};
use gj_model::Reason;
use gj_policy::{Decision, decide, needed_scope};
use gj_registry::Reads;
use std::collections::BTreeSet;

/// Rules that the payment gate answers later.
const LATER: [&str; 1] = ["payment-missing"];

/// What the match found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Match {
    /// A denial dominates, then what is still to be asked.
    pub(super) outcome: Outcome,
    /// Every reason that denies, or asks.
    pub(super) reasons: Vec<Reason>,
    /// Contributors whose agreement is needed.
    pub(super) contributors: Vec<String>,
}

/// Matches a scope with the rules of today: each of its people must be allowed its purpose, somebody in
/// each of its datasets must have allowed it, and who gave the data is asked where the access matrix says so.
///
/// ```ignore
/// let found = matching::check(gate, &mut reads, &scope).await?;
/// assert_eq!(found.outcome, Outcome::Ask);
/// assert_eq!(found.contributors, ["biobank-minato"]);
/// ```
pub(super) async fn check(gate: &Gate, reads: &mut Reads, scope: &ProjectScope) -> Result<Match, GateError> {
    let mut reasons: Vec<Reason> = Vec::new();
    let mut contributors = BTreeSet::new();
    let mut any_company = false;
    for person in &scope.people {
        let asker = Asker { user: person.user.parse().ok() };
        let mut facts = gate.facts(reads, &asker, READ).await?;
        facts.purpose = Some(gate.purpose_fact(reads, &scope.purpose).await?);
        any_company |= facts.applicant.as_ref().is_some_and(|who| who.institution_class == "company");
        for dataset in &scope.datasets {
            let held = held(gate, reads, dataset, needed_scope(&facts)).await?;
            facts.freeze_exists = held.known;
            facts.someone_allows = held.someone_allows;
            contributors.extend(held.contributors);
            if let Decision::Deny(denied) = decide(&facts) {
                let new = denied.into_iter().filter(|reason| !LATER.contains(&reason.code.as_str()));
                reasons.extend(new);
            }
        }
    }
    let mut seen = BTreeSet::new();
    reasons.retain(|reason| seen.insert(reason.code.clone()));
    if !reasons.is_empty() {
        return Ok(Match { outcome: Outcome::Deny, reasons, contributors: Vec::new() });
    }
    // Others' data in detail: their contributor agrees. With a company, committee and head decide instead.
    contributors.retain(|id| !scope.people.iter().all(|person| person.institution == *id));
    if scope.tier != Tier::Detailed || any_company || contributors.is_empty() {
        return Ok(Match { outcome: Outcome::Allow, reasons, contributors: Vec::new() });
    }
    let contributors: Vec<String> = contributors.into_iter().collect();
    let list = contributors.join(", ");
    reasons.push(Reason {
        code: "contributor-agreement".to_owned(),
        ja: format!("他機関のデータの詳細な利用には、提供機関の同意が必要です：{list}。"),
        en: format!("Detailed use of others' data needs the agreement of the contributor: {list}."),
        source: "Ministry of Health, Labour and Welfare, data use policy papers 2022 (draft, as read): access matrix"
            .to_owned(),
    });
    Ok(Match { outcome: Outcome::Ask, reasons, contributors })
}

struct Held {
    known: bool,
    someone_allows: bool,
    contributors: Vec<String>,
}

/// Whose data a dataset holds, and whether any of them allowed `scope`. A dataset is a release, or a
/// contributor's part of the newest one.
async fn held(
    gate: &Gate,
    reads: &mut Reads,
    dataset: &str,
    scope: gj_model::Scope,
) -> Result<Held, GateError> {
    let freezes = reads.freezes().await?;
    let named = freezes.iter().find(|freeze| freeze.name.as_str() == dataset);
    let newest = freezes.iter().max_by_key(|freeze| freeze.created_at.clone());
    let Some(freeze) = named.or(newest) else {
        return Ok(Held { known: false, someone_allows: false, contributors: Vec::new() });
    };
    let (classes, people) = gate.sizes_of(reads, freeze).await?;
    let wanted = |institution: &str| named.is_some() || institution == dataset;
    let held: Vec<_> = classes
        .iter()
        .zip(people)
        .filter(|(class, people)| *people > 0 && wanted(class.institution.as_str()))
        .collect();
    let contributors: BTreeSet<String> =
        held.iter().map(|(class, _)| class.institution.to_string()).collect();
    Ok(Held {
        known: !held.is_empty(),
        someone_allows: held.iter().any(|(class, _)| class.scope.covers(scope)),
        contributors: contributors.into_iter().collect(),
    })
}
