//! Counts added up from what is stored: panels and censuses, batches counted now, and people taken away.
//!
//! No genotype is decoded that was counted before; whoever left is taken away by decoding their calls
//! alone. Sites come in one ascending stream, each once, and only those at which somebody counted has a
//! call: what comes out does not tell which sources it was made of.
//!
//! A batch of gVCFs has rows for its carriers' sake only: its row lists a site if somebody counted carries
//! the allele, and at a site without a row its people add what its callability says. So its census is
//! added together with its callability, and a panel that holds such batches is no part of a sum: it does
//! not tell what they add at sites of others.

use crate::CountedSite;
use crate::batch::{Batch, CountScan};
use crate::callability::Track;
use crate::counted::{Census, OfCounts, Panel};
use crate::counts::{Chunk, CountRows, CountsTable, CountsWriter, Place, baseline, variant_of};
use crate::error::StoreError;
use crate::table::TableSeal;
use gj_kernels::{Baseline, Classes};
use gj_model::{Counts, Region, ReleaseClass, Variant};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows read at a time over all sources: bounds memory when there are many.
const ROWS_AHEAD: usize = 1 << 18;
/// No more rows of this source.
const END: Place = Place::MAX;

/// What is added up.
#[derive(Debug, Clone)]
pub enum Part {
    /// A stored panel.
    Panel(Arc<Panel>),
    /// The stored counts of a batch.
    Census(Arc<Census>),
    /// The stored counts of a batch of gVCFs; its callability, counted with the census's classes, says what
    /// its people add elsewhere. No genotype is decoded.
    Rows(Arc<Census>, Batch, Classes),
    /// A batch, counted now.
    Genotypes(Batch, Classes),
    /// People of a batch, counted now and taken away from what other sources hold of them.
    Left(Batch, Classes),
}

/// Which sites a sum has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// Those a release lists: somebody counted carries the allele, or somebody counted of a batch without
    /// callability has a call.
    Sites,
    /// Those of a census. Of a batch of gVCFs, where all sources are such, these are the sites that somebody
    /// counted carries, and those at which the counts are not what callability says: that is all that is
    /// needed to know what the batch adds anywhere.
    Rows,
}

/// A part, and what its classes are called in the sum.
#[derive(Debug, Clone)]
pub struct Source {
    /// The part.
    pub part: Part,
    /// For each class of the part its class in the sum. Numbers past those of the sum are classes that
    /// nobody is in any more; their counts must cancel out.
    pub into: Vec<usize>,
}

/// A sum of sources.
#[derive(Debug, Clone)]
pub struct Merge {
    /// The classes of the sum, ascending.
    pub classes: Vec<ReleaseClass>,
    /// People in each.
    pub people: Vec<u32>,
    /// Classes that nobody is in any more.
    pub emptied: usize,
    /// What is added up; no person in two of them at one site, unless taken away.
    pub sources: Vec<Source>,
}

impl Merge {
    /// The sites of a region, or all, ascending.
    ///
    /// # Errors
    /// When a source cannot be read.
    pub fn sites(&self, region: Option<&Region>) -> Result<Sites<'_>, StoreError> {
        self.listed(region, Listing::Sites)
    }

    /// Whether all that is added up is of batches of gVCFs.
    pub(crate) fn has_callability(&self) -> bool {
        self.sources.iter().all(|source| match &source.part {
            Part::Panel(_) | Part::Census(_) => false,
            Part::Rows(_, batch, _) | Part::Genotypes(batch, _) | Part::Left(batch, _) => {
                batch.has_callability()
            }
        })
    }

    pub(crate) fn listed(&self, region: Option<&Region>, listing: Listing) -> Result<Sites<'_>, StoreError> {
        let baseline = Arc::new(baseline(&self.classes, &self.people));
        let rows = (ROWS_AHEAD / self.sources.len().max(1)).clamp(64, 4096);
        let mut inputs = Vec::with_capacity(self.sources.len());
        for source in &self.sources {
            inputs.push(Input::open(source, region, rows, &baseline)?);
        }
        let heads = vec![0; inputs.len()];
        let has_tracks = inputs.iter().any(|input| input.track.is_some());
        let mut sites = Sites {
            inputs,
            heads,
            at: Vec::new(),
            has_tracks,
            listing,
            sum: vec![Counts::default(); self.classes.len() + self.emptied],
            untold: Vec::new(),
            classes: self.classes.len(),
            baseline,
        };
        for input in 0..sites.inputs.len() {
            sites.heads[input] = sites.inputs[input].next_head()?;
        }
        Ok(sites)
    }
}

