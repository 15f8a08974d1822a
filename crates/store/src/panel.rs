//! Writing a counted panel: for every site the counts of every release class.

use crate::Store;
use crate::counted::{self, OfCounts, Panel};
use crate::durable;
use crate::error::StoreError;
use crate::manifest::{self, PanelManifest};
use crate::merge::Merge;
use gj_model::PanelId;

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
        let table = merge.sites(None)?.write(staged.path(), PanelManifest::TABLE)?;
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
        counted::open(&self.panel_dir(id), id.as_str())
    }
}
