//! BGZF: gzip in blocks of at most 64 KiB, inflated many at a time.
//!
//! Framing is read here, because the end of the file has to be proved: the last block must be the
//! end-of-file marker (SAM specification, section 4.1.2), and nothing may follow half a block. Blocks
//! are inflated, and their checksums compared, by `noodles-bgzf` on rayon's pool.

use rayon::prelude::*;
use std::io::{self, BufRead, Read};
use std::ops::Range;

const HEADER_BYTES: usize = 18;
/// The marker as every BGZF writer emits it: an empty block.
const EOF_MARKER: [u8; 28] =
    [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, b'B', b'C', 2, 0, 0x1b, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/// Blocks read before they are inflated together: up to 8 MiB of plain bytes.
const BLOCKS_AT_ONCE: usize = 128;
/// Blocks one task inflates: enough to outweigh the cost of a task.
const BLOCKS_PER_TASK: usize = 8;

/// Whether `start` begins a BGZF block (and not merely a gzip stream).
pub(crate) fn is_frame(start: &[u8]) -> bool {
    start.len() >= HEADER_BYTES && start[..4] == EOF_MARKER[..4] && start[10..16] == [6, 0, b'B', b'C', 2, 0]
}

/// The plain bytes of a BGZF file.
pub(crate) struct Bgzf<R> {
    stored: R,
    plain: Vec<u8>,
    at: usize,
    marker_was_last: bool,
}

impl<R: BufRead> Bgzf<R> {
    pub(crate) fn new(stored: R) -> Bgzf<R> {
        Bgzf { stored, plain: Vec::new(), at: 0, marker_was_last: false }
    }

    /// Reads the next blocks and inflates them; leaves `plain` empty at the proved end.
    fn refill(&mut self) -> io::Result<()> {
        self.plain.clear();
        self.at = 0;
        while self.plain.is_empty() {
            let (raw, tasks) = self.read_blocks()?;
            if raw.is_empty() {
                break;
            }
            let inflated: Vec<Vec<u8>> =
                tasks.into_par_iter().map(|blocks| inflate(&raw[blocks])).collect::<io::Result<_>>()?;
            self.plain.reserve(inflated.iter().map(Vec::len).sum());
            inflated.iter().for_each(|part| self.plain.extend_from_slice(part));
        }
        Ok(())
    }

    fn read_blocks(&mut self) -> io::Result<(Vec<u8>, Vec<Range<usize>>)> {
        let (mut raw, mut tasks) = (Vec::new(), Vec::new());
        let mut task_start = 0;
        for count in 1..=BLOCKS_AT_ONCE {
            if !self.read_block(&mut raw)? {
                break;
            }
            if count % BLOCKS_PER_TASK == 0 {
                tasks.push(task_start..raw.len());
                task_start = raw.len();
            }
        }
        if task_start < raw.len() {
            tasks.push(task_start..raw.len());
        }
        Ok((raw, tasks))
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
        if size < HEADER_BYTES + 8 {
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

fn inflate(blocks: &[u8]) -> io::Result<Vec<u8>> {
    let mut plain = Vec::with_capacity(BLOCKS_PER_TASK << 16);
    noodles_bgzf::io::Reader::new(blocks).read_to_end(&mut plain)?;
    Ok(plain)
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
        if self.at == self.plain.len() {
            self.refill()?;
        }
        Ok(&self.plain[self.at..])
    }

    fn consume(&mut self, amount: usize) {
        self.at = (self.at + amount).min(self.plain.len());
    }
}
