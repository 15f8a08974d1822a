//! What one person has at every row.

use super::{Batch, Genotypes, PAYLOAD};
use crate::error::StoreError;
use crate::orders::Walk;
use crate::table::{Rows, SiteColumns};
use gj_kernels::{Call, Person};
use gj_model::{Region, SampleSet};

/// Rows read together.
const CHUNK: usize = 4096;

impl Batch {
    /// The calls of one sample column at every row of a region (or of all) at which `wanted`.
    ///
    /// A column outside `people` has no calls.
    ///
    /// # Errors
    /// [`StoreError::WrongPeople`] when `people` is for another batch.
    pub fn person<'a>(
        &'a self,
        region: Option<&Region>,
        column: usize,
        people: &SampleSet,
        wanted: fn(Call) -> bool,
    ) -> Result<PersonScan<'a>, StoreError> {
        self.check_people(people.len())?;
        let is_masked = column >= people.len() || !people.contains(column);
        let rows = (!is_masked).then(|| self.table.read(region, CHUNK, &PAYLOAD)).transpose()?;
        let orders = self.orders.as_ref().map(|orders| orders.walk());
        Ok(PersonScan {
            batch: self,
            rows,
            column,
            wanted,
            orders,
            person: Person::alone(column),
            block: None,
        })
    }
}

/// Some rows, and which of them (counted from 0) are wanted, with the call there.
pub type PersonRows = (SiteColumns, Vec<(usize, Call)>);

/// One person's rows.
pub struct PersonScan<'a> {
    batch: &'a Batch,
    /// None for a masked person.
    rows: Option<Rows>,
    column: usize,
    wanted: fn(Call) -> bool,
    orders: Option<Walk<'a>>,
    /// The person in the order of the last block.
    person: Person,
    block: Option<u32>,
}

impl PersonScan<'_> {
    /// The next rows; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn next_rows(&mut self) -> Result<Option<PersonRows>, StoreError> {
        let Some(rows) = &mut self.rows else { return Ok(None) };
        let Some(part) = rows.next()? else { return Ok(None) };
        let genotypes = Genotypes::of(&part);
        let damaged = |e: &dyn std::fmt::Display| StoreError::damaged(rows.path(), e);
        let samples = self.batch.samples();
        let mut found = Vec::new();
        for row in 0..part.len() {
            // Rows that stand alone between those of a block are read with its order, too.
            if let (Some(block), Some(orders)) = (genotypes.block(row), &mut self.orders)
                && self.block != Some(block)
            {
                let person = Person::ordered(self.column, orders.get(block)?);
                self.person = person.ok_or_else(|| damaged(&"an order is of other samples"))?;
                self.block = Some(block);
            }
            let call = self.person.call(genotypes.payload(row), samples).map_err(|e| damaged(&e))?;
            if (self.wanted)(call) {
                found.push((row, call));
            }
        }
        Ok(Some((part.sites(), found)))
    }
}
