//! What payers were shown, kept in memory: an answer reads and writes rows of its own only where something is new.
//!
//! INVARIANT: what is noted is weighed against the registry's rows as its transaction sees them. Rows are kept of one
//! revision; at any later one, made by this or another process, they are forgotten.

use super::BIN;
use super::crowd::{Crowd, Exhibit};
use crate::error::GateError;
use crate::gate::Gate;
use gj_exposure::Places;
use gj_model::Region;
use gj_registry::{PlacesOf, Reads, Revision, ShownPlaces, ShownSites, Tx};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Runs of places kept in memory at most, some 16 bytes each; past it all are forgotten.
const RUNS_MAX: usize = 4 << 20;
/// Leaves read together, so that a server that has just been started reads few times: a power of two.
const READ_TOGETHER: u32 = 16;
/// What a leaf weighs beside its runs.
const LEAF_WEIGHS: usize = 16;

/// Who is charged with what was shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Payer {
    /// Whoever was shown it: all of them together.
    Anybody,
    User(Arc<str>),
    Institution(Arc<str>),
}

/// What of some crowd was shown, in which groups and where.
pub(super) type Rows = BTreeMap<Exhibit, Places>;

/// A million bases of a payer: the contig by its number, and which million.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Leaf {
    payer: Payer,
    contig: u32,
    bin: u32,
}

/// Rows as they were at one revision.
#[derive(Debug, Default)]
pub(crate) struct Shown(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    revision: Option<Revision>,
    leaves: HashMap<Leaf, Arc<Rows>>,
    /// Sites of all releases.
    sites: HashMap<Payer, u64>,
    /// Numbers of crowds by digest: once given, they stay.
    crowds: HashMap<String, u32>,
    weight: usize,
}

/// What was shown as one transaction sees it, with what is noted in that.
#[derive(Debug)]
pub(crate) struct ShownAt<'g> {
    shown: &'g Shown,
    before: Revision,
    /// The revision that the transaction made.
    after: Option<Revision>,
    leaves: HashMap<Leaf, Arc<Rows>>,
    changed: BTreeSet<(Leaf, Exhibit)>,
    sites: HashMap<Payer, u64>,
    /// By payer and release: sites, and billionths of shift.
    added: BTreeMap<(Payer, String), (u64, u64)>,
    crowds: HashMap<String, u32>,
}

impl Payer {
    fn row(&self) -> (&'static str, &str) {
        match self {
            Payer::Anybody => ("anybody", ""),
            Payer::User(id) => ("user", id),
            Payer::Institution(id) => ("institution", id),
        }
    }

    fn leaf(&self, contig: u32, bin: u32) -> Leaf {
        Leaf { payer: self.clone(), contig, bin }
    }
}

/// The stored rows of a region.
pub(super) fn bins(region: &Region) -> RangeInclusive<u32> {
    region.start.get() / BIN..=region.end.get() / BIN
}

fn weight(rows: &Rows) -> usize {
    LEAF_WEIGHS + rows.values().map(|places| places.runs().len()).sum::<usize>()
}

impl Kept {
    fn forget(&mut self, revision: Revision) {
        self.revision = Some(revision);
        self.leaves.clear();
        self.sites.clear();
        self.weight = 0;
    }

    fn put(&mut self, leaf: Leaf, rows: Arc<Rows>) {
        self.weight += weight(&rows);
        if let Some(before) = self.leaves.insert(leaf, rows) {
            self.weight -= weight(&before);
        }
        if self.weight > RUNS_MAX {
            self.leaves.clear();
            self.weight = 0;
        }
    }
}

impl Shown {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        // A poisoned cache is still a cache: entries are inserted whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows of anybody over a region and the crowd's number, if all are kept: perhaps not the newest.
    pub(super) fn at_hand(&self, crowd: &Crowd, region: &Region) -> Option<(u32, Vec<Arc<Rows>>)> {
        let kept = self.kept();
        let own = *kept.crowds.get(&crowd.digest)?;
        let contig = u32::from(region.contig.index());
        let leaf = |bin| kept.leaves.get(&Payer::Anybody.leaf(contig, bin)).cloned();
        Some((own, bins(region).map(leaf).collect::<Option<_>>()?))
    }
}

