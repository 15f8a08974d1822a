//! Taking one step: new drafts, acts of people, and what happens by itself after them.

use super::{APPLY, Draft, Loaded, StepRequest, TEXT_CHARS_MAX, card, effects, matching, pricing};
use crate::ask::Asker;
use crate::audit::{Note, bounded};
use crate::error::{GateError, Refusal};
use crate::gate::Gate;
use crate::random;
use gj_casework::{Act, Event, Outside, Person, ProjectScope, Refused, Role, State, Step, due};
use gj_model::{ApplicationId, UserId};
use gj_registry::{Application, Reads, Tx};
use serde_json::json;

/// Actor of what happens by itself.
pub(super) const SYSTEM: &str = "system";
/// Steps of the system after one of a person at most.
const SYSTEM_STEPS_MAX: usize = 8;

/// An event that was judged possible, with what it does beside being one.
pub(super) struct Taken {
    pub(super) event: Event,
    /// The scope as it is after it, where the event writes one.
    pub(super) scope: Option<ProjectScope>,
}

impl Gate {
    /// Begins an application; returns its number.
    ///
    /// # Errors
    /// A refusal; [`GateError::Application`] for a draft that cannot be one.
    pub async fn new_application(&self, asker: &Asker, draft: &Draft) -> Result<ApplicationId, GateError> {
        let owner = self.applying(asker).await?;
        let mut tx = self.inner.registry.begin().await?;
        let scope = self.scope_of(&mut tx, &owner, draft).await?;
        let id = self.insert_draft(&mut tx, owner, &scope).await?;
        self.commit(tx).await?;
        Ok(id)
    }

    pub(super) async fn insert_draft(
        &self,
        tx: &mut Tx,
        owner: Person,
        scope: &ProjectScope,
    ) -> Result<ApplicationId, GateError> {
        let id: ApplicationId = format!("A-{}", random::digits::<5>()?)
            .parse()
            .map_err(|error| GateError::Inconsistent(format!("{error}")))?;
        let since = self.inner.clock.at();
        let actor = owner.user.clone();
        let row = Application {
            id,
            owner,
            state: State::Draft,
            version: 0,
            scope: 1,
            since,
            due: None,
            standing: None,
        };
        tx.insert_application(&row, scope).await?;
        let detail = json!({ "scope": scope.digest() });
        let note = Note { actor: &actor, act: APPLY, subject: row.id.as_str(), outcome: "draft", detail };
        self.note(tx, note).await?;
        Ok(row.id)
    }

    /// Takes a step, and those that then happen by themselves. Returns the application to look at.
    ///
    /// # Errors
    /// A refusal with every reason; [`GateError::Stale`] when somebody acted in between;
    /// [`GateError::NoApplication`] when there is none the asker may know of.
    pub async fn step_application(
        &self,
        asker: &Asker,
        request: &StepRequest,
    ) -> Result<ApplicationId, GateError> {
        let id = self.step_of_person(asker, request).await?;
        self.settle_application(&id).await?;
        Ok(id)
    }

    async fn step_of_person(&self, asker: &Asker, request: &StepRequest) -> Result<ApplicationId, GateError> {
        let id = &request.application;
        let mut reads = self.inner.registry.read().await?;
        let user = asker.user.as_ref();
        let person = match user {
            Some(user) => self.person(&mut reads, user).await?,
            None => None,
        };
        let rights = match user {
            Some(user) => reads.acts_of(user).await?,
            None => Vec::new(),
        };
        let wanted: Vec<&str> = roles_for(request.act).filter_map(Role::right).collect();
        let held = wanted.iter().copied().find(|right| rights.iter().any(|held| held == right));
        let (Some(person), Some(right)) = (person, held) else {
            drop(reads);
            self.authorise(asker, wanted.first().copied().unwrap_or(APPLY), id.as_str()).await?;
            return Err(GateError::Changed);
        };
        let loaded = self.load(&mut reads, id).await?;
        let roles = loaded.as_ref().map(|l| l.case.roles(&person, &l.scope.people, &rights));
        let shown = |roles: &Vec<Role>| loaded.as_ref().is_some_and(|l| card::is_shown(l.row.state, roles));
        let roles = roles.filter(shown);
        let (Some(loaded), Some(roles)) = (loaded, roles) else {
            drop(reads);
            self.note_refusal(asker, right, id.as_str(), json!({ "reasons": "application-unknown" })).await?;
            return Err(GateError::NoApplication(id.clone()));
        };
        if request.version.is_some_and(|version| version != loaded.row.version) {
            return Err(GateError::Stale(id.clone()));
        }
        let subject = self.subject(&mut reads, request).await?;
        let scope = self.scope_after(&mut reads, &loaded, request, subject.as_ref()).await?;
        let outside = self.outside(&mut reads, &loaded, scope.as_ref()).await?;
        drop(reads);
        let mut refused = Refused::State;
        for role in roles {
            let step = Step {
                act: request.act,
                actor: person.clone(),
                role,
                subject: subject.clone(),
                verdict: request.verdict,
                text: request.text.clone().filter(|text| !text.trim().is_empty()),
                digest: request.digest.clone(),
            };
            match loaded.case.judge(&step, &outside) {
                Ok(to) => {
                    let people = &loaded.scope.people;
                    let event = step.event(&loaded.case, to, self.inner.clock.at(), people);
                    return self.write(&loaded, Taken { event, scope }, Some(request)).await;
                }
                Err(Refused::Role) if refused != Refused::State => {}
                Err(why) => refused = why,
            }
        }
        let refusal = Refusal { refused: refused.reasons(loaded.row.state, request.act) };
        let detail = json!({ "act": request.act.name(), "reasons": refusal.codes() });
        self.note_refusal(asker, right, id.as_str(), detail).await?;
        Err(refusal.into())
    }

