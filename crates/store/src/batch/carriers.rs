//! Looking one variant up: who carries it. Pages of rows stay decoded, as far as they fit.

use super::{Batch, Genotypes, PAYLOAD};
use crate::error::StoreError;
use crate::table::{Page, SiteColumns};
use gj_kernels::{Call, Scratch, carriers};
use gj_model::{SampleSet, Variant};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of decoded pages kept of a batch.
const KEPT_BYTES_MAX: usize = 64 << 20;

/// Decoded pages of a batch.
#[derive(Debug, Default)]
pub(super) struct Pages {
    kept: Mutex<Kept>,
    /// Scratch of lookups that have ended.
    scratch: Mutex<Vec<Scratch>>,
}

#[derive(Debug, Default)]
struct Kept {
    pages: HashMap<Page, Arc<Decoded>>,
    bytes: usize,
}

struct Decoded {
    sites: SiteColumns,
    genotypes: Genotypes,
}

impl std::fmt::Debug for Decoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} rows", self.sites.len())
    }
}

impl Batch {
    /// The samples of `people` that carry a variant, each with its call, in no particular order; `None`
    /// when the batch has no row of it.
    ///
    /// # Errors
    /// [`StoreError::WrongPeople`] when `people` is for another batch; [`StoreError::Damaged`].
    pub fn carriers(
        &self,
        variant: &Variant,
        people: &SampleSet,
    ) -> Result<Option<Vec<(u32, Call)>>, StoreError> {
        self.check_people(people.len())?;
        for page in self.table.pages_at(variant.contig, variant.position) {
            let rows = self.decoded(page)?;
            let Some(row) = rows.sites.find(variant) else { continue };
            let order = match (rows.genotypes.block(row), &self.orders) {
                (Some(block), Some(orders)) if gj_kernels::row::needs_order(rows.genotypes.payload(row)) => {
                    Some(orders.get(block)?)
                }
                _ => None,
            };
            let spare = || self.pages.scratch.lock().unwrap_or_else(PoisonError::into_inner);
            let mut scratch = spare().pop().unwrap_or_default();
            let mut found = Vec::new();
            let read =
                carriers(rows.genotypes.payload(row), order.as_deref(), people, &mut scratch, &mut found);
            spare().push(scratch);
            read.map_err(|e| StoreError::damaged(self.table.path(), e))?;
            return Ok(Some(found));
        }
        Ok(None)
    }

    fn decoded(&self, page: Page) -> Result<Arc<Decoded>, StoreError> {
        // A poisoned cache is still a cache: entries are inserted whole.
        let kept = || self.pages.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rows) = kept().pages.get(&page) {
            return Ok(rows.clone());
        }
        let part = self.table.page(page, &PAYLOAD)?;
        let bytes = part.bytes();
        let rows = Arc::new(Decoded { sites: part.sites(), genotypes: Genotypes::of(&part) });
        let mut kept = kept();
        if kept.bytes + bytes > KEPT_BYTES_MAX {
            *kept = Kept::default();
        }
        kept.bytes += bytes;
        kept.pages.insert(page, rows.clone());
        Ok(rows)
    }
}
