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
        let mut open: Vec<(Batch, Vec<Option<SampleFacts>>)> = Vec::with_capacity(batches.len());
        for id in batches {
            let batch = store.batch(id)?;
            let keys: Vec<i64> = batch.manifest().samples.iter().copied().filter(|key| *key != 0).collect();
            let mut facts = reads.sample_facts(&keys, today).await?.into_iter();
            // A column whose person has left has key 0 and no facts.
            let columns =
                batch.manifest().samples.iter().map(|key| if *key == 0 { None } else { facts.next() });
            let columns: Vec<Option<SampleFacts>> = columns.collect();
            open.push((batch, columns));
        }
        Members::class(open)
    }

    fn class(open: Vec<(Batch, Vec<Option<SampleFacts>>)>) -> Result<Members, GateError> {
        let counted = |facts: &&SampleFacts| !facts.withdrawn && facts.scope.allows(ScopeItem::Research);
        let everybody = || open.iter().flat_map(|(_, columns)| columns.iter().flatten()).filter(counted);
        let mut first_sample: HashMap<i64, i64> = HashMap::new();
        for facts in everybody() {
            let first = first_sample.entry(facts.person_key).or_insert(facts.sample_key);
            *first = (*first).min(facts.sample_key);
        }
        let mut of_class: BTreeMap<ReleaseClass, BTreeSet<i64>> = BTreeMap::new();
        for facts in everybody().filter(|facts| first_sample[&facts.person_key] == facts.sample_key) {
            of_class.entry(class_of(facts)).or_default().insert(facts.person_key);
        }
        let number: HashMap<&ReleaseClass, u16> =
            of_class.keys().enumerate().map(|(index, class)| (class, index as u16)).collect();
        let sexes: Vec<Sex> = of_class.keys().map(|class| class.sex).collect();
        let mut batches = Vec::with_capacity(open.len());
        for (batch, columns) in &open {
            let mut people = SampleSet::none(columns.len());
            let mut of = vec![0u16; columns.len()];
            for (column, facts) in columns.iter().enumerate() {
                if let Some(facts) = facts.as_ref().filter(counted)
                    && first_sample[&facts.person_key] == facts.sample_key
                {
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
