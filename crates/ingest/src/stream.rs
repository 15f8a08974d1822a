//! The plain bytes of a submitted file, whatever it is packed in.
//!
//! Recognises plain text, gzip and BGZF by their first bytes, never by the file's name. A stream ends
//! only where the packing says so: a cut or damaged file is an error, not an early end.

mod bgzf;

use crate::error::IngestError;
use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Plain bytes of a file, and how much of the stored file they took.
pub(crate) struct Stream {
    /// The plain bytes.
    pub(crate) bytes: Box<dyn BufRead + Send>,
    consumed: Arc<AtomicU64>,
    /// Size of the stored file.
    pub(crate) bytes_total: u64,
}

const BUFFER_BYTES: usize = 256 * 1024;

impl Stream {
    /// Opens a file and recognises its packing.
    pub(crate) fn open(path: &Path) -> Result<Stream, IngestError> {
        let io_error = |source| IngestError::Io { file: path.to_owned(), source };
        let mut file = File::open(path).map_err(io_error)?;
        let metadata = file.metadata().map_err(io_error)?;
        let not_genotypes = |found: &str| IngestError::NotGenotypes {
            file: path.to_owned(),
            found: found.to_owned(),
            expected: "VCF text (plain, gzip or BGZF) or BCF".to_owned(),
        };
        if !metadata.is_file() {
            return Err(not_genotypes("something that is not a regular file"));
        }
        if metadata.len() == 0 {
            return Err(not_genotypes("an empty file"));
        }
        let mut start = Vec::with_capacity(18);
        Read::by_ref(&mut file).take(18).read_to_end(&mut start).map_err(io_error)?;
        file.rewind().map_err(io_error)?;
        let consumed = Arc::new(AtomicU64::new(0));
        let stored = BufReader::with_capacity(BUFFER_BYTES, Counted { file, consumed: consumed.clone() });
        let bytes: Box<dyn BufRead + Send> = if bgzf::is_frame(&start) {
            Box::new(bgzf::Bgzf::new(stored))
        } else if start.starts_with(&[0x1f, 0x8b]) {
            Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(stored)))
        } else {
            Box::new(stored)
        };
        Ok(Stream { bytes, consumed, bytes_total: metadata.len() })
    }

    /// Bytes of the stored file read so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.consumed.load(Ordering::Relaxed)
    }
}

/// Tells damage apart from trouble with the disk.
pub(crate) fn read_error(path: &Path, error: io::Error) -> IngestError {
    let file = path.to_owned();
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            IngestError::Damaged { file, found: format!("it ends early ({error})") }
        }
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            IngestError::Damaged { file, found: error.to_string() }
        }
        _ => IngestError::Io { file, source: error },
    }
}

/// A file that counts what was read from it.
struct Counted {
    file: File,
    consumed: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        self.consumed.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
