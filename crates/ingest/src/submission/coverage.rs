//! What the gVCFs of a submission cover: noted while they are read, put together tile by tile afterwards.
//!
//! Noted is where a sample is *not* called with two copies, in pieces that end at the border of a tile, so
//! that memory holds one tile of one file while reading and one tile of all files while merging.

use crate::gvcf::Cover;
use crate::report::ReadReport;
use crate::submission::SubmissionError;
use crate::submission::spool::ReadAt;
use gj_kernels::Call;
use gj_model::Contig;
use gj_store::callability::{Piece, Stretch, settle, tiles};
use gj_store::{Scratch, Store, StoreError};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;

/// Bytes of a spooled piece.
const PIECE: usize = 13;

/// Pieces of all files, being written.
pub(crate) struct CoverageSpool {
    scratch: Scratch,
    out: BufWriter<File>,
    at: u64,
    files: Vec<FileSpans>,
}

/// Where the pieces of one file lie.
struct FileSpans {
    kind: Kind,
    /// Columns of the batch.
    columns: Vec<usize>,
    spans: BTreeMap<Contig, (u64, u64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// No record at all.
    Empty,
    Plain,
    Gvcf,
}

impl CoverageSpool {
    pub(crate) fn new(store: &Store) -> Result<CoverageSpool, StoreError> {
        let scratch = store.scratch_file()?;
        let file = scratch.file().try_clone().map_err(StoreError::in_scratch(&scratch))?;
        Ok(CoverageSpool { scratch, out: BufWriter::new(file), at: 0, files: Vec::new() })
    }

    /// Begins the next file; its kept samples are these columns of the batch.
    pub(crate) fn file(&mut self, columns: &[usize]) -> FileCover<'_> {
        let samples = columns.len();
        FileCover {
            columns: columns.to_vec(),
            spool: self,
            spans: BTreeMap::new(),
            contig: None,
            tile_end: 0,
            next: vec![1; samples],
            one_copy_from: vec![0; samples],
            begin: 0,
        }
    }

    /// All pieces, ready to be read; `None` if no file is a gVCF.
    pub(crate) fn finish(
        mut self,
        paths: &[PathBuf],
        samples: usize,
    ) -> Result<Option<Coverage>, SubmissionError> {
        self.out.flush().map_err(StoreError::in_scratch(&self.scratch))?;
        if self.files.iter().all(|file| file.kind != Kind::Gvcf) {
            return Ok(None);
        }
        let plain = self.files.iter().position(|file| file.kind == Kind::Plain);
        if let Some(path) = plain.and_then(|plain| paths.get(plain)) {
            return Err(SubmissionError::Mixed { file: path.clone() });
        }
        self.files.retain(|file| file.kind == Kind::Gvcf);
        let mut sources = vec![0; samples];
        self.files.iter().flat_map(|file| &file.columns).for_each(|column| sources[*column] += 1);
        Ok(Some(Coverage { scratch: self.scratch, files: self.files, sources }))
    }

    fn write(&mut self, piece: &Piece) -> Result<(), StoreError> {
        let mut bytes = [0u8; PIECE];
        for (place, value) in [piece.sample, piece.start, piece.end].into_iter().enumerate() {
            bytes[place * 4..place * 4 + 4].copy_from_slice(&value.to_le_bytes());
        }
        bytes[PIECE - 1] = piece.call.code();
        self.at += PIECE as u64;
        self.out.write_all(&bytes).map_err(StoreError::in_scratch(&self.scratch))
    }
}

/// Notes what one file covers, record after record.
pub(crate) struct FileCover<'a> {
    spool: &'a mut CoverageSpool,
    columns: Vec<usize>,
    spans: BTreeMap<Contig, (u64, u64)>,
    contig: Option<Contig>,
    /// Last base of the tile being noted.
    tile_end: u32,
    /// For each sample: the first base that no record has called yet.
    next: Vec<u32>,
    /// For each sample: where its run of one-copy calls up to `next` began; 0 outside of one.
    one_copy_from: Vec<u32>,
    /// Where the contig's pieces begin in the spool.
    begin: u64,
}

