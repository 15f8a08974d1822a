//! The haplotype orders of a sorted batch: one after the other in a file, read when a block is.

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
/// Orders kept decoded at most: at 100,000 people one takes about a megabyte.
const KEPT_MAX: usize = 64;

/// Writes the orders of a batch.
pub(crate) struct OrdersWriter {
    dir: PathBuf,
    file: BufWriter<File>,
    lengths: Vec<u32>,
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
        Ok(OrdersWriter { dir: dir.to_owned(), file: BufWriter::new(file), lengths: Vec::new() })
    }

    /// Adds an order; returns its number.
    pub(crate) fn push(&mut self, order: &[u8]) -> Result<u32, StoreError> {
        self.file.write_all(order).map_err(StoreError::io(&self.dir.join(DATA)))?;
        self.lengths.push(order.len() as u32);
        Ok(self.lengths.len() as u32 - 1)
    }

    pub(crate) fn finish(self) -> Result<OrdersSeal, StoreError> {
        let path = self.dir.join(DATA);
        let file = self.file.into_inner().map_err(|error| StoreError::io(&path)(error.into_error()))?;
        file.sync_all().map_err(StoreError::io(&path))?;
        Ok(OrdersSeal { lengths: self.lengths, sums: sums::write_sums(&path, &self.dir.join(SUMS))? })
    }
}

/// The orders of a batch, open for reading.
#[derive(Debug)]
pub(crate) struct Orders {
    file: CheckedFile,
    /// Where each order begins, and where the last one ends.
    starts: Vec<u64>,
    samples: usize,
    kept: Mutex<HashMap<u32, Arc<Order>>>,
}

impl Orders {
    pub(crate) fn open(
        dir: &Path,
        lengths: &[u32],
        digest: &str,
        samples: usize,
    ) -> Result<Orders, StoreError> {
        let file = CheckedFile::open(&dir.join(DATA), &dir.join(SUMS), digest)?;
        let mut starts = vec![0];
        let mut end = 0u64;
        for length in lengths {
            end += u64::from(*length);
            starts.push(end);
        }
        Ok(Orders { file, starts, samples, kept: Mutex::new(HashMap::new()) })
    }

    /// Checks every byte.
    pub(crate) fn check_all(&self) -> Result<(), StoreError> {
        self.file.check_all()
    }

    /// The order of a block.
    pub(crate) fn get(&self, block: u32) -> Result<Arc<Order>, StoreError> {
        if let Some(order) = self.kept().get(&block) {
            return Ok(order.clone());
        }
        let damaged = |what: &dyn ToString| StoreError::damaged(self.file.path(), what.to_string());
        let at = block as usize;
        let (Some(start), Some(end)) = (self.starts.get(at), self.starts.get(at + 1)) else {
            return Err(damaged(&format!("it has no order {block}")));
        };
        let bytes = self.file.get_bytes(*start, (end - start) as usize).map_err(|e| damaged(&e))?;
        let order = Arc::new(Order::decode(&bytes, self.samples).map_err(|e| damaged(&e))?);
        let mut kept = self.kept();
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(block, order.clone());
        Ok(order)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<u32, Arc<Order>>> {
        // A poisoned cache is still a cache: entries are inserted whole.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
