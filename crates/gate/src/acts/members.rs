//! Who is counted in which class: the people of a set of batches on a day.

use crate::error::GateError;
use chrono::NaiveDate;
use gj_kernels::Classes;
use gj_model::{BatchId, ReleaseClass, SampleSet, ScopeItem, Sex};
use gj_registry::{Reads, SampleFacts};
use gj_store::{Batch, Store, StoreError};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Batches open for counting, with everybody who may be counted in them.
#[derive(Debug)]
pub(crate) struct Members {
    /// Each batch with the class of each of its samples.
    pub(crate) batches: Vec<(Batch, Classes)>,
    /// The classes, ascending.
    pub(crate) classes: Vec<ReleaseClass>,
    /// People in each class.
    pub(crate) people: Vec<u32>,
}

/// Batches open for reading, with what is known of each of their columns.
#[derive(Debug)]
pub(crate) struct Columns {
    /// A column whose person has left has no facts.
    pub(crate) batches: Vec<(Batch, Vec<Option<SampleFacts>>)>,
    /// The sample by which each person is counted.
    first_sample: HashMap<i64, i64>,
}

impl Columns {
    /// Opens `batches` and gathers their people as of today.
    pub(crate) async fn of(
        store: &Store,
        reads: &mut Reads,
        batches: &[BatchId],
        today: NaiveDate,
    ) -> Result<Columns, GateError> {
        let mut open: Vec<(Batch, Vec<Option<SampleFacts>>)> = Vec::with_capacity(batches.len());
        for id in batches {
            let batch = store.batch(id)?;
            let facts = reads.batch_facts(id, today).await?;
            let mut facts: HashMap<i64, SampleFacts> =
                facts.into_iter().map(|facts| (facts.sample_key, facts)).collect();
            let samples = &batch.manifest().samples;
            let present = samples.iter().filter(|key| **key != 0).count();
            let columns: Vec<Option<SampleFacts>> = samples.iter().map(|key| facts.remove(key)).collect();
            if columns.iter().flatten().count() != present || !facts.is_empty() {
                let what = format!("batch `{id}` holds other samples than registered");
                return Err(GateError::Inconsistent(what));
            }
            open.push((batch, columns));
        }
        let mut first_sample: HashMap<i64, i64> = HashMap::new();
        for facts in open.iter().flat_map(|(_, columns)| columns.iter().flatten()).filter(|f| may_count(f)) {
            let first = first_sample.entry(facts.person_key).or_insert(facts.sample_key);
            *first = (*first).min(facts.sample_key);
        }
        Ok(Columns { batches: open, first_sample })
    }

    /// Whether a column is the one by which its person is counted: the sample registered first among
    /// those in the batches, of somebody who allows research and has not left.
    pub(crate) fn counts(&self, facts: &SampleFacts) -> bool {
        may_count(facts) && self.first_sample.get(&facts.person_key) == Some(&facts.sample_key)
    }

    /// The columns by which people are counted; a sample in several batches comes several times.
    pub(crate) fn counted(&self) -> impl Iterator<Item = &SampleFacts> {
        let everybody = self.batches.iter().flat_map(|(_, columns)| columns.iter().flatten());
        everybody.filter(|facts| self.counts(facts))
    }
}

fn may_count(facts: &SampleFacts) -> bool {
    !facts.withdrawn && facts.scope.allows(ScopeItem::Research)
}

impl Members {
    /// Gathers the people of `batches` who allow research today and have not left.
    ///
    /// A person with several samples is counted once, by the sample registered first.
    pub(crate) async fn of(
        store: &Store,
        reads: &mut Reads,
        batches: &[BatchId],
        today: NaiveDate,
    ) -> Result<Members, GateError> {
        Members::class(Columns::of(store, reads, batches, today).await?)
    }

    fn class(open: Columns) -> Result<Members, GateError> {
        let mut of_class: BTreeMap<ReleaseClass, BTreeSet<i64>> = BTreeMap::new();
        for facts in open.counted() {
            of_class.entry(class_of(facts)).or_default().insert(facts.person_key);
        }
        let number: HashMap<&ReleaseClass, u16> =
            of_class.keys().enumerate().map(|(index, class)| (class, index as u16)).collect();
        let sexes: Vec<Sex> = of_class.keys().map(|class| class.sex).collect();
        let mut batches = Vec::with_capacity(open.batches.len());
        for (batch, columns) in &open.batches {
            let mut people = SampleSet::none(columns.len());
            let mut of = vec![0u16; columns.len()];
            for (column, facts) in columns.iter().enumerate() {
                if let Some(facts) = facts.as_ref().filter(|facts| open.counts(facts)) {
                    people.insert(column);
                    of[column] = number[&class_of(facts)];
                }
            }
            let classes = Classes::new(&people, &of, sexes.clone());
            let classes =
                classes.ok_or(StoreError::WrongPeople { given: of.len(), batch: batch.samples() })?;
            batches.push((batch.clone(), classes));
        }
        let people = of_class.values().map(|people| people.len() as u32).collect();
        Ok(Members { batches, classes: of_class.into_keys().collect(), people })
    }
}

fn class_of(facts: &SampleFacts) -> ReleaseClass {
    ReleaseClass {
        institution: facts.institution.clone(),
        stratum: facts.stratum.clone(),
        sex: facts.sex,
        scope: facts.scope.for_counting(),
    }
}
