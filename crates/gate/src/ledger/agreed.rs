//! The agreed regime: tables as before, place by place on record, and withheld where they would betray a few.
//!
//! What is withheld follows from what was asked before, by anybody, and from who is counted; never from who carries what.
//! Of a withheld place not even the sites are told, or the one where only who left had an allele would be missing.

use super::answer::Withheld;
use super::crowd::{ALL, EVERY, Exhibit};
use super::{ANYBODY, Accounting, BIN, refused};
use crate::answered::{Within, Writing};
use crate::error::GateError;
use crate::gate::Gate;
use crate::release::FrequencyAnswer;
use gj_exposure::Places;
use gj_model::{Cells, Effect, Grouping, Region};
use gj_registry::{Reads, ShownPlaces, ShownSites, Tx};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// What of a region may be shown.
#[derive(Debug)]
pub(crate) struct Leave {
    /// Stretches of it, ascending and without gaps, with what may be shown of each.
    stretches: Vec<(u32, u32, u8)>,
    /// What anybody had been shown there of other crowds, when this was decided.
    before: Vec<ShownPlaces>,
}

/// The stored rows of a region.
fn bins(region: &Region) -> RangeInclusive<u32> {
    region.start.get() / BIN..=region.end.get() / BIN
}

fn read(places: &ShownPlaces) -> Result<Places, GateError> {
    let broken = |error| GateError::Inconsistent(format!("the registry's places shown: {error}"));
    Places::from_text(&places.places).map_err(broken)
}

/// A region cut where what was shown changes, with what was shown of each stretch.
fn cut(region: &Region, shown: &[ShownPlaces]) -> Result<Vec<(u32, u32, Vec<Exhibit>)>, GateError> {
    let (first, end) = (u64::from(region.start.get()), u64::from(region.end.get()) + 1);
    let mut edges: BTreeMap<u64, Vec<(Exhibit, bool)>> = BTreeMap::new();
    for row in shown {
        for (from, to) in read(row)?.runs() {
            let (from, to) = ((*from).max(first), (*to + 1).min(end));
            if from < to {
                let exhibit = (row.crowd, row.splits);
                edges.entry(from).or_default().push((exhibit, true));
                edges.entry(to).or_default().push((exhibit, false));
            }
        }
    }
    edges.entry(first).or_default();
    edges.entry(end).or_default();
    // A stretch over the edge of two stored rows ends in one and begins in the other: counted, not kept as a set.
    let mut open: BTreeMap<Exhibit, i32> = BTreeMap::new();
    let mut stretches: Vec<(u32, u32, Vec<Exhibit>)> = Vec::new();
    let mut edges = edges.into_iter().peekable();
    while let (Some((from, changes)), Some((to, _))) = (edges.next(), edges.peek()) {
        for (exhibit, begins) in changes {
            *open.entry(exhibit).or_default() += if begins { 1 } else { -1 };
        }
        let exhibits = open.iter().filter(|(_, count)| **count > 0).map(|(exhibit, _)| *exhibit).collect();
        stretches.push((from as u32, (*to - 1) as u32, exhibits));
    }
    Ok(stretches)
}

/// That nobody was shown anything of a region meanwhile; else [`GateError::Changed`].
async fn unchanged(tx: &mut Tx, own: Option<u32>, region: &Region, leave: &Leave) -> Result<(), GateError> {
    let shown = tx.places_shown(ANYBODY, u32::from(region.contig.index()), bins(region)).await?;
    if others(shown, own) == leave.before { Ok(()) } else { Err(GateError::Changed) }
}

/// The number of the crowd counted, given to it where it has none.
async fn numbered(tx: &mut Tx, accounting: &Accounting, own: Option<u32>) -> Result<u32, GateError> {
    match own {
        Some(number) => Ok(number),
        None => {
            let (crowd, members) = (&accounting.crowd, accounting.crowd.members()?);
            Ok(tx.put_crowd(&crowd.digest, crowd.people, &members).await?)
        }
    }
}

impl Gate {
    /// What of a region may be shown now.
    pub(crate) async fn leave(
        &self,
        reads: &mut Reads,
        accounting: &Accounting,
        region: &Region,
    ) -> Result<Leave, GateError> {
        let contig = u32::from(region.contig.index());
        let own = reads.crowd_numbered(&accounting.crowd.digest).await?;
        let shown = reads.places_shown(ANYBODY, contig, bins(region)).await?;
        let mut stretches: Vec<(u32, u32, u8)> = Vec::new();
        for (from, to, exhibits) in cut(region, &shown)? {
            let splits = match accounting.withholds() {
                true => self.verdict(reads, &accounting.crowd, &exhibits, accounting.smallest).await?,
                false => EVERY,
            };
            match stretches.last_mut() {
                Some(last) if last.2 == splits => last.1 = to,
                _ => stretches.push((from, to, splits)),
            }
        }
        Ok(Leave { stretches, before: others(shown, own) })
    }

