//! How well carriers' calls are supported: quality and read depths, beside the genotypes.
//!
//! One row a variant that somebody carries, with a list of carriers. Only batches whose files gave such
//! values have the table. It changes no count.

use crate::batch::{Batch, BatchWriter};
use crate::error::StoreError;
use crate::manifest::Section;
use crate::table::{Rows, Table, TableWriter, variants};
use arrow_array::builder::{ListBuilder, UInt32Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, Field};
use gj_model::{Region, SampleSet, Variant};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

const TABLE: &str = "evidence";
/// Compression of evidence.
const ZSTD_LEVEL: i32 = 3;
/// Rows decoded together: at 100,000 carriers a row this stays near 128 MiB.
const CHUNK: usize = 64;
/// Lists of each row; the first holds sample columns.
const LISTS: [&str; 5] = ["sample", "gq", "dp", "ad_ref", "ad_alt"];

/// What supports one call; `None` where the file does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Genotype quality, phred-scaled (FORMAT `GQ`).
    pub gq: Option<u32>,
    /// Reads at the site (FORMAT `DP`).
    pub dp: Option<u32>,
    /// Reads of the reference allele (FORMAT `AD`).
    pub ad_ref: Option<u32>,
    /// Reads of the row's alternate allele (FORMAT `AD`).
    pub ad_alt: Option<u32>,
}

/// The evidence at one variant: sample columns, ascending, with what supports their calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRow {
    /// The variant.
    pub variant: Variant,
    /// Carriers for whom something is known.
    pub carriers: Vec<(usize, Evidence)>,
}

/// The evidence table of a batch.
#[derive(Debug, Clone)]
pub(crate) struct EvidenceTable(Table);

impl EvidenceTable {
    pub(crate) fn open(dir: &Path, section: &Section) -> Result<EvidenceTable, StoreError> {
        Ok(EvidenceTable(Table::open(dir, TABLE, &section.sums)?))
    }

    /// Checks every byte against the sums.
    pub(crate) fn check_all(&self) -> Result<(), StoreError> {
        self.0.check_all()
    }
}

impl Batch {
    /// What supports the calls of those of `people` who carry a variant of a region (or any), in
    /// ascending order; nothing where the files did not say.
    ///
    /// # Errors
    /// [`StoreError::WrongPeople`] when `people` is for another batch.
    pub fn evidence<'a>(
        &self,
        region: Option<&Region>,
        people: &'a SampleSet,
    ) -> Result<EvidenceScan<'a>, StoreError> {
        self.check_people(people.len())?;
        let rows = self.evidence.as_ref().map(|table| table.0.read(region, CHUNK, &LISTS)).transpose()?;
        Ok(EvidenceScan { rows, people })
    }
}

/// Evidence being read.
pub struct EvidenceScan<'a> {
    rows: Option<Rows>,
    people: &'a SampleSet,
}

impl EvidenceScan<'_> {
    /// The next rows, those of masked people left out; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn next_rows(&mut self) -> Result<Option<Vec<EvidenceRow>>, StoreError> {
        let Some(rows) = &mut self.rows else { return Ok(None) };
        let Some(part) = rows.next()? else { return Ok(None) };
        let lists = [0, 1, 2, 3, 4].map(|list| part.others()[list].as_list::<i32>());
        let values = lists.map(|list| list.values().as_primitive::<UInt32Type>());
        let mut found = Vec::new();
        for (row, variant) in variants(&part, rows.path())?.into_iter().enumerate() {
            let length = lists[0].value_length(row);
            if lists.iter().any(|list| list.value_length(row) != length) {
                return Err(StoreError::damaged(rows.path(), "lists of different lengths"));
            }
            let starts = lists.map(|list| list.value_offsets()[row] as usize);
            let mut carriers = Vec::new();
            for at in 0..length as usize {
                let value = |list: usize| {
                    let index = starts[list] + at;
                    values[list].is_valid(index).then(|| values[list].value(index))
                };
                let sample = value(0).map_or(usize::MAX, |sample| sample as usize);
                if sample >= self.people.len() {
                    return Err(StoreError::damaged(rows.path(), "a sample that the batch does not have"));
                }
                if self.people.contains(sample) {
                    let evidence =
                        Evidence { gq: value(1), dp: value(2), ad_ref: value(3), ad_alt: value(4) };
                    carriers.push((sample, evidence));
                }
            }
            if !carriers.is_empty() {
                found.push(EvidenceRow { variant, carriers });
            }
        }
        Ok(Some(found))
    }
}

