//! Looking one site of a table of counts up. Pages of rows stay decoded for a while, over all tables of the
//! process: bounded, whatever the number of tables.

use super::{CountsTable, place, zone_of};
use crate::error::StoreError;
use crate::manifest;
use crate::table::{Grain, Page, SiteColumns};
use arrow_array::cast::AsArray;
use arrow_array::{Array, BinaryArray};
use gj_kernels::read_cells;
use gj_model::{Counts, Region, Variant};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Bytes of decoded pages kept at most.
const KEPT_BYTES_MAX: usize = 128 << 20;

static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);

/// A page of an opened file.
type Key = (u64, Page);

#[derive(Default)]
struct Kept {
    pages: HashMap<Key, Arc<Decoded>>,
    /// In the order of arrival; the first one goes first.
    order: VecDeque<Key>,
    bytes: usize,
}

struct Decoded {
    sites: SiteColumns,
    cells: BinaryArray,
    bytes: usize,
}

impl CountsTable {
    /// The counts of one site in every class.
    pub(crate) fn site(&self, variant: &Variant) -> Result<Option<Vec<Counts>>, StoreError> {
        if self.format == manifest::PANEL_LISTS {
            return self.site_of_lists(variant);
        }
        let path = self.table.path();
        for page in self.table.pages_at(variant.contig, variant.position) {
            let page = self.decoded(page)?;
            let Some(row) = page.sites.find(variant) else { continue };
            let mut counts = vec![Counts::default(); self.classes()];
            let baseline = self.baseline.of(zone_of(place(variant.contig, variant.position.get())));
            let read = read_cells(page.cells.value(row), baseline, |class, own| counts[class] = own);
            return read.map(|()| Some(counts)).map_err(|e| StoreError::damaged(path, e));
        }
        Ok(None)
    }

    /// Whether a lookup would find everything in memory.
    pub(crate) fn is_at_hand(&self, variant: &Variant) -> bool {
        let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let number = self.table.file.number();
        let mut pages = self.table.pages_at(variant.contig, variant.position).into_iter();
        self.format != manifest::PANEL_LISTS && pages.all(|page| kept.pages.contains_key(&(number, page)))
    }

    /// The same in the older format, which is rare enough to be slow.
    fn site_of_lists(&self, variant: &Variant) -> Result<Option<Vec<Counts>>, StoreError> {
        let there = Region { contig: variant.contig, start: variant.position, end: variant.position };
        let wanted = (variant.reference.as_str(), variant.alternate.as_str());
        let mut rows = self.read(Some(&there), 64)?;
        while let Some(chunk) = rows.next_chunk()? {
            let Some(row) = (0..chunk.places.len()).find(|row| chunk.alleles(*row) == wanted) else {
                continue;
            };
            let mut counts = vec![Counts::default(); self.classes()];
            let read = chunk.each(row, |class, own| counts[class] = own);
            return read.map(|()| Some(counts)).map_err(|e| StoreError::damaged(self.table.path(), e));
        }
        Ok(None)
    }

    fn decoded(&self, page: Page) -> Result<Arc<Decoded>, StoreError> {
        // A poisoned cache is still a cache: entries are inserted whole.
        let kept = || KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (self.table.file.number(), page);
        if let Some(page) = kept().pages.get(&key) {
            return Ok(page.clone());
        }
        let decoded = Arc::new(match self.table.grain {
            Grain::Fine => self.single(page)?,
            Grain::Coarse => self.of_column_reader(page)?,
        });
        kept().put(key, decoded.clone());
        Ok(decoded)
    }

    fn single(&self, page: Page) -> Result<Decoded, StoreError> {
        let (sites, cells) = self.table.single(page, "cells")?;
        let bytes = sites.bytes() + cells.get_array_memory_size();
        Ok(Decoded { sites, cells, bytes })
    }

    fn of_column_reader(&self, page: Page) -> Result<Decoded, StoreError> {
        let part = self.table.page(page, &["cells"])?;
        let cells = part.column("cells").and_then(|column| column.as_binary_opt::<i32>());
        let cells = cells.ok_or_else(|| StoreError::damaged(self.table.path(), "it has no cells"))?.clone();
        Ok(Decoded { sites: part.sites(), cells, bytes: part.bytes() })
    }
}

impl Kept {
    fn put(&mut self, key: Key, page: Arc<Decoded>) {
        self.bytes += page.bytes;
        if let Some(before) = self.pages.insert(key, page) {
            // Two looked at once: its place in the order stays.
            self.bytes -= before.bytes;
            return;
        }
        self.order.push_back(key);
        while self.bytes > KEPT_BYTES_MAX {
            let Some(oldest) = self.order.pop_front() else { return };
            if let Some(gone) = self.pages.remove(&oldest) {
                self.bytes -= gone.bytes;
            }
        }
    }
}
