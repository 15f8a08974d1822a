//! Counting batches: several together in one ascending stream of sites, or one into a stored census.

use crate::CountedSite;
use crate::Store;
use crate::batch::{Batch, CountScan};
use crate::callability::Track;
use crate::counted::{self, Census};
use crate::durable::{self, Staged};
use crate::error::StoreError;
use crate::manifest::{self, CensusManifest};
use crate::merge::{Listing, Merge};
use gj_kernels::Classes;
use gj_model::{BatchId, CensusId, Counts, Region, ReleaseClass};
use std::collections::{BTreeMap, VecDeque};

/// A finished census: durable on disk, not yet named by the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CensusSeal {
    /// Its id: the start of `digest`.
    pub id: CensusId,
    /// BLAKE3 digest of its manifest.
    pub digest: String,
    /// Its manifest.
    pub manifest: CensusManifest,
}

/// Digest of which sample is counted in which class. `counted` are registry keys of samples with their
/// classes, in any order; a sample may be named twice.
pub fn assignment<'a>(counted: impl Iterator<Item = (i64, &'a ReleaseClass)>) -> String {
    let mut keys: Vec<(i64, &ReleaseClass)> = counted.collect();
    keys.sort_unstable();
    keys.dedup();
    // Classes are many times fewer than people: each is spelled once.
    let mut spelled: BTreeMap<&ReleaseClass, [u8; 32]> = BTreeMap::new();
    let mut hasher = blake3::Hasher::new();
    for (key, class) in keys {
        let name = spelled.entry(class).or_insert_with(|| {
            let scope: String = class.scope.into();
            let parts = [class.institution.as_str(), &class.stratum, class.sex.name(), &scope];
            // A unit separator stands in no id and no cell of a sample sheet.
            *blake3::hash(parts.join("\u{1f}").as_bytes()).as_bytes()
        });
        hasher.update(&key.to_le_bytes());
        hasher.update(name);
    }
    hasher.finalize().to_hex().to_string()
}

/// A finished census under its staged name: it is swept unless it is published.
#[derive(Debug)]
pub struct StagedCensus {
    store: Store,
    staged: Staged,
    seal: CensusSeal,
}

impl StagedCensus {
    /// Gives it its final name; everything is on disk when this returns.
    ///
    /// The caller must hold the data directory's writer lock, or it may be swept before it is registered.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn publish(self) -> Result<CensusSeal, StoreError> {
        self.staged.publish(&self.store.census_dir(&self.seal.id))?;
        Ok(self.seal)
    }
}

impl Store {
    /// Writes a sum as the census of a batch; `assignment` says which sample is counted in which class.
    ///
    /// # Errors
    /// When a source is damaged or the disk refuses.
    pub fn stage_census(
        &self,
        batch: &BatchId,
        assignment: &str,
        merge: &Merge,
    ) -> Result<StagedCensus, StoreError> {
        let staged = durable::stage(&self.root)?;
        let table = merge.listed(None, Listing::Rows)?.write::<CensusManifest>(staged.path())?;
        let of_gvcfs = merge.has_callability();
        let manifest = CensusManifest {
            format: if of_gvcfs { manifest::CENSUS_ROWS } else { manifest::PANEL_CELLS },
            tool: manifest::tool(),
            batch: batch.clone(),
            assignment: assignment.to_owned(),
            classes: merge.classes.clone(),
            people: merge.people.clone(),
            rows: table.rows,
            bytes: table.bytes,
            sums: table.sums,
        };
        let digest = manifest::write(staged.path(), &manifest)?;
        let id: CensusId =
            digest[..manifest::ID_DIGITS].parse().map_err(|e| StoreError::damaged(staged.path(), e))?;
        let seal = CensusSeal { id, digest, manifest };
        Ok(StagedCensus { store: self.clone(), staged, seal })
    }

    /// Opens a census for reading.
    ///
    /// # Errors
    /// When a file is missing, damaged or newer than this program.
    pub fn census(&self, id: &CensusId) -> Result<Census, StoreError> {
        counted::open(&self.census_dir(id), id.as_str())
    }
}

/// A merge of counted batches: each site once, its counts summed over the batches that hold it.
///
/// A site is listed if at least one counted person has a call there, so that an answer cannot tell
/// a person who left, or may not be counted, from one who never came. A batch of gVCFs has rows for its
/// carriers' sake only, so its row lists a site if it has a counted carrier; at a site without a row its
/// people add what its callability says.
pub struct Counting<'a> {
    inputs: Vec<Input<'a>>,
    classes: usize,
    listing: Listing,
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
        Counting::listed(batches, region, Listing::Sites)
    }

    /// The same, with the sites that a release lists, or those of a census.
    ///
    /// # Errors
    /// When a batch cannot be read.
    pub fn listed(
        batches: &'a [(Batch, Classes)],
        region: Option<&Region>,
        listing: Listing,
    ) -> Result<Counting<'a>, StoreError> {
        let classes = batches.first().map_or(0, |(_, classes)| classes.len());
        let mut inputs = Vec::with_capacity(batches.len());
        for (batch, of_batch) in batches {
            if of_batch.len() != classes {
                return Err(StoreError::WrongPeople { given: of_batch.len(), batch: classes });
            }
            let (scan, track) = (batch.counts(region, of_batch)?, batch.track(region, of_batch)?);
            inputs.push(Input { scan, track, ready: VecDeque::new() });
        }
        Ok(Counting { inputs, classes, listing })
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
                    (None, Some((_, counts))) => {
                        is_listed |= counts.iter().any(|c| c.people > 0);
                        add(&mut sums, &counts);
                    }
                    (Some(track), Some((_, counts))) => {
                        is_listed |= counts.iter().any(|c| c.ac > 0)
                            || self.listing == Listing::Rows && counts != track.at(&site)?;
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
