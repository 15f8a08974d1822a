//! Files of released counts, made once and served often: a folder each under `downloads`, named by what is in
//! it. Every 64 KiB of a file are checked on each read, as of all data files.
//!
//! Holds released counts only, never a genotype; whatever is in the way is made again.

use crate::Store;
use crate::durable::{self, Staged};
use crate::error::StoreError;
use crate::sums::{self, CheckedFile};
use bytes::Bytes;
use parquet::file::reader::{ChunkReader, Length};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;

const FOLDER: &str = "downloads";
const MANIFEST: &str = "manifest.json";

/// What a folder says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DownloadManifest {
    /// The panel it was made of.
    panel: String,
    /// Sites in it.
    sites: u64,
    /// Of each file by name, the digest of its sums.
    files: BTreeMap<String, String>,
}

/// A file open for reading.
#[derive(Debug, Clone)]
pub struct Download {
    file: CheckedFile,
    digest: String,
    sites: u64,
}

/// A folder being written. Dropped before [`NewDownload::publish`], it leaves nothing.
#[derive(Debug)]
pub struct NewDownload {
    store: Store,
    staged: Staged,
    names: Vec<&'static str>,
}

impl Download {
    /// Bytes of the file.
    pub fn length(&self) -> u64 {
        self.file.len()
    }

    /// Sites in it.
    pub fn sites(&self) -> u64 {
        self.sites
    }

    /// Digest: equal files have equal ones.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Some bytes of it. Blocks.
    ///
    /// # Errors
    /// [`StoreError::Damaged`]; past its end.
    pub fn read(&self, start: u64, length: usize) -> Result<Bytes, StoreError> {
        self.file.get_bytes(start, length).map_err(|error| StoreError::damaged(self.file.path(), error))
    }
}

impl NewDownload {
    /// Creates a file.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn create(&mut self, name: &'static str) -> Result<File, StoreError> {
        let path = self.staged.path().join(name);
        self.names.push(name);
        File::create_new(&path).map_err(StoreError::io(&path))
    }

    /// Makes the files durable under their key. One that is there already stays: it holds the same.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn publish(self, key: &str, panel: &str, sites: u64) -> Result<(), StoreError> {
        let mut manifest = DownloadManifest { panel: panel.to_owned(), sites, files: BTreeMap::new() };
        for name in &self.names {
            let path = self.staged.path().join(name);
            durable::sync(&path)?;
            let digest = sums::write_sums(&path, &self.staged.path().join(format!("{name}.sums")))?;
            manifest.files.insert((*name).to_owned(), digest);
        }
        let path = self.staged.path().join(MANIFEST);
        let text = serde_json::to_vec_pretty(&manifest).map_err(|e| StoreError::damaged(&path, e))?;
        durable::write(&path, &text)?;
        durable::create_dir(&self.store.root.join(FOLDER))?;
        self.staged.publish(&self.store.download_dir(key))
    }
}

impl Store {
    fn download_dir(&self, key: &str) -> PathBuf {
        self.root.join(FOLDER).join(key)
    }

    /// A file of the folder of that key; `None` when there is none, or it cannot be used any more.
    pub fn download(&self, key: &str, name: &str) -> Option<Download> {
        let dir = self.download_dir(key);
        let text = fs::read(dir.join(MANIFEST)).ok()?;
        let manifest: DownloadManifest = serde_json::from_slice(&text).ok()?;
        let digest = manifest.files.get(name)?.clone();
        let file = CheckedFile::open(&dir.join(name), &dir.join(format!("{name}.sums")), &digest).ok()?;
        Some(Download { file, digest, sites: manifest.sites })
    }

    /// Begins a folder.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn new_download(&self) -> Result<NewDownload, StoreError> {
        Ok(NewDownload { store: self.clone(), staged: durable::stage(&self.root)?, names: Vec::new() })
    }

    /// Removes the folder of a key, so that it is made again.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn remove_download(&self, key: &str) -> Result<(), StoreError> {
        let dir = self.download_dir(key);
        match fs::remove_dir_all(&dir) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StoreError::io(&dir)(error)),
            _ => Ok(()),
        }
    }

    /// Removes what was made of panels that are not among these, and the oldest of the rest until at most
    /// `bytes_max` are left. Who reads one of them reads on.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn sweep_downloads(&self, panels: &[&str], bytes_max: u64) -> Result<usize, StoreError> {
        let parent = self.root.join(FOLDER);
        let Ok(entries) = fs::read_dir(&parent) else { return Ok(0) };
        let mut kept = Vec::new();
        let mut gone = Vec::new();
        for entry in entries {
            let path = entry.map_err(StoreError::io(&parent))?.path();
            let text = fs::read(path.join(MANIFEST)).unwrap_or_default();
            match serde_json::from_slice::<DownloadManifest>(&text) {
                Ok(manifest) if panels.contains(&manifest.panel.as_str()) => {
                    let size = |name: &String| fs::metadata(path.join(name)).map_or(0, |data| data.len());
                    let made = fs::metadata(&path).and_then(|data| data.modified()).ok();
                    kept.push((made, manifest.files.keys().map(size).sum::<u64>(), path));
                }
                _ => gone.push(path),
            }
        }
        kept.sort();
        let mut bytes: u64 = kept.iter().map(|(_, bytes, _)| bytes).sum();
        // The newest stays, whatever its size: somebody waits for it.
        kept.pop();
        for (_, size, path) in kept {
            if bytes > bytes_max {
                bytes -= size;
                gone.push(path);
            }
        }
        for path in &gone {
            fs::remove_dir_all(path).map_err(StoreError::io(path))?;
        }
        Ok(gone.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn made(store: &Store, key: &str, panel: &str, bytes: usize) {
        let mut new = store.new_download().unwrap();
        new.create("a").unwrap().write_all(&vec![7; bytes]).unwrap();
        new.publish(key, panel, 1).unwrap();
    }

    #[test]
    fn a_file_is_given_back_checked_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        assert!(store.download("k", "a").is_none());
        made(&store, "k", "p", 100_000);
        let file = store.download("k", "a").unwrap();
        assert_eq!((file.length(), file.read(99_990, 10).unwrap().as_ref()), (100_000, &[7; 10][..]));
        let path = folder.path().join("downloads/k/a");
        let mut bytes = fs::read(&path).unwrap();
        bytes[70_000] = 8;
        fs::write(&path, bytes).unwrap();
        let file = store.download("k", "a").unwrap();
        assert!(file.read(0, 10).is_ok() && file.read(70_000, 10).is_err());
        fs::write(&path, "short").unwrap();
        assert!(store.download("k", "a").is_none());
    }

    #[test]
    fn what_is_not_current_goes_and_the_newest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        made(&store, "old", "gone", 10);
        made(&store, "first", "p", 10);
        std::thread::sleep(std::time::Duration::from_millis(20));
        made(&store, "second", "p", 10);
        assert_eq!(store.sweep_downloads(&["p"], 100).unwrap(), 1);
        assert!(store.download("old", "a").is_none() && store.download("first", "a").is_some());
        assert_eq!(store.sweep_downloads(&["p"], 5).unwrap(), 1);
        assert!(store.download("first", "a").is_none() && store.download("second", "a").is_some());
    }
}
