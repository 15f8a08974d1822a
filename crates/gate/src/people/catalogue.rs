//! What there is to ask for: the terms in use, and the datasets with whose people they are.

use super::condition::{Condition, Reach, TermCondition};
use super::{World, cohort::Cohort};
use crate::ask::{Asker, Ground};
use crate::error::GateError;
use crate::gate::Gate;
use crate::release::Released;
use chrono::{Months, NaiveDate};
use gj_model::{Bilingual, FreezeName, Grouping, InstitutionId, Purpose};
use gj_ontology::Language;
use serde::Serialize;
use serde_json::json;
use std::cell::RefCell;
use std::sync::Arc;

/// A term that people can be asked for by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TermCard {
    /// `HP:0001250`.
    pub id: String,
    /// Its label.
    pub label: Bilingual,
}

/// A dataset as the catalogue shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DatasetCard {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Bilingual,
    /// The contributing institution.
    pub contributor: InstitutionId,
    /// The contributor's name.
    pub contributor_name: Bilingual,
    /// The stratum it is of; empty: all of the contributor's people.
    pub stratum: String,
    /// How much of it may be used: `overview`, `detailed` or `public`.
    pub tier: String,
    /// Terms of the contributor that are in force, as codes of the Data Use Ontology with what each is about.
    pub duo: Vec<(String, String)>,
    /// Its starting point.
    pub starting_point: NaiveDate,
    /// The day on which its restricted period is over.
    pub restricted_until: NaiveDate,
    /// Releases that hold people of it, newest first, with how many; `None`: too few to be told.
    pub releases: Vec<(FreezeName, Option<u32>)>,
}

impl Gate {
    /// The terms in use among the people of a release that the asker may count: those of which enough
    /// people are told. By id.
    ///
    /// # Errors
    /// [`GateError::Refused`]; what the files say.
    pub async fn filtering_terms(
        &self,
        asker: &Asker,
        freeze: &FreezeName,
        purpose: &Purpose,
    ) -> Result<Released<Vec<TermCard>>, GateError> {
        const PLACE: &str = "terms in use";
        let ground = Ground { freeze, purpose, project: &None, place: PLACE.to_owned(), by: Grouping::None };
        let grant = self.grant(asker, &ground).await?;
        let mut reads = self.inner.registry.read().await?;
        let cohort = self.cohort(&mut reads, &grant).await?;
        drop(reads);
        let rounding = self.rounding(&grant, &cohort).await?;
        let seen = cohort.seen(&grant.sight);
        let work = move || {
            let world = World { cohort: cohort.clone(), seen, carriers: None, sets: RefCell::default() };
            let tellable = |id: &&str| {
                let term = TermCondition { id: (*id).to_owned(), reach: Reach::Observed };
                rounding.settle(&world, vec![Condition::Term(term)]).people.is_some()
            };
            let mut ids: Vec<&str> = cohort.terms().filter(tellable).collect();
            ids.sort_unstable();
            ids.into_iter().map(|id| card(&cohort, id)).collect::<Vec<TermCard>>()
        };
        let terms = tokio::task::spawn_blocking(work).await?;
        let detail = json!({ "place": PLACE, "by": "", "counted": "terms", "hidden_cells": 0 });
        self.note_use(&grant, detail).await?;
        Ok(Released::new(terms))
    }

    /// The datasets of the programme. Public like the overview: counts pass the same disclosure control, and
    /// no line is written. `asker` is who looks; everybody sees the same.
    ///
    /// # Errors
    /// When the registry or a panel cannot be read.
    pub async fn datasets_shown(&self, _asker: &Asker) -> Result<Released<Vec<DatasetCard>>, GateError> {
        let mut reads = self.inner.registry.read().await?;
        let today = self.inner.clock.today();
        let smallest = self.settings(&mut reads).await?.min_cell;
        let (datasets, terms) = (reads.datasets().await?, reads.dataset_terms().await?);
        let institutions = reads.institutions().await?;
        let freezes = reads.freezes().await?;
        let mut cards = Vec::with_capacity(datasets.len());
        for dataset in datasets {
            let contributor = institutions.iter().find(|known| known.id == dataset.contributor);
            let in_force = terms.iter().filter(|term| {
                term.dataset == dataset.id
                    && term.valid_from <= today
                    && term.valid_to.is_none_or(|last| last >= today)
            });
            let mut releases = Vec::new();
            for freeze in freezes.iter().rev() {
                let (classes, people) = self.sizes_of(&mut reads, freeze).await?;
                let of_dataset = |class: &gj_model::ReleaseClass| {
                    class.institution == dataset.contributor
                        && (dataset.stratum.is_empty() || class.stratum == dataset.stratum)
                };
                let count: u32 =
                    classes.iter().zip(&people).filter(|(c, _)| of_dataset(c)).map(|(_, n)| *n).sum();
                if count == 0 {
                    continue;
                }
                let shown = crate::acts::overview::shown_groups(&classes, &people, smallest);
                // A stratum of a contributor is in no split of the overview: nobody is told how many.
                let told = match dataset.stratum.as_str() {
                    "" => shown(Grouping::Contributor)
                        .into_iter()
                        .find(|(id, _)| id == dataset.contributor.as_str())
                        .and_then(|(_, people)| people),
                    _ => None,
                };
                releases.push((freeze.name.clone(), told));
            }
            let months = Months::new(dataset.restricted_months);
            cards.push(DatasetCard {
                name: Bilingual { ja: dataset.name_ja, en: dataset.name_en },
                contributor_name: contributor.map_or_else(
                    || Bilingual { ja: dataset.contributor.to_string(), en: dataset.contributor.to_string() },
                    |known| Bilingual { ja: known.name_ja.clone(), en: known.name_en.clone() },
                ),
                duo: in_force.map(|term| (term.duo.clone(), term.value.clone())).collect(),
                restricted_until: dataset
                    .starting_point
                    .checked_add_months(months)
                    .unwrap_or(dataset.starting_point),
                starting_point: dataset.starting_point,
                contributor: dataset.contributor,
                stratum: dataset.stratum,
                tier: dataset.tier,
                id: dataset.id,
                releases,
            });
        }
        Ok(Released::new(cards))
    }
}

fn card(cohort: &Arc<Cohort>, id: &str) -> TermCard {
    let label = |language| cohort.library.label(id, language).unwrap_or(id).to_owned();
    TermCard { id: id.to_owned(), label: Bilingual { ja: label(Language::Ja), en: label(Language::En) } }
}
