//! What each capacity may read of an application's events.
//!
//! Reviews are blind: a reviewer reads no other review before both are in, and never another reviewer's
//! name; the applicant reads neither a name nor a review, but what was consolidated from them.

use crate::act::Act;
use crate::case::Case;
use crate::event::Event;
use crate::role::Role;
use crate::state::State;

/// How much of an event is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Nothing, not even that it happened.
    Nothing,
    /// That it happened; not who acted, whom it concerned, or what was said.
    Happened,
    /// What was said; not by whom or about whom.
    Said,
    /// All of it.
    All,
}

/// What somebody in these capacities may read of an event; the most that one of them may.
pub fn sees(case: &Case, event: &Event, user: &str, roles: &[Role]) -> Sight {
    if event.actor == user && !roles.is_empty() {
        return Sight::All;
    }
    roles.iter().map(|role| sees_as(case, event, *role)).max().unwrap_or(Sight::Nothing)
}

fn sees_as(case: &Case, event: &Event, role: Role) -> Sight {
    match role {
        Role::Secretariat | Role::Chair | Role::Head | Role::Auditor => Sight::All,
        Role::Applicant | Role::Collaborator => for_applicant(case, event),
        Role::Reviewer => for_reviewer(case, event),
        Role::Finance => for_finance(event),
        Role::Contributor => match event.act {
            Act::Submit | Act::Agree | Act::Object | Act::Grant | Act::Revoke | Act::Expire => Sight::All,
            _ => Sight::Nothing,
        },
        Role::System | Role::Other => Sight::Nothing,
    }
}

/// Whether the event is one of a reviewer, or about one.
fn concerns_reviewers(event: &Event) -> bool {
    matches!(event.act, Act::Assign | Act::Release | Act::Review)
        || event.role == Role::Reviewer
        || event.act == Act::DeclareConflict
}

fn for_applicant(case: &Case, event: &Event) -> Sight {
    match event.act {
        Act::Review => Sight::Happened,
        _ if concerns_reviewers(event) => Sight::Nothing,
        // An opinion and what was consolidated are read together with the decision they led to.
        Act::Opine | Act::Consolidate | Act::AskAgain if is_undecided(case) => Sight::Happened,
        Act::Opine | Act::Consolidate | Act::ClearPublication | Act::StopPublication => Sight::Said,
        _ => Sight::All,
    }
}

fn is_undecided(case: &Case) -> bool {
    matches!(case.state, State::Consolidation | State::Committee | State::Decision)
}

fn for_reviewer(case: &Case, event: &Event) -> Sight {
    let blind = matches!(case.state, State::Conflicts | State::Review);
    match event.act {
        Act::Review if blind => Sight::Nothing,
        Act::Review | Act::Consolidate | Act::Opine => Sight::Said,
        Act::Remark => Sight::Nothing,
        _ if concerns_reviewers(event) => Sight::Nothing,
        _ => Sight::All,
    }
}

fn for_finance(event: &Event) -> Sight {
    match event.act {
        // A reviewer's remark would tell who reviews.
        Act::Remark if event.role == Role::Reviewer => Sight::Nothing,
        Act::Invoice | Act::RecordPayment | Act::Sign | Act::Countersign | Act::Grant | Act::Remark => {
            Sight::All
        }
        Act::Submit | Act::Approve | Act::Withdraw | Act::Expire | Act::Revoke => Sight::Happened,
        _ => Sight::Nothing,
    }
}
