//! Filters as they are written: a term, or a field with an operator and a value, each perhaps for one entry type.
//! Knows the form, not the meaning.

use super::entry_type::EntryType;
use crate::status::BadParameter;
use serde_json::Value;

/// How a value relates to a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    Not,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// How near a term must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Similarity {
    Exact,
    High,
    Medium,
    Low,
}

/// What a filter asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A term of an ontology, or one of our own.
    Term { descendants: bool, similarity: Similarity },
    /// A field's value.
    Value { operator: Operator, value: String },
}

/// One filter. Several are joined by "and".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) id: String,
    pub(crate) wanted: Wanted,
    /// Id of the entry type it is meant for.
    pub(crate) scope: Option<&'static str>,
}

/// Longer ones first, so that `<=` is not read as `<`.
const OPERATORS: [(&str, Operator); 7] = [
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("!=", Operator::Not),
    ("=", Operator::Equal),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("!", Operator::Not),
];
/// Filters in one request at most.
const FILTERS_MAX: usize = 20;
/// Characters of one at most: it is repeated in answers.
const CHARS_MAX: usize = 200;

impl Filter {
    /// A list as in a query string: `NCIT:C16576,alleleFrequency<0.01`.
    pub(crate) fn list(text: &str) -> Result<Vec<Filter>, BadParameter> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        bounded(parts.map(Filter::plain).collect::<Result<_, _>>()?)
    }

    /// The list of a request's body: texts or objects.
    pub(crate) fn array(items: &[Value]) -> Result<Vec<Filter>, BadParameter> {
        let read = |item: &Value| match item {
            Value::String(text) => Filter::plain(text.trim()),
            other => Filter::object(other),
        };
        bounded(items.iter().map(read).collect::<Result<_, _>>()?)
    }

    fn plain(text: &str) -> Result<Filter, BadParameter> {
        // `!HP:0001250`: looked for and not found.
        let at = if text.starts_with('!') { None } else { first_operator(text) };
        let Some((at, sign, operator)) = at else {
            let wanted = Wanted::Term { descendants: true, similarity: Similarity::Exact };
            return Ok(Filter { id: text.to_owned(), wanted, scope: None });
        };
        let (id, value) = (text[..at].trim(), text[at + sign.len()..].trim());
        if id.is_empty() || value.is_empty() {
            return Err(BadParameter::new("filters", text, "a field, an operator and a value: `sex=female`"));
        }
        Ok(Filter {
            id: id.to_owned(),
            wanted: Wanted::Value { operator, value: value.to_owned() },
            scope: None,
        })
    }

    fn object(item: &Value) -> Result<Filter, BadParameter> {
        let wrong = |expected: &str| BadParameter::new("filters", &item.to_string(), expected);
        let object = item.as_object().ok_or_else(|| wrong("objects with an `id`"))?;
        let known = ["id", "operator", "value", "scope", "includeDescendantTerms", "similarity"];
        if let Some(name) = object.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(BadParameter::new("filters", name, format!("one of {}", known.join(", "))));
        }
        let text = |name: &str| match object.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
            Some(Value::Number(number)) if name == "value" => Ok(Some(number.to_string())),
            Some(_) => Err(wrong("texts in `id`, `operator`, `value`, `scope` and `similarity`")),
        };
        let id = text("id")?.filter(|id| !id.is_empty()).ok_or_else(|| wrong("objects with an `id`"))?;
        let scope = text("scope")?.map(|scope| scope_of(&scope)).transpose()?;
        let descendants = match object.get("includeDescendantTerms") {
            None | Some(Value::Null) => true,
            Some(Value::Bool(truth)) => *truth,
            Some(_) => return Err(wrong("true or false in `includeDescendantTerms`")),
        };
        let operator = text("operator")?;
        let wanted = match (text("value")?, operator) {
            (Some(value), operator) => {
                let sign = operator.as_deref().unwrap_or("=");
                let found = OPERATORS.iter().find(|(known, _)| *known == sign);
                let operator = found.ok_or_else(|| wrong("one of = < > ! >= <= in `operator`"))?.1;
                Wanted::Value { operator, value }
            }
            (None, Some(_)) => return Err(wrong("a `value` where there is an `operator`")),
            (None, None) => Wanted::Term { descendants, similarity: similarity(text("similarity")?)? },
        };
        Ok(Filter { id, wanted, scope })
    }

    /// As text, for the summary of what was received.
    pub(crate) fn text(&self) -> String {
        match &self.wanted {
            Wanted::Term { .. } => self.id.clone(),
            Wanted::Value { operator, value } => format!("{}{}{value}", self.id, operator.sign()),
        }
    }
}

