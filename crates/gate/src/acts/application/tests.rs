//! Random lives of applications through the registry: what lists read is, after every step, what the events
//! add up to; a thousand applications are listed at once; and who owes a report of deletion is named.

use super::*;
use crate::acts::init::NewDirectory;
use crate::clock::Clock;
use chrono::{DateTime, Days, Utc};
use gj_casework::{Outcome, Outside, Step};
use std::time::{Duration, Instant};

/// Accounts of the example programme that apply, handle, review, opine, decide, bill or give data.
const CAST: [&str; 9] =
    ["academic", "clinician", "committee", "reviewer", "reviewer-2", "chair", "head", "finance", "minato"];

/// xorshift: the same lives every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % sides as u64) as usize
    }
}

fn clock(day: &str) -> Clock {
    let noon: DateTime<Utc> = format!("{day}T03:00:00Z").parse().unwrap();
    Clock::Fixed(noon)
}

fn asker(user: &str) -> Asker {
    Asker { user: Some(user.parse().unwrap()) }
}

async fn ready() -> (tempfile::TempDir, Gate) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let gate = Gate::init(&data, NewDirectory::default(), clock("2026-11-22")).await.unwrap();
    (folder, gate)
}

/// Somebody of the cast with their rights; `system` has none.
type Player = (Person, Vec<String>);

async fn cast(gate: &Gate) -> Vec<Player> {
    let mut reads = gate.inner.registry.read().await.unwrap();
    let mut cast = vec![(Person { user: "system".into(), institution: String::new() }, vec![])];
    for user in CAST {
        let user: UserId = user.parse().unwrap();
        let person = gate.person(&mut reads, &user).await.unwrap().unwrap();
        cast.push((person, reads.acts_of(&user).await.unwrap()));
    }
    cast
}

async fn begin(gate: &Gate, owner: &str) -> ApplicationId {
    let draft = Draft {
        title: "心筋症の研究".into(),
        purpose: "HMB".parse().unwrap(),
        tier: Tier::Detailed,
        datasets: vec!["biobank-minato".into()],
        people: vec![],
        from: "2026-04-01".parse().unwrap(),
        until: "2027-03-31".parse().unwrap(),
        plan: "p".into(),
    };
    gate.new_application(&asker(owner), &draft).await.unwrap()
}

/// One step by somebody who could take it, straight into the registry; `false` when nobody could.
async fn play(gate: &Gate, id: &ApplicationId, cast: &[Player], dice: &mut Dice) -> bool {
    let mut reads = gate.inner.registry.read().await.unwrap();
    let loaded = gate.load(&mut reads, id).await.unwrap().unwrap();
    drop(reads);
    let digest = loaded.scope.digest();
    let outside = Outside {
        today: gate.inner.clock.today(),
        people: loaded.scope.people.clone(),
        scope_whole: true,
        scope_digest: digest.clone(),
        matched: Some([Outcome::Allow, Outcome::Allow, Outcome::Ask][dice.roll(3)]),
        could_identify: true,
        ..Outside::default()
    };
    let subject = cast[4 + dice.roll(2)].0.clone();
    let mut able = Vec::new();
    for (person, rights) in cast {
        let roles = match person.user.as_str() {
            "system" => vec![Role::System],
            _ => loaded.case.roles(person, &loaded.scope.people, rights),
        };
        for (act, role) in Act::ALL.iter().flat_map(|act| roles.iter().map(move |role| (*act, *role))) {
            let seldom = [
                Act::Withdraw,
                Act::Discard,
                Act::Return,
                Act::Close,
                Act::DeclareConflict,
                Act::Remark,
                Act::CopyAsNew,
                Act::Edit,
                Act::Correct,
                Act::Refuse,
                Act::KeepGrant,
            ];
            let step = Step {
                act,
                actor: person.clone(),
                role,
                subject: Some(subject.clone()),
                verdict: Some(Verdict::Approve),
                text: Some("-".into()),
                digest: Some(digest.clone()),
            };
            if let Ok(to) = loaded.case.judge(&step, &outside)
                && (!seldom.contains(&act) || dice.roll(20) == 0)
            {
                able.push((step, to));
            }
        }
    }
    if able.is_empty() {
        return false;
    }
    let (step, to) = able.swap_remove(dice.roll(able.len()));
    let mut event = step.event(&loaded.case, to, gate.inner.clock.at(), &loaded.scope.people);
    let mut tx = gate.inner.registry.begin().await.unwrap();
    match event.act {
        Act::Match if to == State::Contributor => event.subject = Some("biobank-minato".into()),
        Act::Grant => event.until = Some(loaded.scope.until),
        Act::Edit | Act::Correct | Act::ChangeScope | Act::Renew | Act::KeepGrant => {
            event.scope += 1;
            let mut scope = loaded.scope.clone();
            scope.plan.push('+');
            tx.put_scope(id, event.scope, &scope).await.unwrap();
        }
        _ => {}
    }
    let mut standing = loaded.case.clone();
    standing.apply(&event);
    assert!(tx.add_application_event(id, &event, None, &standing).await.unwrap());
    assert!(!tx.add_application_event(id, &event, None, &standing).await.unwrap(), "the same step twice");
    tx.commit().await.unwrap();
    true
}

