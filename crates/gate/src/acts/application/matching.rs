//! The automatic match of an application: consent, terms, windows, purpose, institutions, date, with
//! every reason the rights engine gives.

use crate::ask::{Asker, READ};
use crate::error::GateError;
use crate::gate::Gate;
use gj_casework::{Outcome, ProjectScope, Tier};
use gj_model::{Effect, InstitutionId, Reason, ReleaseClass};
use gj_policy::{Composition, Decision, Party, Usage};
use gj_registry::Reads;
use std::collections::BTreeSet;

/// What the rules ask for and later steps of the life cycle bring: payment, agreement, the committee and the head.
const LATER: [&str; 7] = [
    "payment-missing",
    "agreement-missing",
    "committee-opinion",
    "head-decision",
    "conflict-undeclared",
    "reviews-missing",
    "second-review",
];
/// What the contributor of a dataset is asked for.
const CONTRIBUTOR: &str = "acquirer-agreement";

/// Where it says that those who acquired data are asked before others use them in detail.
const MATRIX: &str =
    "Ministry of Health, Labour and Welfare, data use policy papers 2022 (draft, as read): access matrix";

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

/// Matches a scope with the rules of today: the applicant with everybody's institutions, every dataset. Who
/// gave the data is asked where the rules say so.
///
/// ```ignore
/// let found = matching::check(gate, &mut reads, &scope).await?;
/// assert_eq!(found.outcome, Outcome::Ask);
/// assert_eq!(found.contributors, ["biobank-minato"]);
/// ```
pub(super) async fn check(gate: &Gate, reads: &mut Reads, scope: &ProjectScope) -> Result<Match, GateError> {
    let mut reasons: Vec<Reason> = Vec::new();
    let mut contributors = BTreeSet::new();
    let mut denied = false;
    let mut unregistered = BTreeSet::new();
    for person in &scope.people {
        let asker = Asker { user: person.user.parse().ok() };
        let mut case = gate.facts(reads, &asker, READ).await?;
        case.purpose = Some(gate.purpose_fact(reads, &scope.purpose).await?);
        case.usage = Some(if scope.tier == Tier::Detailed { Usage::Detailed } else { Usage::Overview });
        case.collaborators = parties(reads, scope, &person.institution).await?;
        gate.add_datasets(reads, &mut case).await?;
        for dataset in &scope.datasets {
            let held = held(gate, reads, dataset).await?;
            case.freeze_exists = !held.is_empty();
            let sight = case.sight();
            let sight = case.sight_of_some(sight, held.iter());
            if case.usage() == Usage::Detailed && case.composition() == Composition::AcademicAlone {
                let known = |class: &ReleaseClass| {
                    let mut registered = sight.datasets.iter();
                    registered.any(|dataset| dataset.holds(class.institution.as_str(), &class.stratum))
                };
                let others =
                    held.iter().filter(|class| !known(class)).map(|class| class.institution.to_string());
                unregistered.extend(others.filter(|id| *id != person.institution));
            }
            let found = match sight.decision {
                Decision::Allow(_) => continue,
                Decision::Ask(found) => found,
                Decision::Deny(found) => {
                    denied = true;
                    found
                }
            };
            if found.iter().any(|reason| reason.code == CONTRIBUTOR) {
                let others = held.iter().map(|class| class.institution.to_string());
                contributors.extend(others.filter(|id| *id != person.institution));
            }
            reasons.extend(found.into_iter().filter(|reason| !LATER.contains(&reason.code.as_str())));
        }
    }
    // Whose data no dataset row speaks of is asked all the same.
    if !unregistered.is_empty() {
        let list = unregistered.iter().cloned().collect::<Vec<_>>().join(", ");
        reasons.push(Reason {
            code: CONTRIBUTOR.to_owned(),
            ja: format!("他機関のデータの詳細な利用には、提供機関の同意が必要です：{list}。"),
            en: format!("Detailed use of others' data needs the agreement of the contributor: {list}."),
            source: MATRIX.to_owned(),
            effect: Effect::Ask,
            ..Reason::default()
        });
        contributors.append(&mut unregistered);
    }
    let mut seen = BTreeSet::new();
    reasons.retain(|reason| seen.insert((reason.code.clone(), reason.until)));
    // What the applicant must mend first, such as a training, sends the application back like a denial.
    let denied = denied || reasons.iter().any(|reason| reason.code != CONTRIBUTOR);
    let outcome = match (denied, reasons.is_empty()) {
        (true, _) => Outcome::Deny,
        (false, true) => Outcome::Allow,
        (false, false) => Outcome::Ask,
    };
    let contributors = if denied { Vec::new() } else { contributors.into_iter().collect() };
    Ok(Match { outcome, reasons, contributors })
}

/// The institutions that take part beside `own`.
pub(super) async fn parties(
    reads: &mut Reads,
    scope: &ProjectScope,
    own: &str,
) -> Result<Vec<Party>, GateError> {
    let others: BTreeSet<&str> =
        scope.people.iter().map(|person| person.institution.as_str()).filter(|id| *id != own).collect();
    let mut parties = Vec::with_capacity(others.len());
    for id in others {
        let id: InstitutionId = id.parse().map_err(|e| GateError::Inconsistent(format!("{e}")))?;
        if let Some(institution) = reads.institution(&id).await? {
            let sanctions = reads.sanctions_of(&id).await?;
            parties.push(Party {
                institution: id.to_string(),
                class: institution.class,
                country: institution.country,
                sanctions: sanctions
                    .iter()
                    .filter(|sanction| sanction.user.is_empty())
                    .map(|sanction| gj_policy::Period {
                        valid_from: sanction.valid_from,
                        valid_to: sanction.valid_to,
                    })
                    .collect(),
            });
        }
    }
    Ok(parties)
}

/// The classes of people a dataset holds: a release, a registered dataset or a contributor's part of the
/// newest release.
async fn held(gate: &Gate, reads: &mut Reads, dataset: &str) -> Result<Vec<ReleaseClass>, GateError> {
    let freezes = reads.freezes().await?;
    let named = freezes.iter().find(|freeze| freeze.name.as_str() == dataset);
    let newest = freezes.iter().max_by_key(|freeze| freeze.created_at.clone());
    let Some(freeze) = named.or(newest) else { return Ok(Vec::new()) };
    let registered = reads.datasets().await?.into_iter().find(|row| row.id == dataset);
    let (classes, people) = gate.sizes_of(reads, freeze).await?;
    let wanted = |class: &ReleaseClass| match &registered {
        _ if named.is_some() => true,
        Some(row) => {
            row.contributor == class.institution && (row.stratum.is_empty() || row.stratum == class.stratum)
        }
        None => class.institution.as_str() == dataset,
    };
    let there = classes.into_iter().zip(people).filter(|(class, people)| *people > 0 && wanted(class));
    Ok(there.map(|(class, _)| class).collect())
}
