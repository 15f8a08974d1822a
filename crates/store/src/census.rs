//! Counting several batches together, in one ascending stream of sites.

use crate::CountedSite;
use crate::batch::{Batch, CountScan};
use crate::callability::Track;
use crate::error::StoreError;
use gj_kernels::Classes;
use gj_model::{Counts, Region};
use std::collections::VecDeque;

/// A merge of counted batches: each site once, its counts summed over the batches that hold it.
///
/// A site is listed if at least one counted person has a call there, so that an answer cannot tell
/// a person who left, or may not be counted, from one who never came. A batch of gVCFs has rows for its
/// carriers' sake only, so its row lists a site if it has a counted carrier; at a site without a row its
/// people add what its callability says.
pub struct Counting<'a> {
    inputs: Vec<Input<'a>>,
    classes: usize,
}

struct Input<'a> {
    scan: CountScan<'a>,
    track: Option<Track<'a>>,
    ready: VecDeque<CountedSite>,
}

impl Input<'_> {
    fn fill(&mut self) -> Result<(), StoreError> {
        while self.ready.is_empty() {
            match self.scan.next_rows()? {
                Some(rows) => self.ready.extend(rows),
                None => break,
            }
        }
        Ok(())
    }
}

impl<'a> Counting<'a> {
    /// Counts each batch with its classes; all must number the same classes.
    ///
    /// # Errors
    /// When a batch cannot be read.
    pub fn new(batches: &'a [(Batch, Classes)], region: Option<&Region>) -> Result<Counting<'a>, StoreError> {
        let classes = batches.first().map_or(0, |(_, classes)| classes.len());
        let mut inputs = Vec::with_capacity(batches.len());
        for (batch, of_batch) in batches {
            if of_batch.len() != classes {
                return Err(StoreError::WrongPeople { given: of_batch.len(), batch: classes });
            }
            let (scan, track) = (batch.counts(region, of_batch)?, batch.track(region, of_batch)?);
            inputs.push(Input { scan, track, ready: VecDeque::new() });
        }
        Ok(Counting { inputs, classes })
    }

    /// The next site in ascending order with its counts per class; `None` at the end.
    ///
    /// # Errors
    /// When a batch is damaged.
    pub fn next_site(&mut self) -> Result<Option<CountedSite>, StoreError> {
        loop {
            for input in &mut self.inputs {
                input.fill()?;
            }
            let Some(site) =
                self.inputs.iter().filter_map(|i| i.ready.front().map(|(v, _)| v)).min().cloned()
            else {
                return Ok(None);
            };
            let mut sums = vec![Counts::default(); self.classes];
            let mut is_listed = false;
            for input in &mut self.inputs {
                let row = input.ready.pop_front_if(|(variant, _)| *variant == site);
                match (&mut input.track, row) {
                    (_, Some((_, counts))) => {
                        let lists = |c: &Counts| if input.track.is_some() { c.ac > 0 } else { c.people > 0 };
                        is_listed |= counts.iter().any(lists);
                        add(&mut sums, &counts);
                    }
                    (Some(track), None) => add(&mut sums, track.at(&site)?),
                    (None, None) => {}
                }
            }
            if is_listed {
                return Ok(Some((site, sums)));
            }
        }
    }
}

fn add(sums: &mut [Counts], parts: &[Counts]) {
    sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += *part);
}
