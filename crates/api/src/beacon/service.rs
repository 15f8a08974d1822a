//! What the beacon says of itself, to anybody: information, map, configuration, entry types, filters.
//! Claims nothing that is not served.

use super::envelope::meta_of_service;
use super::{API_VERSION, BASE, ENTRY_TYPE, ID, RECORD_SCHEMA};
use axum::Json;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use serde_json::{Value, json};

const NAME: &str = "Genomics Japan";
const SPECIFICATION: &str = "https://raw.githubusercontent.com/ga4gh-beacon/beacon-v2/main";

pub(crate) async fn info(headers: HeaderMap) -> Json<Value> {
    Json(info_body(&root(&headers)))
}

pub(crate) async fn service_info(headers: HeaderMap) -> Json<Value> {
    Json(service_info_body(&root(&headers)))
}

pub(crate) async fn map(headers: HeaderMap) -> Json<Value> {
    Json(map_body(&root(&headers)))
}

pub(crate) async fn configuration() -> Json<Value> {
    Json(configuration_body())
}

pub(crate) async fn entry_types() -> Json<Value> {
    Json(entry_types_body())
}

pub(crate) async fn filtering_terms() -> Json<Value> {
    Json(filtering_terms_body())
}

/// The address under which the client reached this server. From its own request, so that it is right
/// behind any proxy; a host that holds other characters than a host may is left out.
fn root(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let plain = |host: &&str| {
        host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
    };
    let host = text(HOST.as_str()).filter(plain).unwrap_or("localhost");
    let scheme = if text("x-forwarded-proto") == Some("https") { "https" } else { "http" };
    format!("{scheme}://{host}")
}

pub(super) fn info_body(root: &str) -> Value {
    json!({
        "meta": meta_of_service(),
        "response": {
            "id": ID,
            "name": NAME,
            "apiVersion": API_VERSION,
            "environment": "dev",
            "organization": { "id": "genomics-japan", "name": NAME, "welcomeUrl": root },
            "description": "Allele frequencies of a national cohort on GRCh38. Small counts are hidden. \
                Parameters of our own: `purpose` (a DUO code), `by` (stratum, contributor or sex), \
                `project` (a granted project).",
            "version": concat!("v", env!("CARGO_PKG_VERSION")),
            "welcomeUrl": root,
        },
    })
}

pub(super) fn service_info_body(root: &str) -> Value {
    json!({
        "id": ID,
        "name": NAME,
        "type": { "group": "org.ga4gh", "artifact": "beacon", "version": API_VERSION },
        "organization": { "name": NAME, "url": root },
        "documentationUrl": format!("{root}/about/api"),
        "environment": "dev",
        "version": env!("CARGO_PKG_VERSION"),
    })
}

pub(super) fn map_body(root: &str) -> Value {
    json!({
        "meta": meta_of_service(),
        "response": {
            "$schema": format!("{SPECIFICATION}/framework/json/configuration/beaconMapSchema.json"),
            "endpointSets": {
                ENTRY_TYPE: {
                    "entryType": ENTRY_TYPE,
                    "rootUrl": format!("{root}{BASE}/g_variants"),
                    "openAPIEndpointsDefinition": format!("{root}/api/openapi.json"),
                },
            },
        },
    })
}

pub(super) fn configuration_body() -> Value {
    json!({
        "meta": meta_of_service(),
        "response": {
            "$schema": format!("{SPECIFICATION}/framework/json/configuration/beaconConfigurationSchema.json"),
            "maturityAttributes": { "productionStatus": "DEV" },
            "securityAttributes": { "defaultGranularity": "record", "securityLevels": ["CONTROLLED"] },
            "entryTypes": entry_types_known(),
        },
    })
}

pub(super) fn entry_types_body() -> Value {
    json!({ "meta": meta_of_service(), "response": { "entryTypes": entry_types_known() } })
}

pub(super) fn filtering_terms_body() -> Value {
    json!({ "meta": meta_of_service(), "response": { "filteringTerms": [], "resources": [] } })
}

fn entry_types_known() -> Value {
    let schema = "models/json/beacon-v2-default-model/genomicVariations/defaultSchema.json";
    json!({
        ENTRY_TYPE: {
            "id": ENTRY_TYPE,
            "name": "Genomic Variants",
            "description": "Variants of a release with their allele frequencies; nothing about a single person.",
            "ontologyTermForThisType": { "id": "ENSGLOSSARY:0000092", "label": "Variant" },
            "partOfSpecification": format!("Beacon {API_VERSION}"),
            "defaultSchema": {
                "id": RECORD_SCHEMA,
                "name": "Default schema for a genomic variation",
                "referenceToSchemaDefinition": format!("{SPECIFICATION}/{schema}"),
                "schemaVersion": "v2.1.0",
            },
            // A query must name a place.
            "nonFilteredQueriesAllowed": false,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_root_is_the_clients_own() {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("127.0.0.1:8080"));
        assert_eq!(root(&headers), "http://127.0.0.1:8080");
        headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
        assert_eq!(root(&headers), "https://127.0.0.1:8080");
        headers.insert(HOST, HeaderValue::from_static("a\"b/c"));
        assert_eq!(root(&headers), "https://localhost");
    }
}