/// Writes the evidence of a batch in order.
pub struct EvidenceWriter {
    table: TableWriter,
    lengths: Vec<usize>,
    values: [Vec<Option<u32>>; 5],
}

impl EvidenceWriter {
    pub(crate) fn create(dir: &Path) -> Result<EvidenceWriter, StoreError> {
        let columns = LISTS.map(|name| Field::new(name, DataType::List(item(name)), false));
        let table = TableWriter::create(dir, TABLE, columns.to_vec(), ZSTD_LEVEL)?;
        Ok(EvidenceWriter { table, lengths: Vec::new(), values: Default::default() })
    }

    /// Adds the evidence of a variant; sample columns must ascend.
    ///
    /// # Errors
    /// [`StoreError::Unsorted`] unless variants strictly ascend; otherwise when the disk refuses.
    pub fn push(&mut self, variant: Variant, carriers: &[(usize, Evidence)]) -> Result<(), StoreError> {
        // 40 bytes of memory a carrier.
        if self.table.is_full(&variant, self.values[0].len() * 40) {
            self.flush()?;
        }
        self.table.push(variant)?;
        self.lengths.push(carriers.len());
        for (sample, e) in carriers {
            let row = [Some(*sample as u32), e.gq, e.dp, e.ad_ref, e.ad_alt];
            self.values.iter_mut().zip(row).for_each(|(list, value)| list.push(value));
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        let lengths = std::mem::take(&mut self.lengths);
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(LISTS.len());
        for (name, values) in LISTS.iter().zip(&mut self.values) {
            let values = std::mem::take(values);
            let mut list =
                ListBuilder::new(UInt32Builder::with_capacity(values.len())).with_field(item(name));
            let mut rest = &values[..];
            for length in &lengths {
                let (row, after) = rest.split_at(*length);
                list.append_value(row.iter().copied());
                rest = after;
            }
            columns.push(Arc::new(list.finish()));
        }
        self.table.flush(columns)
    }

    pub(crate) fn finish(mut self) -> Result<Section, StoreError> {
        if !self.lengths.is_empty() {
            self.flush()?;
        }
        let table = self.table.finish()?;
        Ok(Section { rows: table.rows, bytes: table.bytes, sums: table.sums })
    }
}

fn item(list: &str) -> Arc<Field> {
    Arc::new(Field::new("item", DataType::UInt32, list != LISTS[0]))
}

/// Carries the evidence of batches over to the one being written. `columns` gives, for each sample of an
/// input, its column there. Of two entries for one call the first one stays.
pub(crate) fn rewrite(
    inputs: &[(&Batch, Vec<Option<usize>>)],
    writer: &mut BatchWriter,
) -> Result<(), StoreError> {
    let people: Vec<SampleSet> = inputs.iter().map(|(batch, columns)| carried(batch, columns)).collect();
    let mut readers = Vec::with_capacity(inputs.len());
    for ((batch, columns), people) in inputs.iter().zip(&people) {
        readers.push((batch.evidence(None, people)?, columns, VecDeque::new()));
    }
    loop {
        for (scan, _, ready) in &mut readers {
            while ready.is_empty() {
                let Some(rows) = scan.next_rows()? else { break };
                ready.extend(rows);
            }
        }
        let heads = readers.iter().filter_map(|(_, _, ready)| ready.front().map(|row| &row.variant));
        let Some(variant) = heads.min().cloned() else { return Ok(()) };
        let mut carriers: Vec<(usize, Evidence)> = Vec::new();
        for (_, columns, ready) in &mut readers {
            if ready.front().is_some_and(|row| row.variant == variant)
                && let Some(row) = ready.pop_front()
            {
                let moved = row.carriers.into_iter().filter_map(|(from, e)| Some((columns[from]?, e)));
                carriers.extend(moved);
            }
        }
        // A stable sort: entries of one column stay in the order of the batches.
        carriers.sort_by_key(|(column, _)| *column);
        carriers.dedup_by_key(|(column, _)| *column);
        writer.push_evidence(variant, &carriers)?;
    }
}

fn carried(batch: &Batch, columns: &[Option<usize>]) -> SampleSet {
    let mut people = SampleSet::none(batch.samples());
    (0..columns.len()).filter(|column| columns[*column].is_some()).for_each(|column| people.insert(column));
    people
}
