//! The folder that becomes a data directory.
//!
//! Owns the file that says "`init` is at work here", and with it the right to clear away what a killed
//! `init` left. Never removes a file or folder that `init` cannot have made, nor one that holds something.

use crate::error::GateError;
use crate::gate::{DEMO, MARKER, MARKER_TEXT};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The file that is there from the first moment of `init` to the last.
pub(crate) const UNDER_WAY: &str = "gj-init.json";
const UNDER_WAY_TEXT: &str = "{ \"programme\": \"genomics-japan\", \"state\": \"init in progress\" }\n";

/// Files that `init` makes, itself or through the database.
const FILES: [&str; 14] = [
    "registry.sqlite",
    "registry.sqlite-journal",
    "registry.sqlite-wal",
    "registry.sqlite-shm",
    "audit.head",
    "audit.head.lock",
    "audit.head.new",
    "gj-data.json.new",
    DEMO,
    "gj-demo.json.new",
    crate::ledger::SECRET,
    "exposure.key.new",
    "gj.toml",
    "gj.toml.new",
];
/// Folders that `init` makes, and leaves empty.
const FOLDERS: [&str; 5] = ["annotations", "batches", "censuses", "panels", "staging"];

/// A folder that holds nothing but the sign that `init` is at work, held by this process.
#[derive(Debug)]
pub(super) struct Folder {
    dir: PathBuf,
    /// Locked while it is open, so that two `init` cannot clear away each other's work.
    _under_way: File,
}

impl Folder {
    /// Takes a new or empty folder, or one that an earlier `init` began and did not finish.
    ///
    /// # Errors
    /// [`GateError::Exists`], [`GateError::Foreign`], or [`GateError::Busy`] while another `init` is at
    /// work; then nothing was removed.
    pub(super) fn claim(dir: &Path) -> Result<Folder, GateError> {
        fs::create_dir_all(dir).map_err(GateError::io(dir))?;
        let under_way = dir.join(UNDER_WAY);
        if dir.join(MARKER).exists() {
            return Err(GateError::Exists(dir.to_owned()));
        }
        // Before anything is written: a folder of somebody else stays as it is.
        if !under_way.is_file() && !entries(dir)?.is_empty() {
            return Err(GateError::Foreign(dir.to_owned()));
        }
        let open = OpenOptions::new().create(true).truncate(false).write(true).open(&under_way);
        let mut file = open.map_err(GateError::io(&under_way))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(GateError::Busy(dir.to_owned())),
            Err(fs::TryLockError::Error(error)) => return Err(GateError::io(&under_way)(error)),
        }
        if dir.join(MARKER).exists() {
            // Another `init` finished between the two looks.
            finish(dir)?;
            return Err(GateError::Exists(dir.to_owned()));
        }
        clear(dir, &fs::read(&under_way).map_err(GateError::io(&under_way))?)?;
        let mut write = || -> std::io::Result<()> {
            file.set_len(0)?;
            file.write_all(UNDER_WAY_TEXT.as_bytes())?;
            file.sync_all()?;
            File::open(dir)?.sync_all()
        };
        write().map_err(GateError::io(&under_way))?;
        Ok(Folder { dir: dir.to_owned(), _under_way: file })
    }

    /// Writes a whole small file: it is there with all of its text, or not at all.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), GateError> {
        let path = self.dir.join(name);
        let temporary = self.dir.join(format!("{name}.new"));
        let write = || -> std::io::Result<()> {
            let mut file = File::create(&temporary)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&temporary, &path)?;
            File::open(&self.dir)?.sync_all()
        };
        write().map_err(GateError::io(&path))
    }

    /// Makes it a data directory: everything else must be on the disk by now.
    pub(super) fn mark(self) -> Result<(), GateError> {
        self.write(MARKER, MARKER_TEXT)?;
        finish(&self.dir)
    }
}

