//! The reference of a layer: its sets one after the other, bases read by the stretch.

use crate::error::GateError;
use gj_annotation::Reference;
use gj_model::Contig;
use gj_store::StoreError;
use gj_store::annotation::AnnotationFiles;
use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

/// Bases read at once: who asks for one asks for its neighbours next.
const BLOCK_BASES: u32 = 4096;

/// The reference during one question. Whoever uses it must [`Bases::check`] afterwards: a damaged file is no
/// reference without bases.
pub(crate) struct Bases<'a> {
    sets: &'a [Arc<AnnotationFiles>],
    block: RefCell<Option<Block>>,
    failed: RefCell<Option<StoreError>>,
}

struct Block {
    contig: Contig,
    start: u32,
    bases: Vec<u8>,
}

impl<'a> Bases<'a> {
    pub(crate) fn new(sets: &'a [Arc<AnnotationFiles>]) -> Bases<'a> {
        Bases { sets, block: RefCell::new(None), failed: RefCell::new(None) }
    }

    /// What was read meanwhile was whole.
    pub(crate) fn check(self) -> Result<(), GateError> {
        self.failed.into_inner().map_or(Ok(()), |error| Err(error.into()))
    }

    fn read(&self, contig: Contig, start: u32, end: u32) -> Option<Vec<u8>> {
        self.sets.iter().find_map(|set| match set.bases(contig, start, end) {
            Ok(bases) => bases,
            Err(error) => {
                *self.failed.borrow_mut() = Some(error);
                None
            }
        })
    }
}

impl Reference for Bases<'_> {
    fn bases(&self, contig: Contig, start: u32, end: u32) -> Option<Cow<'_, [u8]>> {
        if start == 0 || end > contig.length() || start > end {
            return None;
        }
        let first = (start - 1) / BLOCK_BASES * BLOCK_BASES + 1;
        let last = (first + BLOCK_BASES - 1).min(contig.length());
        if end > last {
            return self.read(contig, start, end).map(Cow::Owned);
        }
        let mut block = self.block.borrow_mut();
        if block.as_ref().is_none_or(|block| (block.contig, block.start) != (contig, first)) {
            match self.read(contig, first, last) {
                Some(bases) => *block = Some(Block { contig, start: first, bases }),
                // The edge of a slice.
                None => return self.read(contig, start, end).map(Cow::Owned),
            }
        }
        let Block { start: first, bases, .. } = block.as_ref()?;
        bases.get((start - first) as usize..=(end - first) as usize).map(|b| Cow::Owned(b.to_vec()))
    }
}
