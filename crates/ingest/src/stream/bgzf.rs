//! BGZF: gzip in blocks of at most 64 KiB, inflated many at a time.
//!
//! Framing is read here, because the end of the file has to be proved: the last block must be the
//! end-of-file marker (SAM specification, section 4.1.2), and nothing may follow half a block. Blocks are
//! inflated on rayon's pool, each to its place, by `inflate` or, where that gives up, by libdeflate; either
//! way libdeflate's checksum decides.

use super::inflate::Inflater;
use super::{Buffer, Mark, Plain};
use libdeflater::Decompressor;
use rayon::prelude::*;
use std::io::{self, BufRead, Read};
use std::ops::Range;

const HEADER_BYTES: usize = 18;
/// Checksum and size of the plain bytes.
const TRAILER_BYTES: usize = 8;
/// Plain bytes of a block at most.
const PLAIN_BYTES_MAX: usize = 64 * 1024;
/// The marker as every BGZF writer emits it: an empty block.
const EOF_MARKER: [u8; 28] =
    [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, b'B', b'C', 2, 0, 0x1b, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/// Blocks read before they are inflated together: up to 4 MiB of plain bytes.
const BLOCKS_AT_ONCE: usize = 64;
/// Blocks one task inflates: enough to outweigh the cost of a task.
const BLOCKS_PER_TASK: usize = 8;

/// Whether `start` begins a BGZF block (and not merely a gzip stream).
pub(crate) fn is_frame(start: &[u8]) -> bool {
    start.len() >= HEADER_BYTES && start[..4] == EOF_MARKER[..4] && start[10..16] == [6, 0, b'B', b'C', 2, 0]
}

/// The plain bytes of a BGZF file.
pub(crate) struct Bgzf<R> {
    stored: R,
    /// Inflated for a reader of a few bytes at a time.
    plain: Buffer,
    marks: Vec<Mark>,
    at: usize,
    raw: Vec<u8>,
    /// How far the stored file is read.
    stored_at: u64,
    marker_was_last: bool,
}

impl<R: BufRead> Bgzf<R> {
    /// `stored` is a file from a block on that begins at byte `from`.
    pub(crate) fn new(stored: R, from: u64) -> Bgzf<R> {
        Bgzf {
            stored,
            plain: Buffer::default(),
            marks: Vec::new(),
            at: 0,
            raw: Vec::new(),
            stored_at: from,
            marker_was_last: false,
        }
    }

    /// Appends up to `count` blocks; nothing only at the proved end.
    fn inflate(&mut self, count: usize, to: &mut Buffer, marks: &mut Vec<Mark>) -> io::Result<()> {
        loop {
            let from = self.stored_at;
            let blocks = self.read_blocks(count)?;
            if blocks.is_empty() {
                return Ok(());
            }
            let raw = &self.raw;
            let sizes = blocks.iter().map(|block| plain_size(&raw[block.clone()]));
            let sizes = sizes.collect::<io::Result<Vec<usize>>>()?;
            let total: usize = sizes.iter().sum();
            let mut at = to.filled().len() as i64;
            for (block, size) in blocks.iter().zip(&sizes) {
                marks.push(Mark { at, stored: from + block.start as u64 });
                at += *size as i64;
            }
            let mut rest = to.grow(total);
            let mut tasks = Vec::with_capacity(blocks.len());
            for (block, size) in blocks.into_iter().zip(sizes) {
                let (plain, after) = rest.split_at_mut(size);
                tasks.push((block, plain));
                rest = after;
            }
            tasks
                .par_iter_mut()
                .with_min_len(BLOCKS_PER_TASK)
                .try_for_each_init(Inflater::default, |inflater, (block, plain)| {
                    inflate(inflater, &raw[block.clone()], plain)
                })?;
            if total > 0 {
                return Ok(());
            }
        }
    }

    /// Reads the next blocks into `raw`.
    fn read_blocks(&mut self, count: usize) -> io::Result<Vec<Range<usize>>> {
        let mut raw = std::mem::take(&mut self.raw);
        raw.clear();
        let mut blocks = Vec::with_capacity(count);
        while blocks.len() < count {
            let start = raw.len();
            if !self.read_block(&mut raw)? {
                break;
            }
            blocks.push(start..raw.len());
        }
        self.stored_at += raw.len() as u64;
        self.raw = raw;
        Ok(blocks)
    }

    /// Appends one block; `false` at the end of the file.
    fn read_block(&mut self, raw: &mut Vec<u8>) -> io::Result<bool> {
        if self.stored.fill_buf()?.is_empty() {
            return if self.marker_was_last {
                Ok(false)
            } else {
                Err(damage("its end-of-file marker is missing, so its end was cut off"))
            };
        }
        let start = raw.len();
        raw.resize(start + HEADER_BYTES, 0);
        self.stored.read_exact(&mut raw[start..]).map_err(|error| cut(error, "inside a block header"))?;
        if !is_frame(&raw[start..]) {
            return Err(damage("something that is not a BGZF block follows the blocks"));
        }
        let size = usize::from(u16::from_le_bytes([raw[start + 16], raw[start + 17]])) + 1;
        if size < HEADER_BYTES + TRAILER_BYTES {
            return Err(damage("a block gives an impossible size"));
        }
        raw.resize(start + size, 0);
        self.stored
            .read_exact(&mut raw[start + HEADER_BYTES..])
            .map_err(|error| cut(error, "inside a block"))?;
        self.marker_was_last = raw[start..] == EOF_MARKER;
        Ok(true)
    }
}

/// The size of the plain bytes, as the block states it.
fn plain_size(block: &[u8]) -> io::Result<usize> {
    let size = block.last_chunk().map_or(usize::MAX, |size| u32::from_le_bytes(*size) as usize);
    if size > PLAIN_BYTES_MAX {
        return Err(damage("a block gives an impossible size"));
    }
    Ok(size)
}

/// Inflates one block to fill `plain`, and compares its checksum.
fn inflate(inflater: &mut Inflater, block: &[u8], plain: &mut [u8]) -> io::Result<()> {
    let end = block.len() - TRAILER_BYTES;
    let deflated = &block[HEADER_BYTES..end];
    let checksum = block[end..].first_chunk().map_or(0, |sum| u32::from_le_bytes(*sum));
    if inflater.inflate(deflated, plain).is_some() && libdeflater::crc32(plain) == checksum {
        return Ok(());
    }
    match Decompressor::new().deflate_decompress(deflated, plain) {
        Ok(size) if size != plain.len() => Err(damage("a block does not have the size it gives")),
        Ok(_) if libdeflater::crc32(plain) == checksum => Ok(()),
        Ok(_) => Err(damage("block data checksum mismatch")),
        Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, error)),
    }
}

