//! Counts of people: who carries a variant, has a phenotype, is of a sex, stratum or dataset, all at once.
//!
//! Runs under a grant like a frequency: the same rights, the same people, the same audit line. What is
//! told is decided in [`telling`]; what that protects is written in `docs/disclosure.md`.

pub(crate) mod catalogue;
mod cohort;
pub(crate) mod condition;
mod question;
mod telling;

use crate::acts::members::{Allowed, People};
use crate::ask::{Asker, Ground};
use crate::error::GateError;
use crate::gate::Gate;
use crate::grant::Grant;
use crate::random;
use crate::release::{Citation, Released};
use chrono::NaiveDate;
use cohort::{Carriers, Cohort, Seen};
use condition::{Condition, TermCondition};
use gj_model::{BatchId, FreezeName, Grouping, PanelId, SampleSet};
use gj_ontology::{Library, Standing};
use gj_registry::{Freeze, Reads};
use gj_store::StoreError;
use question::told_question;
pub use question::{Entity, PeopleQuestion};
use serde::Serialize;
use serde_json::json;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use telling::{Rounding, Sets, Settled};

/// Times an answer is made again because somebody left meanwhile.
const TRIES: usize = 3;
/// Cohorts kept: of 100,000 people with ten terms each, each takes about 10 MiB.
const COHORTS_MAX: usize = 4;
/// Conditions of one question at most.
const CONDITIONS_MAX: usize = 20;
/// Says what a key derived from the registry's secret is for.
const CONTEXT: &str = "genomics-japan 2026 rounding of counts of people";
/// Bytes of that secret.
const SECRET_BYTES: usize = 32;

/// A count as told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeopleCount {
    /// Rounded; `None`: too few, or nobody.
    pub count: Option<u32>,
    /// The conditions that the people counted meet: fewer or wider ones than asked for, where those would
    /// take away too few people for their number to be told.
    pub met: Vec<String>,
    /// Whether they are fewer or wider.
    pub widened: bool,
}

/// Counts of people as told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeopleAnswer {
    /// What was read.
    pub citation: Citation,
    /// What is counted.
    pub entity: Entity,
    /// How it is split.
    pub by: Grouping,
    /// Counts are rounded, up or down, to multiples of this; 1: not rounded.
    pub step: u32,
    /// Counts that round to less than this are hidden.
    pub told_from: u32,
    /// Everybody who meets the conditions.
    pub total: PeopleCount,
    /// The same in each group.
    pub groups: BTreeMap<String, PeopleCount>,
    /// How many of all these are hidden.
    pub hidden: usize,
}

/// Cohorts with the states of the registry they were built for.
#[derive(Debug, Default)]
pub(crate) struct Cohorts {
    kept: Mutex<Vec<(State, Arc<Cohort>)>>,
    /// Held while one is built: everybody else who wants it waits for it, and holds none of their own in memory.
    building: tokio::sync::Mutex<()>,
}

/// All that decides who is in a cohort and what is known of them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct State {
    freeze: FreezeName,
    batches: Vec<BatchId>,
    panel: PanelId,
    consent_acts: u64,
    imports: u64,
    today: NaiveDate,
}

/// The sets of one question.
struct World {
    cohort: Arc<Cohort>,
    seen: Arc<Seen>,
    carriers: Option<Carriers>,
    sets: RefCell<HashMap<Condition, Arc<SampleSet>>>,
}

impl World {
    fn people(&self, conditions: &[Condition]) -> SampleSet {
        let mut people = self.seen.people.clone();
        for condition in conditions {
            let mut sets = self.sets.borrow_mut();
            let set = match sets.get(condition) {
                Some(set) => set.clone(),
                None => {
                    let set = self.cohort.with(condition, self.carriers.as_ref());
                    sets.insert(condition.clone(), set.clone());
                    set
                }
            };
            people.keep(&set);
        }
        people
    }

