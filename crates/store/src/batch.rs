//! A batch: the genotypes one institution submitted, never changed in place.
//!
//! Level 0 is what one submission brings, each row alone; level 1 is what compaction makes of it, rows
//! in haplotype-sorted blocks. Both read alike.

mod writer;

pub use writer::{BatchSeal, BatchWriter};

use crate::callability::Callability;
use crate::error::StoreError;
use crate::evidence::EvidenceTable;
use crate::manifest::{self, BatchManifest};
use crate::orders::Orders;
use crate::table::{Rows, Table, variants};
use crate::{CountedSite, Store};
use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{Array, BinaryArray, RecordBatch};
use gj_kernels::{Call, Classes, CountedOrder, Histogram, Order, Scratch, decode, tally};
use gj_model::{BatchId, Region, SampleSet, Variant};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

const TABLE: &str = "genotypes";
/// Rows decoded together; with a payload of at most half a byte a sample this bounds memory.
const CHUNK: usize = 1024;

impl Store {
    /// Opens a batch for reading.
    ///
    /// # Errors
    /// When a file is missing, damaged or newer than this program.
    pub fn batch(&self, id: &BatchId) -> Result<Batch, StoreError> {
        let dir = self.batch_dir(id);
        let (manifest, digest): (BatchManifest, String) = manifest::read(&dir, id.as_str())?;
        let table = Table::open(&dir, TABLE, &manifest.sums)?;
        let samples = manifest.samples.len();
        let open = |orders: &manifest::Orders| Orders::open(&dir, &orders.lengths, &orders.sums, samples);
        let orders = manifest.orders.as_ref().map(open).transpose()?.map(Arc::new);
        let callability = manifest.callability.as_ref().map(|section| Callability::open(&dir, section));
        let evidence = manifest.evidence.as_ref().map(|section| EvidenceTable::open(&dir, section));
        let (callability, evidence) = (callability.transpose()?, evidence.transpose()?);
        Ok(Batch { id: id.clone(), manifest, digest, table, orders, callability, evidence })
    }
}

/// A batch open for reading.
#[derive(Debug, Clone)]
pub struct Batch {
    id: BatchId,
    manifest: BatchManifest,
    digest: String,
    table: Table,
    orders: Option<Arc<Orders>>,
    pub(crate) callability: Option<Callability>,
    pub(crate) evidence: Option<EvidenceTable>,
}

/// One row with the calls of the people asked for; everybody else reads [`Call::Absent`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRow {
    /// The variant.
    pub variant: Variant,
    /// The submitted record, `position:ref:alts`, where splitting or normalising changed it.
    pub origin: Option<String>,
    /// One call per sample of the batch.
    pub calls: Vec<Call>,
}

impl Batch {
    /// Its id.
    pub fn id(&self) -> &BatchId {
        &self.id
    }

    /// Its manifest.
    pub fn manifest(&self) -> &BatchManifest {
        &self.manifest
    }

    /// Digest of its manifest.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Number of sample columns.
    pub fn samples(&self) -> usize {
        self.manifest.samples.len()
    }

    /// Whether its rows are in haplotype-sorted blocks.
    pub fn is_sorted(&self) -> bool {
        self.orders.is_some()
    }

    /// Checks every byte of its files against their sums.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with the file and the place.
    pub fn check(&self) -> Result<(), StoreError> {
        self.table.check_all()?;
        self.callability.as_ref().map_or(Ok(()), Callability::check_all)?;
        self.evidence.as_ref().map_or(Ok(()), EvidenceTable::check_all)?;
        self.orders.as_ref().map_or(Ok(()), |orders| orders.check_all())
    }

