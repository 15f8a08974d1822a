//! Immutable genotype batches and counted panels on disk.
//!
//! Level 2. Only `gate` and `ingest` may depend on this crate; nothing above can name it. There is
//! no scan without a [`gj_model::SampleSet`] or [`gj_kernels::Classes`], and masked people are masked
//! where their genotype is decoded. No file handle, path or payload leaves the crate.
//!
//! ```text
//! DIR/batches/<id>/   manifest.json  genotypes.parquet  genotypes.sums  [orders.bin  orders.sums]
//!                     [callability.parquet  callability.sums]  [evidence.parquet  evidence.sums]
//! DIR/panels/<id>/    manifest.json  panel.parquet      panel.sums
//! DIR/staging/        what is being written; swept at the next start
//! ```
//!
//! A directory is written in `staging`, synced, then renamed into place. It counts only once the
//! registry names its id and manifest digest, so a crash leaves at most an unreferenced directory.
//! Every 64 KiB of a data file has its own digest, checked on each read.

pub mod batch;
pub mod callability;
mod census;
mod durable;
mod error;
pub mod evidence;
mod manifest;
mod orders;
pub mod panel;
mod rewrite;
mod scratch;
mod sums;
mod table;

pub use batch::{Batch, BatchSeal, BatchWriter, CallRow, CountScan, Scan};
pub use callability::{CallabilityWriter, States, Track};
pub use census::Counting;
pub use error::StoreError;
pub use evidence::{Evidence, EvidenceRow, EvidenceScan};
pub use manifest::{BatchManifest, PanelManifest};
pub use panel::{Panel, PanelSeal};
pub use scratch::Scratch;

use gj_model::{BatchId, Counts, PanelId, Variant};
use std::path::{Path, PathBuf};

/// The genotype half of a data directory.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
}

/// One site with its counts, in the order of the classes they were counted in.
pub type CountedSite = (Variant, Vec<Counts>);

/// What [`Store::sweep`] removed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Half-written directories.
    pub staged: usize,
    /// Whole batches and panels that nothing refers to.
    pub unreferenced: usize,
}

impl Store {
    /// Opens, and creates where missing, the three folders under `root`.
    ///
    /// # Errors
    /// When a folder cannot be made.
    pub fn open(root: &Path) -> Result<Store, StoreError> {
        for folder in ["batches", "panels", "staging"] {
            durable::create_dir(&root.join(folder))?;
        }
        Ok(Store { root: root.to_owned() })
    }

    fn batch_dir(&self, id: &BatchId) -> PathBuf {
        self.root.join("batches").join(id.as_str())
    }

    fn panel_dir(&self, id: &PanelId) -> PathBuf {
        self.root.join("panels").join(id.as_str())
    }

    /// Removes half-written directories, and whole ones that neither list names.
    ///
    /// The caller must hold the data directory's writer lock.
    ///
    /// # Errors
    /// When a folder cannot be read or removed.
    pub fn sweep(&self, batches: &[BatchId], panels: &[PanelId]) -> Result<Swept, StoreError> {
        let keep_batch = |name: &str| batches.iter().any(|id| id.as_str() == name);
        let keep_panel = |name: &str| panels.iter().any(|id| id.as_str() == name);
        Ok(Swept {
            staged: durable::remove_others(&self.root.join("staging"), |_| false)?,
            unreferenced: durable::remove_others(&self.root.join("batches"), keep_batch)?
                + durable::remove_others(&self.root.join("panels"), keep_panel)?,
        })
    }
}
