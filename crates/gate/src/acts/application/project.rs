//! A project as a question names it: the facts that a grant brings to the decision.
//!
//! Owns how an application becomes a [`ProjectFact`]; what follows from it the policy says.

use super::{Loaded, matching, pricing};
use crate::ask::{Asker, Ground};
use crate::case::Case;
use crate::error::GateError;
use crate::gate::Gate;
use gj_casework::{Person, ProjectScope, State, right};
use gj_model::ApplicationId;
use gj_money::{Account, Yen};
use gj_policy::{AgreementFact, Member, Part, Period, ProjectFact, Standing, Step, Usage};
use gj_registry::Reads;
use serde::Serialize;
use std::collections::BTreeSet;

/// What a grant rests on: both reviews, the opinion, the decision, and everybody who gave data and was asked.
const STEPS: [Step; 5] =
    [Step::DataAcquirer, Step::ConflictDeclared, Step::TwoReviews, Step::Committee, Step::Head];

/// The version of a project that an answer rests on.
#[derive(Debug, Clone)]
pub(crate) struct ProjectVersion {
    pub(crate) id: ApplicationId,
    /// Digest of what may be used today.
    pub(crate) digest: String,
    version: u64,
}

/// A project somebody may name with a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProjectChoice {
    /// Its number.
    pub id: ApplicationId,
    /// Title, as the public register shows it.
    pub title: String,
    /// The purpose it was granted for.
    pub purpose: String,
}

impl ProjectVersion {
    /// Whether nothing has happened to the project since.
    pub(crate) async fn is_current(&self, reads: &mut Reads) -> Result<bool, GateError> {
        Ok(reads.application(&self.id).await?.is_some_and(|row| row.version == self.version))
    }
}

impl Gate {
    /// Adds to a case the project it is asked under. The version is told where the grant holds for the asker.
    pub(crate) async fn add_project(
        &self,
        reads: &mut Reads,
        case: &mut Case,
        id: &ApplicationId,
        question: &Ground<'_>,
    ) -> Result<Option<ProjectVersion>, GateError> {
        let today = self.inner.clock.today();
        let mut fact = ProjectFact::unknown(id.as_str(), today);
        let loaded = self.load(reads, id).await?;
        let (Some(loaded), Some(applicant)) = (loaded, &case.facts.applicant) else {
            case.facts.project = Some(fact);
            return Ok(None);
        };
        let asker = Person { user: applicant.user.clone(), institution: applicant.institution.clone() };
        let (granted, common) = self.grant_of(reads, &loaded).await?;
        let scope = common.as_ref().or(granted.as_ref()).unwrap_or(&loaded.scope);
        fact.member = match &common {
            Some(common) if common.people.contains(&asker) => Member::Yes,
            Some(_) if loaded.scope.people.contains(&asker) => {
                let is_granted = granted.as_ref().is_some_and(|granted| granted.people.contains(&asker));
                if is_granted { Member::Unaccepted } else { Member::Unchecked }
            }
            None if scope.people.contains(&asker) || loaded.scope.people.contains(&asker) => Member::Yes,
            _ => Member::No,
        };
        fact.standing = standing(&loaded, granted.as_ref(), common.is_some(), today);
        fact.same_purpose = scope.purpose == *question.purpose;
        fact.usage = match scope.tier {
            gj_casework::Tier::Detailed => Usage::Detailed,
            gj_casework::Tier::Overview => Usage::Overview,
        };
        fact.parts = parts(reads, scope, question.freeze.as_str()).await?;
        (fact.from, fact.until, fact.digest) = (scope.from, scope.until, scope.digest());
        if !fact.holds() {
            case.facts.project = Some(fact);
            return Ok(None);
        }
        case.facts.collaborators = matching::parties(reads, scope, &asker.institution).await?;
        case.facts.usage = Some(fact.usage);
        case.facts.done = STEPS.to_vec();
        if reads.obligations_overdue(&loaded.row.owner.user, &loaded.row.owner.institution, today).await? == 0
        {
            case.facts.done.push(Step::ReportsFiled);
        }
        let paid = self.fee_is_paid(reads, id, scope).await?;
        if let Some(applicant) = &mut case.facts.applicant {
            applicant.paid |= paid;
            // Signed by the applicant and the head, bound to the digest of the scope.
            let period = Period { valid_from: fact.from, valid_to: Some(fact.until) };
            applicant.agreements.push(AgreementFact { dataset: None, period });
        }
        let version =
            ProjectVersion { id: id.clone(), digest: fact.digest.clone(), version: loaded.row.version };
        case.facts.project = Some(fact);
        Ok(Some(version))
    }

