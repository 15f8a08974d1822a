//! Merging the rows of several files into rows over the whole batch.

use crate::evidence;
use crate::submission::SubmissionError;
use crate::submission::spool::{SpoolReader, SpoolRows, SpooledRow};
use gj_kernels::{Call, Scratch, decode, encode};
use gj_model::{Contig, SampleSet, Variant};
use gj_store::{Evidence, StoreError};

/// Bytes of the buffers of all spools together, while they are few thousand.
const BUFFERS: usize = 64 << 20;

/// One variant over every sample of the batch.
pub(crate) struct MergedRow {
    pub(crate) variant: Variant,
    pub(crate) origin: Option<String>,
    pub(crate) payload: Payload,
    /// What supports the carriers' calls, by column of the batch, ascending.
    pub(crate) evidence: Vec<(usize, Evidence)>,
}

/// Calls of the batch, encoded as they came or decoded because something had to be looked at.
pub(crate) enum Payload {
    Encoded(Vec<u8>),
    Calls(Vec<Call>),
}

impl Payload {
    /// The calls, decoded.
    pub(crate) fn calls(&mut self, samples: usize) -> Result<&mut Vec<Call>, StoreError> {
        if let Payload::Encoded(bytes) = self {
            let mut calls = Vec::new();
            decode(bytes, None, &SampleSet::all(samples), &mut Scratch::default(), &mut calls)
                .map_err(StoreError::in_payload)?;
            *self = Payload::Calls(calls);
        }
        match self {
            Payload::Calls(calls) => Ok(calls),
            Payload::Encoded(_) => Err(StoreError::Unsorted),
        }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        match self {
            Payload::Encoded(bytes) => bytes,
            Payload::Calls(calls) => encode(&calls),
        }
    }
}

/// The merged rows of one contig, ascending.
pub(crate) struct Merge<'a> {
    inputs: Vec<Input<'a>>,
    samples: usize,
    repeated: u64,
}

struct Input<'a> {
    rows: SpoolRows<'a>,
    columns: &'a [usize],
    /// Whether the file holds exactly the batch's samples in order.
    whole: bool,
    next: Option<SpooledRow>,
}

impl<'a> Merge<'a> {
    pub(crate) fn new(
        spools: &'a [SpoolReader],
        contig: Contig,
        samples: usize,
    ) -> Result<Merge<'a>, StoreError> {
        let mut inputs = Vec::with_capacity(spools.len());
        let buffer = (BUFFERS / spools.len().max(1)).clamp(1 << 13, 1 << 18);
        for spool in spools {
            let mut rows = spool.rows(contig, buffer);
            let next = rows.next_row()?;
            let whole = spool.columns.iter().copied().eq(0..samples);
            inputs.push(Input { rows, columns: &spool.columns, whole, next });
        }
        Ok(Merge { inputs, samples, repeated: 0 })
    }

    /// Rows that only repeated, in another file, calls already there.
    pub(crate) fn repeated(&self) -> u64 {
        self.repeated
    }

    /// The next row over the batch.
    pub(crate) fn next_row(&mut self) -> Result<Option<MergedRow>, SubmissionError> {
        if let [input] = &mut self.inputs[..]
            && input.whole
        {
            // One file of everybody: there is nothing to merge.
            let Some(row) = input.next.take() else { return Ok(None) };
            input.next = input.rows.next_row()?;
            let evidence = evidence::unpack(&row.evidence).collect();
            let SpooledRow { variant, origin, payload, .. } = row;
            return Ok(Some(MergedRow { variant, origin, payload: Payload::Encoded(payload), evidence }));
        }
        let variants = self.inputs.iter().filter_map(|input| input.next.as_ref().map(|row| &row.variant));
        let Some(variant) = variants.min().cloned() else { return Ok(None) };
        let mut parts: Vec<(usize, SpooledRow)> = Vec::new();
        for (index, input) in self.inputs.iter_mut().enumerate() {
            if input.next.as_ref().is_some_and(|row| row.variant == variant)
                && let Some(row) = std::mem::replace(&mut input.next, input.rows.next_row()?)
            {
                parts.push((index, row));
            }
        }
        // Files of the same people that repeat a record to the letter, as overlapping regions do.
        let before = parts.len();
        let inputs = &self.inputs;
        parts.dedup_by(|(later, row), (first, same)| {
            inputs[*later].columns == inputs[*first].columns && row.payload == same.payload
        });
        self.repeated += (before - parts.len()) as u64;
        let evidence = self.evidence(&parts);
        let origin = parts.iter().find_map(|(_, row)| row.origin.clone());
        if let [(index, row)] = &mut parts[..]
            && self.inputs[*index].whole
        {
            let payload = Payload::Encoded(std::mem::take(&mut row.payload));
            return Ok(Some(MergedRow { variant, origin, payload, evidence }));
        }
        let calls = self.combine(&variant, &parts)?;
        Ok(Some(MergedRow { variant, origin, payload: Payload::Calls(calls), evidence }))
    }

    /// The evidence of all parts; of two entries for one call the first one stays.
    fn evidence(&self, parts: &[(usize, SpooledRow)]) -> Vec<(usize, Evidence)> {
        let mut entries = Vec::new();
        for (index, row) in parts.iter().filter(|(_, row)| !row.evidence.is_empty()) {
            let columns = self.inputs[*index].columns;
            entries.extend(evidence::unpack(&row.evidence).map(|(sample, e)| (columns[sample], e)));
        }
        // A stable sort: entries of one column stay in the order of the files.
        entries.sort_by_key(|(column, _)| *column);
        entries.dedup_by_key(|(column, _)| *column);
        entries
    }

    fn combine(
        &self,
        variant: &Variant,
        parts: &[(usize, SpooledRow)],
    ) -> Result<Vec<Call>, SubmissionError> {
        let mut calls = vec![Call::Absent; self.samples];
        let (mut part, mut scratch) = (Vec::new(), Scratch::default());
        let mut differ = 0;
        for (index, row) in parts {
            let columns = self.inputs[*index].columns;
            decode(&row.payload, None, &SampleSet::all(columns.len()), &mut scratch, &mut part)
                .map_err(StoreError::in_payload)?;
            for (column, call) in columns.iter().zip(&part) {
                let there = &mut calls[*column];
                if there.is_called() && call.is_called() && !there.agrees(*call) {
                    differ += 1;
                } else if !there.is_called() && (call.is_called() || *there == Call::Absent) {
                    *there = *call;
                }
            }
        }
        if differ > 0 {
            let other = "another of these files".to_owned();
            return Err(SubmissionError::Conflict { place: variant.to_string(), count: differ, other });
        }
        Ok(calls)
    }
}
