//! What an absent row means in a batch of gVCFs: `0/0`, or for some people something else.
//!
//! A batch of gVCFs says of every base whether each person was looked at there. Stored is where somebody
//! does *not* read `0/0`: not called, one copy, or gone. The stretches of a contig are cut at multiples
//! of [`TILE`], so that a place is answered from its tile alone.

mod states;
mod sweep;
mod tile;
mod track;
mod writer;

pub use states::States;
pub use sweep::Sweep;
pub use tile::{Piece, TILE, settle, tiles};
pub use track::{Run, Track};
pub use writer::CallabilityWriter;
pub(crate) use writer::rewrite;

use crate::batch::Batch;
use crate::error::StoreError;
use crate::manifest::Section;
use crate::table::{Rows, Table};
use arrow_array::cast::AsArray;
use arrow_array::types::{UInt8Type, UInt32Type};
use gj_kernels::{Call, Classes};
use gj_model::{Contig, Position, Region, SampleSet};
use std::path::Path;

const TABLE: &str = "callability";
/// Its columns after the contig.
const COLUMNS: [&str; 5] = ["start", "end", "call", "first", "last"];
/// Stretches decoded together.
const CHUNK: usize = 4096;

/// Bases of one contig at which neighbouring samples, with no row there, have the same call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    /// The contig.
    pub contig: Contig,
    /// First base, 1-based.
    pub start: u32,
    /// Last base, included.
    pub end: u32,
    /// [`Call::Missing`] (not called), [`Call::Ref`] (one copy) or [`Call::Absent`] (gone).
    pub call: Call,
    /// First sample column.
    pub first: u32,
    /// Last sample column, included.
    pub last: u32,
}

/// The callability table of a batch.
#[derive(Debug, Clone)]
pub(crate) struct Callability {
    table: Table,
}

impl Callability {
    pub(crate) fn open(dir: &Path, section: &Section) -> Result<Callability, StoreError> {
        Ok(Callability { table: Table::open(dir, TABLE, &section.sums)? })
    }

    /// Checks every byte against the sums.
    pub(crate) fn check_all(&self) -> Result<(), StoreError> {
        self.table.check_all()
    }

    /// The stretches of all tiles that a region (or everything) touches, ascending.
    pub(crate) fn read(&self, region: Option<&Region>, samples: usize) -> Result<Stretches, StoreError> {
        let whole_tiles = region.map(|region| {
            let (first, _) = tile::around(region.contig, region.start.get());
            Region { start: Position::new(first).unwrap_or(region.start), ..*region }
        });
        Ok(Stretches { rows: self.table.read(whole_tiles.as_ref(), CHUNK, &COLUMNS)?, samples })
    }
}

/// Stretches being read, ascending by contig, start, end, call and samples.
pub(crate) struct Stretches {
    rows: Rows,
    samples: usize,
}

impl Stretches {
    /// The next stretches; `None` at the end.
    pub(crate) fn next_stretches(&mut self) -> Result<Option<Vec<Stretch>>, StoreError> {
        let Some(part) = self.rows.next()? else { return Ok(None) };
        let contig = part.contig;
        let [starts, ends, firsts, lasts] =
            [0, 1, 3, 4].map(|index| part.columns()[index].as_primitive::<UInt32Type>());
        let calls = part.columns()[2].as_primitive::<UInt8Type>();
        let stretch = |row: usize| {
            let (start, end) = (starts.value(row), ends.value(row));
            let (first, last) = (firsts.value(row), lasts.value(row));
            let call = Call::from_code(calls.value(row));
            let fits = start > 0 && start <= end && end <= contig.length();
            let known = matches!(call, Call::Missing | Call::Ref | Call::Absent) && calls.value(row) < 16;
            if !fits || !known || first > last || last as usize >= self.samples {
                return Err(StoreError::damaged(self.rows.path(), "a stretch that cannot be"));
            }
            Ok(Stretch { contig, start, end, call, first, last })
        };
        (0..part.len()).map(stretch).collect::<Result<_, _>>().map(Some)
    }
}

impl Batch {
    /// Whether it says what an absent row means: it was made of gVCFs.
    pub fn has_callability(&self) -> bool {
        self.callability.is_some()
    }

    /// What its people count for at places of a region (or all) where it has no row; `None` if it does
    /// not say, as plain VCFs do not.
    ///
    /// # Errors
    /// [`StoreError::WrongPeople`] when `classes` is for another batch.
    pub fn track<'a>(
        &self,
        region: Option<&Region>,
        classes: &'a Classes,
    ) -> Result<Option<Track<'a>>, StoreError> {
        self.check_people(classes.samples())?;
        let Some(callability) = &self.callability else { return Ok(None) };
        let stretches = callability.read(region, self.samples())?;
        Ok(Some(Track::new(stretches, region.copied(), classes)))
    }

    /// What each of `people` reads as at places of a region (or all) where the batch has no row; `None`
    /// if it does not say.
    ///
    /// # Errors
    /// [`StoreError::WrongPeople`] when `people` is for another batch.
    pub fn states(&self, region: Option<&Region>, people: &SampleSet) -> Result<Option<States>, StoreError> {
        self.check_people(people.len())?;
        let Some(callability) = &self.callability else { return Ok(None) };
        Ok(Some(States::new(callability.read(region, self.samples())?, people)))
    }

    /// Those of `people` who are called at some base of a contig.
    ///
    /// # Errors
    /// [`StoreError::WrongPeople`] when `people` is for another batch; damage.
    pub fn covered(&self, contig: Contig, people: &SampleSet) -> Result<SampleSet, StoreError> {
        self.check_people(people.len())?;
        let mut covered = SampleSet::none(people.len());
        let Some(callability) = &self.callability else { return Ok(covered) };
        let mut uncalled = vec![0u32; people.len()];
        let mut stretches = callability.read(Some(&Region::whole(contig)), self.samples())?;
        while let Some(chunk) = stretches.next_stretches()? {
            for stretch in chunk.into_iter().filter(|stretch| !stretch.call.is_called()) {
                let bases = stretch.end - stretch.start + 1;
                uncalled[stretch.first as usize..=stretch.last as usize]
                    .iter_mut()
                    .for_each(|sum| *sum += bases);
            }
        }
        people.iter().filter(|s| uncalled[*s] < contig.length()).for_each(|s| covered.insert(s));
        Ok(covered)
    }
}