    /// Notes in an answer's transaction what was shown to whom.
    ///
    /// # Errors
    /// [`GateError::Changed`] when somebody was shown something there meanwhile; a refusal when it is too much.
    pub(crate) async fn note_agreed(
        &self,
        tx: &mut Tx,
        accounting: &Accounting,
        leave: &Leave,
        (region, answer): (&Region, &FrequencyAnswer),
    ) -> Result<(), GateError> {
        let contig = u32::from(region.contig.index());
        let own = tx.crowd_numbered(&accounting.crowd.digest).await?;
        unchanged(tx, own, region, leave).await?;
        let crowd = numbered(tx, accounting, own).await?;
        let shift = 1e9 / f64::from(accounting.crowd.people.max(1));
        for payer in accounting.payers() {
            let before = note_places(tx, payer, (contig, crowd), region, &leave.stretches).await?;
            let new =
                answer.sites.iter().filter(|site| !before.contains(u64::from(site.variant.position.get())));
            let sites = new.count() as u64;
            if sites == 0 {
                continue;
            }
            if payer.0 == "user"
                && let Some(limit) = accounting.rule.sites_user
            {
                let shown: u64 = tx.sites_shown(Some(payer)).await?.iter().map(|shown| shown.sites).sum();
                if shown + sites > limit {
                    return Err(too_many(accounting, limit.saturating_sub(shown), sites));
                }
            }
            let (payer_kind, payer) = (payer.0.to_owned(), payer.1.to_owned());
            let freeze = answer.citation.freeze.to_string();
            let shift = (shift * sites as f64).ceil() as u64;
            tx.add_sites(&ShownSites { payer_kind, payer, freeze, sites, shift }).await?;
        }
        note_places(tx, ANYBODY, (contig, crowd), region, &leave.stretches).await?;
        Ok(())
    }
}

/// What an answer notes beside its line.
#[derive(Debug)]
pub(crate) struct AgreedNote {
    pub(crate) accounting: Accounting,
    pub(crate) leave: Leave,
    pub(crate) region: Region,
    pub(crate) answer: Arc<FrequencyAnswer>,
}

impl Within for AgreedNote {
    fn write<'t>(&'t self, gate: &'t Gate, tx: &'t mut Tx) -> Writing<'t> {
        let about = (&self.region, &*self.answer);
        Box::pin(gate.note_agreed(tx, &self.accounting, &self.leave, about))
    }
}

/// What a file of a whole release notes beside its line: every place of it.
#[derive(Debug)]
pub(crate) struct FileNote {
    pub(crate) accounting: Accounting,
    pub(crate) leaves: Vec<(Region, Leave)>,
    pub(crate) freeze: String,
    /// Sites of the file.
    pub(crate) sites: u64,
}

impl Within for FileNote {
    fn write<'t>(&'t self, gate: &'t Gate, tx: &'t mut Tx) -> Writing<'t> {
        Box::pin(gate.note_file(tx, self))
    }
}

impl Gate {
    /// Notes that somebody was given a whole release: all its sites count, unless they had all its places before.
    async fn note_file(&self, tx: &mut Tx, note: &FileNote) -> Result<(), GateError> {
        let accounting = &note.accounting;
        let own = tx.crowd_numbered(&accounting.crowd.digest).await?;
        for (region, leave) in &note.leaves {
            unchanged(tx, own, region, leave).await?;
        }
        let crowd = numbered(tx, accounting, own).await?;
        for payer in accounting.payers() {
            let mut had_all = true;
            for (region, leave) in &note.leaves {
                let at = (u32::from(region.contig.index()), crowd);
                let before = note_places(tx, payer, at, region, &leave.stretches).await?;
                had_all &= before.covers(u64::from(region.start.get()), u64::from(region.end.get()));
            }
            if had_all {
                continue;
            }
            if payer.0 == "user"
                && let Some(limit) = accounting.rule.sites_user
            {
                let shown: u64 = tx.sites_shown(Some(payer)).await?.iter().map(|shown| shown.sites).sum();
                if shown + note.sites > limit {
                    return Err(too_many(accounting, limit.saturating_sub(shown), note.sites));
                }
            }
            let (payer_kind, payer) = (payer.0.to_owned(), payer.1.to_owned());
            let shift = (1e9 / f64::from(accounting.crowd.people.max(1)) * note.sites as f64).ceil() as u64;
            let freeze = note.freeze.clone();
            tx.add_sites(&ShownSites { payer_kind, payer, freeze, sites: note.sites, shift }).await?;
        }
        for (region, leave) in &note.leaves {
            let at = (u32::from(region.contig.index()), crowd);
            note_places(tx, ANYBODY, at, region, &leave.stretches).await?;
        }
        Ok(())
    }
}

