//! Our table beside every cell that REMS permits: each is permitted here, too, or refused for a reason of
//! a short list that `rems.tsv` explains; and what we have that REMS lacks, by name.
#![allow(clippy::unwrap_used, clippy::panic)]

use gj_casework::{Act, Case, Event, Person, Role, Sight, State, is_possible, sees};
use std::collections::{BTreeMap, BTreeSet};

const CELLS: &str = include_str!("rems.tsv");
/// Cells REMS permits in the version that the file names.
const COUNT: usize = 186;

/// One cell of REMS, with ours.
struct Cell {
    theirs: [&'static str; 3],
    states: Vec<State>,
    roles: Vec<Role>,
    /// `reads`, `-` or an act.
    act: &'static str,
    why: &'static str,
}

fn cells() -> Vec<Cell> {
    let lines = CELLS.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines
        .map(|line| {
            let [state, role, command, states, roles, act, why] = line.split('\t').collect::<Vec<_>>()[..]
            else {
                panic!("{line}")
            };
            Cell {
                theirs: [state, role, command],
                states: states.split(' ').map(|state| state.parse().unwrap()).collect(),
                roles: roles.split(' ').map(|role| role.parse().unwrap()).collect(),
                act,
                why,
            }
        })
        .collect()
}

/// The reasons that the head of the file explains.
fn explained() -> BTreeSet<&'static str> {
    let words = CELLS.lines().filter_map(|line| line.strip_prefix("# ")?.split_once("  "));
    words.map(|(reason, _)| reason).collect()
}

/// Whether somebody in this role reads all that another's act said and who acted, at this state.
fn reads_all(state: State, role: Role) -> bool {
    let mut case = Case::new(Person { user: "owner".into(), institution: "u".into() });
    case.state = state;
    let event = |act, role| Event {
        number: 1,
        at: "2026-11-22T00:00:00Z".into(),
        actor: "another".into(),
        role,
        act,
        from: State::Review,
        to: state,
        scope: 1,
        subject: None,
        subject_institution: None,
        verdict: None,
        text: Some("said".into()),
        digest: None,
        until: None,
    };
    let events = [
        event(Act::Submit, Role::Applicant),
        event(Act::Review, Role::Reviewer),
        event(Act::Remark, Role::Reviewer),
        event(Act::DeclareConflict, Role::Head),
    ];
    events.iter().all(|event| sees(&case, event, "reader", &[role]) == Sight::All)
}

#[test]
fn every_cell_of_rems_is_permitted_here_or_refused_for_an_explained_reason() {
    let cells = cells();
    assert_eq!(cells.len(), COUNT);
    let distinct: BTreeSet<_> = cells.iter().map(|cell| cell.theirs).collect();
    assert_eq!(distinct.len(), COUNT);
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for cell in &cells {
        let theirs = cell.theirs.join(" ");
        *reasons.entry(cell.why).or_default() += 1;
        assert!(cell.why == "-" || explained().contains(cell.why), "{theirs}: {}", cell.why);
        for (state, role) in cell.states.iter().flat_map(|s| cell.roles.iter().map(move |r| (*s, *r))) {
            let ours = match cell.act {
                // A draft is kept from everybody else where it is read; a story test tries.
                "reads" => reads_all(state, role) && state != State::Draft,
                "-" => false,
                act => is_possible(state, act.parse().unwrap(), role),
            };
            assert_eq!(ours, cell.why == "-", "REMS permits {theirs}; here {state} {role} {}", cell.act);
        }
        // Only what we have no word for may stand without one.
        let wordless = ["no-attachments", "no-mail", "one-number", "one-agreement", "another-agreement"];
        assert!(cell.act != "-" || wordless.contains(&cell.why) || cell.why == "offices", "{theirs}");
    }
    println!("{} of {COUNT} cells of REMS are permitted here; not: {reasons:?}", reasons["-"]);
    let unused: Vec<_> = explained().into_iter().filter(|reason| !reasons.contains_key(reason)).collect();
    assert_eq!(unused, [""; 0], "reasons that explain nothing");
}

/// What REMS has no command for, by name: payment, conflicts, an opinion apart from the decision, reports …
#[test]
fn what_rems_lacks_is_listed() {
    let theirs: BTreeSet<&str> = cells().iter().map(|cell| cell.act).collect();
    let ours: Vec<&str> = Act::ALL.iter().map(|act| act.name()).filter(|act| !theirs.contains(act)).collect();
    assert_eq!(
        ours,
        [
            "pass",
            "match",
            "agree",
            "object",
            "release",
            "declare-none",
            "declare-conflict",
            "ask-again",
            "countersign",
            "invoice",
            "record-payment",
            "grant",
            "begin-use",
            "keep-grant",
            "report-yearly",
            "report-final",
            "report-deletion",
            "propose-publication",
            "clear-publication",
            "stop-publication",
            "publish",
            "renew",
            "finish",
            "expire",
            "lapse",
            "warn",
            "suspend",
            "resume",
            "sanction",
            "appeal",
            "admit-appeal",
            "dismiss-appeal",
        ]
    );
}

/// Where REMS lets an approver act on a submission at once, ours cannot: the steps between are there.
#[test]
fn what_rems_allows_early_is_refused_here() {
    for role in Role::ALL {
        assert!(!is_possible(State::Submitted, Act::Approve, *role));
        assert!(!is_possible(State::Review, Act::Approve, *role));
        assert!(!is_possible(State::Granted, Act::Review, *role), "a review after the grant");
        assert_eq!(is_possible(State::Decision, Act::Approve, *role), *role == Role::Head);
    }
}
