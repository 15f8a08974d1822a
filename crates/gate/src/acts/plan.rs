//! How the counts of some batches are put together from what is stored, so that no genotype is decoded
//! that was counted before.
//!
//! A stored panel or census may be used if it counts exactly the samples, in exactly the classes, that are
//! to be counted of its batches: digests of both tell. If they differ only by people who left since and
//! are not erased yet, their calls are decoded and taken away.

use crate::acts::census::of_census;
use crate::acts::members::{OpenBatch, People, Roll};
use crate::error::GateError;
use crate::gate::Gate;
use gj_model::{BatchId, ReleaseClass};
use gj_registry::{Census, Freeze, Reads, SampleFacts};
use gj_store::{Merge, Part, Source, Store};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// How many sets of people who left are tried to explain a stored count.
const LEFT_TRIED_MAX: usize = 16;

/// What a plan is made of, read at one moment of the registry.
pub(crate) struct Stock {
    people: People,
    freezes: Vec<Freeze>,
    censuses: HashMap<BatchId, Census>,
}

/// Which stored counts may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// All that fit.
    Stored,
    /// None: every genotype is decoded.
    Nothing,
}

/// A sum that is ready but for some batches.
pub(crate) struct Plan<'a> {
    /// What is stored.
    merge: Merge,
    emptied: HashMap<ReleaseClass, usize>,
    /// Batches of which nothing is stored.
    pub(crate) uncounted: Vec<&'a OpenBatch>,
    /// Who is to be counted.
    pub(crate) roll: Roll,
    assignment: String,
}

/// A roll of a time before some people left.
struct Before {
    left: HashSet<i64>,
    roll: Roll,
}

impl Gate {
    /// Reads what is needed to count batches.
    pub(crate) async fn stock(&self, reads: &mut Reads, batches: &[BatchId]) -> Result<Stock, GateError> {
        let today = self.inner.clock.today();
        let people = People::of(&self.inner.store, reads, batches, today).await?;
        let censuses = reads.censuses().await?.into_iter().map(|census| (census.batch.clone(), census));
        Ok(Stock { people, freezes: reads.freezes().await?, censuses: censuses.collect() })
    }
}

impl Stock {
    /// Plans the counts of all batches.
    ///
    /// # Errors
    /// When a stored panel or census cannot be opened.
    pub(crate) fn plan(&self, store: &Store, using: Use) -> Result<Plan<'_>, GateError> {
        let mut plan = Plan::of(self.people.batches.iter().collect(), self.people.roll());
        if using == Use::Nothing {
            return Ok(plan);
        }
        let mut times = Times::new(&self.people);
        self.use_panel(store, &mut times, &mut plan)?;
        self.use_censuses(store, &mut times, &mut plan)?;
        Ok(plan)
    }

    /// The counts of some of the batches together, without those who left, from their stored censuses; with
    /// the digest of who is counted. `None` when one has none that fits, or nobody is counted.
    pub(crate) fn plan_census(
        &self,
        store: &Store,
        batches: &[BatchId],
    ) -> Result<Option<(Merge, String)>, GateError> {
        let of = |open: &&OpenBatch| batches.contains(open.batch.id());
        let open: Vec<&OpenBatch> = self.people.batches.iter().filter(of).collect();
        let mut plan = Plan::of(open, self.people.roll());
        self.use_censuses(store, &mut Times::new(&self.people), &mut plan)?;
        if !plan.uncounted.is_empty() || plan.merge.classes.is_empty() {
            return Ok(None);
        }
        let assignment = plan.assignment();
        Ok(Some((plan.into_merge(), assignment)))
    }

    /// Whether the census of a batch counts those who are to be counted of it, apart from people who
    /// left since: then it, and they, are added to the plan.
    fn use_censuses<'a>(
        &'a self,
        store: &Store,
        times: &mut Times<'a>,
        plan: &mut Plan<'a>,
    ) -> Result<(), GateError> {
        for open in std::mem::take(&mut plan.uncounted) {
            let stored = self.censuses.get(open.batch.id());
            let fitting = stored.and_then(|stored| {
                times.find(|before| before.roll.assignment(std::iter::once(open)) == stored.assignment)
            });
            match (stored, fitting) {
                (Some(stored), Some(before)) => {
                    let census = Arc::new(store.census(&stored.id)?);
                    let classes = census.manifest().classes.clone();
                    let counted = before.roll.counted_in(open, |_| true)?;
                    plan.add(of_census(census, open, counted.of), &classes);
                    plan.take_away(open, before)?;
                }
                _ => plan.uncounted.push(open),
            }
        }
        Ok(())
    }

    /// Starts from the stored panel that holds most of the batches.
    fn use_panel<'a>(
        &'a self,
        store: &Store,
        times: &mut Times<'a>,
        plan: &mut Plan<'a>,
    ) -> Result<(), GateError> {
        let wanted: HashSet<&BatchId> = self.people.batches.iter().map(|open| open.batch.id()).collect();
        let inside = |freeze: &&Freeze| {
            !freeze.batches.is_empty() && freeze.batches.iter().all(|id| wanted.contains(id))
        };
        let mut candidates: Vec<&Freeze> = self.freezes.iter().filter(inside).collect();
        // The newest first among those of as many batches.
        candidates.reverse();
        candidates.sort_by_key(|freeze| std::cmp::Reverse(freeze.batches.len()));
        for freeze in candidates {
            let held: HashSet<&BatchId> = freeze.batches.iter().collect();
            let (holds, rest): (Vec<&OpenBatch>, Vec<&OpenBatch>) =
                self.people.batches.iter().partition(|open| held.contains(open.batch.id()));
            let Some(assignment) = &freeze.assignment else { continue };
            // At a site that it does not list it does not tell what people of gVCFs add.
            if holds.iter().any(|open| open.batch.has_callability()) {
                continue;
            }
            let same = |before: &Before| before.roll.assignment(holds.iter().copied()) == *assignment;
            if let Some(before) = times.find(same) {
                let panel = Arc::new(store.panel(&freeze.panel)?);
                let classes = panel.manifest().classes.clone();
                plan.add(Part::Panel(panel), &classes);
                for open in holds {
                    plan.take_away(open, before)?;
                }
                plan.uncounted = rest;
                return Ok(());
            }
        }
        Ok(())
    }
}

