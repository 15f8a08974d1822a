//! BGZF output: blocks deflated many at a time, and the virtual positions of the records in them.
//!
//! Deflating and framing are `noodles-bgzf`'s. Every block but the last holds the same number of plain
//! bytes, so that a plain offset says which block it is in before that block is written.

use crate::encoded::Encoded;
use crate::index::{Index, Place};
use noodles_bgzf as bgzf;
use rayon::prelude::*;
use std::collections::VecDeque;
use std::io::{self, Write};

/// Plain bytes of a block, as `bgzip` has them.
const BLOCK_BYTES: usize = 65_280;
/// Blocks deflated together: about 8 MiB of plain bytes.
const BLOCKS_AT_ONCE: usize = 128;
/// The end-of-file marker of the SAM specification, section 4.1.2: an empty block.
const END: [u8; 28] =
    [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, b'B', b'C', 2, 0, 0x1b, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// A record whose virtual positions are not known yet.
struct Pending {
    place: Place,
    /// Plain offsets of its first byte and after its last.
    start: u64,
    end: u64,
}

/// A BGZF file being written, with its index.
pub(crate) struct Bgzf<W> {
    out: W,
    index: Index,
    plain: Vec<u8>,
    /// Plain bytes deflated so far.
    done: u64,
    /// Bytes written so far.
    written: u64,
    /// Where blocks begin in the file, from `first_block` on; the last entry is where the next will.
    begins: VecDeque<u64>,
    first_block: u64,
    pending: VecDeque<Pending>,
}

impl<W: Write> Bgzf<W> {
    pub(crate) fn new(out: W, index: Index) -> Bgzf<W> {
        Bgzf {
            out,
            index,
            plain: Vec::new(),
            done: 0,
            written: 0,
            begins: VecDeque::from([0]),
            first_block: 0,
            pending: VecDeque::new(),
        }
    }

    /// Appends bytes that no record owns.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.plain.extend_from_slice(bytes);
        if self.plain.len() >= BLOCKS_AT_ONCE * BLOCK_BYTES { self.deflate() } else { Ok(()) }
    }

    /// Appends a record.
    pub(crate) fn append_record(&mut self, place: Place, record: &Encoded) -> io::Result<()> {
        let start = self.done + self.plain.len() as u64;
        let bytes: usize = record.parts().iter().map(|part| part.len()).sum();
        self.pending.push_back(Pending { place, start, end: start + bytes as u64 });
        record.parts().iter().try_for_each(|part| self.append(part))
    }

    /// Ends the file and writes its index.
    pub(crate) fn finish(mut self, index: impl Write) -> io::Result<()> {
        self.deflate()?;
        let rest = std::mem::take(&mut self.plain);
        if !rest.is_empty() {
            self.write_blocks(&[&rest])?;
        }
        self.out.write_all(&END)?;
        self.out.flush()?;
        self.index.write(index)
    }

    /// Deflates and writes all full blocks.
    fn deflate(&mut self) -> io::Result<()> {
        let mut plain = std::mem::take(&mut self.plain);
        let full = plain.len() / BLOCK_BYTES * BLOCK_BYTES;
        let blocks: Vec<&[u8]> = plain[..full].chunks(BLOCK_BYTES).collect();
        self.write_blocks(&blocks)?;
        plain.drain(..full);
        self.plain = plain;
        Ok(())
    }

    fn write_blocks(&mut self, blocks: &[&[u8]]) -> io::Result<()> {
        let deflated: Vec<Vec<u8>> =
            blocks.par_iter().map(|block| deflated(block)).collect::<io::Result<_>>()?;
        for (plain, block) in blocks.iter().zip(&deflated) {
            self.out.write_all(block)?;
            self.done += plain.len() as u64;
            self.written += block.len() as u64;
            self.begins.push_back(self.written);
        }
        while self.pending.front().is_some_and(|record| record.end <= self.done)
            && let Some(record) = self.pending.pop_front()
        {
            let (start, end) = (self.virtual_position(record.start), self.virtual_position(record.end));
            self.index.add(&record.place, start, end)?;
        }
        // Blocks before the first record that still waits are not asked for again.
        let needed = self.pending.front().map_or(self.done, |record| record.start) / BLOCK_BYTES as u64;
        while self.first_block < needed && self.begins.len() > 1 {
            self.begins.pop_front();
            self.first_block += 1;
        }
        Ok(())
    }

    fn virtual_position(&self, plain: u64) -> u64 {
        let block = plain / BLOCK_BYTES as u64 - self.first_block;
        (self.begins[block as usize] << 16) | (plain % BLOCK_BYTES as u64)
    }
}

fn deflated(block: &[u8]) -> io::Result<Vec<u8>> {
    let mut writer = bgzf::io::Writer::new(Vec::with_capacity(block.len() / 4));
    writer.write_all(block)?;
    writer.flush()?;
    Ok(writer.into_inner())
}
