//! Writing a batch into the staging folder; it counts only once it is published whole.

use crate::Store;
use crate::callability::CallabilityWriter;
use crate::durable::{self, Staged};
use crate::error::StoreError;
use crate::evidence::{Evidence, EvidenceWriter};
use crate::manifest::{self, BatchManifest};
use crate::orders::OrdersWriter;
use crate::table::TableWriter;
use arrow_array::{ArrayRef, BinaryArray, StringArray, UInt32Array};
use arrow_schema::{DataType, Field};
use gj_kernels::{Order, Totals};
use gj_model::{BatchId, InstitutionId, Variant};
use std::sync::Arc;

/// Compression of level 0: written while somebody waits.
const ZSTD_LEVEL: i32 = 3;
/// Compression of level 1: written in the background, kept for years.
const ZSTD_LEVEL_SORTED: i32 = 9;

/// Writes one batch; dropping it without [`BatchWriter::finish`] leaves nothing.
pub struct BatchWriter {
    store: Store,
    staged: Staged,
    table: TableWriter,
    origins: Vec<Option<String>>,
    payloads: Vec<Vec<u8>>,
    totals: Vec<Totals>,
    blocks: Vec<Option<u32>>,
    orders: Option<OrdersWriter>,
    samples: usize,
    callability: Option<CallabilityWriter>,
    evidence: Option<EvidenceWriter>,
    bytes: usize,
}

/// A finished batch under its staged name: it is swept unless it is published.
#[derive(Debug)]
pub struct StagedBatch {
    store: Store,
    staged: Staged,
    seal: BatchSeal,
}

impl StagedBatch {
    /// What the batch will be called.
    pub fn seal(&self) -> &BatchSeal {
        &self.seal
    }

    /// Gives it its final name; everything is on disk when this returns.
    ///
    /// The caller must hold the data directory's writer lock, or it may be swept before it is registered.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn publish(self) -> Result<BatchSeal, StoreError> {
        self.staged.publish(&self.store.batch_dir(&self.seal.id))?;
        Ok(self.seal)
    }
}

/// A finished batch: durable on disk, not yet named by the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchSeal {
    /// Its id: the start of `digest`.
    pub id: BatchId,
    /// BLAKE3 digest of its manifest.
    pub digest: String,
    /// Its manifest.
    pub manifest: BatchManifest,
}

impl Store {
    /// Begins a batch of level 0, whose rows stand alone, with `samples` columns.
    ///
    /// # Errors
    /// When the staging folder cannot be written.
    pub fn new_batch(&self, samples: usize) -> Result<BatchWriter, StoreError> {
        let staged = durable::stage(&self.root)?;
        self.begin_batch(staged, samples, None)
    }

    /// Begins a batch of level 1, whose rows may need the order of their block.
    pub(crate) fn new_sorted_batch(&self, samples: usize) -> Result<BatchWriter, StoreError> {
        let staged = durable::stage(&self.root)?;
        let orders = OrdersWriter::create(staged.path())?;
        self.begin_batch(staged, samples, Some(orders))
    }

    fn begin_batch(
        &self,
        staged: Staged,
        samples: usize,
        orders: Option<OrdersWriter>,
    ) -> Result<BatchWriter, StoreError> {
        let mut columns = vec![Field::new("origin", DataType::Utf8, true)];
        columns.extend(super::TOTALS.map(|name| Field::new(name, DataType::UInt32, false)));
        columns.push(Field::new("payload", DataType::Binary, false));
        columns.extend(orders.is_some().then(|| Field::new("block", DataType::UInt32, true)));
        let level = if orders.is_some() { ZSTD_LEVEL_SORTED } else { ZSTD_LEVEL };
        let table = TableWriter::create(staged.path(), super::TABLE, columns, level)?;
        Ok(BatchWriter {
            store: self.clone(),
            staged,
            table,
            origins: Vec::new(),
            payloads: Vec::new(),
            totals: Vec::new(),
            blocks: Vec::new(),
            orders,
            samples,
            callability: None,
            evidence: None,
            bytes: 0,
        })
    }
}

impl BatchWriter {
    /// Adds a row: a payload from [`gj_kernels::encode`] over the batch's samples.
    ///
    /// # Errors
    /// [`StoreError::Unsorted`] unless variants strictly ascend; otherwise when the payload is none, or
    /// the disk refuses.
    pub fn push(
        &mut self,
        variant: Variant,
        origin: Option<String>,
        payload: Vec<u8>,
    ) -> Result<(), StoreError> {
        let totals = gj_kernels::totals(&payload, self.samples);
        let totals = totals.map_err(|e| StoreError::damaged(self.staged.path(), e))?;
        self.push_in(variant, origin, totals, payload, None)
    }

