//! The haplotype orders of a sorted batch: one after the other in a file, read when a block is.
//!
//! Neighbouring blocks have like orders, so most are kept as the difference from a neighbour's: in groups
//! ([`group_of`]) around one that is whole, so that reading any needs a few steps at most. A record is a
//! byte, which says what the order is the difference from (0 nothing, 1 the order before, 2 the one
//! after), and a zstd frame of what [`Order`] writes.

use crate::error::StoreError;
use crate::sums::{self, CheckedFile};
use gj_kernels::Order;
use parquet::file::reader::ChunkReader;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

const DATA: &str = "orders.bin";
const SUMS: &str = "orders.sums";
/// Bytes of decoded orders kept at most: at 100,000 people one takes about a megabyte.
const KEPT_BYTES_MAX: usize = 64 << 20;
/// Compression of orders: written once, read often.
const ZSTD_LEVEL: i32 = 9;

/// What an order is the difference from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Base {
    Nothing = 0,
    Before = 1,
    After = 2,
}

/// Orders that hang together: one whole, half of the others before it, half behind. A step costs time in
/// proportion to the samples, and so does a whole order on the disk.
fn group_of(samples: usize) -> usize {
    if samples < 5_000 { 17 } else { 9 }
}

/// Differences from a whole order at most, for any group.
const STEPS_MAX: usize = 17;

/// Writes the orders of a batch.
pub(crate) struct OrdersWriter {
    dir: PathBuf,
    file: BufWriter<File>,
    lengths: Vec<u32>,
    group: Vec<Order>,
}

/// What the manifest says of the orders.
pub(crate) struct OrdersSeal {
    pub(crate) lengths: Vec<u32>,
    pub(crate) sums: String,
}

impl OrdersWriter {
    pub(crate) fn create(dir: &Path) -> Result<OrdersWriter, StoreError> {
        let path = dir.join(DATA);
        let file = File::create_new(&path).map_err(StoreError::io(&path))?;
        Ok(OrdersWriter {
            dir: dir.to_owned(),
            file: BufWriter::new(file),
            lengths: Vec::new(),
            group: Vec::new(),
        })
    }

    /// Adds an order; returns its number.
    pub(crate) fn push(&mut self, order: Order) -> Result<u32, StoreError> {
        let group = group_of(order.samples());
        self.group.push(order);
        let number = (self.lengths.len() + self.group.len()) as u32 - 1;
        if self.group.len() == group {
            self.end_group()?;
        }
        Ok(number)
    }

    /// Ends the group: what follows, on another contig, has nothing in common with it.
    pub(crate) fn end_group(&mut self) -> Result<(), StoreError> {
        let group = std::mem::take(&mut self.group);
        let whole = group.len() / 2;
        for (at, order) in group.iter().enumerate() {
            let (base, bytes) = match at.cmp(&whole) {
                std::cmp::Ordering::Less => (Base::After, order.encode_from(&group[at + 1])),
                std::cmp::Ordering::Equal => (Base::Nothing, order.encode()),
                std::cmp::Ordering::Greater => (Base::Before, order.encode_from(&group[at - 1])),
            };
            let path = self.dir.join(DATA);
            let packed = zstd::bulk::compress(&bytes, ZSTD_LEVEL).map_err(StoreError::io(&path))?;
            self.file.write_all(&[base as u8]).map_err(StoreError::io(&path))?;
            self.file.write_all(&packed).map_err(StoreError::io(&path))?;
            self.lengths.push(packed.len() as u32 + 1);
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<OrdersSeal, StoreError> {
        self.end_group()?;
        let path = self.dir.join(DATA);
        let file = self.file.into_inner().map_err(|error| StoreError::io(&path)(error.into_error()))?;
        file.sync_all().map_err(StoreError::io(&path))?;
        Ok(OrdersSeal { lengths: self.lengths, sums: sums::write_sums(&path, &self.dir.join(SUMS))? })
    }
}

/// How the orders of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Format 2: each whole, not compressed.
    Whole,
    /// Since format 3: as differences.
    Differences,
}

/// The orders of a batch, open for reading.
pub(crate) struct Orders {
    file: CheckedFile,
    /// Where each order begins, and where the last one ends.
    starts: Vec<u64>,
    samples: usize,
    layout: Layout,
    kept: Mutex<HashMap<u32, Arc<Order>>>,
    unpacker: Mutex<zstd::bulk::Decompressor<'static>>,
}

impl std::fmt::Debug for Orders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} orders", self.starts.len() - 1)
    }
}

impl Orders {
    pub(crate) fn open(
        dir: &Path,
        lengths: &[u32],
        digest: &str,
        samples: usize,
        layout: Layout,
    ) -> Result<Orders, StoreError> {
        let file = CheckedFile::open(&dir.join(DATA), &dir.join(SUMS), digest)?;
        let unpacker = zstd::bulk::Decompressor::new().map_err(StoreError::io(file.path()))?;
        let mut starts = vec![0];
        let mut end = 0u64;
        for length in lengths {
            end += u64::from(*length);
            starts.push(end);
        }
        Ok(Orders { file, starts, samples, layout, kept: Mutex::default(), unpacker: Mutex::new(unpacker) })
    }