fn damage(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn cut(error: io::Error, place: &str) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => io::Error::new(error.kind(), place),
        _ => error,
    }
}

impl<R: BufRead> Read for Bgzf<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Bgzf<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.plain.filled().len() {
            let (mut plain, mut marks) = (std::mem::take(&mut self.plain), std::mem::take(&mut self.marks));
            plain.clear();
            marks.clear();
            self.at = 0;
            // A submission holds the headers of many files open: a little of each is enough.
            self.inflate(BLOCKS_PER_TASK, &mut plain, &mut marks)?;
            (self.plain, self.marks) = (plain, marks);
        }
        Ok(&self.plain.filled()[self.at..])
    }

    fn consume(&mut self, amount: usize) {
        self.at = (self.at + amount).min(self.plain.filled().len());
    }
}

impl<R: BufRead + Send> Plain for Bgzf<R> {
    fn append(&mut self, to: &mut Buffer, marks: &mut Vec<Mark>) -> io::Result<()> {
        let left = &self.plain.filled()[self.at..];
        if left.is_empty() {
            return self.inflate(BLOCKS_AT_ONCE, to, marks);
        }
        let moved = to.filled().len() as i64 - self.at as i64;
        marks.extend(self.marks.iter().map(|mark| Mark { at: mark.at + moved, stored: mark.stored }));
        to.extend(left);
        (self.plain, self.at) = (Buffer::default(), 0);
        Ok(())
    }
}
