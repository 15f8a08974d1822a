//! Sets of annotation on disk: a reference, gene models, what is known of variants elsewhere. Nothing here is about
//! the people of the programme, so nothing is masked.
//!
//! A set consists of up to four files, by its kind: `bases.bin` ([`bases`](self)), `lines.jsonl.zst`, and
//! `known.parquet` with `rs.bin` and `vrs.bin`. What the lines and cards say is the caller's.

mod bases;
mod lines;
mod places;
mod sites;
mod sorter;

pub use bases::BaseStretch;
pub use sites::{KnownRow, PopulationCounts};

use crate::Store;
use crate::durable::{self, Staged};
use crate::error::StoreError;
use crate::manifest::{self, Section};
use crate::sums::CheckedFile;
use crate::table::Table;
use bases::BaseWriter;
use gj_model::{AnnotationId, Contig};
use serde::{Deserialize, Serialize};
use sites::SiteWriter;
use std::path::{Path, PathBuf};

/// The newest format of sets, and the only one.
const FORMAT: u32 = 1;

/// Manifest of a set of annotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnotationManifest {
    /// Format version.
    pub format: u32,
    /// Program that wrote it.
    pub tool: String,
    /// What kind of set it is, in the caller's words.
    pub kind: String,
    /// BLAKE3 digests of the files it was read from.
    pub sources: Vec<String>,
    /// Bases, transcripts, variants or genes in it.
    pub entries: u64,
    /// Populations in the order of each row's counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub populations: Vec<String>,
    /// Stretches of the reference, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stretches: Vec<BaseStretch>,
    /// `bases.bin`; its rows are bases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bases: Option<Section>,
    /// `lines.jsonl.zst`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Section>,
    /// `known.parquet`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Section>,
    /// `rs.bin`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rs: Option<Section>,
    /// `vrs.bin`; not there in sets of older programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vrs: Option<Section>,
}

/// A set being written. What is not published is swept.
pub struct AnnotationWriter {
    store: Store,
    staged: Staged,
    manifest: AnnotationManifest,
    bases: Option<BaseWriter>,
    sites: Option<SiteWriter>,
}

/// A finished set under its staged name.
#[derive(Debug)]
pub struct StagedAnnotation {
    store: Store,
    staged: Staged,
    seal: AnnotationSeal,
}

/// A finished set: durable on disk, not yet named by the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnotationSeal {
    /// Its id: the start of `digest`.
    pub id: AnnotationId,
    /// BLAKE3 digest of its manifest.
    pub digest: String,
    /// Its manifest.
    pub manifest: AnnotationManifest,
}

/// A set open for reading.
#[derive(Debug)]
pub struct AnnotationFiles {
    manifest: AnnotationManifest,
    bases: Option<CheckedFile>,
    lines: Option<CheckedFile>,
    known: Option<Table>,
    rs: Option<CheckedFile>,
    vrs: Option<CheckedFile>,
}

impl Store {
    /// Begins a set.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn stage_annotation(&self, kind: &str) -> Result<AnnotationWriter, StoreError> {
        let manifest = AnnotationManifest {
            format: FORMAT,
            tool: manifest::tool(),
            kind: kind.to_owned(),
            sources: Vec::new(),
            entries: 0,
            populations: Vec::new(),
            stretches: Vec::new(),
            bases: None,
            lines: None,
            known: None,
            rs: None,
            vrs: None,
        };
        let staged = durable::stage(&self.root)?;
        Ok(AnnotationWriter { store: self.clone(), staged, manifest, bases: None, sites: None })
    }

    /// Opens a set for reading.
    ///
    /// # Errors
    /// When a file is missing, damaged or newer than this program.
    pub fn annotation(&self, id: &AnnotationId) -> Result<AnnotationFiles, StoreError> {
        let dir = self.annotation_dir(id);
        let (manifest, _): (AnnotationManifest, _) = manifest::read(&dir, id.as_str(), FORMAT)?;
        let open = |section: &Option<Section>, (file, sums): (&str, &str)| {
            let section = section.as_ref();
            section.map(|s| CheckedFile::open(&dir.join(file), &dir.join(sums), &s.sums)).transpose()
        };
        let known = manifest.known.as_ref().map(|known| Table::open(&dir, sites::TABLE, &known.sums));
        Ok(AnnotationFiles {
            bases: open(&manifest.bases, (bases::FILE, bases::SUMS))?,
            lines: open(&manifest.lines, (lines::FILE, lines::SUMS))?,
            rs: open(&manifest.rs, places::RS)?,
            vrs: open(&manifest.vrs, places::VRS)?,
            known: known.transpose()?,
            manifest,
        })
    }

    fn annotation_dir(&self, id: &AnnotationId) -> PathBuf {
        self.root.join("annotations").join(id.as_str())
    }
}

