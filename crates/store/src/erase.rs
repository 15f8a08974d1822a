//! Writing a batch anew without somebody who left, row by row under its orders.
//!
//! The old batch stays until it is swept. Answers change by what the person added, and by nothing else.

use crate::Store;
use crate::batch::{Batch, BatchSeal, BatchWriter, Erased};
use crate::error::StoreError;
use crate::rewrite::carry_over;
use gj_kernels::Scratch;
use gj_model::{Contig, SampleSet};

impl Store {
    /// Writes the batch again without the genotypes of `gone`, at its level.
    ///
    /// Their columns read as absent, their registry keys as 0, and rows in which nobody else has a
    /// call record disappear. Costs what the compressed rows cost, not a look at every call.
    ///
    /// # Errors
    /// When the batch cannot be read or the new one written.
    pub fn erase(&self, batch: &Batch, gone: &SampleSet) -> Result<BatchSeal, StoreError> {
        batch.check_people(gone.len())?;
        let mut people = batch.everybody();
        gone.iter().for_each(|index| people.remove(index));
        // Who left earlier is written as who leaves now.
        let mut gone = SampleSet::all(batch.samples());
        people.iter().for_each(|index| gone.remove(index));
        let mut writer = if batch.is_sorted() {
            self.new_sorted_batch(batch.samples())?
        } else {
            self.new_batch(batch.samples())?
        };
        rewrite_rows(batch, &people, batch.erased(&gone)?, &mut writer)?;
        let columns = (0..batch.samples()).map(|column| people.contains(column).then_some(column)).collect();
        carry_over(&mut writer, &[(batch, columns)], batch.samples())?;
        let mut samples = batch.manifest().samples.clone();
        gone.iter().for_each(|index| samples[index] = 0);
        writer.finish(batch.manifest().institution.clone(), samples, batch.manifest().sources.clone())
    }
}

fn rewrite_rows(
    batch: &Batch,
    people: &SampleSet,
    mut rows: Erased<'_>,
    writer: &mut BatchWriter,
) -> Result<(), StoreError> {
    let mut states = batch.states(None, people)?;
    let mut scratch = Scratch::default();
    let mut contig: Option<Contig> = None;
    // The block that was written last: its number in the old batch, and in the new one.
    let mut current: Option<(u32, Option<u32>)> = None;
    while let Some(chunk) = rows.next_rows()? {
        for row in chunk {
            let place = (row.variant.contig, row.variant.position.get());
            let informs = match &mut states {
                None => row.row.has_calls,
                // No absent row stands for somebody who carries.
                Some(_) if row.row.totals.ac > 0 => true,
                Some(states) => states.differ(place.0, place.1, &rows.calls(&row, &mut scratch)?)?,
            };
            if !informs {
                continue;
            }
            if contig.replace(place.0).is_some_and(|last| last != place.0) {
                // Another contig, other neighbours.
                writer.end_orders()?;
            }
            let number = match (row.block, current) {
                (None, _) => None,
                (Some(block), Some((old, new))) if old == block => new,
                (Some(block), _) => {
                    let order = rows.order(block).cloned();
                    let new = order.map_or(Ok(None), |order| writer.push_order(order))?;
                    current = Some((block, new));
                    new
                }
            };
            writer.push_in(row.variant, row.origin, row.row.totals, row.row.payload, number)?;
        }
    }
    Ok(())
}
