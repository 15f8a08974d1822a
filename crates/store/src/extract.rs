//! The rows of some people out of several batches, each variant once. Reads only; a release's people
//! may lie in many batches, and one person's variants in several.

use crate::batch::{Batch, CallRow, Scan};
use crate::error::StoreError;
use gj_kernels::Call;
use gj_model::{Region, SampleSet, Variant};
use rayon::prelude::*;
use std::collections::{HashMap, VecDeque};

/// Rows merged together at most.
const ROWS_AT_ONCE: usize = 1024;
/// Calls held for them at most, one byte each.
const CALLS_AT_ONCE: usize = 64 << 20;

/// An ascending stream of the rows at which somebody wanted has a call.
///
/// INVARIANT: everybody outside the sets was masked where the row was decoded.
pub struct Extraction<'a> {
    inputs: Vec<Input<'a>>,
    /// Of each batch: for each column of the extract the batch's, [`NOBODY`] where it has none.
    places: Vec<Vec<u32>>,
    columns: usize,
}

/// No column of the batch.
const NOBODY: u32 = u32::MAX;

struct Input<'a> {
    scan: Scan<'a>,
    ready: VecDeque<CallRow>,
}

/// One variant with the row of each batch that holds it.
type Parts = (Variant, Vec<(usize, Vec<Call>)>);

impl<'a> Extraction<'a> {
    /// Reads `batches`, each with the people wanted of it, in a region or whole. Rows have one call for
    /// each of `samples`, which are registry keys; a sample may lie in several batches.
    ///
    /// # Errors
    /// [`StoreError::WrongPeople`] when a set is for another batch; when a batch cannot be read.
    pub fn new(
        batches: &'a [(Batch, SampleSet)],
        samples: &[i64],
        region: Option<&Region>,
    ) -> Result<Extraction<'a>, StoreError> {
        let column: HashMap<i64, usize> = samples.iter().enumerate().map(|(to, key)| (*key, to)).collect();
        let mut inputs = Vec::with_capacity(batches.len());
        let mut places = Vec::with_capacity(batches.len());
        for (batch, people) in batches {
            let keys = &batch.manifest().samples;
            inputs.push(Input { scan: batch.calls(region, people)?, ready: VecDeque::new() });
            let mut of_batch = vec![NOBODY; samples.len()];
            for from in people.iter() {
                if let Some(to) = column.get(&keys[from]) {
                    of_batch[*to] = from as u32;
                }
            }
            places.push(of_batch);
        }
        Ok(Extraction { inputs, places, columns: samples.len() })
    }

    /// The next rows, without their origins: those may name alleles that only others carry. `None` at
    /// the end.
    ///
    /// # Errors
    /// When a batch is damaged.
    pub fn next_rows(&mut self) -> Result<Option<Vec<CallRow>>, StoreError> {
        let at_once = (CALLS_AT_ONCE / self.columns.max(1)).clamp(1, ROWS_AT_ONCE);
        let mut parts = Vec::new();
        while parts.len() < at_once
            && let Some(next) = self.next_parts()?
        {
            parts.push(next);
        }
        if parts.is_empty() {
            return Ok(None);
        }
        let places = &self.places;
        Ok(Some(parts.into_par_iter().filter_map(|parts| merge(parts, places)).collect()))
    }

    fn next_parts(&mut self) -> Result<Option<Parts>, StoreError> {
        for input in &mut self.inputs {
            while input.ready.is_empty() {
                match input.scan.next_rows()? {
                    Some(rows) => input.ready.extend(rows),
                    None => break,
                }
            }
        }
        let next = self.inputs.iter().filter_map(|input| input.ready.front()).map(|row| &row.variant).min();
        let Some(variant) = next.cloned() else { return Ok(None) };
        let mut parts = Vec::new();
        for (number, input) in self.inputs.iter_mut().enumerate() {
            if input.ready.front().is_some_and(|row| row.variant == variant)
                && let Some(row) = input.ready.pop_front()
            {
                parts.push((number, row.calls));
            }
        }
        Ok(Some((variant, parts)))
    }
}

/// One row; `None` when nobody wanted is called, so that it cannot tell that others are.
fn merge((variant, parts): Parts, places: &[Vec<u32>]) -> Option<CallRow> {
    let mut parts = parts.into_iter().map(|(input, part)| {
        let of = move |from: &u32| part.get(*from as usize).copied().unwrap_or(Call::Absent);
        places[input].iter().map(of)
    });
    let mut calls: Vec<Call> = parts.next()?.collect();
    for part in parts {
        for (merged, call) in calls.iter_mut().zip(part) {
            // One batch holds a call, the others are absent or know as little: see `ingest`.
            if call.is_called() || *merged == Call::Absent {
                *merged = call;
            }
        }
    }
    let called = calls.iter().any(|call| call.is_called());
    called.then_some(CallRow { variant, origin: None, calls })
}
