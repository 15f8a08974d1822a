//! Who may be seen: one decision for the question, and one for each dataset its people may lie in.
//!
//! A class of people is seen only if the question is allowed, they allowed what it needs, and no dataset
//! they belong to objects: no answer holds somebody whom any rule denies.

use crate::decide::{Decision, decide};
use crate::facts::{DatasetFact, Facts};
use crate::project::ProjectFact;
use crate::table::Table;
use gj_model::{Reason, ReleaseClass, SampleSet, Scope};
use std::collections::HashMap;

/// What one asker may see.
#[derive(Debug, Clone)]
pub struct Sight {
    /// The decision without regard to datasets.
    pub decision: Decision,
    /// Each registered dataset with its decision.
    pub datasets: Vec<DatasetSight>,
    /// The project asked under: nobody else's data than it was granted for are seen.
    project: Option<ProjectFact>,
    /// Numbers of the datasets of each contributor.
    by_contributor: HashMap<String, Vec<usize>>,
}

/// One dataset for one asker.
#[derive(Debug, Clone)]
pub struct DatasetSight {
    /// Its id.
    pub id: String,
    /// The contributing institution.
    pub contributor: String,
    /// Its stratum; `None`: all.
    pub stratum: Option<String>,
    /// What the rules say.
    pub decision: Decision,
}

impl Sight {
    /// Decides for a question and every dataset; `facts.dataset` is not looked at.
    pub fn of(table: &Table, facts: &Facts, datasets: &[DatasetFact]) -> Sight {
        let mut facts = Facts { dataset: None, ..facts.clone() };
        let decision = decide(table, &facts);
        let judge = |dataset: &DatasetFact| {
            facts.dataset = Some(dataset.clone());
            DatasetSight {
                id: dataset.id.clone(),
                contributor: dataset.contributor.clone(),
                stratum: dataset.stratum.clone(),
                decision: decide(table, &facts),
            }
        };
        let datasets: Vec<DatasetSight> = datasets.iter().map(judge).collect();
        let mut by_contributor: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, dataset) in datasets.iter().enumerate() {
            by_contributor.entry(dataset.contributor.clone()).or_default().push(number);
        }
        Sight { decision, datasets, project: facts.project, by_contributor }
    }

    /// The same with another decision on the question.
    #[must_use]
    pub fn decided(self, decision: Decision) -> Sight {
        Sight { decision, ..self }
    }

    /// Whether people of a contributor and stratum who allowed `scope` may be seen.
    pub fn sees(&self, institution: &str, stratum: &str, scope: Scope) -> bool {
        let allows = |decision: &Decision| match decision {
            Decision::Allow(terms) => scope.covers(terms.needs_scope),
            Decision::Ask(_) | Decision::Deny(_) => false,
        };
        let theirs = self.by_contributor.get(institution).into_iter().flatten();
        let mut theirs = theirs
            .map(|number| &self.datasets[*number])
            .filter(|dataset| dataset.holds(institution, stratum));
        let granted = self.project.as_ref().is_none_or(|project| project.covers(institution, stratum));
        granted && allows(&self.decision) && theirs.all(|dataset| allows(&dataset.decision))
    }

    /// The same for a counted class.
    pub fn sees_class(&self, class: &ReleaseClass) -> bool {
        self.sees(class.institution.as_str(), &class.stratum, class.scope)
    }

    /// Why people of some classes are not seen, where a dataset objects: every reason once.
    pub fn objections<'a>(&self, classes: impl Iterator<Item = &'a ReleaseClass> + Clone) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = Vec::new();
        for dataset in &self.datasets {
            if classes.clone().any(|class| dataset.holds(class.institution.as_str(), &class.stratum)) {
                reasons.extend(dataset.decision.objections().unwrap_or_default().iter().cloned());
            }
        }
        let order =
            |reason: &Reason| (reason.effect, reason.code.clone(), reason.source.clone(), reason.until);
        reasons.sort_by_key(order);
        reasons.dedup();
        reasons
    }

    /// Datasets of which nobody is seen.
    pub fn closed(&self) -> impl Iterator<Item = &DatasetSight> + '_ {
        self.datasets.iter().filter(|dataset| dataset.decision.objections().is_some())
    }
}

impl DatasetSight {
    /// Whether people of a contributor and stratum belong to it.
    pub fn holds(&self, institution: &str, stratum: &str) -> bool {
        self.contributor == institution && self.stratum.as_ref().is_none_or(|own| own == stratum)
    }
}

/// The people of `classes` (for each the number of its class) whose class is seen.
pub fn people(classes: &[u32], seen: &[bool]) -> SampleSet {
    let mut people = SampleSet::none(classes.len());
    for (person, class) in classes.iter().enumerate() {
        if seen.get(*class as usize).copied().unwrap_or(false) {
            people.insert(person);
        }
    }
    people
}
