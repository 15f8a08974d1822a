//! Random people doing random things: no grant without all it rests on, nobody judges their own, and
//! nobody reads what is blind.
#![allow(clippy::unwrap_used, clippy::panic)]

use gj_casework::{
    Act, Case, Event, Outcome, Outside, Person, ProjectScope, Role, Sight, State, Step, Tier, Verdict, right,
    sees,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn person(user: &str, institution: &str) -> Person {
    Person { user: user.into(), institution: institution.into() }
}

/// Everybody in the play, with their institution and rights. `both` holds every right there is.
fn cast() -> Vec<(Person, Vec<String>)> {
    let every: Vec<&str> = Role::ALL.iter().filter_map(|role| role.right()).collect();
    let rights = |list: &[&str]| list.iter().map(|right| (*right).to_owned()).collect::<Vec<_>>();
    vec![
        (person("owner", "u"), rights(&every)),
        (person("mate", "u"), rights(&["application.apply"])),
        (person("firm", "f"), rights(&["application.apply", "application.review"])),
        (person("desk", "c"), rights(&["application.handle"])),
        (person("r1", "c"), rights(&["application.review"])),
        (person("r2", "h"), rights(&["application.review"])),
        (person("r3", "u"), rights(&["application.review"])),
        (person("both", "c"), rights(&every)),
        (person("chair", "c"), rights(&["application.opine"])),
        (person("head", "c"), rights(&["application.decide"])),
        (person("money", "c"), rights(&["application.bill"])),
        (person("bank", "b"), rights(&["application.agree"])),
        (person("system", ""), vec![]),
    ]
}

/// What the gate keeps beside the events.
struct World {
    case: Case,
    events: Vec<Event>,
    scopes: Vec<ProjectScope>,
    today: chrono::NaiveDate,
    fee: bool,
    paid: BTreeSet<u32>,
}

impl World {
    fn new(fee: bool) -> World {
        let owner = person("owner", "u");
        let today: chrono::NaiveDate = "2026-11-22".parse().unwrap();
        let scope = ProjectScope {
            title: "t".into(),
            purpose: "HMB".parse().unwrap(),
            tier: Tier::Detailed,
            datasets: vec!["b".into()],
            people: vec![owner.clone()],
            from: today,
            until: today + chrono::Days::new(300),
            plan: "p".into(),
        };
        World {
            case: Case::new(owner),
            events: vec![],
            scopes: vec![scope],
            today,
            fee,
            paid: BTreeSet::new(),
        }
    }

    fn people(&self) -> Vec<Person> {
        self.scopes.last().unwrap().people.clone()
    }

    fn step(&mut self, who: usize, act: Act, whom: usize, choice: u8) {
        let (actor, rights) = cast()[who].clone();
        let roles = match actor.user.as_str() {
            "system" => vec![Role::System],
            _ => self.case.roles(&actor, &self.people(), &rights),
        };
        let digest = self.scopes.last().unwrap().digest();
        let step = |role| Step {
            act,
            actor: actor.clone(),
            role,
            subject: Some(cast()[whom].0.clone()),
            verdict: [None, Some(Verdict::Approve), Some(Verdict::Conditional), Some(Verdict::Reject)]
                [usize::from(choice % 4)],
            text: (!choice.is_multiple_of(5)).then(|| format!("text of {}", actor.user)),
            digest: Some(if choice.is_multiple_of(7) { "forged".into() } else { digest.clone() }),
        };
        let outside = Outside {
            today: self.today,
            people: self.people(),
            scope_whole: true,
            scope_digest: digest.clone(),
            matched: Some(
                [Outcome::Allow, Outcome::Allow, Outcome::Ask, Outcome::Deny][usize::from(choice % 4)],
            ),
            fee_due: self.fee && !self.paid.contains(&self.case.scope),
            could_identify: true,
            due: Some(self.today - chrono::Days::new(1)).filter(|_| choice.is_multiple_of(11)),
            ..Outside::default()
        };
        for role in roles {
            let step = step(role);
            let Ok(to) = self.case.judge(&step, &outside) else { continue };
            let mut event = step.event(&self.case, to, "2026-11-22T00:00:00Z".into(), &self.people());
            self.side_effects(&step, &mut event);
            self.check(&event);
            self.case.apply(&event);
            self.events.push(event);
            // What is stored beside the events is, after every step, what they add up to.
            let stored = serde_json::to_string(&self.case).unwrap();
            assert_eq!(serde_json::from_str::<Case>(&stored).unwrap(), self.case);
            assert_eq!(Case::replay(person("owner", "u"), &self.events), self.case);
            return;
        }
    }

    fn side_effects(&mut self, step: &Step, event: &mut Event) {
        let mut scope = self.scopes.last().unwrap().clone();
        let whom = step.subject.clone().unwrap();
        match event.act {
            Act::Match => event.subject = Some("b".into()).filter(|_| event.to == State::Contributor),
            Act::AddCollaborator if !scope.people.contains(&whom) => scope.people.push(whom),
            Act::RemoveCollaborator => scope.people.retain(|p| *p != whom || *p == self.case.owner),
            Act::ChangeScope | Act::Correct => scope.plan.push('+'),
            Act::Renew => scope.until = scope.until + chrono::Days::new(100),
            Act::KeepGrant => {
                scope = self.scopes[self.case.grant.as_ref().unwrap().scope as usize - 1].clone()
            }
            Act::Lapse if event.to == State::InUse => {
                scope = self.scopes[self.case.grant.as_ref().unwrap().scope as usize - 1].clone();
            }
            Act::RecordPayment => drop(self.paid.insert(self.case.scope)),
            Act::Grant => event.until = Some(scope.until),
            Act::Expire => {}
            _ => return,
        }
        if matches!(
            event.act,
            Act::AddCollaborator
                | Act::RemoveCollaborator
                | Act::ChangeScope
                | Act::Correct
                | Act::Renew
                | Act::KeepGrant
                | Act::Lapse
        ) {
            self.scopes.push(scope);
            event.scope = self.scopes.len() as u32;
        }
    }

    /// Who could do what here, ends of the story but seldom.
    fn likely(&self, choice: u8) -> Vec<(usize, Act)> {
        let ends = [
            Act::Withdraw,
            Act::Discard,
            Act::Lapse,
            Act::Revoke,
            Act::Suspend,
            Act::Close,
            Act::Remark,
            Act::CopyAsNew,
            Act::DeclareConflict,
            Act::Release,
            Act::Return,
            Act::Object,
            Act::Refuse,
        ];
        let mut moves = Vec::new();
        for (who, (actor, rights)) in cast().iter().enumerate() {
            let roles = match actor.user.as_str() {
                "system" => vec![Role::System],
                _ => self.case.roles(actor, &self.people(), rights),
            };
            for act in Act::ALL.iter().copied().filter(|act| !ends.contains(act) || choice > 250) {
                if roles.iter().any(|role| gj_casework::is_possible(self.case.state, act, *role)) {
                    let about = matches!(act, Act::ProposePublication | Act::ClearPublication | Act::Publish);
                    moves.extend(vec![(who, act); if about { 8 } else { 1 }]);
                }
            }
        }
        moves
    }

    /// A second, slow look at the events alone: what a grant rests on, from the last panel on.
    fn check(&self, event: &Event) {
        let people = self.people();
        let own = |user: &str| user == "owner" || people.iter().any(|p| p.user == user);
        let declared =
            |user: &str| self.events.iter().any(|e| e.act == Act::DeclareConflict && e.actor == user);
        if matches!(
            event.act,
            Act::Review
                | Act::DeclareNone
                | Act::Opine
                | Act::Approve
                | Act::Refuse
                | Act::Countersign
                | Act::AdmitAppeal
                | Act::DismissAppeal
                | Act::ClearPublication
                | Act::StopPublication
                | Act::Pass
                | Act::Consolidate
                | Act::RecordPayment
        ) {
            assert!(!own(&event.actor), "{event:?}");
        }
        if event.act == Act::Publish {
            // Each publication has a review of its own, which allowed it and came after it was proposed.
            let about = [Act::ProposePublication, Act::ClearPublication, Act::StopPublication, Act::Publish];
            let last: Vec<Act> =
                self.events.iter().map(|e| e.act).filter(|act| about.contains(act)).rev().take(2).collect();
            assert_eq!(last, [Act::ClearPublication, Act::ProposePublication]);
        }
        if matches!(event.act, Act::Review | Act::Opine | Act::Approve | Act::Refuse | Act::Countersign) {
            assert!(!declared(&event.actor), "{event:?}");
        }
        if event.act == Act::Review {
            let named = self
                .events
                .iter()
                .rev()
                .find(|e| e.act == Act::Assign && e.subject.as_ref() == Some(&event.actor))
                .unwrap();
            assert!(people.iter().all(|p| Some(&p.institution) != named.subject_institution.as_ref()));
            assert!(
                self.events
                    .iter()
                    .any(|e| e.act == Act::DeclareNone && e.actor == event.actor && e.number > named.number)
            );
        }
        if event.act != Act::Grant {
            assert!(event.to != State::Granted || event.from == State::Granted, "{event:?}");
            return;
        }
        let digest = self.scopes.last().unwrap().digest();
        let panel: Vec<&Event> = self.standing_panel();
        let reviewers: BTreeSet<&str> =
            panel.iter().filter(|e| e.act == Act::Review).map(|e| e.actor.as_str()).collect();
        assert!(reviewers.len() >= 2, "{reviewers:?}");
        assert!(panel.iter().any(|e| e.act == Act::Opine) && panel.iter().any(|e| e.act == Act::Approve));
        let last = |act: Act| self.events.iter().rev().find(|e| e.act == act).unwrap();
        for party in [last(Act::Sign), last(Act::Countersign)] {
            assert_eq!(party.digest.as_ref(), Some(&digest));
            assert_eq!(party.scope, self.case.scope);
        }
        assert!(last(Act::Sign).actor == "owner" && last(Act::Countersign).actor != "owner");
        assert!(!self.fee || self.paid.contains(&self.case.scope));
        let matched = last(Act::Match);
        assert!(matched.scope == self.case.scope && matched.to != State::Refused);
    }

    /// Events of the panel that the decision in force rests on: of the current round, or of the one that
    /// a grant was given under and that a given-up change left standing.
    fn standing_panel(&self) -> Vec<&Event> {
        let approved = self.events.iter().rposition(|e| e.act == Act::Approve).unwrap();
        let fresh =
            |e: &Event| e.to == State::Conflicts && !matches!(e.from, State::Conflicts | State::Review);
        let begun = self.events[..approved].iter().rposition(fresh).unwrap();
        self.events[begun..=approved].iter().collect()
    }

    /// Nobody reads what is blind, whatever happened so far.
    fn check_sight(&self) {
        for (who, rights) in cast() {
            let roles = self.case.roles(&who, &self.people(), &rights);
            for event in &self.events {
                let sight = sees(&self.case, event, &who.user, &roles);
                let others = event.actor != who.user;
                if roles.is_empty() {
                    assert_eq!(sight, Sight::Nothing);
                }
                if roles == [Role::Reviewer] && others && event.act == Act::Review {
                    assert!(sight < Sight::All);
                    assert!(self.case.state != State::Review || sight == Sight::Nothing);
                }
                if matches!(roles[..], [Role::Applicant | Role::Collaborator])
                    && others
                    && event.role == Role::Reviewer
                {
                    assert!(sight <= Sight::Happened);
                }
            }
        }
    }

    /// The right of today is never more than what was granted, nor than what stands.
    fn check_right(&self) {
        let Some(grant) = &self.case.grant else {
            return;
        };
        let (granted, stands) = (&self.scopes[grant.scope as usize - 1], self.scopes.last().unwrap());
        if let Some(common) = right(&self.case, granted, stands, self.today) {
            assert!(common.people.iter().all(|p| granted.people.contains(p) && stands.people.contains(p)));
            assert!(!matches!(self.case.state, State::Suspended | State::Revoked | State::Expired));
            let accepted = |user: &str| {
                self.events.iter().any(|e| {
                    e.act == Act::AcceptTerms && e.actor == user && e.digest == Some(granted.digest())
                })
            };
            assert!(common.people.iter().all(|p| p.user == "owner" || accepted(&p.user)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn random_acts_never_reach_a_grant_by_a_short_cut(
        fee in any::<bool>(),
        steps in proptest::collection::vec((0usize..13, 0usize..Act::ALL.len(), 0usize..13, any::<u8>()), 1..600),
    ) {
        let mut world = World::new(fee);
        for (who, act, whom, choice) in steps {
            world.step(who, Act::ALL[act], whom, choice);
            world.check_right();
        }
        world.check_sight();
        prop_assert_eq!(&Case::replay(person("owner", "u"), &world.events), &world.case);
    }

    /// The same, by people who mostly do what the state asks for: these do reach grants, changes, ends.
    #[test]
    fn nor_do_likely_acts(
        fee in any::<bool>(),
        steps in proptest::collection::vec((0usize..13, any::<prop::sample::Index>(), 0usize..13, any::<u8>()), 200..900),
    ) {
        let mut world = World::new(fee);
        for (turn, (_, likely, whom, choice)) in steps.into_iter().enumerate() {
            let moves = world.likely(choice);
            if !moves.is_empty() {
                let (who, act) = *likely.get(&moves);
                world.step(who, act, whom, choice);
            }
            world.check_right();
            if turn % 32 == 0 {
                world.check_sight();
            }
        }
        prop_assert_eq!(&Case::replay(person("owner", "u"), &world.events), &world.case);
        for (act, count) in [(Act::Grant, &GRANTS), (Act::Publish, &PAPERS)] {
            let new = world.events.iter().filter(|e| e.act == act).count() as u64;
            count.fetch_add(new, std::sync::atomic::Ordering::Relaxed);
        }
    }
}

static GRANTS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
static PAPERS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

/// A property about grants says nothing where none is reached.
#[test]
fn likely_acts_do_reach_grants() {
    nor_do_likely_acts();
    let grants = GRANTS.load(std::sync::atomic::Ordering::Relaxed);
    let papers = PAPERS.load(std::sync::atomic::Ordering::Relaxed);
    println!("{grants} grants, {papers} publications were reached");
    assert!(grants > 5 && papers > 5, "{grants} {papers}");
}
