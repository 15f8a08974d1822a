//! The digest by which a submitted file is recognised when it comes again.

use crate::error::IngestError;
use std::fs::File;
use std::path::Path;

/// BLAKE3 digest of a file in hex, read in bounded memory.
///
/// # Errors
/// When the file cannot be read.
pub fn digest(path: &Path) -> Result<String, IngestError> {
    let failed = |source| IngestError::Io { file: path.to_owned(), source };
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path).map_err(failed)?).map_err(failed)?;
    Ok(hasher.finalize().to_hex().to_string())
}
