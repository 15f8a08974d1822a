//! What can go wrong with files on disk, and what to do about it.

use crate::scratch::Scratch;
use gj_kernels::RowError;
use std::path::{Path, PathBuf};

/// An error of the store. Paths are those of the data directory and name no person.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The operating system refused.
    #[error("`{path}`: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Bytes differ from what was written; nothing is answered from this file.
    #[error("`{path}` is damaged: {what}; restore it from a copy, then run `gj verify`")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where and how.
        what: String,
    },
    /// A file the registry names is not there.
    #[error("`{path}` is missing; restore it from a copy, then run `gj verify`")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// Written by a newer program.
    #[error("`{path}` has format {found}, this program reads up to {known}; use a newer `gj`")]
    Newer {
        /// The manifest.
        path: PathBuf,
        /// Its format version.
        found: u32,
        /// The newest version this program reads.
        known: u32,
    },
    /// Rows were handed over out of order or twice.
    #[error("rows must be written in ascending order of contig, position, ref and alt")]
    Unsorted,
    /// Two rows of a set of annotation count the same variant.
    #[error("lines {first} and {second} count the same variant")]
    SiteTwice {
        /// Line of the first, as the caller numbered it.
        first: u64,
        /// Line of the second.
        second: u64,
    },
    /// The people given do not match the batch.
    #[error("the sample set has {given} samples, the batch has {batch}")]
    WrongPeople {
        /// Length of the set.
        given: usize,
        /// Samples in the batch.
        batch: usize,
    },
}

impl StoreError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> StoreError + use<> {
        let path = path.to_owned();
        move |source| match source.kind() {
            std::io::ErrorKind::NotFound => StoreError::Missing { path },
            _ => StoreError::Io { path, source },
        }
    }

    /// A temporary file of the directory could not be written or read.
    pub fn in_scratch(scratch: &Scratch) -> impl FnOnce(std::io::Error) -> StoreError + use<> {
        StoreError::io(scratch.folder())
    }

    /// Genotypes handed over in memory do not decode.
    pub fn in_payload(error: RowError) -> StoreError {
        StoreError::damaged(Path::new("(memory)"), error)
    }

    pub(crate) fn damaged(path: &Path, what: impl ToString) -> StoreError {
        StoreError::Damaged { path: path.to_owned(), what: what.to_string() }
    }
}
