//! What earlier batches hold of the same samples: a call is stored, and so counted, once.

use crate::submission::SubmissionError;
use crate::submission::coverage::Coverage;
use crate::submission::merge::MergedRow;
use gj_kernels::Call;
use gj_model::{Contig, Region, SampleSet};
use gj_store::{Batch, CallRow, Scan, StoreError};
use std::collections::{HashMap, VecDeque};

/// Earlier batches that share samples with a submission.
pub(crate) struct Held<'a> {
    batches: Vec<Shared<'a>>,
    samples: usize,
}

struct Shared<'a> {
    batch: &'a Batch,
    /// The shared samples, as columns of the earlier batch.
    people: SampleSet,
    /// Pairs of a column there and a column of the submission.
    pairs: Vec<(usize, usize)>,
}

impl<'a> Held<'a> {
    /// `samples` are the registry keys of the submission, in column order.
    pub(crate) fn new(earlier: &'a [Batch], samples: &[i64]) -> Held<'a> {
        let column: HashMap<i64, usize> =
            samples.iter().enumerate().map(|(column, key)| (*key, column)).collect();
        let shared = |batch: &'a Batch| {
            let keys = &batch.manifest().samples;
            let pairs: Vec<(usize, usize)> =
                keys.iter().enumerate().filter_map(|(there, key)| Some((there, *column.get(key)?))).collect();
            let mut people = SampleSet::none(keys.len());
            pairs.iter().for_each(|(there, _)| people.insert(*there));
            Shared { batch, people, pairs }
        };
        let batches = earlier.iter().map(shared).filter(|shared| !shared.pairs.is_empty()).collect();
        Held { batches, samples: samples.len() }
    }

    /// Their rows of one contig; `coverage` is the submission's, if its files are gVCFs.
    ///
    /// # Errors
    /// [`SubmissionError::CoveredBefore`] when an earlier batch has calls there of people whom the
    /// submission's gVCFs cover there.
    pub(crate) fn contig(
        &mut self,
        contig: Contig,
        coverage: Option<&Coverage>,
    ) -> Result<HeldRows<'_>, SubmissionError> {
        let region = Region::whole(contig);
        let covered_here = coverage.map(|coverage| coverage.columns_on(contig));
        let mut inputs = Vec::with_capacity(self.batches.len());
        for shared in &self.batches {
            let covered = shared.batch.covered(contig, &shared.people)?;
            if let Some(here) = &covered_here {
                let known = shared.called(&region, covered.clone())?;
                let twice =
                    shared.pairs.iter().filter(|(there, column)| here[*column] && known.contains(*there));
                shared.refuse(contig, twice.count())?;
            }
            let scan = shared.batch.calls(Some(&region), &shared.people)?;
            inputs.push(Input { scan, shared, covered, ready: VecDeque::new(), ended: false });
        }
        Ok(HeldRows { inputs, samples: self.samples })
    }
}

impl Shared<'_> {
    /// The shared people with a call in a row of a region, besides those that `known` has.
    fn called(&self, region: &Region, mut known: SampleSet) -> Result<SampleSet, StoreError> {
        let mut scan = self.batch.calls(Some(region), &self.people)?;
        while let Some(rows) = scan.next_rows()? {
            for row in rows {
                let called = self.pairs.iter().filter(|(there, _)| row.calls[*there].is_called());
                called.for_each(|(there, _)| known.insert(*there));
            }
        }
        Ok(known)
    }

    fn refuse(&self, contig: Contig, count: usize) -> Result<(), SubmissionError> {
        if count == 0 {
            return Ok(());
        }
        Err(SubmissionError::CoveredBefore { contig, count, batch: self.batch.id().to_string() })
    }
}

/// Rows of earlier batches, advanced alongside the new ones.
pub(crate) struct HeldRows<'a> {
    inputs: Vec<Input<'a>>,
    samples: usize,
}

struct Input<'a> {
    scan: Scan<'a>,
    shared: &'a Shared<'a>,
    /// Those whom the earlier batch's gVCFs cover on this contig.
    covered: SampleSet,
    ready: VecDeque<CallRow>,
    ended: bool,
}

impl Input<'_> {
    /// The row of that variant, if this batch has it; rows before it are passed over.
    fn at(&mut self, row: &MergedRow) -> Result<Option<&CallRow>, StoreError> {
        loop {
            while self.ready.front().is_some_and(|held| held.variant < row.variant) {
                self.ready.pop_front();
            }
            if !self.ready.is_empty() || self.ended {
                return Ok(self.ready.front().filter(|held| held.variant == row.variant));
            }
            match self.scan.next_rows()? {
                Some(rows) => self.ready.extend(rows),
                None => self.ended = true,
            }
        }
    }
}

impl HeldRows<'_> {
    /// Takes out of `row` the calls that an earlier batch holds; whether anything new is left.
    ///
    /// Rows must come in ascending order.
    ///
    /// # Errors
    /// [`SubmissionError::Conflict`] when a held call differs.
    pub(crate) fn take_out(&mut self, row: &mut MergedRow) -> Result<bool, SubmissionError> {
        let mut touched = false;
        for input in &mut self.inputs {
            let pairs = &input.shared.pairs;
            if input.shared.batch.has_callability() {
                let calls = row.payload.calls(self.samples)?;
                let twice =
                    |pair: &&(usize, usize)| input.covered.contains(pair.0) && calls[pair.1].is_called();
                input.shared.refuse(row.variant.contig, pairs.iter().filter(twice).count())?;
            }
            let batch = input.shared.batch.id().clone();
            let Some(held) = input.at(row)? else { continue };
            let calls = row.payload.calls(self.samples)?;
            let mut differ = 0;
            for (there, here) in pairs {
                let (old, new) = (held.calls[*there], &mut calls[*here]);
                if old.is_called() {
                    differ += usize::from(new.is_called() && !new.agrees(old));
                    *new = Call::Absent;
                    touched = true;
                } else if old != Call::Absent && !new.is_called() {
                    // Missing before, missing again: said once.
                    *new = Call::Absent;
                    touched = true;
                }
            }
            if differ > 0 {
                let (place, other) = (row.variant.to_string(), format!("batch `{batch}`"));
                return Err(SubmissionError::Conflict { place, count: differ, other });
            }
        }
        if !touched {
            return Ok(true);
        }
        Ok(row.payload.calls(self.samples)?.iter().any(|call| *call != Call::Absent))
    }
}
