//! The reference genome: bases of GRCh38 from a FASTA file.
//!
//! Reads windows of a plain FASTA through its index; never the whole genome into memory. Knows nothing
//! of variants.

mod index;

use crate::error::{IngestError, clip};
use gj_model::Contig;
use index::{Entry, Index};
use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Bases of one cached block.
const BLOCK_BASES: u32 = 1 << 16;
/// Blocks kept: 4 MiB, enough for every thread to work near its own place.
const BLOCKS_MAX: usize = 64;

/// A FASTA file of the genome, shared between threads.
#[derive(Debug)]
pub struct Reference {
    file: PathBuf,
    entries: HashMap<Contig, Entry>,
    blocks: Mutex<Blocks>,
}

#[derive(Debug)]
struct Blocks {
    fasta: File,
    kept: HashMap<(Contig, u32), Arc<[u8]>>,
    order: VecDeque<(Contig, u32)>,
}

impl Reference {
    /// Opens a plain FASTA. Uses `FILE.fai` unless it is older than the FASTA, else reads the file once.
    /// Sequences other than the 25 contigs are passed over; their names may omit `chr`.
    ///
    /// # Errors
    /// When the file cannot be read, is compressed or not a FASTA, or is GRCh37.
    pub fn open(path: &Path) -> Result<Reference, IngestError> {
        let io_error = |source| IngestError::Io { file: path.to_owned(), source };
        let mut fasta = File::open(path).map_err(io_error)?;
        let mut start = Vec::new();
        Read::by_ref(&mut fasta).take(2).read_to_end(&mut start).map_err(io_error)?;
        if start == [0x1f, 0x8b] {
            return Err(wrong(
                path,
                "a compressed file",
                "plain FASTA: unpack it with `bgzip -d` (or `gunzip`)",
            ));
        }
        let index = Index::of(path)?;
        let entries: HashMap<Contig, Entry> =
            index.entries.into_iter().filter_map(|(name, entry)| Some((name.parse().ok()?, entry))).collect();
        if entries.is_empty() {
            return Err(wrong(path, "no sequence called chr1 … chrM (or 1 … MT)", "the FASTA of GRCh38"));
        }
        for (contig, entry) in &entries {
            let length = u64::from(contig.length_grch37());
            if entry.length == length && *contig != Contig::MT {
                let found = format!("`{contig}` {length} bases long, which looks like GRCh37 (hg19)");
                return Err(wrong(path, &found, "the FASTA of GRCh38"));
            }
        }
        let blocks = Blocks { fasta, kept: HashMap::new(), order: VecDeque::new() };
        Ok(Reference { file: path.to_owned(), entries, blocks: Mutex::new(blocks) })
    }

    /// Says which file it is: its path, size and time of change.
    pub(crate) fn identity(&self) -> String {
        let changed = self.file.metadata().map(|data| (data.len(), data.modified().ok()));
        format!("{:?} {:?}", self.file.canonicalize().ok(), changed.ok())
    }

    /// Upper-case bases from `start` to `end`, 1-based and inclusive.
    ///
    /// # Errors
    /// When the reference does not hold all of them.
    pub fn bases(&self, contig: Contig, start: u32, end: u32) -> Result<Vec<u8>, IngestError> {
        let length = self.entries.get(&contig).map_or(0, |entry| entry.length);
        if start == 0 || u64::from(end) > length {
            return Err(wrong(
                &self.file,
                &format!("nothing at {contig}:{end} (it holds {length} bases of {contig})"),
                "a reference that covers every record",
            ));
        }
        let mut bases = Vec::with_capacity((end - start.min(end)) as usize + 1);
        let mut at = start - 1;
        while at < end {
            let block = self.block(contig, at / BLOCK_BASES)?;
            let from = (at % BLOCK_BASES) as usize;
            let until = ((end - at) as usize + from).min(block.len());
            bases.extend_from_slice(&block[from..until]);
            at += (until - from) as u32;
        }
        Ok(bases)
    }

    fn block(&self, contig: Contig, number: u32) -> Result<Arc<[u8]>, IngestError> {
        // A thread that panicked elsewhere leaves the cache usable: every change is one insertion.
        let mut blocks = self.blocks.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(block) = blocks.kept.get(&(contig, number)) {
            return Ok(block.clone());
        }
        let entry = &self.entries[&contig];
        let start = u64::from(number) * u64::from(BLOCK_BASES);
        let end = (start + u64::from(BLOCK_BASES)).min(entry.length);
        let block: Arc<[u8]> = self.read(&mut blocks.fasta, entry, start, end)?.into();
        if blocks.order.len() == BLOCKS_MAX
            && let Some(oldest) = blocks.order.pop_front()
        {
            blocks.kept.remove(&oldest);
        }
        blocks.order.push_back((contig, number));
        blocks.kept.insert((contig, number), block.clone());
        Ok(block)
    }

    fn read(&self, fasta: &mut File, entry: &Entry, start: u64, end: u64) -> Result<Vec<u8>, IngestError> {
        let io_error = |source| IngestError::Io { file: self.file.clone(), source };
        let (from, until) = (entry.byte_of(start), entry.byte_of(end));
        fasta.seek(SeekFrom::Start(from)).map_err(io_error)?;
        let mut bytes = Vec::with_capacity((until - from) as usize);
        fasta.take(until - from).read_to_end(&mut bytes).map_err(io_error)?;
        bytes.retain(|byte| !matches!(byte, b'\n' | b'\r'));
        bytes.make_ascii_uppercase();
        if bytes.len() as u64 != end - start || !bytes.iter().all(u8::is_ascii_alphabetic) {
            let found = format!("bytes that do not fit its index: `{}`", clip(&bytes));
            return Err(wrong(&self.file, &found, "an index made from this file (`samtools faidx`)"));
        }
        Ok(bytes)
    }
}

fn wrong(path: &Path, found: &str, expected: &str) -> IngestError {
    IngestError::Reference { file: path.to_owned(), found: found.to_owned(), expected: expected.to_owned() }
}

/// Whether a base of a REF may stand where the reference holds `reference`; an ambiguity code fits any.
pub(crate) fn fits(found: u8, reference: u8) -> bool {
    found == reference || found == b'N' || !matches!(reference, b'A' | b'C' | b'G' | b'T')
}

/// Reads single bases from right to left without asking the cache for each.
pub(crate) struct Walker<'a> {
    reference: &'a Reference,
    contig: Contig,
    first: u32,
    bases: Vec<u8>,
}

impl<'a> Walker<'a> {
    pub(crate) fn new(reference: &'a Reference, contig: Contig) -> Walker<'a> {
        Walker { reference, contig, first: 0, bases: Vec::new() }
    }

    /// The base at `position`, 1-based.
    pub(crate) fn base(&mut self, position: u32) -> Result<u8, IngestError> {
        const STRETCH: u32 = 256;
        let known = position.checked_sub(self.first).and_then(|at| self.bases.get(at as usize));
        if let Some(base) = known {
            return Ok(*base);
        }
        self.first = position.saturating_sub(STRETCH - 1).max(1);
        self.bases = self.reference.bases(self.contig, self.first, position)?;
        self.bases.last().copied().ok_or_else(|| wrong(&self.reference.file, "no base", "a base"))
    }
}
