//! What the events of one application add up to, and the facts a next step is judged by.

use crate::act::Act;
use crate::event::Event;
use crate::guard::{Facts, Outcome, Proposed};
use crate::machine::{self, Refused};
use crate::role::Role;
use crate::state::State;
use crate::verdict::Verdict;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// An account with the institution it acts for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Person {
    /// Account.
    pub user: String,
    /// Institution.
    pub institution: String,
}

/// A step somebody wants to take.
#[derive(Debug, Clone)]
pub struct Step {
    /// What.
    pub act: Act,
    /// Who.
    pub actor: Person,
    /// In which capacity.
    pub role: Role,
    /// Whom it concerns.
    pub subject: Option<Person>,
    /// A judgement.
    pub verdict: Option<Verdict>,
    /// Reasons, review, report, remark.
    pub text: Option<String>,
    /// The digest signed.
    pub digest: Option<String>,
}

/// What a step depends on beside the application's own events.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// The day, in Japan.
    pub today: NaiveDate,
    /// People of the scope as it stands.
    pub people: Vec<Person>,
    /// Whether the scope says all it must.
    pub scope_whole: bool,
    /// Its digest.
    pub scope_digest: String,
    /// Whether one of its people is barred from applications.
    pub sanctioned: bool,
    /// Reports of the applicant that are overdue, over all projects.
    pub obligations_overdue: u32,
    /// What the match found, when it is run.
    pub matched: Option<Outcome>,
    /// Whether a fee is due beyond what was paid.
    pub fee_due: bool,
    /// Whether what was granted is so detailed that a result could identify a person.
    pub could_identify: bool,
    /// Until when the state's step is due.
    pub due: Option<NaiveDate>,
}

/// A reviewer of the panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewer {
    /// Who.
    pub person: Person,
    /// Whether they declared that there is no conflict.
    pub cleared: bool,
    /// Their review, when it is in.
    pub review: Option<Verdict>,
}

/// Reviewers, opinion and decision of one round.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Panel {
    /// At most two at a time.
    pub reviewers: Vec<Reviewer>,
    /// The committee's.
    pub opinion: Option<Verdict>,
    /// Whether the head approved.
    pub approved: bool,
}

/// A grant and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// The version of the scope.
    pub scope: u32,
    /// Last day.
    pub until: NaiveDate,
    panel: Panel,
}

/// An application as its events made it. It can be stored beside them and is then always the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Where it is.
    pub state: State,
    /// Events so far: who acts on an older version acts on what is no longer so.
    pub version: u64,
    /// The version of the scope.
    pub scope: u32,
    /// Rounds of review so far.
    pub round: u32,
    /// Who applies.
    pub owner: Person,
    /// The panel of this round.
    pub panel: Panel,
    /// The grant in force, until it is revoked, expires or is granted anew.
    pub grant: Option<Granted>,
    /// Everybody who declared a conflict of interest, ever.
    pub conflicted: BTreeSet<String>,
    /// Contributors asked, and whether they have agreed.
    pub contributors: BTreeMap<String, bool>,
    review_stands: bool,
    signed: BTreeMap<Role, String>,
    /// Whether the invoice for this scope is out.
    pub invoiced: bool,
    paid: bool,
    final_report_in: bool,
    deletion_report_in: bool,
    appeals_revocation: bool,
    /// The publication that was last proposed and is not out yet.
    pub proposed: Option<Proposed>,
    /// Collaborators with the digests of the scopes whose terms they accepted.
    accepted: BTreeSet<(String, String)>,
}

impl Case {
    /// A new draft.
    pub fn new(owner: Person) -> Case {
        Case {
            state: State::Draft,
            version: 0,
            scope: 1,
            round: 0,
            owner,
            panel: Panel::default(),
            grant: None,
            conflicted: BTreeSet::new(),
            contributors: BTreeMap::new(),
            review_stands: false,
            signed: BTreeMap::new(),
            invoiced: false,
            paid: false,
            final_report_in: false,
            deletion_report_in: false,
            appeals_revocation: false,
            proposed: None,
            accepted: BTreeSet::new(),
        }
    }

