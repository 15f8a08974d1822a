//! A row as its common call and the exceptions: what a reader finds in most records.
//!
//! Ten thousand people of whom three carry a variant stay three entries from the file to the stored row.

use crate::bytes::put_gaps;
use crate::call::Call;
use crate::row::{self, LISTS, RowError, Sizes, Visit, needs_order, visit};

/// The calls of one variant: everybody has `common` but those listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sparse {
    samples: usize,
    pub(crate) common: Call,
    /// Ascending by sample.
    pub(crate) others: Vec<(u32, Call)>,
}

impl Sparse {
    /// Reads a row that stands alone, as [`crate::encode`] writes it.
    ///
    /// # Errors
    /// When the bytes are no such row of `samples` samples.
    pub fn read(payload: &[u8], samples: usize) -> Result<Sparse, RowError> {
        if needs_order(payload) {
            return Err(RowError::new("its order is missing"));
        }
        let mut row = Sparse { samples, common: Call::Absent, others: Vec::new() };
        visit(payload, samples, &mut row)?;
        row.others.sort_unstable_by_key(|(sample, _)| *sample);
        if row.others.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(RowError::new("a sample is named twice"));
        }
        Ok(row)
    }

    /// `others` holds samples below `samples`, ascending, each once and with another call than `common`.
    pub fn new(samples: usize, common: Call, others: Vec<(u32, Call)>) -> Sparse {
        debug_assert!(others.windows(2).all(|pair| pair[0].0 < pair[1].0));
        debug_assert!(others.iter().all(|(sample, call)| (*sample as usize) < samples && *call != common));
        Sparse { samples, common, others }
    }

    /// Number of samples.
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// One call per sample.
    pub fn calls(&self) -> Vec<Call> {
        let mut calls = vec![self.common; self.samples];
        self.others.iter().for_each(|(sample, call)| calls[*sample as usize] = *call);
        calls
    }

    /// The row's bytes: those that [`crate::encode`] gives for [`Sparse::calls`].
    pub fn encode(&self) -> Vec<u8> {
        let mut times = [0u32; 16];
        times[self.common.code() as usize] = (self.samples - self.others.len()) as u32;
        self.others.iter().for_each(|(_, call)| times[call.code() as usize] += 1);
        let sizes = Sizes::of(&times, self.samples);
        if sizes.common != self.common || sizes.others >= sizes.packed {
            return row::encode(&self.calls());
        }
        let mut lists = vec![LISTS, self.common.code()];
        put_gaps(&mut lists, self.others.iter().map(|(sample, call)| (*sample as usize, *call)));
        if lists.len() <= sizes.packed { lists } else { row::encode(&self.calls()) }
    }
}

impl Visit for Sparse {
    fn common(&mut self, call: Call) {
        self.common = call;
    }

    fn sorted(&mut self, _: bool) {}

    fn run(&mut self, _: usize, _: usize) {}

    fn named(&mut self, start: usize, end: usize, call: Call) -> Result<(), RowError> {
        self.others.extend((start..end).map(|sample| (sample as u32, call)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_encodes_as_the_calls_it_stands_for(
            samples in 1usize..600,
            common in 0u8..16,
            others in proptest::collection::btree_map(0u32..600, 0u8..16, 0..600),
        ) {
            let common = Call::from_code(common);
            let others: Vec<(u32, Call)> = others
                .into_iter()
                .map(|(sample, code)| (sample, Call::from_code(code)))
                .filter(|(sample, call)| (*sample as usize) < samples && *call != common)
                .collect();
            let sparse = Sparse::new(samples, common, others);
            prop_assert_eq!(sparse.encode(), row::encode(&sparse.calls()));
        }
    }
}
