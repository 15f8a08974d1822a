//! `/api/money/ …`: prices, invoices, statements, and the books. Each operation is one act of the gate,
//! which says who reads what and leaves a line in the log.

mod book;
pub(crate) mod operations;

pub(crate) use book::{credit, pay, refund, set_off};

use crate::status::{BadParameter, Problem};
use crate::who::{self, Counter};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use gj_gate::acts::application::Tier;
use gj_gate::acts::money::{Account, FiscalYear, Funding, PriceQuestion, pdf};
use gj_gate::{Asker, GateError};
use gj_model::InstitutionId;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Media type of a paper.
pub(crate) const PDF: &str = "application/pdf";

/// Who asks, and the parameters of the address.
struct Desk {
    counter: Counter,
    asker: Asker,
    signed_in: bool,
    params: BTreeMap<String, String>,
}

impl Desk {
    async fn of(counter: Counter, headers: &HeaderMap, query: Option<String>) -> Result<Desk, Problem> {
        let session =
            who::session(headers, &counter.gate, &counter.sessions).await.map_err(Problem::public)?;
        let (asker, signed_in) = (who::asker(session.as_ref()), session.is_some());
        let params = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
        Ok(Desk { counter, asker, signed_in, params })
    }

    fn said<T>(&self, answer: Result<T, GateError>) -> Result<T, Problem> {
        answer.map_err(|error| Problem::Gate { error, signed_in: self.signed_in })
    }

    fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// A parameter that is understood. Who may read nothing of the books is refused before theirs are looked at.
    async fn read<T: std::str::FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, Problem> {
        let Some(text) = self.param(name) else { return Ok(None) };
        match text.parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) => {
                self.refuse_strangers().await?;
                Err(BadParameter::new(name, text, expected).into())
            }
        }
    }

    /// A body in JSON, after the same.
    async fn body<T: serde::de::DeserializeOwned>(&self, body: &[u8]) -> Result<T, Problem> {
        match serde_json::from_slice(body) {
            Ok(read) => Ok(read),
            Err(error) => {
                self.refuse_strangers().await?;
                Err(BadParameter::new("body", "", error.to_string()).into())
            }
        }
    }

    async fn refuse_strangers(&self) -> Result<(), Problem> {
        let rights = self.said(self.counter.gate.money_rights(&self.asker).await)?;
        if !(rights.read || rights.own || rights.quote) {
            self.said(self.counter.gate.statement(&self.asker, None).await)?;
        }
        Ok(())
    }
}

/// `GET /api/money/fees`
pub(crate) async fn fees(State(counter): State<Counter>) -> Result<Json<Value>, Problem> {
    let fees = counter.gate.fees(None).await.map_err(Problem::public)?;
    Ok(Json(json!({ "fees": fees })))
}

/// `GET /api/money/windows`
pub(crate) async fn windows(State(counter): State<Counter>) -> Result<Json<Value>, Problem> {
    let windows = counter.gate.priority_windows().await.map_err(Problem::public)?;
    Ok(Json(json!({ "windows": windows })))
}

/// `GET /api/money/price`
pub(crate) async fn price(
    State(counter): State<Counter>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let desk = Desk::of(counter, &headers, query).await?;
    let mut with: Vec<InstitutionId> = Vec::new();
    for id in desk.param("with").unwrap_or_default().split(',').filter(|id| !id.trim().is_empty()) {
        match id.trim().parse() {
            Ok(id) => with.push(id),
            Err(_) => {
                desk.refuse_strangers().await?;
                return Err(BadParameter::new("with", id, "ids of institutions, comma separated").into());
            }
        }
    }
    let funding = match desk.param("funding") {
        None | Some("own") => Funding::Own,
        Some("public") => Funding::Public,
        Some(other) => {
            desk.refuse_strangers().await?;
            return Err(BadParameter::new("funding", other, "own or public").into());
        }
    };
    let question = PriceQuestion {
        institution: desk.read("institution", "the id of an institution").await?,
        with,
        purpose: desk.param("purpose").map(str::to_owned),
        tier: desk.read::<Tier>("tier", "overview or detailed").await?.unwrap_or(Tier::Overview),
        months: desk.read("months", "months, as in 12").await?.unwrap_or(12),
        funding,
    };
    let quote = desk.said(desk.counter.gate.price_of(&desk.asker, &question).await)?;
    Ok(Json(json!(quote)))
}

