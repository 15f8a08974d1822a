//! `/my-consent`: a participant's own page. What they allowed and since when, what their data were used
//! for, and a change of mind or a withdrawal: chosen, looked at with its effects, confirmed, receipted.

mod wording;

use crate::applications::{asker, failed};
use crate::date;
use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::language::Language;
use crate::own_form::OwnForm;
use crate::trouble;
use crate::visit::Visit;
use crate::words::fill;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use gj_api::{BadParameter, Problem};
use gj_gate::acts::consent::Use;
use gj_gate::acts::participant::{OwnConsent, OwnIntent, OwnVersion};
use gj_model::{Scope, ScopeItem};
use serde_json::Value;
use std::collections::BTreeMap;
use wording::{EN, JA, Words};

type Fields = BTreeMap<String, String>;

fn wording(visit: &Visit) -> &'static Words {
    if visit.language == Language::Ja { &JA } else { &EN }
}

#[derive(Template)]
#[template(path = "my_consent.html")]
struct Page {
    frame: Frame,
    m: &'static Words,
    people: Vec<Shown>,
}

struct Shown {
    who: String,
    heading: String,
    adult_on: String,
    withdrawn: String,
    items: Vec<Item>,
    since: String,
    form: String,
    versions: Vec<(i64, String, String)>,
    uses: Vec<UseLine>,
    receipts: Vec<String>,
}

struct Item {
    name: &'static str,
    title: String,
    allowed: bool,
}

struct UseLine {
    institution: String,
    purpose: String,
    days: String,
    how: String,
}

/// `GET /my-consent`
pub(crate) async fn show(State(desk): State<Desk>, visit: Visit) -> Response {
    let people = match desk.gate.own_consents(&asker(&visit)).await {
        Ok(people) => people,
        Err(error) => return failed(&visit, error),
    };
    // An application's number becomes the title that its register has.
    let titles: BTreeMap<String, String> = match desk.gate.register().await {
        Ok(entries) => entries.into_iter().map(|e| (e.application.to_string(), e.title)).collect(),
        Err(error) => return failed(&visit, error),
    };
    let m = wording(&visit);
    let people = people.into_iter().map(|own| shown(&visit, m, own, &titles)).collect();
    render(&visit, StatusCode::OK, &Page { frame: Frame::new(&visit, m.title), m, people })
}

fn shown(visit: &Visit, m: &'static Words, own: OwnConsent, titles: &BTreeMap<String, String>) -> Shown {
    let newest = own.versions.last();
    let scope = newest.map_or(Scope::NONE, |version| version.scope);
    let item = |item: ScopeItem| Item {
        name: item.name(),
        title: visit.language.of(&item.title()).to_owned(),
        allowed: scope.allows(item),
    };
    let named = |scope: Scope| {
        let titles: Vec<String> =
            scope.items().map(|item| visit.language.of(&item.title()).to_owned()).collect();
        if titles.is_empty() { m.nothing.to_owned() } else { titles.join(m.comma) }
    };
    let form = |version: &OwnVersion| match &version.form {
        Some((title, number)) => {
            fill(m.form_version, &[("form", visit.language.of(title)), ("version", &number.to_string())])
        }
        None => m.form_unknown.to_owned(),
    };
    let answers = own.uses.answers.iter().map(|of| use_line(visit, m.counted, of));
    let extracts = own.uses.extracts.iter().map(|of| {
        let project = of.project.as_deref().unwrap_or_default();
        let title = titles.get(project).map_or(project, String::as_str);
        use_line(visit, &fill(m.extracted, &[("project", title)]), of)
    });
    Shown {
        heading: own
            .relation
            .as_ref()
            .map_or(m.own.to_owned(), |relation| fill(m.of_another, &[("relation", relation)])),
        adult_on: own.adult_on.map_or(String::new(), |day| day.to_string()),
        withdrawn: own.withdrawn_at.as_deref().map_or(String::new(), date::day),
        items: ScopeItem::ALL.into_iter().map(item).collect(),
        since: newest.map_or(String::new(), |version| version.valid_from.to_string()),
        form: newest.map_or(String::new(), form),
        versions: own
            .versions
            .iter()
            .map(|v| (v.version, v.valid_from.to_string(), named(v.scope)))
            .collect(),
        uses: answers.chain(extracts).collect(),
        receipts: own.receipts,
        who: own.who,
    }
}

fn use_line(visit: &Visit, how: &str, of: &Use) -> UseLine {
    UseLine {
        institution: visit.language.of(&of.institution).to_owned(),
        purpose: of
            .purpose_name
            .as_ref()
            .map_or(of.purpose.clone(), |name| visit.language.of(name).to_owned()),
        days: if of.first == of.last { of.first.clone() } else { format!("{} – {}", of.first, of.last) },
        how: how.to_owned(),
    }
}

