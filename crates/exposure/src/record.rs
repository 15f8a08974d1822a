//! What anybody was ever shown of which people: so that two users, or one before and after, cannot subtract.

use crate::crowds::Crowd;
use std::collections::{BTreeMap, BTreeSet};

/// A variant within a release lineage, in its block of linked sites.
///
/// Counts of two linked sites can be subtracted: where the younger allele lies on haplotypes of the older one, the difference
/// is a count of rare haplotypes. So of one block only one site is answered, the same for everybody; blocks are taken
/// as independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// The block of linkage, by contig and position in the caller's numbering.
    pub block: u32,
    /// The site within it.
    pub site: u32,
}

/// For each lineage and block, the one site that is answered and the crowds it was answered for. At most one entry
/// a block, however much is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    blocks: BTreeMap<(u32, u32), Shown>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    site: u32,
    crowds: BTreeSet<Crowd>,
}

impl Record {
    /// Notes that `cell` was shown for `crowd`. Noting again changes nothing.
    pub fn note(&mut self, lineage: u32, cell: Cell, crowd: Crowd) {
        let shown = self
            .blocks
            .entry((lineage, cell.block))
            .or_insert_with(|| Shown { site: cell.site, crowds: BTreeSet::new() });
        if shown.site == cell.site {
            shown.crowds.insert(crowd);
        }
    }

    /// Whether another site of the cell's block is the one that is answered.
    pub fn is_taken(&self, lineage: u32, cell: Cell) -> bool {
        self.blocks.get(&(lineage, cell.block)).is_some_and(|shown| shown.site != cell.site)
    }

    /// The crowds the cell was shown for, to anybody.
    pub fn crowds(&self, lineage: u32, cell: Cell) -> impl Iterator<Item = Crowd> {
        let shown = self.blocks.get(&(lineage, cell.block)).filter(|shown| shown.site == cell.site);
        shown.into_iter().flat_map(|shown| shown.crowds.iter().copied())
    }
}