    /// What was granted, and what of it may be used today.
    async fn grant_of(
        &self,
        reads: &mut Reads,
        loaded: &Loaded,
    ) -> Result<(Option<ProjectScope>, Option<ProjectScope>), GateError> {
        let Some(grant) = &loaded.case.grant else { return Ok((None, None)) };
        let granted = reads.application_scope(&loaded.row.id, grant.scope).await?;
        let common = right(&loaded.case, &granted, &loaded.scope, self.inner.clock.today());
        Ok((Some(granted), common))
    }

    /// Whether the project's fee is settled: what was paid for it still is, or nothing is due. A payment may
    /// be taken back.
    async fn fee_is_paid(
        &self,
        reads: &mut Reads,
        id: &ApplicationId,
        scope: &ProjectScope,
    ) -> Result<bool, GateError> {
        let mut invoices = reads.application_invoices(id).await?;
        invoices.retain(|invoice| invoice.paid_on.is_some());
        for invoice in &invoices {
            if reads.balance(Account::Receivable, &invoice.id).await? > Yen::ZERO {
                return Ok(false);
            }
        }
        Ok(!invoices.is_empty() || pricing::price(self, reads, None, scope).await?.amount_yen == 0)
    }

    /// Projects under which the asker may ask today, by number.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub async fn projects_of(&self, asker: &Asker) -> Result<Vec<ProjectChoice>, GateError> {
        let Some(user) = &asker.user else { return Ok(Vec::new()) };
        let mut reads = self.inner.registry.read().await?;
        let mut projects = Vec::new();
        for id in reads.granted_to(user).await? {
            let Some(loaded) = self.load(&mut reads, &id).await? else { continue };
            let (_, common) = self.grant_of(&mut reads, &loaded).await?;
            let theirs = |scope: &ProjectScope| scope.people.iter().any(|p| p.user == user.as_str());
            if let Some(scope) = common.filter(theirs) {
                projects.push(ProjectChoice { id, title: scope.title, purpose: scope.purpose.to_string() });
            }
        }
        Ok(projects)
    }
}

fn standing(
    loaded: &Loaded,
    granted: Option<&ProjectScope>,
    in_force: bool,
    today: chrono::NaiveDate,
) -> Standing {
    match (loaded.row.state, granted) {
        _ if in_force => Standing::Granted,
        (State::Suspended, _) => Standing::Suspended,
        (State::Revoked, _) => Standing::Revoked,
        (State::Expired, _) => Standing::Expired,
        (State::Payment, None) => Standing::Unpaid,
        (_, Some(scope)) if today < scope.from => Standing::NotBegun,
        (_, Some(_)) => Standing::Expired,
        (_, None) => Standing::Applied,
    }
}

/// Whose data a scope names; `None` where it names the whole release.
async fn parts(
    reads: &mut Reads,
    scope: &ProjectScope,
    release: &str,
) -> Result<Option<Vec<Part>>, GateError> {
    if scope.datasets.iter().any(|name| name == release) {
        return Ok(None);
    }
    let registered = reads.datasets().await?;
    let releases: BTreeSet<String> =
        reads.freezes().await?.iter().map(|freeze| freeze.name.to_string()).collect();
    let named = scope.datasets.iter().filter(|name| !releases.contains(*name));
    let part = |name: &String| match registered.iter().find(|dataset| dataset.id == *name) {
        Some(dataset) => Part {
            contributor: dataset.contributor.to_string(),
            stratum: Some(dataset.stratum.clone()).filter(|stratum| !stratum.is_empty()),
        },
        None => Part { contributor: name.clone(), stratum: None },
    };
    Ok(Some(named.map(part).collect()))
}
