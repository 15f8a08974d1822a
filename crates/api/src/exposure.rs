//! `GET /api/exposure` and `/api/exposures`: one's own account of the ledger of privacy, and everybody's for the committee.

use crate::status::Problem;
use crate::who::{self, Counter};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use gj_gate::ExposureCard;

pub(crate) async fn own(
    State(counter): State<Counter>,
    headers: HeaderMap,
) -> Result<Json<ExposureCard>, Problem> {
    let session = who::session(&headers, &counter.gate, &counter.sessions).await.map_err(Problem::public)?;
    let card = counter.gate.exposure(&who::asker(session.as_ref())).await;
    card.map(Json).map_err(|error| Problem::Gate { error, signed_in: session.is_some() })
}

pub(crate) async fn all(
    State(counter): State<Counter>,
    headers: HeaderMap,
) -> Result<Json<Vec<ExposureCard>>, Problem> {
    let session = who::session(&headers, &counter.gate, &counter.sessions).await.map_err(Problem::public)?;
    let cards = counter.gate.exposures(&who::asker(session.as_ref())).await;
    cards.map(Json).map_err(|error| Problem::Gate { error, signed_in: session.is_some() })
}