    /// What a list of events makes of a draft.
    pub fn replay(owner: Person, events: &[Event]) -> Case {
        let mut case = Case::new(owner);
        events.iter().for_each(|event| case.apply(event));
        case
    }

    /// In which capacities somebody with these rights stands towards the application. Who applies or
    /// collaborates has no other.
    pub fn roles(&self, person: &Person, people: &[Person], rights: &[String]) -> Vec<Role> {
        let holds = |role: Role| role.right().is_some_and(|right| rights.iter().any(|held| held == right));
        if person.user == self.owner.user {
            return vec![Role::Applicant].into_iter().filter(|role| holds(*role)).collect();
        }
        if people.iter().any(|other| other.user == person.user) {
            return vec![Role::Collaborator].into_iter().filter(|role| holds(*role)).collect();
        }
        let stands = |role: Role| match role {
            Role::Reviewer => self.reviewer(&person.user).is_some(),
            Role::Contributor => self.contributors.contains_key(&person.institution),
            Role::Applicant | Role::Collaborator | Role::System | Role::Other => false,
            Role::Secretariat | Role::Chair | Role::Head | Role::Finance | Role::Auditor => true,
        };
        Role::ALL.iter().copied().filter(|role| stands(*role) && holds(*role)).collect()
    }

    fn reviewer(&self, user: &str) -> Option<&Reviewer> {
        self.panel.reviewers.iter().find(|reviewer| reviewer.person.user == user)
    }

    /// Whether somebody must not judge this application.
    pub fn is_conflicted(&self, user: &str, people: &[Person]) -> bool {
        user == self.owner.user
            || people.iter().any(|person| person.user == user)
            || self.conflicted.contains(user)
    }

    /// Whether somebody could be named as reviewer.
    pub fn could_review(&self, candidate: &Person, people: &[Person]) -> bool {
        let near = |person: &Person| person.institution == candidate.institution;
        !self.is_conflicted(&candidate.user, people)
            && !near(&self.owner)
            && !people.iter().any(near)
            && self.reviewer(&candidate.user).is_none()
    }

    /// The facts a step is judged by.
    pub fn facts(&self, step: &Step, outside: &Outside) -> Facts {
        let user = &step.actor.user;
        let own = self.reviewer(user);
        let declares = u32::from(step.act == Act::DeclareNone && own.is_some_and(|r| !r.cleared));
        let reviews =
            u32::from(step.act == Act::Review && own.is_some_and(|r| r.cleared && r.review.is_none()));
        let count = |f: fn(&Reviewer) -> bool| self.panel.reviewers.iter().filter(|r| f(r)).count() as u32;
        let agreeing = &step.actor.institution;
        let awaited = self
            .contributors
            .iter()
            .filter(|(id, agreed)| !(**agreed || step.act == Act::Agree && *id == agreeing));
        let signed = |role: Role| self.signed.get(&role) == Some(&outside.scope_digest);
        Facts {
            scope_whole: outside.scope_whole,
            sanctioned: outside.sanctioned,
            obligations_overdue: outside.obligations_overdue,
            matched: outside.matched,
            review_stands: self.review_stands,
            contributors_awaited: awaited.count() as u32,
            actor_conflicted: self.is_conflicted(user, &outside.people),
            actor_done: match step.act {
                Act::AcceptTerms => self.has_accepted(user, &outside.scope_digest),
                Act::DeclareNone => own.is_some_and(|reviewer| reviewer.cleared),
                _ => own.is_some_and(|reviewer| !reviewer.cleared || reviewer.review.is_some()),
            },
            candidate_barred: step
                .subject
                .as_ref()
                .is_none_or(|candidate| !self.could_review(candidate, &outside.people)),
            reviewers: self.panel.reviewers.len() as u32,
            reviewers_cleared: count(|r| r.cleared) + declares,
            reviews_in: count(|r| r.cleared && r.review.is_some()) + reviews,
            opinion: self.panel.opinion,
            approved: self.panel.approved,
            text_given: step.text.as_ref().is_some_and(|text| !text.trim().is_empty()),
            verdict_given: step.verdict.is_some(),
            digest_current: step.digest.as_ref() == Some(&outside.scope_digest),
            signed_by_applicant: signed(Role::Applicant),
            signed_by_head: signed(Role::Head),
            fee_due: outside.fee_due,
            invoiced: self.invoiced,
            paid: self.paid,
            grant_in_force: self.grant_in_force(outside.today),
            period_over: self.grant.as_ref().is_some_and(|grant| grant.until < outside.today),
            deadline_passed: outside.due.is_some_and(|due| due < outside.today),
            final_report_in: self.final_report_in,
            deletion_report_in: self.deletion_report_in,
            could_identify: outside.could_identify,
            proposed: self.proposed,
            appeals_revocation: self.appeals_revocation,
        }
    }

