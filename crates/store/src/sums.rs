//! A digest for every stretch of a data file, 64 KiB or less, checked on each read.
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

/// Bytes with a digest of their own.
pub(crate) const STRETCH: u64 = 64 * 1024;
const SUM: usize = 16;
/// Bytes read at once when the whole file is checked.
const READ_AT_ONCE: u64 = 1 << 20;

fn sum(bytes: &[u8]) -> [u8; SUM] {
    let mut short = [0; SUM];
    short.copy_from_slice(&blake3::hash(bytes).as_bytes()[..SUM]);
    short
}

/// Writes `sums` beside `data`, for every [`STRETCH`]; returns the digest of the sums file in hex.
pub(crate) fn write_sums(data: &Path, sums: &Path) -> Result<String, StoreError> {
    write_sums_of(data, sums, STRETCH)
}

/// The same for stretches of so many bytes.
pub(crate) fn write_sums_of(data: &Path, sums: &Path, stretch: u64) -> Result<String, StoreError> {
    let mut file = File::open(data).map_err(StoreError::io(data))?;
    let mut out = Vec::new();
    let mut chunk = Vec::with_capacity(stretch as usize);
    loop {
        chunk.clear();
        io::Read::by_ref(&mut file).take(stretch).read_to_end(&mut chunk).map_err(StoreError::io(data))?;
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
    stretch: u64,
    sums: Arc<Vec<u8>>,
    /// Which opened file this is, for chunks that are kept.
    number: u64,
}

impl CheckedFile {
    /// Opens `data`; `sums` must have the digest the manifest states, and the right length.
    pub(crate) fn open(data: &Path, sums: &Path, digest: &str) -> Result<CheckedFile, StoreError> {
        CheckedFile::open_of(data, sums, digest, STRETCH)
    }

    /// The same where stretches have so many bytes.
    pub(crate) fn open_of(
        data: &Path,
        sums: &Path,
        digest: &str,
        stretch: u64,
    ) -> Result<CheckedFile, StoreError> {
        let listed = std::fs::read(sums).map_err(StoreError::io(sums))?;
        if blake3::hash(&listed).to_hex().as_str() != digest {
            return Err(StoreError::damaged(sums, "its digest differs from the manifest's"));
        }
        let file = File::open(data).map_err(StoreError::io(data))?;
        let length = file.metadata().map_err(StoreError::io(data))?.len();
        if length.div_ceil(stretch) as usize * SUM != listed.len() {
            return Err(StoreError::damaged(data, format!("it has {length} bytes, not what was written")));
        }
        Ok(CheckedFile {
            file: Arc::new(file),
            path: data.to_owned(),
            length,
            stretch,
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

    /// Reads the whole file, checking every stretch.
    pub(crate) fn check_all(&self) -> Result<(), StoreError> {
        let all = self.length.div_ceil(self.stretch);
        let step = (READ_AT_ONCE / self.stretch).max(1);
        for first in (0..all).step_by(step as usize) {
            let read = self.read(first, all.min(first + step));
            read.map_err(|error| StoreError::damaged(&self.path, error))?;
        }
        Ok(())
    }

    /// Some bytes, of which nothing is kept: what is read of them is kept elsewhere, if at all.
    ///
    /// # Errors
    /// When they are damaged, or past the end.
    pub(crate) fn once(&self, start: u64, length: usize) -> io::Result<Bytes> {
        let end = start.checked_add(length as u64).filter(|end| *end <= self.length && length > 0);
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        let first = start / self.stretch;
        let skip = (start - first * self.stretch) as usize;
        Ok(Bytes::from(self.read(first, end.div_ceil(self.stretch))?).slice(skip..skip + length))
    }

    /// A stretch, from memory if it was checked a short while ago: pages are smaller.
    fn recent(&self, index: u64) -> io::Result<Bytes> {
        if let Some(kept) = kept::get(self.number, index) {
            return Ok(kept);
        }
        self.fetch(index, index + 1)
    }

    /// Reads stretches that are not kept, and keeps them.
    fn fetch(&self, first: u64, end: u64) -> io::Result<Bytes> {
        let bytes = Bytes::from(self.read(first, end)?);
        for (index, at) in (first..end).zip((0..bytes.len()).step_by(self.stretch as usize)) {
            let stretch = bytes.slice(at..bytes.len().min(at + self.stretch as usize));
            // Bytes of its own: a part of a long read would keep all of it in memory.
            let own = if end - first == 1 { stretch } else { Bytes::copy_from_slice(&stretch) };
            kept::put(self.number, index, own);
        }
        Ok(bytes)
    }

    /// Reads some stretches and checks each.
    fn read(&self, first: u64, end: u64) -> io::Result<Vec<u8>> {
        let start = first * self.stretch;
        let mut bytes = vec![0; (self.length.min(end * self.stretch) - start) as usize];
        self.file.read_exact_at(&mut bytes, start)?;
        for (index, stretch) in (first..end).zip(bytes.chunks(self.stretch as usize)) {
            let at = index as usize * SUM;
            if self.sums[at..at + SUM] != sum(stretch) {
                let start = index * self.stretch;
                let end = start + stretch.len() as u64;
                let what = format!("`{}` is damaged between bytes {start} and {end}", self.path.display());
                return Err(io::Error::new(io::ErrorKind::InvalidData, what));
            }
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
        if length == 0 {
            return Ok(Bytes::new());
        }
        let (first, last) = (start / self.stretch, end.div_ceil(self.stretch));
        let skip = (start - first * self.stretch) as usize;
        if last == first + 1 {
            return Ok(self.recent(first)?.slice(skip..skip + length));
        }
        let mut bytes = Vec::with_capacity(length + self.stretch as usize);
        let mut index = first;
        while index < last {
            if let Some(kept) = kept::get(self.number, index) {
                bytes.extend_from_slice(&kept);
                index += 1;
                continue;
            }
            // What is missing is read at once.
            let run = (index + 1..last).find(|next| kept::has(self.number, *next)).unwrap_or(last);
            let fetched = self.fetch(index, run)?;
            if (index, run) == (first, last) {
                return Ok(fetched.slice(skip..skip + length));
            }
            bytes.extend_from_slice(&fetched);
            index = run;
        }
        Ok(Bytes::from(bytes).slice(skip..skip + length))
    }
}

/// A sequential reader over checked stretches.
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
            self.chunk = self.file.recent(self.position / self.file.stretch)?;
            self.within = (self.position % self.file.stretch) as usize;
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
        for stretch in [STRETCH, 8192, 4096] {
            let dir = tempfile::tempdir().unwrap();
            let (data, sums) = (dir.path().join("d"), dir.path().join("s"));
            let bytes: Vec<u8> = (0..200_000u32).map(|i| (i % 251) as u8).collect();
            std::fs::write(&data, &bytes).unwrap();
            let digest = write_sums_of(&data, &sums, stretch).unwrap();
            let open = || CheckedFile::open_of(&data, &sums, &digest, stretch);
            let checked = open().unwrap();
            checked.check_all().unwrap();
            // Some of it is kept when the next is read, before, within and behind.
            for range in
                [65_530..70_000, 65_530..135_530, 8_192..16_384, 0..200_000, 4_096..4_096, 199_999..200_000]
            {
                let (start, length) = (range.start, range.len());
                assert_eq!(checked.get_bytes(start as u64, length).unwrap(), bytes[range.clone()]);
                assert!(length == 0 || checked.once(start as u64, length).unwrap() == bytes[range]);
            }
            assert!(checked.get_bytes(199_999, 2).is_err() && checked.once(199_999, 2).is_err());
            let mut rest = Vec::new();
            checked.get_read(199_000).unwrap().read_to_end(&mut rest).unwrap();
            assert_eq!(rest, bytes[199_000..]);
            for at in [0, 4_095, 8_192, 65_535, 65_536, 199_999] {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1;
                std::fs::write(&data, &flipped).unwrap();
                assert!(open().unwrap().check_all().is_err());
                assert!(open().unwrap().get_bytes(at as u64, 1).is_err());
                assert!(open().unwrap().once(at as u64, 1).is_err());
                assert!(open().unwrap().get_bytes(0, 200_000).is_err());
            }
            std::fs::write(&data, &bytes[..100_000]).unwrap();
            assert!(open().is_err());
        }
    }
}
