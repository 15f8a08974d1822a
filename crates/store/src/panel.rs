//! A counted panel: for every site the counts of every release class. Holds no genotype.

use crate::batch::Batch;
use crate::census::Counting;
use crate::durable;
use crate::error::StoreError;
use crate::manifest::{self, PanelManifest};
use crate::table::{Table, TableWriter, variants};
use crate::{CountedSite, Store};
use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{ArrayRef, FixedSizeListArray, RecordBatch, UInt32Array};
use arrow_schema::{DataType, Field};
use gj_kernels::Classes;
use gj_model::{Counts, PanelId, Region, ReleaseClass};
use std::path::Path;
use std::sync::Arc;

const TABLE: &str = "panel";
const CHUNK: usize = 1024;
/// Compression of panels.
const ZSTD_LEVEL: i32 = 3;
const MEASURES: [&str; 5] = ["ac", "an", "hom", "hemi", "people"];

/// A finished panel: durable on disk, not yet named by the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelSeal {
    /// Its id: the start of `digest`.
    pub id: PanelId,
    /// BLAKE3 digest of its manifest.
    pub digest: String,
    /// Its manifest.
    pub manifest: PanelManifest,
}

/// A panel open for reading.
#[derive(Debug, Clone)]
pub struct Panel {
    manifest: PanelManifest,
    digest: String,
    table: Table,
}

impl Store {
    /// Counts batches into a panel. The same people and genotypes give the same bytes, whatever the
    /// batches they came in, as long as `classes` are given in ascending order.
    ///
    /// # Errors
    /// When a batch is damaged or the disk refuses.
    pub fn count_panel(
        &self,
        batches: &[(Batch, Classes)],
        classes: Vec<ReleaseClass>,
        people: Vec<u32>,
    ) -> Result<PanelSeal, StoreError> {
        let staged = durable::stage(&self.root)?;
        let result = self.count_into(&staged, batches, classes, people);
        if result.is_err() {
            // What stays behind is swept at the next start.
            let _ = std::fs::remove_dir_all(&staged);
        }
        result
    }

    fn count_into(
        &self,
        staged: &Path,
        batches: &[(Batch, Classes)],
        classes: Vec<ReleaseClass>,
        people: Vec<u32>,
    ) -> Result<PanelSeal, StoreError> {
        let size = classes.len() as i32;
        let item = || Arc::new(Field::new("item", DataType::UInt32, false));
        let column = |name: &str| Field::new(name, DataType::FixedSizeList(item(), size), false);
        let mut table = TableWriter::create(staged, TABLE, MEASURES.map(column).to_vec(), ZSTD_LEVEL)?;
        let mut values: [Vec<u32>; 5] = Default::default();
        let flush = |table: &mut TableWriter, values: &mut [Vec<u32>; 5]| {
            let lists = values.each_mut().map(|column| {
                let flat = Arc::new(UInt32Array::from(std::mem::take(column)));
                Arc::new(FixedSizeListArray::new(item(), size, flat, None)) as ArrayRef
            });
            table.flush(lists.to_vec())
        };
        let mut counting = Counting::new(batches, None)?;
        while let Some((variant, counts)) = counting.next_site()? {
            if table.is_full(&variant, values[0].len() * 20) {
                flush(&mut table, &mut values)?;
            }
            table.push(variant)?;
            for c in counts {
                for (column, value) in values.iter_mut().zip([c.ac, c.an, c.hom, c.hemi, c.people]) {
                    column.push(value);
                }
            }
        }
        if !values[0].is_empty() {
            flush(&mut table, &mut values)?;
        }
        let table = table.finish()?;
        let manifest = PanelManifest {
            format: manifest::FORMAT_PANEL,
            tool: manifest::tool(),
            classes,
            people,
            rows: table.rows,
            bytes: table.bytes,
            sums: table.sums,
        };
        let digest = manifest::write(staged, &manifest)?;
        let id: PanelId =
            digest[..manifest::ID_DIGITS].parse().map_err(|e| StoreError::damaged(staged, e))?;
        durable::publish(staged, &self.panel_dir(&id))?;
        Ok(PanelSeal { id, digest, manifest })
    }

    /// Opens a panel for reading.
    ///
    /// # Errors
    /// When a file is missing, damaged or newer than this program.
    pub fn panel(&self, id: &PanelId) -> Result<Panel, StoreError> {
        let dir = self.panel_dir(id);
        let (manifest, digest) = manifest::read(&dir, id.as_str())?;
        let manifest: PanelManifest = manifest;
        let table = Table::open(&dir, TABLE, &manifest.sums)?;
        Ok(Panel { manifest, digest, table })
    }
}

impl Panel {
    /// Its manifest.
    pub fn manifest(&self) -> &PanelManifest {
        &self.manifest
    }

    /// Digest of its manifest.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Checks every byte of the table against its sums.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with the file and the place.
    pub fn check(&self) -> Result<(), StoreError> {
        self.table.check_all()
    }

    /// The sites whose position lies in a region (or all), chunk by chunk, ascending.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn rows(&self, region: Option<&Region>) -> Result<PanelRows, StoreError> {
        Ok(PanelRows {
            rows: self.table.read(region, CHUNK, &MEASURES)?,
            classes: self.manifest.classes.len(),
        })
    }
}

/// Rows of a panel.
pub struct PanelRows {
    rows: crate::table::Rows,
    classes: usize,
}

impl PanelRows {
    /// The next rows; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn next_rows(&mut self) -> Result<Option<Vec<CountedSite>>, StoreError> {
        let Some(batch) = self.rows.next()? else { return Ok(None) };
        let variants = variants(&batch, self.rows.path())?;
        let columns = [4, 5, 6, 7, 8].map(|index| flat(&batch, index));
        let count = |at: usize| Counts {
            ac: columns[0].value(at),
            an: columns[1].value(at),
            hom: columns[2].value(at),
            hemi: columns[3].value(at),
            people: columns[4].value(at),
        };
        let of_row = |row: usize| (row * self.classes..(row + 1) * self.classes).map(count).collect();
        Ok(Some(variants.into_iter().enumerate().map(|(row, variant)| (variant, of_row(row))).collect()))
    }
}

fn flat(batch: &RecordBatch, index: usize) -> UInt32Array {
    batch.column(index).as_fixed_size_list().values().as_primitive::<UInt32Type>().clone()
}
