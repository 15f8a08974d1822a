//! The parameters of a Beacon request before they mean anything: GET and POST come together here as
//! names and texts. Knows which names exist; a name it does not know is an error, because a misspelt
//! parameter that is ignored widens the question.

use super::filter::Filter;
use crate::status::BadParameter;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Parameters that mean something here.
const KNOWN: [&str; 26] = [
    "assemblyId",
    "referenceName",
    "start",
    "end",
    "referenceBases",
    "alternateBases",
    "variantType",
    "variantMinLength",
    "variantMaxLength",
    "geneId",
    "aminoacidChange",
    "genomicAlleleShortForm",
    "filters",
    "requestedGranularity",
    "includeResultsetResponses",
    "skip",
    "limit",
    "nextPage",
    "previousPage",
    "currentPage",
    "datasets",
    "cohorts",
    "purpose",
    "by",
    "project",
    "testMode",
];
/// Names that the specification's OpenAPI document uses for others.
const ALIASES: [(&str, &str); 3] =
    [("geneid", "geneId"), ("allele", "genomicAlleleShortForm"), ("datasetIds", "datasets")];
/// Those of them that say how to answer, not what is asked.
const FORM: [&str; 9] = [
    "requestedGranularity",
    "includeResultsetResponses",
    "skip",
    "limit",
    "nextPage",
    "previousPage",
    "currentPage",
    "testMode",
    "filters",
];
/// Parameters of the specification that nothing stored here can answer.
const UNSUPPORTED: [&str; 1] = ["mateName"];
/// What cannot narrow an answer and is not needed to give one.
const IGNORED: [&str; 5] = ["$schema", "meta", "requestedSchema", "requestedSchemas", "apiVersion"];

/// Names and texts; several values are joined by commas, as in a query string.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    values: BTreeMap<&'static str, String>,
    filters: Vec<Filter>,
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
                ("filters", Value::Array(items)) => self.filters = Filter::array(items)?,
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
            let expected = "a request without it: breakends are not stored here";
            return Err(BadParameter::new(name, &value, expected));
        }
        let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, known)| known);
        if name == "filters" {
            self.filters = Filter::list(&value)?;
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

    /// The filters.
    pub(crate) fn filters(&self) -> &[Filter] {
        &self.filters
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
        for query in ["mateName=chr2", "filters=sex=", "alternatebases=A", "start=1&start=2"] {
            assert!(Fields::from_query(query).is_err(), "{query}");
        }
        let filters = json!({ "query": { "filters": [{ "id": "NCIT:C20197" }] } });
        let read = Fields::from_body(filters.to_string().as_bytes()).unwrap();
        assert_eq!(read.filters(), Fields::from_query("filters=NCIT:C20197").unwrap().filters());
        let alias = Fields::from_query("geneid=CYP2D6&allele=NM_1:c.1A>C").unwrap();
        assert_eq!(
            (alias.get("geneId"), alias.get("genomicAlleleShortForm")),
            (Some("CYP2D6"), Some("NM_1:c.1A>C"))
        );
        for body in ["", "[]", "{", "{\"query\":{\"start\":{}}}"] {
            assert!(Fields::from_body(body.as_bytes()).is_err(), "{body}");
        }
    }
}
