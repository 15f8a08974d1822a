//! `/application/{id}`: one application with its timeline, what is awaited from whom until when, and a
//! form for each act the reader may do.

use super::{Wording, asker, failed, said, wording};
use crate::date;
use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::number;
use crate::own_form::OwnForm;
use crate::trouble;
use crate::visit::Visit;
use crate::words::fill;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use gj_api::Problem;
use gj_gate::GateError;
use gj_gate::acts::application::{
    Act, ApplicationCard, EventCard, State as Stage, StepRequest, Tier, Verdict,
};
use gj_model::ApplicationId;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "application.html")]
struct Page {
    frame: Frame,
    a: &'static Wording,
    card: ApplicationCard,
    state: &'static str,
    asks: String,
    awaits: String,
    tier: &'static str,
    people: String,
    fee: Option<(String, String, String)>,
    reasons_title: &'static str,
    reasons: Vec<(String, String, String)>,
    forms: Vec<ActForm>,
    scope_acts: Vec<(&'static str, &'static str)>,
    candidates: Vec<(String, String, &'static str)>,
    events: Vec<Happened>,
    reports: Vec<(&'static str, String, bool)>,
    invoices: Vec<(String, String, bool)>,
    verdicts: Vec<(&'static str, &'static str)>,
    tiers: Vec<(&'static str, &'static str)>,
}

struct ActForm {
    /// Whether the application waits for it.
    main: bool,
    act: &'static str,
    label: &'static str,
    text: bool,
    verdict: bool,
    subject: bool,
    kind: bool,
    digest: bool,
}

struct Happened {
    day: String,
    act: &'static str,
    who: String,
    verdict: String,
    text: String,
    to: Option<&'static str>,
}

pub(crate) async fn show(State(desk): State<Desk>, visit: Visit, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse::<ApplicationId>() else { return trouble::page(&visit, &Problem::NotFound) };
    match desk.gate.application(&asker(&visit), &id).await {
        Ok(card) => render(&visit, StatusCode::OK, &page(&visit, card)),
        Err(error) => failed(&visit, error),
    }
}

/// `POST /application/{id}/act`
pub(crate) async fn act(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    form: OwnForm<BTreeMap<String, String>>,
) -> Response {
    let OwnForm { visit, fields } = form;
    let field = |name: &str| fields.get(name).map(|value| value.trim()).filter(|value| !value.is_empty());
    let act = field("act").and_then(|act| act.parse::<Act>().ok());
    let (Ok(id), Some(act)) = (id.parse::<ApplicationId>(), act) else {
        return trouble::page(&visit, &Problem::NotFound);
    };
    let request = StepRequest {
        version: field("version").and_then(|version| version.parse().ok()),
        subject: field("subject").and_then(|user| user.parse().ok()),
        verdict: field("verdict").and_then(|verdict| verdict.parse().ok()),
        text: field("text").map(str::to_owned),
        digest: field("digest").map(str::to_owned),
        paper: field("kind").map(|kind| (kind.to_owned(), field("release").map(str::to_owned))),
        ..StepRequest::new(id, act)
    };
    match desk.gate.step_application(&asker(&visit), &request).await {
        Ok(id) => Redirect::to(&format!("/application/{id}")).into_response(),
        Err(error) => failed(&visit, error),
    }
}

/// Acts whose form is that of the scope.
const SCOPE: [Act; 4] = [Act::Edit, Act::Correct, Act::ChangeScope, Act::Renew];

fn page(visit: &Visit, card: ApplicationCard) -> Page {
    let a = wording(visit.language);
    let word = |act: Act| said(visit, act.ja(), act.en());
    let roles = |roles: &[gj_gate::acts::application::Role]| {
        roles.iter().map(|role| said(visit, role.ja(), role.en())).collect::<Vec<_>>().join(", ")
    };
    let form = |act: Act| ActForm {
        main: is_main(act),
        act: act.name(),
        label: word(act),
        text: !matches!(
            act,
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
                | Act::AcceptTerms
        ),
        verdict: matches!(act, Act::Review | Act::Opine),
        subject: matches!(act, Act::Assign | Act::Release | Act::AddCollaborator | Act::RemoveCollaborator),
        kind: act == Act::Publish,
        digest: matches!(act, Act::Sign | Act::Countersign | Act::AcceptTerms),
    };
    let standing = |word: &str| match word {
        "free" => a.free,
        "named" => a.named,
        "cleared" => a.cleared,
        "done" => a.reviewed,
        _ => a.conflict,
    };
    let mut forms: Vec<Act> = card.may.iter().copied().filter(|act| !SCOPE.contains(act)).collect();
    forms.sort_by_key(|act| !is_main(*act));
    // Once a contributor has agreed, why it was asked is history.
    let tells_why = matches!(card.state, Stage::Refused | Stage::Contributor | Stage::Appeal);
    let shown_reasons: Vec<_> = card.match_reasons.iter().filter(|_| tells_why).collect();
    let yen = |amount: i64| fill(a.fee_yen, &[("yen", &number::count(amount.unsigned_abs()))]);
    Page {
        frame: Frame::new(visit, if card.scope.title.is_empty() { a.list_title } else { &card.scope.title }),
        a,
        state: said(visit, card.state.ja(), card.state.en()),
        asks: visit.language.of(&card.asks).to_owned(),
        awaits: roles(&card.awaits),
        tier: said(visit, card.scope.tier.ja(), card.scope.tier.en()),
        people: card
            .scope
            .people
            .iter()
            .map(|p| format!("{} ({})", p.user, p.institution))
            .collect::<Vec<_>>()
            .join(", "),
        fee: card.quote.as_ref().map(|quote| {
            (yen(quote.amount_yen), visit.language.of(&quote.reason).to_owned(), quote.source.clone())
        }),
        reasons_title: if card.state == Stage::Refused { a.why_refused } else { a.why_asked },
        reasons: shown_reasons
            .iter()
            .map(|reason| {
                let (here, there) = if said(visit, "ja", "en") == "ja" {
                    (&reason.ja, &reason.en)
                } else {
                    (&reason.en, &reason.ja)
                };
                (here.clone(), there.clone(), reason.source.clone())
            })
            .collect(),
        forms: forms.into_iter().map(form).collect(),
        scope_acts: card
            .may
            .iter()
            .filter(|act| SCOPE.contains(act))
            .map(|act| (act.name(), word(*act)))
            .collect(),
        candidates: card
            .candidates
            .iter()
            .map(|c| (c.user.clone(), visit.language.of(&c.name).to_owned(), standing(c.standing)))
            .collect(),
        events: card.events.iter().map(|event| happened(visit, event)).collect(),
        reports: card
            .obligations
            .iter()
            .filter_map(|o| {
                let act: Act = o.act.parse().ok()?;
                Some((word(act), o.due.to_string(), o.done_at.is_some()))
            })
            .collect(),
        invoices: card
            .invoices
            .iter()
            .map(|i| (i.id.clone(), yen(i.amount_yen), i.paid_on.is_some()))
            .collect(),
        verdicts: Verdict::ALL.iter().map(|v| (v.name(), said(visit, v.ja(), v.en()))).collect(),
        tiers: Tier::ALL.iter().map(|tier| (tier.name(), said(visit, tier.ja(), tier.en()))).collect(),
        card,
    }
}

fn happened(visit: &Visit, event: &EventCard) -> Happened {
    let verdict = event.verdict.as_deref().and_then(|verdict| verdict.parse::<Verdict>().ok());
    let role = said(visit, event.role.ja(), event.role.en());
    Happened {
        day: date::day(&event.at),
        act: said(visit, event.act.ja(), event.act.en()),
        who: match (&event.actor, &event.subject) {
            (Some(actor), Some(subject)) => format!("{role} {actor}: {subject}"),
            (Some(actor), None) => format!("{role} {actor}"),
            (None, _) => role.to_owned(),
        },
        verdict: verdict.map_or(String::new(), |v| said(visit, v.ja(), v.en()).to_owned()),
        text: event.text.clone().unwrap_or_default(),
        to: event.moved.then(|| said(visit, event.to.ja(), event.to.en())),
    }
}

/// Whether an application can wait for the act; what one may always do comes after it.
fn is_main(act: Act) -> bool {
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
    )
}

/// The sentence for a problem with an application.
pub(crate) fn problem(visit: &Visit, error: &GateError) -> Option<String> {
    match error {
        GateError::Application(_) | GateError::NoApplication(_) => Some(error.to_string()),
        GateError::Stale(id) => Some(match said(visit, "ja", "en") {
            "ja" => format!(
                "申請 {id} は、ほかの人が先に手続きを進めました。もう一度ご確認ください。何も変更していません。"
            ),
            _ => error.to_string(),
        }),
        _ => None,
    }
}
