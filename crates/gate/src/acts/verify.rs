//! Checking a whole data directory: every byte against its digest, every number against its genotypes.

use crate::acts::members::{Allowed, People};
use crate::error::GateError;
use crate::gate::Gate;
use gj_model::SampleSet;
use gj_registry::{Batch, Census, Freeze, PanelState, Reads};
use gj_store::{Census as StoredCensus, Counting, Listing, Panel, PanelRows, StoreError};
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How often the registry is read again because a writer replaced what was being checked.
const ROUNDS_MAX: usize = 20;

/// What was checked.
#[derive(Debug, Clone, Default, Serialize)]
pub struct VerifyReport {
    /// Lines of the audit log.
    pub audit_lines: i64,
    /// Batches: every byte, every row decoded.
    pub batches: u64,
    /// Rows of those batches.
    pub rows: u64,
    /// Releases: every byte, and every count equal to one made anew from the genotypes.
    pub freezes: u64,
    /// Sites of those releases.
    pub sites: u64,
    /// Stored counts of batches: every byte, and every count equal to one made anew from the genotypes.
    pub censuses: u64,
    /// Sites of those.
    pub census_sites: u64,
    /// Sets of annotation: every byte.
    pub annotation_sets: u64,
    /// Entries of the ledger: each adds up to zero, as does everything.
    pub entries: u64,
    /// Invoices: each adds up, each discount comes from a contribution of the payer's.
    pub invoices: u64,
    /// Withdrawals whose removal from the disk is still to be done; answers leave them out already.
    pub withdrawals_to_repair: u64,
}

/// What is checked on its own, and may be replaced by a writer meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    Batch(Batch),
    Census(Census),
    Freeze(Freeze),
}

impl Item {
    /// What it is called, for not checking it twice.
    fn name(&self) -> (u8, String) {
        match self {
            Item::Batch(batch) => (0, batch.id.to_string()),
            Item::Census(census) => (1, census.id.to_string()),
            Item::Freeze(freeze) => (2, freeze.name.to_string()),
        }
    }
}

impl Gate {
    /// Checks the whole directory and changes nothing. Open to whoever can read the directory.
    ///
    /// # Errors
    /// The first thing that is not as it must be, with its file.
    pub async fn verify(&self) -> Result<VerifyReport, GateError> {
        let mut report = VerifyReport::default();
        self.inner.registry.integrity().await?;
        report.audit_lines = self.verify_audit().await?.lines;
        let books = self.inner.registry.read().await?.check_books().await?;
        (report.entries, report.invoices) = (books.entries, books.invoices);
        report.withdrawals_to_repair =
            self.inner.registry.read().await?.unfinished_withdrawals().await?.len() as u64;
        for set in self.inner.registry.read().await?.annotation_sets().await? {
            let store = self.inner.store.clone();
            tokio::task::spawn_blocking(move || store.annotation(&set.id)?.check_all()).await??;
            report.annotation_sets += 1;
        }
        let mut checked = BTreeSet::new();
        for _ in 0..ROUNDS_MAX {
            if self.verify_round(&mut checked, &mut report).await? {
                return Ok(report);
            }
        }
        Err(GateError::Busy(self.inner.dir.clone()))
    }

