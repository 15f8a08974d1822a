//! The whole table against the text we agreed on, and against what REMS permits.
#![allow(clippy::unwrap_used, clippy::panic)]

use gj_casework::{Act, Facts, Guard, Outcome, Refused, Role, State, TABLE, is_possible, next};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

fn golden(name: &str, now: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    if std::env::var_os("GJ_BLESS").is_some() {
        std::fs::write(&path, now).unwrap();
    }
    std::fs::read_to_string(&path).unwrap_or_default()
}

fn list<T: Copy>(values: &[T], word: fn(T) -> &'static str) -> String {
    values.iter().map(|value| word(*value)).collect::<Vec<_>>().join(", ")
}

/// The table as text: each state, what may be done there by whom, under which conditions.
fn table() -> String {
    let mut text = String::from(
        "申請の段階と、そこで誰が何をできるか / The states of an application, and who may do what in each\n\
         書かれていないことは、どの役割の人にも認められません。 / What is not written here is refused for every role.\n",
    );
    let cells = State::ALL.len() * Act::ALL.len() * Role::ALL.len();
    let permitted = cells_of(is_possible).len();
    writeln!(
        text,
        "{} states × {} acts × {} roles = {cells} cells, of which {permitted} may be done.\n",
        State::ALL.len(),
        Act::ALL.len(),
        Role::ALL.len(),
    )
    .unwrap();
    for state in State::ALL {
        let awaits = state.awaits();
        writeln!(text, "## {state} — {} / {}", state.ja(), state.en()).unwrap();
        if !awaits.is_empty() {
            writeln!(
                text,
                "   待っている相手 / waits for: {} ({})",
                list(awaits, Role::ja),
                list(awaits, Role::en)
            )
            .unwrap();
        }
        for row in TABLE.iter().filter(|row| row.from.contains(state)) {
            let roles = list(row.by, Role::name);
            let to = row.to.map_or("stays".to_owned(), |to| format!("→ {to}"));
            writeln!(text, "{state} | {} | {roles} | {to} | {}", row.act, list(row.when, Guard::name))
                .unwrap();
        }
        text.push('\n');
    }
    text.push_str("## 行為 / Acts\n");
    for act in Act::ALL {
        writeln!(text, "{act}: {} / {}", act.ja(), act.en()).unwrap();
    }
    text.push_str("\n## 条件 / Conditions\n");
    for guard in Guard::ALL {
        writeln!(text, "{guard}: {} / {}", guard.ja(), guard.en()).unwrap();
    }
    text.push_str("\n## 役割 / Roles, and the right a programme's role needs\n");
    for role in Role::ALL {
        writeln!(text, "{role}: {} / {} ({})", role.ja(), role.en(), role.right().unwrap_or("nobody's"))
            .unwrap();
    }
    text
}

fn cells_of(possible: impl Fn(State, Act, Role) -> bool) -> BTreeSet<(State, Act, Role)> {
    let mut cells = BTreeSet::new();
    for state in State::ALL {
        for act in Act::ALL {
            for role in Role::ALL {
                if possible(*state, *act, *role) {
                    cells.insert((*state, *act, *role));
                }
            }
        }
    }
    cells
}

/// Facts under which every condition of a row holds.
fn facts_for(when: &[Guard]) -> Facts {
    let mut facts = Facts {
        scope_whole: true,
        opinion: Some(gj_casework::Verdict::Approve),
        approved: true,
        text_given: true,
        verdict_given: true,
        digest_current: true,
        final_report_in: true,
        deletion_report_in: true,
        period_over: true,
        deadline_passed: true,
        ..Facts::default()
    };
    for guard in when {
        match guard {
            Guard::MatchAllows => facts.matched = Some(Outcome::Allow),
            Guard::MatchAsks => facts.matched = Some(Outcome::Ask),
            Guard::MatchDenies => facts.matched = Some(Outcome::Deny),
            Guard::ReviewStands => facts.review_stands = true,
            Guard::ContributorsAwaited => facts.contributors_awaited = 1,
            Guard::TwoCleared => facts.reviewers_cleared = 2,
            Guard::TwoReviewsIn => facts.reviews_in = 2,
            Guard::OtherSigned | Guard::SignedByBoth => {
                (facts.signed_by_applicant, facts.signed_by_head) = (true, true);
            }
            Guard::FeeDue => facts.fee_due = true,
            Guard::Invoiced => facts.invoiced = true,
            Guard::GrantInForce => facts.grant_in_force = true,
            Guard::AppealsRevocation => facts.appeals_revocation = true,
            Guard::PublicationProposed => facts.proposed = Some(gj_casework::Proposed::Waiting),
            _ => {}
        }
    }
    assert!(when.iter().all(|guard| guard.holds(&facts)), "{when:?}");
    facts
}

/// `GJ_BLESS=1` rewrites the golden file; the difference is then reviewed like code.
#[test]
fn the_table_is_the_one_we_agreed_on() {
    let now = table();
    assert_eq!(golden("table.txt", &now), now);
}

