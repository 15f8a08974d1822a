//! `GET` and `POST /api/beacon/v2/g_variants`: which variants are there, and how frequent they are.

use super::envelope;
use super::fields::Fields;
use super::request::Request;
use super::resultsets;
use crate::frequency::{self, ask::Asked};
use crate::status::{BadParameter, BeaconProblem, Problem};
use crate::who::{self, Counter};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use gj_gate::FrequencyAnswer;
use serde_json::Value;

pub(crate) async fn get(
    State(counter): State<Counter>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, BeaconProblem> {
    answer(&counter, &headers, Fields::from_query(query.as_deref().unwrap_or_default())).await
}

pub(crate) async fn post(
    State(counter): State<Counter>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, BeaconProblem> {
    answer(&counter, &headers, Fields::from_body(&body)).await
}

async fn answer(
    counter: &Counter,
    headers: &HeaderMap,
    fields: Result<Fields, BadParameter>,
) -> Result<Json<Value>, BeaconProblem> {
    let request = fields
        .and_then(|fields| Request::read(&fields))
        .map_err(|bad| BeaconProblem { problem: bad.into(), meta: envelope::meta_of_error() })?;
    match found(counter, headers, &request).await {
        Ok(body) => Ok(Json(body)),
        Err(problem) => Err(BeaconProblem { problem, meta: envelope::meta(&request) }),
    }
}

async fn found(counter: &Counter, headers: &HeaderMap, request: &Request) -> Result<Value, Problem> {
    let session = who::session(headers, &counter.gate, &counter.sessions).await.map_err(Problem::public)?;
    if request.test {
        // The form of an answer without any data: nothing is asked of the gate.
        return Ok(resultsets::body(request, &[]));
    }
    let mut datasets: Vec<_> = request.datasets.iter().cloned().map(Some).collect();
    if datasets.is_empty() {
        datasets.push(None);
    }
    let mut released = Vec::new();
    for freeze in datasets {
        let (place, purpose) = (request.query.place(), request.purpose.clone());
        let project = request.project.clone();
        let asked = Asked { freeze, place, by: request.by, purpose, project };
        released.push(frequency::answer(&counter.gate, session.as_ref(), asked).await?);
    }
    let answers: Vec<&FrequencyAnswer> = released.iter().map(|answer| answer.get()).collect();
    Ok(resultsets::body(request, &answers))
}
