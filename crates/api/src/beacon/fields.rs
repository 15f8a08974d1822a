//! The parameters of a Beacon request before they mean anything: GET and POST come together here as
//! names and texts. Knows which names exist; a name it does not know is an error, because a misspelt
//! parameter that is ignored widens the question.

use crate::status::BadParameter;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Parameters that mean something here.
const KNOWN: [&str; 16] = [
    "assemblyId",
    "referenceName",
    "start",
    "end",
    "referenceBases",
    "alternateBases",
    "variantType",
    "requestedGranularity",
    "includeResultsetResponses",
    "skip",
    "limit",
    "datasets",
    "purpose",
    "by",
    "project",
    "testMode",
];
/// Those of them that say how to answer, not what is asked.
const FORM: [&str; 5] = ["requestedGranularity", "includeResultsetResponses", "skip", "limit", "testMode"];
/// Parameters of the specification that do not, yet.
const UNSUPPORTED: [&str; 9] = [
    "geneId",
    "geneid",
    "aminoacidChange",
    "genomicAlleleShortForm",
    "allele",
    "mateName",
    "variantMinLength",
    "variantMaxLength",
    "filters",
];
/// What cannot narrow an answer and is not needed to give one.
const IGNORED: [&str; 5] = ["$schema", "meta", "requestedSchema", "requestedSchemas", "apiVersion"];

/// Names and texts; several values are joined by commas, as in a query string.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    values: BTreeMap<&'static str, String>,
}

impl Fields {
    /// From the query string of a GET.
    pub(crate) fn from_query(query: &str) -> Result<Fields, BadParameter> {
        let mut fields = Fields::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            fields.add(&name, value.into_owned())?;
        }
        Ok(fields)
    }

    /// From the body of a POST: `{"meta": …, "query": {"requestParameters": …, "pagination": …, …}}`.
    /// Request parameters may stand in `requestParameters` or in its `g_variant`.
    pub(crate) fn from_body(body: &[u8]) -> Result<Fields, BadParameter> {
        let form = |what: String| {
            let expected = format!("a Beacon request, {{\"meta\": …, \"query\": …}}: {what}");
            BadParameter::new("body", &String::from_utf8_lossy(&body[..body.len().min(80)]), expected)
        };
        let body: Value = serde_json::from_slice(body).map_err(|e| form(e.to_string()))?;
        let object = body.as_object().ok_or_else(|| form("it is not an object".to_owned()))?;
        let mut fields = Fields::default();
        fields.gather(object)?;
        Ok(fields)
    }

    fn gather(&mut self, object: &Map<String, Value>) -> Result<(), BadParameter> {
        for (name, value) in object {
            match (name.as_str(), value) {
                (_, Value::Null) => {}
                (ignored, _) if IGNORED.contains(&ignored) => {}
                (
                    "query" | "requestParameters" | "g_variant" | "pagination" | "datasets",
                    Value::Object(inner),
                ) => {
                    self.gather(inner)?;
                }
                _ => self.add(name, text(name, value)?)?,
            }
        }
        Ok(())
    }

    fn add(&mut self, name: &str, value: String) -> Result<(), BadParameter> {
        if IGNORED.contains(&name) || (UNSUPPORTED.contains(&name) && value.is_empty()) {
            return Ok(());
        }
        if UNSUPPORTED.contains(&name) {
            let expected = "a request without it: this beacon does not know it yet, and will not ignore it";
            return Err(BadParameter::new(name, &value, expected));
        }
        let Some(known) = KNOWN.iter().find(|known| **known == name) else {
            return Err(BadParameter::new(name, &value, format!("one of {}", KNOWN.join(", "))));
        };
        match self.values.insert(known, value) {
            None => Ok(()),
            Some(before) => Err(BadParameter::new(name, &before, "the parameter once")),
        }
    }

    /// The text of a parameter. Empty is not there, except for alleles, where it means no base.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let value = self.values.get(name).map(String::as_str);
        value.filter(|value| !value.is_empty() || name.ends_with("Bases"))
    }

    /// The question as received, for the summary that goes with an answer; the form of the answer has
    /// places of its own there.
    pub(crate) fn echo(&self) -> Map<String, Value> {
        let shown = |(name, value): (&&'static str, &String)| {
            let value = match *name {
                "start" | "end" => value.split(',').filter_map(|n| n.trim().parse::<u64>().ok()).collect(),
                _ => Value::String(value.clone()),
            };
            ((*name).to_owned(), value)
        };
        let question = self.values.iter().filter(|(name, _)| !FORM.contains(name));
        question.map(shown).collect()
    }
}

fn text(name: &str, value: &Value) -> Result<String, BadParameter> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::Array(items) if items.iter().all(|item| !item.is_array()) => {
            let texts: Result<Vec<String>, BadParameter> =
                items.iter().map(|item| text(name, item)).collect();
            texts.map(|texts| texts.join(","))
        }
        other => Err(BadParameter::new(name, &other.to_string(), "a text, a number, or a list of them")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn get_and_post_say_the_same() {
        let get =
            Fields::from_query("referenceName=22&start=5&end=9&limit=0&requestedGranularity=count").unwrap();
        for parameters in [
            json!({"referenceName": "22", "start": [5], "end": [9]}),
            json!({"g_variant": {"referenceName": "22", "start": 5, "end": 9}}),
        ] {
            let body = json!({
                "meta": { "apiVersion": "v2.0" },
                "query": {
                    "requestParameters": parameters,
                    "filters": [],
                    "pagination": { "limit": 0 },
                    "requestedGranularity": "count",
                },
            });
            let post = Fields::from_body(body.to_string().as_bytes()).unwrap();
            assert_eq!(post.values, get.values);
        }
    }

    #[test]
    fn nothing_is_ignored_that_would_narrow_the_question() {
        for query in ["geneId=CYP2D6", "filters=NCIT:C20197", "alternatebases=A", "start=1&start=2"] {
            assert!(Fields::from_query(query).is_err(), "{query}");
        }
        let filters = json!({ "query": { "filters": [{ "id": "NCIT:C20197" }] } });
        assert!(Fields::from_body(filters.to_string().as_bytes()).is_err());
        for body in ["", "[]", "{", "{\"query\":{\"start\":{}}}"] {
            assert!(Fields::from_body(body.as_bytes()).is_err(), "{body}");
        }
    }
}
