//! `GET /api/people`: how many people of a release carry a variant, have phenotypes, are of a sex.

use crate::frequency::ask::{PURPOSE_DEFAULT, parsed};
use crate::frequency::newest;
use crate::status::{BadParameter, Problem};
use crate::who::{self, Counter};
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use gj_gate::{Gate, PeopleAnswer, PeopleQuestion, Released, Session, TermCondition};
use gj_model::FreezeName;
use std::collections::BTreeMap;

/// The parameters, as `operations` describes them.
const PARAMETERS: [&str; 12] = [
    "freeze",
    "variant",
    "zygosity",
    "terms",
    "sex",
    "stratum",
    "contributor",
    "dataset",
    "entity",
    "purpose",
    "by",
    "project",
];

/// The parameters of a question about people, each once.
#[derive(Debug, Clone)]
pub struct Asked {
    fields: BTreeMap<String, String>,
}

impl Asked {
    /// Reads a query string. A parameter that is not known or comes twice is an error: a misspelt one must
    /// not widen the question silently.
    ///
    /// # Errors
    /// [`BadParameter`] naming the first such parameter.
    pub fn from_query(query: &str) -> Result<Asked, BadParameter> {
        let mut fields = BTreeMap::new();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            if !PARAMETERS.contains(&key.as_ref()) {
                let expected = format!("no such parameter; one of {}", PARAMETERS.join(", "));
                return Err(BadParameter::new(&key, &value, expected));
            }
            if fields.insert(key.clone().into_owned(), value.clone().into_owned()).is_some() {
                return Err(BadParameter::new(&key, &value, "the parameter once"));
            }
        }
        // A form sends what is left open as empty.
        fields.retain(|_, value| !value.is_empty());
        Ok(Asked { fields })
    }

    fn freeze(&self) -> Result<Option<FreezeName>, BadParameter> {
        self.one("freeze")
    }

    fn one<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        name: &str,
    ) -> Result<Option<T>, BadParameter> {
        self.fields.get(name).map(|text| parsed(name, text)).transpose()
    }

    fn question(&self, freeze: FreezeName) -> Result<PeopleQuestion, BadParameter> {
        let purpose = self.fields.get("purpose").map_or(PURPOSE_DEFAULT, String::as_str);
        let mut question = PeopleQuestion::everybody(freeze, parsed("purpose", purpose)?);
        let terms = self.fields.get("terms").map_or("", String::as_str);
        let terms = terms.split(',').map(str::trim).filter(|term| !term.is_empty());
        question.terms =
            terms.map(|term| parsed::<TermCondition>("terms", term)).collect::<Result<_, _>>()?;
        question.variant = self.one("variant")?;
        question.zygosity = self.one("zygosity")?.unwrap_or_default();
        if let (Some(found), None) = (self.fields.get("zygosity"), &question.variant) {
            return Err(BadParameter::new("zygosity", found, "it beside `variant`"));
        }
        question.sex = self.one("sex")?;
        question.stratum = self.fields.get("stratum").cloned();
        question.contributor = self.one("contributor")?;
        question.dataset = self.fields.get("dataset").cloned();
        question.entity = self.one("entity")?.unwrap_or_default();
        question.by = self.one("by")?.unwrap_or_default();
        question.project = self.one("project")?;
        Ok(question)
    }
}

/// Answers what was asked, for whoever is signed in.
///
/// # Errors
/// [`Problem`]: refused, no release, or what the gate says.
pub async fn answer(
    gate: &Gate,
    session: Option<&Session>,
    asked: &Asked,
) -> Result<Released<PeopleAnswer>, Problem> {
    let freeze = match asked.freeze()? {
        Some(freeze) => freeze,
        None => newest(gate).await?,
    };
    let question = asked.question(freeze)?;
    let answer = gate.ask_people(&who::asker(session), &question).await;
    answer.map_err(|error| Problem::Gate { error, signed_in: session.is_some() })
}

pub(crate) async fn show(
    State(counter): State<Counter>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Released<PeopleAnswer>>, Problem> {
    let asked = Asked::from_query(query.as_deref().unwrap_or_default())?;
    let session = who::session(&headers, &counter.gate, &counter.sessions).await.map_err(Problem::public)?;
    answer(&counter.gate, session.as_ref(), &asked).await.map(Json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gj_gate::Reach;

    #[test]
    fn a_question_is_read_and_nothing_is_guessed() {
        let freeze = || "r1".parse::<FreezeName>().unwrap();
        let read = |query: &str| Asked::from_query(query).and_then(|asked| asked.question(freeze()));
        let question =
            read("terms=HP:0001250,!HP:0000707&sex=female&variant=chr22-5-G-A&zygosity=hom").unwrap();
        let reaches: Vec<Reach> = question.terms.iter().map(|term| term.reach).collect();
        assert_eq!(reaches, [Reach::Observed, Reach::Excluded]);
        assert_eq!((question.purpose.to_string().as_str(), question.sex.is_some()), ("GRU", true));
        for (query, name) in [
            ("term=HP:0001250", "term"),
            ("terms=seizure", "terms"),
            ("sex=f&sex=m", "sex"),
            ("zygosity=hom", "zygosity"),
            ("entity=people", "entity"),
            ("by=age", "by"),
            ("variant=rs1", "variant"),
        ] {
            assert_eq!(read(query).unwrap_err().name, name, "{query}");
        }
    }
}
