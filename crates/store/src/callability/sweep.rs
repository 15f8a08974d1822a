//! Walking along the genome and hearing who changes from one call to another.

use super::Stretch;
use gj_kernels::Call;
use gj_model::Contig;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::ops::RangeInclusive;

/// A place: places ascend over contigs and bases.
type Place = (Contig, u32);

/// Stretches in ascending order become changes at ascending places. Outside every stretch the call is
/// [`Call::RefRef`]. Holds the stretches that are open and those that were fed ahead.
#[derive(Debug, Default)]
pub struct Sweep {
    waiting: VecDeque<Stretch>,
    open: BinaryHeap<Reverse<(Place, Stretch)>>,
    ended: bool,
}

impl Sweep {
    /// More stretches, none of which starts before those fed already.
    pub fn feed(&mut self, stretches: impl IntoIterator<Item = Stretch>) {
        self.waiting.extend(stretches);
    }

    /// No more stretches will come.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Whether stretches that start at a place or before it may not have been fed yet.
    pub fn needs(&self, contig: Contig, position: u32) -> bool {
        !self.ended && self.waiting.back().is_none_or(|last| (last.contig, last.start) <= (contig, position))
    }

    /// Goes to a place at or after the last one; tells each change of a range of samples.
    pub fn advance(
        &mut self,
        contig: Contig,
        position: u32,
        mut change: impl FnMut(RangeInclusive<usize>, Call, Call),
    ) {
        let here = (contig, position);
        while let Some(Reverse((_, stretch))) = self.open.peek().filter(|next| next.0.0 < here).copied() {
            self.open.pop();
            change(stretch.first as usize..=stretch.last as usize, stretch.call, Call::RefRef);
        }
        while let Some(stretch) =
            self.waiting.front().filter(|next| (next.contig, next.start) <= here).copied()
        {
            self.waiting.pop_front();
            if (stretch.contig, stretch.end) >= here {
                change(stretch.first as usize..=stretch.last as usize, Call::RefRef, stretch.call);
                self.open.push(Reverse(((stretch.contig, stretch.end), stretch)));
            }
        }
    }

    /// The next place of a contig at which something changes, of what has been fed.
    pub(crate) fn next_change(&self, contig: Contig) -> Option<u32> {
        let closing = self.open.peek().map(|next| next.0.0).filter(|(on, _)| *on == contig);
        let opening = self.waiting.front().filter(|next| next.contig == contig);
        let closing = closing.map(|(_, end)| end + 1);
        closing.into_iter().chain(opening.map(|next| next.start)).min()
    }
}
