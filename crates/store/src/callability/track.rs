//! The counts that people without a row add to a site: the AN track of a batch.

use super::{Stretches, Sweep};
use crate::error::StoreError;
use gj_kernels::{Classes, Unrecorded};
use gj_model::{Contig, Counts, Region, Variant, Zone};

/// Reads a batch's callability along ascending sites, counted by class.
pub struct Track<'a> {
    stretches: Stretches,
    sweep: Sweep,
    people: Unrecorded<'a>,
    /// The last answer, while nobody changes.
    last: Option<(Zone, Vec<Counts>)>,
    /// What is left for [`Track::next_run`], last first.
    left: Vec<Region>,
}

/// Neighbouring bases at which the same number of people of each class are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The contig.
    pub contig: Contig,
    /// First base, 1-based.
    pub start: u32,
    /// Last base, included.
    pub end: u32,
    /// For each class: people called with two copies, and with one.
    pub called: Vec<[u32; 2]>,
}

impl<'a> Track<'a> {
    pub(crate) fn new(stretches: Stretches, region: Option<Region>, classes: &'a Classes) -> Track<'a> {
        let everything = || Contig::all().map(Region::whole).collect();
        let mut left: Vec<Region> = region.map_or_else(everything, |region| vec![region]);
        left.reverse();
        let people = Unrecorded::new(classes);
        Track { stretches, sweep: Sweep::default(), people, last: None, left }
    }

    /// Counts per class at a site where the batch has no row. Sites must ascend.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn at(&mut self, site: &Variant) -> Result<&[Counts], StoreError> {
        let (contig, position) = (site.contig, site.position.get());
        self.advance(contig, position)?;
        let zone = contig.zone(position);
        if self.last.as_ref().is_none_or(|(of, _)| *of != zone) {
            self.last = Some((zone, self.people.counts(zone)));
        }
        Ok(self.last.as_ref().map_or(&[], |(_, counts)| counts))
    }

    /// The next run of the region, ascending and without holes; `None` at its end. To store a track, or
    /// to read coverage; sex and place are applied by whoever counts. Not to be mixed with [`Track::at`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn next_run(&mut self) -> Result<Option<Run>, StoreError> {
        let Some(region) = self.left.pop() else { return Ok(None) };
        let (contig, start, last) = (region.contig, region.start.get(), region.end.get());
        self.advance(contig, start)?;
        let called = self.people.called();
        let mut end = last;
        // A change that changes no number, as at the border of a tile, ends no run.
        while let Some(next) = self.sweep.next_change(contig).filter(|next| *next <= last) {
            self.advance(contig, next)?;
            if self.people.called() != called {
                end = next - 1;
                break;
            }
        }
        if let Some(start) = gj_model::Position::new(end + 1).filter(|_| end < last) {
            self.left.push(Region { start, ..region });
        }
        Ok(Some(Run { contig, start, end, called }))
    }

    fn advance(&mut self, contig: Contig, position: u32) -> Result<(), StoreError> {
        loop {
            let behind = self.sweep.needs(contig, position);
            if behind {
                match self.stretches.next_stretches()? {
                    Some(stretches) => self.sweep.feed(stretches),
                    None => self.sweep.end(),
                }
            }
            let (people, last) = (&mut self.people, &mut self.last);
            self.sweep.advance(contig, position, |samples, from, to| {
                people.change(samples, from, to);
                *last = None;
            });
            if !behind {
                return Ok(());
            }
        }
    }
}
