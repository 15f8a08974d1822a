//! Completing the rows of gVCFs: who has no record of a variant reads as what covers its place.

use crate::submission::coverage::CoverageTiles;
use crate::submission::merge::{MergedRow, Payload};
use gj_kernels::Call;
use gj_store::callability::Sweep;
use gj_store::{BatchWriter, CallabilityWriter, StoreError};

/// Walks a contig's coverage along its rows, and writes it down on the way.
pub(crate) struct Completion<'a> {
    tiles: CoverageTiles<'a>,
    sweep: Sweep,
    absent: Vec<Call>,
}

impl<'a> Completion<'a> {
    pub(crate) fn new(tiles: CoverageTiles<'a>) -> Completion<'a> {
        Completion { tiles, sweep: Sweep::default(), absent: Vec::new() }
    }

    /// Fills in the row's absent calls; rows ascend. Whether the row says more than its absence would: an
    /// allele that nobody of the batch has gives no row.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn complete(
        &mut self,
        row: &mut MergedRow,
        samples: usize,
        writer: &mut CallabilityWriter,
    ) -> Result<bool, StoreError> {
        let (contig, position) = (row.variant.contig, row.variant.position.get());
        self.absent.resize(samples, Call::RefRef);
        while self.sweep.needs(contig, position) {
            self.next_tile(writer)?;
        }
        let absent = &mut self.absent;
        self.sweep.advance(contig, position, |samples, _, to| absent[samples].fill(to));
        let mut informs = false;
        for (call, absent) in row.payload.calls(samples)?.iter_mut().zip(absent) {
            if *call == Call::Absent {
                *call = *absent;
            }
            informs |= !call.agrees(*absent);
        }
        Ok(informs)
    }

    /// Writes the rest of the contig's coverage.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn finish(mut self, writer: &mut CallabilityWriter) -> Result<(), StoreError> {
        while let Some(stretches) = self.tiles.next_tile()? {
            writer.push(&stretches)?;
        }
        Ok(())
    }

    fn next_tile(&mut self, writer: &mut CallabilityWriter) -> Result<(), StoreError> {
        match self.tiles.next_tile()? {
            Some(stretches) => {
                writer.push(&stretches)?;
                self.sweep.feed(stretches);
            }
            None => self.sweep.end(),
        }
        Ok(())
    }
}

impl MergedRow {
    /// Writes the row, and what supports those of its carriers' calls that are left.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn write(mut self, writer: &mut BatchWriter) -> Result<(), StoreError> {
        if let Payload::Calls(calls) = &self.payload {
            self.evidence.retain(|(column, _)| calls[*column].carries());
        }
        if !self.evidence.is_empty() {
            writer.push_evidence(self.variant.clone(), &self.evidence)?;
        }
        writer.push(self.variant, self.origin, self.payload.into_bytes())
    }
}
