//! Compaction: several batches written as one, in haplotype-sorted blocks.
//!
//! The old batches stay until they are swept. No answer changes.

use crate::Store;
use crate::batch::{Batch, BatchWriter, CallRow, Scan, StagedBatch};
use crate::callability::{self, States};
use crate::error::StoreError;
use crate::evidence;
use gj_kernels::row::needs_order;
use gj_kernels::{BlockEncoder, Call, RowError, Totals, encode};
use gj_model::{Contig, InstitutionId, SampleSet, Variant};
use rayon::prelude::*;
use std::collections::{HashMap, VecDeque};
use std::path::Path;

impl Store {
    /// Writes several batches of one institution as one of level 1. A sample that several of them hold
    /// keeps one column; columns of people who left are dropped. It stays staged until it is published.
    ///
    /// # Errors
    /// When a batch cannot be read or the new one written.
    pub fn compact(&self, institution: &InstitutionId, batches: &[Batch]) -> Result<StagedBatch, StoreError> {
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
        let mut writer = Sorted::new(self, samples.len())?;
        // Rows are encoded on all cores; a batch of them takes at most about 64 MiB.
        let together = ((64 << 20) / samples.len().max(1)).clamp(1, 256);
        let mut rows = Vec::with_capacity(together);
        while let Some(row) = next_row(&mut inputs, samples.len())? {
            if has_calls(&row) {
                rows.push(row);
            }
            if rows.len() == together {
                writer.push(std::mem::take(&mut rows))?;
            }
        }
        writer.push(rows)?;
        let carried: Vec<_> = batches.iter().zip(inputs.into_iter().map(|input| input.columns)).collect();
        carry_over(&mut writer.writer, &carried, samples.len())?;
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

/// Writes what stands beside the rows; `columns` of each batch are those of the new one.
pub(crate) fn carry_over(
    writer: &mut BatchWriter,
    batches: &[(&Batch, Vec<Option<usize>>)],
    samples: usize,
) -> Result<(), StoreError> {
    callability::rewrite(batches, samples, writer)?;
    evidence::rewrite(batches, writer)
}

/// Gathers rows into blocks and writes them.
struct Sorted {
    writer: BatchWriter,
    encoder: BlockEncoder,
    samples: usize,
    contig: Option<Contig>,
    /// Site and totals of each row of the block.
    heads: Vec<(Variant, Option<String>, Totals)>,
}

impl Sorted {
    fn new(store: &Store, samples: usize) -> Result<Sorted, StoreError> {
        let writer = store.new_sorted_batch(samples)?;
        Ok(Sorted { writer, encoder: BlockEncoder::new(samples), samples, contig: None, heads: Vec::new() })
    }

    fn push(&mut self, rows: Vec<CallRow>) -> Result<(), StoreError> {
        let payloads: Vec<Vec<u8>> = rows.par_iter().map(|row| encode(&row.calls)).collect();
        for (row, payload) in rows.into_iter().zip(payloads) {
            if self.contig != Some(row.variant.contig) {
                self.flush()?;
                // Another contig, other neighbours.
                self.writer.end_orders()?;
                self.encoder = BlockEncoder::new(self.samples);
                self.contig = Some(row.variant.contig);
            }
            let totals = gj_kernels::totals(&payload, self.samples).map_err(unsound)?;
            self.encoder.push(payload).map_err(unsound)?;
            self.heads.push((row.variant, row.origin, totals));
            if self.encoder.is_full() {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        let block = self.encoder.finish().map_err(unsound)?;
        let number = match block.order {
            Some(order) => self.writer.push_order(order)?,
            None => None,
        };
        for ((variant, origin, totals), payload) in self.heads.drain(..).zip(block.rows) {
            let block = number.filter(|_| needs_order(&payload));
            self.writer.push_in(variant, origin, totals, payload, block)?;
        }
        Ok(())
    }

    fn finish(
        mut self,
        institution: InstitutionId,
        samples: Vec<i64>,
        sources: Vec<String>,
    ) -> Result<StagedBatch, StoreError> {
        self.flush()?;
        self.writer.finish_staged(institution, samples, sources)
    }
}

/// Rows encoded a moment ago are sound; if not, the memory is not.
fn unsound(error: RowError) -> StoreError {
    StoreError::damaged(Path::new("memory"), error)
}
