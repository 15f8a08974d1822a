//! What anybody may know: which releases there are, and how many people each contributor brought.

use crate::acts::members::{Allowed, People};
use crate::disclosure::Disclosure;
use crate::error::GateError;
use crate::gate::Gate;
use crate::release::Released;
use gj_model::{Bilingual, FreezeName, Grouping, ReleaseClass};
use gj_registry::{AfterChange, Freeze, Institution, PanelState, Reads, Regime};
use gj_store::StoreError;
use serde::Serialize;

/// The public face of the programme.
#[derive(Debug, Clone, Serialize)]
pub struct Overview {
    /// Name of the programme.
    pub name: Bilingual,
    /// Reference build of every coordinate.
    pub build: String,
    /// Counts from 1 up to one less than this are hidden.
    pub smallest_cell: u32,
    /// Releases, newest first.
    pub freezes: Vec<FreezeCard>,
    /// Purposes that may be chosen today.
    pub purposes: Vec<PurposeChoice>,
    /// What has come in since the newest release.
    pub progress: Progress,
}

/// One release.
#[derive(Debug, Clone, Serialize)]
pub struct FreezeCard {
    /// Name.
    pub name: FreezeName,
    /// Citable digest, as on its day.
    pub digest: String,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// People in it now; hidden below the smallest cell.
    pub people: Option<u32>,
    /// Variants in it now. `None` while it waits to be recounted without somebody who left: the number
    /// of its day would tell that they had variants of their own.
    pub variants: Option<u64>,
    /// People by contributor.
    pub contributors: Vec<GroupSize>,
    /// People by population stratum.
    pub strata: Vec<GroupSize>,
}

/// A group and how many people are in it; `None` is hidden.
#[derive(Debug, Clone, Serialize)]
pub struct GroupSize {
    /// Institution id or stratum.
    pub id: String,
    /// Name to show.
    pub name: Bilingual,
    /// People.
    pub people: Option<u32>,
}

/// A purpose that may be chosen.
#[derive(Debug, Clone, Serialize)]
pub struct PurposeChoice {
    /// Code to send: `GRU`.
    pub code: String,
    /// DUO id.
    pub duo: String,
    /// Name.
    pub name: Bilingual,
    /// Whether a disease must be named.
    pub needs_disease: bool,
}

/// What has come in since the newest release.
#[derive(Debug, Clone, Serialize)]
pub struct Progress {
    /// Institutions that brought genomes.
    pub contributors: u64,
    /// Batches of genomes in all.
    pub batches: u64,
    /// Batches that no release holds yet.
    pub batches_waiting: u64,
}

impl Gate {
    /// The overview. Public: it holds no more than the programme publishes of itself, and passes the
    /// same disclosure control as every answer; nobody needs to sign in and no line is written.
    ///
    /// # Errors
    /// When the registry or a panel cannot be read.
    pub async fn overview(&self) -> Result<Released<Overview>, GateError> {
        match self.overview_once().await {
            // A withdrawal replaced a panel between the registry and its file: the registry knows better now.
            Err(GateError::Store(StoreError::Missing { .. })) => self.overview_once().await,
            done => done,
        }
    }

    async fn overview_once(&self) -> Result<Released<Overview>, GateError> {
        let mut reads = self.inner.registry.read().await?;
        let settings = self.settings(&mut reads).await?;
        let institutions = reads.institutions().await?;
        let batches = reads.batches().await?;
        let mut cards = Vec::new();
        let mut frozen = std::collections::BTreeSet::new();
        for freeze in reads.freezes().await?.iter().rev() {
            frozen.extend(freeze.batches.iter().cloned());
            cards.push(self.card(&mut reads, freeze, &institutions, settings.min_cell).await?);
        }
        let today = self.inner.clock.today();
        let in_force = |term: &gj_registry::PurposeTerm| {
            term.valid_from <= today && term.valid_to.is_none_or(|last| last >= today)
        };
        let purposes = reads.purposes().await?.into_iter().filter(in_force).map(|term| PurposeChoice {
            code: term.code,
            duo: term.duo,
            name: Bilingual { ja: term.name_ja, en: term.name_en },
            needs_disease: term.needs_disease,
        });
        let contributors: std::collections::BTreeSet<_> =
            batches.iter().map(|batch| &batch.institution).collect();
        Ok(Released::new(Overview {
            name: Bilingual { ja: settings.name_ja, en: settings.name_en },
            build: settings.build,
            smallest_cell: settings.min_cell,
            purposes: purposes.collect(),
            progress: Progress {
                contributors: contributors.len() as u64,
                batches: batches.len() as u64,
                batches_waiting: batches.iter().filter(|batch| !frozen.contains(&batch.id)).count() as u64,
            },
            freezes: cards,
        }))
    }

