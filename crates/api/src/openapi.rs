//! The OpenAPI 3.1 document, made from [`operations`](crate::operations()). Describes what is there, never more.

#[cfg(test)]
mod structure_tests;

use crate::beacon;
use crate::operations::{JSON, Operation, Verb, operations};
use axum::Json;
use serde_json::{Map, Value, json};

/// Why an operation may not answer: status, whether only a closed operation says so, meaning.
const TROUBLES: [(&str, bool, &str); 8] = [
    ("400", true, "a parameter is missing or wrong, or the region holds too many variants"),
    ("401", true, "refused: nobody is signed in; every reason is named"),
    ("403", true, "refused; every reason is named in Japanese and English"),
    ("404", true, "there is no such release or application"),
    ("409", true, "somebody acted on the application meanwhile, or it is at another stage"),
    ("413", true, "the request is too long"),
    ("500", false, "the server failed; its operator finds the cause by the request id"),
    ("503", false, "it took too long, or the release changed meanwhile; ask again"),
];

/// `GET /api/openapi.json`
pub(crate) async fn show() -> Json<Value> {
    Json(document())
}

fn document() -> Value {
    let mut paths = Map::new();
    for operation in operations() {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.verb.name().to_ascii_lowercase()] = described(operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Genomics Japan",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Coordinates are 1-based and inclusive, except in Beacon, where they are 0-based \
                and half-open. A hidden count is null; zero is shown.",
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": { "Problem": problem(), "BeaconProblem": beacon_problem() },
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": crate::SESSION_COOKIE },
            },
        },
    })
}

fn described(operation: &Operation) -> Value {
    let mut responses = json!({
        "200": { "description": "the answer", "content": { operation.media: { "schema": answer(operation) } } },
    });
    let is_beacon = operation.path.starts_with(beacon::BASE);
    let problem =
        if is_beacon { "#/components/schemas/BeaconProblem" } else { "#/components/schemas/Problem" };
    for (status, closed_only, meaning) in TROUBLES {
        if !(closed_only && operation.public) {
            let content = json!({ JSON: { "schema": { "$ref": problem } } });
            responses[status] = json!({ "description": meaning, "content": content });
        }
    }
    let security = if operation.public { json!([]) } else { json!([{ "token": [] }, { "session": [] }]) };
    let mut described = json!({
        "operationId": id(operation),
        "summary": operation.summary_en,
        "description": operation.summary_ja,
        "parameters": parameters(operation),
        "responses": responses,
        "security": security,
    });
    if operation.verb == Verb::Post {
        described["requestBody"] = if is_beacon { request_body() } else { plain_body() };
    }
    described
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let described = |parameter: &crate::Parameter| {
        json!({
            "name": parameter.name,
            "in": "query",
            "required": parameter.required,
            "description": parameter.summary,
            "schema": { "type": "string" },
        })
    };
    let of_path = path_parameters(operation.path).map(|name| {
        json!({
            "name": name,
            "in": "path",
            "required": true,
            "description": format!("{name}, as in the summary"),
            "schema": { "type": "string" },
        })
    });
    of_path.chain(operation.parameters.iter().map(described)).collect()
}

/// The names in braces of a path.
fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// An object; what it holds is in docs/how-to/apply.md.
fn plain_body() -> Value {
    json!({ "required": true, "content": { JSON: { "schema": { "type": "object" } } } })
}

/// The Beacon operation that is posted takes a Beacon request.
fn request_body() -> Value {
    let object = json!({ "type": "object" });
    json!({
        "required": true,
        "description": "a Beacon v2 request; its parameters are those of the GET",
        "content": { JSON: { "schema": {
            "type": "object",
            "required": ["query"],
            "properties": {
                "meta": object,
                "query": { "type": "object", "properties": { "requestParameters": object, "pagination": object } },
            },
        } } },
    })
}

/// JSON answers are objects; a file is a text.
fn answer(operation: &Operation) -> Value {
    json!({ "type": if operation.media == JSON { "object" } else { "string" } })
}

/// `getApiFrequency`: unlike that of any other operation, and a name in any language.
fn id(operation: &Operation) -> String {
    let mut id = operation.verb.name().to_ascii_lowercase();
    let words = operation.path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    for word in words {
        id.push_str(&word[..1].to_ascii_uppercase());
        id.push_str(&word[1..]);
    }
    // `/api/beacon/v2` and `/api/beacon/v2/` are two addresses of one thing.
    if operation.path.ends_with('/') { id + "Root" } else { id }
}

/// A refusal with its reasons, or an error.
fn problem() -> Value {
    json!({ "type": "object", "properties": {
        "refused": reasons(),
        "error": { "type": "object", "properties": {
            "message": { "type": "string" },
            "request": { "type": "string" },
            "parameter": { "type": "string" },
            "found": { "type": "string" },
            "expected": { "type": "string" },
        } },
    } })
}

/// The same in the envelope of the Beacon specification.
fn beacon_problem() -> Value {
    json!({ "type": "object", "required": ["meta", "error"], "properties": {
        "meta": { "type": "object" },
        "error": { "type": "object", "properties": {
            "errorCode": { "type": "integer" },
            "errorMessage": { "type": "string" },
        } },
        "info": { "type": "object", "properties": { "refused": reasons() } },
    } })
}

fn reasons() -> Value {
    let text = json!({ "type": "string" });
    let day = json!({ "type": "string", "format": "date" });
    json!({ "type": "array", "items": {
        "type": "object",
        "required": ["code", "ja", "en", "source"],
        "properties": {
            "code": text,
            "ja": text,
            "en": text,
            "source": text,
            "effect": { "type": "string", "enum": ["deny", "ask"] },
            "valid_from": day,
            "valid_to": day,
            "until": day,
            "remedy": { "type": "object", "properties": { "who": text, "ja": text, "en": text } },
        },
    } })
}
