//! The plain bytes of a submitted file, whatever it is packed in.
//!
//! Recognises plain text, gzip and BGZF by their first bytes, never by the file's name. A stream ends
//! only where the packing says so: a cut or damaged file is an error, not an early end.

mod bgzf;
pub(crate) mod inflate;

use crate::error::IngestError;
use flate2::bufread::MultiGzDecoder;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Plain bytes of a file, and how much of the stored file they took.
pub(crate) struct Stream {
    /// The plain bytes.
    pub(crate) bytes: Box<dyn Plain>,
    consumed: Arc<AtomicU64>,
    /// Size of the stored file.
    pub(crate) bytes_total: u64,
}

const BUFFER_BYTES: usize = 256 * 1024;
/// Plain bytes asked for at once.
const PART_BYTES: usize = 4 << 20;

/// Plain bytes, a few at a time for a header and many at a time for records.
pub(crate) trait Plain: BufRead + Send {
    /// Appends the next few MiB; adds nothing only at the proved end. Marks say where they are stored.
    fn append(&mut self, to: &mut Buffer, marks: &mut Vec<Mark>) -> io::Result<()>;
}

/// Where reading can begin again: `skip` plain bytes after what is stored at `stored`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    stored: u64,
    skip: u64,
}

/// The plain byte at `at` of a buffer is the first one of what is stored at `stored`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    at: i64,
    stored: u64,
}

impl Mark {
    /// The place of a buffer's first byte.
    pub(crate) fn place(marks: &[Mark]) -> Option<Place> {
        let mark = marks.iter().rev().find(|mark| mark.at <= 0)?;
        Some(Place { stored: mark.stored, skip: mark.at.unsigned_abs() })
    }

    /// Counts from `whole` on, and forgets what lies before.
    pub(crate) fn shift(marks: &mut Vec<Mark>, whole: usize) {
        marks.iter_mut().for_each(|mark| mark.at -= whole as i64);
        let first = marks.iter().rposition(|mark| mark.at <= 0).unwrap_or(0);
        marks.drain(..first);
    }
}

/// Bytes that grow and are used again without being cleared each time.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
}

impl Buffer {
    /// What was filled.
    pub(crate) fn filled(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }

    /// Forgets what was filled.
    pub(crate) fn clear(&mut self) {
        self.filled = 0;
    }

    /// Appends `more`.
    pub(crate) fn extend(&mut self, more: &[u8]) {
        self.grow(more.len()).copy_from_slice(more);
    }

    /// Appends `count` bytes, to be written by the caller.
    pub(crate) fn grow(&mut self, count: usize) -> &mut [u8] {
        let (from, to) = (self.filled, self.filled + count);
        if self.bytes.len() < to {
            self.bytes.resize(to, 0);
        }
        self.filled = to;
        &mut self.bytes[from..to]
    }

    /// Takes back all but the first `count` bytes.
    pub(crate) fn truncate(&mut self, count: usize) {
        self.filled = self.filled.min(count);
    }
}

/// Plain text, or gzip, which can only be unpacked from its start.
struct Serial<R> {
    plain: R,
    /// How far plain text is read.
    stored: Option<u64>,
}

impl<R: BufRead> Read for Serial<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Serial<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.plain.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.plain.consume(amount);
        self.stored = self.stored.map(|stored| stored + amount as u64);
    }
}

impl<R: BufRead + Send> Plain for Serial<R> {
    fn append(&mut self, to: &mut Buffer, marks: &mut Vec<Mark>) -> io::Result<()> {
        let before = to.filled;
        marks.extend(self.stored.map(|stored| Mark { at: before as i64, stored }));
        while to.filled - before < PART_BYTES {
            let part = self.fill_buf()?;
            if part.is_empty() {
                break;
            }
            let size = part.len();
            to.extend(part);
            self.consume(size);
        }
        Ok(())
    }
}

impl Stream {
    /// Opens a file and recognises its packing.
    pub(crate) fn open(path: &Path) -> Result<Stream, IngestError> {
        Stream::open_at(path, None)
    }

    /// The same, from a place on at which it was before.
    pub(crate) fn open_at(path: &Path, place: Option<Place>) -> Result<Stream, IngestError> {
        let io_error = |source| IngestError::Io { file: path.to_owned(), source };
        let file = File::open(path).map_err(io_error)?;
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
        Stream::over(file, metadata.len(), path, place)
    }

    /// The same for anything that holds the `bytes_total` bytes of a file; errors call it `path`.
    pub(crate) fn over(
        mut file: impl Read + Seek + Send + 'static,
        bytes_total: u64,
        path: &Path,
        place: Option<Place>,
    ) -> Result<Stream, IngestError> {
        let io_error = |source| IngestError::Io { file: path.to_owned(), source };
        let mut start = Vec::with_capacity(18);
        Read::by_ref(&mut file).take(18).read_to_end(&mut start).map_err(io_error)?;
        let from = place.map_or(0, |place| place.stored);
        file.seek(SeekFrom::Start(from)).map_err(io_error)?;
        let consumed = Arc::new(AtomicU64::new(from));
        let stored = BufReader::with_capacity(BUFFER_BYTES, Counted { file, consumed: consumed.clone() });
        let bytes: Box<dyn Plain> = if bgzf::is_frame(&start) {
            Box::new(bgzf::Bgzf::new(stored, from))
        } else if start.starts_with(&[0x1f, 0x8b]) {
            let plain = BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(stored));
            Box::new(Serial { plain, stored: None })
        } else {
            Box::new(Serial { plain: stored, stored: Some(from) })
        };
        let mut stream = Stream { bytes, consumed, bytes_total };
        let skip = place.map_or(0, |place| place.skip);
        let mut skipped = Read::take(&mut stream.bytes, skip);
        io::copy(&mut skipped, &mut io::sink()).map_err(|error| read_error(path, error))?;
        Ok(stream)
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
struct Counted<R> {
    file: R,
    consumed: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        self.consumed.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
