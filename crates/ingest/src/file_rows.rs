//! A submitted file as a sorted stream of encoded rows.
//!
//! While one chunk of records is read in parallel the next is unpacked, so memory holds two chunks and
//! the rows that may still change places. Nothing is returned as the end of the file before the end is
//! proved. Who the samples are, and how files are merged, is not known here.

mod sequence;
mod window;

use crate::bcf;
use crate::chunk::{Chunk, Chunks, Framing};
use crate::columns::Columns;
use crate::error::{Fault, IngestError};
use crate::gvcf::{BlockFloor, Cover};
use crate::header::{Header, Progress, build};
use crate::record::{Checks, Context, Form, Record};
use crate::reference::Reference;
use crate::report::ReadReport;
use crate::stream::{Place, Stream, read_error};
use gj_model::Contig;
use rayon::prelude::*;
use sequence::Sequence;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Read};
use std::path::Path;
use std::sync::Arc;

/// Groups of a chunk at least, so that all cores have some.
const GROUPS: usize = 64;
/// Records of a group at most.
const GROUP_RECORDS_MAX: usize = 512;
/// The longest header that is read: ten million sample names need a fifth of it.
const HEADER_BYTES_MAX: u64 = 512 << 20;

/// How a file is read. Threads are those of rayon's global pool.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Compares every REF with this genome, and trims and left-aligns the variants on it. Without it
    /// alleles are kept as the file spells them.
    pub reference: Option<Arc<Reference>>,
    /// What a reference block of a gVCF must reach to be a call.
    pub floor: BlockFloor,
}

impl ReadOptions {
    /// Says which options these are: files read with the same identity give the same rows.
    pub(crate) fn identity(&self) -> String {
        format!("reference {:?} floor {:?}", self.reference.as_deref().map(Reference::identity), self.floor)
    }
}

/// One alternate allele at one place, and what everybody kept has there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The contig.
    pub contig: Contig,
    /// 1-based position of the first base of `reference`.
    pub position: u32,
    /// Reference allele, upper-case `ACGTN`.
    pub reference: String,
    /// Alternate allele, upper-case `ACGTN`.
    pub alternate: String,
    /// `position:reference:alternates` of the record in the file, where splitting or normalising made
    /// something else of it.
    pub origin: Option<String>,
    /// [`gj_kernels::encode`] over the kept samples, in file order.
    pub payload: Vec<u8>,
    /// What supports the carriers' calls, packed; empty where the file does not say.
    pub(crate) evidence: Vec<u8>,
}

/// The rows of one file.
///
/// Contigs come in the file's order, each once; within a contig rows are in the order of position,
/// reference and alternate allele.
pub struct FileRows {
    context: Context,
    chunks: Chunks,
    ahead: Option<Chunk>,
    sequence: Sequence,
    covers: Vec<Cover>,
    /// Whether a record with the allele that makes a gVCF has been read.
    is_gvcf: bool,
    report: ReadReport,
    state: State,
}

/// Where a file stands between two calls of [`FileRows::next_rows`]: enough to go on in another process.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FileState {
    place: Place,
    line: u64,
    sequence: Sequence,
    report: ReadReport,
}

impl FileState {
    /// What was read.
    pub(crate) fn report(&self) -> &ReadReport {
        &self.report
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Reading,
    Ended,
}

impl FileRows {
    /// Opens a VCF (plain, gzip or BGZF) or BCF, recognised by content, and checks its header.
    ///
    /// # Errors
    /// When the file cannot be read, is neither, breaks the specification or is of another build.
    pub fn open(path: &Path, options: &ReadOptions) -> Result<FileRows, IngestError> {
        FileRows::open_with(path, options, Checks::Programme)
    }

    pub(crate) fn open_with(
        path: &Path,
        options: &ReadOptions,
        checks: Checks,
    ) -> Result<FileRows, IngestError> {
        FileRows::over(Stream::open(path)?, path, options, checks)
    }

