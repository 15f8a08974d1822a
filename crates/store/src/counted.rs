//! A stored table of counts, open for reading: a panel or a census. Holds no genotype.

use crate::CountedSite;
use crate::counts::{CountRows, CountsTable, baseline, variant_of};
use crate::error::StoreError;
use crate::manifest::{self, CensusManifest, PanelManifest};
use crate::table::{Grain, Table};
use gj_model::{Counts, Region, ReleaseClass, Variant};
use serde::de::DeserializeOwned;
use std::path::Path;
use std::sync::Arc;

/// Rows read at a time.
const CHUNK: usize = 1024;

/// A counted panel, open for reading.
pub type Panel = Counted<PanelManifest>;

/// The counts of one batch, open for reading.
pub type Census = Counted<CensusManifest>;

/// Counts of every class at every site, with the manifest that says what was counted.
#[derive(Debug, Clone)]
pub struct Counted<M> {
    manifest: M,
    digest: String,
    counts: CountsTable,
    classes: Arc<[ReleaseClass]>,
    people: Arc<[u32]>,
}

/// What a manifest of counts says of its table.
pub(crate) trait OfCounts: DeserializeOwned {
    /// Name of the table, without suffix.
    const TABLE: &'static str;
    /// The newest format this program reads.
    const NEWEST: u32;

    /// How the table of a format is cut.
    fn grain(format: u32) -> Grain;

    /// Format version, digest of the sums, classes, and the people in each.
    fn table(&self) -> (u32, &str, &[ReleaseClass], &[u32]);
}

impl OfCounts for PanelManifest {
    const TABLE: &'static str = "panel";
    const NEWEST: u32 = manifest::PANEL_FINE;

    fn grain(format: u32) -> Grain {
        if format < manifest::PANEL_FINE { Grain::Coarse } else { Grain::Fine }
    }

    fn table(&self) -> (u32, &str, &[ReleaseClass], &[u32]) {
        (self.format, &self.sums, &self.classes, &self.people)
    }
}

impl OfCounts for CensusManifest {
    const TABLE: &'static str = "census";
    const NEWEST: u32 = manifest::CENSUS_ROWS;

    fn grain(_: u32) -> Grain {
        Grain::Coarse
    }

    fn table(&self) -> (u32, &str, &[ReleaseClass], &[u32]) {
        (self.format, &self.sums, &self.classes, &self.people)
    }
}

/// Opens the folder of that id.
pub(crate) fn open<M: OfCounts>(dir: &Path, id: &str) -> Result<Counted<M>, StoreError> {
    let (manifest, digest): (M, String) = manifest::read(dir, id, M::NEWEST)?;
    let (format, sums, classes, people) = manifest.table();
    let table = Table::open_of(dir, M::TABLE, sums, M::grain(format))?;
    let (classes, people): (Arc<[_]>, Arc<[_]>) = (classes.into(), people.into());
    let counts = CountsTable::new(table, format, baseline(&classes, &people));
    Ok(Counted { manifest, digest, counts, classes, people })
}

impl<M> Counted<M> {
    /// Its manifest.
    pub fn manifest(&self) -> &M {
        &self.manifest
    }

    /// Its classes, in the order of counts.
    pub fn classes(&self) -> Arc<[ReleaseClass]> {
        self.classes.clone()
    }

    /// People in each class.
    pub fn people(&self) -> Arc<[u32]> {
        self.people.clone()
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

    /// The counts of one variant in every class; `None` when it is not listed.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn site(&self, variant: &Variant) -> Result<Option<Vec<Counts>>, StoreError> {
        self.counts.site(variant)
    }

    /// Whether [`Counted::site`] would read nothing from the disk.
    pub fn is_at_hand(&self, variant: &Variant) -> bool {
        self.counts.is_at_hand(variant)
    }

    /// The sites whose position lies in a region (or all), chunk by chunk, ascending.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn rows(&self, region: Option<&Region>) -> Result<PanelRows, StoreError> {
        Ok(PanelRows { rows: self.counts.read_cells(region, CHUNK)?, classes: self.counts.classes() })
    }
}

/// Rows of a panel or census.
pub struct PanelRows {
    rows: CountRows,
    classes: usize,
}

impl PanelRows {
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
