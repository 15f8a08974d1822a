//! Chunks of whole records cut from a stream: lines of a VCF, records of a BCF.
//!
//! A chunk bounds the memory of a reader: some 4 MiB, or one record where a record is larger. Nothing is
//! interpreted here beyond where a record ends.

use crate::error::IngestError;
use crate::stream::{Buffer, Mark, Place, Stream, read_error};
use memchr::memchr_iter;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The longest record that is read: 100,000 samples with every field of a gVCF need a tenth of it.
const RECORD_BYTES_MAX: usize = 512 << 20;

/// How records are delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// By line ends.
    Lines,
    /// By their lengths, as in BCF.
    Lengths,
}

/// Whole records, in file order.
pub(crate) struct Chunk {
    bytes: Buffer,
    spans: Vec<Range<usize>>,
    first: u64,
    place: Option<Place>,
}

impl Chunk {
    /// Where reading can begin again with its first record, and that record's line (BCF: ordinal); `None`
    /// in a gzip file.
    pub(crate) fn start(&self) -> Option<(Place, u64)> {
        self.place.map(|place| (place, self.first))
    }

    /// Number of records.
    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// A record's bytes and its line (BCF: ordinal).
    pub(crate) fn record(&self, index: usize) -> (&[u8], u64) {
        (&self.bytes.filled()[self.spans[index].clone()], self.first + index as u64)
    }
}

/// The records of a file after its header.
pub(crate) struct Chunks {
    stream: Stream,
    framing: Framing,
    file: PathBuf,
    next: u64,
    /// The start of a record whose end is in the next chunk.
    carry: Vec<u8>,
    /// Where the carry, and what came after it, is stored.
    marks: Vec<Mark>,
    spare: Vec<Buffer>,
}

impl Chunks {
    /// `next` is the line (BCF: ordinal) of the first record.
    pub(crate) fn new(stream: Stream, framing: Framing, file: &Path, next: u64) -> Chunks {
        Chunks {
            stream,
            framing,
            file: file.to_owned(),
            next,
            carry: Vec::new(),
            marks: Vec::new(),
            spare: Vec::new(),
        }
    }

    /// Bytes of the stored file read so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.stream.bytes_read()
    }

    /// Takes back a chunk that was read, to use its memory again.
    pub(crate) fn recycle(&mut self, chunk: Chunk) {
        self.spare.push(chunk.bytes);
    }

    /// The next records; `None` once the end of the file is reached and proved.
    pub(crate) fn next_chunk(&mut self) -> Result<Option<Chunk>, IngestError> {
        let (bytes, spans) = self.cut().map_err(|error| read_error(&self.file, error))?;
        if spans.is_empty() {
            return Ok(None);
        }
        let (first, place) = (self.next, Mark::place(&self.marks));
        self.next += spans.len() as u64;
        Mark::shift(&mut self.marks, bytes.filled().len());
        Ok(Some(Chunk { bytes, spans, first, place }))
    }

    /// Unpacks until there is a whole record.
    fn cut(&mut self) -> io::Result<(Buffer, Vec<Range<usize>>)> {
        let mut bytes = self.spare.pop().unwrap_or_default();
        bytes.clear();
        bytes.extend(&std::mem::take(&mut self.carry));
        let mut spans = Vec::new();
        loop {
            let before = bytes.filled().len();
            self.stream.bytes.append(&mut bytes, &mut self.marks)?;
            let whole = match self.framing {
                Framing::Lines => lines(bytes.filled(), before, &mut spans),
                Framing::Lengths => lengths(bytes.filled(), &mut spans)?,
            };
            let left = &bytes.filled()[whole..];
            if bytes.filled().len() == before && !left.is_empty() {
                return Err(match self.framing {
                    Framing::Lines => invalid("its last line has no line end, so the file was cut off"),
                    Framing::Lengths => io::Error::new(io::ErrorKind::UnexpectedEof, "inside a record"),
                });
            }
            if !spans.is_empty() || left.is_empty() {
                self.carry.extend_from_slice(left);
                bytes.truncate(whole);
                return Ok((bytes, spans));
            }
            if left.len() > RECORD_BYTES_MAX {
                return Err(invalid("a line is longer than 512 MiB"));
            }
        }
    }
}

/// Finds the lines of `bytes`, in which none ends before `from`; returns where the last one ends.
fn lines(bytes: &[u8], from: usize, spans: &mut Vec<Range<usize>>) -> usize {
    let mut start = 0;
    for end in memchr_iter(b'\n', &bytes[from..]).map(|end| from + end) {
        // Version 4.3 allows CR LF line ends.
        let stop = if end > start && bytes[end - 1] == b'\r' { end - 1 } else { end };
        spans.push(start..stop);
        start = end + 1;
    }
    start
}

/// Finds the records of `bytes` by their two lengths; returns where the last whole one ends.
fn lengths(bytes: &[u8], spans: &mut Vec<Range<usize>>) -> io::Result<usize> {
    let mut start = 0;
    while let Some([a, b, c, d, e, f, g, h]) = bytes[start..].first_chunk::<8>().copied() {
        let shared = u32::from_le_bytes([a, b, c, d]) as usize;
        let individual = u32::from_le_bytes([e, f, g, h]) as usize;
        let size = shared.saturating_add(individual);
        if size > RECORD_BYTES_MAX {
            return Err(invalid("a record is longer than 512 MiB"));
        }
        let end = start + 8 + size;
        if end > bytes.len() {
            break;
        }
        spans.push(start..end);
        start = end;
    }
    Ok(start)
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
