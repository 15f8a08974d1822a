//! Writing so that a crash at any moment leaves either the old state or the new one.

use crate::error::StoreError;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT: AtomicU64 = AtomicU64::new(0);

/// Creates a folder and makes its name durable in its parent.
pub(crate) fn create_dir(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(path).map_err(StoreError::io(path))?;
    path.parent().map_or(Ok(()), sync)
}

/// A new folder in `root/staging`, unique in this process.
pub(crate) fn stage(root: &Path) -> Result<PathBuf, StoreError> {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let path = root.join("staging").join(format!("{}-{number}", std::process::id()));
    // A crashed process with the same number may have left one behind.
    if path.exists() {
        fs::remove_dir_all(&path).map_err(StoreError::io(&path))?;
    }
    fs::create_dir_all(&path).map_err(StoreError::io(&path))?;
    Ok(path)
}

/// Flushes a file's bytes, or a folder's names, to the disk.
pub(crate) fn sync(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(StoreError::io(path))
}

/// Moves a finished staged folder to its final name.
///
/// Names are digests of the content, so an existing folder holds the same and stays: it may be in use.
pub(crate) fn publish(staged: &Path, target: &Path) -> Result<(), StoreError> {
    if target.exists() {
        return fs::remove_dir_all(staged).map_err(StoreError::io(staged));
    }
    sync(staged)?;
    fs::rename(staged, target).map_err(StoreError::io(target))?;
    target.parent().map_or(Ok(()), sync)
}

/// Writes and syncs one file.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    fs::write(path, bytes).map_err(StoreError::io(path))?;
    sync(path)
}

/// Removes every folder of `parent` that `keep` does not want; returns how many.
pub(crate) fn remove_others(parent: &Path, keep: impl Fn(&str) -> bool) -> Result<usize, StoreError> {
    let mut removed = 0;
    for entry in fs::read_dir(parent).map_err(StoreError::io(parent))? {
        let path = entry.map_err(StoreError::io(parent))?.path();
        let kept = path.file_name().and_then(|name| name.to_str()).is_some_and(&keep);
        if !kept {
            let gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            gone.map_err(StoreError::io(&path))?;
            removed += 1;
        }
    }
    if removed > 0 {
        sync(parent)?;
    }
    Ok(removed)
}
