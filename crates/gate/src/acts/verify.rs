//! Checking a whole data directory: every byte against its digest, every number against its genotypes.

use crate::acts::members::Members;
use crate::error::GateError;
use crate::gate::Gate;
use gj_model::SampleSet;
use gj_registry::{Freeze, PanelState};
use gj_store::{Counting, Panel};
use serde::Serialize;

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
        let mut reads = self.inner.registry.read().await?;
        report.withdrawals_to_repair = reads.unfinished_withdrawals().await?.len() as u64;
        for row in reads.batches().await? {
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
            report.rows += tokio::task::spawn_blocking(move || {
                batch.check()?;
                let everybody = SampleSet::all(batch.samples());
                let mut scan = batch.calls(None, &everybody)?;
                let mut rows = 0;
                while let Some(chunk) = scan.next_rows()? {
                    rows += chunk.len() as u64;
                }
                Ok::<u64, GateError>(rows)
            })
            .await??;
            report.batches += 1;
        }
        for freeze in reads.freezes().await? {
            let panel = self.inner.store.panel(&freeze.panel)?;
            let members =
                Members::of(&self.inner.store, &mut reads, &freeze.batches, self.inner.clock.today()).await?;
            report.sites +=
                tokio::task::spawn_blocking(move || verify_panel(&freeze, &panel, &members)).await??;
            report.freezes += 1;
        }
        Ok(report)
    }
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
