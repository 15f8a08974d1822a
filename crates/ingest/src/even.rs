//! Genotypes of even width: every sample takes the same two or four bytes, as in most records.
//!
//! Thirty-two bytes at a time are compared with the commonest genotype's; only the others are looked at.
//! Says nothing about what is wrong with a row that is different: who asks reads it column by column.

use crate::columns::Columns;
use crate::genotype::Genotypes;
use gj_kernels::{Call, Sparse};

/// Bytes compared at once: 8 or 16 samples.
const BLOCK: usize = 32;
/// Samples looked at to find the commonest genotype.
const GLANCES: usize = 8;

/// The cells that a sample can have, `W` bytes each, and their calls.
pub(crate) struct Cells<const W: usize> {
    keys: [[u8; W]; 256],
    calls: [Call; 256],
}

/// What one sample has.
pub(crate) trait Cell {
    /// A place that no other known cell has.
    fn place(&self) -> usize;
}

impl<const W: usize> Cells<W>
where
    [u8; W]: Cell,
{
    /// The cells that are known.
    pub(crate) fn new(cells: &[([u8; W], Call)]) -> Cells<W> {
        // Whatever finds its way to an empty place is not the first cell, whose place is another.
        let mut all = Cells { keys: [cells[0].0; 256], calls: [Call::Absent; 256] };
        for (cell, call) in cells {
            let place = cell.place() & 255;
            (all.keys[place], all.calls[place]) = (*cell, *call);
        }
        all
    }

    fn call(&self, cell: &[u8; W]) -> Option<Call> {
        let place = cell.place() & 255;
        (self.keys[place] == *cell).then(|| self.calls[place])
    }

    /// The calls of the kept columns, out of a row of cells and a `last` one that stands apart, if any;
    /// `None` when a cell is not known, or there are not as many as columns.
    pub(crate) fn read(&self, row: &[u8], last: Option<[u8; W]>, columns: &Columns) -> Option<Genotypes> {
        let (cells, rest) = row.as_chunks::<W>();
        if !rest.is_empty() || cells.len() + last.iter().len() != columns.total() {
            return None;
        }
        if columns.total() < GLANCES {
            return self.every(cells, last, columns).map(Genotypes::Biallelic);
        }
        let common = commonest(cells).or(last)?;
        let default = self.call(&common)?;
        // Past this the exceptions take as much room as the calls.
        let room = columns.len() / size_of::<(u32, Call)>();
        let mut others = Vec::new();
        // Two cells may be one call: `0/1` and `1/0`.
        let mut look = |first: usize, cells: &[[u8; W]]| {
            for (column, cell) in (first..).zip(cells).filter(|(_, cell)| **cell != common) {
                let call = self.call(cell)?;
                let sample = columns.place(column).filter(|_| call != default);
                others.extend(sample.map(|sample| (sample, call)));
            }
            Some(others.len() <= room)
        };
        let mut pattern = [0; BLOCK];
        pattern.as_chunks_mut::<W>().0.fill(common);
        let (blocks, rest) = row.as_chunks::<BLOCK>();
        for (index, block) in blocks.iter().enumerate() {
            if *block != pattern && !look(index * (BLOCK / W), block.as_chunks::<W>().0)? {
                return self.every(cells, last, columns).map(Genotypes::Biallelic);
            }
        }
        look(blocks.len() * (BLOCK / W), rest.as_chunks::<W>().0)?;
        look(cells.len(), last.as_slice())?;
        Some(Genotypes::Sparse(Sparse::new(columns.len(), default, others)))
    }

    fn every(&self, cells: &[[u8; W]], last: Option<[u8; W]>, columns: &Columns) -> Option<Vec<Call>> {
        let mut calls = vec![Call::Absent; columns.len()];
        let mut known = true;
        let look = |cell: &[u8; W]| {
            let place = cell.place() & 255;
            (self.calls[place], self.keys[place] == *cell)
        };
        let cells = cells.iter().chain(&last);
        if columns.is_all() {
            for (to, cell) in calls.iter_mut().zip(cells) {
                let (call, is_known) = look(cell);
                known &= is_known;
                *to = call;
            }
            return known.then_some(calls);
        }
        for (column, cell) in cells.enumerate() {
            let (call, is_known) = look(cell);
            known &= is_known;
            // The call of a column that is not kept goes nowhere.
            columns.place(column).into_iter().for_each(|sample| calls[sample as usize] = call);
        }
        known.then_some(calls)
    }
}

/// The cell that most of a few samples have.
fn commonest<const W: usize>(cells: &[[u8; W]]) -> Option<[u8; W]> {
    let glance = |index: usize| cells.get(index * cells.len() / GLANCES).copied();
    let times = |cell: Option<[u8; W]>| (0..GLANCES).filter(|index| glance(*index) == cell).count();
    (0..GLANCES).map(glance).max_by_key(|cell| times(*cell)).flatten()
}
