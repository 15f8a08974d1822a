//! Checking a whole data directory: every byte against its digest, every number against its genotypes.

use crate::acts::members::Members;
use crate::error::GateError;
use crate::gate::Gate;
use gj_model::SampleSet;
use gj_registry::{Batch, Freeze, PanelState, Reads};
use gj_store::{Counting, Panel, StoreError};
use serde::Serialize;
use std::collections::BTreeSet;

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
    /// Withdrawals whose removal from the disk is still to be done; answers leave them out already.
    pub withdrawals_to_repair: u64,
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
        report.withdrawals_to_repair =
            self.inner.registry.read().await?.unfinished_withdrawals().await?.len() as u64;
        self.verify_batches(&mut report).await?;
        self.verify_freezes(&mut report).await?;
        Ok(report)
    }

    /// Checks every batch. One that a writer replaced and swept meanwhile is left to its successor.
    async fn verify_batches(&self, report: &mut VerifyReport) -> Result<(), GateError> {
        let mut checked = BTreeSet::new();
        for _ in 0..ROUNDS_MAX {
            let mut reads = self.inner.registry.read().await?;
            let mut replaced = false;
            for row in reads.batches().await? {
                if checked.contains(&row.id) {
                    continue;
                }
                match self.verify_batch(&mut reads, &row).await {
                    Ok(rows) => {
                        report.rows += rows;
                        report.batches += 1;
                        checked.insert(row.id);
                    }
                    Err(error) if may_be_swept(&error) => {
                        if self.inner.registry.read().await?.batch(&row.id).await?.is_some() {
                            return Err(error);
                        }
                        replaced = true;
                    }
                    Err(error) => return Err(error),
                }
            }
            if !replaced {
                return Ok(());
            }
        }
        Err(GateError::Busy(self.inner.dir.clone()))
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

    /// Checks every release. One that was recounted, or whose batches were replaced, meanwhile is
    /// checked again as it is now.
    async fn verify_freezes(&self, report: &mut VerifyReport) -> Result<(), GateError> {
        let mut checked = BTreeSet::new();
        for _ in 0..ROUNDS_MAX {
            let mut reads = self.inner.registry.read().await?;
            let mut replaced = false;
            for freeze in reads.freezes().await? {
                if checked.contains(&freeze.name) {
                    continue;
                }
                match self.verify_freeze(&mut reads, &freeze).await {
                    Ok(sites) => {
                        report.sites += sites;
                        report.freezes += 1;
                        checked.insert(freeze.name);
                    }
                    Err(error) if may_be_swept(&error) => {
                        if self.inner.registry.read().await?.freeze(&freeze.name).await? == Some(freeze) {
                            return Err(error);
                        }
                        replaced = true;
                    }
                    Err(error) => return Err(error),
                }
            }
            if !replaced {
                return Ok(());
            }
        }
        Err(GateError::Busy(self.inner.dir.clone()))
    }

    async fn verify_freeze(&self, reads: &mut Reads, freeze: &Freeze) -> Result<u64, GateError> {
        let panel = self.inner.store.panel(&freeze.panel)?;
        let today = self.inner.clock.today();
        let members = Members::of(&self.inner.store, reads, &freeze.batches, today).await?;
        let freeze = freeze.clone();
        tokio::task::spawn_blocking(move || verify_panel(&freeze, &panel, &members)).await?
    }
}

/// Whether an error may come of a file that a writer removed because the registry names another now.
fn may_be_swept(error: &GateError) -> bool {
    use StoreError::{Damaged, Io, Missing};
    matches!(error, GateError::Store(Missing { .. } | Damaged { .. } | Io { .. }))
}

/// Every byte of a panel, and, unless somebody left since, every count against the genotypes.
fn verify_panel(freeze: &Freeze, panel: &Panel, members: &Members) -> Result<u64, GateError> {
    panel.check()?;
    let wrong = |what: &str| Err(GateError::Inconsistent(format!("release `{}`: {what}", freeze.name)));
    if freeze.panel == freeze.first_panel && panel.digest() != freeze.digest {
        return wrong("its panel is not the one frozen");
    }
    if freeze.state == PanelState::Stale {
        return Ok(panel.manifest().rows);
    }
    if panel.manifest().classes != members.classes || panel.manifest().people != members.people {
        return wrong("it counts other people than it may");
    }
    let mut counting = Counting::new(&members.batches, None)?;
    let mut rows = panel.rows(None)?;
    let mut sites = 0;
    while let Some(chunk) = rows.next_rows()? {
        for row in chunk {
            if counting.next_site()? != Some(row) {
                return wrong("a count differs from its genotypes");
            }
            sites += 1;
        }
    }
    if counting.next_site()?.is_some() {
        return wrong("a site of its genotypes is missing");
    }
    Ok(sites)
}
