//! Rows in ascending order, as counts per class or as calls.

use super::{Batch, Genotypes, PAYLOAD};
use crate::CountedSite;
use crate::error::StoreError;
use crate::table::{Rows, variants};
use arrow_array::Array;
use arrow_array::cast::AsArray;
use gj_kernels::{Call, Classes, CountedOrder, Histogram, Order, Scratch, decode, tally};
use gj_model::{Region, SampleSet, Variant};
use rayon::prelude::*;
use std::collections::btree_map::{BTreeMap, Entry};
use std::path::Path;
use std::sync::Arc;

/// Rows decoded together; with a payload of at most half a byte a sample this bounds memory.
const CHUNK: usize = 1024;

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
        Ok(CountScan {
            batch: self,
            rows: self.table.read(region, CHUNK, &PAYLOAD)?,
            classes,
            orders: BTreeMap::new(),
        })
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
        // Decoded calls take one byte each: keep a chunk where the cache holds it until it is written out.
        let chunk = ((2 << 20) / people.len().max(1)).clamp(1, CHUNK);
        Ok(Scan {
            batch: self,
            rows: self.table.read(region, chunk, &["origin", "payload", "block"])?,
            people,
        })
    }

    /// The orders that the rows of a record batch need, by block.
    fn orders_of(&self, genotypes: &Genotypes, rows: usize) -> Result<BTreeMap<u32, Arc<Order>>, StoreError> {
        let mut found = BTreeMap::new();
        let Some(orders) = &self.orders else { return Ok(found) };
        for block in (0..rows).filter_map(|row| genotypes.block(row)) {
            if let Entry::Vacant(place) = found.entry(block) {
                place.insert(orders.get(block)?);
            }
        }
        Ok(found)
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
        let Some(part) = self.rows.next()? else { return Ok(None) };
        let genotypes = Genotypes::of(&part);
        let path = self.rows.path();
        let orders = self.batch.orders_of(&genotypes, part.len())?;
        self.orders.retain(|block, _| orders.contains_key(block));
        for (block, order) in orders {
            if !self.orders.contains_key(&block) {
                let counted = CountedOrder::new(order, self.classes);
                let counted =
                    counted.ok_or_else(|| StoreError::damaged(path, "an order is of other samples"))?;
                self.orders.insert(block, counted);
            }
        }
        let count = |scratch: &mut Scratch, (row, variant): (usize, Variant)| {
            let mut histogram = Histogram::new(self.classes);
            let order = genotypes.block(row).and_then(|block| self.orders.get(&block));
            tally(genotypes.payload(row), order, self.classes, scratch, &mut histogram)
                .map_err(|e| StoreError::damaged(path, e))?;
            let zone = variant.contig.zone(variant.position.get());
            Ok((variant, self.classes.counts(&histogram, zone)))
        };
        in_parallel(variants(&part, path)?, count)
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
        let Some(part) = self.rows.next()? else { return Ok(None) };
        let genotypes = Genotypes::of(&part);
        let origins = part.others()[0].as_string::<i32>();
        let path: &Path = self.rows.path();
        let orders = self.batch.orders_of(&genotypes, part.len())?;
        let row = |scratch: &mut Scratch, (row, variant): (usize, Variant)| {
            let mut calls = Vec::new();
            let order = genotypes.block(row).and_then(|block| orders.get(&block)).map(Arc::as_ref);
            decode(genotypes.payload(row), order, self.people, scratch, &mut calls)
                .map_err(|e| StoreError::damaged(path, e))?;
            let origin = (!origins.is_null(row)).then(|| origins.value(row).to_owned());
            Ok(CallRow { variant, origin, calls })
        };
        in_parallel(variants(&part, path)?, row)
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
