//! Compaction: batches as they came become fewer, smaller ones. Changes no answer.

use crate::ask::Asker;
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
use gj_model::{BatchId, FreezeName, InstitutionId};
use gj_registry::Batch;
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const ACT: &str = "store.compact";

/// What compaction did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CompactReport {
    /// Batches before and after, of those that were rewritten.
    pub batches_before: usize,
    /// Their successors.
    pub batches_after: usize,
    /// Bytes of their genotype files before.
    pub bytes_before: u64,
    /// Bytes after.
    pub bytes_after: u64,
}

/// Batches that may become one: of one institution and in exactly the same releases, because a release
/// counts everybody of its batches, and of one kind: an absent row means something else in a batch of gVCFs.
type Group = (InstitutionId, BTreeSet<FreezeName>, bool);

impl Gate {
    /// Rewrites batches that came in as haplotype-sorted ones, several as one where no release can tell.
    ///
    /// # Errors
    /// [`GateError::Busy`] when another writer does not end in time; a refusal; what the files say. What was rewritten before an error stays.
    pub async fn compact(&self, asker: &Asker) -> Result<CompactReport, GateError> {
        self.authorise(asker, ACT, "batches").await?;
        self.as_writer(self.writer_wait_max(), self.compact_all(asker)).await
    }

    async fn compact_all(&self, asker: &Asker) -> Result<CompactReport, GateError> {
        let mut report = CompactReport::default();
        for ((institution, ..), ids) in self.groups().await? {
            self.compact_group(asker, &institution, &ids, &mut report).await?;
        }
        self.sweep().await?;
        Ok(report)
    }

    async fn groups(&self) -> Result<BTreeMap<Group, Vec<BatchId>>, GateError> {
        let mut reads = self.inner.registry.read().await?;
        let freezes = reads.freezes().await?;
        let mut groups: BTreeMap<Group, Vec<BatchId>> = BTreeMap::new();
        for batch in reads.batches().await? {
            let holding = freezes.iter().filter(|freeze| freeze.batches.contains(&batch.id));
            let holding = holding.map(|freeze| freeze.name.clone()).collect();
            let is_gvcf = self.inner.store.batch(&batch.id)?.has_callability();
            groups.entry((batch.institution, holding, is_gvcf)).or_default().push(batch.id);
        }
        Ok(groups)
    }

    async fn compact_group(
        &self,
        asker: &Asker,
        institution: &InstitutionId,
        ids: &[BatchId],
        report: &mut CompactReport,
    ) -> Result<(), GateError> {
        let mut batches = Vec::with_capacity(ids.len());
        for id in ids {
            batches.push(self.inner.store.batch(id)?);
        }
        if batches.len() == 1 && batches[0].is_sorted() {
            return Ok(());
        }
        let before: u64 = batches.iter().map(|batch| batch.manifest().genotype_bytes()).sum();
        let (store, of) = (self.inner.store.clone(), institution.clone());
        let seal = tokio::task::spawn_blocking(move || store.compact(&of, &batches)).await??;
        let mut tx = self.inner.registry.begin().await?;
        let Some(first) = tx.batch(&ids[0]).await? else { return Err(GateError::Changed) };
        let new = Batch {
            id: seal.id.clone(),
            manifest_digest: seal.digest.clone(),
            samples: seal.manifest.samples.len() as u64,
            rows: seal.manifest.rows,
            ..first
        };
        tx.replace_batches(ids, &new, &seal.manifest.samples).await?;
        let detail = json!({ "batches": ids.len(), "digest": seal.digest });
        let note = Note { actor: asker.name(), act: ACT, subject: seal.id.as_str(), outcome: "done", detail };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        report.batches_before += ids.len();
        report.batches_after += 1;
        report.bytes_before += before;
        report.bytes_after += seal.manifest.genotype_bytes();
        Ok(())
    }
}
