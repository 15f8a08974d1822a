//! The forms of an application's page: for each act the reader may do, what it asks for.

use super::fields::Choice;
use super::{Wording, said, wording};
use crate::visit::Visit;
use gj_gate::acts::application::{Act, ApplicationCard};

pub(crate) struct ActForm {
    /// Whether the application waits for it.
    pub(crate) main: bool,
    pub(crate) act: &'static str,
    pub(crate) label: &'static str,
    pub(crate) text: Option<&'static str>,
    /// Whether one line is enough for it.
    pub(crate) text_short: bool,
    /// Whether the act is refused without a text.
    pub(crate) text_required: bool,
    pub(crate) verdict: bool,
    pub(crate) subject: Option<Subject>,
    pub(crate) kind: bool,
    pub(crate) digest: bool,
}

/// Whom an act concerns: one of some, or a name that is typed.
pub(crate) struct Subject {
    pub(crate) label: &'static str,
    pub(crate) choices: Vec<Choice>,
}

/// Acts whose form is that of the scope.
pub(crate) const SCOPE: [Act; 4] = [Act::Edit, Act::Correct, Act::ChangeScope, Act::Renew];

/// A form for each act but those with the fields of a draft; what the application waits for comes first.
pub(crate) fn forms(visit: &Visit, card: &ApplicationCard) -> Vec<ActForm> {
    let mut acts: Vec<Act> = card.may.iter().copied().filter(|act| !SCOPE.contains(act)).collect();
    acts.sort_by_key(|act| !is_main(*act));
    let forms = acts.into_iter().map(|act| form(visit, card, act));
    // Nobody can be released where nobody is named.
    forms
        .filter(|form| {
            form.act == Act::AddCollaborator.name()
                || form.subject.as_ref().is_none_or(|s| !s.choices.is_empty())
        })
        .collect()
}

fn form(visit: &Visit, card: &ApplicationCard, act: Act) -> ActForm {
    let text = text(wording(visit.language), act);
    ActForm {
        main: is_main(act),
        act: act.name(),
        label: said(visit, act.ja(), act.en()),
        text,
        text_required: text.is_some() && !matches!(act, Act::Approve | Act::DeclareConflict | Act::Withdraw),
        text_short: matches!(act, Act::RecordPayment | Act::Publish),
        verdict: matches!(act, Act::Review | Act::Opine),
        subject: subject(visit, card, act),
        kind: act == Act::Publish,
        digest: matches!(act, Act::Sign | Act::Countersign | Act::AcceptTerms),
    }
}

/// What the text of an act is; `None`: it has none.
fn text(a: &'static Wording, act: Act) -> Option<&'static str> {
    match act {
        Act::Submit
        | Act::Discard
        | Act::Pass
        | Act::Assign
        | Act::DeclareNone
        | Act::Sign
        | Act::Countersign
        | Act::Invoice
        | Act::BeginUse
        | Act::CopyAsNew
        | Act::KeepGrant
        | Act::AddCollaborator
        | Act::RemoveCollaborator
        | Act::Close
        | Act::Agree
        | Act::AcceptTerms => None,
        Act::Review => Some(a.text_review),
        Act::Consolidate => Some(a.text_summary),
        Act::Opine => Some(a.text_opinion),
        Act::Approve => Some(a.text_approve),
        Act::RecordPayment => Some(a.text_payment),
        Act::ReportYearly | Act::ReportFinal | Act::ReportDeletion => Some(a.text_report),
        Act::Publish => Some(a.text_paper),
        Act::Remark => Some(a.text_remark),
        _ => Some(a.text),
    }
}

fn subject(visit: &Visit, card: &ApplicationCard, act: Act) -> Option<Subject> {
    let a = wording(visit.language);
    let reviewers = |wanted: &dyn Fn(&str) -> bool| {
        let found = card.candidates.iter().filter(|candidate| wanted(candidate.standing));
        let choice = |user: &str, name: &str| Choice {
            value: user.to_owned(),
            label: format!("{user} – {name}"),
            selected: false,
        };
        let choices = found.map(|c| choice(&c.user, visit.language.of(&c.name))).collect();
        Some(Subject { label: a.reviewer, choices })
    };
    match act {
        Act::Assign => reviewers(&|standing| standing == "free"),
        Act::Release => reviewers(&|standing| matches!(standing, "named" | "cleared" | "done")),
        Act::AddCollaborator => Some(Subject { label: a.collaborator_id, choices: Vec::new() }),
        Act::RemoveCollaborator => {
            let others = card.scope.people.iter().skip(1);
            let choices = others.map(|person| Choice {
                value: person.user.clone(),
                label: format!("{} ({})", person.user, person.institution),
                selected: false,
            });
            Some(Subject { label: a.collaborator, choices: choices.collect() })
        }
        _ => None,
    }
}

/// Whether an application can wait for the act; what one may always do comes after it.
pub(crate) fn is_main(act: Act) -> bool {
    !matches!(
        act,
        Act::Remark
            | Act::CopyAsNew
            | Act::Withdraw
            | Act::Discard
            | Act::DeclareConflict
            | Act::KeepGrant
            | Act::ProposePublication
            | Act::Publish
            | Act::Finish
            | Act::Warn
            | Act::Suspend
            | Act::Revoke
            | Act::Sanction
            | Act::RemoveCollaborator
            | Act::AddCollaborator
            | Act::Release
            | Act::Return
            | Act::AskAgain
            | Act::ChangeScope
            | Act::Correct
            | Act::Renew
    )
}
