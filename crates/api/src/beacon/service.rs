//! What the beacon says of itself, to anybody: information, map, configuration, entry types, filters.
//! Claims nothing that is not served.

use super::entry_type::{ENTRY_TYPES, EntryType};
use super::envelope::meta_of_service;
use super::narrowing::{FIELDS, SEXES};
use super::route::FILTERING_TERMS;
use super::{API_VERSION, BASE, ID};
use crate::frequency::ask::PURPOSE_DEFAULT;
use crate::frequency::newest;
use crate::who::{self, Counter};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use gj_gate::{Environment, Released, TermCard};
use serde_json::{Map, Value, json};

const NAME: &str = "Genomics Japan";
const SPECIFICATION: &str = "https://raw.githubusercontent.com/ga4gh-beacon/beacon-v2/main";

pub(crate) async fn info(State(counter): State<Counter>, headers: HeaderMap) -> Json<Value> {
    Json(info_body(&root(&headers), counter.gate.config().beacon.environment))
}

pub(crate) async fn service_info(State(counter): State<Counter>, headers: HeaderMap) -> Json<Value> {
    Json(service_info_body(&root(&headers), counter.gate.config().beacon.environment))
}

pub(crate) async fn map(headers: HeaderMap) -> Json<Value> {
    Json(map_body(&root(&headers)))
}

pub(crate) async fn configuration(State(counter): State<Counter>) -> Json<Value> {
    Json(configuration_body(counter.gate.config().beacon.environment))
}

pub(crate) async fn entry_types() -> Json<Value> {
    Json(entry_types_body())
}

/// Filters that anybody may know of; somebody signed in who may ask is told the terms in use, too.
pub(crate) async fn filtering_terms(State(counter): State<Counter>, headers: HeaderMap) -> Json<Value> {
    Json(filtering_terms_body(None, &in_use(&counter, &headers).await))
}

async fn in_use(counter: &Counter, headers: &HeaderMap) -> Vec<TermCard> {
    let Ok(Some(session)) = who::session(headers, &counter.gate, &counter.sessions).await else {
        return Vec::new();
    };
    let (Ok(release), Ok(purpose)) = (newest(&counter.gate).await, PURPOSE_DEFAULT.parse()) else {
        return Vec::new();
    };
    let terms = counter.gate.filtering_terms(&session.asker, &release, &purpose).await;
    terms.map(Released::into_inner).unwrap_or_default()
}

/// The address under which the client reached this server. From its own request, so that it is right
/// behind any proxy; a host that holds other characters than a host may is left out.
pub(super) fn root(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let plain = |host: &&str| {
        host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
    };
    let host = text(HOST.as_str()).filter(plain).unwrap_or("localhost");
    let scheme = if text("x-forwarded-proto") == Some("https") { "https" } else { "http" };
    format!("{scheme}://{host}")
}

pub(super) fn info_body(root: &str, environment: Environment) -> Value {
    json!({
        "meta": meta_of_service(),
        "response": {
            "id": ID,
            "name": NAME,
            "apiVersion": API_VERSION,
            "environment": word(environment),
            "organization": { "id": "genomics-japan", "name": NAME, "welcomeUrl": root },
            "description": "Allele frequencies of a national cohort on GRCh38. Small counts are hidden. \
                Parameters of our own: `purpose` (a DUO code), `by` (stratum, contributor or sex), \
                `project` (a granted project). Releases are cohorts; `datasets` in a request names releases.",
            "version": concat!("v", env!("CARGO_PKG_VERSION")),
            "welcomeUrl": root,
        },
    })
}

pub(super) fn service_info_body(root: &str, environment: Environment) -> Value {
    json!({
        "id": ID,
        "name": NAME,
        "type": { "group": "org.ga4gh", "artifact": "beacon", "version": API_VERSION },
        "organization": { "name": NAME, "url": root },
        "documentationUrl": format!("{root}/about/api"),
        "environment": word(environment),
        "version": env!("CARGO_PKG_VERSION"),
    })
}

/// `dev`, `test` or `prod`.
fn word(environment: Environment) -> &'static str {
    match environment {
        Environment::Dev => "dev",
        Environment::Test => "test",
        Environment::Prod => "prod",
    }
}

pub(super) fn map_body(root: &str) -> Value {
    let sets: Map<String, Value> =
        ENTRY_TYPES.iter().map(|entry| (entry.id.to_owned(), mapped(root, entry))).collect();
    json!({
        "meta": meta_of_service(),
        "response": {
            "$schema": format!("{SPECIFICATION}/framework/json/configuration/beaconMapSchema.json"),
            "endpointSets": sets,
        },
    })
}

/// Where entries of a type, one entry, and what lies below it are.
fn mapped(root: &str, entry: &EntryType) -> Value {
    let url = format!("{root}{BASE}/{}", entry.path);
    let below = entry.below.iter().filter_map(|path| EntryType::at(path));
    let endpoints: Map<String, Value> = below
        .map(|below| {
            let found =
                json!({ "returnedEntryType": below.id, "url": format!("{url}/{{id}}/{}", below.path) });
            (below.id.to_owned(), found)
        })
        .collect();
    let mut set = json!({
        "entryType": entry.id,
        "rootUrl": url,
        "singleEntryUrl": format!("{url}/{{id}}"),
        "openAPIEndpointsDefinition": format!("{root}/api/openapi.json"),
        "endpoints": endpoints,
    });
    if entry.has_filtering_terms {
        set["filteringTermsUrl"] = json!(format!("{url}/{{id}}/{FILTERING_TERMS}"));
    }
    set
}

