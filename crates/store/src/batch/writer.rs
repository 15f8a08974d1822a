//! Writing a batch into the staging folder; it counts only once it is published whole.

use crate::Store;
use crate::callability::CallabilityWriter;
use crate::durable;
use crate::error::StoreError;
use crate::evidence::{Evidence, EvidenceWriter};
use crate::manifest::{self, BatchManifest};
use crate::orders::OrdersWriter;
use crate::table::TableWriter;
use arrow_array::{ArrayRef, BinaryArray, StringArray, UInt32Array};
use arrow_schema::{DataType, Field};
use gj_model::{BatchId, InstitutionId, Variant};
use std::path::PathBuf;
use std::sync::Arc;

/// Writes one batch; dropping it without [`BatchWriter::finish`] leaves nothing.
pub struct BatchWriter {
    store: Store,
    staged: Staged,
    table: TableWriter,
    origins: Vec<Option<String>>,
    payloads: Vec<Vec<u8>>,
    blocks: Vec<Option<u32>>,
    orders: Option<OrdersWriter>,
    callability: Option<CallabilityWriter>,
    evidence: Option<EvidenceWriter>,
    bytes: usize,
}

/// A staged folder that removes itself unless it was published.
struct Staged(PathBuf);

impl Drop for Staged {
    fn drop(&mut self) {
        // A folder that stays behind is swept at the next start.
        let _ = std::fs::remove_dir_all(&self.0);
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
    /// Begins a batch of level 0, whose rows stand alone.
    ///
    /// # Errors
    /// When the staging folder cannot be written.
    pub fn new_batch(&self) -> Result<BatchWriter, StoreError> {
        let staged = Staged(durable::stage(&self.root)?);
        self.begin_batch(staged, None)
    }

    /// Begins a batch of level 1, whose rows may need the order of their block.
    pub(crate) fn new_sorted_batch(&self) -> Result<BatchWriter, StoreError> {
        let staged = Staged(durable::stage(&self.root)?);
        let orders = OrdersWriter::create(&staged.0)?;
        self.begin_batch(staged, Some(orders))
    }

    fn begin_batch(&self, staged: Staged, orders: Option<OrdersWriter>) -> Result<BatchWriter, StoreError> {
        let mut columns =
            vec![Field::new("origin", DataType::Utf8, true), Field::new("payload", DataType::Binary, false)];
        columns.extend(orders.is_some().then(|| Field::new("block", DataType::UInt32, true)));
        let table = TableWriter::create(&staged.0, super::TABLE, columns)?;
        let store = self.clone();
        let (origins, payloads, blocks) = (Vec::new(), Vec::new(), Vec::new());
        let (callability, evidence) = (None, None);
        Ok(BatchWriter {
            store,
            staged,
            table,
            origins,
            payloads,
            blocks,
            orders,
            callability,
            evidence,
            bytes: 0,
        })
    }
}

impl BatchWriter {
    /// Adds a row: a payload from [`gj_kernels::encode`] over the batch's samples.
    ///
    /// # Errors
    /// [`StoreError::Unsorted`] unless variants strictly ascend; otherwise when the disk refuses.
    pub fn push(
        &mut self,
        variant: Variant,
        origin: Option<String>,
        payload: Vec<u8>,
    ) -> Result<(), StoreError> {
        self.push_in(variant, origin, payload, None)
    }

    /// Adds the order of the rows to come; returns the number of its block.
    pub(crate) fn push_order(&mut self, order: &[u8]) -> Result<Option<u32>, StoreError> {
        self.orders.as_mut().map(|orders| orders.push(order)).transpose()
    }

    /// Adds a row of a block.
    pub(crate) fn push_in(
        &mut self,
        variant: Variant,
        origin: Option<String>,
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
            None => CallabilityWriter::create(&self.staged.0)?,
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
            None => EvidenceWriter::create(&self.staged.0)?,
        };
        self.evidence.insert(writer).push(variant, carriers)
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.bytes = 0;
        let origins: ArrayRef = Arc::new(StringArray::from(std::mem::take(&mut self.origins)));
        let payloads = std::mem::take(&mut self.payloads);
        let payloads: ArrayRef = Arc::new(BinaryArray::from_iter_values(payloads));
        let blocks: ArrayRef = Arc::new(UInt32Array::from(std::mem::take(&mut self.blocks)));
        let mut columns = vec![origins, payloads];
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
        mut self,
        institution: InstitutionId,
        samples: Vec<i64>,
        mut sources: Vec<String>,
    ) -> Result<BatchSeal, StoreError> {
        if !self.payloads.is_empty() {
            self.flush()?;
        }
        sources.sort();
        let table = self.table.finish()?;
        let orders = self.orders.map(OrdersWriter::finish).transpose()?;
        let manifest = BatchManifest {
            format: if orders.is_some() { manifest::FORMAT_SORTED } else { manifest::FORMAT },
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
        let digest = manifest::write(&self.staged.0, &manifest)?;
        let id: BatchId =
            digest[..manifest::ID_DIGITS].parse().map_err(|e| StoreError::damaged(&self.staged.0, e))?;
        durable::publish(&self.staged.0, &self.store.batch_dir(&id))?;
        Ok(BatchSeal { id, digest, manifest })
    }
}
