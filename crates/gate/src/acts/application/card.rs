//! One application as somebody may read it: where it is, what is awaited from whom until when, what they
//! may do, and the events they may see.

use super::{Loaded, ProjectPrice, pricing, step};
use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use chrono::NaiveDate;
use gj_casework::{
    Act, Case, Facts, Guard, Outside, Person, ProjectScope, Role, Sight, State, Step, Verdict, sees,
};
use gj_model::{ApplicationId, Bilingual, Reason, UserId};
use gj_registry::{ApplicationInvoice, Obligation, Publication, Reads};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// An application as its reader may see it.
#[derive(Debug, Clone, Serialize)]
pub struct ApplicationCard {
    /// Its id.
    pub application: ApplicationId,
    /// To be named by who acts next.
    pub version: u64,
    /// Where it is.
    pub state: State,
    /// The same in words.
    pub state_words: Bilingual,
    /// Since when, RFC 3339.
    pub since: String,
    /// Until when the next step is awaited.
    pub due: Option<NaiveDate>,
    /// Whether that day has passed.
    pub overdue: bool,
    /// From whom.
    pub awaits: Vec<Role>,
    /// What is asked of them.
    pub asks: Bilingual,
    /// The scope as it stands.
    pub scope: ProjectScope,
    /// Names of the people and institutions of the scope, by id; for pages.
    #[serde(skip)]
    pub names: BTreeMap<String, Bilingual>,
    /// Its digest, to which a signature is bound.
    pub digest: String,
    /// What it costs; only for who applies, pays or decides.
    pub quote: Option<ProjectPrice>,
    /// Last day of the grant in force.
    pub granted_until: Option<NaiveDate>,
    /// The reader's capacities.
    pub roles: Vec<Role>,
    /// What the reader may do now.
    pub may: Vec<Act>,
    /// Why it was refused or must be asked, as the automatic match last found.
    pub match_reasons: Vec<Reason>,
    /// What happened, oldest first.
    pub events: Vec<EventCard>,
    /// Reports that are due or done.
    pub obligations: Vec<Obligation>,
    /// Papers and patents.
    pub publications: Vec<Publication>,
    /// Invoices; only for who applies or pays.
    pub invoices: Vec<ApplicationInvoice>,
    /// Who could be named as reviewer, and who could not because of a conflict; only for who names them.
    pub candidates: Vec<ReviewerCard>,
}

/// An event as its reader may see it.
#[derive(Debug, Clone, Serialize)]
pub struct EventCard {
    /// Its number.
    pub number: u64,
    /// When, RFC 3339.
    pub at: String,
    /// What.
    pub act: Act,
    /// In which capacity.
    pub role: Role,
    /// Where it led.
    pub to: State,
    /// Whether the state changed with it.
    pub moved: bool,
    /// Who, if the reader may know.
    pub actor: Option<String>,
    /// Whom it concerns, if the reader may know.
    pub subject: Option<String>,
    /// The judgement, if the reader may know.
    pub verdict: Option<String>,
    /// What was said, if the reader may know. Reasons of a match stand in `match_reasons`.
    pub text: Option<String>,
    /// The digest signed.
    pub digest: Option<String>,
}

/// Somebody who may review.
#[derive(Debug, Clone, Serialize)]
pub struct ReviewerCard {
    /// Account.
    pub user: String,
    /// Name.
    pub name: Bilingual,
    /// `free`, `conflict`, `named`, `cleared` or `done`.
    pub standing: &'static str,
}

