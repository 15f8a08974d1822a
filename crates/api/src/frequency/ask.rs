//! The parameters of a frequency question, read from a query string. Never asks anything itself.

use crate::status::BadParameter;
use gj_gate::Place;
use gj_model::{ApplicationId, FreezeName, Grouping, Purpose};
use std::fmt::Display;
use std::str::FromStr;

/// Purpose of a request that names none: general research use.
pub const PURPOSE_DEFAULT: &str = "GRU";

/// A frequency question as asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The release; `None` is the newest.
    pub freeze: Option<FreezeName>,
    /// Where.
    pub place: Place,
    /// How to split.
    pub by: Grouping,
    /// Why.
    pub purpose: Purpose,
    /// The granted project it is asked under.
    pub project: Option<ApplicationId>,
}

#[derive(Default)]
struct Fields {
    freeze: Option<String>,
    region: Option<String>,
    variant: Option<String>,
    purpose: Option<String>,
    by: Option<String>,
    project: Option<String>,
}

impl Asked {
    /// Reads a query string. A parameter that is not known, comes twice or cannot be read is an error:
    /// a misspelt one must not widen the question silently.
    ///
    /// # Errors
    /// [`BadParameter`] naming the first such parameter.
    pub fn from_query(query: &str) -> Result<Asked, BadParameter> {
        let mut fields = Fields::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let field = match key.as_ref() {
                "freeze" => &mut fields.freeze,
                "region" => &mut fields.region,
                "variant" => &mut fields.variant,
                "purpose" => &mut fields.purpose,
                "by" => &mut fields.by,
                "project" => &mut fields.project,
                _ => {
                    let expected = "freeze, region, variant, purpose, by or project";
                    return Err(BadParameter::new(
                        &key,
                        &value,
                        format!("no such parameter; one of {expected}"),
                    ));
                }
            };
            if field.replace(value.clone().into_owned()).is_some() {
                return Err(BadParameter::new(&key, &value, "the parameter once"));
            }
        }
        fields.read()
    }
}

impl Fields {
    fn read(self) -> Result<Asked, BadParameter> {
        let place = match (&self.region, &self.variant) {
            (Some(region), None) => Place::Region(parsed("region", region)?),
            (None, Some(variant)) => Place::Variant(parsed("variant", variant)?),
            (found, _) => {
                let expected = "either `region=chr22:42126499-42130865` or `variant=chr22-42127941-G-A`";
                return Err(BadParameter::new("region", found.as_deref().unwrap_or_default(), expected));
            }
        };
        let freeze = self.freeze.filter(|freeze| !freeze.is_empty());
        // A form sends the choice of none as an empty one.
        let project = self.project.filter(|project| !project.is_empty());
        Ok(Asked {
            freeze: freeze.map(|freeze| parsed("freeze", &freeze)).transpose()?,
            place,
            by: parsed("by", self.by.as_deref().unwrap_or_default())?,
            purpose: parsed("purpose", self.purpose.as_deref().unwrap_or(PURPOSE_DEFAULT))?,
            project: project.map(|project| parsed("project", &project)).transpose()?,
        })
    }
}

/// Reads a value; what its type says about a text it cannot read is what was expected.
pub(crate) fn parsed<T: FromStr<Err: Display>>(name: &str, text: &str) -> Result<T, BadParameter> {
    text.parse().map_err(|what: T::Err| BadParameter::new(name, text, expected(&what.to_string())))
}

/// The remedy in a message of the house form "`x` is not a region; write it as `y`".
fn expected(message: &str) -> String {
    let remedy = message.split_once("; ").map_or(message, |(_, remedy)| remedy);
    let verbs = ["write it as ", "write ", "expected ", "use "];
    let plain = verbs.iter().find_map(|verb| remedy.strip_prefix(verb)).unwrap_or(remedy);
    plain.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read_with_its_defaults() {
        let asked = Asked::from_query("region=22:5-9").unwrap();
        assert_eq!(asked.place.to_string(), "chr22:5-9");
        assert_eq!(
            (asked.purpose.to_string().as_str(), asked.by, asked.freeze),
            ("GRU", Grouping::None, None)
        );
        let asked = Asked::from_query("variant=chr22-5-G-A&by=sex&purpose=DS:MONDO:1&freeze=2026.1").unwrap();
        assert_eq!((asked.purpose.to_string().as_str(), asked.project), ("DS:MONDO:1", None));
        let under = Asked::from_query("region=22:5-9&project=A-0123456789").unwrap();
        assert_eq!(under.project.unwrap().as_str(), "A-0123456789");
        assert_eq!(asked.freeze.unwrap().as_str(), "2026.1");
    }

    #[test]
    fn messages_say_what_would_be_understood() {
        let bad = Asked::from_query("region=foo").unwrap_err();
        assert_eq!(bad.expected, "`chr22:42126499-42130865` (1-based, both ends included)");
        let long = Asked::from_query(&format!("variant=chr22-5-A-{}", "A".repeat(1_001))).unwrap_err();
        assert_eq!((long.name.as_str(), long.expected.as_str()), ("variant", "at most 1000 bases"));
        let bad = Asked::from_query("region=22:1-2&by=age").unwrap_err();
        assert_eq!(
            bad.to_string(),
            "parameter `by`: found `age`; expected stratum, contributor, sex or every"
        );
    }

    #[test]
    fn nothing_is_guessed() {
        for (query, name) in [
            ("", "region"),
            ("region=22:5-9&variant=chr22-5-G-A", "region"),
            ("region=22:9-5", "region"),
            ("variant=rs1065852", "variant"),
            ("region=22:5-9&by=age", "by"),
            ("region=22:5-9&purpose=", "purpose"),
            ("region=22:5-9&region=22:1-2", "region"),
            ("region=22:5-9&frezee=1", "frezee"),
            ("region=22:5-9&freeze=../x", "freeze"),
            ("region=22:5-9&project=../x", "project"),
        ] {
            assert_eq!(Asked::from_query(query).unwrap_err().name, name, "{query}");
        }
    }
}