    /// Whether a grant is in force, be it that a change of it is being considered.
    pub fn grant_in_force(&self, today: NaiveDate) -> bool {
        let stopped = matches!(self.state, State::Suspended | State::Revoked | State::Expired);
        !stopped && !self.state.is_over() && self.grant.as_ref().is_some_and(|g| today <= g.until)
    }

    /// Whether a collaborator accepted the terms of the scope with this digest.
    pub fn has_accepted(&self, user: &str, digest: &str) -> bool {
        self.accepted.contains(&(user.to_owned(), digest.to_owned()))
    }

    /// Whom the application waits for: as its state says, and the chair where a publication is proposed.
    pub fn awaits(&self) -> Vec<Role> {
        let mut roles = self.state.awaits().to_vec();
        if self.proposed == Some(Proposed::Waiting) && !roles.contains(&Role::Chair) {
            roles.push(Role::Chair);
        }
        roles
    }

    /// Where a step would lead.
    ///
    /// # Errors
    /// Why it is not possible.
    pub fn judge(&self, step: &Step, outside: &Outside) -> Result<State, Refused> {
        machine::next(self.state, step.act, step.role, &self.facts(step, outside))
    }

    /// Takes in an event that was judged before.
    pub fn apply(&mut self, event: &Event) {
        self.version = event.number;
        if event.scope != self.scope {
            self.scope = event.scope;
            self.signed.clear();
            (self.invoiced, self.paid) = (false, false);
        }
        self.take_note(event);
        let fresh = event.to == State::Conflicts && !matches!(event.from, State::Conflicts | State::Review);
        if fresh {
            self.round += 1;
            self.panel = Panel::default();
        }
        if event.to == State::Agreement && event.from != State::Agreement {
            self.signed.clear();
        }
        self.state = event.to;
    }

