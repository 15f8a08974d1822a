//! The people of a release as sets: who meets which condition. Built once for a state of the registry.

use super::condition::{Condition, Reach, TermCondition, Zygosity};
use crate::acts::members::{OpenBatch, People};
use crate::error::GateError;
use gj_kernels::Call;
use gj_model::{ReleaseClass, SampleSet, Variant};
use gj_ontology::{Library, Standing};
use gj_policy::Sight;
use gj_registry::{PersonTerm, Status};
use gj_store::Batch;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Sets of people with a term that are kept of a cohort; of 100,000 people each takes 12 KiB.
const TERM_SETS_MAX: usize = 4_096;
/// Sets of people that different askers see, kept of a cohort.
const SEEN_MAX: usize = 64;
/// A column of nobody counted.
const NOBODY: u32 = u32::MAX;

/// Everybody who is counted in a release, by place in the order of their numbers.
pub(crate) struct Cohort {
    classes: Vec<ReleaseClass>,
    class_of: Vec<u16>,
    keys: Vec<i64>,
    batches: Vec<Columns>,
    /// Samples of each person in the release, and samples times batches that hold calls of them.
    samples: Vec<u16>,
    runs: Vec<u16>,
    /// Who has which term, observed and excluded; ids as in use now.
    terms: HashMap<String, [Vec<u32>; 2]>,
    pub(crate) library: Arc<Library>,
    term_sets: Mutex<HashMap<TermCondition, Arc<SampleSet>>>,
    seen: Mutex<HashMap<Vec<bool>, Arc<Seen>>>,
}

/// A batch with the person that each column counts.
struct Columns {
    batch: Batch,
    people: Vec<u32>,
}

/// Whom an asker may see of a cohort.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) people: SampleSet,
    /// The same by columns of each batch.
    columns: Vec<SampleSet>,
    /// Digest of who they are.
    pub(crate) digest: [u8; 32],
}

/// Carriers of a variant, by zygosity in the order of [`Zygosity`].
pub(crate) struct Carriers {
    sets: [SampleSet; 4],
    names: [String; 4],
}

impl std::fmt::Debug for Cohort {
    // A debug print ends in logs, where what a person has must not be.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cohort").field("people", &self.keys.len()).finish_non_exhaustive()
    }
}

impl Cohort {
    /// The people who are counted of some batches, each by one sample, as in frequencies.
    pub(crate) fn of(open: People, library: Arc<Library>) -> Cohort {
        let roll = open.roll();
        let facts = || open.batches.iter().flat_map(|open| open.columns.iter().flatten());
        let counted = || facts().filter(|facts| roll.counts(facts));
        let mut keys: Vec<i64> = counted().map(|facts| facts.person_key).collect();
        keys.sort_unstable();
        keys.dedup();
        let place = |key: i64| keys.binary_search(&key).ok();
        let mut class_of = vec![0u16; keys.len()];
        for open in &open.batches {
            for (facts, class) in roll.classed(open) {
                if let Some(place) = place(facts.person_key) {
                    class_of[place] = class as u16;
                }
            }
        }
        let mut of_sample: HashMap<i64, u16> = HashMap::new();
        let (mut samples, mut runs) = (vec![0u16; keys.len()], vec![0u16; keys.len()]);
        for facts in facts() {
            let Some(place) = place(facts.person_key) else { continue };
            let seen = of_sample.entry(facts.sample_key).or_default();
            samples[place] += u16::from(*seen == 0);
            runs[place] = runs[place].saturating_add(1);
            *seen = 1;
        }
        let columns = |OpenBatch { batch, columns }: &OpenBatch| Columns {
            batch: batch.clone(),
            people: columns
                .iter()
                .map(|facts| {
                    let facts = facts.as_ref().filter(|facts| roll.counts(facts));
                    facts.and_then(|facts| place(facts.person_key)).map_or(NOBODY, |place| place as u32)
                })
                .collect(),
        };
        Cohort {
            batches: open.batches.iter().map(columns).collect(),
            classes: roll.classes.clone(),
            class_of,
            samples,
            runs,
            terms: HashMap::new(),
            library,
            term_sets: Mutex::default(),
            seen: Mutex::default(),
            keys,
        }
    }

    /// Adds what is known of a person; of somebody who is not counted nothing is kept. A term is known under
    /// the id that it has now.
    pub(crate) fn add(&mut self, known: &PersonTerm) {
        let Ok(place) = self.keys.binary_search(&known.person_key) else { return };
        let list = usize::from(known.status == Status::Excluded);
        if !self.terms.contains_key(&known.term)
            && let Standing::Merged(now) = self.library.standing(&known.term)
        {
            self.terms.entry(now).or_default()[list].push(place as u32);
            return;
        }
        // Most terms are there already: their id is not copied again.
        match self.terms.get_mut(&known.term) {
            Some(lists) => lists[list].push(place as u32),
            None => self.terms.entry(known.term.clone()).or_default()[list].push(place as u32),
        }
    }

    /// Terms that somebody has, observed.
    pub(crate) fn terms(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter(|(_, lists)| !lists[0].is_empty()).map(|(id, _)| id.as_str())
    }

    pub(crate) fn classes(&self) -> &[ReleaseClass] {
        &self.classes
    }