    /// The classes of a release and the people in each, without those who left.
    pub(crate) async fn sizes_of(
        &self,
        reads: &mut Reads,
        freeze: &Freeze,
    ) -> Result<(Vec<ReleaseClass>, Vec<u32>), GateError> {
        if freeze.state == PanelState::Current {
            let panel = self.panel(&freeze.panel)?;
            return Ok((panel.manifest().classes.clone(), panel.manifest().people.clone()));
        }
        let today = self.inner.clock.today();
        let roll =
            People::of(&self.inner.store, reads, &freeze.batches, Allowed::Since(freeze.consents), today)
                .await?
                .roll();
        Ok((roll.classes, roll.people))
    }

    /// People of a release as anybody may see them; `None` below the smallest cell.
    pub(crate) async fn shown_people(
        &self,
        reads: &mut Reads,
        freeze: &Freeze,
    ) -> Result<Option<u32>, GateError> {
        let smallest = self.settings(reads).await?.min_cell;
        let (classes, people) = self.sizes_of(reads, freeze).await?;
        let all =
            shown_groups(&classes, &people, smallest)(Grouping::None).into_iter().find(|(id, _)| id == "all");
        Ok(all.and_then(|(_, people)| people))
    }

    /// Variants of a release, as if who left had never been there; `None` until that is counted, and for good where cells are
    /// withheld after a change: beside the number of its day it would tell how many variants were theirs alone.
    pub(crate) async fn variants_of(
        &self,
        reads: &mut Reads,
        freeze: &Freeze,
    ) -> Result<Option<u64>, GateError> {
        if freeze.panel != freeze.first_panel {
            let rule = reads.exposure_rule(Regime::Agreed, self.inner.clock.today()).await?;
            if rule.is_some_and(|rule| rule.after_change == AfterChange::Withhold) {
                return Ok(None);
            }
        }
        match freeze.state {
            PanelState::Current => Ok(Some(self.panel(&freeze.panel)?.manifest().rows)),
            PanelState::Stale => Ok(None),
        }
    }

    async fn card(
        &self,
        reads: &mut Reads,
        freeze: &Freeze,
        institutions: &[Institution],
        smallest: u32,
    ) -> Result<FreezeCard, GateError> {
        let (classes, people) = self.sizes_of(reads, freeze).await?;
        let sizes = shown_groups(&classes, &people, smallest);
        let named = |split: Grouping, id: &str| match institutions.iter().find(|i| i.id.as_str() == id) {
            Some(i) if split == Grouping::Contributor => {
                Bilingual { ja: i.name_ja.clone(), en: i.name_en.clone() }
            }
            _ => Bilingual { ja: id.to_owned(), en: id.to_owned() },
        };
        let groups = |split: Grouping| {
            let of_split = sizes(split).into_iter().filter(|(id, _)| id != "all");
            of_split.map(|(id, people)| GroupSize { name: named(split, &id), id, people }).collect()
        };
        Ok(FreezeCard {
            name: freeze.name.clone(),
            digest: freeze.digest.clone(),
            created_at: freeze.created_at.clone(),
            people: sizes(Grouping::None)
                .into_iter()
                .find(|(id, _)| id == "all")
                .and_then(|(_, people)| people),
            variants: self.variants_of(reads, freeze).await?,
            contributors: groups(Grouping::Contributor),
            strata: groups(Grouping::Stratum),
        })
    }
}

/// People of each group of a split, judged like the cells of a site.
pub(crate) fn shown_groups(
    classes: &[ReleaseClass],
    people: &[u32],
    smallest: u32,
) -> impl Fn(Grouping) -> Vec<(String, Option<u32>)> + use<> {
    let disclosure = Disclosure::new(classes, people, &vec![true; classes.len()], smallest);
    let shown = disclosure.judge_people(people);
    move |split| disclosure.pick(&shown, split).into_iter().map(|(id, cells)| (id, cells.people)).collect()
}
