//! The files of an extract: written under temporary names beside their own, for their owner only, and
//! renamed when they are whole and on the disk.

use crate::error::GateError;
use blake3::Hasher;
use gj_export::Format;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What a file is called until it is whole.
const PART: &str = "part";
/// Bytes gathered before they are digested and written.
const BUFFER_BYTES: usize = 1 << 18;

/// Files being written. Dropped before [`OutputFiles::publish`], they leave nothing.
#[derive(Debug)]
pub(super) struct OutputFiles {
    /// Suffix, temporary name and own name of each; the main file first.
    names: Vec<(&'static str, PathBuf, PathBuf)>,
    /// The main file, locked: two processes do not write under one name.
    _lock: File,
    /// Digest so far of each file.
    digests: Vec<Arc<Mutex<Hasher>>>,
}

/// A file that is digested as it is written.
#[derive(Debug)]
pub(super) struct Digested {
    file: File,
    digest: Arc<Mutex<Hasher>>,
}

impl Write for Digested {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.lock().unwrap_or_else(PoisonError::into_inner).update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl OutputFiles {
    /// Begins the files of `format` under `prefix`. What a killed process left under the temporary names
    /// is overwritten.
    ///
    /// # Errors
    /// [`GateError::TargetExists`], [`GateError::Busy`] while another process writes there, or what the
    /// system says.
    pub(super) fn create(prefix: &Path, format: Format) -> Result<OutputFiles, GateError> {
        let suffixes = format.suffixes().iter();
        let names: Vec<_> = suffixes
            .map(|suffix| {
                let target = with_suffix(prefix, suffix);
                (*suffix, with_suffix(&target, PART), target)
            })
            .collect();
        if let Some((_, _, target)) = names.iter().find(|(_, _, target)| target.exists()) {
            return Err(GateError::TargetExists(target.clone()));
        }
        let (_, main, _) = &names[0];
        let lock = open(main)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(GateError::Busy(main.clone())),
            Err(TryLockError::Error(error)) => return Err(GateError::io(main)(error)),
        }
        let digests = names.iter().map(|_| Arc::default()).collect();
        Ok(OutputFiles { names, _lock: lock, digests })
    }

    /// The files, empty, in the order of [`Format::suffixes`].
    pub(super) fn open(&self) -> Result<Vec<BufWriter<Digested>>, GateError> {
        let mut files = Vec::with_capacity(self.names.len());
        for ((_, part, _), digest) in self.names.iter().zip(&self.digests) {
            let file = open(part)?;
            file.set_len(0).map_err(GateError::io(part))?;
            let digested = Digested { file, digest: digest.clone() };
            files.push(BufWriter::with_capacity(BUFFER_BYTES, digested));
        }
        Ok(files)
    }

    /// A temporary file on the same disk, without a name.
    pub(super) fn spool(&self) -> Result<File, GateError> {
        let path = with_suffix(&self.names[0].1, "spool");
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(true).clone();
        let file = owned(options).open(&path).map_err(GateError::io(&path))?;
        fs::remove_file(&path).map_err(GateError::io(&path))?;
        Ok(file)
    }

    /// What an error of writing is told of.
    pub(super) fn main(&self) -> &Path {
        &self.names[0].2
    }

    /// Makes the files durable; returns the BLAKE3 digest of each by suffix.
    pub(super) fn seal(&self) -> Result<BTreeMap<String, String>, GateError> {
        let mut digests = BTreeMap::new();
        for ((suffix, part, _), digest) in self.names.iter().zip(&self.digests) {
            File::open(part).and_then(|file| file.sync_all()).map_err(GateError::io(part))?;
            let digest = digest.lock().unwrap_or_else(PoisonError::into_inner);
            digests.insert((*suffix).to_owned(), digest.finalize().to_hex().to_string());
        }
        Ok(digests)
    }

    /// Gives the files their own names: the main one last, so that it is never there without the others.
    pub(super) fn publish(mut self) -> Result<(), GateError> {
        for (number, (_, part, target)) in self.names.iter().enumerate().rev() {
            if let Err(error) = fs::rename(part, target) {
                // Those that have their names already are no extract without the rest.
                self.names[number + 1..].iter().for_each(|(_, _, target)| drop(fs::remove_file(target)));
                return Err(GateError::io(target)(error));
            }
        }
        if let Some(folder) = self.main().parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(GateError::io(folder))?;
        }
        self.names.clear();
        Ok(())
    }
}

impl Drop for OutputFiles {
    fn drop(&mut self) {
        for (_, part, _) in &self.names {
            // Nothing more can be done about one that cannot be removed; it is no extract under its name.
            let _ = fs::remove_file(part);
        }
    }
}

fn open(path: &Path) -> Result<File, GateError> {
    let options = OpenOptions::new().write(true).create(true).truncate(false).clone();
    owned(options).open(path).map_err(GateError::io(path))
}

/// Readable by their owner only: these are genotypes.
fn owned(mut options: OpenOptions) -> OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// `out/chr22` and `vcf.gz` make `out/chr22.vcf.gz`.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_unless_published_and_nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let prefix = folder.path().join("a.b");
        let entries = || fs::read_dir(folder.path()).unwrap().count();
        let files = OutputFiles::create(&prefix, Format::Pgen).unwrap();
        assert!(matches!(OutputFiles::create(&prefix, Format::Pgen), Err(GateError::Busy(_))));
        files.open().unwrap()[0].write_all(b"half").unwrap();
        assert_eq!(entries(), 3);
        drop(files);
        assert_eq!(entries(), 0);
        let files = OutputFiles::create(&prefix, Format::Pgen).unwrap();
        files.open().unwrap();
        files.spool().unwrap();
        assert_eq!(files.seal().unwrap().len(), 3);
        files.publish().unwrap();
        let mut names: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["a.b.pgen", "a.b.psam", "a.b.pvar"]);
        assert!(matches!(OutputFiles::create(&prefix, Format::Pgen), Err(GateError::TargetExists(_))));
    }
}
