//! `GET /api/variant`: one variant with every split and what its counts say. The page of a variant asks
//! through [`answer`] too, so that the numbers are the same.

use crate::frequency::{ask::Asked, newest};
use crate::status::{BadParameter, Problem};
use crate::who::{self, Counter};
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use gj_gate::{Gate, Place, Question, Session};
use gj_model::Grouping;

pub use gj_analysis::statistics::{GroupMax, Statistics};
pub use gj_analysis::variant::{Measured, VariantAnswer};

/// Answers for the variant that was asked for.
///
/// # Errors
/// [`Problem`]: a region instead of a variant, refused, no release, or what the gate says.
pub async fn answer(gate: &Gate, session: Option<&Session>, asked: Asked) -> Result<VariantAnswer, Problem> {
    let Place::Variant(variant) = asked.place.clone() else {
        let expected = "`variant=chr22-42127941-G-A`; regions are at /api/frequency";
        return Err(BadParameter::new("region", &asked.place.to_string(), expected).into());
    };
    let freeze = match asked.freeze {
        Some(freeze) => freeze,
        None => newest(gate).await?,
    };
    let (purpose, project) = (asked.purpose, asked.project);
    let question = Question { freeze, place: asked.place, by: Grouping::Every, purpose, project };
    let answer = gj_analysis::variant::answer(gate, &who::asker(session), question, variant).await;
    answer.map_err(|error| Problem::Gate { error, signed_in: session.is_some() })
}

pub(crate) async fn show(
    State(counter): State<Counter>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asked = Asked::from_query(query.as_deref().unwrap_or_default())?;
    let session = who::session(&headers, &counter.gate, &counter.sessions).await.map_err(Problem::public)?;
    Ok(Json(answer(&counter.gate, session.as_ref(), asked).await?).into_response())
}
