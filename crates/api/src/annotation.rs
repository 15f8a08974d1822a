//! `/api/annotation`, `/api/gene` and `/api/find`: public knowledge about variants and genes, for who is signed in
//! and may ask for frequencies. What was asked for is nowhere written down.

use crate::frequency::{ask::parsed, newest};
use crate::status::{BadParameter, Problem};
use crate::who::{self, Counter};
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use gj_gate::{Annotations, GateError};
use gj_model::{FreezeName, Variant};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A layer of a release, and the parameter that an operation is about.
struct Lookup {
    freeze: FreezeName,
    layer: Arc<Annotations>,
    text: String,
    signed_in: bool,
}

impl Lookup {
    async fn of(
        counter: Counter,
        headers: HeaderMap,
        query: Option<String>,
        about: &'static str,
    ) -> Result<Lookup, Problem> {
        let session =
            who::session(&headers, &counter.gate, &counter.sessions).await.map_err(Problem::public)?;
        let signed_in = session.is_some();
        let said = |error| Problem::Gate { error, signed_in };
        // Strangers are refused before their question is looked at.
        counter.gate.may_look_up(&who::asker(session.as_ref())).await.map_err(said)?;
        let mut given: BTreeMap<String, String> = BTreeMap::new();
        for (key, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned() {
            if ![about, "freeze", "layer"].contains(&key.as_str()) {
                let expected = format!("no such parameter; one of {about}, freeze or layer");
                return Err(BadParameter::new(&key, &value, expected).into());
            }
            if given.insert(key.clone(), value.clone()).is_some() {
                return Err(BadParameter::new(&key, &value, "the parameter once").into());
            }
        }
        let mut take = |name: &str| given.remove(name).filter(|value| !value.trim().is_empty());
        let text = take(about).ok_or_else(|| BadParameter::new(about, "", "something to look up"))?;
        let freeze = match take("freeze") {
            Some(freeze) => parsed("freeze", &freeze)?,
            None => newest(&counter.gate).await?,
        };
        let layer = match take("layer") {
            None => counter.gate.annotations(&freeze).await.map_err(said)?,
            Some(number) => {
                let read = number.parse().map_err(|_| BadParameter::new("layer", &number, "a number"))?;
                counter.gate.annotations_at(&freeze, read).await.map_err(|error| match error {
                    GateError::Annotation(_) => {
                        BadParameter::new("layer", &number, "a layer that the release has").into()
                    }
                    error => said(error),
                })?
            }
        };
        Ok(Lookup { freeze, layer, text, signed_in })
    }

    /// Looks up beside the server's own threads: files are read.
    async fn answer(
        self,
        look: impl FnOnce(&Annotations, &str) -> Result<Value, GateError> + Send + 'static,
    ) -> Result<Json<Value>, Problem> {
        let Lookup { freeze, layer, text, signed_in } = self;
        let found = tokio::task::spawn_blocking(move || {
            let mut answer = look(&layer, &text)?;
            answer["freeze"] = json!(freeze);
            answer["layer"] = json!(layer.layer());
            Ok(answer)
        });
        let found = found.await.map_err(|error| Problem::public(error.into()))?;
        found.map(Json).map_err(|error| Problem::Gate { error, signed_in })
    }
}

/// `GET /api/annotation`
pub(crate) async fn variant(
    State(counter): State<Counter>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let lookup = Lookup::of(counter, headers, query, "variant").await?;
    let variant: Variant = parsed("variant", &lookup.text)?;
    let look = move |layer: &Annotations, _: &str| {
        Ok(json!({
            "variant": variant.to_string(),
            "names": layer.names(&variant)?,
            "consequences": layer.consequences(&variant)?,
            "known": layer.known(&variant)?,
        }))
    };
    lookup.answer(look).await
}

/// `GET /api/gene`
pub(crate) async fn gene(
    State(counter): State<Counter>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let lookup = Lookup::of(counter, headers, query, "name").await?;
    lookup.answer(|layer, name| Ok(json!({ "gene": layer.gene(name) }))).await
}

/// `GET /api/find`
pub(crate) async fn find(
    State(counter): State<Counter>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let lookup = Lookup::of(counter, headers, query, "q").await?;
    lookup.answer(|layer, text| Ok(json!({ "found": layer.find(text)? }))).await
}
