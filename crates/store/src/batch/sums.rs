//! Rows as weighted sums of alleles: the frequencies of any cohort, association, scores, kinship.

use super::{Batch, Genotypes, PAYLOAD, TOTALS};
use crate::error::StoreError;
use crate::table::{Rows, SiteColumns};
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
        Ok(SumScan { batch: self, rows: self.table.read(region, CHUNK, &PAYLOAD)?, weights, order: None })
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
    batch: &'a Batch,
    rows: Rows,
    weights: &'a Weights<T, W>,
    /// The order of the last block, summed up.
    order: Option<(u32, SummedOrder<T, W>)>,
}

impl<T: Number, const W: usize> SumScan<'_, T, W> {
    /// The next rows; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn next_rows(&mut self) -> Result<Option<SummedRows<T, W>>, StoreError> {
        let Some(batch) = self.rows.next()? else { return Ok(None) };
        let genotypes = Genotypes::of(&batch);
        let mut sums = Vec::with_capacity(batch.num_rows());
        for row in 0..batch.num_rows() {
            let block = genotypes.block(row);
            if let Some(block) = block.filter(|block| self.order.as_ref().is_none_or(|(b, _)| b != block)) {
                self.order = self.summed(block)?;
            }
            let order = self.order.as_ref().filter(|_| block.is_some()).map(|(_, order)| order);
            let summed = sum(genotypes.payload(row), order, self.weights);
            sums.push(summed.map_err(|e| StoreError::damaged(self.rows.path(), e))?);
        }
        Ok(Some(SummedRows { sites: SiteColumns::of(&batch), sums }))
    }

    fn summed(&self, block: u32) -> Result<Option<(u32, SummedOrder<T, W>)>, StoreError> {
        let Some(orders) = &self.batch.orders else { return Ok(None) };
        Ok(SummedOrder::new(orders.get(block)?, self.weights).map(|order| (block, order)))
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
        Ok(self.rows.next()?.map(|batch| totals_of(&batch)))
    }

    /// The same with their sites.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn next_sites(&mut self) -> Result<Option<(SiteColumns, Vec<Totals>)>, StoreError> {
        Ok(self.rows.next()?.map(|batch| (SiteColumns::of(&batch), totals_of(&batch))))
    }
}

fn totals_of(batch: &arrow_array::RecordBatch) -> Vec<Totals> {
    let [Some(ac), Some(an), Some(hom)] = TOTALS.map(|name| batch.column_by_name(name)) else {
        return Vec::new();
    };
    let [ac, an, hom] = [ac, an, hom].map(|column| column.as_primitive::<UInt32Type>().values());
    let rows = ac.iter().zip(an.iter()).zip(hom.iter());
    rows.map(|((ac, an), hom)| Totals { ac: *ac, an: *an, hom: *hom }).collect()
}