    fn take_note(&mut self, event: &Event) {
        let mine = |reviewer: &&mut Reviewer| reviewer.person.user == event.actor;
        match event.act {
            Act::Submit | Act::ChangeScope | Act::Renew => {
                self.review_stands = false;
                self.contributors.clear();
                if event.act == Act::Renew {
                    (self.final_report_in, self.deletion_report_in) = (false, false);
                }
            }
            Act::AddCollaborator => {
                // Another institution at the table is another project: it is reviewed anew.
                self.review_stands &= event.verdict.as_deref() == Some(SAME_INSTITUTIONS);
                self.contributors.clear();
            }
            Act::RemoveCollaborator => self.contributors.clear(),
            Act::Match => {
                let asked = event.subject.iter().flat_map(|list| list.split(','));
                self.contributors =
                    asked.filter(|id| !id.is_empty()).map(|id| (id.to_owned(), false)).collect();
            }
            Act::Agree => {
                if let Some(agreed) =
                    event.subject_institution.as_ref().and_then(|id| self.contributors.get_mut(id))
                {
                    *agreed = true;
                }
            }
            Act::Assign => {
                if let (Some(user), Some(institution)) = (&event.subject, &event.subject_institution) {
                    let person = Person { user: user.clone(), institution: institution.clone() };
                    self.panel.reviewers.push(Reviewer { person, cleared: false, review: None });
                }
            }
            Act::Release => {
                self.panel.reviewers.retain(|r| Some(&r.person.user) != event.subject.as_ref());
            }
            Act::DeclareNone => {
                self.panel.reviewers.iter_mut().filter(mine).for_each(|r| r.cleared = true);
            }
            Act::DeclareConflict => {
                self.conflicted.insert(event.actor.clone());
                self.panel.reviewers.retain(|r| r.person.user != event.actor);
            }
            Act::Review => {
                let verdict = event.judgement();
                self.panel.reviewers.iter_mut().filter(mine).for_each(|r| r.review = verdict);
            }
            Act::Opine => self.panel.opinion = event.judgement(),
            Act::AskAgain => self.panel.opinion = None,
            Act::Approve => self.panel.approved = true,
            Act::Refuse => self.panel.approved = false,
            Act::Sign | Act::Countersign => {
                let party = if event.act == Act::Sign { Role::Applicant } else { Role::Head };
                self.signed.insert(party, event.digest.clone().unwrap_or_default());
            }
            Act::Invoice => self.invoiced = true,
            Act::RecordPayment => self.paid = true,
            Act::Grant => {
                self.review_stands = true;
                self.grant =
                    event.until.map(|until| Granted { scope: event.scope, until, panel: self.panel.clone() });
            }
            Act::KeepGrant => self.go_back_to_grant(),
            Act::Lapse if event.to == State::InUse => self.go_back_to_grant(),
            Act::ReportFinal => self.final_report_in = true,
            Act::ReportDeletion => self.deletion_report_in = true,
            Act::Revoke | Act::Expire | Act::Finish => self.grant = None,
            Act::AcceptTerms => {
                self.accepted.extend(event.digest.clone().map(|digest| (event.actor.clone(), digest)));
            }
            Act::ProposePublication => self.proposed = Some(Proposed::Waiting),
            Act::ClearPublication => self.proposed = Some(Proposed::Cleared),
            Act::StopPublication => self.proposed = Some(Proposed::Stopped),
            Act::Publish => self.proposed = None,
            Act::Appeal => self.appeals_revocation = event.from == State::Revoked,
            Act::AdmitAppeal => self.review_stands = false,
            _ => {}
        }
    }

    fn go_back_to_grant(&mut self) {
        self.review_stands = true;
        if let Some(grant) = &mut self.grant {
            self.panel = grant.panel.clone();
            grant.scope = self.scope;
        }
    }
}

/// The verdict of an event that adds a collaborator of an institution that takes part already.
pub(crate) const SAME_INSTITUTIONS: &str = "same-institutions";

impl Step {
    /// The event of this step, once it was judged to lead to a state.
    pub fn event(&self, case: &Case, to: State, at: String, people: &[Person]) -> Event {
        let known = |person: &Person| people.iter().any(|other| other.institution == person.institution);
        let verdict = match (self.act, &self.subject) {
            (Act::AddCollaborator, Some(person)) if known(person) => Some(SAME_INSTITUTIONS.to_owned()),
            (Act::AddCollaborator, _) => Some("new-institution".to_owned()),
            _ => self.verdict.map(|verdict| verdict.name().to_owned()),
        };
        let subject_institution = match self.act {
            Act::Agree | Act::Object => Some(self.actor.institution.clone()),
            _ => self.subject.as_ref().map(|person| person.institution.clone()),
        };
        Event {
            number: case.version + 1,
            at,
            actor: self.actor.user.clone(),
            role: self.role,
            act: self.act,
            from: case.state,
            to,
            scope: case.scope,
            subject: self.subject.as_ref().map(|person| person.user.clone()),
            subject_institution,
            verdict,
            text: self.text.clone(),
            digest: self.digest.clone(),
            until: None,
        }
    }
}
