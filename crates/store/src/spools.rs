//! Spools: what a long ingest has read, so that another process can go on after a crash.
//!
//! One folder an institution, `spools/<institution>`: files of rows, and a note of how far they are good.
//! A spool holds genotypes and lives no longer than it is of use: its ingest removes it at its end,
//! whatever that is; what a crash leaves is removed by the next ingest of the institution unless it is of
//! the same request, by the next writer if it has no note, and, whosesoever it is, by any withdrawal.

use crate::Store;
use crate::durable;
use crate::error::StoreError;
use crate::scratch::Scratch;
use gj_model::InstitutionId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{self, File};
use std::path::PathBuf;

const FOLDER: &str = "spools";
const NOTE: &str = "checkpoint.json";
/// The note while it is written.
const NEW_NOTE: &str = "checkpoint.new";

/// An institution's spool. Dropping it removes it; only a process that dies leaves it behind.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
}

impl Store {
    /// Opens an institution's spool, as an interrupted ingest left it or empty.
    ///
    /// The caller must hold the data directory's writer lock.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn spool(&self, institution: &InstitutionId) -> Result<Spool, StoreError> {
        let parent = self.root.join(FOLDER);
        durable::create_dir(&parent)?;
        let folder = parent.join(institution.as_str());
        durable::create_dir(&folder)?;
        Ok(Spool { folder })
    }

    /// Removes spools without a note: nobody can go on with them. Returns how many.
    ///
    /// The caller must hold the data directory's writer lock.
    ///
    /// # Errors
    /// When a folder cannot be read or removed.
    pub fn sweep_spools(&self) -> Result<usize, StoreError> {
        let parent = self.root.join(FOLDER);
        self.remove_spools_but(|institution| parent.join(institution).join(NOTE).exists())
    }

    /// Removes every spool: one may hold genotypes of somebody who left. Returns how many.
    ///
    /// # Errors
    /// When a folder cannot be read or removed.
    pub fn remove_spools(&self) -> Result<usize, StoreError> {
        self.remove_spools_but(|_| false)
    }

    fn remove_spools_but(&self, keep: impl Fn(&str) -> bool) -> Result<usize, StoreError> {
        let parent = self.root.join(FOLDER);
        if !parent.exists() {
            return Ok(0);
        }
        let removed = durable::remove_others(&parent, keep)?;
        // It goes when it is empty.
        let _ = fs::remove_dir(&parent);
        Ok(removed)
    }
}

impl Spool {
    fn path_of(&self, number: usize) -> PathBuf {
        self.folder.join(format!("{number}.rows"))
    }

    /// A file of rows by its number; empty if there is none yet.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn rows(&self, number: usize) -> Result<Scratch, StoreError> {
        let path = self.path_of(number);
        let file = File::options().read(true).write(true).create(true).truncate(false).open(&path);
        Ok(Scratch::named(file.map_err(StoreError::io(&path))?, &path))
    }

    /// Puts a file of rows on the disk.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn sync_rows(&self, number: usize) -> Result<(), StoreError> {
        durable::sync(&self.path_of(number))
    }

    /// The note; `None` where there is none that can be read.
    pub fn note<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&fs::read(self.folder.join(NOTE)).ok()?).ok()
    }

    /// Puts a note in place of the one before. Rows it speaks of must be on the disk already.
    ///
    /// # Errors
    /// When the disk refuses; the note before then stays.
    pub fn set_note<T: Serialize>(&self, note: &T) -> Result<(), StoreError> {
        let (new, path) = (self.folder.join(NEW_NOTE), self.folder.join(NOTE));
        let text = serde_json::to_vec(note).map_err(|e| StoreError::damaged(&new, e))?;
        durable::write(&new, &text)?;
        fs::rename(&new, &path).map_err(StoreError::io(&path))?;
        durable::sync(&self.folder)
    }

    /// Empties it. The note goes first: half emptied, it is of no use to anybody.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn clear(&self) -> Result<(), StoreError> {
        let note = self.folder.join(NOTE);
        if note.exists() {
            fs::remove_file(&note).map_err(StoreError::io(&note))?;
            durable::sync(&self.folder)?;
        }
        durable::remove_others(&self.folder, |_| false).map(|_| ())
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        // What stays behind is removed by the next writer.
        let _ = self.clear();
        let _ = fs::remove_dir(&self.folder);
        let _ = self.folder.parent().map_or(Ok(()), fs::remove_dir);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// What a process leaves behind that dies.
    fn left_behind(store: &Store, institution: &str, note: Option<u32>) {
        let spool = store.spool(&institution.parse().unwrap()).unwrap();
        spool.rows(0).unwrap().file().write_all(b"genotypes").unwrap();
        note.iter().for_each(|note| spool.set_note(note).unwrap());
        std::mem::forget(spool);
    }

    #[test]
    fn a_spool_lives_as_long_as_somebody_can_go_on_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        left_behind(&store, "a", Some(7));
        left_behind(&store, "b", None);
        assert_eq!(store.sweep_spools().unwrap(), 1);
        let spool = store.spool(&"a".parse().unwrap()).unwrap();
        assert_eq!(spool.note::<u32>(), Some(7));
        assert_eq!(spool.rows(0).unwrap().file().metadata().unwrap().len(), 9);
        spool.clear().unwrap();
        assert_eq!(spool.note::<u32>(), None);
        drop(spool);
        assert!(!dir.path().join(FOLDER).exists());
        left_behind(&store, "a", Some(7));
        assert_eq!(store.remove_spools().unwrap(), 1);
        assert!(!dir.path().join(FOLDER).exists());
    }
}
