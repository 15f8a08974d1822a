//! The agreed regime: tables as before, place by place on record, and withheld where they would betray a few.
//!
//! What is withheld follows from what was asked before, by anybody, and from who is counted; never from who carries what.
//! Of a withheld place not even the sites are told, or the one where only who left had an allele would be missing.

use super::answer::Withheld;
use super::crowd::{ALL, EVERY, Exhibit};
use super::shown::{Payer, Rows, ShownAt};
use super::{Accounting, BIN, refused};
use crate::answered::{Within, Writing};
use crate::error::GateError;
use crate::gate::Gate;
use crate::release::FrequencyAnswer;
use gj_exposure::Places;
use gj_model::{Cells, Effect, Grouping, Region};
use gj_registry::{Reads, Tx};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What of a region may be shown.
#[derive(Debug)]
pub(crate) struct Leave {
    /// Stretches of it, ascending and without gaps, with what may be shown of each.
    stretches: Vec<(u32, u32, u8)>,
    /// What anybody had been shown there when this was decided.
    before: Vec<Arc<Rows>>,
}

/// A region cut where what was shown changes, with what was shown of each stretch.
fn cut(region: &Region, shown: &[Arc<Rows>]) -> Vec<(u32, u32, Vec<Exhibit>)> {
    let (first, end) = (u64::from(region.start.get()), u64::from(region.end.get()) + 1);
    let mut edges: BTreeMap<u64, Vec<(Exhibit, bool)>> = BTreeMap::new();
    for (exhibit, places) in shown.iter().flat_map(|rows| rows.iter()) {
        for (from, to) in places.runs_in(first, end - 1) {
            edges.entry(from).or_default().push((*exhibit, true));
            edges.entry(to + 1).or_default().push((*exhibit, false));
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
    stretches
}

/// That nobody was shown anything of a region, of other crowds, since something was decided; else [`GateError::Changed`].
fn unchanged(own: Option<u32>, before: &[Arc<Rows>], now: &[Arc<Rows>]) -> Result<(), GateError> {
    let others = |row: &(&Exhibit, &Places)| Some(row.0.0) != own;
    let same = |(before, now): (&Arc<Rows>, &Arc<Rows>)| {
        Arc::ptr_eq(before, now) || before.iter().filter(others).eq(now.iter().filter(others))
    };
    match before.len() == now.len() && before.iter().zip(now).all(same) {
        true => Ok(()),
        false => Err(GateError::Changed),
    }
}

/// Whether a position was shown of a crowd.
fn contains(rows: &[Arc<Rows>], first_bin: u32, crowd: u32, position: u32) -> bool {
    let rows = rows.get((position / BIN).saturating_sub(first_bin) as usize);
    rows.is_some_and(|rows| {
        rows.range((crowd, 0)..=(crowd, u8::MAX)).any(|(_, places)| places.contains(u64::from(position)))
    })
}

/// Whether every position of a region was shown of a crowd.
fn covers(rows: &[Arc<Rows>], crowd: u32, region: &Region) -> bool {
    let mut all = Places::default();
    for (_, places) in rows.iter().flat_map(|rows| rows.range((crowd, 0)..=(crowd, u8::MAX))) {
        places.runs().iter().for_each(|(from, to)| all.insert(*from, *to));
    }
    all.covers(u64::from(region.start.get()), u64::from(region.end.get()))
}

impl Gate {
    /// What of a region may be shown now, if that can be told without a statement: perhaps not by the newest rows,
    /// which are looked at when the answer is noted.
    pub(super) fn leave_at_hand(&self, accounting: &Accounting, region: &Region) -> Option<Leave> {
        let (own, before) = self.inner.shown.at_hand(&accounting.crowd, region)?;
        let mut stretches = Vec::new();
        for (from, to, exhibits) in cut(region, &before) {
            let verdict = self.verdict_at_hand(&accounting.crowd, Some(own), &exhibits, accounting.smallest);
            let splits = if accounting.withholds() { verdict? } else { EVERY };
            stretch(&mut stretches, (from, to, splits));
        }
        Some(Leave { stretches, before })
    }

    /// What of a region may be shown now.
    pub(super) async fn leave(
        &self,
        reads: &mut Reads,
        shown: &mut ShownAt<'_>,
        accounting: &Accounting,
        region: &Region,
    ) -> Result<Leave, GateError> {
        let own = shown.crowd(reads, &accounting.crowd).await?;
        let before = shown.rows(reads, &Payer::Anybody, region).await?;
        let mut stretches = Vec::new();
        for (from, to, exhibits) in cut(region, &before) {
            let asked = (&accounting.crowd, own);
            let splits = match accounting.withholds() {
                true => self.verdict(reads, asked, &exhibits, accounting.smallest).await?,
                false => EVERY,
            };
            stretch(&mut stretches, (from, to, splits));
        }
        Ok(Leave { stretches, before })
    }

    /// Notes in an answer's transaction what was shown to whom.
    ///
    /// # Errors
    /// [`GateError::Changed`] when somebody was shown something there meanwhile; a refusal when it is too much.
    async fn note_agreed(
        &self,
        tx: &mut Tx,
        shown: &mut ShownAt<'_>,
        note: &AgreedNote,
    ) -> Result<(), GateError> {
        let AgreedNote { accounting, leave, region, answer } = note;
        let own = shown.crowd(tx, &accounting.crowd).await?;
        unchanged(own, &leave.before, &shown.rows(tx, &Payer::Anybody, region).await?)?;
        let crowd = shown.numbered(tx, &accounting.crowd).await?;
        let first_bin = region.start.get() / BIN;
        let mut new = [0; 2];
        for (payer, new) in accounting.payers.iter().zip(&mut new) {
            let before = shown.rows(tx, payer, region).await?;
            let sites = answer.sites.iter().map(|site| site.variant.position.get());
            *new = sites.filter(|position| !contains(&before, first_bin, crowd, *position)).count() as u64;
        }
        charge(tx, shown, accounting, answer.citation.freeze.as_str(), new).await?;
        let at = (u32::from(region.contig.index()), crowd);
        for payer in accounting.payers.iter().chain([&Payer::Anybody]) {
            shown.add_places(payer, at, leave.shown());
        }
        Ok(())
    }
}

/// Adds a stretch to those before it.
fn stretch(stretches: &mut Vec<(u32, u32, u8)>, (from, to, splits): (u32, u32, u8)) {
    match stretches.last_mut() {
        Some(last) if last.2 == splits => last.1 = to,
        _ => stretches.push((from, to, splits)),
    }
}

/// Charges user and institution with sites that are new to each.
///
/// # Errors
/// A refusal when it is more than a user may be shown; nothing is noted then.
async fn charge(
    tx: &mut Tx,
    shown: &mut ShownAt<'_>,
    accounting: &Accounting,
    freeze: &str,
    new: [u64; 2],
) -> Result<(), GateError> {
    let [user, _] = &accounting.payers;
    if let Some(limit) = accounting.rule.sites_user.filter(|_| new[0] > 0) {
        let before = shown.sites(tx, user).await?;
        if before + new[0] > limit {
            return Err(too_many(accounting, limit.saturating_sub(before), new[0]));
        }
    }
    let shift = 1e9 / f64::from(accounting.crowd.people.max(1));
    for (payer, sites) in accounting.payers.iter().zip(new).filter(|(_, sites)| *sites > 0) {
        shown.add_sites(payer, freeze, sites, (shift * sites as f64).ceil() as u64);
    }
    Ok(())
}

/// What an answer notes beside its line.
#[derive(Debug)]
pub(crate) struct AgreedNote {
    pub(crate) accounting: Arc<Accounting>,
    pub(crate) leave: Leave,
    pub(crate) region: Region,
    pub(crate) answer: Arc<FrequencyAnswer>,
}

impl Within for AgreedNote {
    fn write<'t>(&'t self, gate: &'t Gate, tx: &'t mut Tx, shown: &'t mut ShownAt<'_>) -> Writing<'t> {
        Box::pin(gate.note_agreed(tx, shown, self))
    }
}

