//! After withdrawals: releases counted without who left, genotypes erased, old files removed. After changes
//! of mind: releases and censuses counted with what is allowed still.
//!
//! Every step can be repeated: a crash between two steps is mended by the next writer. Answers are
//! right throughout, because a stale panel is not read as it is.

use crate::acts::census::{self, CountedPanel};
use crate::acts::members::Allowed;
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
use crate::lock::WriterLock;
use gj_model::{BatchId, SampleSet, ScopeItem};
use gj_registry::{Batch, Census, ConsentChange, Freeze, PanelState, Reads, Tx, Withdrawal};
use gj_store::Batch as StoredBatch;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// What is still to be repaired.
struct Waiting {
    withdrawals: Vec<Withdrawal>,
    changes: Vec<ConsentChange>,
}

impl Waiting {
    async fn read(reads: &mut Reads) -> Result<Waiting, GateError> {
        let withdrawals = reads.unfinished_withdrawals().await?;
        Ok(Waiting { withdrawals, changes: reads.unfinished_changes().await? })
    }

    /// Whether somebody's genotypes may no longer be read at all.
    fn takes_people_out(&self) -> bool {
        !self.withdrawals.is_empty() || self.changes.iter().any(|c| !c.after.allows(ScopeItem::Research))
    }

    fn len(&self) -> usize {
        self.withdrawals.len() + self.changes.len()
    }
}

/// The samples of a batch that are to be erased from it, and whose receipts say so.
#[derive(Default)]
struct Gone {
    samples: Vec<i64>,
    receipts: Vec<String>,
}

impl Gate {
    /// Finishes what is left to do after withdrawals and changes of consent, and sweeps files that nothing
    /// refers to. Returns how many still wait, because they came while another writer had begun.
    ///
    /// # Errors
    /// [`GateError::Busy`] when another writer does not end in time; what the files say.
    pub async fn repair(&self) -> Result<usize, GateError> {
        self.as_writer(self.writer_wait_max(), async { Ok(()) }).await?;
        Ok(Waiting::read(&mut self.inner.registry.read().await?).await?.len())
    }