struct Input<'a> {
    rows: Reader<'a>,
    /// What a batch of gVCFs says of sites of which it has no row.
    track: Option<Track<'a>>,
    path: PathBuf,
    into: &'a [usize],
    takes_away: bool,
    /// Its cells mean the same in the sum.
    alike: bool,
    chunk: Option<Chunk>,
    row: usize,
}

enum Reader<'a> {
    Stored(CountRows),
    Counted(CountScan<'a>),
}

impl<'a> Input<'a> {
    fn open(
        source: &'a Source,
        region: Option<&Region>,
        rows: usize,
        of_sum: &Arc<Baseline>,
    ) -> Result<Input<'a>, StoreError> {
        let (classes, reader) = match &source.part {
            Part::Panel(panel) => (panel.manifest().people.len(), stored(panel.counts(), region, rows)?),
            Part::Census(census) => (census.manifest().people.len(), stored(census.counts(), region, rows)?),
            Part::Rows(census, _, _) => {
                (census.manifest().people.len(), stored(census.counts(), region, rows)?)
            }
            Part::Genotypes(batch, classes) | Part::Left(batch, classes) => {
                (classes.len(), Reader::Counted(batch.counts(region, classes)?))
            }
        };
        if classes != source.into.len() {
            return Err(StoreError::WrongPeople { given: source.into.len(), batch: classes });
        }
        let own = match &source.part {
            Part::Panel(panel) => panel.counts().baseline(),
            Part::Census(census) | Part::Rows(census, _, _) => census.counts().baseline(),
            Part::Genotypes(..) | Part::Left(..) => None,
        };
        let track = match &source.part {
            Part::Panel(_) | Part::Census(_) => None,
            Part::Rows(_, _, of_track) if of_track.len() != classes => {
                return Err(StoreError::WrongPeople { given: of_track.len(), batch: classes });
            }
            Part::Rows(_, batch, classes) | Part::Genotypes(batch, classes) | Part::Left(batch, classes) => {
                batch.track(region, classes)?
            }
        };
        let same_numbers = source.into.iter().enumerate().all(|(class, into)| class == *into);
        Ok(Input {
            path: match &reader {
                Reader::Stored(rows) => rows.path().to_owned(),
                Reader::Counted(_) => PathBuf::from("genotypes.parquet"),
            },
            rows: reader,
            track,
            into: &source.into,
            takes_away: matches!(source.part, Part::Left(..)),
            alike: same_numbers && own.is_some_and(|own| own == of_sum),
            chunk: None,
            row: 0,
        })
    }

    /// Goes to the next row; returns where it is.
    fn next_head(&mut self) -> Result<Place, StoreError> {
        self.row += 1;
        if let Some(place) = self.chunk.as_ref().and_then(|chunk| chunk.places.get(self.row)) {
            return Ok(*place);
        }
        loop {
            self.chunk = match &mut self.rows {
                Reader::Stored(rows) => rows.next_chunk()?,
                Reader::Counted(scan) => scan.next_rows()?.map(Chunk::counted),
            };
            self.row = 0;
            match &self.chunk {
                None => return Ok(END),
                Some(chunk) => {
                    if let Some(place) = chunk.places.first() {
                        return Ok(*place);
                    }
                }
            }
        }
    }

    fn chunk(&self) -> Result<&Chunk, StoreError> {
        self.chunk.as_ref().ok_or_else(|| StoreError::damaged(&self.path, "it ends early"))
    }
}

fn stored(table: &CountsTable, region: Option<&Region>, rows: usize) -> Result<Reader<'static>, StoreError> {
    table.read(region, rows).map(Reader::Stored)
}

/// The sites of a [`Merge`].
pub struct Sites<'a> {
    inputs: Vec<Input<'a>>,
    /// Where each input stands.
    heads: Vec<Place>,
    /// Inputs that hold the site last given.
    at: Vec<usize>,
    /// Whether some input counts at sites that it does not hold.
    has_tracks: bool,
    listing: Listing,
    sum: Vec<Counts>,
    /// What callability says of the people of batches of gVCFs, rows or not; for [`Listing::Rows`].
    untold: Vec<Counts>,
    classes: usize,
    baseline: Arc<Baseline>,
}

