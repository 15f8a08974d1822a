//! Rows as weighted sums of alleles: the frequencies of any cohort, association, scores, kinship.

use super::{Batch, Genotypes, PAYLOAD, TOTALS};
use crate::error::StoreError;
use crate::orders::Walk;
use crate::table::{Part, Rows, SiteColumns};
use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use gj_kernels::{Number, SummedOrder, Sums, Totals, Weights, sum};
use gj_model::Region;

/// Rows read together.
const CHUNK: usize = 4096;

/// Some rows with their sums.
#[derive(Debug)]
pub struct SummedRows<T, const W: usize> {
    /// The sites.
    pub sites: SiteColumns,
    /// One for each site.
    pub sums: Vec<Sums<T, W>>,
}

impl Batch {
    /// Sums of every row of a region (or of all), in ascending order.
    ///
    /// # Errors
    /// [`StoreError::WrongPeople`] when `weights` are for another batch.
    pub fn sums<'a, T: Number, const W: usize>(
        &'a self,
        region: Option<&Region>,
        weights: &'a Weights<T, W>,
    ) -> Result<SumScan<'a, T, W>, StoreError> {
        self.check_people(weights.samples())?;
        Ok(SumScan {
            rows: self.table.read(region, CHUNK, &PAYLOAD)?,
            weights,
            orders: self.orders.as_ref().map(|orders| orders.walk()),
            block: None,
            summed: SummedOrder::default(),
        })
    }

    /// What the calls of everybody add up to at every row of a region (or of all), as stored, without
    /// reading genotypes: in step with [`Batch::sums`]. Empty for batches of formats 1 and 2. Nobody is
    /// masked, so that it may be used only where everybody is counted.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn totals(&self, region: Option<&Region>) -> Result<TotalScan, StoreError> {
        Ok(TotalScan { rows: self.table.read(region, CHUNK, &TOTALS)? })
    }
}

/// Rows as weighted sums.
pub struct SumScan<'a, T, const W: usize> {
    rows: Rows,
    weights: &'a Weights<T, W>,
    orders: Option<Walk<'a>>,
    /// The block whose order is summed up.
    block: Option<u32>,
    summed: SummedOrder<T, W>,
}

impl<T: Number, const W: usize> SumScan<'_, T, W> {
    /// The next rows; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn next_rows(&mut self) -> Result<Option<SummedRows<T, W>>, StoreError> {
        let Some(part) = self.rows.next()? else { return Ok(None) };
        let genotypes = Genotypes::of(&part);
        let mut sums = Vec::with_capacity(part.len());
        for row in 0..part.len() {
            let damaged = |e: &dyn std::fmt::Display| StoreError::damaged(self.rows.path(), e);
            let block = genotypes.block(row);
            if let (true, Some(block), Some(orders)) = (block != self.block, block, &mut self.orders) {
                self.block = None;
                if !self.summed.sum_up(orders.get(block)?, self.weights) {
                    return Err(damaged(&"an order is of other samples"));
                }
                self.block = Some(block);
            }
            let order = block.and(self.block).map(|_| &self.summed);
            sums.push(sum(genotypes.payload(row), order, self.weights).map_err(|e| damaged(&e))?);
        }
        Ok(Some(SummedRows { sites: part.sites(), sums }))
    }
}

/// Rows as stored totals.
pub struct TotalScan {
    rows: Rows,
}

impl TotalScan {
    /// The totals of the next rows; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn next_rows(&mut self) -> Result<Option<Vec<Totals>>, StoreError> {
        Ok(self.rows.next()?.map(|part| totals_of(&part)))
    }

    /// The same with their sites.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn next_sites(&mut self) -> Result<Option<(SiteColumns, Vec<Totals>)>, StoreError> {
        Ok(self.rows.next()?.map(|part| (part.sites(), totals_of(&part))))
    }
}

fn totals_of(part: &Part) -> Vec<Totals> {
    let [Some(ac), Some(an), Some(hom)] = TOTALS.map(|name| part.column(name)) else {
        return Vec::new();
    };
    let [ac, an, hom] = [ac, an, hom].map(|column| column.as_primitive::<UInt32Type>().values());
    let rows = ac.iter().zip(an.iter()).zip(hom.iter());
    rows.map(|((ac, an), hom)| Totals { ac: *ac, an: *an, hom: *hom }).collect()
}
