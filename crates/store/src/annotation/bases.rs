//! Bases of the reference, four to a byte, and where they are unknown.

use super::{AnnotationFiles, sealed};
use crate::error::StoreError;
use crate::manifest::Section;
use gj_model::Contig;
use parquet::file::reader::ChunkReader;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

pub(super) const FILE: &str = "bases.bin";
pub(super) const SUMS: &str = "bases.sums";
const LETTERS: &[u8; 4] = b"ACGT";

/// A stretch of one contig that is known, though some of its bases may be `N`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseStretch {
    /// The contig.
    pub contig: Contig,
    /// First base, 1-based.
    pub start: u32,
    /// Number of bases.
    pub bases: u32,
    /// Its first byte in the file; the first base is in the two lowest bits.
    pub offset: u64,
    /// First and last base of each run of `N`, 1-based, ascending.
    pub unknown: Vec<[u32; 2]>,
}

impl BaseStretch {
    /// One past the last base.
    fn end(&self) -> u32 {
        self.start + self.bases
    }
}

pub(super) struct BaseWriter {
    path: PathBuf,
    out: BufWriter<File>,
    stretches: Vec<BaseStretch>,
    /// Bytes written whole.
    written: u64,
    /// The byte being filled.
    byte: u8,
}

impl BaseWriter {
    pub(super) fn create(dir: &Path) -> Result<BaseWriter, StoreError> {
        let path = dir.join(FILE);
        let out = BufWriter::new(File::create_new(&path).map_err(StoreError::io(&path))?);
        Ok(BaseWriter { path, out, stretches: Vec::new(), written: 0, byte: 0 })
    }

    pub(super) fn stretch(&mut self, contig: Contig, start: u32) -> Result<(), StoreError> {
        self.end_stretch()?;
        let offset = self.written;
        self.stretches.push(BaseStretch { contig, start, bases: 0, offset, unknown: Vec::new() });
        Ok(())
    }

    /// The next stretch begins with a byte of its own.
    fn end_stretch(&mut self) -> Result<(), StoreError> {
        if self.stretches.last().is_some_and(|stretch| stretch.bases % 4 != 0) {
            self.put()?;
        }
        Ok(())
    }

    fn put(&mut self) -> Result<(), StoreError> {
        self.out.write_all(&[self.byte]).map_err(StoreError::io(&self.path))?;
        (self.byte, self.written) = (0, self.written + 1);
        Ok(())
    }

    pub(super) fn bases(&mut self, bases: &[u8]) -> Result<(), StoreError> {
        let Some(mut stretch) = self.stretches.pop() else { return Ok(()) };
        for base in bases {
            let code = LETTERS.iter().position(|letter| *letter == base.to_ascii_uppercase());
            if code.is_none() {
                let position = stretch.end();
                match stretch.unknown.last_mut() {
                    Some([_, last]) if *last + 1 == position => *last = position,
                    _ => stretch.unknown.push([position; 2]),
                }
            }
            self.byte |= (code.unwrap_or(0) as u8) << (2 * (stretch.bases % 4));
            stretch.bases += 1;
            if stretch.bases % 4 == 0 {
                self.put()?;
            }
        }
        self.stretches.push(stretch);
        Ok(())
    }

    pub(super) fn finish(mut self, dir: &Path) -> Result<(Section, Vec<BaseStretch>), StoreError> {
        self.end_stretch()?;
        self.out.flush().map_err(StoreError::io(&self.path))?;
        let BaseWriter { mut stretches, .. } = self;
        stretches.sort_by_key(|stretch| (stretch.contig, stretch.start));
        let bases = stretches.iter().map(|stretch| u64::from(stretch.bases)).sum();
        Ok((sealed(dir, FILE, SUMS, bases)?, stretches))
    }
}

impl AnnotationFiles {
    /// Bases `start..=end` (1-based), upper case; `None` where the set does not have them all.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn bases(&self, contig: Contig, start: u32, end: u32) -> Result<Option<Vec<u8>>, StoreError> {
        let stretches = &self.manifest.stretches;
        let next = stretches.partition_point(|s| (s.contig, s.start) <= (contig, start));
        let stretch = next.checked_sub(1).map(|rank| &stretches[rank]);
        let stretch = stretch.filter(|s| s.contig == contig && start <= end && end < s.end());
        let (Some(stretch), Some(file)) = (stretch, &self.bases) else { return Ok(None) };
        let (from, to) = ((start - stretch.start) as usize, (end - stretch.start) as usize);
        let packed = file.get_bytes(stretch.offset + from as u64 / 4, to / 4 - from / 4 + 1);
        let packed = packed.map_err(|e| StoreError::damaged(file.path(), e))?;
        let shift = from % 4;
        let letter = |i: usize| LETTERS[usize::from(packed[i / 4] >> (2 * (i % 4)) & 3)];
        let mut bases: Vec<u8> = (shift..shift + to - from + 1).map(letter).collect();
        let first = stretch.unknown.partition_point(|[_, last]| *last < start);
        for [one, last] in stretch.unknown[first..].iter().take_while(|[one, _]| *one <= end) {
            bases[(one.max(&start) - start) as usize..=(last.min(&end) - start) as usize].fill(b'N');
        }
        Ok(Some(bases))
    }
}
