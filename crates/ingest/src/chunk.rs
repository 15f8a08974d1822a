//! Chunks of whole records cut from a stream: lines of a VCF, records of a BCF.
//!
//! A chunk bounds the memory of a reader: a few MiB, or one record where a record is larger. Nothing is
//! interpreted here beyond where a record ends.

use crate::error::IngestError;
use crate::stream::{Stream, read_error};
use memchr::memchr_iter;
use std::io::{self, BufRead, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Plain bytes gathered before a chunk is handed on.
const CHUNK_BYTES: usize = 8 << 20;
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
    bytes: Vec<u8>,
    spans: Vec<Range<usize>>,
    first: u64,
}

impl Chunk {
    /// Number of records.
    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// A record's bytes and its line (BCF: ordinal).
    pub(crate) fn record(&self, index: usize) -> (&[u8], u64) {
        (&self.bytes[self.spans[index].clone()], self.first + index as u64)
    }
}

/// The records of a file after its header.
pub(crate) struct Chunks {
    stream: Stream,
    framing: Framing,
    file: PathBuf,
    next: u64,
    carry: Vec<u8>,
}

impl Chunks {
    /// `next` is the line (BCF: ordinal) of the first record.
    pub(crate) fn new(stream: Stream, framing: Framing, file: &Path, next: u64) -> Chunks {
        Chunks { stream, framing, file: file.to_owned(), next, carry: Vec::new() }
    }

    /// Bytes of the stored file read so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.stream.bytes_read()
    }

    /// The next records; `None` once the end of the file is reached and proved.
    pub(crate) fn next_chunk(&mut self) -> Result<Option<Chunk>, IngestError> {
        let cut = match self.framing {
            Framing::Lines => self.cut_lines(),
            Framing::Lengths => self.cut_lengths(),
        };
        let (bytes, spans) = cut.map_err(|error| read_error(&self.file, error))?;
        if spans.is_empty() {
            return Ok(None);
        }
        let first = self.next;
        self.next += spans.len() as u64;
        Ok(Some(Chunk { bytes, spans, first }))
    }

    fn cut_lines(&mut self) -> io::Result<(Vec<u8>, Vec<Range<usize>>)> {
        let mut bytes = std::mem::take(&mut self.carry);
        loop {
            let before = bytes.len();
            let ended = self.fill(&mut bytes)?;
            let last_end = memchr::memrchr(b'\n', &bytes[before..]).map(|end| before + end + 1);
            if ended && bytes.last().is_some_and(|last| *last != b'\n') {
                return Err(invalid("its last line has no line end, so the file was cut off"));
            }
            let whole = if ended { Some(bytes.len()) } else { last_end };
            if let Some(whole) = whole {
                self.carry = bytes.split_off(whole);
                break;
            }
            if bytes.len() > RECORD_BYTES_MAX {
                return Err(invalid("a line is longer than 512 MiB"));
            }
        }
        let mut spans = Vec::new();
        let mut start = 0;
        for end in memchr_iter(b'\n', &bytes) {
            // Version 4.3 allows CR LF line ends.
            let stop = if end > start && bytes[end - 1] == b'\r' { end - 1 } else { end };
            spans.push(start..stop);
            start = end + 1;
        }
        Ok((bytes, spans))
    }

    /// Appends about a chunk's worth of bytes; `true` when the stream has ended.
    fn fill(&mut self, bytes: &mut Vec<u8>) -> io::Result<bool> {
        let target = bytes.len() + CHUNK_BYTES;
        while bytes.len() < target {
            let part = self.stream.bytes.fill_buf()?;
            if part.is_empty() {
                return Ok(true);
            }
            let size = part.len();
            bytes.extend_from_slice(part);
            self.stream.bytes.consume(size);
        }
        Ok(false)
    }

    fn cut_lengths(&mut self) -> io::Result<(Vec<u8>, Vec<Range<usize>>)> {
        let (mut bytes, mut spans) = (Vec::new(), Vec::new());
        while bytes.len() < CHUNK_BYTES && !self.stream.bytes.fill_buf()?.is_empty() {
            let start = bytes.len();
            let mut lengths = [0u8; 8];
            self.stream.bytes.read_exact(&mut lengths)?;
            let [a, b, c, d, e, f, g, h] = lengths;
            let shared = u32::from_le_bytes([a, b, c, d]) as usize;
            let individual = u32::from_le_bytes([e, f, g, h]) as usize;
            let size = shared.saturating_add(individual);
            if size > RECORD_BYTES_MAX {
                return Err(invalid("a record is longer than 512 MiB"));
            }
            bytes.extend_from_slice(&lengths);
            // Read through `take`: a wrong length must not reserve memory for bytes that are not there.
            let read = Read::by_ref(&mut self.stream.bytes).take(size as u64).read_to_end(&mut bytes)?;
            if read != size {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "inside a record"));
            }
            spans.push(start..bytes.len());
        }
        Ok((bytes, spans))
    }
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
