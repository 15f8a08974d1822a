//! Immutable genotype batches and counted panels on disk.
//!
//! Level 2. Only `gate` and `ingest` may depend on this crate; nothing above can name it. There is
//! no scan without a [`gj_model::SampleSet`] or [`gj_kernels::Classes`], and masked people are masked
//! where their genotype is decoded. No file handle, path or payload leaves the crate.
//!
//! ```text
//! DIR/batches/<id>/   manifest.json  genotypes.parquet  genotypes.sums  [orders.bin  orders.sums]
//! DIR/censuses/<id>/  manifest.json  census.parquet     census.sums
//!                     [callability.parquet  callability.sums]  [evidence.parquet  evidence.sums]
//! DIR/panels/<id>/    manifest.json  panel.parquet      panel.sums
//! DIR/annotations/<id>/ manifest.json, by kind: bases.bin, lines.jsonl.zst, known.parquet, rs.bin, their sums
//! DIR/staging/        what is being written; swept when nobody writes it any more
//! DIR/spools/         what an interrupted ingest had read
//! DIR/downloads/<key>/ files of released counts, with their sums
//! ```
//!
//! A directory is written in `staging`, synced, then renamed into place. It counts only once the
//! registry names its id and manifest digest, so a crash leaves at most an unreferenced directory.
//! Every 64 KiB of a data file, of a panel every 8 KiB, has its own digest, checked on each read.

pub mod annotation;
pub mod batch;
pub mod callability;
mod census;
mod counted;
mod counts;
mod downloads;
mod durable;
mod erase;
mod error;
pub mod evidence;
mod extract;
mod manifest;
mod merge;
mod orders;
pub mod panel;
mod rewrite;
mod scratch;
mod spools;
mod sums;
mod table;

pub use batch::{
    Batch, BatchSeal, BatchWriter, CallRow, CountScan, PersonRows, PersonScan, Scan, StagedBatch, SumScan,
    SummedRows,
};
pub use callability::{CallabilityWriter, States, Track};
pub use census::{CensusSeal, Counting, StagedCensus, assignment};
pub use counted::{Census, Counted, Panel, PanelRows};
pub use downloads::{Download, NewDownload};
pub use error::StoreError;
pub use evidence::{Evidence, EvidenceRow, EvidenceScan};
pub use extract::Extraction;
pub use manifest::{BatchManifest, CensusManifest, PanelManifest};
pub use merge::{Listing, Merge, Part, Sites, Source};
pub use panel::PanelSeal;
pub use scratch::Scratch;
pub use spools::Spool;
pub use table::SiteColumns;

use gj_model::{AnnotationId, BatchId, CensusId, Counts, PanelId, Variant};
use std::collections::HashSet;
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
    /// Whole batches, censuses, panels and sets of annotation that nothing refers to.
    pub unreferenced: usize,
}

impl Store {
    /// Opens, and creates where missing, the five folders under `root`.
    ///
    /// # Errors
    /// When a folder cannot be made.
    pub fn open(root: &Path) -> Result<Store, StoreError> {
        for folder in ["batches", "censuses", "panels", "annotations", "staging"] {
            durable::create_dir(&root.join(folder))?;
        }
        Ok(Store { root: root.to_owned() })
    }

    fn batch_dir(&self, id: &BatchId) -> PathBuf {
        self.root.join("batches").join(id.as_str())
    }

    fn census_dir(&self, id: &CensusId) -> PathBuf {
        self.root.join("censuses").join(id.as_str())
    }

    fn panel_dir(&self, id: &PanelId) -> PathBuf {
        self.root.join("panels").join(id.as_str())
    }

    /// Removes half-written directories that no live process writes, and whole ones that no list names.
    ///
    /// The caller must hold the data directory's writer lock.
    ///
    /// # Errors
    /// When a folder cannot be read or removed.
    pub fn sweep(
        &self,
        batches: &[BatchId],
        censuses: &[CensusId],
        panels: &[PanelId],
        annotations: &[AnnotationId],
    ) -> Result<Swept, StoreError> {
        let batches: HashSet<&str> = batches.iter().map(BatchId::as_str).collect();
        let censuses: HashSet<&str> = censuses.iter().map(CensusId::as_str).collect();
        let panels: HashSet<&str> = panels.iter().map(PanelId::as_str).collect();
        let annotations: HashSet<&str> = annotations.iter().map(AnnotationId::as_str).collect();
        let remove = |folder: &str, kept: &HashSet<&str>| {
            durable::remove_others(&self.root.join(folder), |name| kept.contains(name))
        };
        Ok(Swept {
            staged: durable::sweep_staging(&self.root.join("staging"))?,
            unreferenced: remove("batches", &batches)?
                + remove("censuses", &censuses)?
                + remove("panels", &panels)?
                + remove("annotations", &annotations)?,
        })
    }
}
