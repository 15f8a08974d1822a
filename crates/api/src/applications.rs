//! `/api/applications …`: applications for use. Each operation is one act of the gate; what comes back is
//! what the asker may see of the application afterwards.

use crate::status::{BadParameter, Problem};
use crate::who::{self, Counter};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use gj_gate::acts::application::{ApplicationCard, Brief, Draft, Due, RegisterEntry, StepRequest};
use gj_gate::{Asker, GateError};
use gj_model::ApplicationId;
use serde_json::{Value, json};

struct Desk {
    counter: Counter,
    asker: Asker,
    signed_in: bool,
}

impl Desk {
    async fn of(counter: Counter, headers: &HeaderMap) -> Result<Desk, Problem> {
        let session =
            who::session(headers, &counter.gate, &counter.sessions).await.map_err(Problem::public)?;
        let (asker, signed_in) = (who::asker(session.as_ref()), session.is_some());
        Ok(Desk { counter, asker, signed_in })
    }

    fn said<T>(&self, answer: Result<T, GateError>) -> Result<T, Problem> {
        answer.map_err(|error| Problem::Gate { error, signed_in: self.signed_in })
    }
}

/// `GET /api/applications`
pub(crate) async fn list(State(counter): State<Counter>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    let desk = Desk::of(counter, &headers).await?;
    let list: Vec<Brief> = desk.said(desk.counter.gate.applications(&desk.asker).await)?;
    Ok(Json(json!({ "applications": list })))
}

/// `GET /api/applications/due`
pub(crate) async fn due(State(counter): State<Counter>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    let desk = Desk::of(counter, &headers).await?;
    let list: Vec<Due> = desk.said(desk.counter.gate.applications_due(&desk.asker).await)?;
    Ok(Json(json!({ "due": list })))
}

/// `GET /api/application?application=A-…`
pub(crate) async fn show(
    State(counter): State<Counter>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<ApplicationCard>, Problem> {
    let desk = Desk::of(counter, &headers).await?;
    let query = query.unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let id = pairs.find(|(name, _)| name == "application").map(|(_, value)| value.into_owned());
    let id: ApplicationId = match id.unwrap_or_default().parse() {
        Ok(id) => id,
        // Who may read none learns nothing about the form of a number either.
        Err(_) => {
            desk.said(desk.counter.gate.applications(&desk.asker).await)?;
            return Err(BadParameter::new("application", "", "the number of an application, A-…").into());
        }
    };
    desk.said(desk.counter.gate.application(&desk.asker, &id).await).map(Json)
}

/// `POST /api/application`
pub(crate) async fn begin(
    State(counter): State<Counter>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let desk = Desk::of(counter, &headers).await?;
    let draft: Draft = read(&desk, &body).await?;
    let id = desk.said(desk.counter.gate.new_application(&desk.asker, &draft).await)?;
    Ok(Json(json!({ "application": id })))
}

/// `POST /api/application/step`
pub(crate) async fn step(
    State(counter): State<Counter>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let desk = Desk::of(counter, &headers).await?;
    let request: StepRequest = read(&desk, &body).await?;
    let id = desk.said(desk.counter.gate.step_application(&desk.asker, &request).await)?;
    match desk.counter.gate.application(&desk.asker, &id).await {
        Ok(card) => Ok(Json(json!(card))),
        // Who declared a conflict sees the application no longer.
        Err(GateError::NoApplication(_)) => Ok(Json(json!({ "application": id }))),
        Err(error) => desk.said(Err(error)),
    }
}

/// `GET /api/register`
pub(crate) async fn register(State(counter): State<Counter>) -> Result<Json<Value>, Problem> {
    let entries: Vec<RegisterEntry> = counter.gate.register().await.map_err(Problem::public)?;
    Ok(Json(json!({ "register": entries })))
}

/// A body in JSON. Strangers are refused before their body is looked at.
async fn read<T: serde::de::DeserializeOwned>(desk: &Desk, body: &[u8]) -> Result<T, Problem> {
    match serde_json::from_slice(body) {
        Ok(read) => Ok(read),
        Err(error) => {
            desk.said(desk.counter.gate.applications(&desk.asker).await)?;
            Err(BadParameter::new("body", "", error.to_string()).into())
        }
    }
}