    fn count_of(&self, settled: &Settled, entity: Entity) -> Option<u32> {
        let people = || self.people(&settled.conditions);
        settled.people.map(|count| match entity {
            Entity::Individuals => count,
            Entity::Biosamples => self.cohort.samples(&people()),
            Entity::Runs | Entity::Analyses => self.cohort.runs(&people()),
        })
    }
}

impl Sets for World {
    fn count(&self, conditions: &[Condition]) -> u32 {
        self.people(conditions).count() as u32
    }

    fn wider(&self, condition: &Condition) -> Vec<Condition> {
        condition.wider(&self.cohort.library)
    }

    fn name(&self, condition: &Condition) -> String {
        match (condition, &self.carriers) {
            (Condition::Carries(zygosity), Some(carriers)) => carriers.name(*zygosity),
            _ => condition.to_string(),
        }
    }
}

impl Gate {
    /// Counts people, or says why not.
    ///
    /// # Errors
    /// [`GateError::Refused`] with every reason, in the audit log by then; [`GateError::People`] for a term
    /// or dataset that is not known; what the files say.
    pub async fn ask_people(
        &self,
        asker: &Asker,
        question: &PeopleQuestion,
    ) -> Result<Released<PeopleAnswer>, GateError> {
        for _ in 1..TRIES {
            match self.ask_people_once(asker, question).await {
                // The release moved between asking and reading: its old files may be gone.
                Err(GateError::Changed | GateError::Store(StoreError::Missing { .. })) => {}
                done => return done,
            }
        }
        self.ask_people_once(asker, question).await
    }

    async fn ask_people_once(
        &self,
        asker: &Asker,
        question: &PeopleQuestion,
    ) -> Result<Released<PeopleAnswer>, GateError> {
        let place = told_question(question);
        let ground = Ground {
            freeze: &question.freeze,
            purpose: &question.purpose,
            project: &question.project,
            place: place.clone(),
            by: question.by,
        };
        let grant = self.grant(asker, &ground).await?;
        // Waits here rather than with a connection in hand.
        drop(self.inner.cohorts.building.lock().await);
        let mut reads = self.inner.registry.read().await?;
        let conditions = self.conditions(&mut reads, question).await?;
        let cohort = self.cohort(&mut reads, &grant).await?;
        drop(reads);
        let rounding = self.rounding(&grant, &cohort).await?;
        let seen = cohort.seen(&grant.sight);
        let (asked, citation) =
            (question.clone(), Citation { freeze: grant.freeze.clone(), digest: grant.digest.clone() });
        let work = move || {
            let carriers =
                asked.variant.as_ref().map(|variant| cohort.carriers(&seen, variant)).transpose()?;
            let world = World { cohort, seen, carriers, sets: RefCell::default() };
            Ok::<_, GateError>(answer(&world, &rounding, &asked, conditions, citation))
        };
        let answer = tokio::task::spawn_blocking(work).await??;
        // How many counts are hidden is told in the answer; which, and of what size, nowhere.
        let detail = json!({
            "place": place,
            "by": question.by.name(),
            "counted": question.entity,
            "hidden_cells": answer.hidden,
        });
        self.note_use(&grant, detail).await?;
        Ok(Released::new(answer))
    }

