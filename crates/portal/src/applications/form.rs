//! The form of a draft: prefilled from the address, with the fee and its reason before anything is applied for.

use super::{Wording, asker, failed, said, wording};
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
use gj_api::{BadParameter, Problem};
use gj_gate::acts::application::{Act, Draft, StepRequest, Tier};
use gj_model::{ApplicationId, UserId};
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "application_form.html")]
struct DraftForm {
    frame: Frame,
    a: &'static Wording,
    action: String,
    version: String,
    fields: BTreeMap<&'static str, String>,
    purposes: Vec<Choice>,
    tiers: Vec<Choice>,
    fee: Option<Fee>,
}

impl DraftForm {
    fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

struct Choice {
    value: String,
    label: String,
    selected: bool,
}

struct Fee {
    yen: String,
    reason: String,
    source: String,
}

/// Fields of a draft as a browser sends them, all texts.
pub(crate) type Fields = BTreeMap<String, String>;
const NAMES: [&str; 8] = ["title", "purpose", "tier", "dataset", "people", "from", "until", "plan"];

pub(crate) async fn new(State(desk): State<Desk>, visit: Visit) -> Response {
    let mut fields: Fields =
        NAMES.iter().filter_map(|name| Some(((*name).to_owned(), visit.param(name)?.to_owned()))).collect();
    // A release page links here with `release`, a contributor's with `dataset`.
    if let Some(release) = visit.param("release") {
        fields.entry("dataset".to_owned()).or_insert_with(|| release.to_owned());
    }
    page(&desk, &visit, "/applications/new".to_owned(), String::new(), fields).await
}

pub(crate) async fn begin(State(desk): State<Desk>, form: OwnForm<Fields>) -> Response {
    let OwnForm { visit, fields } = form;
    let draft = match draft(&fields) {
        Ok(draft) => draft,
        Err(bad) => return trouble::page(&visit, &bad.into()),
    };
    if fields.contains_key("quote") {
        return page(&desk, &visit, "/applications/new".to_owned(), String::new(), fields).await;
    }
    match desk.gate.new_application(&asker(&visit), &draft).await {
        Ok(id) => Redirect::to(&format!("/application/{id}")).into_response(),
        Err(error) => failed(&visit, error),
    }
}

/// `POST /application/{id}/edit`: writes a draft anew, changes the scope of a grant, or asks for renewal.
pub(crate) async fn edit(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    form: OwnForm<Fields>,
) -> Response {
    let OwnForm { visit, fields } = form;
    let id: ApplicationId = match id.parse() {
        Ok(id) => id,
        Err(_) => return trouble::page(&visit, &Problem::NotFound),
    };
    let draft = match draft(&fields) {
        Ok(draft) => draft,
        Err(bad) => return trouble::page(&visit, &bad.into()),
    };
    let act = fields.get("act").and_then(|act| act.parse().ok()).unwrap_or(Act::Edit);
    let version = fields.get("version").and_then(|version| version.parse().ok());
    let text = fields.get("text").cloned();
    let request = StepRequest { version, draft: Some(draft), text, ..StepRequest::new(id, act) };
    match desk.gate.step_application(&asker(&visit), &request).await {
        Ok(id) => Redirect::to(&format!("/application/{id}")).into_response(),
        Err(error) => failed(&visit, error),
    }
}

async fn page(desk: &Desk, visit: &Visit, action: String, version: String, fields: Fields) -> Response {
    let a = wording(visit.language);
    let overview = match desk.gate.overview().await {
        Ok(overview) => overview,
        Err(error) => return failed(visit, error),
    };
    // Who may not apply is told before filling in a form.
    if let Err(error) = desk.gate.applications(&asker(visit)).await {
        return failed(visit, error);
    }
    let mut fee = None;
    if let Ok(draft) = draft(&fields) {
        match desk.gate.project_price(&asker(visit), &draft).await {
            Ok(quote) => {
                let yen = number::count(quote.amount_yen.unsigned_abs());
                fee = Some(Fee {
                    yen: fill(a.fee_yen, &[("yen", &yen)]),
                    reason: visit.language.of(&quote.reason).to_owned(),
                    source: quote.source,
                });
            }
            Err(error) => return failed(visit, error),
        }
    }
    let chosen = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let purposes = overview.get().purposes.iter().map(|purpose| Choice {
        label: format!("{} – {}", purpose.code, visit.language.of(&purpose.name)),
        selected: purpose.code == chosen("purpose").split(':').next().unwrap_or_default(),
        value: purpose.code.clone(),
    });
    let tiers = Tier::ALL.iter().map(|tier| Choice {
        value: tier.name().to_owned(),
        label: said(visit, tier.ja(), tier.en()).to_owned(),
        selected: tier.name() == chosen("tier"),
    });
    let form = DraftForm {
        frame: Frame::new(visit, a.new),
        a,
        action,
        version,
        purposes: purposes.collect(),
        tiers: tiers.collect(),
        fields: NAMES.iter().map(|name| (*name, chosen(name))).collect(),
        fee,
    };
    render(visit, StatusCode::OK, &form)
}

/// The draft a form means.
fn draft(fields: &Fields) -> Result<Draft, BadParameter> {
    let text = |name: &str| fields.get(name).map_or("", |value| value.trim());
    let day = |name: &str| {
        text(name).parse().map_err(|_| BadParameter::new(name, text(name), "a day, as in 2027-03-31"))
    };
    let mut purpose = text("purpose").to_owned();
    if !text("disease").is_empty() && !purpose.contains(':') {
        purpose = format!("{purpose}:{}", text("disease"));
    }
    let people: Result<Vec<UserId>, _> = text("people").split_whitespace().map(str::parse).collect();
    Ok(Draft {
        title: text("title").to_owned(),
        purpose: purpose
            .parse()
            .map_err(|_| BadParameter::new("purpose", &purpose, "GRU, HMB, POA, DS:MONDO:0005148"))?,
        tier: text("tier").parse().map_err(|what: String| BadParameter::new("tier", text("tier"), what))?,
        datasets: text("dataset").split_whitespace().map(str::to_owned).collect(),
        people: people
            .map_err(|_| BadParameter::new("people", text("people"), "user ids, separated by spaces"))?,
        from: day("from")?,
        until: day("until")?,
        plan: text("plan").to_owned(),
    })
}