#[tokio::test]
async fn what_lists_read_is_after_every_step_what_the_events_add_up_to() {
    let (_folder, gate) = ready().await;
    let cast = cast(&gate).await;
    let mut dice = Dice(2026);
    let (mut steps, mut states) = (0, std::collections::BTreeSet::new());
    for _ in 0..12 {
        let id = begin(&gate, "academic").await;
        for _ in 0..60 {
            if !play(&gate, &id, &cast, &mut dice).await {
                continue;
            }
            steps += 1;
            let mut reads = gate.inner.registry.read().await.unwrap();
            let list = reads.listed_applications().await.unwrap();
            let listed = list.into_iter().find(|listed| listed.row.id == id).unwrap();
            let events = reads.application_events(&id).await.unwrap();
            assert_eq!(listed.case, Case::replay(listed.row.owner.clone(), &events));
            let scope = reads.application_scope(&id, listed.row.scope).await.unwrap();
            assert_eq!(
                (listed.title, listed.digest, listed.people),
                (scope.title.clone(), scope.digest(), scope.people)
            );
            assert!(reads.application(&id).await.unwrap().unwrap().standing.is_some());
            states.insert(listed.row.state);
        }
    }
    println!("{steps} steps through {} states", states.len());
    assert!(steps > 100 && states.len() >= 8, "{steps} {states:?}");
}

/// A list is read in a few queries, however many applications there are.
#[tokio::test]
async fn a_thousand_applications_are_listed_at_once() {
    let (_folder, gate) = ready().await;
    let cast = cast(&gate).await;
    let mut dice = Dice(7);
    for n in 0..1_000usize {
        let id = begin(&gate, ["academic", "clinician"][n % 2]).await;
        for _ in 0..n % 12 {
            play(&gate, &id, &cast, &mut dice).await;
        }
    }
    for (user, seen) in [("committee", 700), ("academic", 500)] {
        let begun = Instant::now();
        let briefs = gate.applications(&asker(user)).await.unwrap();
        let took = begun.elapsed();
        println!("{} applications listed for {user} in {took:?}", briefs.len());
        assert!(briefs.len() >= seen, "{user}: {}", briefs.len());
        // Milliseconds on an idle machine; one query for each application would take far longer than this.
        assert!(took < Duration::from_secs(2), "{took:?}");
    }
    let begun = Instant::now();
    gate.register().await.unwrap();
    println!("the register in {:?}", begun.elapsed());
}

/// Whose data are not reported as deleted is named, and neither the applicant nor anybody of the same
/// institution applies or renews until the report is in.
#[tokio::test]
async fn who_owes_a_report_of_deletion_is_named_and_applies_for_nothing_new() {
    let (folder, gate) = ready().await;
    let id = begin(&gate, "academic").await;
    // As a grant of an earlier year left it.
    let mut tx = gate.inner.registry.begin().await.unwrap();
    let event = Event {
        number: 1,
        at: gate.inner.clock.at(),
        actor: "system".into(),
        role: Role::System,
        act: Act::Grant,
        from: State::Payment,
        to: State::Granted,
        scope: 1,
        subject: None,
        subject_institution: None,
        verdict: None,
        text: None,
        digest: None,
        until: Some("2027-03-31".parse().unwrap()),
    };
    let mut standing = Case::new(gate.applying(&asker("academic")).await.unwrap());
    standing.apply(&event);
    assert!(tx.add_application_event(&id, &event, None, &standing).await.unwrap());
    tx.set_granted(&id, &event).await.unwrap();
    tx.commit().await.unwrap();
    let finish = StepRequest { text: Some("done".into()), ..StepRequest::new(id.clone(), Act::Finish) };
    gate.step_application(&asker("academic"), &finish).await.unwrap();
    let due = gate.inner.clock.today() + Days::new(90);
    assert_eq!(gate.register().await.unwrap()[0].deletion_overdue_since, None);
    drop(gate);

    let later = Gate::open(&folder.path().join("data"), clock("2027-03-01")).await.unwrap();
    let entry = later.register().await.unwrap().remove(0);
    assert_eq!((entry.deletion_overdue_since, entry.state), (Some(due), State::Expired));
    assert_eq!(entry.institutions[0].en, "Example University");
    let waits = later.applications_due(&asker("academic")).await.unwrap();
    assert!(waits.iter().any(|due| due.what == "report-deletion" && due.overdue && due.waits_for_me));
    let submit = async |user: &str| {
        let id = begin(&later, user).await;
        later.step_application(&asker(user), &StepRequest::new(id, Act::Submit)).await
    };
    let Err(GateError::Refused(refusal)) = submit("academic").await else { panic!("it was submitted") };
    assert_eq!(refusal.codes(), "application-nothing-overdue");
    // Somebody of another institution does.
    submit("clinician").await.unwrap();
    for act in [Act::ReportFinal, Act::ReportDeletion] {
        let report = StepRequest { text: Some("deleted".into()), ..StepRequest::new(id.clone(), act) };
        later.step_application(&asker("academic"), &report).await.unwrap();
    }
    assert_eq!(later.register().await.unwrap()[0].deletion_overdue_since, None);
    submit("academic").await.unwrap();
}