    /// Checks everything that the registry names and that was not checked before. `false` when a writer
    /// replaced something meanwhile: its successor is to be checked in another round.
    async fn verify_round(
        &self,
        checked: &mut BTreeSet<(u8, String)>,
        report: &mut VerifyReport,
    ) -> Result<bool, GateError> {
        let mut reads = self.inner.registry.read().await?;
        let named = items(&mut reads).await?;
        let mut everybody = None;
        for item in &named {
            if checked.contains(&item.name()) {
                continue;
            }
            match self.verify_item(&mut reads, item, &mut everybody).await {
                Ok(rows) => {
                    report.add(item, rows);
                    checked.insert(item.name());
                }
                Err(error) if may_be_swept(&error) => {
                    let mut now = self.inner.registry.read().await?;
                    return if items(&mut now).await? == named { Err(error) } else { Ok(false) };
                }
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Checks one item; returns its rows. `everybody` are the people of all batches, once looked up.
    async fn verify_item(
        &self,
        reads: &mut Reads,
        item: &Item,
        everybody: &mut Option<Arc<People>>,
    ) -> Result<u64, GateError> {
        let today = self.inner.clock.today();
        let store = &self.inner.store;
        match item {
            Item::Batch(row) => self.verify_batch(reads, row).await,
            Item::Census(row) => {
                let census = store.census(&row.id)?;
                let people = match everybody {
                    Some(people) => people.clone(),
                    None => {
                        let all = reads.batches().await?.into_iter().map(|batch| batch.id);
                        let all: Vec<_> = all.collect();
                        let people = Arc::new(People::of(store, reads, &all, Allowed::Now, today).await?);
                        everybody.insert(people).clone()
                    }
                };
                let row = row.clone();
                tokio::task::spawn_blocking(move || verify_census(&row, &census, &people)).await?
            }
            Item::Freeze(freeze) => {
                let panel = store.panel(&freeze.panel)?;
                let allowed = Allowed::Since(freeze.consents);
                let people = People::of(store, reads, &freeze.batches, allowed, today).await?;
                let freeze = freeze.clone();
                tokio::task::spawn_blocking(move || verify_panel(&freeze, &panel, &people)).await?
            }
        }
    }

    /// Every byte of a batch, its people, and every row decoded; returns the number of rows.
    async fn verify_batch(&self, reads: &mut Reads, row: &Batch) -> Result<u64, GateError> {
        let batch = self.inner.store.batch(&row.id)?;
        if batch.digest() != row.manifest_digest {
            return Err(GateError::Inconsistent(format!("batch `{}` is not the one registered", row.id)));
        }
        let keys = batch.manifest().samples.clone();
        let mut registered = reads.batch_samples(&row.id).await?;
        registered.sort_unstable();
        let mut held: Vec<i64> = keys.into_iter().filter(|key| *key != 0).collect();
        held.sort_unstable();
        if held != registered {
            return Err(GateError::Inconsistent(format!(
                "batch `{}` holds other samples than registered",
                row.id
            )));
        }
        tokio::task::spawn_blocking(move || {
            batch.check()?;
            let everybody = SampleSet::all(batch.samples());
            let mut scan = batch.calls(None, &everybody)?;
            let mut rows = 0;
            while let Some(chunk) = scan.next_rows()? {
                rows += chunk.len() as u64;
            }
            Ok::<u64, GateError>(rows)
        })
        .await?
    }
}

impl VerifyReport {
    fn add(&mut self, item: &Item, rows: u64) {
        let (items, all_rows) = match item {
            Item::Batch(_) => (&mut self.batches, &mut self.rows),
            Item::Census(_) => (&mut self.censuses, &mut self.census_sites),
            Item::Freeze(_) => (&mut self.freezes, &mut self.sites),
        };
        *items += 1;
        *all_rows += rows;
    }
}

async fn items(reads: &mut Reads) -> Result<Vec<Item>, GateError> {
    let mut items: Vec<Item> = reads.batches().await?.into_iter().map(Item::Batch).collect();
    items.extend(reads.censuses().await?.into_iter().map(Item::Census));
    items.extend(reads.freezes().await?.into_iter().map(Item::Freeze));
    Ok(items)
}

/// Whether an error may come of a file that a writer removed because the registry names another now.
fn may_be_swept(error: &GateError) -> bool {
    use StoreError::{Damaged, Io, Missing};
    matches!(error, GateError::Store(Missing { .. } | Damaged { .. } | Io { .. }))
}

/// Every byte of a census, and every count against the genotypes, unless consent or people have changed
/// since: then it is not used either.
fn verify_census(row: &Census, census: &StoredCensus, people: &People) -> Result<u64, GateError> {
    let manifest = census.manifest();
    if census.digest() != row.manifest_digest
        || manifest.batch != row.batch
        || manifest.assignment != row.assignment
    {
        return Err(GateError::Inconsistent(format!("census `{}` is not the one registered", row.id)));
    }
    census.check()?;
    let roll = people.roll();
    let open = people.batches.iter().find(|open| *open.batch.id() == row.batch);
    let Some(open) = open.filter(|open| roll.assignment(std::iter::once(*open)) == row.assignment) else {
        return Ok(manifest.rows);
    };
    let counted = roll.counted_in(open, |_| true)?;
    let wrong = |what: &str| GateError::Inconsistent(format!("census `{}`: {what}", row.id));
    if manifest.classes != counted.classes || manifest.people != counted.people {
        return Err(wrong("it counts other people than it says"));
    }
    let counted = [(open.batch.clone(), counted.of)];
    same_counts(census.rows(None)?, Counting::listed(&counted, None, Listing::Rows)?, wrong)
}

/// Every byte of a panel, and, unless somebody left since, every count against the genotypes.
fn verify_panel(freeze: &Freeze, panel: &Panel, people: &People) -> Result<u64, GateError> {
    panel.check()?;
    let wrong = |what: &str| GateError::Inconsistent(format!("release `{}`: {what}", freeze.name));
    if freeze.panel == freeze.first_panel && panel.digest() != freeze.digest {
        return Err(wrong("its panel is not the one frozen"));
    }
    if freeze.state == PanelState::Stale {
        return Ok(panel.manifest().rows);
    }
    let roll = people.roll();
    if panel.manifest().classes != roll.classes || panel.manifest().people != roll.people {
        return Err(wrong("it counts other people than it may"));
    }
    let mut batches = Vec::with_capacity(people.batches.len());
    for open in &people.batches {
        batches.push((open.batch.clone(), roll.classes_of(open)?));
    }
    same_counts(panel.rows(None)?, Counting::new(&batches, None)?, wrong)
}

/// Compares stored counts with those of genotypes; returns the number of sites.
fn same_counts(
    mut stored: PanelRows,
    mut counting: Counting<'_>,
    wrong: impl Fn(&str) -> GateError,
) -> Result<u64, GateError> {
    let mut sites = 0;
    while let Some(chunk) = stored.next_rows()? {
        for row in chunk {
            if counting.next_site()? != Some(row) {
                return Err(wrong("a count differs from its genotypes"));
            }
            sites += 1;
        }
    }
    match counting.next_site()? {
        None => Ok(sites),
        Some(_) => Err(wrong("a site of its genotypes is missing")),
    }
}