    /// Repairs if a withdrawal or a change waits and nobody is writing; whoever writes will repair, too.
    ///
    /// # Errors
    /// What the files say.
    pub async fn repair_waiting(&self) -> Result<(), GateError> {
        if Waiting::read(&mut self.inner.registry.read().await?).await?.len() == 0 {
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
        self.lapse_due().await?;
        loop {
            let waiting = Waiting::read(&mut self.inner.registry.read().await?).await?;
            // Somebody may leave while others are erased: those come in the next round.
            if waiting.len() == 0 {
                break;
            }
            // What an interrupted ingest had read may hold their genotypes.
            if waiting.takes_people_out() {
                self.inner.store.remove_spools()?;
            }
            // First releases, while the calls that are to be taken away from them are still there.
            self.recount(&waiting).await?;
            self.erase(&waiting.withdrawals).await?;
            self.move_in_censuses(&waiting.changes).await?;
            self.finish(&waiting.withdrawals).await?;
            self.finish_changes(&waiting.changes).await?;
            self.sweep().await?;
            self.inner.log_holds_old_rows.store(true, Ordering::Relaxed);
        }
        self.empty_log().await?;
        self.sweep().await
    }

    /// Deleted rows are overwritten in the registry; their copies in its write-ahead log go with the log.
    async fn empty_log(&self) -> Result<(), GateError> {
        if self.inner.log_holds_old_rows.load(Ordering::Relaxed) && self.inner.registry.empty_log().await? {
            self.inner.log_holds_old_rows.store(false, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Writes each batch with people who left anew without them, and its census with it.
    async fn erase(&self, waiting: &[Withdrawal]) -> Result<(), GateError> {
        let mut reads = self.inner.registry.read().await?;
        let mut gone: BTreeMap<BatchId, Gone> = BTreeMap::new();
        for withdrawal in waiting {
            let samples = reads.samples_of(withdrawal.person_key).await?;
            for batch in reads.batches_of_person(withdrawal.person_key).await? {
                let gone = gone.entry(batch).or_default();
                gone.samples.extend(&samples);
                gone.receipts.push(withdrawal.receipt.clone());
            }
        }
        drop(reads);
        for (id, gone) in gone {
            self.erase_from(&id, &gone).await?;
        }
        Ok(())
    }

    async fn erase_from(&self, id: &BatchId, gone: &Gone) -> Result<(), GateError> {
        let batch = self.inner.store.batch(id)?;
        let mut columns = SampleSet::none(batch.samples());
        let keys = batch.manifest().samples.iter().enumerate();
        keys.filter(|(_, key)| gone.samples.contains(key)).for_each(|(column, _)| columns.insert(column));
        let (store, before) = (self.inner.store.clone(), batch.digest().to_owned());
        let seal = tokio::task::spawn_blocking(move || store.erase(&batch, &columns)).await??;
        let (old, new) = self.decrement(id, &self.inner.store.batch(&seal.id)?).await?;
        let mut tx = self.inner.registry.begin().await?;
        let Some(row) = tx.batch(id).await? else { return Err(GateError::Changed) };
        let rows = seal.manifest.rows;
        let replaced = Batch { id: seal.id.clone(), manifest_digest: seal.digest.clone(), rows, ..row };
        tx.replace_batches(std::slice::from_ref(id), &replaced, &seal.manifest.samples).await?;
        if let Some(census) = &new {
            tx.set_census(census).await?;
        }
        let detail = json!({
            "before": before,
            "after": seal.digest,
            "census_before": old.map(|census| census.manifest_digest),
            "census_after": new.map(|census| census.manifest_digest),
        });
        for receipt in &gone.receipts {
            tx.add_repair_step(receipt, &json!({ "batch": detail })).await?;
        }
        self.note_system(&mut tx, "batch.erase", id.as_str(), detail).await?;
        self.commit(tx).await
    }

    /// The census of a batch, if there is one, and that of the same batch as written anew, without those who
    /// left and with who changed their mind where they are now.
    async fn decrement(
        &self,
        id: &BatchId,
        erased: &StoredBatch,
    ) -> Result<(Option<Census>, Option<Census>), GateError> {
        let mut reads = self.inner.registry.read().await?;
        let old = reads.censuses().await?.into_iter().find(|census| census.batch == *id);
        let Some(old) = old else { return Ok((None, None)) };
        // A person is counted once over all batches: who else is counted here depends on all of them.
        let everything: Vec<_> = reads.batches().await?.into_iter().map(|batch| batch.id).collect();
        let stock = self.stock(&mut reads, &everything, Allowed::Now).await?;
        drop(reads);
        let consents = stock.span().until;
        let (store, id, of) = (self.inner.store.clone(), id.clone(), erased.id().clone());
        let seal = tokio::task::spawn_blocking(move || {
            let Some((merge, assignment)) = stock.plan_census(&store, &[id])? else { return Ok(None) };
            Ok::<_, GateError>(Some(store.stage_census(&of, &assignment, &merge)?.publish()?))
        });
        // A census that cannot be read is not needed: the next release counts the batch again.
        let new = match seal.await? {
            Ok(seal) => seal.map(|seal| census::row(seal, consents)),
            Err(error) => {
                tracing::warn!(%error, "a census is left out; its batch is counted again when needed");
                None
            }
        };
        Ok((Some(old), new))
    }

    async fn recount(&self, waiting: &Waiting) -> Result<(), GateError> {
        let freezes = self.inner.registry.read().await?.freezes().await?;
        for freeze in freezes.into_iter().filter(|freeze| freeze.state == PanelState::Stale) {
            self.recount_one(&freeze, waiting).await?;
        }
        Ok(())
    }

    async fn recount_one(&self, freeze: &Freeze, waiting: &Waiting) -> Result<(), GateError> {
        let allowed = Allowed::Since(freeze.consents);
        let counted = self.count_panel(&freeze.batches, allowed).await?;
        let CountedPanel { seal, assignment, people, consents, mut tx } = counted;
        tx.set_panel(&freeze.name, &seal.id, &assignment, consents).await?;
        let detail = json!({ "panel_before": freeze.panel, "panel_after": seal.id, "people_after": people });
        let step = json!({ "release": freeze.name, "detail": detail });
        for withdrawal in &waiting.withdrawals {
            if tx.freezes_of_person(withdrawal.person_key).await?.contains(&freeze.name) {
                tx.add_repair_step(&withdrawal.receipt, &step).await?;
            }
        }
        for change in &waiting.changes {
            let releases = change.document["releases"].as_array().into_iter().flatten();
            if releases.filter_map(Value::as_str).any(|name| name == freeze.name.as_str()) {
                tx.add_change_step(&change.receipt, &step).await?;
            }
        }
        let detail = json!({ "panel_before": freeze.panel, "panel_after": seal.id });
        self.note_system(&mut tx, "release.recount", freeze.name.as_str(), detail).await?;
        self.commit(tx).await
    }

    async fn finish(&self, waiting: &[Withdrawal]) -> Result<(), GateError> {
        if waiting.is_empty() {
            return Ok(());
        }
        let mut tx = self.inner.registry.begin().await?;
        for withdrawal in waiting {
            let (mut batches, mut releases) = (Vec::new(), Map::new());
            // A step done before a crash is listed like one done after it.
            for step in tx.repair_steps(&withdrawal.receipt).await? {
                match (step.get("batch"), step["release"].as_str()) {
                    (Some(batch), _) => batches.push(batch.clone()),
                    (None, Some(release)) => {
                        drop(releases.insert(release.to_owned(), step["detail"].clone()))
                    }
                    (None, None) => {}
                }
            }
            let detail = json!({ "batches": batches.len(), "releases": releases.len() });
            let mut document = withdrawal.document.clone();
            document["state"] = json!("repaired");
            document["repaired"] = json!({
                "at": self.inner.clock.at(),
                "batches_rewritten": batches,
                "releases_recounted": releases,
            });
            tx.finish_withdrawal(&withdrawal.receipt, &document).await?;
            tx.forget_person(withdrawal.person_key).await?;
            self.note_system(&mut tx, "withdrawal.repair", &withdrawal.receipt, detail).await?;
        }
        self.commit(tx).await
    }

    /// Brings the censuses of batches with people who changed their mind up to date, so that the next
    /// release finds them as they are. Nothing is erased.
    async fn move_in_censuses(&self, changes: &[ConsentChange]) -> Result<(), GateError> {
        let mut batches: BTreeMap<BatchId, Vec<&str>> = BTreeMap::new();
        let mut reads = self.inner.registry.read().await?;
        for change in changes.iter().filter(|c| c.before.for_counting() != c.after.for_counting()) {
            for batch in reads.batches_of_person(change.person_key).await? {
                batches.entry(batch).or_default().push(&change.receipt);
            }
        }
        drop(reads);
        for (id, receipts) in batches {
            let (old, new) = self.decrement(&id, &self.inner.store.batch(&id)?).await?;
            let (Some(old), Some(new)) = (old, new) else { continue };
            if old.assignment == new.assignment {
                continue;
            }
            let mut tx = self.inner.registry.begin().await?;
            tx.set_census(&new).await?;
            let detail = json!({
                "census_before": old.manifest_digest,
                "census_after": new.manifest_digest,
            });
            for receipt in receipts {
                tx.add_change_step(receipt, &json!({ "census": detail })).await?;
            }
            self.note_system(&mut tx, "census.recount", id.as_str(), detail).await?;
            self.commit(tx).await?;
        }
        Ok(())
    }

    async fn finish_changes(&self, changes: &[ConsentChange]) -> Result<(), GateError> {
        if changes.is_empty() {
            return Ok(());
        }
        let mut tx = self.inner.registry.begin().await?;
        for change in changes {
            let (mut censuses, mut releases) = (Vec::new(), Map::new());
            for step in tx.change_steps(&change.receipt).await? {
                match (step.get("census"), step["release"].as_str()) {
                    (Some(census), _) => censuses.push(census.clone()),
                    (None, Some(release)) => {
                        drop(releases.insert(release.to_owned(), step["detail"].clone()))
                    }
                    (None, None) => {}
                }
            }
            let detail = json!({ "censuses": censuses.len(), "releases": releases.len() });
            let mut document = change.document.clone();
            document["state"] = json!("repaired");
            document["repaired"] = json!({
                "at": self.inner.clock.at(),
                "censuses_recounted": censuses,
                "releases_recounted": releases,
            });
            tx.finish_change(&change.receipt, &document).await?;
            self.note_system(&mut tx, "consent.repair", &change.receipt, detail).await?;
        }
        self.commit(tx).await
    }

    async fn note_system(
        &self,
        tx: &mut Tx,
        act: &'static str,
        subject: &str,
        detail: Value,
    ) -> Result<(), GateError> {
        self.note(tx, Note { actor: "system", act, subject, outcome: "done", detail }).await.map(drop)
    }

    /// Removes files that nothing refers to; the caller holds the writer lock.
    pub(crate) async fn sweep(&self) -> Result<(), GateError> {
        let mut reads = self.inner.registry.read().await?;
        let batches: Vec<_> = reads.batches().await?.into_iter().map(|batch| batch.id).collect();
        let censuses: Vec<_> = reads.censuses().await?.into_iter().map(|census| census.id).collect();
        let panels: Vec<_> = reads.freezes().await?.into_iter().map(|freeze| freeze.panel).collect();
        let sets: Vec<_> = reads.annotation_sets().await?.into_iter().map(|set| set.id).collect();
        drop(reads);
        self.inner.store.sweep(&batches, &censuses, &panels, &sets)?;
        self.inner.store.sweep_spools()?;
        Ok(())
    }
}
