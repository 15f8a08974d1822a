//! The form of a draft: prefilled from the address, with the fee and its reason before anything is applied for.

use super::fields::{DraftFields, NAMES, Sent, Values, by_name, draft, draft_fields};
use super::{Wording, asker, failed, stopped, wording};
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
use gj_gate::acts::application::{Act, StepRequest};
use gj_model::ApplicationId;

#[derive(Template)]
#[template(path = "application_form.html")]
struct DraftForm {
    frame: Frame,
    a: &'static Wording,
    d: DraftFields,
    fee: Option<Fee>,
    /// Why what was sent is no draft yet.
    wrong: Option<String>,
}

struct Fee {
    yen: String,
    reason: String,
    source: Option<String>,
}

pub(crate) async fn new(State(desk): State<Desk>, visit: Visit) -> Response {
    let mut values: Values =
        NAMES.iter().filter_map(|name| Some(((*name).to_owned(), visit.param(name)?.to_owned()))).collect();
    // A release page links here with `release`, a contributor's with `dataset`.
    if let Some(release) = visit.param("release") {
        values.entry("dataset".to_owned()).or_insert_with(|| release.to_owned());
    }
    page(&desk, &visit, &values, None).await
}

pub(crate) async fn begin(State(desk): State<Desk>, form: OwnForm<Sent>) -> Response {
    let OwnForm { visit, fields } = form;
    let values = by_name(fields);
    let draft = match draft(&values) {
        Ok(draft) => draft,
        Err(bad) => return page(&desk, &visit, &values, Some(trouble::sentence(&visit, &bad.into()))).await,
    };
    if values.contains_key("quote") {
        return page(&desk, &visit, &values, None).await;
    }
    match desk.gate.new_application(&asker(&visit), &draft).await {
        Ok(id) => Redirect::to(&format!("/application/{id}")).into_response(),
        Err(error) => again(&desk, &visit, &values, error).await,
    }
}

/// What was typed is not lost because of what is wrong with it.
async fn again(desk: &Desk, visit: &Visit, values: &Values, error: GateError) -> Response {
    match super::problem(visit, &error) {
        Some(sentence) => page(desk, visit, values, Some(sentence)).await,
        None => failed(visit, error),
    }
}

/// `POST /application/{id}/edit`: writes a draft anew, changes the scope of a grant, or asks for renewal.
pub(crate) async fn edit(State(desk): State<Desk>, Path(id): Path<String>, form: OwnForm<Sent>) -> Response {
    let OwnForm { visit, fields } = form;
    let values = by_name(fields);
    let id: ApplicationId = match id.parse() {
        Ok(id) => id,
        Err(_) => return trouble::page(&visit, &Problem::NotFound),
    };
    let draft = match draft(&values) {
        Ok(draft) => draft,
        Err(bad) => return trouble::page(&visit, &bad.into()),
    };
    let act = values.get("act").and_then(|act| act.parse().ok()).unwrap_or(Act::Edit);
    let version = values.get("version").and_then(|version| version.parse().ok());
    let text = values.get("text").cloned();
    let request = StepRequest { version, draft: Some(draft), text, ..StepRequest::new(id.clone(), act) };
    match desk.gate.step_application(&asker(&visit), &request).await {
        Ok(id) => Redirect::to(&format!("/application/{id}")).into_response(),
        Err(error) => stopped(&visit, &id, error),
    }
}

async fn page(desk: &Desk, visit: &Visit, values: &Values, wrong: Option<String>) -> Response {
    let a = wording(visit.language);
    let overview = match desk.gate.overview().await {
        Ok(overview) => overview,
        Err(error) => return failed(visit, error),
    };
    // Who may not apply is told before filling in a form.
    if let Err(error) = desk.gate.applications(&asker(visit)).await {
        return failed(visit, error);
    }
    let (mut fee, mut wrong) = (None, wrong);
    if let (Ok(draft), None) = (draft(values), &wrong) {
        match desk.gate.project_price(&asker(visit), &draft).await {
            Ok(quote) => {
                let yen = number::count(quote.amount_yen.unsigned_abs());
                let reason = visit.language.of(&quote.reason).to_owned();
                let source = Some(quote.source).filter(|source| !reason.contains(source.as_str()));
                fee = Some(Fee { yen: fill(a.fee_yen, &[("yen", &yen)]), reason, source });
            }
            Err(error) => match super::problem(visit, &error) {
                Some(sentence) => wrong = Some(sentence),
                None => return failed(visit, error),
            },
        }
    }
    let status = if wrong.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let d = draft_fields(visit, overview.get(), "", values);
    render(visit, status, &DraftForm { frame: Frame::new(visit, a.new), a, d, fee, wrong })
}