pub(super) fn configuration_body(environment: Environment) -> Value {
    json!({
        "meta": meta_of_service(),
        "response": {
            "$schema": format!("{SPECIFICATION}/framework/json/configuration/beaconConfigurationSchema.json"),
            "maturityAttributes": { "productionStatus": word(environment).to_uppercase() },
            // What the beacon says of itself is open; every count and record needs an account that may ask.
            "securityAttributes": { "defaultGranularity": "record", "securityLevels": ["PUBLIC", "CONTROLLED"] },
            "entryTypes": entry_types_known(),
        },
    })
}

pub(super) fn entry_types_body() -> Value {
    json!({ "meta": meta_of_service(), "response": { "entryTypes": entry_types_known() } })
}

/// Every filter, or those that mean something for an entry type or below it.
pub(super) fn filtering_terms_body(of: Option<&EntryType>, in_use: &[TermCard]) -> Value {
    let holds = |scopes: &[&str]| {
        of.is_none_or(|of| {
            let reached = |scope: &&str| {
                *scope == of.id
                    || of.below.iter().filter_map(|path| EntryType::at(path)).any(|below| below.id == *scope)
            };
            scopes.iter().any(reached)
        })
    };
    let people: &[&str] = &["individual", "genomicVariant"];
    let mut terms = Vec::new();
    for (id, label, scopes) in FIELDS {
        if holds(scopes) {
            terms.push(json!({ "type": "alphanumeric", "id": id, "label": label, "scopes": scopes }));
        }
    }
    if holds(people) {
        for (id, label, _) in SEXES {
            terms.push(json!({ "type": "NCI Thesaurus", "id": id, "label": label, "scopes": people }));
        }
    }
    if holds(&["individual"]) {
        for card in in_use {
            let kind = card.id.split_once(':').map_or("custom", |(prefix, _)| vocabulary(prefix));
            terms.push(json!({
                "type": kind,
                "id": card.id,
                "label": card.label.en,
                "labelJa": card.label.ja,
                "scopes": ["individual", "biosample", "run", "analysis"],
            }));
        }
    }
    let variants: &[&str] = &["genomicVariant"];
    if holds(variants) {
        for (id, label) in
            gj_gate::annotation::Consequence::ALL.iter().map(|one| (one.accession(), one.term()))
        {
            terms.push(json!({ "type": "Sequence Ontology", "id": id, "label": label, "scopes": variants }));
        }
    }
    json!({ "meta": meta_of_service(), "response": { "filteringTerms": terms, "resources": resources() } })
}

/// The full name of a vocabulary.
fn vocabulary(prefix: &str) -> &str {
    match prefix {
        "HP" => "Human Phenotype Ontology",
        "MONDO" => "Mondo Disease Ontology",
        "NANDO" => "Nanbyo Disease Ontology",
        other => other,
    }
}

fn resources() -> Value {
    let resource = |id: &str, name: &str, prefix: &str, url: &str| json!({ "id": id, "name": name, "nameSpacePrefix": prefix, "url": url, "iriPrefix": format!("http://purl.obolibrary.org/obo/{prefix}_") });
    json!([
        resource("ncit", "NCI Thesaurus", "NCIT", "http://purl.obolibrary.org/obo/ncit.owl"),
        resource("so", "Sequence Ontology", "SO", "http://purl.obolibrary.org/obo/so.owl"),
        resource("hp", "Human Phenotype Ontology", "HP", "http://purl.obolibrary.org/obo/hp.owl"),
        resource("mondo", "Mondo Disease Ontology", "MONDO", "http://purl.obolibrary.org/obo/mondo.owl"),
        resource("duo", "Data Use Ontology", "DUO", "http://purl.obolibrary.org/obo/duo.owl"),
    ])
}

fn entry_types_known() -> Value {
    let known: Map<String, Value> =
        ENTRY_TYPES.iter().map(|entry| (entry.id.to_owned(), described(entry))).collect();
    Value::Object(known)
}

fn described(entry: &EntryType) -> Value {
    let schema = format!("models/json/beacon-v2-default-model/{}/defaultSchema.json", entry.folder);
    let mut described = json!({
        "id": entry.id,
        "name": entry.name,
        "description": entry.description,
        "ontologyTermForThisType": { "id": entry.term.0, "label": entry.term.1 },
        "partOfSpecification": format!("Beacon {API_VERSION}"),
        "defaultSchema": {
            "id": entry.schema(),
            "name": format!("Default schema for {}", entry.name),
            "referenceToSchemaDefinition": format!("{SPECIFICATION}/{schema}"),
            "schemaVersion": entry.schema_version,
        },
        "nonFilteredQueriesAllowed": entry.unfiltered,
    });
    if let Some(of) = entry.collects.and_then(EntryType::named) {
        described["aCollectionOf"] = json!([{ "id": of.id, "name": of.name }]);
    }
    described
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