    /// Adds the order of the rows to come; returns the number of its block.
    pub(crate) fn push_order(&mut self, order: Order) -> Result<Option<u32>, StoreError> {
        self.orders.as_mut().map(|orders| orders.push(order)).transpose()
    }

    /// Says that the orders to come have nothing in common with those before.
    pub(crate) fn end_orders(&mut self) -> Result<(), StoreError> {
        self.orders.as_mut().map_or(Ok(()), OrdersWriter::end_group)
    }

    /// Adds a row of a block.
    pub(crate) fn push_in(
        &mut self,
        variant: Variant,
        origin: Option<String>,
        totals: Totals,
        payload: Vec<u8>,
        block: Option<u32>,
    ) -> Result<(), StoreError> {
        if self.table.is_full(&variant, self.bytes) {
            self.flush()?;
        }
        self.table.push(variant)?;
        self.bytes += payload.len() + origin.as_ref().map_or(0, String::len);
        self.origins.push(origin);
        self.payloads.push(payload);
        self.totals.push(totals);
        self.blocks.push(block);
        Ok(())
    }

    /// What an absent row means for each person of a batch of gVCFs; the batch has it from the first call.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn callability(&mut self) -> Result<&mut CallabilityWriter, StoreError> {
        let writer = match self.callability.take() {
            Some(writer) => writer,
            None => CallabilityWriter::create(self.staged.path())?,
        };
        Ok(self.callability.insert(writer))
    }

    /// Adds what supports the calls of a variant's carriers, if anything; sample columns must ascend.
    ///
    /// # Errors
    /// [`StoreError::Unsorted`] unless variants strictly ascend; otherwise when the disk refuses.
    pub fn push_evidence(
        &mut self,
        variant: Variant,
        carriers: &[(usize, Evidence)],
    ) -> Result<(), StoreError> {
        if carriers.is_empty() {
            return Ok(());
        }
        let writer = match self.evidence.take() {
            Some(writer) => writer,
            None => EvidenceWriter::create(self.staged.path())?,
        };
        self.evidence.insert(writer).push(variant, carriers)
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.bytes = 0;
        let numbers = |values: &mut dyn Iterator<Item = u32>| -> ArrayRef {
            Arc::new(UInt32Array::from_iter_values(values))
        };
        let totals = &self.totals;
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(self.origins.drain(..).collect::<StringArray>()),
            numbers(&mut totals.iter().map(|totals| totals.ac)),
            numbers(&mut totals.iter().map(|totals| totals.an)),
            numbers(&mut totals.iter().map(|totals| totals.hom)),
            Arc::new(BinaryArray::from_iter_values(self.payloads.drain(..))),
        ];
        self.totals.clear();
        let blocks: ArrayRef = Arc::new(self.blocks.drain(..).collect::<UInt32Array>());
        columns.extend(self.orders.is_some().then_some(blocks));
        self.table.flush(columns)
    }

    /// Ends the batch: everything is on disk, under its final name, when this returns.
    ///
    /// `samples` are registry keys in column order, `sources` digests of the submitted files.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(
        self,
        institution: InstitutionId,
        samples: Vec<i64>,
        sources: Vec<String>,
    ) -> Result<BatchSeal, StoreError> {
        self.finish_staged(institution, samples, sources)?.publish()
    }

    /// The same, but leaves it staged.
    pub(crate) fn finish_staged(
        mut self,
        institution: InstitutionId,
        samples: Vec<i64>,
        mut sources: Vec<String>,
    ) -> Result<StagedBatch, StoreError> {
        if !self.payloads.is_empty() {
            self.flush()?;
        }
        sources.sort();
        let table = self.table.finish()?;
        let orders = self.orders.map(OrdersWriter::finish).transpose()?;
        let manifest = BatchManifest {
            format: manifest::FORMAT_BATCH,
            tool: manifest::tool(),
            institution,
            samples,
            sources,
            rows: table.rows,
            bytes: table.bytes,
            sums: table.sums,
            orders: orders.map(|orders| manifest::Orders { lengths: orders.lengths, sums: orders.sums }),
            callability: self.callability.map(CallabilityWriter::finish).transpose()?,
            evidence: self.evidence.map(EvidenceWriter::finish).transpose()?,
        };
        let digest = manifest::write(self.staged.path(), &manifest)?;
        let id: BatchId =
            digest[..manifest::ID_DIGITS].parse().map_err(|e| StoreError::damaged(self.staged.path(), e))?;
        let seal = BatchSeal { id, digest, manifest };
        Ok(StagedBatch { store: self.store, staged: self.staged, seal })
    }
}