impl<'a> Plan<'a> {
    /// The plan to count batches of which nothing is stored.
    fn of(batches: Vec<&'a OpenBatch>, roll: Roll) -> Plan<'a> {
        let assignment = roll.assignment(batches.iter().copied());
        let (classes, people) = roll.classes_in(&batches);
        let merge = Merge { classes, people, emptied: 0, sources: Vec::new() };
        Plan { merge, emptied: HashMap::new(), uncounted: batches, roll, assignment }
    }

    /// Digest of which sample is counted in which class.
    pub(crate) fn assignment(&self) -> String {
        self.assignment.clone()
    }

    /// Adds a part whose classes are these.
    pub(crate) fn add(&mut self, part: Part, classes: &[ReleaseClass]) {
        let known = self.merge.classes.len();
        let mut into = Vec::with_capacity(classes.len());
        for class in classes {
            into.push(match self.merge.classes.binary_search(class) {
                Ok(number) => number,
                Err(_) => {
                    let next = known + self.emptied.len();
                    *self.emptied.entry(class.clone()).or_insert(next)
                }
            });
        }
        self.merge.emptied = self.emptied.len();
        self.merge.sources.push(Source { part, into });
    }

    /// Takes those of a batch away who left since.
    fn take_away(&mut self, open: &OpenBatch, before: &Before) -> Result<(), GateError> {
        if before.left.is_empty() {
            return Ok(());
        }
        let left = |facts: &SampleFacts| before.left.contains(&facts.person_key);
        let counted = before.roll.counted_in(open, left)?;
        if !counted.classes.is_empty() {
            self.add(Part::Left(open.batch.clone(), counted.of), &counted.classes);
        }
        Ok(())
    }

    /// The sum, with batches of which nothing is stored counted as it is read.
    pub(crate) fn counted_live(mut self) -> Result<Merge, GateError> {
        for open in std::mem::take(&mut self.uncounted) {
            let counted = self.roll.counted_in(open, |_| true)?;
            if !counted.classes.is_empty() {
                self.add(Part::Genotypes(open.batch.clone(), counted.of), &counted.classes);
            }
        }
        Ok(self.merge)
    }

    /// The sum, once everything is stored.
    pub(crate) fn into_merge(self) -> Merge {
        self.merge
    }
}

/// Rolls of today and of times before people left, made when they are asked for.
struct Times<'a> {
    people: &'a People,
    made: Vec<Before>,
}

impl<'a> Times<'a> {
    fn new(people: &'a People) -> Times<'a> {
        Times { people, made: Vec::new() }
    }

    /// The first time that fits: today, then before everybody left, then before all but the first few.
    fn find(&mut self, fits: impl Fn(&Before) -> bool) -> Option<&Before> {
        let leaving = &self.people.leaving;
        let times = if leaving.is_empty() { 1 } else { leaving.len() + 1 };
        for time in 0..times.min(LEFT_TRIED_MAX) {
            if time == self.made.len() {
                let since = if time == 0 { leaving.len() } else { time - 1 };
                let left: HashSet<i64> = leaving[since..].iter().copied().collect();
                let roll = self.people.roll_before(&left);
                self.made.push(Before { left, roll });
            }
            if fits(&self.made[time]) {
                return Some(&self.made[time]);
            }
        }
        None
    }
}
