//! The document against the structure that OpenAPI 3.1 asks for: what a client generator trips over.
//!
//! OpenAPI Specification 3.1.0, <https://spec.openapis.org/oas/v3.1.0>, section 4.8.

use super::{document, id};
use crate::operations::operations as served;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap_or_else(|| panic!("no object: {value}"))
}

/// Every operation of a document: path, method, description.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = object(&document["paths"]).iter();
    let of_path = paths.flat_map(|(path, verbs)| object(verbs).iter().map(move |verb| (path, verb)));
    of_path.map(|(path, (verb, operation))| (path.as_str(), verb.as_str(), operation)).collect()
}

/// Every value under a key, anywhere.
fn all<'a>(value: &'a Value, key: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get(key));
            map.values().for_each(|value| all(value, key, found));
        }
        Value::Array(items) => items.iter().for_each(|item| all(item, key, found)),
        _ => {}
    }
}

#[test]
fn every_operation_is_described_once() {
    let document = document();
    assert_eq!(operations(&document).len(), served().count());
    let ids: BTreeSet<String> = served().map(id).collect();
    assert_eq!(ids.len(), served().count(), "{ids:?}");
}

#[test]
fn the_document_has_its_required_parts_and_its_references_resolve() {
    let document = document();
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1.")));
    assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
    for path in object(&document["paths"]).keys() {
        assert!(path.starts_with('/') && !path.contains(['?', '#']), "{path}");
    }
    let mut references = Vec::new();
    all(&document, "$ref", &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.as_str().and_then(|text| text.strip_prefix('#')).unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn operations_have_unique_parameters_bodies_and_answers_with_a_meaning() {
    let document = document();
    for (path, verb, operation) in operations(&document) {
        let name = format!("{verb} {path}");
        let mut names = BTreeSet::new();
        let in_path =
            operation["parameters"].as_array().unwrap().iter().filter(|p| p["in"] == "path").count();
        assert_eq!(in_path, path.matches('{').count(), "{name}");
        for parameter in operation["parameters"].as_array().unwrap() {
            assert!(names.insert(parameter["name"].as_str().unwrap()), "{name}: {parameter}");
            let named = path.contains(&format!("{{{}}}", parameter["name"].as_str().unwrap()));
            assert_eq!(parameter["in"], if named { "path" } else { "query" }, "{name}");
            assert!(parameter["schema"].is_object() && parameter["required"].is_boolean(), "{name}");
        }
        assert_eq!(names.contains("id"), path.contains("{id}"), "{name}");
        assert_eq!(operation.get("requestBody").is_some(), verb == "post", "{name}");
        if let Some(body) = operation.get("requestBody") {
            assert!(body["content"]["application/json"]["schema"].is_object(), "{name}");
        }
        let responses = object(&operation["responses"]);
        assert!(responses.contains_key("200"), "{name}");
        for (status, response) in responses {
            assert!(status.len() == 3 && status.parse::<u16>().is_ok(), "{name}: {status}");
            assert!(response["description"].is_string(), "{name}: {status}");
            for (media, content) in object(&response["content"]) {
                assert!(media.contains('/') && content["schema"].is_object(), "{name}: {status}");
            }
        }
    }
}

#[test]
fn closed_operations_say_how_they_refuse_and_open_ones_need_nobody() {
    let document = document();
    let schemes = object(&document["components"]["securitySchemes"]);
    for (path, verb, operation) in operations(&document) {
        let is_public = served().any(|o| o.path == path && o.public);
        let security = operation["security"].as_array().unwrap();
        assert_eq!(security.is_empty(), is_public, "{verb} {path}");
        for requirement in security {
            assert!(object(requirement).keys().all(|name| schemes.contains_key(name)), "{requirement}");
        }
        for status in ["400", "401", "403", "404"] {
            assert_eq!(operation["responses"][status].is_object(), !is_public, "{verb} {path}: {status}");
        }
    }
}
