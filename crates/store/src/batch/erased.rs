//! Rows without the people who left: what is written when a batch is written anew for them.

use super::{Batch, Genotypes, PAYLOAD, TOTALS};
use crate::error::StoreError;
use crate::table::{Part, Rows, variants};
use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use gj_kernels::row::needs_order;
use gj_kernels::{Call, ErasedOrder, ErasedRow, Order, Scratch, Totals, decode, erase};
use gj_model::{Contig, SampleSet, Variant};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Rows read together; with a payload of at most half a byte a sample this bounds memory.
const CHUNK: usize = 1024;

/// A row of the batch to come.
pub(crate) struct Row {
    pub(crate) variant: Variant,
    pub(crate) origin: Option<String>,
    pub(crate) row: ErasedRow,
    /// The block whose order it needs, as the old batch numbers it.
    pub(crate) block: Option<u32>,
}

impl Batch {
    /// Rows without `gone`, in ascending order.
    ///
    /// # Errors
    /// [`StoreError::WrongPeople`] when `gone` is for another batch.
    pub(crate) fn erased<'a>(&'a self, gone: &'a SampleSet) -> Result<Erased<'a>, StoreError> {
        self.check_people(gone.len())?;
        let columns = [&["origin"][..], &PAYLOAD, &TOTALS].concat();
        let rows = self.table.read(None, CHUNK, &columns)?;
        Ok(Erased { batch: self, rows, gone, orders: BTreeMap::new(), last: None })
    }
}

/// Rows as they are without who left.
pub(crate) struct Erased<'a> {
    batch: &'a Batch,
    rows: Rows,
    gone: &'a SampleSet,
    /// Orders of the blocks of the last rows.
    orders: BTreeMap<u32, ErasedOrder>,
    /// The last block so far, and its contig.
    last: Option<(Contig, u32)>,
}

impl Erased<'_> {
    /// The next rows, at least one; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub(crate) fn next_rows(&mut self) -> Result<Option<Vec<Row>>, StoreError> {
        let Some(part) = self.rows.next()? else { return Ok(None) };
        let genotypes = Genotypes::of(&part);
        let within = self.blocks(&part, &genotypes)?;
        let path = self.rows.path();
        let origins = part.column("origin").map(|column| column.as_string::<i32>());
        let totals = totals_of(&part);
        let row = |scratch: &mut Scratch, (row, variant): (usize, Variant)| {
            let order = within[row].and_then(|block| self.orders.get(&block));
            let stored = totals.as_ref().map(|totals| totals[row]);
            let erased = erase(genotypes.payload(row), stored, self.gone, order, scratch)
                .map_err(|e| StoreError::damaged(path, e))?;
            let origin = origins.filter(|o| !o.is_null(row)).map(|o| o.value(row).to_owned());
            let block = within[row].filter(|_| needs_order(&erased.payload));
            Ok(Row { variant, origin, row: erased, block })
        };
        let variants = variants(&part, path)?.into_par_iter().enumerate();
        variants.map_init(Scratch::default, row).collect::<Result<_, _>>().map(Some)
    }

    /// The block of each row; of one that stands alone, the last one before it on its contig. Their orders
    /// are at hand until the next rows are read.
    fn blocks(&mut self, part: &Part, genotypes: &Genotypes) -> Result<Vec<Option<u32>>, StoreError> {
        let Some(orders) = &self.batch.orders else { return Ok(vec![None; part.len()]) };
        let mut blocks = Vec::with_capacity(part.len());
        self.last = self.last.filter(|(contig, _)| *contig == part.contig);
        let kept = self.last.map(|(_, block)| block);
        self.orders.retain(|block, _| Some(*block) == kept);
        for row in 0..part.len() {
            if let Some(block) = genotypes.block(row) {
                if !self.orders.contains_key(&block) {
                    let order = ErasedOrder::new(orders.get(block)?.as_ref(), self.gone);
                    let of_others = || StoreError::damaged(self.rows.path(), "an order is of other samples");
                    self.orders.insert(block, order.ok_or_else(of_others)?);
                }
                self.last = Some((part.contig, block));
            }
            blocks.push(self.last.map(|(_, block)| block));
        }
        Ok(blocks)
    }

    /// The new order of a block of the last rows.
    pub(crate) fn order(&self, block: u32) -> Option<&Order> {
        self.orders.get(&block).map(ErasedOrder::order)
    }

    /// The calls of one of the last rows.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub(crate) fn calls(&self, row: &Row, scratch: &mut Scratch) -> Result<Vec<Call>, StoreError> {
        let mut calls = Vec::new();
        let order = row.block.and_then(|block| self.order(block));
        let everybody = SampleSet::all(self.gone.len());
        decode(&row.row.payload, order, &everybody, scratch, &mut calls)
            .map_err(|e| StoreError::damaged(self.rows.path(), e))?;
        Ok(calls)
    }
}

/// The stored totals of some rows, where the format has them.
fn totals_of(part: &Part) -> Option<Vec<Totals>> {
    let column = |name: &str| part.column(name).map(|column| column.as_primitive::<UInt32Type>());
    let (ac, an, hom) = (column("ac")?, column("an")?, column("hom")?);
    let all = ac.values().iter().zip(an.values()).zip(hom.values());
    Some(all.map(|((ac, an), hom)| Totals { ac: *ac, an: *an, hom: *hom }).collect())
}
