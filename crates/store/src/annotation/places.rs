//! Where variants with a number lie, of dbSNP or out of a VRS identifier: records of 16 bytes, sorted, found by halving.
//!
//! A record: the number (8 bytes), the rank of the contig (4), the position (4), all with the highest byte first.

use super::sites::KnownRow;
use super::sorter::Sorter;
use super::{AnnotationFiles, sealed};
use crate::error::StoreError;
use crate::manifest::Section;
use crate::sums::CheckedFile;
use gj_model::{Contig, Position, Variant};
use parquet::file::reader::{ChunkReader, Length};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Numbers of dbSNP: file and sums.
pub(super) const RS: (&str, &str) = ("rs.bin", "rs.sums");
/// Numbers out of VRS identifiers.
pub(super) const VRS: (&str, &str) = ("vrs.bin", "vrs.sums");
const RECORD: usize = 16;

/// A record of a number at a variant's place.
pub(super) fn record(number: u64, variant: &Variant) -> [u8; RECORD] {
    let mut record = [0; RECORD];
    record[..8].copy_from_slice(&number.to_be_bytes());
    record[8..12].copy_from_slice(&u32::from(variant.contig.index()).to_be_bytes());
    record[12..].copy_from_slice(&variant.position.get().to_be_bytes());
    record
}

pub(super) fn write(dir: &Path, (file, sums): (&str, &str), records: Sorter) -> Result<Section, StoreError> {
    let path = dir.join(file);
    let mut out = BufWriter::new(File::create_new(&path).map_err(StoreError::io(&path))?);
    let (mut records, mut last, mut rows) = (records.finish()?, Vec::new(), 0);
    while let Some((record, _)) = records.next()? {
        if record != last {
            out.write_all(&record).map_err(StoreError::io(&path))?;
            (last, rows) = (record, rows + 1);
        }
    }
    out.flush().map_err(StoreError::io(&path))?;
    sealed(dir, file, sums, rows)
}

/// Places of a number, in order.
fn places(file: &CheckedFile, number: u64) -> Result<Vec<(Contig, Position)>, StoreError> {
    let damaged = |what: String| StoreError::damaged(file.path(), what);
    let read = |rank: u64| {
        let bytes = file.get_bytes(rank * RECORD as u64, RECORD).map_err(|e| damaged(e.to_string()))?;
        let part = |from: usize, to: usize| bytes[from..to].iter().fold(0u64, |n, b| n << 8 | u64::from(*b));
        Ok::<_, StoreError>((part(0, 8), part(8, 12), part(12, 16)))
    };
    let records = file.len() / RECORD as u64;
    let (mut from, mut to) = (0, records);
    while from < to {
        let middle = from + (to - from) / 2;
        if read(middle)?.0 < number { from = middle + 1 } else { to = middle }
    }
    let mut places = Vec::new();
    for rank in from..records {
        let (found, contig, position) = read(rank)?;
        if found != number {
            break;
        }
        let contig = u8::try_from(contig).ok().and_then(Contig::from_index);
        let position = u32::try_from(position).ok().and_then(Position::new);
        let place = contig.zip(position).ok_or_else(|| damaged("a record names no place".to_owned()))?;
        places.push(place);
    }
    Ok(places)
}

impl AnnotationFiles {
    /// Rows of a number of dbSNP, in ascending order.
    ///
    /// # Errors
    /// When a file is damaged.
    pub fn of_rs(&self, number: u64) -> Result<Vec<KnownRow>, StoreError> {
        let Some(file) = &self.rs else { return Ok(Vec::new()) };
        let mut rows = Vec::new();
        for (contig, position) in places(file, number)? {
            rows.extend(self.rows_at(contig, position)?.into_iter().filter(|row| row.rs.contains(&number)));
        }
        Ok(rows)
    }

    /// Variants of which one may have a VRS identifier with this number, the first 8 bytes of its digest; in
    /// ascending order. Others at their places are among them.
    ///
    /// # Errors
    /// When a file is damaged.
    pub fn near_vrs(&self, number: u64) -> Result<Vec<Variant>, StoreError> {
        let Some(file) = &self.vrs else { return Ok(Vec::new()) };
        let mut variants = Vec::new();
        for (contig, position) in places(file, number)? {
            variants.extend(self.rows_at(contig, position)?.into_iter().map(|row| row.variant));
        }
        Ok(variants)
    }
}
