//! Who is counted in which class: the people of a set of batches on a day.

use crate::error::GateError;
use chrono::NaiveDate;
use gj_kernels::Classes;
use gj_model::{BatchId, ReleaseClass, SampleSet, Scope, ScopeItem};
use gj_registry::{ConsentSpan, Reads, SampleFacts, ScopeHistory};
use gj_store::{Batch, Store, StoreError};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A batch open for counting, with what the registry says of each of its columns: nothing of a column
/// whose person has left and been erased.
#[derive(Debug, Clone)]
pub(crate) struct OpenBatch {
    pub(crate) batch: Batch,
    pub(crate) columns: Vec<Option<SampleFacts>>,
}

/// The people of some batches, as the registry knows them at one moment.
#[derive(Debug)]
pub(crate) struct People {
    pub(crate) batches: Vec<OpenBatch>,
    /// Those who left and are not erased yet, in the order in which they left.
    pub(crate) leaving: Vec<i64>,
    /// The changes of consent that are looked at: `columns` say what is allowed over these.
    pub(crate) span: ConsentSpan,
    history: ScopeHistory,
}

/// Whose consent is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Allowed {
    /// What people allow now: for a new release.
    Now,
    /// What people have allowed at all times since a release was frozen. Who allows more since is not
    /// counted for it there; who allows less is counted for less.
    Since(ConsentSpan),
}

/// Which sample is counted in which class.
#[derive(Debug)]
pub(crate) struct Roll {
    /// The classes, ascending.
    pub(crate) classes: Vec<ReleaseClass>,
    /// People in each class.
    pub(crate) people: Vec<u32>,
    class_of: HashMap<i64, usize>,
}

/// The counted columns of one batch, with classes numbered for this batch alone.
pub(crate) struct Counted {
    /// The classes, ascending.
    pub(crate) classes: Vec<ReleaseClass>,
    /// People in each class.
    pub(crate) people: Vec<u32>,
    /// For each column its class.
    pub(crate) of: Classes,
}

impl People {
    /// Opens batches and looks their people up.
    pub(crate) async fn of(
        store: &Store,
        reads: &mut Reads,
        batches: &[BatchId],
        allowed: Allowed,
        today: NaiveDate,
    ) -> Result<People, GateError> {
        let history = reads.scope_history().await?;
        let span = match allowed {
            Allowed::Now => ConsentSpan::at(history.changes()),
            Allowed::Since(span) => ConsentSpan { until: history.changes(), ..span },
        };
        let mut open = Vec::with_capacity(batches.len());
        for id in batches {
            let batch = store.batch(id)?;
            let facts = reads.batch_facts(id, today).await?;
            let mut facts: HashMap<i64, SampleFacts> =
                facts.into_iter().map(|facts| (facts.sample_key, facts)).collect();
            let samples = &batch.manifest().samples;
            let present = samples.iter().filter(|key| **key != 0).count();
            // A column whose person has left has key 0 and no facts.
            let mut columns: Vec<Option<SampleFacts>> = samples.iter().map(|key| facts.remove(key)).collect();
            for facts in columns.iter_mut().flatten() {
                facts.scope = history.scope(facts.person_key, span).unwrap_or(facts.scope);
            }
            if columns.iter().flatten().count() != present || !facts.is_empty() {
                let what = format!("batch `{id}` holds other samples than registered");
                return Err(GateError::Inconsistent(what));
            }
            open.push(OpenBatch { batch, columns });
        }
        let leaving = reads.unfinished_withdrawals().await?;
        let leaving = leaving.into_iter().map(|left| left.person_key).collect();
        Ok(People { batches: open, leaving, span, history })
    }

    /// People who are counted otherwise over another span, because they changed their mind.
    pub(crate) fn changed_since(&self, span: ConsentSpan) -> HashSet<i64> {
        let scope = |person, span| self.history.scope(person, span).map(Scope::for_counting);
        self.history.people().filter(|person| scope(*person, span) != scope(*person, self.span)).collect()
    }

    /// Who may be counted: everybody who allows research and has not left. A person with several samples
    /// is counted once, by the sample registered first.
    pub(crate) fn roll(&self) -> Roll {
        self.roll_before(&HashSet::new(), self.span)
    }

    /// The same as it was before some of those left who are not erased yet, and with the consent of another
    /// span.
    pub(crate) fn roll_before(&self, left: &HashSet<i64>, span: ConsentSpan) -> Roll {
        let scope = |facts: &SampleFacts| self.history.scope(facts.person_key, span).unwrap_or(facts.scope);
        let counted = |facts: &&SampleFacts| {
            (!facts.withdrawn || left.contains(&facts.person_key)) && scope(facts).allows(ScopeItem::Research)
        };
        let everybody = || self.batches.iter().flat_map(|open| open.columns.iter().flatten()).filter(counted);
        let mut first_sample: HashMap<i64, i64> = HashMap::new();
        for facts in everybody() {
            let first = first_sample.entry(facts.person_key).or_insert(facts.sample_key);
            *first = (*first).min(facts.sample_key);
        }
        let mut of_class: BTreeMap<ReleaseClass, BTreeSet<i64>> = BTreeMap::new();
        for facts in everybody().filter(|facts| first_sample[&facts.person_key] == facts.sample_key) {
            of_class.entry(class_of(facts, scope(facts))).or_default().insert(facts.sample_key);
        }
        let number = |(class, keys): (usize, &BTreeSet<i64>)| {
            keys.iter().map(move |key| (*key, class)).collect::<Vec<_>>()
        };
        Roll {
            class_of: of_class.values().enumerate().flat_map(number).collect(),
            people: of_class.values().map(|samples| samples.len() as u32).collect(),
            classes: of_class.into_keys().collect(),
        }
    }
}