    /// Counts per class of every row of a region (or of all), in ascending order.
    ///
    /// # Errors
    /// [`StoreError::WrongPeople`] when `classes` is for another batch.
    pub fn counts<'a>(
        &'a self,
        region: Option<&Region>,
        classes: &'a Classes,
    ) -> Result<CountScan<'a>, StoreError> {
        self.check_people(classes.samples())?;
        Ok(CountScan { batch: self, rows: self.table.read(region, CHUNK)?, classes, orders: BTreeMap::new() })
    }

    /// Calls of `people` in every row of a region (or of all), in ascending order.
    ///
    /// # Errors
    /// [`StoreError::WrongPeople`] when `people` is for another batch.
    pub fn calls<'a>(
        &'a self,
        region: Option<&Region>,
        people: &'a SampleSet,
    ) -> Result<Scan<'a>, StoreError> {
        self.check_people(people.len())?;
        // Decoded calls take one byte each: keep a chunk near 64 MiB.
        let chunk = ((64 << 20) / people.len().max(1)).clamp(1, CHUNK);
        Ok(Scan { batch: self, rows: self.table.read(region, chunk)?, people })
    }

    pub(crate) fn check_people(&self, given: usize) -> Result<(), StoreError> {
        let batch = self.samples();
        if given == batch { Ok(()) } else { Err(StoreError::WrongPeople { given, batch }) }
    }

    /// The orders that the rows of a record batch need, by block.
    fn orders_of(&self, blocks: &[Option<u32>]) -> Result<BTreeMap<u32, Arc<Order>>, StoreError> {
        let mut found = BTreeMap::new();
        let Some(orders) = &self.orders else { return Ok(found) };
        for block in blocks.iter().flatten() {
            if !found.contains_key(block) {
                found.insert(*block, orders.get(*block)?);
            }
        }
        Ok(found)
    }
}

fn payloads(batch: &RecordBatch) -> &BinaryArray {
    batch.column(5).as_binary::<i32>()
}

/// The block of each row; level 0 has none.
fn blocks(batch: &RecordBatch) -> Vec<Option<u32>> {
    match batch.columns().get(6) {
        Some(column) => column.as_primitive::<UInt32Type>().iter().collect(),
        None => vec![None; batch.num_rows()],
    }
}

/// Rows as counts per class.
pub struct CountScan<'a> {
    batch: &'a Batch,
    rows: Rows,
    classes: &'a Classes,
    /// Orders of the blocks of the last rows, prepared for counting.
    orders: BTreeMap<u32, CountedOrder>,
}

impl CountScan<'_> {
    /// The next rows; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn next_rows(&mut self) -> Result<Option<Vec<CountedSite>>, StoreError> {
        let Some(batch) = self.rows.next()? else { return Ok(None) };
        let (payloads, blocks) = (payloads(&batch), blocks(&batch));
        let path = self.rows.path();
        self.orders.retain(|block, _| blocks.contains(&Some(*block)));
        for (block, order) in self.batch.orders_of(&blocks)? {
            if !self.orders.contains_key(&block) {
                let counted = CountedOrder::new(order, self.classes);
                let counted =
                    counted.ok_or_else(|| StoreError::damaged(path, "an order is of other samples"))?;
                self.orders.insert(block, counted);
            }
        }
        let count = |scratch: &mut Scratch, (row, variant): (usize, Variant)| {
            let mut histogram = Histogram::new(self.classes);
            let order = blocks[row].and_then(|block| self.orders.get(&block));
            tally(payloads.value(row), order, self.classes, scratch, &mut histogram)
                .map_err(|e| StoreError::damaged(path, e))?;
            let zone = variant.contig.zone(variant.position.get());
            Ok((variant, self.classes.counts(&histogram, zone)))
        };
        in_parallel(variants(&batch, path)?, count)
    }
}

/// Rows as calls of the people asked for.
pub struct Scan<'a> {
    batch: &'a Batch,
    rows: Rows,
    people: &'a SampleSet,
}

impl Scan<'_> {
    /// The next rows; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn next_rows(&mut self) -> Result<Option<Vec<CallRow>>, StoreError> {
        let Some(batch) = self.rows.next()? else { return Ok(None) };
        let (payloads, blocks) = (payloads(&batch), blocks(&batch));
        let origins = batch.column(4).as_string::<i32>();
        let path: &Path = self.rows.path();
        let orders = self.batch.orders_of(&blocks)?;
        let row = |scratch: &mut Scratch, (row, variant): (usize, Variant)| {
            let mut calls = Vec::new();
            let order = blocks[row].and_then(|block| orders.get(&block)).map(Arc::as_ref);
            decode(payloads.value(row), order, self.people, scratch, &mut calls)
                .map_err(|e| StoreError::damaged(path, e))?;
            let origin = (!origins.is_null(row)).then(|| origins.value(row).to_owned());
            Ok(CallRow { variant, origin, calls })
        };
        in_parallel(variants(&batch, path)?, row)
    }
}

/// Reads rows on all cores, in their order.
fn in_parallel<T: Send>(
    variants: Vec<Variant>,
    read: impl Fn(&mut Scratch, (usize, Variant)) -> Result<T, StoreError> + Sync + Send,
) -> Result<Option<Vec<T>>, StoreError> {
    variants
        .into_par_iter()
        .enumerate()
        .map_init(Scratch::default, read)
        .collect::<Result<Vec<T>, _>>()
        .map(Some)
}