impl AnnotationWriter {
    /// Begins a stretch of the reference at a 1-based position.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn stretch(&mut self, contig: Contig, start: u32) -> Result<(), StoreError> {
        let writer = match self.bases.take() {
            Some(writer) => writer,
            None => BaseWriter::create(self.staged.path())?,
        };
        self.bases.insert(writer).stretch(contig, start)
    }

    /// Adds bases to the stretch begun last: `ACGT` in either case; anything else is unknown (`N`).
    ///
    /// # Errors
    /// When the disk refuses. INVARIANT: [`AnnotationWriter::stretch`] was called.
    pub fn bases(&mut self, bases: &[u8]) -> Result<(), StoreError> {
        self.bases.as_mut().map_or(Ok(()), |writer| writer.bases(bases))
    }

    /// Adds what is known of a variant, in any order, with the numbers of its VRS identifiers: the first 8 bytes of
    /// each digest. `line` is that of its file, for messages.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn site(&mut self, row: &KnownRow, vrs: &[u64], line: u64) -> Result<(), StoreError> {
        if self.sites.is_none() {
            self.sites = Some(SiteWriter::new(&self.store));
        }
        self.sites.as_mut().map_or(Ok(()), |sites| sites.push(row, vrs, line))
    }

    /// Writes lines of JSON, the other half of a set's content.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn lines(&mut self, all: impl Iterator<Item = String>) -> Result<(), StoreError> {
        let section = lines::write(self.staged.path(), all)?;
        self.manifest.entries = section.rows;
        self.manifest.lines = Some(section);
        Ok(())
    }

    /// Ends the set. `sources` are digests of the files it was read from.
    ///
    /// # Errors
    /// [`StoreError::SiteTwice`] where two rows count the same variant; when the disk refuses.
    pub fn finish(
        mut self,
        sources: Vec<String>,
        populations: Vec<String>,
    ) -> Result<StagedAnnotation, StoreError> {
        let dir = self.staged.path().to_owned();
        let manifest = &mut self.manifest;
        (manifest.sources, manifest.populations) = (sources, populations);
        if let Some(bases) = self.bases.take() {
            let (section, stretches) = bases.finish(&dir)?;
            manifest.entries = section.rows;
            (manifest.bases, manifest.stretches) = (Some(section), stretches);
        }
        if let Some(sites) = self.sites.take() {
            let [known, rs, vrs] = sites.finish(&dir)?;
            manifest.entries = known.rows;
            (manifest.known, manifest.rs, manifest.vrs) = (Some(known), Some(rs), Some(vrs));
        }
        let digest = manifest::write(&dir, manifest)?;
        let id = digest[..manifest::ID_DIGITS].parse().map_err(|e| StoreError::damaged(&dir, e))?;
        let seal = AnnotationSeal { id, digest, manifest: self.manifest };
        Ok(StagedAnnotation { store: self.store, staged: self.staged, seal })
    }
}

impl StagedAnnotation {
    /// BLAKE3 digest of its manifest.
    pub fn digest(&self) -> &str {
        &self.seal.digest
    }

    /// What it says of itself.
    pub fn manifest(&self) -> &AnnotationManifest {
        &self.seal.manifest
    }

    /// Gives it its final name; everything is on disk when this returns.
    ///
    /// The caller must hold the data directory's writer lock, or it may be swept before it is registered.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn publish(self) -> Result<AnnotationSeal, StoreError> {
        self.staged.publish(&self.store.annotation_dir(&self.seal.id))?;
        Ok(self.seal)
    }
}

impl AnnotationFiles {
    /// Its manifest.
    pub fn manifest(&self) -> &AnnotationManifest {
        &self.manifest
    }

    /// Checks every byte.
    ///
    /// # Errors
    /// The first that differs from what was written.
    pub fn check_all(&self) -> Result<(), StoreError> {
        let files = [&self.bases, &self.lines, &self.rs, &self.vrs];
        files.into_iter().flatten().try_for_each(CheckedFile::check_all)?;
        self.known.as_ref().map_or(Ok(()), Table::check_all)
    }
}

/// A file with its sums, written by somebody else, as a section.
fn sealed(dir: &Path, file: &str, sums: &str, rows: u64) -> Result<Section, StoreError> {
    let path = dir.join(file);
    durable::sync(&path)?;
    let bytes = std::fs::metadata(&path).map_err(StoreError::io(&path))?.len();
    Ok(Section { rows, bytes, sums: crate::sums::write_sums(&path, &dir.join(sums))? })
}