/// `GET /api/money/statement`
pub(crate) async fn statement(
    State(counter): State<Counter>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let desk = Desk::of(counter, &headers, query).await?;
    let institution: Option<InstitutionId> = desk.read("institution", "the id of an institution").await?;
    let statement = desk.said(desk.counter.gate.statement(&desk.asker, institution.as_ref()).await)?;
    Ok(Json(json!(statement)))
}

/// `GET /api/money/invoice`
pub(crate) async fn invoice(
    State(counter): State<Counter>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let desk = Desk::of(counter, &headers, query).await?;
    let number = desk.param("number").unwrap_or_default();
    Ok(Json(json!(desk.said(desk.counter.gate.invoice_sheet(&desk.asker, number).await)?)))
}

/// `GET /api/money/paper.pdf`
pub(crate) async fn paper(
    State(counter): State<Counter>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let desk = Desk::of(counter, &headers, query).await?;
    let number = desk.param("number").unwrap_or_default();
    let paper = desk.said(desk.counter.gate.paper(&desk.asker, number).await)?;
    // The number is one of ours, since there is a paper of it: letters, digits, hyphens.
    let name = format!("attachment; filename=\"{number}.pdf\"");
    let headers = [(CONTENT_TYPE, PDF.to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, pdf(&paper)).into_response())
}

/// `GET /api/money/receivables`
pub(crate) async fn receivables(
    State(counter): State<Counter>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let desk = Desk::of(counter, &headers, None).await?;
    Ok(Json(json!(desk.said(desk.counter.gate.receivables(&desk.asker).await)?)))
}

/// `GET /api/money/balance`
pub(crate) async fn balance(
    State(counter): State<Counter>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let desk = Desk::of(counter, &headers, None).await?;
    Ok(Json(json!(desk.said(desk.counter.gate.trial_balance(&desk.asker).await)?)))
}

/// `GET /api/money/account`
pub(crate) async fn account(
    State(counter): State<Counter>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let desk = Desk::of(counter, &headers, query).await?;
    let account = desk.read("account", "the number of an account: 1100, 1200 …").await?;
    let account: Account = account.unwrap_or(Account::Cash);
    let from: u64 = desk.read("from", "the number of an entry").await?.unwrap_or(0);
    let wanted = (account, desk.param("about").unwrap_or_default());
    Ok(Json(json!(desk.said(desk.counter.gate.account_page(&desk.asker, wanted, from).await)?)))
}

/// `GET /api/money/budgets`
pub(crate) async fn budgets(
    State(counter): State<Counter>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let desk = Desk::of(counter, &headers, None).await?;
    let budgets = desk.said(desk.counter.gate.budgets(&desk.asker).await)?;
    Ok(Json(json!({ "budgets": budgets })))
}

/// `GET /api/money/genome-cost`
pub(crate) async fn genome_cost(
    State(counter): State<Counter>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let desk = Desk::of(counter, &headers, None).await?;
    Ok(Json(json!(desk.said(desk.counter.gate.genome_cost(&desk.asker).await)?)))
}

/// `GET /api/money/expected`
pub(crate) async fn expected(
    State(counter): State<Counter>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let desk = Desk::of(counter, &headers, None).await?;
    Ok(Json(json!(desk.said(desk.counter.gate.expected_income(&desk.asker, None).await)?)))
}

/// What would be under another tariff.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WhatIf {
    /// The other tariff, as `gj money tariff` prints one.
    fees: String,
    /// The fiscal year whose invoices are priced anew, by the year it begins in.
    year: i32,
}

/// `POST /api/money/forecast`
pub(crate) async fn forecast(
    State(counter): State<Counter>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let desk = Desk::of(counter, &headers, None).await?;
    let what: WhatIf = desk.body(&body).await?;
    let Some(year) = FiscalYear::beginning_in(what.year) else {
        desk.refuse_strangers().await?;
        return Err(BadParameter::new("year", &what.year.to_string(), "a fiscal year, as in 2026").into());
    };
    let other = (what.fees.as_str(), "fees");
    let past = desk.said(desk.counter.gate.forecast(&desk.asker, year, other, None).await)?;
    let expected = desk.said(desk.counter.gate.expected_income(&desk.asker, Some(other)).await)?;
    Ok(Json(json!({ "year": past, "expected": expected })))
}
