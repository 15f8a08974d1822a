//! Whether a file keeps to the VCF specification, whatever genome it speaks of.

use crate::error::IngestError;
use crate::file_rows::{FileRows, ReadOptions};
use crate::record::Checks;
use crate::report::ReadReport;
use std::path::Path;

/// Reads a whole file with every check but those of this programme (build and contigs).
///
/// # Errors
/// When the file cannot be read, is damaged or breaks the specification.
pub fn conform(path: &Path) -> Result<ReadReport, IngestError> {
    let mut rows = FileRows::open_with(path, &ReadOptions::default(), Checks::Specification)?;
    while rows.next_rows()?.is_some() {}
    Ok(rows.report().clone())
}
