//! What every Beacon response begins with: who answers, and what was understood of the request.

use super::entry_type::EntryType;
use super::granularity::name;
use super::page::Page;
use super::request::{Include, Request};
use super::{API_VERSION, ID};
use gj_gate::Granularity;
use serde_json::{Map, Value, json};

/// `meta` of an answer.
pub(crate) fn meta(request: &Request) -> Value {
    let mut meta = summary(request.entry, request.requested, request.include, request.page, request.test);
    meta["returnedGranularity"] = json!(name(request.granularity));
    // The schema of the summary wants objects in here, as the requests of the specification do.
    meta["receivedRequestSummary"]["requestParameters"] = json!({ "g_variant": request.echo });
    if !request.filters.is_empty() {
        let texts: Vec<String> = request.filters.iter().map(super::filter::Filter::text).collect();
        meta["receivedRequestSummary"]["filters"] = json!(texts);
    }
    meta
}

/// `meta` of an error, where the request was not understood: the defaults.
pub(crate) fn meta_of_error() -> Value {
    summary(EntryType::variants(), Granularity::Record, Include::Hit, Page::default(), false)
}

/// `meta` of what the beacon says of itself.
pub(crate) fn meta_of_service() -> Value {
    let schemas = super::entry_type::ENTRY_TYPES.iter();
    Value::Object(head(schemas.map(schema).collect()))
}

fn schema(entry: &EntryType) -> Value {
    json!({ "entityType": entry.id, "schema": entry.schema() })
}

fn head(schemas: Vec<Value>) -> Map<String, Value> {
    [("beaconId", json!(ID)), ("apiVersion", json!(API_VERSION)), ("returnedSchemas", json!(schemas))]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}

fn summary(entry: &EntryType, requested: Granularity, include: Include, page: Page, test: bool) -> Value {
    let mut meta = Value::Object(head(vec![schema(entry)]));
    meta["returnedGranularity"] = json!(name(requested.min(entry.ceiling)));
    meta["testMode"] = json!(test);
    meta["receivedRequestSummary"] = json!({
        "apiVersion": API_VERSION,
        "requestedSchemas": [],
        "pagination": { "skip": page.skip, "limit": page.limit },
        "requestedGranularity": name(requested),
        "includeResultsetResponses": include.name(),
        "testMode": test,
    });
    meta
}
