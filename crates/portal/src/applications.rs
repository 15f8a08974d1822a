//! `/applications`, `/application/…` and `/register`: applications for use, each step a form.

mod acts;
mod fields;
mod form;
mod show;
mod wording;

use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::group_name;
use crate::language::Language;
use crate::trouble;
use crate::visit::Visit;
use crate::words::fill;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use gj_api::Problem;
use gj_gate::acts::application::{Brief, RegisterEntry};
use gj_gate::{Asker, GateError, Overview};
use gj_model::ApplicationId;
use wording::{EN, JA};

pub(crate) use form::{begin, edit, new};
pub(crate) use show::{act, problem, show};

/// The sentences of these pages.
pub(crate) type Wording = wording::Words;

pub(crate) fn wording(language: Language) -> &'static Wording {
    match language {
        Language::Ja => &JA,
        Language::En => &EN,
    }
}

pub(crate) fn asker(visit: &Visit) -> Asker {
    visit.session.as_ref().map_or_else(Asker::nobody, |session| session.asker.clone())
}

/// The page for what the gate says instead of an answer.
pub(crate) fn failed(visit: &Visit, error: GateError) -> Response {
    trouble::page(visit, &Problem::Gate { error, signed_in: visit.session.is_some() })
}

/// The same for a step on an application, with the way back to it.
fn stopped(visit: &Visit, id: &ApplicationId, error: GateError) -> Response {
    let problem = Problem::Gate { error, signed_in: visit.session.is_some() };
    trouble::step(visit, &problem, format!("/application/{id}"))
}

/// Several words in a row, as each language writes them.
fn listed(visit: &Visit, words: &[String]) -> String {
    words.join(said(visit, "、", ", "))
}

#[derive(Template)]
#[template(path = "applications.html")]
struct List {
    frame: Frame,
    a: &'static Wording,
    waiting: Vec<Line>,
    all: Vec<Line>,
    may_apply: bool,
}

struct Line {
    id: String,
    title: String,
    institution: String,
    state: &'static str,
    due: String,
    overdue: bool,
    soon: bool,
    conflict: bool,
}

pub(crate) async fn list(State(desk): State<Desk>, visit: Visit) -> Response {
    let asker = asker(&visit);
    // What happens by itself on this day is done first.
    let briefs = match desk.gate.inbox(&asker).await {
        Ok(briefs) => briefs,
        Err(error) => return failed(&visit, error),
    };
    let may_apply = match desk.gate.may_apply(&asker).await {
        Ok(may_apply) => may_apply,
        Err(error) => return failed(&visit, error),
    };
    let a = wording(visit.language);
    let line = |brief: &Brief| Line {
        id: brief.application.to_string(),
        title: brief.title.clone(),
        institution: brief.institution.clone(),
        state: said(&visit, brief.state.ja(), brief.state.en()),
        due: brief.due.map_or(String::new(), |due| due.to_string()),
        overdue: brief.overdue,
        soon: brief.remind,
        conflict: brief.conflict,
    };
    let page = List {
        frame: Frame::new(&visit, a.list_title),
        a,
        waiting: briefs.iter().filter(|brief| brief.waits_for_me).map(line).collect(),
        all: briefs.iter().map(line).collect(),
        may_apply,
    };
    render(&visit, StatusCode::OK, &page)
}

pub(crate) fn said(visit: &Visit, ja: &'static str, en: &'static str) -> &'static str {
    if visit.language == Language::Ja { ja } else { en }
}

/// The same of texts that are rows.
pub(crate) fn said_of<'a>(visit: &Visit, ja: &'a str, en: &'a str) -> &'a str {
    if visit.language == Language::Ja { ja } else { en }
}

#[derive(Template)]
#[template(path = "register.html")]
struct Register {
    frame: Frame,
    a: &'static Wording,
    entries: Vec<Entry>,
}

struct Entry {
    id: String,
    title: String,
    institutions: String,
    purpose: String,
    datasets: String,
    from: String,
    until: String,
    state: &'static str,
    publications: Vec<String>,
    owes: Option<String>,
}

pub(crate) async fn register(State(desk): State<Desk>, visit: Visit) -> Response {
    let entries = match desk.gate.register().await {
        Ok(entries) => entries,
        Err(error) => return failed(&visit, error),
    };
    let overview = match desk.gate.overview().await {
        Ok(overview) => overview,
        Err(error) => return failed(&visit, error),
    };
    let overview = overview.get();
    let a = wording(visit.language);
    let entry = |entry: RegisterEntry| Entry {
        id: entry.application.to_string(),
        title: entry.title,
        institutions: listed(
            &visit,
            &entry.institutions.iter().map(|name| visit.language.of(name).to_owned()).collect::<Vec<_>>(),
        ),
        purpose: purpose(&visit, overview, &entry.purpose),
        datasets: datasets(&visit, overview, &entry.datasets),
        from: entry.from.to_string(),
        until: entry.until.to_string(),
        state: said(&visit, entry.state.ja(), entry.state.en()),
        publications: entry.publications,
        owes: entry.deletion_overdue_since.map(|due| fill(a.register_owes, &[("due", &due.to_string())])),
    };
    let entries = entries.into_iter().map(entry).collect();
    render(&visit, StatusCode::OK, &Register { frame: Frame::new(&visit, a.register_title), a, entries })
}

/// A purpose with its name: `HMB – health, …`.
fn purpose(visit: &Visit, overview: &Overview, code: &str) -> String {
    let (term, _) = code.split_once(':').unwrap_or((code, ""));
    match overview.purposes.iter().find(|purpose| purpose.code == term) {
        Some(purpose) => format!("{code} – {}", visit.language.of(&purpose.name)),
        None => code.to_owned(),
    }
}

/// Datasets, those of contributors with their names.
fn datasets(visit: &Visit, overview: &Overview, ids: &[String]) -> String {
    let contributors = || overview.freezes.iter().flat_map(|freeze| &freeze.contributors);
    let named = |id: &String| match contributors().find(|group| group.id == *id) {
        Some(group) => group_name::shown(visit.language, group),
        None => id.clone(),
    };
    listed(visit, &ids.iter().map(named).collect::<Vec<_>>())
}