#[derive(Template)]
#[template(path = "my_consent_check.html")]
struct Check {
    frame: Frame,
    m: &'static Words,
    who: String,
    withdraw: bool,
    version: i64,
    /// Names of what stays allowed, for the form.
    keeps: Vec<String>,
    effect: String,
    stops: Vec<String>,
    begins: Vec<String>,
    answers: u64,
    extracts: usize,
    not_recallable: String,
}

/// `POST /my-consent/check`: the effects, with nothing done.
pub(crate) async fn check(State(desk): State<Desk>, form: OwnForm<Fields>) -> Response {
    let OwnForm { visit, fields } = form;
    let (who, intent) = wish(&fields);
    let (preview, version) = match desk.gate.preview_own(&asker(&visit), &who, intent).await {
        Ok(found) => found,
        Err(error) => return failed(&visit, error),
    };
    let m = wording(&visit);
    let said = Said { visit: &visit, document: &preview };
    let kept = if let OwnIntent::Change(scope) = intent { scope } else { Scope::NONE };
    let page = Check {
        frame: Frame::new(&visit, m.check_title),
        who,
        withdraw: intent == OwnIntent::Withdraw,
        version,
        keeps: kept.items().map(|item| item.name().to_owned()).collect(),
        effect: said.text("/effect"),
        stops: said.list("/stops"),
        begins: said.list("/begins"),
        answers: said.number("/not_recallable/answers_given_from_these_releases"),
        extracts: preview.pointer("/not_recallable/extracts").and_then(Value::as_array).map_or(0, Vec::len),
        not_recallable: said.text("/not_recallable"),
        m,
    };
    render(&visit, StatusCode::OK, &page)
}

/// `POST /my-consent/confirm`: takes effect, and leads to the receipt.
pub(crate) async fn confirm(State(desk): State<Desk>, form: OwnForm<Fields>) -> Response {
    let OwnForm { visit, fields } = form;
    let (who, intent) = wish(&fields);
    let agreed = fields.get("agreed").is_some_and(|agreed| agreed == "yes");
    let version = fields.get("version").and_then(|version| version.parse().ok());
    let (Some(version), true) = (version, agreed) else {
        let problem = BadParameter::new("agreed", "", wording(&visit).must_agree);
        return trouble::page(&visit, &problem.into());
    };
    match desk.gate.decide_own(&asker(&visit), &who, intent, version).await {
        Ok(receipt) => Redirect::to(&format!("/my-consent/receipt/{receipt}")).into_response(),
        Err(error) => failed(&visit, error),
    }
}

/// Whose, and what: a box for each thing that is allowed, or a withdrawal.
fn wish(fields: &Fields) -> (String, OwnIntent) {
    let has = |name: &str| fields.contains_key(name);
    let allowed = ScopeItem::ALL.into_iter().filter(|item| has(item.name()));
    let scope = allowed.fold(Scope::NONE, Scope::with);
    let intent = if has("withdraw") { OwnIntent::Withdraw } else { OwnIntent::Change(scope) };
    (fields.get("who").cloned().unwrap_or_default(), intent)
}

#[derive(Template)]
#[template(path = "my_consent_receipt.html")]
struct Receipt {
    frame: Frame,
    m: &'static Words,
    number: String,
    day: String,
    kind: &'static str,
    effect: String,
    stops: Vec<String>,
    begins: Vec<String>,
    not_recallable: String,
    done: bool,
}

/// `GET /my-consent/receipt/{receipt}`
pub(crate) async fn receipt(State(desk): State<Desk>, visit: Visit, Path(number): Path<String>) -> Response {
    let document = match desk.gate.own_receipt(&asker(&visit), &number).await {
        Ok(document) => document,
        Err(gj_gate::GateError::Participant(_)) => return trouble::page(&visit, &Problem::NotFound),
        Err(error) => return failed(&visit, error),
    };
    let m = wording(&visit);
    let said = Said { visit: &visit, document: &document };
    let page = Receipt {
        frame: Frame::new(&visit, m.receipt_title),
        day: date::day(document["at"].as_str().unwrap_or_default()),
        kind: if number.starts_with('W') { m.kind_withdrawal } else { m.kind_change },
        effect: said.text("/effect"),
        stops: said.list("/stops"),
        begins: said.list("/begins"),
        not_recallable: said.text("/not_recallable"),
        done: !document["repaired"].is_null(),
        number,
        m,
    };
    render(&visit, StatusCode::OK, &page)
}

/// A preview or receipt in the reader's language.
struct Said<'a> {
    visit: &'a Visit,
    document: &'a Value,
}

impl Said<'_> {
    fn of(&self, pointer: &str) -> Option<&Value> {
        self.document.pointer(&format!("{pointer}/{}", self.visit.language.code()))
    }

    fn text(&self, pointer: &str) -> String {
        self.of(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    fn list(&self, pointer: &str) -> Vec<String> {
        let items = self.of(pointer).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    fn number(&self, pointer: &str) -> u64 {
        self.document.pointer(pointer).and_then(Value::as_u64).unwrap_or(0)
    }
}
