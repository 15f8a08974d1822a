//! A batch: the genotypes one institution submitted in one act, never changed in place.

use crate::durable;
use crate::error::StoreError;
use crate::manifest::{self, BatchManifest};
use crate::table::{Rows, Table, TableWriter, variants};
use crate::{CountedSite, Store};
use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, BinaryArray, RecordBatch, StringArray};
use arrow_schema::{DataType, Field};
use gj_kernels::{Call, Classes, Histogram, decode, encode, tally};
use gj_model::{BatchId, InstitutionId, Region, SampleSet, Variant};
use rayon::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;

const TABLE: &str = "genotypes";
/// Rows decoded together; with a payload of at most half a byte a sample this bounds memory.
const CHUNK: usize = 1024;

/// Writes one batch into the staging folder; dropping it without [`BatchWriter::finish`] leaves nothing.
pub struct BatchWriter {
    store: Store,
    staged: Staged,
    table: TableWriter,
    origins: Vec<Option<String>>,
    payloads: Vec<Vec<u8>>,
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
    /// Begins a batch.
    ///
    /// # Errors
    /// When the staging folder cannot be written.
    pub fn new_batch(&self) -> Result<BatchWriter, StoreError> {
        let staged = Staged(durable::stage(&self.root)?);
        let columns =
            vec![Field::new("origin", DataType::Utf8, true), Field::new("payload", DataType::Binary, false)];
        let table = TableWriter::create(&staged.0, TABLE, columns)?;
        Ok(BatchWriter {
            store: self.clone(),
            staged,
            table,
            origins: Vec::new(),
            payloads: Vec::new(),
            bytes: 0,
        })
    }

    /// Opens a batch for reading.
    ///
    /// # Errors
    /// When a file is missing, damaged or newer than this program.
    pub fn batch(&self, id: &BatchId) -> Result<Batch, StoreError> {
        let dir = self.batch_dir(id);
        let (manifest, digest): (BatchManifest, String) = manifest::read(&dir, id.as_str())?;
        let table = Table::open(&dir, TABLE, &manifest.sums)?;
        Ok(Batch { id: id.clone(), manifest, digest, table })
    }

    /// Writes the batch again without the genotypes of `gone`; the old one stays until swept.
    ///
    /// Their columns read as absent, their registry keys as 0, and rows in which nobody else has a
    /// call record disappear.
    ///
    /// # Errors
    /// When the batch cannot be read or the new one written.
    pub fn erase(&self, batch: &Batch, gone: &SampleSet) -> Result<BatchSeal, StoreError> {
        let mut people = SampleSet::all(batch.samples());
        gone.iter().for_each(|index| people.remove(index));
        let mut writer = self.new_batch()?;
        let mut scan = batch.calls(None, &people)?;
        while let Some(rows) = scan.next_rows()? {
            let encoded: Vec<Option<Vec<u8>>> = rows
                .par_iter()
                .map(|row| row.calls.iter().any(|call| *call != Call::Absent).then(|| encode(&row.calls)))
                .collect();
            for (row, payload) in rows.into_iter().zip(encoded) {
                if let Some(payload) = payload {
                    writer.push(row.variant, row.origin, payload)?;
                }
            }
        }
        let mut samples = batch.manifest.samples.clone();
        gone.iter().for_each(|index| samples[index] = 0);
        writer.finish(batch.manifest.institution.clone(), samples, batch.manifest.sources.clone())
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
        if self.table.is_full(&variant, self.bytes) {
            self.flush()?;
        }
        self.table.push(variant)?;
        self.bytes += payload.len() + origin.as_ref().map_or(0, String::len);
        self.origins.push(origin);
        self.payloads.push(payload);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.bytes = 0;
        let origins: ArrayRef = Arc::new(StringArray::from(std::mem::take(&mut self.origins)));
        let payloads = std::mem::take(&mut self.payloads);
        let payloads: ArrayRef = Arc::new(BinaryArray::from_iter_values(payloads));
        self.table.flush(vec![origins, payloads])
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
        let manifest = BatchManifest {
            format: manifest::FORMAT,
            tool: manifest::tool(),
            institution,
            samples,
            sources,
            rows: table.rows,
            bytes: table.bytes,
            sums: table.sums,
        };
        let digest = manifest::write(&self.staged.0, &manifest)?;
        let id: BatchId =
            digest[..manifest::ID_DIGITS].parse().map_err(|e| StoreError::damaged(&self.staged.0, e))?;
        durable::publish(&self.staged.0, &self.store.batch_dir(&id))?;
        Ok(BatchSeal { id, digest, manifest })
    }
}