impl Gate {
    /// What was shown at the moment of a transaction.
    pub(crate) async fn shown_at(&self, reads: &mut Reads) -> Result<ShownAt<'_>, GateError> {
        Ok(self.shown_since(reads.revision_of_shown().await?))
    }

    /// The same where the revision of what was shown is known.
    pub(crate) fn shown_since(&self, before: Revision) -> ShownAt<'_> {
        ShownAt {
            shown: &self.inner.shown,
            before,
            after: None,
            leaves: HashMap::new(),
            changed: BTreeSet::new(),
            sites: HashMap::new(),
            added: BTreeMap::new(),
            crowds: HashMap::new(),
        }
    }
}

impl ShownAt<'_> {
    /// A payer's rows over a region, one entry for each million bases.
    pub(super) async fn rows(
        &mut self,
        reads: &mut Reads,
        payer: &Payer,
        region: &Region,
    ) -> Result<Vec<Arc<Rows>>, GateError> {
        let contig = u32::from(region.contig.index());
        self.take_kept(payer, contig, bins(region));
        let missing: Vec<u32> =
            bins(region).filter(|bin| !self.leaves.contains_key(&payer.leaf(contig, *bin))).collect();
        if let [first, .., last] | [first @ last] = missing[..] {
            let (first, last) = (first / READ_TOGETHER * READ_TOGETHER, last | (READ_TOGETHER - 1));
            let absent = |bin: &u32| !self.leaves.contains_key(&payer.leaf(contig, *bin));
            let mut read: BTreeMap<u32, Rows> =
                (first..=last).filter(absent).map(|bin| (bin, Rows::new())).collect();
            for row in reads.places_shown(payer.row(), contig, first..=last).await? {
                let broken = |error| GateError::Inconsistent(format!("the registry's places shown: {error}"));
                let places = Places::from_text(&row.places).map_err(broken)?;
                read.get_mut(&row.bin).map(|rows| rows.insert((row.crowd, row.splits), places));
            }
            self.keep(payer, contig, read);
        }
        Ok(bins(region).filter_map(|bin| self.leaves.get(&payer.leaf(contig, bin)).cloned()).collect())
    }

    fn take_kept(&mut self, payer: &Payer, contig: u32, bins: RangeInclusive<u32>) {
        let kept = self.shown.kept();
        if kept.revision != Some(self.before) {
            return;
        }
        for leaf in bins.map(|bin| payer.leaf(contig, bin)) {
            if !self.leaves.contains_key(&leaf)
                && let Some(rows) = kept.leaves.get(&leaf)
            {
                self.leaves.insert(leaf, rows.clone());
            }
        }
    }

    fn keep(&mut self, payer: &Payer, contig: u32, read: BTreeMap<u32, Rows>) {
        let mut kept = self.shown.kept();
        if kept.revision < Some(self.before) {
            kept.forget(self.before);
        }
        for (bin, rows) in read {
            let (leaf, rows) = (payer.leaf(contig, bin), Arc::new(rows));
            if kept.revision == Some(self.before) {
                kept.put(leaf.clone(), rows.clone());
            }
            self.leaves.insert(leaf, rows);
        }
    }

    /// The number of a crowd, if something was shown of it.
    pub(super) async fn crowd(&mut self, reads: &mut Reads, crowd: &Crowd) -> Result<Option<u32>, GateError> {
        let known = self.shown.kept().crowds.get(&crowd.digest).copied();
        if let Some(number) = known.or_else(|| self.crowds.get(&crowd.digest).copied()) {
            return Ok(Some(number));
        }
        let number = reads.crowd_numbered(&crowd.digest).await?;
        // What a transaction that only reads finds is committed.
        number.map(|number| self.crowds.insert(crowd.digest.clone(), number));
        Ok(number)
    }

    /// The number of a crowd, given to it where it has none.
    pub(super) async fn numbered(&mut self, tx: &mut Tx, crowd: &Crowd) -> Result<u32, GateError> {
        if let Some(number) = self.crowd(tx, crowd).await? {
            return Ok(number);
        }
        let number = tx.put_crowd(&crowd.digest, crowd.people, &crowd.members()?).await?;
        self.crowds.insert(crowd.digest.clone(), number);
        Ok(number)
    }

    /// Sites of all releases that a payer was shown.
    pub(super) async fn sites(&mut self, reads: &mut Reads, payer: &Payer) -> Result<u64, GateError> {
        if let Some(sites) = self.sites.get(payer) {
            return Ok(*sites);
        }
        let kept = {
            let kept = self.shown.kept();
            kept.sites.get(payer).copied().filter(|_| kept.revision == Some(self.before))
        };
        let sites = match kept {
            Some(sites) => sites,
            None => reads.sites_shown(Some(payer.row())).await?.iter().map(|shown| shown.sites).sum(),
        };
        let added = self.added.iter().filter(|((added, _), _)| added == payer);
        let sites = sites + added.map(|(_, (sites, _))| sites).sum::<u64>();
        self.sites.insert(payer.clone(), sites);
        Ok(sites)
    }

    /// Notes that a payer was shown more sites of a release.
    pub(super) fn add_sites(&mut self, payer: &Payer, freeze: &str, sites: u64, shift: u64) {
        self.sites.entry(payer.clone()).and_modify(|all| *all += sites);
        let added = self.added.entry((payer.clone(), freeze.to_owned())).or_default();
        *added = (added.0 + sites, added.1 + shift);
    }

    /// Notes that a payer was shown stretches of a contig of a crowd, each in some groups; their rows were read.
    pub(super) fn add_places(
        &mut self,
        payer: &Payer,
        (contig, crowd): (u32, u32),
        stretches: impl Iterator<Item = (u32, u32, u8)>,
    ) {
        for (from, to, splits) in stretches {
            for bin in from / BIN..=to / BIN {
                let (from, to) = (from.max(bin * BIN), to.min(bin * BIN + (BIN - 1)));
                let (from, to, exhibit) = (u64::from(from), u64::from(to), (crowd, splits));
                let leaf = payer.leaf(contig, bin);
                let rows = self.leaves.entry(leaf.clone()).or_default();
                if !rows.get(&exhibit).is_some_and(|places| places.covers(from, to)) {
                    Arc::make_mut(rows).entry(exhibit).or_default().insert(from, to);
                    self.changed.insert((leaf, exhibit));
                }
            }
        }
    }

    /// Writes what was noted.
    pub(crate) async fn write(&mut self, tx: &mut Tx) -> Result<(), GateError> {
        if self.changed.is_empty() && self.added.is_empty() {
            return Ok(());
        }
        let mut rows = Vec::with_capacity(self.changed.len());
        for (leaf, (crowd, splits)) in &self.changed {
            let places = self.leaves.get(leaf).and_then(|rows| rows.get(&(*crowd, *splits)));
            let places = places.map(Places::to_text).unwrap_or_default();
            let shown = ShownPlaces { crowd: *crowd, splits: *splits, bin: leaf.bin, places };
            rows.push(PlacesOf { payer: leaf.payer.row(), contig: leaf.contig, shown });
        }
        let sites = |((payer, freeze), (sites, shift)): (&(Payer, String), &(u64, u64))| {
            let (payer_kind, payer) = payer.row();
            let (payer_kind, payer, freeze) = (payer_kind.to_owned(), payer.to_owned(), freeze.clone());
            ShownSites { payer_kind, payer, freeze, sites: *sites, shift: *shift }
        };
        let sites: Vec<ShownSites> = self.added.iter().map(sites).collect();
        self.after = Some(tx.put_shown(&rows, &sites).await?);
        Ok(())
    }

    /// Keeps what was noted, once the transaction has committed.
    pub(crate) fn committed(self) {
        let mut kept = self.shown.kept();
        kept.crowds.extend(self.crowds);
        let Some(after) = self.after else { return };
        let follows = kept.revision == Some(self.before);
        if kept.revision >= Some(after) {
            // Somebody came between the commit and here, and saw it in the registry.
            return;
        }
        if follows {
            kept.revision = Some(after);
        } else {
            kept.forget(after);
        }
        self.leaves.into_iter().for_each(|(leaf, rows)| kept.put(leaf, rows));
        self.added.keys().for_each(|(payer, _)| _ = kept.sites.remove(payer));
        kept.sites.extend(self.sites);
    }
}
