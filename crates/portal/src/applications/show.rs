//! `/application/{id}`: one application with its timeline, what is awaited from whom until when, and a
//! form for each act the reader may do.

use super::acts::{ActForm, SCOPE, forms, is_main};
use super::fields::{DraftFields, Values, draft_fields};
use super::{Wording, asker, datasets, failed, listed, purpose, said, stopped, wording};
use crate::date;
use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::number;
use crate::own_form::OwnForm;
use crate::trouble::{self, Line};
use crate::visit::Visit;
use crate::words::fill;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use gj_api::Problem;
use gj_gate::acts::application::{Act, ApplicationCard, EventCard, State as Stage, StepRequest, Verdict};
use gj_gate::{GateError, Overview};
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
    data: String,
    /// When the next report is due.
    next_report: Option<String>,
    fee: Option<(String, String, Option<String>)>,
    reasons_title: &'static str,
    reasons: Vec<Line>,
    /// Whether the application waits for the reader.
    my_turn: bool,
    /// Whether the reader may also do what nobody waits for.
    has_others: bool,
    /// Whether there is but one thing to do, whose form then stands open.
    one_form: bool,
    purpose: String,
    forms: Vec<ActForm>,
    scopes: Vec<ScopeForm>,
    candidates: Vec<(String, String, &'static str)>,
    events: Vec<Happened>,
    reports: Vec<(&'static str, String, bool)>,
    invoices: Vec<(String, String, bool)>,
    verdicts: Vec<(&'static str, &'static str)>,
}

/// A form with the fields of a draft.
struct ScopeForm {
    act: &'static str,
    label: &'static str,
    /// Whether the application waits for it.
    main: bool,
    /// Whether it asks for the reason.
    text: bool,
    d: DraftFields,
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
    let card = match desk.gate.application(&asker(&visit), &id).await {
        Ok(card) => card,
        Err(error) => return failed(&visit, error),
    };
    match desk.gate.overview().await {
        Ok(overview) => render(&visit, StatusCode::OK, &page(&visit, overview.get(), card)),
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
        ..StepRequest::new(id.clone(), act)
    };
    match desk.gate.step_application(&asker(&visit), &request).await {
        Ok(id) => Redirect::to(&format!("/application/{id}")).into_response(),
        Err(error) => stopped(&visit, &id, error),
    }
}

fn page(visit: &Visit, overview: &Overview, card: ApplicationCard) -> Page {
    let a = wording(visit.language);
    let word = |act: Act| said(visit, act.ja(), act.en());
    let roles = |roles: &[gj_gate::acts::application::Role]| {
        roles.iter().map(|role| said(visit, role.ja(), role.en()).to_owned()).collect::<Vec<_>>()
    };
    let standing = |word: &str| match word {
        "free" => a.free,
        "named" => a.named,
        "cleared" => a.cleared,
        "done" => a.reviewed,
        _ => a.conflict,
    };
    let awaited = card.roles.iter().any(|role| card.awaits.contains(role));
    let values = scope_values(&card);
    let forms = forms(visit, &card);
    // Once a contributor has agreed, why it was asked is history.
    let tells_why = matches!(card.state, Stage::Refused | Stage::Contributor | Stage::Appeal);
    let shown_reasons: Vec<_> = card.match_reasons.iter().filter(|_| tells_why).collect();
    let yen = |amount: i64| fill(a.fee_yen, &[("yen", &number::count(amount.unsigned_abs()))]);
    Page {
        frame: Frame::new(visit, if card.scope.title.is_empty() { a.list_title } else { &card.scope.title }),
        a,
        state: said(visit, card.state.ja(), card.state.en()),
        asks: visit.language.of(&card.asks).to_owned(),
        awaits: listed(visit, &roles(&card.awaits)),
        tier: said(visit, card.scope.tier.ja(), card.scope.tier.en()),
        people: listed(visit, &people(visit, &card)),
        data: datasets(visit, overview, &card.scope.datasets),
        next_report: card
            .obligations
            .iter()
            .filter(|report| report.done_at.is_none() && card.granted_until.is_some())
            .min_by_key(|report| report.due)
            .map(|report| report.due.to_string()),
        // What will not be granted costs nothing.
        fee: card.quote.as_ref().filter(|_| card.state != Stage::Refused).map(|quote| {
            let reason = visit.language.of(&quote.reason).to_owned();
            // A reason that ends with its source is not given the same once more.
            let source = Some(quote.source.clone()).filter(|source| !reason.contains(source.as_str()));
            (yen(quote.amount_yen), reason, source)
        }),
        reasons_title: if card.state == Stage::Refused { a.why_refused } else { a.why_asked },
        reasons: shown_reasons.into_iter().map(|reason| Line::new(visit, reason)).collect(),
        my_turn: awaited && card.may.iter().any(|act| is_main(*act)),
        has_others: card.may.iter().any(|act| !is_main(*act)),
        one_form: forms.iter().filter(|form| form.main).count() == 1,
        forms,
        purpose: purpose(visit, overview, &card.scope.purpose.to_string()),
        scopes: card
            .may
            .iter()
            .filter(|act| SCOPE.contains(act))
            .map(|act| ScopeForm {
                act: act.name(),
                label: word(*act),
                main: *act == Act::Edit,
                text: *act == Act::Correct,
                d: draft_fields(visit, overview, prefix(*act), &values),
            })
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

/// Who takes part, by name where there is one.
fn people(visit: &Visit, card: &ApplicationCard) -> Vec<String> {
    let name = |id: &String| match card.names.get(id) {
        Some(name) => format!("{} · {id}", visit.language.of(name)),
        None => id.clone(),
    };
    let people = card.scope.people.iter();
    people.map(|person| format!("{} ({})", name(&person.user), name(&person.institution))).collect()
}

/// The scope as the fields of its form would be sent.
fn scope_values(card: &ApplicationCard) -> Values {
    let scope = &card.scope;
    let people: Vec<&str> = scope.people.iter().skip(1).map(|person| person.user.as_str()).collect();
    [
        ("title", scope.title.clone()),
        ("purpose", scope.purpose.to_string()),
        ("tier", scope.tier.name().to_owned()),
        ("dataset", scope.datasets.join(" ")),
        ("people", people.join(" ")),
        ("from", scope.from.to_string()),
        ("until", scope.until.to_string()),
        ("plan", scope.plan.clone()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn prefix(act: Act) -> &'static str {
    match act {
        Act::Renew => "renew-",
        Act::Correct => "correct-",
        Act::ChangeScope => "change-",
        _ => "edit-",
    }
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