fn too_many(accounting: &Accounting, left: u64, asked: u64) -> GateError {
    refused(accounting.reason(
        "exposure-sites",
        Effect::Deny,
        format!("この契約で見られる部位は残り{left}です（この答えは{asked}）。狭い範囲で尋ねるか、委員会に相談してください。"),
        format!(
            "Of the sites this contract shows, {left} are left, and this answer has {asked} new ones: ask for fewer, or turn to the committee."
        ),
    ))
}

/// The rows of other crowds than one's own.
fn others(mut shown: Vec<ShownPlaces>, own: Option<u32>) -> Vec<ShownPlaces> {
    shown.retain(|row| Some(row.crowd) != own);
    shown
}

/// Adds what was shown to the rows of a payer; returns the positions of the region shown before, of this crowd.
pub(super) async fn note_places(
    tx: &mut Tx,
    payer: (&str, &str),
    (contig, crowd): (u32, u32),
    region: &Region,
    stretches: &[(u32, u32, u8)],
) -> Result<Places, GateError> {
    let mut rows: BTreeMap<(u32, u8), Places> = BTreeMap::new();
    let mut before = Places::default();
    for row in tx.places_shown(payer, contig, bins(region)).await?.iter().filter(|row| row.crowd == crowd) {
        let places = read(row)?;
        places.runs().iter().for_each(|(from, to)| before.insert(*from, *to));
        rows.insert((row.bin, row.splits), places);
    }
    let mut changed = BTreeSet::new();
    for (from, to, splits) in stretches.iter().filter(|stretch| stretch.2 & ALL != 0) {
        for bin in from / BIN..=to / BIN {
            let (from, to) = ((*from).max(bin * BIN), (*to).min(bin * BIN + (BIN - 1)));
            let places = rows.entry((bin, *splits)).or_default();
            if !places.covers(u64::from(from), u64::from(to)) {
                places.insert(u64::from(from), u64::from(to));
                changed.insert((bin, *splits));
            }
        }
    }
    for (bin, splits) in changed {
        let places = rows[&(bin, splits)].to_text();
        tx.put_places(payer, contig, &ShownPlaces { crowd, splits, bin, places }).await?;
    }
    Ok(before)
}

impl Leave {
    /// Whether everything may be shown in all of the region.
    pub(crate) fn shows_everything(&self) -> bool {
        self.stretches.iter().all(|stretch| stretch.2 == EVERY)
    }

    /// Whether the counts of everybody may be shown in all of the region.
    pub(super) fn shows_everybody(&self) -> bool {
        self.stretches.iter().all(|stretch| stretch.2 & ALL != 0)
    }

    /// Takes out of an answer what may not be shown now, and says so.
    pub(crate) fn apply(&self, accounting: &Accounting, region: &Region, answer: &mut FrequencyAnswer) {
        let bit = |split: Grouping| {
            Grouping::SPLITS.iter().position(|known| *known == split).map_or(0, |at| 2u8 << at)
        };
        let by = answer.by;
        // Where every split is asked for at once, each is withheld by itself: a group's name says of which it is.
        let of_group = |name: &str| match by {
            Grouping::Every => {
                let split = name.split_once(':').and_then(|(split, _)| split.parse().ok());
                split.map_or(0, bit)
            }
            by => bit(by),
        };
        let wanted = match by {
            Grouping::Every => Grouping::SPLITS.into_iter().fold(ALL, |bits, split| bits | bit(split)),
            by => ALL | bit(by),
        };
        if self.stretches.iter().all(|(_, _, splits)| splits & wanted == wanted) {
            return;
        }
        let of = |position: u32| {
            let at = self.stretches.partition_point(|(_, to, _)| *to < position);
            self.stretches.get(at).map_or(0, |stretch| stretch.2)
        };
        answer.sites.retain(|site| of(site.variant.position.get()) & ALL != 0);
        for site in &mut answer.sites {
            let shown = of(site.variant.position.get());
            if shown & wanted != wanted {
                let gone = |name: &str| name != "all" && shown & of_group(name) == 0;
                let groups = site.groups.iter_mut().filter(|(name, _)| gone(name));
                groups.for_each(|(_, cells)| *cells = Cells::default());
            }
        }
        let reason = accounting.withheld();
        for (start, end, splits) in self.stretches.iter().filter(|stretch| stretch.2 & wanted != wanted) {
            let by = (splits & ALL != 0).then_some(answer.by);
            let withheld = &mut answer.ledger.withheld;
            match withheld.last_mut() {
                Some(last) if last.end + 1 == *start && last.by == by => last.end = *end,
                _ => {
                    let (chrom, reason) = (region.contig.name(), reason.clone());
                    withheld.push(Withheld { chrom, start: *start, end: *end, by, reason });
                }
            }
        }
    }
}
