//! A counted panel: for every site the counts of every release class. Holds no genotype.

use crate::counts::{CountRows, CountsTable, baseline, variant_of};
use crate::durable;
use crate::error::StoreError;
use crate::manifest::{self, PanelManifest};
use crate::merge::Merge;
use crate::table::Table;
use crate::{CountedSite, Store};
use gj_model::{Counts, PanelId, Region};

const TABLE: &str = "panel";
/// Rows read at a time.
const CHUNK: usize = 1024;

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
    counts: CountsTable,
}

impl Store {
    /// Writes a sum as a panel. The same people and genotypes give the same bytes, whatever the sum is
    /// made of, as long as its classes ascend.
    ///
    /// # Errors
    /// When a source is damaged or the disk refuses.
    pub fn merge_panel(&self, merge: &Merge) -> Result<PanelSeal, StoreError> {
        let staged = durable::stage(&self.root)?;
        let table = merge.sites(None)?.write(staged.path(), TABLE)?;
        let manifest = PanelManifest {
            format: manifest::PANEL_CELLS,
            tool: manifest::tool(),
            classes: merge.classes.clone(),
            people: merge.people.clone(),
            rows: table.rows,
            bytes: table.bytes,
            sums: table.sums,
        };
        let digest = manifest::write(staged.path(), &manifest)?;
        let id: PanelId =
            digest[..manifest::ID_DIGITS].parse().map_err(|e| StoreError::damaged(staged.path(), e))?;
        staged.publish(&self.panel_dir(&id))?;
        Ok(PanelSeal { id, digest, manifest })
    }

    /// Opens a panel for reading.
    ///
    /// # Errors
    /// When a file is missing, damaged or newer than this program.
    pub fn panel(&self, id: &PanelId) -> Result<Panel, StoreError> {
        let dir = self.panel_dir(id);
        let (manifest, digest) = manifest::read(&dir, id.as_str(), manifest::PANEL_CELLS)?;
        let manifest: PanelManifest = manifest;
        let table = Table::open(&dir, TABLE, &manifest.sums)?;
        let counts = CountsTable::new(table, manifest.format, baseline(&manifest.classes, &manifest.people));
        Ok(Panel { manifest, digest, counts })
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

    pub(crate) fn counts(&self) -> &CountsTable {
        &self.counts
    }

    /// Checks every byte of the table against its sums.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with the file and the place.
    pub fn check(&self) -> Result<(), StoreError> {
        self.counts.check_all()
    }

    /// The sites whose position lies in a region (or all), chunk by chunk, ascending.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn rows(&self, region: Option<&Region>) -> Result<PanelRows, StoreError> {
        PanelRows::new(&self.counts, self.manifest.classes.len(), region)
    }
}

/// Rows of a panel or census.
pub struct PanelRows {
    rows: CountRows,
    classes: usize,
}

impl PanelRows {
    pub(crate) fn new(
        counts: &CountsTable,
        classes: usize,
        region: Option<&Region>,
    ) -> Result<PanelRows, StoreError> {
        Ok(PanelRows { rows: counts.read(region, CHUNK)?, classes })
    }

    /// The next rows; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn next_rows(&mut self) -> Result<Option<Vec<CountedSite>>, StoreError> {
        let Some(chunk) = self.rows.next_chunk()? else { return Ok(None) };
        let path = self.rows.path();
        let site = |(row, place): (usize, &u64)| {
            let mut counts = vec![Counts::default(); self.classes];
            chunk.each(row, |class, own| counts[class] = own).map_err(|e| StoreError::damaged(path, e))?;
            let (reference, alternate) = chunk.alleles(row);
            let variant = variant_of(*place, reference, alternate);
            Ok((variant.ok_or_else(|| StoreError::damaged(path, "a position is 0"))?, counts))
        };
        chunk.places.iter().enumerate().map(site).collect::<Result<Vec<_>, _>>().map(Some)
    }
}