/// The first operator of a text, the longer one where two begin at a place.
fn first_operator(text: &str) -> Option<(usize, &'static str, Operator)> {
    let found =
        OPERATORS.iter().filter_map(|(sign, operator)| text.find(sign).map(|at| (at, *sign, *operator)));
    found.min_by_key(|(at, sign, _)| (*at, std::cmp::Reverse(sign.len())))
}

impl Operator {
    fn sign(self) -> &'static str {
        OPERATORS.iter().find(|(sign, one)| *one == self && *sign != "!=").map_or("=", |(sign, _)| sign)
    }

    /// Whether a number stands so to another.
    pub(crate) fn holds(self, found: f64, value: f64) -> bool {
        match self {
            Operator::Equal => found == value,
            Operator::Not => found != value,
            Operator::Less => found < value,
            Operator::LessOrEqual => found <= value,
            Operator::Greater => found > value,
            Operator::GreaterOrEqual => found >= value,
        }
    }
}

fn scope_of(text: &str) -> Result<&'static str, BadParameter> {
    EntryType::named(text)
        .map(|entry| entry.id)
        .ok_or_else(|| BadParameter::new("filters", text, "an entry type in `scope`: individual, dataset …"))
}

fn similarity(text: Option<String>) -> Result<Similarity, BadParameter> {
    match text.as_deref() {
        None | Some("exact") => Ok(Similarity::Exact),
        Some("high") => Ok(Similarity::High),
        Some("medium") => Ok(Similarity::Medium),
        Some("low") => Ok(Similarity::Low),
        Some(other) => Err(BadParameter::new("filters", other, "exact, high, medium or low in `similarity`")),
    }
}

fn bounded(filters: Vec<Filter>) -> Result<Vec<Filter>, BadParameter> {
    if filters.len() > FILTERS_MAX {
        return Err(BadParameter::new("filters", "", format!("at most {FILTERS_MAX} filters")));
    }
    match filters.iter().find(|filter| filter.text().chars().count() > CHARS_MAX) {
        Some(long) => {
            Err(BadParameter::new("filters", &long.text(), format!("at most {CHARS_MAX} characters each")))
        }
        None => Ok(filters),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_and_objects_say_the_same() {
        let get = Filter::list("NCIT:C16576,alleleFrequency<=0.01,sex!male,variantType!=SNP").unwrap();
        let post = json!([
            {"id": "NCIT:C16576"},
            {"id": "alleleFrequency", "operator": "<=", "value": 0.01},
            {"id": "sex", "operator": "!", "value": "male"},
            "variantType!=SNP",
        ]);
        assert_eq!(Filter::array(post.as_array().unwrap()).unwrap(), get);
        let texts: Vec<String> = get.iter().map(Filter::text).collect();
        assert_eq!(texts, ["NCIT:C16576", "alleleFrequency<=0.01", "sex!male", "variantType!SNP"]);
    }

    #[test]
    fn options_are_read_and_nothing_else_is_let_pass() {
        let one = |value: Value| Filter::array(&[value]);
        let filter =
            one(json!({"id": "HP:1", "includeDescendantTerms": false, "scope": "individuals"})).unwrap();
        assert_eq!(filter[0].scope, Some("individual"));
        let exact = Wanted::Term { descendants: false, similarity: Similarity::Exact };
        assert_eq!(filter[0].wanted, exact);
        for bad in [
            json!({"id": ""}),
            json!({"id": 5}),
            json!({"id": "a", "operator": "~", "value": "b"}),
            json!({"id": "a", "operator": "<"}),
            json!({"id": "a", "scope": "persons"}),
            json!({"id": "a", "similarity": "near"}),
            json!({"id": "a", "includeDescendentTerms": true}),
            json!({"id": "a".repeat(201)}),
            json!(7),
        ] {
            assert_eq!(one(bad.clone()).unwrap_err().name, "filters", "{bad}");
        }
        assert!(Filter::list("sex=").is_err() && Filter::list(&"a,".repeat(21)).is_err());
    }
}
