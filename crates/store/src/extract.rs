//! The rows of some people out of several batches, each variant once. Reads only; a release's people
//! may lie in many batches, and one person's variants in several.

use crate::batch::{Batch, CallRow, Scan};
use crate::callability::States;
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
    /// What its people read as where it has no row: a batch of gVCFs says so.
    states: Option<States>,
    ready: VecDeque<CallRow>,
}

/// One variant with what each batch says of it.
type Parts = (Variant, Vec<Part>);

/// What a batch says of a variant.
struct Part {
    input: usize,
    calls: Vec<Call>,
    /// Which of these calls are a reason to give the row at all.
    lists: fn(Call) -> bool,
}

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
            let (scan, states) = (batch.calls(region, people)?, batch.states(region, people)?);
            inputs.push(Input { scan, states, ready: VecDeque::new() });
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
            let row = input.ready.pop_front_if(|row| row.variant == variant);
            match (row, &mut input.states) {
                // A batch of gVCFs has rows for its carriers' sake only, wanted or not.
                (Some(row), Some(_)) => {
                    let calls = row.calls.into_iter().map(as_unrecorded).collect();
                    parts.push(Part { input: number, calls, lists: |call| call.known().1 > 0 });
                }
                (Some(row), None) => {
                    parts.push(Part { input: number, calls: row.calls, lists: Call::is_called });
                }
                (None, Some(states)) => {
                    let calls = states.at(variant.contig, variant.position.get())?.to_vec();
                    parts.push(Part { input: number, calls, lists: |_| false });
                }
                (None, None) => {}
            }
        }
        Ok(Some((variant, parts)))
    }
}

/// A reference call as it reads where the batch has no row, which depends on who else is in the batch: the
/// phase of two equal alleles says nothing, and an extract must not depend on that either.
fn as_unrecorded(call: Call) -> Call {
    if call == Call::RefRefPhased { Call::RefRef } else { call }
}

/// One row; `None` when nobody wanted gives a reason for it, so that it cannot tell that others do.
fn merge((variant, parts): Parts, places: &[Vec<u32>]) -> Option<CallRow> {
    let mut lists = false;
    for Part { input, calls, lists: reason } in &parts {
        let mut wanted = places[*input].iter().filter_map(|from| calls.get(*from as usize));
        lists |= wanted.any(|call| reason(*call));
    }
    if !lists {
        return None;
    }
    let mut parts = parts.into_iter().map(|Part { input, calls, .. }| {
        let of = move |from: &u32| calls.get(*from as usize).copied().unwrap_or(Call::Absent);
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
    Some(CallRow { variant, origin: None, calls })
}
