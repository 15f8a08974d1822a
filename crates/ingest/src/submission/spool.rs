//! Rows of one file on disk, by contig: written while the file is read, merged afterwards.

use crate::file_rows::{FileRows, Row};
use crate::report::ReadReport;
use crate::submission::SubmissionError;
use crate::submission::coverage::FileCover;
use gj_model::{Contig, Position, Variant};
use gj_store::{Scratch, StoreError};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::FileExt;

/// Bytes before a row's fields: the position and their lengths.
const HEAD: usize = 24;

/// Where a contig's rows lie in the spool, in bytes.
#[derive(Debug, Clone, Copy)]
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

/// Reads a file to its verified end into `scratch`.
pub(crate) fn spool_file(
    file: &mut FileRows,
    scratch: Scratch,
    columns: Vec<usize>,
    cover: &mut FileCover<'_>,
    mut progress: impl FnMut(&ReadReport),
) -> Result<SpoolReader, SubmissionError> {
    let failed = |scratch: &Scratch| StoreError::in_scratch(scratch);
    let mut out = BufWriter::with_capacity(1 << 20, scratch.file().try_clone().map_err(failed(&scratch))?);
    let (mut at, mut spans) = (0u64, BTreeMap::<Contig, Span>::new());
    while let Some(rows) = file.next_rows()? {
        for row in rows {
            let start = at;
            at += write_row(&mut out, &row).map_err(failed(&scratch))?;
            spans.entry(row.contig).or_insert(Span { start, end: at }).end = at;
        }
        for covered in file.take_covers() {
            cover.accept(&covered)?;
        }
        progress(file.report());
    }
    out.flush().map_err(failed(&scratch))?;
    drop(out);
    Ok(SpoolReader { scratch, spans, columns })
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
        SpoolRows { spool: self, contig, input }
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
        let mut field = |length: u32| {
            let mut bytes = vec![0; length as usize];
            self.input.read_exact(&mut bytes).map(|()| bytes)
        };
        let text = |bytes: Vec<u8>| {
            String::from_utf8(bytes).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
        };
        let (reference, alternate) = (text(field(word(1))?)?, text(field(word(2))?)?);
        let origin = text(field(word(3))?)?;
        let (payload, evidence) = (field(word(4))?, field(word(5))?);
        let position = Position::new(word(0)).ok_or(io::ErrorKind::InvalidData)?;
        let variant = Variant { contig: self.contig, position, reference, alternate };
        let origin = (!origin.is_empty()).then_some(origin);
        Ok(Some(SpooledRow { variant, origin, payload, evidence }))
    }
}