/// Takes the sign of an `init` under way out of a folder that has its marker: left there, it would
/// allow a later `init` to clear the folder should the marker ever be lost.
pub(crate) fn finish(dir: &Path) -> Result<(), GateError> {
    let path = dir.join(UNDER_WAY);
    match fs::remove_file(&path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(GateError::io(&path)(error)),
    }
}

/// Removes what an interrupted `init` left, or nothing if there is anything else.
fn clear(dir: &Path, under_way: &[u8]) -> Result<(), GateError> {
    let found = entries(dir)?;
    let others: Vec<&(String, fs::FileType)> = found.iter().filter(|(name, _)| name != UNDER_WAY).collect();
    // Killed while writing the sign, `init` had made nothing else.
    let begun = under_way == UNDER_WAY_TEXT.as_bytes()
        || (others.is_empty() && UNDER_WAY_TEXT.as_bytes().starts_with(under_way));
    let mut ours = begun;
    for (name, kind) in &others {
        let folder = FOLDERS.contains(&name.as_str()) && kind.is_dir();
        ours &= match folder {
            true => entries(&dir.join(name))?.is_empty(),
            false => FILES.contains(&name.as_str()) && kind.is_file(),
        };
    }
    if !ours {
        return Err(GateError::Foreign(dir.to_owned()));
    }
    for (name, kind) in others {
        let path = dir.join(name);
        // Refuses a folder that was filled meanwhile.
        let gone = if kind.is_dir() { fs::remove_dir(&path) } else { fs::remove_file(&path) };
        gone.map_err(GateError::io(&path))?;
    }
    Ok(())
}

/// What a folder holds; a name that is no text stands as one that is nobody's.
fn entries(dir: &Path) -> Result<Vec<(String, fs::FileType)>, GateError> {
    let read = || -> std::io::Result<Vec<(String, fs::FileType)>> {
        let of =
            |entry: fs::DirEntry| Ok((entry.file_name().to_string_lossy().into_owned(), entry.file_type()?));
        fs::read_dir(dir)?.map(|entry| of(entry?)).collect()
    };
    read().map_err(GateError::io(dir))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(dir: &Path) {
        assert!(matches!(Folder::claim(dir), Err(GateError::Foreign(_))));
    }

    #[test]
    fn only_what_init_made_is_cleared() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("data");
        drop(Folder::claim(&dir).unwrap());
        // As after a kill: the sign, a database and empty folders.
        fs::write(dir.join("registry.sqlite"), "half").unwrap();
        fs::write(dir.join("registry.sqlite-journal"), "").unwrap();
        fs::create_dir(dir.join("batches")).unwrap();
        drop(Folder::claim(&dir).unwrap());
        assert_eq!(entries(&dir).unwrap().len(), 1);
        // A genotype, a stranger's file, a name of ours that is a folder.
        for path in ["batches/x/manifest.json", "thesis.docx", "audit.head/x"] {
            let path = dir.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "dear").unwrap();
            fs::write(dir.join("registry.sqlite"), "half").unwrap();
            refused(&dir);
            assert!(path.exists() && dir.join("registry.sqlite").exists());
            fs::remove_file(&path).unwrap();
            if path.parent().unwrap() != dir {
                fs::remove_dir(path.parent().unwrap()).unwrap();
            }
        }
        // Without the sign, or with another text in it, nothing is ours.
        fs::write(dir.join(UNDER_WAY), "{}").unwrap();
        refused(&dir);
        fs::remove_file(dir.join(UNDER_WAY)).unwrap();
        refused(&dir);
        assert!(!dir.join(UNDER_WAY).exists() && dir.join("registry.sqlite").exists());
    }

    #[test]
    fn two_at_once_do_not_meet() {
        let folder = tempfile::tempdir().unwrap();
        let first = Folder::claim(folder.path()).unwrap();
        assert!(matches!(Folder::claim(folder.path()), Err(GateError::Busy(_))));
        first.mark().unwrap();
        assert!(matches!(Folder::claim(folder.path()), Err(GateError::Exists(_))));
        assert!(!folder.path().join(UNDER_WAY).exists());
    }
}