    /// The conditions of a question, with terms as they are called now.
    async fn conditions(
        &self,
        reads: &mut Reads,
        question: &PeopleQuestion,
    ) -> Result<Vec<Condition>, GateError> {
        question.by.one_way().map_err(GateError::People)?;
        if question.terms.len() > CONDITIONS_MAX {
            let found = question.terms.len();
            return Err(GateError::People(format!(
                "{found} terms; at most {CONDITIONS_MAX} can be asked for"
            )));
        }
        let mut conditions = Vec::new();
        conditions.extend(question.variant.is_some().then_some(Condition::Carries(question.zygosity)));
        conditions.extend(question.sex.map(Condition::Sex));
        conditions.extend(question.stratum.clone().map(Condition::Stratum));
        conditions.extend(question.contributor.clone().map(Condition::Contributor));
        if let Some(id) = &question.dataset {
            let datasets = reads.datasets().await?;
            let Some(dataset) = datasets.into_iter().find(|dataset| dataset.id == *id) else {
                return Err(GateError::People(format!(
                    "there is no dataset `{}`; the catalogue lists those there are",
                    id.escape_debug()
                )));
            };
            // A dataset is what it is of, so that asking in either way is one question.
            conditions.push(Condition::Contributor(dataset.contributor));
            let stratum = Some(dataset.stratum).filter(|stratum| !stratum.is_empty());
            conditions.extend(stratum.map(Condition::Stratum));
        }
        if !question.terms.is_empty() {
            let library = self.library_of(reads).await?;
            for term in &question.terms {
                let id = term_in_use(&library, &term.id).map_err(GateError::People)?;
                conditions.push(Condition::Term(TermCondition { id, reach: term.reach }));
            }
        }
        Ok(conditions)
    }

    /// The people of the release that a grant is for, as they are now.
    async fn cohort(&self, reads: &mut Reads, grant: &Grant) -> Result<Arc<Cohort>, GateError> {
        let freeze = reads.freeze(&grant.freeze).await?.ok_or(GateError::Changed)?;
        if freeze.panel != grant.panel || reads.consent_acts().await? != grant.consent_acts {
            return Err(GateError::Changed);
        }
        self.cohort_of(reads, freeze, grant.consent_acts).await
    }

    async fn cohort_of(
        &self,
        reads: &mut Reads,
        freeze: Freeze,
        consent_acts: u64,
    ) -> Result<Arc<Cohort>, GateError> {
        let library = self.library_of(reads).await?;
        let today = self.inner.clock.today();
        let imports = reads.phenotype_imports().await?;
        let Freeze { name, batches, panel, consents, .. } = freeze;
        let state = State { freeze: name, batches, panel, consent_acts, imports, today };
        let kept = || self.inner.cohorts.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let find = || {
            let kept = kept();
            let mut found = kept.iter();
            let same =
                |(of, cohort): &&(State, Arc<Cohort>)| *of == state && Arc::ptr_eq(&cohort.library, &library);
            found.find(same).map(|(_, cohort)| cohort.clone())
        };
        if let Some(cohort) = find() {
            return Ok(cohort);
        }
        let _turn = self.inner.cohorts.building.lock().await;
        if let Some(cohort) = find() {
            return Ok(cohort);
        }
        let open =
            People::of(&self.inner.store, reads, &state.batches, Allowed::Since(consents), today).await?;
        let mut cohort = tokio::task::spawn_blocking(move || Cohort::of(open, library)).await?;
        reads.each_person_term(|known| cohort.add(&known)).await?;
        let (cohort, mut kept) = (Arc::new(cohort), kept());
        // What was known before is not kept beside what is known now: it may be of people who left.
        kept.retain(|(of, _)| of.freeze != state.freeze);
        if kept.len() >= COHORTS_MAX {
            kept.remove(0);
        }
        kept.push((state, cohort.clone()));
        Ok(cohort)
    }

    async fn rounding(&self, grant: &Grant, cohort: &Cohort) -> Result<Rounding, GateError> {
        let seen = cohort.seen(&grant.sight);
        self.rounding_of(&seen, grant.smallest_cell).await
    }

