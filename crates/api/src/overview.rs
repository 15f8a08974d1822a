//! `GET /api/overview`: what anybody may know about the programme and its releases.

use crate::status::Problem;
use axum::Json;
use axum::extract::State;
use gj_gate::{Gate, Overview, Released};

pub(crate) async fn show(State(gate): State<Gate>) -> Result<Json<Released<Overview>>, Problem> {
    gate.overview().await.map(Json).map_err(Problem::public)
}
