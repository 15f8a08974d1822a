//! One writer at a time for a data directory, whichever process it is.

use crate::error::GateError;
use std::fs::{File, TryLockError};
use std::path::Path;

/// Held while genotype files are written or swept. The system releases it when the process dies.
#[derive(Debug)]
pub(crate) struct WriterLock {
    _file: File,
}

impl WriterLock {
    /// Takes the lock, or says at once that another process holds it.
    pub(crate) fn take(dir: &Path) -> Result<WriterLock, GateError> {
        let path = dir.join("writer.lock");
        let file = File::create(&path).map_err(GateError::io(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(WriterLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(GateError::Busy(dir.to_owned())),
            Err(TryLockError::Error(error)) => Err(GateError::io(&path)(error)),
        }
    }
}