/// The golden text is read back, as a lawyer reads it, and the whole product is walked against it.
#[test]
fn whatever_the_text_does_not_say_is_refused_for_every_role_in_every_state() {
    let text = golden("table.txt", &table());
    let mut said = BTreeSet::new();
    for line in text.lines().filter(|line| line.matches(" | ").count() == 4 || line.ends_with(" |")) {
        let parts: Vec<&str> = line.split(" |").map(str::trim).collect();
        let [state, act, roles, ..] = parts[..] else { panic!("{line}") };
        for role in roles.split(", ") {
            said.insert((state.parse().unwrap(), act.parse().unwrap(), role.parse().unwrap()));
        }
    }
    let (mut walked, mut refused) = (0, 0);
    for state in State::ALL.iter().copied() {
        for act in Act::ALL.iter().copied() {
            for role in Role::ALL.iter().copied() {
                walked += 1;
                let rows =
                    TABLE.iter().filter(|r| r.from.contains(&state) && r.act == act && r.by.contains(&role));
                if !said.contains(&(state, act, role)) {
                    refused += 1;
                    assert_eq!(rows.count(), 0);
                    // Whatever the facts are.
                    for row in TABLE {
                        let why = next(state, act, role, &facts_for(row.when)).unwrap_err();
                        assert!(matches!(why, Refused::State | Refused::Role), "{state} {act} {role}");
                        assert!(!why.reasons(state, act).is_empty());
                    }
                    continue;
                }
                for row in rows {
                    let to = next(state, act, role, &facts_for(row.when));
                    assert_eq!(to, Ok(row.to.unwrap_or(state)), "{state} {act} {role}");
                }
            }
        }
    }
    println!("{walked} cells walked, {refused} refused, {} permitted", said.len());
    assert_eq!((walked, walked - refused), (State::ALL.len() * Act::ALL.len() * Role::ALL.len(), said.len()));
}

#[test]
fn each_condition_alone_can_stop_a_step() {
    for row in TABLE {
        for guard in row.when {
            let mut others = facts_for(row.when);
            spoil(*guard, &mut others);
            if guard.holds(&others) {
                panic!("{guard} is not spoilt");
            }
            for (state, role) in row.from.iter().flat_map(|s| row.by.iter().map(move |r| (*s, *r))) {
                match next(state, row.act, role, &others) {
                    Ok(to) => {
                        let other = TABLE.iter().any(|other| {
                            other.act == row.act && other.to.unwrap_or(state) == to && other.when != row.when
                        });
                        assert!(other, "{state} {} {role} without {guard}", row.act);
                    }
                    Err(Refused::Unmet(unmet)) => assert!(!unmet.is_empty()),
                    Err(other) => panic!("{other:?}"),
                }
            }
        }
    }
}

fn spoil(guard: Guard, f: &mut Facts) {
    match guard {
        Guard::ScopeWhole => f.scope_whole = false,
        Guard::NotSanctioned => f.sanctioned = true,
        Guard::NothingOverdue => f.obligations_overdue = 1,
        Guard::MatchAllows | Guard::MatchAsks | Guard::MatchDenies => f.matched = None,
        Guard::ReviewStands => f.review_stands = false,
        Guard::ReviewNeeded => f.review_stands = true,
        Guard::ContributorsAwaited => f.contributors_awaited = 0,
        Guard::ContributorsAgreed => f.contributors_awaited = 1,
        Guard::ActorFree => f.actor_conflicted = true,
        Guard::ActorFirst => f.actor_done = true,
        Guard::CandidateFree => f.candidate_barred = true,
        Guard::PlaceFree => f.reviewers = 2,
        Guard::OneCleared => f.reviewers_cleared = 2,
        Guard::TwoCleared => f.reviewers_cleared = 1,
        Guard::OneReviewIn => f.reviews_in = 2,
        Guard::TwoReviewsIn => f.reviews_in = 1,
        Guard::TextGiven => f.text_given = false,
        Guard::VerdictGiven => f.verdict_given = false,
        Guard::FollowsOpinionToApprove => f.opinion = None,
        Guard::Approved => f.approved = false,
        Guard::DigestCurrent => f.digest_current = false,
        Guard::OtherSigned => (f.signed_by_applicant, f.signed_by_head) = (false, false),
        Guard::OtherNotSigned | Guard::SignedByBoth => {
            (f.signed_by_applicant, f.signed_by_head) = (!f.signed_by_applicant, false);
        }
        Guard::FeeDue => f.fee_due = false,
        Guard::NotInvoiced => f.invoiced = true,
        Guard::Invoiced => f.invoiced = false,
        Guard::NotPaid => f.paid = true,
        Guard::Settled => (f.fee_due, f.paid) = (true, false),
        Guard::GrantInForce => f.grant_in_force = false,
        Guard::NoGrant => f.grant_in_force = true,
        Guard::PeriodOver => f.period_over = false,
        Guard::DeadlinePassed => f.deadline_passed = false,
        Guard::ReportsIn => f.deletion_report_in = false,
        Guard::NothingProposed => f.proposed = Some(gj_casework::Proposed::Waiting),
        Guard::PublicationProposed => f.proposed = None,
        Guard::PublicationFree => f.could_identify = true,
        Guard::AppealsRefusal => f.appeals_revocation = true,
        Guard::AppealsRevocation => f.appeals_revocation = false,
    }
}

#[test]
fn every_state_can_be_reached_and_left_unless_it_is_over() {
    let mut reached = BTreeSet::from([State::Draft]);
    for _ in State::ALL {
        for row in TABLE {
            if row.from.iter().any(|from| reached.contains(from)) {
                reached.extend(row.to);
            }
        }
    }
    assert_eq!(reached.len(), State::ALL.len());
    for state in State::ALL {
        let left = TABLE.iter().any(|row| row.from.contains(state) && row.to.is_some_and(|to| to != *state));
        assert_eq!(!left, state.is_over(), "{state}");
        // Whom a state waits for can do something there.
        for role in state.awaits() {
            assert!(
                Act::ALL.iter().any(|act| *act != Act::Remark && is_possible(*state, *act, *role)),
                "{state} {role}"
            );
        }
    }
}
