//! The parameters of a table's question, read from a query string. Never asks anything itself.

use crate::frequency::ask::{PURPOSE_DEFAULT, parsed};
use crate::status::BadParameter;
use gj_analysis::table::{Bound, Choice, ClinVarClass, Order, Severity};
use gj_model::{ApplicationId, FreezeName, Purpose, Region};

/// A table's question as asked.
#[derive(Debug, Clone)]
pub struct TableAsked {
    /// The release; `None` is the newest.
    pub freeze: Option<FreezeName>,
    /// Where.
    pub place: Where,
    /// Why.
    pub purpose: Purpose,
    /// The granted project it is asked under.
    pub project: Option<ApplicationId>,
    /// Which rows, in which order.
    pub choice: Choice,
}

/// Which variants a table is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Where {
    /// Those of a region.
    Region(Region),
    /// Those of a gene, by symbol or id.
    Gene(String),
}

/// Longest name of a gene looked up.
const GENE_CHARACTERS_MAX: usize = 100;
const IMPACTS: [&str; 4] = ["HIGH", "MODERATE", "LOW", "MODIFIER"];
const EXPECTED: &str = "freeze, region, gene, purpose, project, severity, impact, min, max, clinvar or sort";

impl TableAsked {
    /// Reads a query string. As with a frequency, a parameter that is not known or comes twice is an error; only
    /// a list of sorts may come in several.
    ///
    /// # Errors
    /// [`BadParameter`] naming the first such parameter.
    pub fn from_query(query: &str) -> Result<TableAsked, BadParameter> {
        let (mut place, mut freeze, mut project, mut purpose) = (None, None, None, None);
        let mut choice = Choice::default();
        let mut seen = std::collections::BTreeSet::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            // A form sends what was not chosen as an empty value.
            if value.is_empty() {
                continue;
            }
            if !seen.insert(name.clone()) && name != "severity" {
                return Err(BadParameter::new(&name, &value, "the parameter once"));
            }
            match &*name {
                "freeze" => freeze = Some(parsed("freeze", &value)?),
                "project" => project = Some(parsed("project", &value)?),
                "purpose" => purpose = Some(parsed("purpose", &value)?),
                "region" | "gene" if place.is_some() => {
                    return Err(BadParameter::new(&name, &value, "either `region` or `gene`"));
                }
                "region" => place = Some(Where::Region(parsed("region", &value)?)),
                "gene" => place = Some(Where::Gene(value.chars().take(GENE_CHARACTERS_MAX).collect())),
                _ => choose(&mut choice, &name, &value)?,
            }
        }
        let expected = "`region=chr22:42126499-42130865` or `gene=CYP2D6`";
        Ok(TableAsked {
            freeze,
            place: place.ok_or_else(|| BadParameter::new("region", "", expected))?,
            purpose: match purpose {
                Some(purpose) => purpose,
                None => parsed("purpose", PURPOSE_DEFAULT)?,
            },
            project,
            choice,
        })
    }
}

/// Reads one parameter of a choice.
fn choose(choice: &mut Choice, name: &str, value: &str) -> Result<(), BadParameter> {
    let bad = |expected: &str| BadParameter::new(name, value, expected);
    match name {
        "severity" => {
            for word in value.split(',') {
                let known = Severity::ALL.into_iter().find(|severity| severity.name() == word);
                choice.severities.push(known.ok_or_else(|| bad("lof, missense, synonymous or other"))?);
            }
        }
        "impact" => {
            let known = IMPACTS.into_iter().find(|impact| impact.eq_ignore_ascii_case(value));
            choice.impact = Some(known.ok_or_else(|| bad("HIGH, MODERATE, LOW or MODIFIER"))?.to_owned());
        }
        "min" => choice.frequency_min = Some(parsed::<Bound>(name, value)?),
        "max" => choice.frequency_max = Some(parsed::<Bound>(name, value)?),
        "clinvar" => {
            let known = ClinVarClass::ALL.into_iter().find(|(word, _)| *word == value);
            choice.clinvar = Some(known.ok_or_else(|| bad("any, pathogenic, uncertain or benign"))?.1);
        }
        "sort" => {
            let (word, descending) = value.strip_prefix('-').map_or((value, false), |word| (word, true));
            let known = Order::ALL.into_iter().find(|(name, _)| *name == word);
            let expected = "place, frequency, severity or hom; with `-` in front, the other way round";
            choice.order = known.ok_or_else(|| bad(expected))?.1;
            choice.descending = descending;
        }
        _ => return Err(bad(&format!("no such parameter; one of {EXPECTED}"))),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read_with_its_choice() {
        let query = "gene=CYP2D6&severity=lof,missense&severity=other&max=0.01&clinvar=pathogenic&sort=-frequency&min=";
        let asked = TableAsked::from_query(query).unwrap();
        assert_eq!(asked.place, Where::Gene("CYP2D6".into()));
        assert_eq!(asked.choice.severities, [Severity::Lof, Severity::Missense, Severity::Other]);
        assert_eq!((asked.choice.frequency_max, asked.choice.frequency_min), (Some(Bound(0.01)), None));
        assert_eq!((asked.choice.order, asked.choice.descending), (Order::Frequency, true));
        assert_eq!(asked.purpose.to_string(), "GRU");
    }

    #[test]
    fn nothing_is_guessed() {
        for (query, name) in [
            ("", "region"),
            ("gene=A&region=22:5-9", "region"),
            ("region=22:9-5", "region"),
            ("gene=A&severity=bad", "severity"),
            ("gene=A&impact=x", "impact"),
            ("gene=A&max=2", "max"),
            ("gene=A&clinvar=x", "clinvar"),
            ("gene=A&sort=x", "sort"),
            ("gene=A&max=0.1&max=0.2", "max"),
            ("gene=A&by=sex", "by"),
        ] {
            assert_eq!(TableAsked::from_query(query).unwrap_err().name, name, "{query}");
        }
    }
}
