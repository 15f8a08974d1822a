//! What a person must meet to be counted, and what is one step wider.

use gj_model::{InstitutionId, Sex};
use gj_ontology::Library;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Which carriers of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Zygosity {
    /// With the alternate allele, however often.
    #[default]
    Any,
    /// With another allele beside it, or one that is not known.
    Het,
    /// With it twice.
    Hom,
    /// With it on the only copy there is.
    Hemi,
}

impl Zygosity {
    /// `any`, `het`, `hom` or `hemi`.
    pub fn name(self) -> &'static str {
        match self {
            Zygosity::Any => "any",
            Zygosity::Het => "het",
            Zygosity::Hom => "hom",
            Zygosity::Hemi => "hemi",
        }
    }
}

impl FromStr for Zygosity {
    type Err = String;

    fn from_str(text: &str) -> Result<Zygosity, String> {
        match text {
            "" | "any" => Ok(Zygosity::Any),
            "het" => Ok(Zygosity::Het),
            "hom" => Ok(Zygosity::Hom),
            "hemi" => Ok(Zygosity::Hemi),
            _ => Err(format!("`{}` is not a zygosity; expected any, het, hom or hemi", text.escape_debug())),
        }
    }
}

/// How a term must be known of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// It, or a kind of it, was observed.
    #[default]
    Observed,
    /// Just it was observed, by this very id.
    ObservedHere,
    /// It was looked for and not found; so is whatever is a kind of something that was not found.
    Excluded,
    /// Just it was looked for and not found, by this very id.
    ExcludedHere,
}

/// A term that people must, or must not, have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TermCondition {
    /// `HP:0001250`.
    pub id: String,
    /// How.
    #[serde(default)]
    pub reach: Reach,
}

impl fmt::Display for TermCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reach {
            Reach::Observed => f.write_str(&self.id),
            Reach::ObservedHere => write!(f, "={}", self.id),
            Reach::Excluded => write!(f, "!{}", self.id),
            Reach::ExcludedHere => write!(f, "!={}", self.id),
        }
    }
}

impl FromStr for TermCondition {
    type Err = String;

    /// `HP:0001250` with its kinds, `=HP:0001250` without; `!` before it: looked for and not found.
    fn from_str(text: &str) -> Result<TermCondition, String> {
        let (reach, id) = match (text.strip_prefix("!="), text.strip_prefix('!'), text.strip_prefix('=')) {
            (Some(id), _, _) => (Reach::ExcludedHere, id),
            (None, Some(id), _) => (Reach::Excluded, id),
            (None, None, Some(id)) => (Reach::ObservedHere, id),
            (None, None, None) => (Reach::Observed, text),
        };
        match gj_ontology::curie(id).filter(|found| found == id) {
            Some(id) => Ok(TermCondition { id, reach }),
            None => Err(format!(
                "`{}` is not a term; write HP:0001250, =HP:0001250 for it without its kinds, !HP:0001250 for looked for and not found",
                text.escape_debug()
            )),
        }
    }
}

/// One thing a person must meet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Condition {
    Carries(Zygosity),
    Term(TermCondition),
    Sex(Sex),
    Stratum(String),
    Contributor(InstitutionId),
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::Carries(zygosity) => write!(f, "carries={}", zygosity.name()),
            Condition::Term(term) => term.fmt(f),
            Condition::Sex(sex) => write!(f, "sex={sex}"),
            Condition::Stratum(stratum) => write!(f, "stratum={stratum}"),
            Condition::Contributor(institution) => write!(f, "contributor={institution}"),
        }
    }
}

impl Condition {
    /// What all who meet this one meet too, with nothing between the two: to be met together. Empty: nothing
    /// but to be there.
    ///
    /// INVARIANT: a term that is a kind of several gives all of them at once. One alone would step over
    /// the question about those who have all, from which it may differ by a single person.
    pub(crate) fn wider(&self, library: &Library) -> Vec<Condition> {
        let terms = |found: Vec<&gj_ontology::Term>, reach: Reach| -> Vec<Condition> {
            found.into_iter().map(|found| term(&found.id, reach)).collect()
        };
        match self {
            Condition::Carries(Zygosity::Het | Zygosity::Hom | Zygosity::Hemi) => {
                vec![Condition::Carries(Zygosity::Any)]
            }
            Condition::Term(TermCondition { id, reach }) => match reach {
                Reach::Observed => terms(library.parents(id), Reach::Observed),
                Reach::ObservedHere => vec![term(id, Reach::Observed)],
                Reach::Excluded => terms(library.children(id), Reach::Excluded),
                Reach::ExcludedHere => vec![term(id, Reach::Excluded)],
            },
            Condition::Carries(Zygosity::Any)
            | Condition::Sex(_)
            | Condition::Stratum(_)
            | Condition::Contributor(_) => Vec::new(),
        }
    }
}

fn term(id: &str, reach: Reach) -> Condition {
    Condition::Term(TermCondition { id: id.to_owned(), reach })
}