impl Gate {
    /// One application.
    ///
    /// # Errors
    /// A refusal; [`GateError::NoApplication`] when there is none the asker may know of.
    pub async fn application(&self, asker: &Asker, id: &ApplicationId) -> Result<ApplicationCard, GateError> {
        let (person, rights) = self.reading(asker, id.as_str()).await?;
        let mut reads = self.inner.registry.read().await?;
        let loaded = self.load(&mut reads, id).await?;
        let roles = loaded.as_ref().map(|l| l.case.roles(&person, &l.scope.people, &rights));
        let roles = roles.filter(|roles| loaded.as_ref().is_some_and(|l| is_shown(l.row.state, roles)));
        let (Some(loaded), Some(roles)) = (loaded, roles) else {
            drop(reads);
            let detail = json!({ "reasons": "application-unknown" });
            self.note_refusal(asker, super::APPLY, id.as_str(), detail).await?;
            return Err(GateError::NoApplication(id.clone()));
        };
        self.card_of(&mut reads, &loaded, &person, roles).await
    }

    /// The asker as somebody who has to do with applications at all.
    pub(super) async fn reading(
        &self,
        asker: &Asker,
        subject: &str,
    ) -> Result<(Person, Vec<String>), GateError> {
        let mut reads = self.inner.registry.read().await?;
        let found = match &asker.user {
            Some(user) => self.person(&mut reads, user).await?.zip(Some(reads.acts_of(user).await?)),
            None => None,
        };
        drop(reads);
        match found {
            Some((person, rights)) if rights.iter().any(|right| is_of_applications(right)) => {
                Ok((person, rights))
            }
            _ => {
                self.authorise(asker, super::APPLY, subject).await?;
                Err(GateError::Changed)
            }
        }
    }

    async fn card_of(
        &self,
        reads: &mut Reads,
        loaded: &Loaded,
        person: &Person,
        roles: Vec<Role>,
    ) -> Result<ApplicationCard, GateError> {
        let Loaded { row, events, case, scope } = loaded;
        let today = self.inner.clock.today();
        let outside = self.outside(reads, loaded, None).await?;
        let may = may(case, person, &roles, &outside);
        let is = |role: Role| roles.contains(&role);
        let money = is_own(&roles) || is(Role::Finance) || is(Role::Head) || is(Role::Auditor);
        let quote = pricing::price(self, reads, Some(loaded), scope).await?;
        let matched = events.iter().rev().find(|event| event.act == Act::Match && event.scope == row.scope);
        let candidates =
            if is(Role::Secretariat) { self.candidates(reads, loaded).await? } else { Vec::new() };
        Ok(ApplicationCard {
            application: row.id.clone(),
            version: row.version,
            state: row.state,
            state_words: row.state.words(),
            since: row.since.clone(),
            due: row.due,
            overdue: row.due.is_some_and(|due| due < today),
            awaits: case.awaits(),
            asks: row.state.asks(),
            names: names(reads, scope).await?,
            digest: scope.digest(),
            quote: money.then_some(quote),
            granted_until: case
                .grant
                .as_ref()
                .filter(|_| case.grant_in_force(today))
                .map(|grant| grant.until),
            may,
            match_reasons: matched
                .and_then(|event| event.text.as_ref())
                .and_then(|text| serde_json::from_str(text).ok())
                .unwrap_or_default(),
            events: events.iter().filter_map(|event| shown(loaded, event, person, &roles)).collect(),
            obligations: reads.obligations(Some(&row.id)).await?,
            publications: reads.publications(&row.id).await?,
            invoices: if money { reads.application_invoices(&row.id).await? } else { Vec::new() },
            candidates,
            scope: scope.clone(),
            roles,
        })
    }

    async fn candidates(&self, reads: &mut Reads, loaded: &Loaded) -> Result<Vec<ReviewerCard>, GateError> {
        let mut cards = Vec::new();
        for user in reads.users().await?.into_iter().filter(|user| user.active) {
            if !step_holds(reads, &user.id).await? {
                continue;
            }
            let person = Person { user: user.id.to_string(), institution: user.institution.to_string() };
            let named = loaded.case.panel.reviewers.iter().find(|reviewer| reviewer.person == person);
            let standing = match named {
                Some(reviewer) if reviewer.review.is_some() => "done",
                Some(reviewer) if reviewer.cleared => "cleared",
                Some(_) => "named",
                None if loaded.case.could_review(&person, &loaded.scope.people) => "free",
                None => "conflict",
            };
            let name = Bilingual { ja: user.name_ja, en: user.name_en };
            cards.push(ReviewerCard { user: person.user, name, standing });
        }
        Ok(cards)
    }
}