    /// Checks every byte.
    pub(crate) fn check_all(&self) -> Result<(), StoreError> {
        self.file.check_all()
    }

    /// The order of a block; those read last stay decoded.
    pub(crate) fn get(&self, block: u32) -> Result<Arc<Order>, StoreError> {
        let (base, mut records) = self.chain(block, |number| self.kept().contains_key(&number))?;
        let mut order = base.and_then(|base| self.kept().get(&base).cloned());
        while let Some((number, bytes)) = records.pop() {
            let mut decoded = Order::default();
            self.decode(&mut decoded, &bytes, order.as_deref())?;
            let decoded = Arc::new(decoded);
            let mut kept = self.kept();
            // Two haplotypes of four bytes and a style for each sample.
            if kept.len() * self.samples * 9 >= KEPT_BYTES_MAX {
                kept.clear();
            }
            kept.insert(number, decoded.clone());
            order = Some(decoded);
        }
        order.ok_or_else(|| self.damaged(format!("order {block} was not kept")))
    }

    /// Reads orders one after another, mostly ascending, in the memory of a few.
    pub(crate) fn walk(&self) -> Walk<'_> {
        Walk { orders: self, known: Vec::new(), spare: Vec::new() }
    }

    /// The records that make an order, itself first, back along the differences to one that is whole, or
    /// whose base is known: the number of that base.
    fn chain(
        &self,
        block: u32,
        is_known: impl Fn(u32) -> bool,
    ) -> Result<(Option<u32>, Vec<Record>), StoreError> {
        let (mut records, mut next) = (Vec::new(), block);
        loop {
            if is_known(next) {
                return Ok((Some(next), records));
            }
            if records.len() > STEPS_MAX {
                return Err(self.damaged("its orders refer to each other in a circle"));
            }
            let (base, bytes) = self.record(next)?;
            records.push((next, bytes));
            next = match base {
                Base::Nothing => return Ok((None, records)),
                Base::Before => {
                    next.checked_sub(1).ok_or_else(|| self.damaged("no order is before the first"))?
                }
                Base::After => next + 1,
            };
        }
    }

    fn decode(&self, order: &mut Order, bytes: &[u8], base: Option<&Order>) -> Result<(), StoreError> {
        let read = match self.layout {
            Layout::Whole => Order::decode_format_2(bytes, self.samples).map(|whole| *order = whole),
            Layout::Differences => order.read(bytes, self.samples, base),
        };
        read.map_err(|e| self.damaged(e))
    }

    /// What is written of an order.
    fn record(&self, number: u32) -> Result<(Base, Vec<u8>), StoreError> {
        let at = number as usize;
        let (Some(start), Some(end)) = (self.starts.get(at), self.starts.get(at + 1)) else {
            return Err(self.damaged(format!("it has no order {number}")));
        };
        let bytes = self.file.get_bytes(*start, (end - start) as usize).map_err(|e| self.damaged(e))?;
        if self.layout == Layout::Whole {
            return Ok((Base::Nothing, bytes.to_vec()));
        }
        let (base, packed) = bytes.split_first().ok_or_else(|| self.damaged("an order is empty"))?;
        let base = match base {
            0 => Base::Nothing,
            1 => Base::Before,
            2 => Base::After,
            _ => return Err(self.damaged("an order is the difference from something unknown")),
        };
        // At worst every haplotype is a stretch of its own, five bytes each number.
        let largest = 64 + self.samples * 32;
        let stated = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten();
        let largest = stated.map_or(largest, |stated| largest.min(stated as usize));
        // A poisoned unpacker starts each frame afresh.
        let mut unpacker = self.unpacker.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = unpacker.decompress(packed, largest).map_err(|e| self.damaged(e))?;
        Ok((base, bytes))
    }

    fn damaged(&self, what: impl ToString) -> StoreError {
        StoreError::damaged(self.file.path(), what.to_string())
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<u32, Arc<Order>>> {
        // A poisoned cache is still a cache: entries are inserted whole.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An order's number and what is written of it, unpacked.
type Record = (u32, Vec<u8>);

/// Orders read one after another: those of one group are in memory.
pub(crate) struct Walk<'a> {
    orders: &'a Orders,
    known: Vec<(u32, Order)>,
    spare: Vec<Order>,
}

impl Walk<'_> {
    /// The order of a block.
    pub(crate) fn get(&mut self, block: u32) -> Result<&Order, StoreError> {
        let known = &self.known;
        let (base, mut records) =
            self.orders.chain(block, |number| known.iter().any(|(n, _)| *n == number))?;
        if base.is_none() {
            self.spare.extend(self.known.drain(..).map(|(_, order)| order));
        }
        let mut at = base.and_then(|base| self.known.iter().position(|(number, _)| *number == base));
        while let Some((number, bytes)) = records.pop() {
            let mut order = self.spare.pop().unwrap_or_default();
            self.orders.decode(&mut order, &bytes, at.map(|at| &self.known[at].1))?;
            self.known.push((number, order));
            at = Some(self.known.len() - 1);
        }
        match at {
            Some(at) => Ok(&self.known[at].1),
            None => Err(self.orders.damaged(format!("it has no order {block}"))),
        }
    }
}
