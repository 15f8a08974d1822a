//! The catalogue: every registered dataset with its contributor, terms, restricted period and releases. Public
//! knowledge, with people as the overview shows them.

use crate::error::GateError;
use crate::gate::Gate;
use crate::release::Released;
use chrono::{Months, NaiveDate};
use gj_model::{Bilingual, FreezeName, InstitutionId};
use serde::Serialize;

/// One dataset.
#[derive(Debug, Clone, Serialize)]
pub struct DatasetCard {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Bilingual,
    /// The contributing institution.
    pub contributor: InstitutionId,
    /// That institution's name.
    pub contributor_name: Bilingual,
    /// The stratum it is of; empty: all of the contributor's people.
    pub stratum: String,
    /// `overview`, `detailed` or `public`.
    pub tier: String,
    /// Its starting point 起始ポイント.
    pub starting_point: NaiveDate,
    /// The first day after its restricted period.
    pub free_from: Option<NaiveDate>,
    /// The contributor's terms that hold today.
    pub terms: Vec<TermCard>,
    /// Where its registration is written.
    pub source: String,
    /// Releases that hold people of its contributor, newest first.
    pub releases: Vec<DatasetRelease>,
}

/// A term of a contributor.
#[derive(Debug, Clone, Serialize)]
pub struct TermCard {
    /// `DUO:0000007` …
    pub duo: String,
    /// What it is about: a disease, a country; empty for others.
    pub value: String,
}

/// A dataset in a release.
#[derive(Debug, Clone, Serialize)]
pub struct DatasetRelease {
    /// The release.
    pub name: FreezeName,
    /// People; `None` where hidden, and for a stratum of a contributor, which no release is split by.
    pub people: Option<u32>,
}

impl Gate {
    /// Every registered dataset, by id. Public; people are those of [`Gate::overview`], so that the two cannot be
    /// held against each other.
    ///
    /// # Errors
    /// When the registry or a panel cannot be read.
    pub async fn catalogue(&self) -> Result<Released<Vec<DatasetCard>>, GateError> {
        let overview = self.overview().await?;
        let mut reads = self.inner.registry.read().await?;
        let (institutions, terms) = (reads.institutions().await?, reads.dataset_terms().await?);
        let today = self.inner.clock.today();
        let cards = reads.datasets().await?.into_iter().map(|dataset| {
            let contributor = institutions.iter().find(|i| i.id == dataset.contributor);
            let of_release = |card: &crate::acts::overview::FreezeCard| {
                let group =
                    card.contributors.iter().find(|group| group.id == dataset.contributor.as_str())?;
                let people = group.people.filter(|_| dataset.stratum.is_empty());
                Some(DatasetRelease { name: card.name.clone(), people })
            };
            let held = |term: &&gj_registry::Term| {
                let runs = term.valid_from <= today && term.valid_to.is_none_or(|last| last >= today);
                term.dataset == dataset.id && runs
            };
            let card =
                |term: &gj_registry::Term| TermCard { duo: term.duo.clone(), value: term.value.clone() };
            let unnamed =
                || Bilingual { ja: dataset.contributor.to_string(), en: dataset.contributor.to_string() };
            DatasetCard {
                name: Bilingual { ja: dataset.name_ja, en: dataset.name_en },
                contributor_name: contributor
                    .map_or_else(unnamed, |i| Bilingual { ja: i.name_ja.clone(), en: i.name_en.clone() }),
                free_from: dataset.starting_point.checked_add_months(Months::new(dataset.restricted_months)),
                starting_point: dataset.starting_point,
                terms: terms.iter().filter(held).map(card).collect(),
                releases: overview.get().freezes.iter().filter_map(of_release).collect(),
                id: dataset.id.clone(),
                contributor: dataset.contributor.clone(),
                stratum: dataset.stratum.clone(),
                tier: dataset.tier,
                source: dataset.source,
            }
        });
        Ok(Released::new(cards.collect()))
    }
}