impl FileCover<'_> {
    /// Takes the next record's cover; contigs come together, starts ascend.
    pub(crate) fn accept(&mut self, cover: &Cover) -> Result<(), StoreError> {
        if self.contig != Some(cover.contig) {
            self.end_contig()?;
            self.contig = Some(cover.contig);
            self.begin = self.spool.at;
            self.next.fill(1);
            self.one_copy_from.fill(0);
            self.tile_end = tiles(cover.contig).next().map_or(0, |(_, end)| end);
        }
        while cover.start > self.tile_end {
            self.end_tile(cover.contig)?;
        }
        for (sample, call) in cover.calls.iter().enumerate() {
            // A base is called if one record calls it; what is called stays as it was called first.
            if call.is_called() && cover.end >= self.next[sample] {
                self.call(sample, cover.start, cover.end, *call)?;
            }
        }
        Ok(())
    }

    fn call(&mut self, sample: usize, start: u32, end: u32, call: Call) -> Result<(), StoreError> {
        let next = self.next[sample];
        let is_one_copy = call == Call::Ref;
        if start > next || !is_one_copy {
            self.end_one_copy(sample, next - 1)?;
        }
        if start > next {
            self.note(sample, next, start - 1, Call::Missing)?;
        }
        if is_one_copy && self.one_copy_from[sample] == 0 {
            self.one_copy_from[sample] = start.max(next);
        }
        self.next[sample] = end + 1;
        Ok(())
    }

    fn end_one_copy(&mut self, sample: usize, end: u32) -> Result<(), StoreError> {
        let from = std::mem::take(&mut self.one_copy_from[sample]);
        if from > 0 && from <= end { self.note(sample, from, end, Call::Ref) } else { Ok(()) }
    }

    /// Cuts everything at the end of the tile and goes on to the next one.
    fn end_tile(&mut self, contig: Contig) -> Result<(), StoreError> {
        let end = self.tile_end;
        for sample in 0..self.next.len() {
            let (next, is_one_copy) = (self.next[sample], self.one_copy_from[sample] > 0);
            self.end_one_copy(sample, end.min(next - 1))?;
            if next <= end {
                self.note(sample, next, end, Call::Missing)?;
                self.next[sample] = end + 1;
            } else if is_one_copy {
                self.one_copy_from[sample] = end + 1;
            }
        }
        self.tile_end = end.saturating_add(gj_store::callability::TILE).min(contig.length());
        Ok(())
    }

    fn end_contig(&mut self) -> Result<(), StoreError> {
        let Some(contig) = self.contig.take() else { return Ok(()) };
        while self.tile_end < contig.length() {
            self.end_tile(contig)?;
        }
        self.end_tile(contig)?;
        self.spans.insert(contig, (self.begin, self.spool.at));
        Ok(())
    }

    fn note(&mut self, sample: usize, start: u32, end: u32, call: Call) -> Result<(), StoreError> {
        let sample = self.columns[sample] as u32;
        self.spool.write(&Piece { sample, start, end, call })
    }

    /// Ends the file; its report tells what kind it is.
    pub(crate) fn finish(mut self, report: &ReadReport) -> Result<(), StoreError> {
        self.end_contig()?;
        let kind = match (report.non_ref_alternates, report.records) {
            (1.., _) => Kind::Gvcf,
            (0, 1..) => Kind::Plain,
            (0, 0) => Kind::Empty,
        };
        self.spool.files.push(FileSpans { kind, columns: self.columns, spans: self.spans });
        Ok(())
    }
}

/// What the gVCFs of a submission cover.
pub(crate) struct Coverage {
    scratch: Scratch,
    files: Vec<FileSpans>,
    /// For each column of the batch: how many files hold it.
    sources: Vec<u32>,
}

impl Coverage {
    /// Columns of the batch that some file says something about on a contig.
    pub(crate) fn columns_on(&self, contig: Contig) -> Vec<bool> {
        let mut found = vec![false; self.sources.len()];
        let files = self.files.iter().filter(|file| file.spans.contains_key(&contig));
        files.flat_map(|file| &file.columns).for_each(|column| found[*column] = true);
        found
    }

    /// What holds on a contig, tile by tile.
    pub(crate) fn contig(&self, contig: Contig) -> CoverageTiles<'_> {
        let readers = self.files.iter().filter_map(|file| {
            let (at, end) = *file.spans.get(&contig)?;
            let part = ReadAt { file: self.scratch.file(), at, end };
            Some(Pieces { input: BufReader::with_capacity(1 << 14, part), ahead: None })
        });
        let tiles: Vec<(u32, u32)> = tiles(contig).collect();
        CoverageTiles { coverage: self, contig, readers: readers.collect(), tiles: tiles.into_iter() }
    }
}

/// The tiles of a contig, one after the other.
pub(crate) struct CoverageTiles<'a> {
    coverage: &'a Coverage,
    pub(crate) contig: Contig,
    readers: Vec<Pieces<'a>>,
    tiles: std::vec::IntoIter<(u32, u32)>,
}

impl CoverageTiles<'_> {
    /// The stretches of the next tile; `None` after the last one.
    pub(crate) fn next_tile(&mut self) -> Result<Option<Vec<Stretch>>, StoreError> {
        let Some(tile) = self.tiles.next() else { return Ok(None) };
        let (contig, sources) = (self.contig, &self.coverage.sources);
        if self.readers.is_empty() {
            let (last, (start, end)) = (sources.len() as u32 - 1, tile);
            let nobody = Stretch { contig, start, end, call: Call::Missing, first: 0, last };
            return Ok(Some(vec![nobody]));
        }
        let mut pieces = Vec::new();
        for reader in &mut self.readers {
            reader.take(tile.1, &mut pieces).map_err(StoreError::in_scratch(&self.coverage.scratch))?;
        }
        for file in self.coverage.files.iter().filter(|file| !file.spans.contains_key(&contig)) {
            let nothing = |column: &usize| Piece {
                sample: *column as u32,
                start: tile.0,
                end: tile.1,
                call: Call::Missing,
            };
            pieces.extend(file.columns.iter().map(nothing));
        }
        Ok(Some(settle(contig, tile, pieces, sources)))
    }
}

/// The pieces of one file on one contig.
struct Pieces<'a> {
    input: BufReader<ReadAt<'a>>,
    ahead: Option<Piece>,
}

impl Pieces<'_> {
    /// Takes the pieces up to the end of a tile.
    fn take(&mut self, end: u32, pieces: &mut Vec<Piece>) -> io::Result<()> {
        loop {
            let next = match self.ahead.take() {
                Some(piece) => Some(piece),
                None => self.read()?,
            };
            match next {
                Some(piece) if piece.start <= end => pieces.push(piece),
                later => {
                    self.ahead = later;
                    return Ok(());
                }
            }
        }
    }

    fn read(&mut self) -> io::Result<Option<Piece>> {
        if self.input.get_ref().at >= self.input.get_ref().end && self.input.buffer().is_empty() {
            return Ok(None);
        }
        let mut bytes = [0u8; PIECE];
        self.input.read_exact(&mut bytes)?;
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let call = Call::from_code(bytes[PIECE - 1]);
        Ok(Some(Piece { sample: word(0), start: word(4), end: word(8), call }))
    }
}