/// The names of who takes part.
async fn names(reads: &mut Reads, scope: &ProjectScope) -> Result<BTreeMap<String, Bilingual>, GateError> {
    let mut names = BTreeMap::new();
    for institution in reads.institutions().await? {
        let takes_part = |person: &Person| person.institution == institution.id.as_str();
        if scope.people.iter().any(takes_part) {
            let name = Bilingual { ja: institution.name_ja, en: institution.name_en };
            names.insert(institution.id.to_string(), name);
        }
    }
    for person in &scope.people {
        let Ok(id) = person.user.parse::<UserId>() else { continue };
        if let Some(user) = reads.user(&id).await? {
            names.insert(person.user.clone(), Bilingual { ja: user.name_ja, en: user.name_en });
        }
    }
    Ok(names)
}

async fn step_holds(reads: &mut Reads, user: &UserId) -> Result<bool, GateError> {
    Ok(reads.acts_of(user).await?.iter().any(|right| Some(right.as_str()) == Role::Reviewer.right()))
}

/// Whether a right has to do with applications.
fn is_of_applications(right: &str) -> bool {
    Role::ALL.iter().any(|role| role.right() == Some(right))
}

pub(super) fn is_own(roles: &[Role]) -> bool {
    roles.iter().any(|role| matches!(role, Role::Applicant | Role::Collaborator))
}

/// Whether somebody in these capacities may know of the application: of a draft, those who write it.
pub(super) fn is_shown(state: State, roles: &[Role]) -> bool {
    !roles.is_empty() && (is_own(roles) || !matches!(state, State::Draft | State::Discarded))
}

/// What the reader may do now, given that they state what the act asks for.
pub(super) fn may(case: &Case, person: &Person, roles: &[Role], outside: &Outside) -> Vec<Act> {
    let possible = |act: Act, role: Role| {
        let step = Step {
            act,
            actor: person.clone(),
            role,
            subject: None,
            verdict: Some(Verdict::Approve),
            text: Some("-".to_owned()),
            digest: Some(outside.scope_digest.clone()),
        };
        // Who can be named is looked at when somebody is.
        let facts = Facts { candidate_barred: false, ..case.facts(&step, outside) };
        match gj_casework::next(case.state, act, role, &facts) {
            Ok(_) => true,
            // A refused application or overdue report is worth a form that says so.
            Err(gj_casework::Refused::Unmet(unmet)) => unmet == [Guard::ScopeWhole],
            Err(_) => false,
        }
    };
    let acts = Act::ALL.iter().copied();
    let could = |act: Act, role: Role| gj_casework::is_possible(case.state, act, role) && possible(act, role);
    acts.filter(|act| roles.iter().any(|role| could(*act, *role))).collect()
}

fn shown(loaded: &Loaded, event: &gj_casework::Event, person: &Person, roles: &[Role]) -> Option<EventCard> {
    let sight = sees(&loaded.case, event, &person.user, roles);
    let card = EventCard {
        number: event.number,
        at: event.at.clone(),
        act: event.act,
        role: event.role,
        to: event.to,
        moved: event.from != event.to,
        actor: (sight == Sight::All && event.actor != step::SYSTEM).then(|| event.actor.clone()),
        subject: event.subject.clone().filter(|_| sight == Sight::All),
        verdict: event.verdict.clone().filter(|_| sight >= Sight::Said),
        text: event.text.clone().filter(|_| sight >= Sight::Said && event.act != Act::Match),
        digest: event.digest.clone().filter(|_| sight == Sight::All),
    };
    (sight != Sight::Nothing).then_some(card)
}
