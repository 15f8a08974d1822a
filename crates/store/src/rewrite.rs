//! Writing batches anew: without somebody who left, or several as one in haplotype-sorted blocks.
//!
//! The old batches stay until they are swept. No answer changes by compaction; by an erasure only what
//! the person added.

use crate::Store;
use crate::batch::{Batch, BatchSeal, BatchWriter, CallRow, Scan};
use crate::callability::{self, States};
use crate::error::StoreError;
use crate::evidence;
use gj_kernels::{BlockEncoder, Call, encode};
use gj_model::{Contig, InstitutionId, SampleSet, Variant};
use rayon::prelude::*;
use std::collections::{HashMap, VecDeque};

/// Variants that share an order.
const BLOCK_ROWS: usize = 1024;
/// Calls held in memory for a block at most, one byte each.
const BLOCK_BYTES: usize = 128 << 20;

impl Store {
    /// Writes the batch again without the genotypes of `gone`, at its level.
    ///
    /// Their columns read as absent, their registry keys as 0, and rows in which nobody else has a
    /// call record disappear.
    ///
    /// # Errors
    /// When the batch cannot be read or the new one written.
    pub fn erase(&self, batch: &Batch, gone: &SampleSet) -> Result<BatchSeal, StoreError> {
        let mut people = SampleSet::all(batch.samples());
        gone.iter().for_each(|index| people.remove(index));
        let mut writer = if batch.is_sorted() {
            Rewriter::Sorted(Sorted::new(self, batch.samples())?)
        } else {
            Rewriter::Plain(self.new_batch()?)
        };
        let mut scan = batch.calls(None, &people)?;
        let mut states = batch.states(None, &people)?;
        while let Some(rows) = scan.next_rows()? {
            writer.push(callability::informing(rows, states.as_mut())?)?;
        }
        let columns = (0..batch.samples()).map(|column| people.contains(column).then_some(column)).collect();
        writer.carry_over(&[(batch, columns)], batch.samples())?;
        let mut samples = batch.manifest().samples.clone();
        gone.iter().for_each(|index| samples[index] = 0);
        writer.finish(batch.manifest().institution.clone(), samples, batch.manifest().sources.clone())
    }

    /// Writes several batches of one institution as one of level 1. A sample that several of them hold
    /// keeps one column; columns of people who left are dropped.
    ///
    /// # Errors
    /// When a batch cannot be read or the new one written.
    pub fn compact(&self, institution: &InstitutionId, batches: &[Batch]) -> Result<BatchSeal, StoreError> {
        let mut samples: Vec<i64> = batches.iter().flat_map(|b| &b.manifest().samples).copied().collect();
        samples.retain(|key| *key != 0);
        samples.sort_unstable();
        samples.dedup();
        let column: HashMap<i64, usize> =
            samples.iter().enumerate().map(|(column, key)| (*key, column)).collect();
        let people: Vec<SampleSet> = batches.iter().map(|batch| SampleSet::all(batch.samples())).collect();
        let mut inputs = Vec::with_capacity(batches.len());
        for (batch, people) in batches.iter().zip(&people) {
            let columns = batch.manifest().samples.iter().map(|key| column.get(key).copied()).collect();
            let (scan, states) = (batch.calls(None, people)?, batch.states(None, people)?);
            inputs.push(Input { scan, states, columns, ready: VecDeque::new() });
        }
        let mut writer = Rewriter::Sorted(Sorted::new(self, samples.len())?);
        while let Some(row) = next_row(&mut inputs, samples.len())? {
            if has_calls(&row) {
                writer.push(vec![row])?;
            }
        }
        let carried: Vec<_> = batches.iter().zip(inputs.into_iter().map(|input| input.columns)).collect();
        writer.carry_over(&carried, samples.len())?;
        let sources = batches.iter().flat_map(|batch| batch.manifest().sources.clone()).collect();
        writer.finish(institution.clone(), samples, sources)
    }
}

fn has_calls(row: &CallRow) -> bool {
    row.calls.iter().any(|call| *call != Call::Absent)
}

/// A batch being merged.
struct Input<'a> {
    scan: Scan<'a>,
    /// What its people read as where it has no row, if it says so.
    states: Option<States>,
    /// Column of the new batch, for each of this one.
    columns: Vec<Option<usize>>,
    ready: VecDeque<CallRow>,
}

