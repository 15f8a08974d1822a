//! After withdrawals: genotypes erased from their batches, panels counted anew, old files removed.
//!
//! Every step can be repeated: a crash between two steps is mended by the next writer. Answers are
//! right throughout, because a stale panel is not read.

use crate::acts::census::Census;
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
use crate::lock::WriterLock;
use gj_model::{BatchId, SampleSet};
use gj_registry::{Batch, Freeze, PanelState, Withdrawal};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What one repair changed: for receipts.
#[derive(Default)]
struct Changes {
    batches: Vec<Value>,
    releases: BTreeMap<String, Value>,
}

impl Gate {
    /// Finishes what is left to do after withdrawals and sweeps files that nothing refers to. Returns
    /// how many withdrawals still wait, because they came while another writer had begun.
    ///
    /// # Errors
    /// [`GateError::Busy`] when another writer does not end in time; what the files say.
    pub async fn repair(&self) -> Result<usize, GateError> {
        self.as_writer(self.writer_wait_max(), async { Ok(()) }).await?;
        Ok(self.inner.registry.read().await?.unfinished_withdrawals().await?.len())
    }

    /// Repairs if a withdrawal waits and nobody is writing; whoever writes will repair, too.
    ///
    /// # Errors
    /// What the files say.
    pub async fn repair_waiting(&self) -> Result<(), GateError> {
        if self.inner.registry.read().await?.unfinished_withdrawals().await?.is_empty() {
            return Ok(());
        }
        match WriterLock::take(&self.inner.dir) {
            Ok(_lock) => self.repair_locked().await,
            Err(GateError::Busy(_)) => Ok(()),
            Err(other) => Err(other),
        }
    }

    /// Finishes and sweeps for a caller that holds the writer lock, until nobody waits any more.
    pub(crate) async fn repair_locked(&self) -> Result<(), GateError> {
        loop {
            let waiting = self.inner.registry.read().await?.unfinished_withdrawals().await?;
            // Somebody may leave while others are erased: those come in the next round.
            if waiting.is_empty() {
                break;
            }
            // What an interrupted ingest had read may hold their genotypes.
            self.inner.store.remove_spools()?;
            let mut changes = Changes::default();
            self.erase(&waiting, &mut changes).await?;
            self.recount(&mut changes).await?;
            self.finish(&waiting, &changes).await?;
        }
        self.sweep().await
    }

    async fn erase(&self, waiting: &[Withdrawal], changes: &mut Changes) -> Result<(), GateError> {
        let mut reads = self.inner.registry.read().await?;
        let mut gone: BTreeMap<BatchId, Vec<i64>> = BTreeMap::new();
        for withdrawal in waiting {
            let samples = reads.samples_of(withdrawal.person_key).await?;
            for batch in reads.batches_of_person(withdrawal.person_key).await? {
                gone.entry(batch).or_default().extend(&samples);
            }
        }
        drop(reads);
        for (id, samples) in gone {
            let batch = self.inner.store.batch(&id)?;
            let mut columns = SampleSet::none(batch.samples());
            let left = |key: &i64| samples.contains(key);
            batch
                .manifest()
                .samples
                .iter()
                .enumerate()
                .filter(|(_, key)| left(key))
                .for_each(|(c, _)| columns.insert(c));
            let (store, before) = (self.inner.store.clone(), batch.digest().to_owned());
            let seal = tokio::task::spawn_blocking(move || store.erase(&batch, &columns)).await??;
            let mut tx = self.inner.registry.begin().await?;
            let Some(row) = tx.batch(&id).await? else { return Err(GateError::Changed) };
            let rows = seal.manifest.rows;
            let new = Batch { id: seal.id.clone(), manifest_digest: seal.digest.clone(), rows, ..row };
            tx.replace_batches(std::slice::from_ref(&id), &new, &seal.manifest.samples).await?;
            let detail = json!({ "before": before, "after": seal.digest });
            let note = Note {
                actor: "system",
                act: "batch.erase",
                subject: id.as_str(),
                outcome: "done",
                detail: detail.clone(),
            };
            self.note(&mut tx, note).await?;
            self.commit(tx).await?;
            changes.batches.push(detail);
        }
        Ok(())
    }

    async fn recount(&self, changes: &mut Changes) -> Result<(), GateError> {
        let freezes = self.inner.registry.read().await?.freezes().await?;
        for freeze in freezes.into_iter().filter(|freeze| freeze.state == PanelState::Stale) {
            let detail = self.recount_one(&freeze).await?;
            changes.releases.insert(freeze.name.to_string(), detail);
        }
        Ok(())
    }

    async fn recount_one(&self, freeze: &Freeze) -> Result<Value, GateError> {
        let Census { seal, people, mut tx } = self.census(&freeze.batches).await?;
        tx.set_panel(&freeze.name, &seal.id, PanelState::Current).await?;
        let detail = json!({ "panel_before": freeze.panel, "panel_after": seal.id, "people_after": people });
        let note = Note {
            actor: "system",
            act: "release.recount",
            subject: freeze.name.as_str(),
            outcome: "done",
            detail: json!({ "panel_before": freeze.panel, "panel_after": seal.id }),
        };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        Ok(detail)
    }

    async fn finish(&self, waiting: &[Withdrawal], changes: &Changes) -> Result<(), GateError> {
        let mut tx = self.inner.registry.begin().await?;
        for withdrawal in waiting {
            let mut document = withdrawal.document.clone();
            document["state"] = json!("repaired");
            document["repaired"] = json!({
                "at": self.inner.clock.at(),
                "batches_rewritten": changes.batches,
                "releases_recounted": changes.releases,
            });
            tx.finish_withdrawal(&withdrawal.receipt, &document).await?;
            let detail = json!({ "batches": changes.batches.len(), "releases": changes.releases.len() });
            let note = Note {
                actor: "system",
                act: "withdrawal.repair",
                subject: &withdrawal.receipt,
                outcome: "done",
                detail,
            };
            self.note(&mut tx, note).await?;
        }
        self.commit(tx).await
    }

    /// Removes files that nothing refers to; the caller holds the writer lock.
    pub(crate) async fn sweep(&self) -> Result<(), GateError> {
        let mut reads = self.inner.registry.read().await?;
        let batches: Vec<_> = reads.batches().await?.into_iter().map(|batch| batch.id).collect();
        let panels: Vec<_> = reads.freezes().await?.into_iter().map(|freeze| freeze.panel).collect();
        drop(reads);
        self.inner.store.sweep(&batches, &panels)?;
        self.inner.store.sweep_spools()?;
        Ok(())
    }
}
