//! Rows of one file on disk, by contig: written while the file is read, merged afterwards.

use crate::file_rows::{FileRows, Row};
use crate::submission::SubmissionError;
use crate::submission::coverage::FileCover;
use gj_model::{Contig, Position, Variant};
use gj_store::{Scratch, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;

/// Bytes before a row's fields: the position and their lengths.
const HEAD: usize = 4 + 4 * FIELDS;
/// Reference, alternate, origin, payload, evidence.
const FIELDS: usize = 5;

/// Where a contig's rows lie in the spool, in bytes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Span {
    start: u64,
    end: u64,
}

/// A finished spool.
pub(crate) struct SpoolReader {
    scratch: Scratch,
    spans: BTreeMap<Contig, Span>,
    /// For each sample of a payload: its column in the batch.
    pub(crate) columns: Vec<usize>,
}

/// A row read back.
pub(crate) struct SpooledRow {
    pub(crate) variant: Variant,
    pub(crate) origin: Option<String>,
    pub(crate) payload: Vec<u8>,
    /// What supports the carriers' calls, packed.
    pub(crate) evidence: Vec<u8>,
}

/// How much of a spool is good.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SpoolState {
    bytes: u64,
    digest: String,
    spans: BTreeMap<Contig, Span>,
}

impl SpoolState {
    /// Whether `scratch` begins with these bytes.
    pub(crate) fn is_in(&self, scratch: &Scratch) -> bool {
        self.hasher(scratch).is_ok_and(|hasher| hasher.finalize().to_hex().as_str() == self.digest)
    }

    /// The digest so far, to go on with.
    fn hasher(&self, scratch: &Scratch) -> io::Result<blake3::Hasher> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(ReadAt { file: scratch.file(), at: 0, end: self.bytes })?;
        Ok(hasher)
    }
}

/// A spool being written.
pub(crate) struct SpoolWriter {
    scratch: Scratch,
    out: BufWriter<Digesting>,
    bytes: u64,
    spans: BTreeMap<Contig, Span>,
}

/// A file that digests what is written to it.
struct Digesting {
    file: File,
    hasher: blake3::Hasher,
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl SpoolWriter {
    /// Begins a spool, or goes on with one whose good part is in `scratch`.
    pub(crate) fn new(scratch: Scratch, state: Option<SpoolState>) -> Result<SpoolWriter, StoreError> {
        let begin = || {
            let mut file = scratch.file().try_clone()?;
            let bytes = state.as_ref().map_or(0, |state| state.bytes);
            file.set_len(bytes)?;
            file.seek(SeekFrom::Start(bytes))?;
            let hasher = state.as_ref().map(|state| state.hasher(&scratch)).transpose()?;
            Ok((Digesting { file, hasher: hasher.unwrap_or_default() }, bytes))
        };
        let (file, bytes) = begin().map_err(StoreError::in_scratch(&scratch))?;
        let spans = state.map(|state| state.spans).unwrap_or_default();
        Ok(SpoolWriter { scratch, out: BufWriter::with_capacity(1 << 20, file), bytes, spans })
    }

    fn push(&mut self, row: &Row) -> Result<(), StoreError> {
        let start = self.bytes;
        let size = write_row(&mut self.out, row).map_err(StoreError::in_scratch(&self.scratch))?;
        self.bytes += size;
        self.spans.entry(row.contig).or_insert(Span { start, end: start }).end = self.bytes;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.out.flush().map_err(StoreError::in_scratch(&self.scratch))
    }

    /// How far it is; all of it is with the system, though not yet on the disk.
    pub(crate) fn state(&mut self) -> Result<SpoolState, StoreError> {
        self.flush()?;
        let digest = self.out.get_ref().hasher.finalize().to_hex().to_string();
        Ok(SpoolState { bytes: self.bytes, digest, spans: self.spans.clone() })
    }

    /// Ends the spool.
    pub(crate) fn finish(mut self, columns: Vec<usize>) -> Result<SpoolReader, StoreError> {
        self.flush()?;
        Ok(SpoolReader { scratch: self.scratch, spans: self.spans, columns })
    }
}

impl SpoolReader {
    /// A spool that was finished before.
    pub(crate) fn finished(scratch: Scratch, state: &SpoolState, columns: Vec<usize>) -> SpoolReader {
        SpoolReader { scratch, spans: state.spans.clone(), columns }
    }
}

/// Reads a file to its verified end into `spool`; `each` is called whenever both stand at the same row.
pub(crate) fn spool_file(
    file: &mut FileRows,
    spool: &mut SpoolWriter,
    cover: &mut FileCover<'_>,
    mut each: impl FnMut(&FileRows, &mut SpoolWriter) -> Result<(), StoreError>,
) -> Result<(), SubmissionError> {
    while let Some(rows) = file.next_rows()? {
        for row in rows {
            spool.push(&row)?;
        }
        for covered in file.take_covers() {
            cover.accept(&covered)?;
        }
        each(file, spool)?;
    }
    Ok(())
}

fn write_row(out: &mut impl Write, row: &Row) -> io::Result<u64> {
    let origin = row.origin.as_deref().unwrap_or("");
    let texts = [row.reference.as_bytes(), row.alternate.as_bytes(), origin.as_bytes()];
    let fields = [texts[0], texts[1], texts[2], &row.payload, &row.evidence];
    out.write_all(&row.position.to_le_bytes())?;
    for field in fields {
        out.write_all(&(field.len() as u32).to_le_bytes())?;
    }
    for field in fields {
        out.write_all(field)?;
    }
    Ok(HEAD as u64 + fields.iter().map(|field| field.len() as u64).sum::<u64>())
}

/// The rows of one contig of a spool, ascending.
pub(crate) struct SpoolRows<'a> {
    spool: &'a SpoolReader,
    contig: Contig,
    input: BufReader<ReadAt<'a>>,
    /// A row that lies across the end of the buffer.
    row: Vec<u8>,
}