/// A batch open for reading.
#[derive(Debug, Clone)]
pub struct Batch {
    id: BatchId,
    manifest: BatchManifest,
    digest: String,
    table: Table,
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

    /// Checks every byte of the genotype table against its sums.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with the file and the place.
    pub fn check(&self) -> Result<(), StoreError> {
        self.table.check_all()
    }

    /// Counts per class of every row of a region (or of all), in ascending order.
    ///
    /// # Errors
    /// [`StoreError::WrongPeople`] when `classes` is for another batch.
    pub fn counts<'a>(
        &self,
        region: Option<&Region>,
        classes: &'a Classes,
    ) -> Result<CountScan<'a>, StoreError> {
        self.check_people(classes.samples())?;
        Ok(CountScan { rows: self.table.read(region, CHUNK)?, classes })
    }

    /// Calls of `people` in every row of a region (or of all), in ascending order.
    ///
    /// # Errors
    /// [`StoreError::WrongPeople`] when `people` is for another batch.
    pub fn calls<'a>(&self, region: Option<&Region>, people: &'a SampleSet) -> Result<Scan<'a>, StoreError> {
        self.check_people(people.len())?;
        // Decoded calls take one byte each: keep a chunk near 64 MiB.
        let chunk = ((64 << 20) / people.len().max(1)).clamp(1, CHUNK);
        Ok(Scan { rows: self.table.read(region, chunk)?, people })
    }

    fn check_people(&self, given: usize) -> Result<(), StoreError> {
        let batch = self.samples();
        if given == batch { Ok(()) } else { Err(StoreError::WrongPeople { given, batch }) }
    }
}

fn payloads(batch: &RecordBatch) -> &BinaryArray {
    batch.column(5).as_binary::<i32>()
}

/// Rows as counts per class.
pub struct CountScan<'a> {
    rows: Rows,
    classes: &'a Classes,
}

impl CountScan<'_> {
    /// The next rows; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn next_rows(&mut self) -> Result<Option<Vec<CountedSite>>, StoreError> {
        let Some(batch) = self.rows.next()? else { return Ok(None) };
        let payloads = payloads(&batch);
        let path = self.rows.path();
        let count = |(row, variant): (usize, Variant)| {
            let mut histogram = Histogram::new(self.classes);
            tally(payloads.value(row), self.classes, &mut histogram)
                .map_err(|e| StoreError::damaged(path, e))?;
            let zone = variant.contig.zone(variant.position.get());
            Ok((variant, self.classes.counts(&histogram, zone)))
        };
        let variants = variants(&batch, path)?;
        variants.into_par_iter().enumerate().map(count).collect::<Result<Vec<_>, _>>().map(Some)
    }
}

/// Rows as calls of the people asked for.
pub struct Scan<'a> {
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
        let payloads = payloads(&batch);
        let origins = batch.column(4).as_string::<i32>();
        let path = self.rows.path();
        let row = |(row, variant): (usize, Variant)| {
            let mut calls = Vec::new();
            decode(payloads.value(row), self.people, &mut calls).map_err(|e| StoreError::damaged(path, e))?;
            let origin = (!arrow_array::Array::is_null(origins, row)).then(|| origins.value(row).to_owned());
            Ok(CallRow { variant, origin, calls })
        };
        let variants = variants(&batch, path)?;
        variants.into_par_iter().enumerate().map(row).collect::<Result<Vec<_>, _>>().map(Some)
    }
}
