//! The readers fed from memory instead of from a path: for fuzz targets, which make files a thousand times
//! a second. No part of the interface; nothing here reads otherwise than a submission does.

use crate::error::IngestError;
use crate::file_rows::{FileRows, ReadOptions};
use crate::record::{Checks, Draft};
use crate::stream::inflate::Inflater;
use crate::stream::{Stream, read_error};
use std::io::{Cursor, Read};
use std::path::Path;

/// What errors call a file that is none.
pub const NAME: &str = "memory";

fn stream(file: Vec<u8>) -> Result<Stream, IngestError> {
    let size = file.len() as u64;
    Stream::over(Cursor::new(file), size, Path::new(NAME), None)
}

/// Opens the bytes of a VCF (plain, gzip or BGZF) or BCF.
///
/// # Errors
/// As [`FileRows::open`].
pub fn open(file: Vec<u8>) -> Result<FileRows, IngestError> {
    FileRows::over(stream(file)?, Path::new(NAME), &ReadOptions::default(), Checks::Programme)
}

/// Unpacks the bytes of a file, whatever they are packed in.
///
/// # Errors
/// When they are damaged or end early.
pub fn unpack(file: Vec<u8>) -> Result<Vec<u8>, IngestError> {
    let mut plain = Vec::new();
    let read = stream(file)?.bytes.read_to_end(&mut plain);
    read.map(|_| plain).map_err(|error| read_error(Path::new(NAME), error))
}

/// A row of a record: position, reference, alternate, payload.
pub type RecordRow = (u32, Vec<u8>, Vec<u8>, Vec<u8>);

/// Reads one record of an opened file that its bytes need not hold: a line, or a BCF record.
///
/// # Errors
/// As [`FileRows::next_rows`].
pub fn record(file: &FileRows, bytes: &[u8]) -> Result<Vec<RecordRow>, IngestError> {
    let drafts = file.record(bytes)?.drafts.into_iter();
    let rows = drafts.map(|Draft { spelling, payload, .. }| {
        (spelling.position, spelling.reference.into_vec(), spelling.alternate.into_vec(), payload)
    });
    Ok(rows.collect())
}

/// This crate's own inflater; its tables are used again from one call to the next.
#[derive(Debug, Default)]
pub struct Inflate(Inflater);

impl Inflate {
    /// Fills `plain` exactly; `None` when it gives up.
    pub fn fill(&mut self, deflated: &[u8], plain: &mut [u8]) -> Option<()> {
        self.0.inflate(deflated, plain)
    }
}