    async fn subject(&self, reads: &mut Reads, request: &StepRequest) -> Result<Option<Person>, GateError> {
        if request.text.as_ref().is_some_and(|text| text.chars().count() > TEXT_CHARS_MAX) {
            return Err(GateError::Application(format!(
                "a text must have at most {TEXT_CHARS_MAX} characters"
            )));
        }
        let Some(user) = &request.subject else {
            let needs = matches!(
                request.act,
                Act::Assign | Act::Release | Act::AddCollaborator | Act::RemoveCollaborator
            );
            let what = "name the user it concerns".to_owned();
            return if needs { Err(GateError::Application(what)) } else { Ok(None) };
        };
        let person = self.person(reads, user).await?;
        let person =
            person.ok_or_else(|| GateError::Application(format!("`{user}` is not an active user")))?;
        if request.act == Act::Assign && !holds(reads, user, Role::Reviewer).await? {
            return Err(GateError::Application(format!("`{user}` does not hold the role of a reviewer")));
        }
        Ok(Some(person))
    }

    /// The scope as it would be after the step, where the step writes one.
    async fn scope_after(
        &self,
        reads: &mut Reads,
        loaded: &Loaded,
        request: &StepRequest,
        subject: Option<&Person>,
    ) -> Result<Option<ProjectScope>, GateError> {
        let mut scope = loaded.scope.clone();
        match request.act {
            Act::Edit | Act::Correct | Act::ChangeScope | Act::Renew => {
                let Some(draft) = &request.draft else {
                    return Err(GateError::Application("state the whole scope".to_owned()));
                };
                scope = self.scope_of(reads, &loaded.row.owner, draft).await?;
            }
            Act::AddCollaborator | Act::RemoveCollaborator => {
                let Some(person) = subject else { return Ok(None) };
                let there = scope.people.iter().position(|other| other.user == person.user);
                match (request.act, there) {
                    (Act::AddCollaborator, None) => scope.people.push(person.clone()),
                    (Act::RemoveCollaborator, Some(at)) if at > 0 => drop(scope.people.remove(at)),
                    (Act::AddCollaborator, Some(_)) => {
                        return Err(GateError::Application(format!("`{}` takes part already", person.user)));
                    }
                    _ => {
                        return Err(GateError::Application(format!("`{}` is no collaborator", person.user)));
                    }
                }
            }
            Act::KeepGrant | Act::Lapse => match &loaded.case.grant {
                Some(grant) => scope = reads.application_scope(&loaded.row.id, grant.scope).await?,
                None => return Ok(None),
            },
            _ => return Ok(None),
        }
        Ok(Some(scope))
    }

    /// What a step depends on beside the application's own events.
    pub(super) async fn outside(
        &self,
        reads: &mut Reads,
        loaded: &Loaded,
        after: Option<&ProjectScope>,
    ) -> Result<Outside, GateError> {
        let today = self.inner.clock.today();
        let scope = after.unwrap_or(&loaded.scope);
        let mut sanctioned = false;
        for person in &scope.people {
            sanctioned |= reads.is_sanctioned(&person.user, today).await?;
        }
        Ok(Outside {
            today,
            people: loaded.scope.people.clone(),
            scope_whole: scope.is_whole(),
            scope_digest: loaded.scope.digest(),
            sanctioned,
            obligations_overdue: reads
                .obligations_overdue(&loaded.row.owner.user, &loaded.row.owner.institution, today)
                .await?,
            could_identify: reads.was_granted_detailed(&loaded.row.id).await?,
            matched: None,
            fee_due: pricing::price(self, reads, Some(loaded), &loaded.scope).await?.amount_yen > 0,
            due: loaded.row.due,
        })
    }

