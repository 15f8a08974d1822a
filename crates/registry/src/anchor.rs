//! The anchor file: the end of the audit chain, kept outside the database.
//!
//! Owns one line, `<line number> <hash>`. With it a log whose last lines were cut off no longer
//! verifies. It may lag behind the log (a crash between commit and anchor), never run ahead of it.
//! Never checks the chain itself.

use crate::audit::{ChainFault, Head};
use crate::error::Error;
use crate::folder;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;

/// Moves the anchor forward to `head`, after the commit that wrote it. Atomic: a reader sees the old
/// anchor or the new one. An anchor that is already further stays.
pub fn write(path: &Path, head: &Head) -> Result<(), Error> {
    // Processes and threads that commit one after the other may come here in another order.
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path.with_added_extension("lock"))
        .map_err(Error::io("open the lock of the audit anchor"))?;
    lock.lock().map_err(Error::io("lock the audit anchor"))?;
    if read(path)?.is_some_and(|anchored| anchored.seq >= head.seq) {
        return Ok(());
    }
    replace(path, &format!("{} {}\n", head.seq, head.hash)).map_err(Error::io("write the audit anchor"))
}

fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let temporary = path.with_added_extension("new");
    let mut file = File::create(&temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    folder::sync_of(path)
}

/// The anchored end; `None` when nothing was ever anchored.
///
/// # Errors
/// [`ChainFault::AnchorForm`] when the file holds something else.
pub fn read(path: &Path) -> Result<Option<Head>, Error> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            return Err(ChainFault::AnchorForm.into());
        }
        Err(error) => return Err(Error::io("read the audit anchor")(error)),
    };
    let head = text.trim_end().split_once(' ').and_then(|(seq, hash)| {
        let good = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        let seq = seq.parse().ok().filter(|seq| *seq > 0)?;
        good.then(|| Head { seq, hash: hash.to_owned() })
    });
    head.map(Some).ok_or_else(|| ChainFault::AnchorForm.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(seq: i64) -> Head {
        Head { seq, hash: "ab".repeat(32) }
    }

    #[test]
    fn the_anchor_only_moves_forward() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.head");
        assert_eq!(read(&path).unwrap(), None);
        write(&path, &head(7)).unwrap();
        write(&path, &head(5)).unwrap();
        assert_eq!(read(&path).unwrap(), Some(head(7)));
    }

    #[test]
    fn a_damaged_anchor_is_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.head");
        for text in ["", "7", "0 ab", "x y", "7 zz"] {
            fs::write(&path, text).unwrap();
            assert!(matches!(read(&path), Err(Error::Chain(ChainFault::AnchorForm))), "{text}");
        }
    }
}
