//! A temporary file of the data directory: on the same disk, without a name, gone with its handle.

use crate::Store;
use crate::durable;
use crate::error::StoreError;
use std::fs::File;
use std::path::{Path, PathBuf};

/// An unnamed temporary file, readable and writable.
#[derive(Debug)]
pub struct Scratch {
    file: File,
    folder: PathBuf,
}

impl Scratch {
    /// The file.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// A file of a spool, which has a name.
    pub(crate) fn named(file: File, path: &Path) -> Scratch {
        Scratch { file, folder: path.to_owned() }
    }

    /// The folder it was made in, for error messages.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Store {
    /// Makes a temporary file. It has no name, so that nothing of it is left after a crash.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn scratch_file(&self) -> Result<Scratch, StoreError> {
        let staged = durable::stage(&self.root)?;
        let path = staged.path().join("spool");
        let file = File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(StoreError::io(&path))?;
        // The file lives on without its folder.
        drop(staged);
        Ok(Scratch { file, folder: self.root.join("staging") })
    }
}