    /// Checks the header of an opened file; errors call it `path`.
    pub(crate) fn over(
        mut stream: Stream,
        path: &Path,
        options: &ReadOptions,
        checks: Checks,
    ) -> Result<FileRows, IngestError> {
        let start = stream.bytes.fill_buf().map_err(|error| read_error(path, error))?;
        let form = if start.starts_with(bcf::MAGIC) { Form::Bcf } else { Form::Vcf };
        let mut header = Header::default();
        let read = match form {
            Form::Vcf => text_header(&mut stream.bytes, path, &mut header),
            Form::Bcf => binary_header(&mut stream.bytes, path, &mut header),
        };
        // Another build is the first thing a submitter should hear, whatever else the header has wrong.
        if checks == Checks::Programme {
            build::check(&header).map_err(|(line, fault)| fault.at(path, line))?;
        }
        read?;
        let first = match form {
            Form::Vcf => header.lines() + 1,
            Form::Bcf => 1,
        };
        let report = ReadReport { bytes_total: stream.bytes_total, ..ReadReport::default() };
        let columns = Columns::all(header.samples.len());
        let (reference, floor) = (options.reference.clone(), options.floor);
        let sequence = Sequence::new(path, reference.is_some());
        Ok(FileRows {
            context: Context { file: path.to_owned(), form, checks, header, columns, reference, floor },
            chunks: Chunks::new(stream, framing(form), path, first),
            ahead: None,
            sequence,
            covers: Vec::new(),
            is_gvcf: false,
            report,
            state: State::Start,
        })
    }

    /// Reads one record as if it came next: without its line end (VCF), with its two lengths (BCF).
    pub(crate) fn record(&self, bytes: &[u8]) -> Result<Record, IngestError> {
        self.context.read(bytes, 1, &mut ReadReport::default())
    }

    /// The sample names, in file order.
    pub fn samples(&self) -> &[String] {
        &self.context.header.samples
    }

    /// Keeps these sample columns (from 0, in any order; all by default). The others are never decoded.
    /// Rows hold the kept samples in file order.
    pub fn keep(&mut self, columns: Vec<usize>) {
        self.context.columns = Columns::only(&columns, self.context.header.samples.len());
    }

    /// Whether a record with the allele that makes a gVCF has been read.
    pub(crate) fn is_gvcf(&self) -> bool {
        self.is_gvcf
    }

    /// What the records read so far cover, in file order, since it was asked last. A file gives covers from
    /// its first record on that has the allele of gVCFs.
    pub(crate) fn take_covers(&mut self) -> Vec<Cover> {
        std::mem::take(&mut self.covers)
    }

    /// The next rows, perhaps none; `None` once the end of the file has been reached and proved.
    ///
    /// # Errors
    /// When the file breaks the specification, is damaged, or does not fit the genome. Nothing read
    /// before should then be kept.
    pub fn next_rows(&mut self) -> Result<Option<Vec<Row>>, IngestError> {
        loop {
            if self.state == State::Ended {
                return Ok(None);
            }
            let rows = self.step().inspect_err(|_| self.state = State::Ended)?;
            if !rows.is_empty() || !self.covers.is_empty() {
                return Ok(Some(rows));
            }
        }
    }

    /// What was read so far.
    pub fn report(&self) -> &ReadReport {
        &self.report
    }

    /// The contigs whose records have been read so far, in file order.
    pub fn contigs_seen(&self) -> &[Contig] {
        self.sequence.contigs()
    }

    /// Where it stands; `None` where it could not be taken up again: in a gzip file, before the first
    /// records and after the last.
    pub(crate) fn state(&self) -> Option<FileState> {
        // What a gVCF covers is not part of a state.
        if self.is_gvcf {
            return None;
        }
        let (place, line) = self.ahead.as_ref()?.start()?;
        Some(FileState { place, line, sequence: self.sequence.clone(), report: self.report.clone() })
    }

    /// Goes on where another reader of the same file stood.
    pub(crate) fn resume(&mut self, state: FileState) -> Result<(), IngestError> {
        let path = &self.context.file;
        let stream = Stream::open_at(path, Some(state.place))?;
        self.chunks = Chunks::new(stream, framing(self.context.form), path, state.line);
        self.sequence = state.sequence.of_file(path);
        self.report = state.report;
        self.ahead = self.chunks.next_chunk()?;
        self.state = State::Reading;
        Ok(())
    }

