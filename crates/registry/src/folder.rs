//! Folders: making what happened to a file's name as durable as its content.
//!
//! Never reads or writes a file.

use std::fs::File;
use std::path::Path;

/// Waits until the folder of `path` is on the disk: a file made or renamed there survives a power cut.
pub(crate) fn sync_of(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
