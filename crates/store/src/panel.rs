//! Writing a counted panel: for every site the counts of every release class.

use crate::counted::{self, OfCounts, Panel};
use crate::counts::{CountsWriter, baseline, place};
use crate::durable::{self, Staged};
use crate::error::StoreError;
use crate::manifest::{self, PanelManifest};
use crate::merge::Merge;
use crate::table::TableSeal;
use crate::{CountedSite, Store};
use gj_model::{PanelId, ReleaseClass};
use std::sync::Arc;

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

impl Store {
    /// Writes a sum as a panel. The same people and genotypes give the same bytes, whatever the sum is
    /// made of, as long as its classes ascend.
    ///
    /// # Errors
    /// When a source is damaged or the disk refuses.
    pub fn merge_panel(&self, merge: &Merge) -> Result<PanelSeal, StoreError> {
        let staged = durable::stage(&self.root)?;
        let table = merge.sites(None)?.write::<PanelManifest>(staged.path())?;
        self.seal_panel(staged, table, merge.classes.clone(), merge.people.clone())
    }

    /// Writes sites that were counted elsewhere as a panel; they must ascend, with one entry a class.
    ///
    /// # Errors
    /// [`StoreError::Unsorted`]; when the disk refuses.
    pub fn write_panel(
        &self,
        classes: Vec<ReleaseClass>,
        people: Vec<u32>,
        sites: impl Iterator<Item = CountedSite>,
    ) -> Result<PanelSeal, StoreError> {
        let staged = durable::stage(&self.root)?;
        let baseline = Arc::new(baseline(&classes, &people));
        let mut table = CountsWriter::create::<PanelManifest>(staged.path(), baseline)?;
        for (variant, counts) in sites {
            let at = place(variant.contig, variant.position.get());
            table.push(at, (&variant.reference, &variant.alternate), &counts)?;
        }
        self.seal_panel(staged, table.finish()?, classes, people)
    }

    fn seal_panel(
        &self,
        staged: Staged,
        table: TableSeal,
        classes: Vec<ReleaseClass>,
        people: Vec<u32>,
    ) -> Result<PanelSeal, StoreError> {
        let manifest = PanelManifest {
            format: PanelManifest::NEWEST,
            tool: manifest::tool(),
            classes,
            people,
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
        counted::open(&self.panel_dir(id), id.as_str())
    }
}
