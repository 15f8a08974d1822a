//! What every Beacon response begins with: who answers, and what was understood of the request.

use super::request::{Granularity, Include, Page, Request};
use super::{API_VERSION, ENTRY_TYPE, ID, RECORD_SCHEMA};
use serde_json::{Map, Value, json};

/// `meta` of an answer.
pub(crate) fn meta(request: &Request) -> Value {
    let mut meta = summary(request.granularity, request.include, request.page, request.test);
    // The schema of the summary wants objects in here, as the requests of the specification do.
    meta["receivedRequestSummary"]["requestParameters"] = json!({ "g_variant": request.echo });
    meta
}

/// `meta` of an error, where the request was not understood: the defaults.
pub(crate) fn meta_of_error() -> Value {
    summary(Granularity::Record, Include::Hit, Page::default(), false)
}

/// `meta` of what the beacon says of itself.
pub(crate) fn meta_of_service() -> Value {
    Value::Object(head())
}

fn head() -> Map<String, Value> {
    let schemas = json!([{ "entityType": ENTRY_TYPE, "schema": RECORD_SCHEMA }]);
    [("beaconId", json!(ID)), ("apiVersion", json!(API_VERSION)), ("returnedSchemas", schemas)]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}

fn summary(granularity: Granularity, include: Include, page: Page, test: bool) -> Value {
    let mut meta = Value::Object(head());
    meta["returnedGranularity"] = json!(granularity.name());
    meta["testMode"] = json!(test);
    meta["receivedRequestSummary"] = json!({
        "apiVersion": API_VERSION,
        "requestedSchemas": [],
        "pagination": { "skip": page.skip, "limit": page.limit },
        "requestedGranularity": granularity.name(),
        "includeResultsetResponses": include.name(),
        "testMode": test,
    });
    meta
}
