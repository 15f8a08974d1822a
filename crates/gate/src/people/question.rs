//! A question about people, as asked.

use super::condition::{Condition, TermCondition, Zygosity};
use gj_model::{ApplicationId, FreezeName, Grouping, InstitutionId, Purpose, Sex, Variant};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Entity {
    /// People.
    #[default]
    Individuals,
    /// Their samples in the release.
    Biosamples,
    /// Each sample once for every batch that holds calls of it.
    Runs,
    /// The calling of each run: as many as runs.
    Analyses,
}

impl FromStr for Entity {
    type Err = String;

    fn from_str(text: &str) -> Result<Entity, String> {
        match text {
            "" | "individuals" => Ok(Entity::Individuals),
            "biosamples" => Ok(Entity::Biosamples),
            "runs" => Ok(Entity::Runs),
            "analyses" => Ok(Entity::Analyses),
            _ => Err(format!(
                "`{}` cannot be counted; expected individuals, biosamples, runs or analyses",
                text.escape_debug()
            )),
        }
    }
}

/// A question about people: all conditions must be met.
#[derive(Debug, Clone)]
pub struct PeopleQuestion {
    /// The release.
    pub freeze: FreezeName,
    /// Why.
    pub purpose: Purpose,
    /// The granted project it is asked under; `None`: under none.
    pub project: Option<ApplicationId>,
    /// Carriers of this variant.
    pub variant: Option<Variant>,
    /// Which carriers.
    pub zygosity: Zygosity,
    /// Terms, at most 20.
    pub terms: Vec<TermCondition>,
    /// People of this sex.
    pub sex: Option<Sex>,
    /// People of this stratum.
    pub stratum: Option<String>,
    /// People of this contributor.
    pub contributor: Option<InstitutionId>,
    /// People of this dataset.
    pub dataset: Option<String>,
    /// What is counted.
    pub entity: Entity,
    /// How the count is split beside the total.
    pub by: Grouping,
}

impl PeopleQuestion {
    /// Everybody of a release who may be seen.
    pub fn everybody(freeze: FreezeName, purpose: Purpose) -> PeopleQuestion {
        PeopleQuestion {
            freeze,
            purpose,
            project: None,
            variant: None,
            zygosity: Zygosity::Any,
            terms: Vec::new(),
            sex: None,
            stratum: None,
            contributor: None,
            dataset: None,
            entity: Entity::Individuals,
            by: Grouping::None,
        }
    }
}

/// The question as audit lines tell it.
pub(super) fn told_question(question: &PeopleQuestion) -> String {
    let mut parts = vec!["people".to_owned()];
    if let Some(variant) = &question.variant {
        parts.push(format!("{variant} {}", question.zygosity.name()));
    }
    parts.extend(question.terms.iter().map(ToString::to_string));
    parts.extend(question.sex.map(|sex| Condition::Sex(sex).to_string()));
    parts.extend(question.stratum.as_ref().map(|stratum| format!("stratum={stratum}")));
    parts.extend(question.contributor.as_ref().map(|id| format!("contributor={id}")));
    parts.extend(question.dataset.as_ref().map(|id| format!("dataset={id}")));
    parts.join(" ")
}
