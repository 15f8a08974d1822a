//! Writing so that a crash at any moment leaves either the old state or the new one.

use crate::error::StoreError;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
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

/// A folder under `staging` that is being written. It is removed when dropped, unless it was published.
///
/// INVARIANT: it is locked (flock) as long as its process lives, and a locked folder is not swept:
/// who writes for long need not hold the writer lock.
#[derive(Debug)]
pub(crate) struct Staged {
    path: PathBuf,
    _lock: File,
}

impl Staged {
    /// Where to write.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Moves the finished folder to its final name.
    ///
    /// Names are digests of the content, so an existing folder holds the same and stays: it may be in use.
    pub(crate) fn publish(self, target: &Path) -> Result<(), StoreError> {
        if target.exists() {
            return Ok(());
        }
        sync(&self.path)?;
        fs::rename(&self.path, target).map_err(StoreError::io(target))?;
        target.parent().map_or(Ok(()), sync)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // After publishing there is nothing under this name; what stays behind otherwise is swept.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// A new folder in `root/staging`.
pub(crate) fn stage(root: &Path) -> Result<Staged, StoreError> {
    let staging = root.join("staging");
    fs::create_dir_all(&staging).map_err(StoreError::io(&staging))?;
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = staging.join(format!("{}-{number}", std::process::id()));
        match fs::create_dir(&path) {
            Ok(()) => {}
            // A crashed process with the same number left one behind.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(StoreError::io(&path)(error)),
        }
        // Another process may sweep it before it is locked: then the next number is tried.
        match lock(&path)? {
            Some(lock) if path.exists() => return Ok(Staged { path, _lock: lock }),
            _ => {}
        }
    }
}

/// Locks a folder; `None` when somebody else has it, or it is gone.
fn lock(path: &Path) -> Result<Option<File>, StoreError> {
    let folder = match File::open(path) {
        Ok(folder) => folder,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::io(path)(error)),
    };
    match folder.try_lock() {
        Ok(()) => Ok(Some(folder)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(StoreError::io(path)(error)),
    }
}

/// Removes what nobody is writing any more from `staging`; returns how much.
///
/// The rule: a folder that a live process holds locked stays, everything else goes.
pub(crate) fn sweep_staging(staging: &Path) -> Result<usize, StoreError> {
    let mut removed = 0;
    for entry in fs::read_dir(staging).map_err(StoreError::io(staging))? {
        let path = entry.map_err(StoreError::io(staging))?.path();
        if !path.is_dir() {
            removed += usize::from(gone(fs::remove_file(&path), &path)?);
        } else if let Some(_held) = lock(&path)? {
            removed += usize::from(gone(fs::remove_dir_all(&path), &path)?);
        }
    }
    Ok(removed)
}

/// Whether something was removed; its owner may have been faster.
fn gone(result: std::io::Result<()>, path: &Path) -> Result<bool, StoreError> {
    match result {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(StoreError::io(path)(error)),
    }
}

/// Flushes a file's bytes, or a folder's names, to the disk.
pub(crate) fn sync(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(StoreError::io(path))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_being_written_is_not_swept_and_one_left_behind_is() {
        let folder = tempfile::tempdir().unwrap();
        let staged = stage(folder.path()).unwrap();
        let staging = folder.path().join("staging");
        fs::create_dir(staging.join("left-behind")).unwrap();
        fs::write(staging.join("file"), "x").unwrap();
        assert_eq!(sweep_staging(&staging).unwrap(), 2);
        assert!(staged.path().exists());
        drop(staged);
        assert_eq!(fs::read_dir(&staging).unwrap().count(), 0);
    }

    #[test]
    fn sweeping_and_staging_at_once_lose_no_folder() {
        let folder = tempfile::tempdir().unwrap();
        let staging = folder.path().join("staging");
        fs::create_dir(&staging).unwrap();
        std::thread::scope(|scope| {
            let sweeper = scope.spawn(|| {
                for _ in 0..400 {
                    sweep_staging(&staging).unwrap();
                }
            });
            for _ in 0..400 {
                let staged = stage(folder.path()).unwrap();
                fs::write(staged.path().join("f"), "x").unwrap();
                staged.publish(&folder.path().join("published")).unwrap();
            }
            sweeper.join().unwrap();
        });
        assert!(folder.path().join("published/f").exists());
    }
}