/// The next variant over the columns of all batches.
fn next_row(inputs: &mut [Input<'_>], samples: usize) -> Result<Option<CallRow>, StoreError> {
    for input in inputs.iter_mut() {
        while input.ready.is_empty() {
            match input.scan.next_rows()? {
                Some(rows) => input.ready.extend(rows),
                None => break,
            }
        }
    }
    let next: Option<Variant> =
        inputs.iter().filter_map(|input| input.ready.front()).map(|r| &r.variant).min().cloned();
    let Some(variant) = next else { return Ok(None) };
    let mut merged = CallRow { variant, origin: None, calls: vec![Call::Absent; samples] };
    for input in inputs {
        let row = input.ready.pop_front_if(|row| row.variant == merged.variant);
        let (origin, calls) = match (row, &mut input.states) {
            (Some(row), _) => (row.origin, row.calls),
            (None, Some(states)) => {
                let (contig, position) = (merged.variant.contig, merged.variant.position.get());
                (None, states.at(contig, position)?.to_vec())
            }
            (None, None) => continue,
        };
        merged.origin = merged.origin.or(origin);
        for (column, call) in input.columns.iter().zip(calls) {
            // One batch holds a call, the others are absent or know as little: see `ingest`.
            if let Some(column) = column
                && (call.is_called() || merged.calls[*column] == Call::Absent)
            {
                merged.calls[*column] = call;
            }
        }
    }
    Ok(Some(merged))
}

/// Where rewritten rows go.
enum Rewriter {
    Plain(BatchWriter),
    Sorted(Sorted),
}

impl Rewriter {
    fn push(&mut self, rows: Vec<CallRow>) -> Result<(), StoreError> {
        match self {
            Rewriter::Sorted(sorted) => sorted.push(rows),
            Rewriter::Plain(writer) => {
                let payloads: Vec<Vec<u8>> = rows.par_iter().map(|row| encode(&row.calls)).collect();
                let mut pairs = rows.into_iter().zip(payloads);
                pairs.try_for_each(|(row, payload)| writer.push(row.variant, row.origin, payload))
            }
        }
    }

    /// Writes what stands beside the rows; `columns` of each batch are those of the new one.
    fn carry_over(
        &mut self,
        batches: &[(&Batch, Vec<Option<usize>>)],
        samples: usize,
    ) -> Result<(), StoreError> {
        let writer = match self {
            Rewriter::Plain(writer) => writer,
            Rewriter::Sorted(sorted) => &mut sorted.writer,
        };
        callability::rewrite(batches, samples, writer)?;
        evidence::rewrite(batches, writer)
    }

    fn finish(
        self,
        institution: InstitutionId,
        samples: Vec<i64>,
        sources: Vec<String>,
    ) -> Result<BatchSeal, StoreError> {
        match self {
            Rewriter::Plain(writer) => writer.finish(institution, samples, sources),
            Rewriter::Sorted(sorted) => sorted.finish(institution, samples, sources),
        }
    }
}

/// Gathers rows into blocks and writes them.
struct Sorted {
    writer: BatchWriter,
    encoder: BlockEncoder,
    samples: usize,
    contig: Option<Contig>,
    block: Vec<CallRow>,
}

impl Sorted {
    fn new(store: &Store, samples: usize) -> Result<Sorted, StoreError> {
        let writer = store.new_sorted_batch()?;
        Ok(Sorted { writer, encoder: BlockEncoder::new(samples), samples, contig: None, block: Vec::new() })
    }

    fn push(&mut self, rows: Vec<CallRow>) -> Result<(), StoreError> {
        let full = (BLOCK_BYTES / self.samples.max(1)).clamp(1, BLOCK_ROWS);
        for row in rows {
            if self.contig != Some(row.variant.contig) {
                self.flush()?;
                // Another contig, other neighbours.
                self.encoder = BlockEncoder::new(self.samples);
                self.contig = Some(row.variant.contig);
            }
            self.block.push(row);
            if self.block.len() >= full {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        let mut calls = Vec::with_capacity(self.block.len());
        let mut heads = Vec::with_capacity(self.block.len());
        for row in self.block.drain(..) {
            calls.push(row.calls);
            heads.push((row.variant, row.origin));
        }
        let block = self.encoder.encode(&calls);
        let number = match &block.order {
            Some(order) => self.writer.push_order(order)?,
            None => None,
        };
        for ((variant, origin), payload) in heads.into_iter().zip(block.rows) {
            self.writer.push_in(variant, origin, payload, number)?;
        }
        Ok(())
    }

    fn finish(
        mut self,
        institution: InstitutionId,
        samples: Vec<i64>,
        sources: Vec<String>,
    ) -> Result<BatchSeal, StoreError> {
        self.flush()?;
        self.writer.finish(institution, samples, sources)
    }
}
