//! What single people read as at places where their batch has no row.

use super::{Stretches, Sweep};
use crate::error::StoreError;
use gj_kernels::Call;
use gj_model::{Contig, SampleSet};

/// Reads a batch's callability along ascending places, person by person.
pub struct States {
    stretches: Stretches,
    sweep: Sweep,
    people: SampleSet,
    calls: Vec<Call>,
}

impl States {
    pub(crate) fn new(stretches: Stretches, people: &SampleSet) -> States {
        let mut calls = vec![Call::Absent; people.len()];
        people.iter().for_each(|sample| calls[sample] = Call::RefRef);
        States { stretches, sweep: Sweep::default(), people: people.clone(), calls }
    }

    /// One call per sample of the batch at a place; who is not asked for reads [`Call::Absent`]. Places
    /// must ascend.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn at(&mut self, contig: Contig, position: u32) -> Result<&[Call], StoreError> {
        loop {
            let behind = self.sweep.needs(contig, position);
            if behind {
                match self.stretches.next_stretches()? {
                    Some(stretches) => self.sweep.feed(stretches),
                    None => self.sweep.end(),
                }
            }
            let (people, calls) = (&self.people, &mut self.calls);
            self.sweep.advance(contig, position, |samples, _, to| {
                samples.filter(|sample| people.contains(*sample)).for_each(|sample| calls[sample] = to);
            });
            if !behind {
                return Ok(&self.calls);
            }
        }
    }
}

impl States {
    /// Whether a row says more than its absence would: somebody's call is not what holds here without it.
    ///
    /// # Errors
    /// As [`States::at`].
    pub(crate) fn differ(
        &mut self,
        contig: Contig,
        position: u32,
        calls: &[Call],
    ) -> Result<bool, StoreError> {
        let absent = self.at(contig, position)?;
        Ok(calls.iter().zip(absent).any(|(call, absent)| !call.agrees(*absent)))
    }
}