    fn step(&mut self) -> Result<Vec<Row>, IngestError> {
        if self.state == State::Start {
            self.ahead = self.chunks.next_chunk()?;
            self.state = State::Reading;
        }
        let mut rows = Vec::new();
        match self.ahead.take() {
            None => {
                self.sequence.finish(&mut rows);
                self.state = State::Ended;
            }
            Some(chunk) => {
                let (context, chunks) = (&self.context, &mut self.chunks);
                let (next, records) = rayon::join(|| chunks.next_chunk(), || read_all(context, &chunk));
                rows.reserve(chunk.len());
                // An error in this chunk comes before one in the next.
                for group in records {
                    let (records, counts) = group?;
                    self.report.absorb(&counts);
                    for mut record in records {
                        let cover = record.cover.take().map(|cover| *cover);
                        self.is_gvcf |= cover.as_ref().is_some_and(|cover| cover.is_gvcf);
                        self.covers.extend(cover.filter(|_| self.is_gvcf));
                        self.sequence.accept(record, &mut rows)?;
                    }
                }
                self.chunks.recycle(chunk);
                self.ahead = next?;
            }
        }
        self.report.rows = self.sequence.rows();
        self.report.duplicate_rows = self.sequence.duplicates();
        self.report.bytes_read = self.chunks.bytes_read();
        Ok(rows)
    }
}

fn framing(form: Form) -> Framing {
    match form {
        Form::Vcf => Framing::Lines,
        Form::Bcf => Framing::Lengths,
    }
}

/// Some records in file order, and what they are.
type Group = Result<(Vec<Record>, ReadReport), IngestError>;

/// Reads the records of a chunk in parallel, in groups of neighbours. The first error in file order comes
/// first, so that the same file is always refused for the same reason.
fn read_all(context: &Context, chunk: &Chunk) -> Vec<Group> {
    let together = (chunk.len() / GROUPS).clamp(1, GROUP_RECORDS_MAX);
    let group = |start: usize| {
        let mut counts = ReadReport::default();
        let records = start..(start + together).min(chunk.len());
        let records = records.map(|index| {
            let (bytes, line) = chunk.record(index);
            context.read(bytes, line, &mut counts)
        });
        // Collecting results would not know how many there are.
        let mut read = Vec::with_capacity(records.len());
        for record in records {
            read.push(record?);
        }
        Ok((read, counts))
    };
    (0..chunk.len().div_ceil(together)).into_par_iter().map(|number| group(number * together)).collect()
}

fn text_header(bytes: &mut dyn BufRead, path: &Path, header: &mut Header) -> Result<(), IngestError> {
    let mut line = Vec::new();
    let mut left = HEADER_BYTES_MAX;
    loop {
        line.clear();
        let read = Read::take(&mut *bytes, left).read_until(b'\n', &mut line);
        left -= read.map_err(|error| read_error(path, error))? as u64;
        if header.lines() == 0 && !line.starts_with(b"##") {
            return Err(IngestError::NotGenotypes {
                file: path.to_owned(),
                found: format!("`{}` at its start", crate::error::hint(line.trim_ascii_end())),
                expected: "`##fileformat=VCFv4.x` (plain, gzip or BGZF) or BCF".to_owned(),
            });
        }
        if line.pop() != Some(b'\n') {
            return Err(IngestError::Damaged {
                file: path.to_owned(),
                found: "it ends inside its header".to_owned(),
            });
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        let progress = header.take(&line).map_err(|fault| fault.at(path, header.lines()))?;
        if progress == Progress::Done {
            return Ok(());
        }
    }
}

fn binary_header(bytes: &mut dyn BufRead, path: &Path, header: &mut Header) -> Result<(), IngestError> {
    let io_error = |error| read_error(path, error);
    let mut start = [0u8; 9];
    bytes.read_exact(&mut start).map_err(io_error)?;
    let length = u64::from(u32::from_le_bytes([start[5], start[6], start[7], start[8]]));
    let mut text = Vec::new();
    let read = Read::take(&mut *bytes, length.min(HEADER_BYTES_MAX)).read_to_end(&mut text);
    if read.map_err(io_error)? as u64 != length {
        let found = "it ends inside its header, or the header is too long".to_owned();
        return Err(IngestError::Damaged { file: path.to_owned(), found });
    }
    // The text ends with a NUL byte, or several.
    let end = text.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    for line in text[..end].split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let progress = header.take(line).map_err(|fault| fault.at(path, header.lines()))?;
        if progress == Progress::Done {
            return Ok(());
        }
    }
    let fault = Fault::header("no `#CHROM` line", "`#CHROM POS ID …` at the end of the header");
    Err(fault.at(path, header.lines()))
}

#[cfg(test)]
mod tests;
