//! Writing into the books: payments, credit notes, what is set off and paid back.

use super::Desk;
use crate::status::{BadParameter, Problem};
use crate::who::Counter;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use gj_gate::acts::money::{CreditRequest, PaymentRequest, Yen};
use gj_model::InstitutionId;
use serde::Deserialize;
use serde_json::{Value, json};

/// Money that arrived.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Paid {
    invoice: String,
    amount: Yen,
    /// The bank's; the same one is booked once.
    reference: String,
    /// A day; absent: today.
    received_on: Option<String>,
}

/// `POST /api/money/pay`
pub(crate) async fn pay(
    State(counter): State<Counter>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let desk = Desk::of(counter, &headers, None).await?;
    let paid: Paid = desk.body(&body).await?;
    let received_on = match paid.received_on.as_deref().map(str::parse).transpose() {
        Ok(day) => day,
        Err(_) => {
            desk.refuse_strangers().await?;
            let found = paid.received_on.unwrap_or_default();
            return Err(BadParameter::new("received_on", &found, "a day, as in 2026-11-22").into());
        }
    };
    let Paid { invoice, amount, reference, .. } = paid;
    let request = PaymentRequest { invoice, amount, received_on, reference };
    Ok(Json(json!(desk.said(desk.counter.gate.pay(&desk.asker, &request).await)?)))
}

/// What is taken back of an invoice.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TakenBack {
    invoice: String,
    reason: String,
    /// Line, from 1, and yen without tax; none: all that is left.
    #[serde(default)]
    lines: Vec<(usize, Yen)>,
}

/// `POST /api/money/credit`
pub(crate) async fn credit(
    State(counter): State<Counter>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let desk = Desk::of(counter, &headers, None).await?;
    let TakenBack { invoice, reason, lines } = desk.body(&body).await?;
    let request = CreditRequest { invoice, lines, reason };
    Ok(Json(json!(desk.said(desk.counter.gate.credit(&desk.asker, &request).await)?)))
}

/// What is counted against an invoice.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetOff {
    invoice: String,
    amount: Yen,
}

/// `POST /api/money/set-off`
pub(crate) async fn set_off(
    State(counter): State<Counter>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let desk = Desk::of(counter, &headers, None).await?;
    let SetOff { invoice, amount } = desk.body(&body).await?;
    let entry = desk.said(desk.counter.gate.set_off(&desk.asker, &invoice, amount).await)?;
    Ok(Json(json!({ "entry": entry })))
}

/// What is paid back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PaidBack {
    institution: InstitutionId,
    amount: Yen,
}

/// `POST /api/money/refund`
pub(crate) async fn refund(
    State(counter): State<Counter>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let desk = Desk::of(counter, &headers, None).await?;
    let PaidBack { institution, amount } = desk.body(&body).await?;
    let entry = desk.said(desk.counter.gate.refund(&desk.asker, &institution, amount).await)?;
    Ok(Json(json!({ "entry": entry })))
}