impl Roll {
    /// Whether a sample is one by which somebody is counted.
    pub(crate) fn counts(&self, facts: &SampleFacts) -> bool {
        self.class_of.contains_key(&facts.sample_key)
    }

    /// The counted samples of a batch, each with the number of its class.
    pub(crate) fn classed<'a>(
        &'a self,
        open: &'a OpenBatch,
    ) -> impl Iterator<Item = (&'a SampleFacts, usize)> + 'a {
        let columns = open.columns.iter().flatten();
        columns.filter_map(|facts| self.class_of.get(&facts.sample_key).map(|class| (facts, *class)))
    }

    /// The registry's number of everybody counted, with their class.
    pub(crate) fn persons<'a>(&'a self, people: &'a People) -> impl Iterator<Item = (i64, &'a ReleaseClass)> {
        let columns = people.batches.iter().flat_map(|open| open.columns.iter().flatten());
        columns.filter_map(|facts| {
            self.class_of.get(&facts.sample_key).map(|class| (facts.person_key, &self.classes[*class]))
        })
    }

    fn of(&self, column: &Option<SampleFacts>) -> Option<usize> {
        column.as_ref().and_then(|facts| self.class_of.get(&facts.sample_key)).copied()
    }

    /// Digest of which sample of these batches is counted in which class.
    pub(crate) fn assignment<'a>(&self, batches: impl Iterator<Item = &'a OpenBatch>) -> String {
        let columns = batches.flat_map(|open| open.columns.iter().flatten());
        let counted = columns.filter_map(|facts| {
            self.class_of.get(&facts.sample_key).map(|class| (facts.sample_key, &self.classes[*class]))
        });
        gj_store::assignment(counted)
    }

    /// The classes with somebody of these batches, and how many people each has of them.
    pub(crate) fn classes_in(&self, batches: &[&OpenBatch]) -> (Vec<ReleaseClass>, Vec<u32>) {
        let columns = batches.iter().flat_map(|open| open.columns.iter().flatten());
        let keys: HashSet<i64> = columns.map(|facts| facts.sample_key).collect();
        let mut people = vec![0; self.classes.len()];
        keys.iter().filter_map(|key| self.class_of.get(key)).for_each(|class| people[*class] += 1);
        let of_batches = self.classes.iter().cloned().zip(people).filter(|(_, people)| *people > 0);
        of_batches.unzip()
    }

    /// For each column of a batch its class of the roll.
    pub(crate) fn classes_of(&self, open: &OpenBatch) -> Result<Classes, GateError> {
        let classes: Vec<Option<usize>> = open.columns.iter().map(|column| self.of(column)).collect();
        classes_from(&open.batch, &classes, &self.classes)
    }

    /// The counted columns of a batch that `wanted` wants, with only the classes they are in.
    pub(crate) fn counted_in(
        &self,
        open: &OpenBatch,
        wanted: impl Fn(&SampleFacts) -> bool,
    ) -> Result<Counted, GateError> {
        let wanted = |column: &&Option<SampleFacts>| column.as_ref().is_some_and(&wanted);
        let of_roll = open.columns.iter().map(|column| Some(column).filter(wanted).and_then(|c| self.of(c)));
        let of_roll: Vec<Option<usize>> = of_roll.collect();
        let mut people: BTreeMap<usize, u32> = BTreeMap::new();
        of_roll.iter().flatten().for_each(|class| *people.entry(*class).or_default() += 1);
        let number: HashMap<usize, usize> =
            people.keys().enumerate().map(|(number, class)| (*class, number)).collect();
        let classes: Vec<ReleaseClass> = people.keys().map(|class| self.classes[*class].clone()).collect();
        let of: Vec<Option<usize>> = of_roll.iter().map(|class| class.map(|class| number[&class])).collect();
        Ok(Counted {
            of: classes_from(&open.batch, &of, &classes)?,
            people: people.into_values().collect(),
            classes,
        })
    }
}

fn classes_from(batch: &Batch, of: &[Option<usize>], classes: &[ReleaseClass]) -> Result<Classes, GateError> {
    let mut people = SampleSet::none(of.len());
    let mut numbers = vec![0u16; of.len()];
    for (column, class) in of.iter().enumerate() {
        if let Some(class) = class {
            people.insert(column);
            numbers[column] = *class as u16;
        }
    }
    let sexes = classes.iter().map(|class| class.sex).collect();
    let classes = Classes::new(&people, &numbers, sexes);
    Ok(classes.ok_or(StoreError::WrongPeople { given: of.len(), batch: batch.samples() })?)
}

fn class_of(facts: &SampleFacts, scope: Scope) -> ReleaseClass {
    ReleaseClass {
        institution: facts.institution.clone(),
        stratum: facts.stratum.clone(),
        sex: facts.sex,
        scope: scope.for_counting(),
    }
}