    /// Whom an asker may see.
    pub(crate) fn seen(&self, sight: &Sight) -> Arc<Seen> {
        let classes: Vec<bool> = self.classes.iter().map(|class| sight.sees_class(class)).collect();
        if let Some(seen) = locked(&self.seen).get(&classes) {
            return seen.clone();
        }
        let is_seen = |place: usize| classes.get(usize::from(self.class_of[place])) == Some(&true);
        let people = self.people(is_seen);
        let columns = |columns: &Columns| {
            let mut set = SampleSet::none(columns.people.len());
            let of = columns.people.iter().enumerate();
            let of = of.filter(|(_, person)| **person != NOBODY && people.contains(**person as usize));
            of.for_each(|(column, _)| set.insert(column));
            set
        };
        let seen = Seen {
            columns: self.batches.iter().map(columns).collect(),
            digest: self.digest(&people),
            people,
        };
        let (seen, mut kept) = (Arc::new(seen), locked(&self.seen));
        if kept.len() >= SEEN_MAX {
            kept.clear();
        }
        kept.insert(classes, seen.clone());
        seen
    }

    /// Who some people are, whatever they have.
    fn digest(&self, people: &SampleSet) -> [u8; 32] {
        let mut digest = blake3::Hasher::new();
        for place in people.iter() {
            digest.update(&self.keys[place].to_le_bytes());
        }
        *digest.finalize().as_bytes()
    }

    fn people(&self, wanted: impl Fn(usize) -> bool) -> SampleSet {
        let mut people = SampleSet::none(self.keys.len());
        (0..self.keys.len()).filter(|place| wanted(*place)).for_each(|place| people.insert(place));
        people
    }

    /// Who of those seen carries a variant. Blocks: reads genotypes, of nobody else.
    pub(crate) fn carriers(&self, seen: &Seen, variant: &Variant) -> Result<Carriers, GateError> {
        let zone = variant.contig.zone(variant.position.get());
        let mut sets = [(); 4].map(|()| SampleSet::none(self.keys.len()));
        for (columns, mask) in self.batches.iter().zip(&seen.columns) {
            let found: Vec<(u32, Call)> = columns.batch.carriers(variant, mask)?.unwrap_or_default();
            for (column, call) in found {
                let person = columns.people[column as usize] as usize;
                let sex = self.classes[usize::from(self.class_of[person])].sex;
                let counts = call.counts(sex, zone);
                let zygosity = match (counts.ac, counts.hom, counts.hemi) {
                    (0, ..) => continue,
                    (_, 1.., _) => Zygosity::Hom,
                    (_, 0, 1..) => Zygosity::Hemi,
                    (_, 0, 0) => Zygosity::Het,
                };
                sets[Zygosity::Any as usize].insert(person);
                sets[zygosity as usize].insert(person);
            }
        }
        // Variants that the same people carry are one question: their answers must not be averaged.
        let name = |number: usize| {
            let digest = blake3::Hash::from_bytes(self.digest(&sets[number]));
            format!("carriers {}", digest.to_hex())
        };
        let names = [name(0), name(1), name(2), name(3)];
        Ok(Carriers { sets, names })
    }

    /// People with a term, as far as they are in the cohort.
    pub(crate) fn with_term(&self, term: &TermCondition) -> Arc<SampleSet> {
        if let Some(set) = locked(&self.term_sets).get(term) {
            return set.clone();
        }
        let id = term.id.as_str();
        let (list, ids) = match term.reach {
            Reach::Observed => (0, self.library.descendants(id)),
            Reach::ObservedHere => (0, vec![id]),
            Reach::Excluded => (1, self.library.kinds(id)),
            Reach::ExcludedHere => (1, vec![id]),
        };
        let mut set = SampleSet::none(self.keys.len());
        for lists in ids.into_iter().filter_map(|id| self.terms.get(id)) {
            lists[list].iter().for_each(|place| set.insert(*place as usize));
        }
        let (set, mut kept) = (Arc::new(set), locked(&self.term_sets));
        if kept.len() >= TERM_SETS_MAX {
            kept.clear();
        }
        kept.insert(term.clone(), set.clone());
        set
    }

    /// Those who are in classes.
    fn with_class(&self, wanted: impl Fn(&ReleaseClass) -> bool) -> Arc<SampleSet> {
        let wanted: Vec<bool> = self.classes.iter().map(wanted).collect();
        Arc::new(self.people(|place| wanted[usize::from(self.class_of[place])]))
    }

    /// People who meet a condition.
    pub(crate) fn with(&self, condition: &Condition, carriers: Option<&Carriers>) -> Arc<SampleSet> {
        match condition {
            Condition::Carries(zygosity) => {
                let nobody = || SampleSet::none(self.keys.len());
                Arc::new(carriers.map_or_else(nobody, |c| c.sets[*zygosity as usize].clone()))
            }
            Condition::Term(term) => self.with_term(term),
            Condition::Sex(sex) => self.with_class(|class| class.sex == *sex),
            Condition::Stratum(stratum) => self.with_class(|class| class.stratum == *stratum),
            Condition::Contributor(id) => self.with_class(|class| class.institution == *id),
        }
    }

    /// Samples of some people, in the release.
    pub(crate) fn samples(&self, people: &SampleSet) -> u32 {
        people.iter().map(|place| u32::from(self.samples[place])).sum()
    }

    /// Samples of some people times the batches that hold calls of them.
    pub(crate) fn runs(&self, people: &SampleSet) -> u32 {
        people.iter().map(|place| u32::from(self.runs[place])).sum()
    }
}

impl Carriers {
    /// A name that carriers of other variants have, too, if they are the same people.
    pub(crate) fn name(&self, zygosity: Zygosity) -> String {
        self.names[zygosity as usize].clone()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A poisoned cache is still a cache: entries are inserted whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
