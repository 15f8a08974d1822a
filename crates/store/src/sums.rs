//! A digest for every 64 KiB of a data file, checked on each read.
//!
//! The `.sums` file is a run of 16-byte BLAKE3 prefixes; its own digest stands in the manifest, and
//! the manifest's in the registry, so that no byte on the way to an answer goes unchecked.

use crate::durable;
use crate::error::StoreError;
use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

mod kept;

const CHUNK: u64 = 64 * 1024;
const SUM: usize = 16;

fn sum(bytes: &[u8]) -> [u8; SUM] {
    let mut short = [0; SUM];
    short.copy_from_slice(&blake3::hash(bytes).as_bytes()[..SUM]);
    short
}

/// Writes `sums` beside `data`; returns the digest of the sums file in hex.
pub(crate) fn write_sums(data: &Path, sums: &Path) -> Result<String, StoreError> {
    let mut file = File::open(data).map_err(StoreError::io(data))?;
    let mut out = Vec::new();
    let mut chunk = Vec::with_capacity(CHUNK as usize);
    loop {
        chunk.clear();
        io::Read::by_ref(&mut file).take(CHUNK).read_to_end(&mut chunk).map_err(StoreError::io(data))?;
        if chunk.is_empty() {
            break;
        }
        out.extend_from_slice(&sum(&chunk));
    }
    durable::write(sums, &out)?;
    Ok(blake3::hash(&out).to_hex().to_string())
}

/// A data file whose every read is checked against its sums.
#[derive(Debug, Clone)]
pub(crate) struct CheckedFile {
    file: Arc<File>,
    path: PathBuf,
    length: u64,
    sums: Arc<Vec<u8>>,
    /// Which opened file this is, for chunks that are kept.
    number: u64,
}

impl CheckedFile {
    /// Opens `data`; `sums` must have the digest the manifest states, and the right length.
    pub(crate) fn open(data: &Path, sums: &Path, digest: &str) -> Result<CheckedFile, StoreError> {
        let listed = std::fs::read(sums).map_err(StoreError::io(sums))?;
        if blake3::hash(&listed).to_hex().as_str() != digest {
            return Err(StoreError::damaged(sums, "its digest differs from the manifest's"));
        }
        let file = File::open(data).map_err(StoreError::io(data))?;
        let length = file.metadata().map_err(StoreError::io(data))?.len();
        if length.div_ceil(CHUNK) as usize * SUM != listed.len() {
            return Err(StoreError::damaged(data, format!("it has {length} bytes, not what was written")));
        }
        Ok(CheckedFile {
            file: Arc::new(file),
            path: data.to_owned(),
            length,
            sums: Arc::new(listed),
            number: kept::number(),
        })
    }

    /// The file's path, for error messages.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Which opened file it is.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Reads the whole file, checking every chunk.
    pub(crate) fn check_all(&self) -> Result<(), StoreError> {
        for index in 0..self.length.div_ceil(CHUNK) {
            self.chunk(index).map_err(|error| StoreError::damaged(&self.path, error))?;
        }
        Ok(())
    }

    /// A chunk, from memory if it was checked a short while ago: pages are many times smaller.
    fn recent(&self, index: u64) -> io::Result<Bytes> {
        if let Some(chunk) = kept::get(self.number, index) {
            return Ok(chunk);
        }
        let chunk = Bytes::from(self.chunk(index)?);
        kept::put(self.number, index, chunk.clone());
        Ok(chunk)
    }

    fn chunk(&self, index: u64) -> io::Result<Vec<u8>> {
        let start = index * CHUNK;
        let mut bytes = vec![0; CHUNK.min(self.length - start) as usize];
        self.file.read_exact_at(&mut bytes, start)?;
        let at = index as usize * SUM;
        if self.sums[at..at + SUM] != sum(&bytes) {
            let end = start + bytes.len() as u64;
            let what = format!("`{}` is damaged between bytes {start} and {end}", self.path.display());
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        Ok(bytes)
    }
}

impl Length for CheckedFile {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for CheckedFile {
    type T = CheckedRead;

    fn get_read(&self, start: u64) -> Result<CheckedRead, ParquetError> {
        Ok(CheckedRead { file: self.clone(), position: start, chunk: Bytes::new(), within: 0 })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let end = start.saturating_add(length as u64);
        if end > self.length {
            return Err(ParquetError::EOF(format!("`{}` ends before byte {end}", self.path.display())));
        }
        let first = start / CHUNK;
        let skip = (start - first * CHUNK) as usize;
        if length > 0 && end <= (first + 1) * CHUNK {
            return Ok(self.recent(first)?.slice(skip..skip + length));
        }
        let mut bytes = Vec::with_capacity(length + CHUNK as usize);
        for index in first..end.div_ceil(CHUNK) {
            bytes.extend_from_slice(&self.recent(index)?);
        }
        Ok(Bytes::from(bytes).slice(skip..skip + length))
    }
}

/// A sequential reader over checked chunks.
pub(crate) struct CheckedRead {
    file: CheckedFile,
    position: u64,
    chunk: Bytes,
    within: usize,
}

impl Read for CheckedRead {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.within == self.chunk.len() {
            if self.position >= self.file.length {
                return Ok(0);
            }
            self.chunk = self.file.recent(self.position / CHUNK)?;
            self.within = (self.position % CHUNK) as usize;
        }
        let n = out.len().min(self.chunk.len() - self.within);
        out[..n].copy_from_slice(&self.chunk[self.within..self.within + n]);
        self.within += n;
        self.position += n as u64;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flipped_byte_is_found_wherever_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let (data, sums) = (dir.path().join("d"), dir.path().join("s"));
        let bytes: Vec<u8> = (0..200_000u32).map(|i| (i % 251) as u8).collect();
        std::fs::write(&data, &bytes).unwrap();
        let digest = write_sums(&data, &sums).unwrap();
        let checked = CheckedFile::open(&data, &sums, &digest).unwrap();
        assert_eq!(checked.get_bytes(65_530, 70_000).unwrap(), bytes[65_530..135_530]);
        let mut rest = Vec::new();
        checked.get_read(199_000).unwrap().read_to_end(&mut rest).unwrap();
        assert_eq!(rest, bytes[199_000..]);
        for at in [0, 65_535, 65_536, 199_999] {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1;
            std::fs::write(&data, &flipped).unwrap();
            let checked = CheckedFile::open(&data, &sums, &digest).unwrap();
            assert!(checked.check_all().is_err());
            assert!(checked.get_bytes(at as u64, 1).is_err());
        }
        std::fs::write(&data, &bytes[..100_000]).unwrap();
        assert!(CheckedFile::open(&data, &sums, &digest).is_err());
    }
}