/// What a file of a whole release notes beside its line: every place of it.
#[derive(Debug)]
pub(crate) struct FileNote {
    pub(crate) accounting: Arc<Accounting>,
    pub(crate) leaves: Vec<(Region, Leave)>,
    pub(crate) freeze: String,
    /// Sites of the file.
    pub(crate) sites: u64,
}

impl Within for FileNote {
    fn write<'t>(&'t self, gate: &'t Gate, tx: &'t mut Tx, shown: &'t mut ShownAt<'_>) -> Writing<'t> {
        Box::pin(gate.note_file(tx, shown, self))
    }
}

impl Gate {
    /// Notes that somebody was given a whole release: all its sites count, unless they had all its places before.
    async fn note_file(
        &self,
        tx: &mut Tx,
        shown: &mut ShownAt<'_>,
        note: &FileNote,
    ) -> Result<(), GateError> {
        let accounting = &note.accounting;
        let own = shown.crowd(tx, &accounting.crowd).await?;
        for (region, leave) in &note.leaves {
            unchanged(own, &leave.before, &shown.rows(tx, &Payer::Anybody, region).await?)?;
        }
        let crowd = shown.numbered(tx, &accounting.crowd).await?;
        let mut new = [0; 2];
        for (payer, new) in accounting.payers.iter().zip(&mut new) {
            for (region, _) in &note.leaves {
                if !covers(&shown.rows(tx, payer, region).await?, crowd, region) {
                    *new = note.sites;
                }
            }
        }
        charge(tx, shown, accounting, &note.freeze, new).await?;
        for payer in accounting.payers.iter().chain([&Payer::Anybody]) {
            for (region, leave) in &note.leaves {
                shown.add_places(payer, (u32::from(region.contig.index()), crowd), leave.shown());
            }
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

impl Leave {
    /// Whether everything may be shown in all of the region.
    pub(crate) fn shows_everything(&self) -> bool {
        self.stretches.iter().all(|stretch| stretch.2 == EVERY)
    }

    /// What of it is shown to somebody: whatever of the counts of everybody.
    fn shown(&self) -> impl Iterator<Item = (u32, u32, u8)> {
        self.stretches.iter().copied().filter(|(_, _, splits)| splits & ALL != 0)
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
