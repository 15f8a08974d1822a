//! Applications for use: drafted, reviewed, decided, granted, reported on. One transaction with its audit
//! line for each step; what is possible says `casework`, and who may read what.

mod card;
mod desk;
mod effects;
mod matching;
mod pricing;
mod project;
mod running;
mod step;
#[cfg(test)]
mod tests;

pub use card::{ApplicationCard, EventCard, ReviewerCard};
pub use desk::{Brief, Due, RegisterEntry};
pub use gj_casework::{Act, Role, State, Tier, Verdict};
pub use pricing::ProjectPrice;
pub(crate) use pricing::{Part, due as project_due};
pub use project::ProjectChoice;
pub(crate) use project::ProjectVersion;

use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use chrono::NaiveDate;
use gj_casework::{Case, Event, Person, ProjectScope};
use gj_model::{ApplicationId, Purpose, UserId};
use gj_registry::{Application, Reads};
use serde::Deserialize;

/// Characters of a title at most.
const TITLE_CHARS_MAX: usize = 200;
/// Characters of a plan, a review or another text at most.
const TEXT_CHARS_MAX: usize = 20_000;
/// Collaborators and datasets of one application at most.
const LIST_MAX: usize = 100;

/// What an applicant writes. People are the applicant and these collaborators.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// Title, as the public register will show it.
    pub title: String,
    /// What for.
    pub purpose: Purpose,
    /// How closely.
    pub tier: Tier,
    /// Releases or contributors.
    pub datasets: Vec<String>,
    /// Collaborators.
    pub people: Vec<UserId>,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub until: NaiveDate,
    /// What is going to be done.
    pub plan: String,
}

/// A step that somebody asks for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepRequest {
    /// On which application.
    pub application: ApplicationId,
    /// The version it was looked at in; `None`: as it stands.
    pub version: Option<u64>,
    /// What.
    pub act: Act,
    /// Whom it concerns.
    pub subject: Option<UserId>,
    /// A judgement.
    pub verdict: Option<Verdict>,
    /// Reasons, review, report, reference of a payment or publication.
    pub text: Option<String>,
    /// The digest that is signed.
    pub digest: Option<String>,
    /// The scope, where the act writes one.
    pub draft: Option<Draft>,
    /// `paper` or `patent`, and the release it uses, where the act registers one.
    pub paper: Option<(String, Option<String>)>,
}

impl StepRequest {
    /// A step without anything beside it.
    pub fn new(application: ApplicationId, act: Act) -> StepRequest {
        StepRequest {
            application,
            version: None,
            act,
            subject: None,
            verdict: None,
            text: None,
            digest: None,
            draft: None,
            paper: None,
        }
    }
}

/// An application as it is read for a step or a page.
pub(crate) struct Loaded {
    pub(crate) row: Application,
    pub(crate) events: Vec<Event>,
    pub(crate) case: Case,
    pub(crate) scope: ProjectScope,
}

impl Gate {
    pub(crate) async fn load(
        &self,
        reads: &mut Reads,
        id: &ApplicationId,
    ) -> Result<Option<Loaded>, GateError> {
        let Some(row) = reads.application(id).await? else { return Ok(None) };
        // The events are what counts; what lists read is compared with them at every step.
        let events = reads.application_events(id).await?;
        let case = Case::replay(row.owner.clone(), &events);
        if (case.state, case.version, case.scope) != (row.state, row.version, row.scope) {
            return Err(GateError::Inconsistent(format!("application `{id}` is not what its events say")));
        }
        if row.standing.as_ref().is_some_and(|stored| *stored != case) {
            return Err(GateError::Inconsistent(format!(
                "what is stored of application `{id}` is not what its events say"
            )));
        }
        let scope = reads.application_scope(id, row.scope).await?;
        Ok(Some(Loaded { row, events, case, scope }))
    }

    /// The account with its institution, if it is active.
    async fn person(&self, reads: &mut Reads, user: &UserId) -> Result<Option<Person>, GateError> {
        let user = reads.user(user).await?.filter(|user| user.active);
        Ok(user.map(|user| Person { user: user.id.to_string(), institution: user.institution.to_string() }))
    }

    /// The scope a draft means.
    async fn scope_of(
        &self,
        reads: &mut Reads,
        owner: &Person,
        draft: &Draft,
    ) -> Result<ProjectScope, GateError> {
        let wrong = |what: String| Err(GateError::Application(what));
        if draft.title.chars().count() > TITLE_CHARS_MAX || draft.title.chars().any(char::is_control) {
            return wrong(format!("the title must be one line of at most {TITLE_CHARS_MAX} characters"));
        }
        if draft.plan.chars().count() > TEXT_CHARS_MAX {
            return wrong(format!("the plan must have at most {TEXT_CHARS_MAX} characters"));
        }
        if draft.people.len() > LIST_MAX || draft.datasets.len() > LIST_MAX {
            return wrong(format!("at most {LIST_MAX} collaborators and datasets"));
        }
        if draft.until < draft.from {
            return wrong(format!("the last day {} is before the first, {}", draft.until, draft.from));
        }
        let mut people = vec![owner.clone()];
        for user in &draft.people {
            let Some(person) = self.person(reads, user).await? else {
                return wrong(format!("`{user}` is not an active user"));
            };
            if !people.contains(&person) {
                people.push(person);
            }
        }
        people[1..].sort();
        let mut datasets = draft.datasets.clone();
        datasets.sort();
        datasets.dedup();
        Ok(ProjectScope {
            title: draft.title.trim().to_owned(),
            purpose: draft.purpose.clone(),
            tier: draft.tier,
            datasets,
            people,
            from: draft.from,
            until: draft.until,
            plan: draft.plan.trim().to_owned(),
        })
    }

    /// What a draft would cost, before anything is applied for.
    ///
    /// # Errors
    /// A refusal; a draft that cannot be one.
    pub async fn project_price(&self, asker: &Asker, draft: &Draft) -> Result<ProjectPrice, GateError> {
        let owner = self.applying(asker).await?;
        let mut reads = self.inner.registry.read().await?;
        let scope = self.scope_of(&mut reads, &owner, draft).await?;
        pricing::price(self, &mut reads, None, &scope).await
    }

    /// Whether the asker could begin an application.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub async fn may_apply(&self, asker: &Asker) -> Result<bool, GateError> {
        let Some(user) = &asker.user else { return Ok(false) };
        let rights = self.inner.registry.read().await?.acts_of(user).await?;
        Ok(rights.iter().any(|right| right == APPLY))
    }

    /// The asker as somebody who may apply.
    async fn applying(&self, asker: &Asker) -> Result<Person, GateError> {
        self.authorise(asker, APPLY, "applications").await?;
        let mut reads = self.inner.registry.read().await?;
        let person = match &asker.user {
            Some(user) => self.person(&mut reads, user).await?,
            None => None,
        };
        person.ok_or(GateError::Changed)
    }
}

/// The right to apply.
pub(crate) const APPLY: &str = "application.apply";
