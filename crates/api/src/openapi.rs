//! The OpenAPI 3.1 document, made from [`OPERATIONS`](crate::OPERATIONS). Describes what is there, never more.

use crate::operations::{OPERATIONS, Operation};
use axum::Json;
use serde_json::{Map, Value, json};

/// `GET /api/openapi.json`
pub(crate) async fn show() -> Json<Value> {
    Json(document())
}

fn document() -> Value {
    let mut paths = Map::new();
    for operation in OPERATIONS {
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
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": crate::SESSION_COOKIE },
            },
        },
    })
}

fn described(operation: &Operation) -> Value {
    let parameters: Vec<Value> = operation
        .parameters
        .iter()
        .map(|parameter| {
            json!({
                "name": parameter.name,
                "in": "query",
                "required": parameter.required,
                "description": parameter.summary,
                "schema": { "type": "string" },
            })
        })
        .collect();
    let mut responses = json!({ "200": { "description": "the answer" } });
    let mut security = json!([]);
    if !operation.public {
        responses["400"] = json!({ "description": "a parameter is missing or wrong" });
        responses["401"] = json!({ "description": "refused: nobody is signed in; every reason is named" });
        responses["403"] = json!({ "description": "refused; every reason is named in Japanese and English" });
        responses["404"] = json!({ "description": "there is no such release" });
        security = json!([{ "token": [] }, { "session": [] }]);
    }
    json!({
        "summary": operation.summary_en,
        "description": operation.summary_ja,
        "parameters": parameters,
        "responses": responses,
        "security": security,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_described_once() {
        let document = document();
        let described: usize =
            document["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len()).sum();
        assert_eq!(described, OPERATIONS.len());
    }
}