    /// Everything that happens by itself: the match, the grant, the end of a period or of patience.
    ///
    /// # Errors
    /// When the registry cannot be read or written.
    pub(crate) async fn settle_application(&self, id: &ApplicationId) -> Result<(), GateError> {
        for _ in 0..SYSTEM_STEPS_MAX {
            match self.step_of_system(id).await {
                Ok(true) | Err(GateError::Stale(_)) => {}
                Ok(false) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn step_of_system(&self, id: &ApplicationId) -> Result<bool, GateError> {
        let mut reads = self.inner.registry.read().await?;
        let Some(loaded) = self.load(&mut reads, id).await? else { return Ok(false) };
        for act in gj_casework::possible(loaded.row.state, Role::System) {
            let mut outside = self.outside(&mut reads, &loaded, None).await?;
            let found = match act {
                Act::Match => Some(matching::check(self, &mut reads, &loaded.scope).await?),
                _ => None,
            };
            outside.matched = found.as_ref().map(|found| found.outcome);
            let actor = Person { user: SYSTEM.to_owned(), institution: String::new() };
            let step = Step {
                act,
                actor,
                role: Role::System,
                subject: None,
                verdict: None,
                text: None,
                digest: None,
            };
            let Ok(to) = loaded.case.judge(&step, &outside) else { continue };
            let mut event = step.event(&loaded.case, to, self.inner.clock.at(), &[]);
            if let Some(found) = found {
                event.verdict = Some(found.outcome.name().to_owned());
                event.subject = Some(found.contributors.join(",")).filter(|list| !list.is_empty());
                event.text = Some(json!(found.reasons).to_string()).filter(|_| !found.reasons.is_empty());
            }
            if act == Act::Grant {
                event.until = Some(loaded.scope.until);
                event.digest = Some(loaded.scope.digest());
            }
            let request = StepRequest::new(id.clone(), act);
            let scope = match to {
                State::InUse => self.scope_after(&mut reads, &loaded, &request, None).await?,
                _ => None,
            };
            drop(reads);
            self.write(&loaded, Taken { event, scope }, None).await?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Writes a step: its event, what it does beside, and its audit line, in one transaction.
    async fn write(
        &self,
        loaded: &Loaded,
        mut taken: Taken,
        request: Option<&StepRequest>,
    ) -> Result<ApplicationId, GateError> {
        let id = &loaded.row.id;
        let mut tx = self.inner.registry.begin().await?;
        if let Some(scope) = &taken.scope {
            // A draft is written over; what somebody has read stays as it was.
            if taken.event.from != State::Draft {
                taken.event.scope = loaded.row.scope + 1;
            }
            tx.put_scope(id, taken.event.scope, scope).await?;
        }
        let event = &taken.event;
        let deadlines = effects::deadlines(&mut tx).await?;
        let until = due(&deadlines, event.to.name(), self.inner.clock.today());
        let mut standing = loaded.case.clone();
        standing.apply(event);
        if !tx.add_application_event(id, event, until, &standing).await? {
            return Err(GateError::Stale(id.clone()));
        }
        let shown = self.effects(&mut tx, loaded, &taken, request).await?;
        let detail = bounded(json!({
            "version": event.number,
            "role": event.role.name(),
            "from": event.from.name(),
            "to": event.to.name(),
            "scope": event.scope,
            "subject": event.subject,
            "verdict": event.verdict,
            "digest": event.digest,
        }));
        let act = format!("application.{}", event.act);
        let note =
            Note { actor: &event.actor, act: &act, subject: id.as_str(), outcome: event.to.name(), detail };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        Ok(shown)
    }
}

/// Whether an account holds a capacity's right.
async fn holds(reads: &mut Reads, user: &UserId, role: Role) -> Result<bool, GateError> {
    let rights = reads.acts_of(user).await?;
    Ok(role.right().is_some_and(|right| rights.iter().any(|held| held == right)))
}

/// The capacities in which an act can be done in some state.
fn roles_for(act: Act) -> impl Iterator<Item = Role> {
    Role::ALL
        .iter()
        .copied()
        .filter(move |role| gj_casework::TABLE.iter().any(|row| row.act == act && row.by.contains(role)))
}
