//! `GET /api/frequency` and `/api/frequency.vcf`: allele frequencies of a region or a variant, as JSON
//! and as a VCF file. The portal's pages ask through [`answer`] too, so that the numbers are the same.

pub mod ask;
pub mod vcf;

use crate::operations::{JSON, VCF};
use crate::status::Problem;
use crate::who::{self, Counter};
use ask::Asked;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use gj_gate::{FrequencyAnswer, Gate, GateError, Question, Released, Session};
use gj_model::FreezeName;
use std::io;

/// Sites written sooner than another thread is woken.
const WRITTEN_AT_ONCE_MAX: usize = 8;

/// Answers what was asked, for whoever is signed in.
///
/// # Errors
/// [`Problem`]: refused, no release, or what the gate says.
pub async fn answer(
    gate: &Gate,
    session: Option<&Session>,
    asked: Asked,
) -> Result<Released<FrequencyAnswer>, Problem> {
    let freeze = match asked.freeze {
        Some(freeze) => freeze,
        None => newest(gate).await?,
    };
    let question =
        Question { freeze, place: asked.place, by: asked.by, purpose: asked.purpose, project: asked.project };
    let asker = who::asker(session);
    let answer = gj_analysis::frequency::answer(gate, &asker, &question).await;
    answer.map_err(|error| Problem::Gate { error, signed_in: session.is_some() })
}

/// The newest release.
///
/// # Errors
/// [`Problem::NoRelease`], or what the gate says.
pub(crate) async fn newest(gate: &Gate) -> Result<FreezeName, Problem> {
    let overview = gate.overview().await.map_err(Problem::public)?;
    overview.get().freezes.first().map(|card| card.name.clone()).ok_or(Problem::NoRelease)
}

pub(crate) async fn show(
    State(counter): State<Counter>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let answer = asked_and_answered(&counter, &headers, query).await?;
    let write =
        move |answer: &Released<FrequencyAnswer>| serde_json::to_vec(answer).map_err(io::Error::other);
    let body = match answer.get().sites.len() <= WRITTEN_AT_ONCE_MAX {
        true => write(&answer).map_err(unwritten)?,
        false => written(move || write(&answer)).await?,
    };
    Ok(([(CONTENT_TYPE, JSON)], body).into_response())
}

pub(crate) async fn download(
    State(counter): State<Counter>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let answer = asked_and_answered(&counter, &headers, query).await?;
    // Release names hold no character that would need quoting.
    let name = format!("attachment; filename=\"{}.vcf\"", answer.get().citation.freeze);
    let write = move || {
        let mut body = Vec::new();
        vcf::write(&answer, &mut body).map(|()| body)
    };
    let headers = [(CONTENT_TYPE, VCF.to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, written(write).await?).into_response())
}

/// Writes a body beside the server's own threads: it may be long.
async fn written(write: impl FnOnce() -> io::Result<Vec<u8>> + Send + 'static) -> Result<Vec<u8>, Problem> {
    let written = tokio::task::spawn_blocking(write).await.map_err(|error| Problem::public(error.into()))?;
    written.map_err(unwritten)
}

fn unwritten(source: io::Error) -> Problem {
    Problem::public(GateError::Io { path: "answer".into(), source })
}

async fn asked_and_answered(
    counter: &Counter,
    headers: &HeaderMap,
    query: Option<String>,
) -> Result<Released<FrequencyAnswer>, Problem> {
    let asked = Asked::from_query(query.as_deref().unwrap_or_default())?;
    let session = who::session(headers, &counter.gate, &counter.sessions).await.map_err(Problem::public)?;
    answer(&counter.gate, session.as_ref(), asked).await
}