    /// How counts of these people are rounded. The secret is made when it is first needed.
    async fn rounding_of(&self, seen: &Seen, smallest: u32) -> Result<Rounding, GateError> {
        let stored = self.inner.registry.read().await?.rounding_secret().await?;
        let secret = match stored {
            Some(secret) => secret,
            None => {
                let mut tx = self.inner.registry.begin().await?;
                tx.keep_rounding_secret(&random::digits::<SECRET_BYTES>()?).await?;
                let secret = tx.rounding_secret().await?;
                self.commit(tx).await?;
                secret.ok_or_else(|| GateError::Inconsistent("the registry keeps no secret".to_owned()))?
            }
        };
        let key = blake3::derive_key(CONTEXT, secret.as_bytes());
        let key = *blake3::keyed_hash(&key, &seen.digest).as_bytes();
        Ok(Rounding { smallest, key })
    }
}

/// The id under which a term is in use.
///
/// # Errors
/// What is wrong with it, and what to use instead.
pub(crate) fn term_in_use(library: &Library, id: &str) -> Result<String, String> {
    match library.standing(id) {
        Standing::Known => Ok(id.to_owned()),
        Standing::Merged(now) => Ok(now),
        Standing::Unknown => Err(format!("`{id}` is not a term of its vocabulary in the version in use")),
        Standing::NotLoaded => {
            let prefix = gj_ontology::prefix(id).unwrap_or(id);
            Err(format!("no vocabulary of `{prefix}` is loaded; load it with `gj ontology load`"))
        }
        Standing::Obsolete(instead) if instead.is_empty() => {
            Err(format!("`{id}` is obsolete, and its vocabulary names no other"))
        }
        Standing::Obsolete(instead) => Err(format!("`{id}` is obsolete; consider {}", instead.join(" or "))),
    }
}

fn answer(
    world: &World,
    rounding: &Rounding,
    question: &PeopleQuestion,
    conditions: Vec<Condition>,
    citation: Citation,
) -> PeopleAnswer {
    let count = |conditions: Vec<Condition>| {
        let mut asked = conditions.clone();
        asked.sort();
        asked.dedup();
        let settled = rounding.settle(world, conditions);
        let told = world.count_of(&settled, question.entity);
        let told = told.and_then(|count| rounding.told_of(&settled, count));
        let met = |condition: &Condition| match (condition, &question.variant) {
            (Condition::Carries(zygosity), Some(variant)) => format!("{variant} ({})", zygosity.name()),
            _ => condition.to_string(),
        };
        PeopleCount {
            count: told,
            widened: told.is_some() && settled.conditions != asked,
            // Of a hidden count it would tell how few there are.
            met: told.map_or(&asked, |_| &settled.conditions).iter().map(met).collect(),
        }
    };
    let total = count(conditions.clone());
    let groups: BTreeSet<Condition> = match question.by {
        Grouping::None | Grouping::Every => BTreeSet::new(),
        by => {
            let seen = world.cohort.classes().iter();
            let condition = |class: &gj_model::ReleaseClass| match by {
                Grouping::Stratum => Condition::Stratum(class.stratum.clone()),
                Grouping::Contributor => Condition::Contributor(class.institution.clone()),
                Grouping::Sex | Grouping::None | Grouping::Every => Condition::Sex(class.sex),
            };
            let conditions: BTreeSet<Condition> = seen.map(condition).collect();
            conditions.into_iter().filter(|c| world.count(std::slice::from_ref(c)) > 0).collect()
        }
    };
    let group = |condition: Condition| {
        let name = match &condition {
            Condition::Stratum(stratum) => stratum.clone(),
            Condition::Contributor(id) => id.to_string(),
            Condition::Sex(sex) => sex.to_string(),
            other => other.to_string(),
        };
        let mut all = conditions.clone();
        all.push(condition);
        (name, count(all))
    };
    let groups: BTreeMap<String, PeopleCount> = groups.into_iter().map(group).collect();
    let hidden = std::iter::once(&total).chain(groups.values()).filter(|count| count.count.is_none()).count();
    let step = rounding.smallest.max(1);
    let told_from = if step > 1 { 2 * step } else { 0 };
    PeopleAnswer {
        citation,
        entity: question.entity,
        by: question.by,
        step,
        told_from,
        total,
        groups,
        hidden,
    }
}
