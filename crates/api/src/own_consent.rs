//! `/api/my-consent`: a participant's own consent, for the account that an administrator linked to them.
//! The person is named by a handle in the body, never in an address.

use crate::status::{BadParameter, Problem};
use crate::who::{self, Counter};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use gj_gate::acts::participant::OwnIntent;
use gj_model::Scope;
use serde::Deserialize;
use serde_json::{Value, json};

/// What is wanted: looked at first, then sent again with `confirm` and the version that was looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    who: String,
    /// All that is allowed from now on; this or `withdraw`.
    #[serde(default)]
    scope: Option<Scope>,
    #[serde(default)]
    withdraw: bool,
    /// The version that the preview named.
    #[serde(default)]
    confirm: Option<i64>,
}

/// `GET /api/my-consent`
pub(crate) async fn show(State(counter): State<Counter>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    let session = who::session(&headers, &counter.gate, &counter.sessions).await.map_err(Problem::public)?;
    let shown = counter.gate.own_consents(&who::asker(session.as_ref())).await;
    let shown = shown.map_err(|error| Problem::Gate { error, signed_in: session.is_some() })?;
    Ok(Json(json!({ "people": shown })))
}

/// `POST /api/my-consent`
pub(crate) async fn decide(
    State(counter): State<Counter>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let session = who::session(&headers, &counter.gate, &counter.sessions).await.map_err(Problem::public)?;
    let (asker, signed_in) = (who::asker(session.as_ref()), session.is_some());
    let said = |error| Problem::Gate { error, signed_in };
    let wish: Result<Wish, _> = serde_json::from_slice(&body);
    let intent = wish.as_ref().ok().and_then(|wish| match (wish.scope, wish.withdraw) {
        (Some(scope), false) => Some(OwnIntent::Change(scope)),
        (None, true) => Some(OwnIntent::Withdraw),
        _ => None,
    });
    let (Ok(wish), Some(intent)) = (wish, intent) else {
        // Strangers are refused before their body is looked at.
        counter.gate.own_consents(&asker).await.map_err(said)?;
        let expected = "{\"who\": …, \"scope\": … or \"withdraw\": true, \"confirm\": the version previewed}";
        return Err(BadParameter::new("body", "", expected).into());
    };
    let Some(seen) = wish.confirm else {
        let (preview, version) = counter.gate.preview_own(&asker, &wish.who, intent).await.map_err(said)?;
        return Ok(Json(json!({ "preview": preview, "version": version })));
    };
    let receipt = counter.gate.decide_own(&asker, &wish.who, intent, seen).await.map_err(said)?;
    let document = counter.gate.own_receipt(&asker, &receipt).await.map_err(said)?;
    Ok(Json(json!({ "receipt": document })))
}
