//! Sorts records that need not fit into memory: sorted runs go to unnamed temporary files and are merged.

use crate::Store;
use crate::error::StoreError;
use crate::scratch::Scratch;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, Write};

/// Bytes of records held before they go to disk.
const HELD_BYTES_MAX: usize = 64 << 20;
/// Runs of a level before they become one of the next: bounds open files.
const RUNS_MAX: usize = 32;

/// A key and what belongs to it.
type Record = (Vec<u8>, Vec<u8>);

/// Records on their way into order: by key, bytewise; equal keys as they came.
pub(super) struct Sorter {
    store: Store,
    held_max: usize,
    bytes: Vec<u8>,
    /// Start, length of the key, length of the value.
    records: Vec<(usize, usize, usize)>,
    /// Runs by level. Runs of a higher level, and earlier ones of the same, came first.
    levels: Vec<Vec<Scratch>>,
}

impl Sorter {
    pub(super) fn new(store: &Store) -> Sorter {
        Sorter::holding(store, HELD_BYTES_MAX)
    }

    fn holding(store: &Store, held_max: usize) -> Sorter {
        let (bytes, records, levels) = (Vec::new(), Vec::new(), Vec::new());
        Sorter { store: store.clone(), held_max, bytes, records, levels }
    }

    pub(super) fn push(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.records.push((self.bytes.len(), key.len(), value.len()));
        self.bytes.extend_from_slice(key);
        self.bytes.extend_from_slice(value);
        let held = self.bytes.len() + self.records.len() * size_of::<(usize, usize, usize)>();
        if held >= self.held_max { self.spill() } else { Ok(()) }
    }

    fn sorted(&mut self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let bytes = &self.bytes;
        self.records.sort_by_key(|&(start, key, _)| &bytes[start..start + key]);
        let split = move |&(start, key, value): &(usize, usize, usize)| {
            (&bytes[start..start + key], &bytes[start + key..start + key + value])
        };
        self.records.iter().map(split)
    }

    fn spill(&mut self) -> Result<(), StoreError> {
        let scratch = self.store.scratch_file()?;
        let mut out = BufWriter::new(scratch.file());
        let wrote = self.sorted().try_for_each(|(key, value)| write(&mut out, key, value));
        wrote.and_then(|()| out.flush()).map_err(StoreError::in_scratch(&scratch))?;
        drop(out);
        self.bytes.clear();
        self.records.clear();
        self.add(0, scratch)
    }

    fn add(&mut self, level: usize, run: Scratch) -> Result<(), StoreError> {
        if self.levels.len() == level {
            self.levels.push(Vec::new());
        }
        self.levels[level].push(run);
        if self.levels[level].len() < RUNS_MAX {
            return Ok(());
        }
        let runs = std::mem::take(&mut self.levels[level]);
        let scratch = self.store.scratch_file()?;
        let mut out = BufWriter::new(scratch.file());
        let mut merged = Merged::of(runs)?;
        while let Some((key, value)) = merged.next()? {
            write(&mut out, &key, &value).map_err(StoreError::in_scratch(&scratch))?;
        }
        out.flush().map_err(StoreError::in_scratch(&scratch))?;
        drop(out);
        self.add(level + 1, scratch)
    }

    /// All records in order.
    pub(super) fn finish(mut self) -> Result<Merged, StoreError> {
        if self.levels.is_empty() {
            let held: Vec<Record> = self.sorted().map(|(k, v)| (k.to_vec(), v.to_vec())).collect();
            return Ok(Merged { held: held.into_iter(), runs: Vec::new(), heads: BinaryHeap::new() });
        }
        if !self.records.is_empty() {
            self.spill()?;
        }
        Merged::of(std::mem::take(&mut self.levels).into_iter().rev().flatten().collect())
    }
}

fn write(out: &mut impl Write, key: &[u8], value: &[u8]) -> io::Result<()> {
    out.write_all(&(key.len() as u32).to_le_bytes())?;
    out.write_all(&(value.len() as u32).to_le_bytes())?;
    out.write_all(key)?;
    out.write_all(value)
}

/// The next row of a run: its key, the run's number, the row.
type Head = (Vec<u8>, usize, Vec<u8>);

/// Records in order.
pub(super) struct Merged {
    held: std::vec::IntoIter<Record>,
    runs: Vec<Run>,
    /// The next record of each run, by key, then run.
    heads: BinaryHeap<Reverse<Head>>,
}

struct Run {
    reader: BufReader<std::fs::File>,
    scratch: Scratch,
}

impl Merged {
    fn of(runs: Vec<Scratch>) -> Result<Merged, StoreError> {
        let mut merged = Merged { held: Vec::new().into_iter(), runs: Vec::new(), heads: BinaryHeap::new() };
        for (rank, scratch) in runs.into_iter().enumerate() {
            let file = scratch.file().try_clone().and_then(|mut file| file.rewind().map(|()| file));
            let file = file.map_err(StoreError::in_scratch(&scratch))?;
            merged.runs.push(Run { reader: BufReader::with_capacity(64 << 10, file), scratch });
            merged.pull(rank)?;
        }
        Ok(merged)
    }

    fn pull(&mut self, rank: usize) -> Result<(), StoreError> {
        let Run { reader, scratch } = &mut self.runs[rank];
        if let Some((key, value)) = read(reader).map_err(StoreError::in_scratch(scratch))? {
            self.heads.push(Reverse((key, rank, value)));
        }
        Ok(())
    }

    /// The next record.
    pub(super) fn next(&mut self) -> Result<Option<Record>, StoreError> {
        if let Some(record) = self.held.next() {
            return Ok(Some(record));
        }
        let Some(Reverse((key, rank, value))) = self.heads.pop() else { return Ok(None) };
        self.pull(rank)?;
        Ok(Some((key, value)))
    }
}

fn read(reader: &mut impl Read) -> io::Result<Option<Record>> {
    let mut lengths = [0; 8];
    match reader.read_exact(&mut lengths) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| lengths[at + i])) as usize;
    let (mut key, mut value) = (vec![0; length(0)], vec![0; length(4)]);
    reader.read_exact(&mut key)?;
    reader.read_exact(&mut value)?;
    Ok(Some((key, value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_into_memory_comes_out_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        for (count, held_max) in [(0, 100), (50, 1 << 20), (5_000, 2_000), (40_000, 700)] {
            let mut sorter = Sorter::holding(&store, held_max);
            let mut expected = Vec::new();
            for i in 0..count as u64 {
                let key = (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 50).to_be_bytes();
                sorter.push(&key, &i.to_le_bytes()).unwrap();
                expected.push((key.to_vec(), i.to_le_bytes().to_vec()));
            }
            expected.sort_by_key(|(key, _)| key.clone());
            let mut merged = sorter.finish().unwrap();
            let mut found = Vec::new();
            while let Some(record) = merged.next().unwrap() {
                found.push(record);
            }
            assert_eq!(found, expected, "{count} records, {held_max} bytes held");
        }
        assert_eq!(std::fs::read_dir(folder.path().join("staging")).unwrap().count(), 0);
    }
}