/// Part of a file, from `at` to `end`.
pub(crate) struct ReadAt<'a> {
    pub(crate) file: &'a File,
    pub(crate) at: u64,
    pub(crate) end: u64,
}

impl Read for ReadAt<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = out.len().min((self.end - self.at) as usize);
        let n = self.file.read_at(&mut out[..n], self.at)?;
        self.at += n as u64;
        Ok(n)
    }
}

impl SpoolReader {
    /// The rows of a contig, read through a buffer of so many bytes.
    pub(crate) fn rows(&self, contig: Contig, buffer: usize) -> SpoolRows<'_> {
        let Span { start, end } = self.spans.get(&contig).copied().unwrap_or(Span { start: 0, end: 0 });
        let input = BufReader::with_capacity(buffer, ReadAt { file: self.scratch.file(), at: start, end });
        SpoolRows { spool: self, contig, input, row: Vec::new() }
    }
}

impl SpoolRows<'_> {
    /// The next row; `None` at the end of the contig.
    pub(crate) fn next_row(&mut self) -> Result<Option<SpooledRow>, StoreError> {
        self.read_row().map_err(StoreError::in_scratch(&self.spool.scratch))
    }

    fn read_row(&mut self) -> io::Result<Option<SpooledRow>> {
        let mut head = [0u8; HEAD];
        if self.input.get_ref().at >= self.input.get_ref().end && self.input.buffer().is_empty() {
            return Ok(None);
        }
        self.input.read_exact(&mut head)?;
        let word =
            |i: usize| u32::from_le_bytes([head[i * 4], head[i * 4 + 1], head[i * 4 + 2], head[i * 4 + 3]]);
        let lengths: [usize; FIELDS] = std::array::from_fn(|field| word(field + 1) as usize);
        let total = lengths.iter().sum();
        // Most rows lie whole in the buffer and are read where they are.
        let whole = self.input.buffer().len() >= total;
        if !whole {
            self.row.resize(total, 0);
            self.input.read_exact(&mut self.row)?;
        }
        let mut rest = if whole { &self.input.buffer()[..total] } else { &self.row[..] };
        let fields = lengths.map(|length| {
            let (field, after) = rest.split_at(length);
            rest = after;
            field
        });
        let text = |bytes: &[u8]| {
            let text = std::str::from_utf8(bytes).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e));
            text.map(str::to_owned)
        };
        let (reference, alternate, origin) = (text(fields[0])?, text(fields[1])?, text(fields[2])?);
        let [payload, evidence] = [fields[3], fields[4]].map(<[u8]>::to_vec);
        if whole {
            self.input.consume(total);
        }
        let position = Position::new(word(0)).ok_or(io::ErrorKind::InvalidData)?;
        let variant = Variant { contig: self.contig, position, reference, alternate };
        let origin = (!origin.is_empty()).then_some(origin);
        Ok(Some(SpooledRow { variant, origin, payload, evidence }))
    }
}