/// A site of a sum. Its counts are in the sum's classes, or bytes that mean the same there.
pub(crate) struct Site<'a> {
    pub(crate) place: Place,
    pub(crate) alleles: (&'a str, &'a str),
    counts: SiteCounts<'a>,
}

enum SiteCounts<'a> {
    Cells(&'a [u8], Counts),
    Classes(&'a [Counts]),
}

impl Sites<'_> {
    /// The next site with its counts per class; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], also when a source does not hold what is taken away from it.
    pub fn next_site(&mut self) -> Result<Option<CountedSite>, StoreError> {
        if !self.advance()? {
            return Ok(None);
        }
        let path = self.inputs[self.at[0]].path.clone();
        if self.sole_cells()?.is_some() {
            // Bytes are kept as they are for who writes them; here they are to be numbers.
            self.sum.fill(Counts::default());
            self.add(self.at[0])?;
        }
        let site = self.site()?;
        let variant = variant_of(site.place, site.alleles.0, site.alleles.1);
        let variant = variant.ok_or_else(|| StoreError::damaged(&path, "a position is 0"))?;
        Ok(Some((variant, self.sum[..self.classes].to_vec())))
    }

    /// Writes every site into the table of a panel or a census.
    pub(crate) fn write<M: OfCounts>(mut self, dir: &Path) -> Result<TableSeal, StoreError> {
        let mut table = CountsWriter::create::<M>(dir, self.baseline.clone())?;
        while self.advance()? {
            let site = self.site()?;
            match site.counts {
                SiteCounts::Cells(cells, total) => {
                    table.push_cells(site.place, site.alleles, total, cells)?;
                }
                SiteCounts::Classes(counts) => table.push(site.place, site.alleles, counts)?,
            }
        }
        table.finish()
    }

    /// Goes to the next site with a call of somebody; `false` at the end.
    fn advance(&mut self) -> Result<bool, StoreError> {
        loop {
            for input in std::mem::take(&mut self.at) {
                let head = self.inputs[input].next_head()?;
                if head < self.heads[input] {
                    return Err(StoreError::Unsorted);
                }
                self.heads[input] = head;
            }
            let next = self.heads.iter().copied().min().unwrap_or(END);
            if next == END {
                return Ok(false);
            }
            self.find(next)?;
            if self.sole_cells()?.is_some() {
                return Ok(true);
            }
            self.sum.fill(Counts::default());
            if self.has_tracks {
                self.add_with_tracks()?;
            } else {
                for index in 0..self.at.len() {
                    self.add(self.at[index])?;
                }
            }
            if self.sum[self.classes..].iter().any(|counts| *counts != Counts::default()) {
                return Err(self.too_much());
            }
            if self.is_listed()? {
                return Ok(true);
            }
        }
    }

    fn is_listed(&self) -> Result<bool, StoreError> {
        if !self.has_tracks {
            return Ok(self.sum.iter().any(|counts| !counts.is_empty()));
        }
        if self.sum.iter().any(|counts| counts.ac > 0) {
            return Ok(true);
        }
        if self.listing == Listing::Rows {
            return Ok(self.sum != self.untold);
        }
        let mut people = 0i64;
        for input in self.at.iter().map(|input| &self.inputs[*input]).filter(|input| input.track.is_none()) {
            let sign = if input.takes_away { -1 } else { 1 };
            let each = |_, counts: Counts| people += sign * i64::from(counts.people);
            input.chunk()?.each(input.row, each).map_err(|e| StoreError::damaged(&input.path, e))?;
        }
        Ok(people > 0)
    }

    /// Adds every input's row, or what its callability says where it has none.
    fn add_with_tracks(&mut self) -> Result<(), StoreError> {
        let first = &self.inputs[self.at[0]];
        let (reference, alternate) = first.chunk()?.alleles(first.row);
        let variant = variant_of(self.heads[self.at[0]], reference, alternate);
        let variant = variant.ok_or_else(|| StoreError::damaged(&first.path, "a position is 0"))?;
        self.untold.clear();
        self.untold.resize(self.sum.len(), Counts::default());
        // What is taken away must be there first: it may be in a row of one and in the callability of another.
        for takes_away in [false, true] {
            for input in 0..self.inputs.len() {
                if self.inputs[input].takes_away != takes_away {
                    continue;
                }
                let has_row = self.at.contains(&input);
                if has_row {
                    self.add(input)?;
                }
                if !has_row || self.listing == Listing::Rows {
                    self.add_track(input, &variant, has_row)?;
                }
            }
        }
        Ok(())
    }

    /// Adds what an input's callability says of a site to the sum, unless it has a row, and to `untold`.
    fn add_track(&mut self, input: usize, variant: &Variant, has_row: bool) -> Result<(), StoreError> {
        let own = &mut self.inputs[input];
        let Some(track) = &mut own.track else { return Ok(()) };
        let mut sound = true;
        for (class, counts) in track.at(variant)?.iter().enumerate() {
            let into = own.into[class];
            if self.listing == Listing::Rows {
                sound &= count(&mut self.untold[into], *counts, own.takes_away);
            }
            if !has_row {
                sound &= count(&mut self.sum[into], *counts, own.takes_away);
            }
        }
        if sound { Ok(()) } else { Err(self.too_much()) }
    }

    /// Finds the inputs that hold the first variant of a place.
    fn find(&mut self, place: Place) -> Result<(), StoreError> {
        self.at.extend((0..self.heads.len()).filter(|input| self.heads[*input] == place));
        if self.at.len() > 1 {
            let alleles = |input: usize| {
                let input = &self.inputs[input];
                Ok::<_, StoreError>(input.chunk()?.alleles(input.row))
            };
            let mut first = alleles(self.at[0])?;
            for input in &self.at[1..] {
                first = first.min(alleles(*input)?);
            }
            let mut kept = Vec::with_capacity(self.at.len());
            for input in &self.at {
                if alleles(*input)? == first {
                    kept.push(*input);
                }
            }
            self.at = kept;
            // What is taken away must be there first.
            self.at.sort_by_key(|input| self.inputs[*input].takes_away);
        }
        Ok(())
    }

    /// The bytes of a site that stands in one source only, if they mean the same in the sum.
    fn sole_cells(&self) -> Result<Option<(&[u8], Counts)>, StoreError> {
        let [input] = self.at[..] else { return Ok(None) };
        if self.has_tracks {
            return Ok(None);
        }
        let input = &self.inputs[input];
        Ok(if input.alike { input.chunk()?.cells(input.row) } else { None })
    }

    fn add(&mut self, input: usize) -> Result<(), StoreError> {
        let input = &self.inputs[input];
        let sum = &mut self.sum;
        let mut sound = true;
        let each = |class: usize, counts: Counts| {
            sound &= count(&mut sum[input.into[class]], counts, input.takes_away);
        };
        input.chunk()?.each(input.row, each).map_err(|e| StoreError::damaged(&input.path, e))?;
        if sound { Ok(()) } else { Err(self.too_much()) }
    }

    fn too_much(&self) -> StoreError {
        let path = self.at.first().map_or(Path::new("panel.parquet"), |input| &self.inputs[*input].path);
        StoreError::damaged(path, "it does not count somebody who left since")
    }

    fn site(&self) -> Result<Site<'_>, StoreError> {
        let input = &self.inputs[self.at[0]];
        let counts = match self.sole_cells()? {
            Some((cells, total)) => SiteCounts::Cells(cells, total),
            None => SiteCounts::Classes(&self.sum[..self.classes]),
        };
        Ok(Site { place: self.heads[self.at[0]], alleles: input.chunk()?.alleles(input.row), counts })
    }
}

/// Adds counts to a sum, or takes them away; whether they were there to be taken.
fn count(sum: &mut Counts, part: Counts, takes_away: bool) -> bool {
    let result = if takes_away { without(*sum, part) } else { Some(*sum + part) };
    *sum = result.unwrap_or(*sum);
    result.is_some()
}

fn without(all: Counts, part: Counts) -> Option<Counts> {
    Some(Counts {
        ac: all.ac.checked_sub(part.ac)?,
        an: all.an.checked_sub(part.an)?,
        hom: all.hom.checked_sub(part.hom)?,
        hemi: all.hemi.checked_sub(part.hemi)?,
        people: all.people.checked_sub(part.people)?,
    })
}
