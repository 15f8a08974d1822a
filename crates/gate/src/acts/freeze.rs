//! Freezing a release: a named, citable panel counted from every batch there is.

use crate::acts::census::CountedPanel;
use crate::acts::members::Allowed;
use crate::ask::Asker;
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
use gj_model::FreezeName;
use gj_registry::NewFreeze;
use serde::Serialize;
use serde_json::json;

const ACT: &str = "release.freeze";

/// What a freeze says of itself.
#[derive(Debug, Clone, Serialize)]
pub struct FreezeReport {
    /// Name.
    pub freeze: FreezeName,
    /// Citable digest: the same people and genotypes give the same digest.
    pub digest: String,
    /// People counted.
    pub people: u64,
    /// Variants counted.
    pub variants: u64,
    /// Batches counted.
    pub batches: usize,
}

impl Gate {
    /// Freezes a release from all batches.
    ///
    /// # Errors
    /// [`GateError::FreezeExists`], [`GateError::NothingToFreeze`], [`GateError::Busy`], a refusal, or
    /// what the files say. Nothing half-made stays visible.
    pub async fn freeze(&self, asker: &Asker, name: &FreezeName) -> Result<FreezeReport, GateError> {
        self.authorise(asker, ACT, name.as_str()).await?;
        self.as_writer(self.writer_wait_max(), self.count_release(asker, name)).await
    }

    async fn count_release(&self, asker: &Asker, name: &FreezeName) -> Result<FreezeReport, GateError> {
        if self.inner.registry.read().await?.freeze(name).await?.is_some() {
            return Err(GateError::FreezeExists(name.clone()));
        }
        let batches = self.inner.registry.read().await?.batches().await?;
        let batches: Vec<_> = batches.into_iter().map(|batch| batch.id).collect();
        if batches.is_empty() {
            return Err(GateError::NothingToFreeze);
        }
        let CountedPanel { seal, assignment, people, consents, mut tx } =
            self.count_panel(&batches, Allowed::Now).await?;
        let report = FreezeReport {
            freeze: name.clone(),
            digest: seal.digest.clone(),
            people,
            variants: seal.manifest.rows,
            batches: batches.len(),
        };
        let freeze = NewFreeze {
            name: name.clone(),
            panel: seal.id,
            digest: seal.digest,
            created_at: self.inner.clock.at(),
            people,
            variants: seal.manifest.rows,
            assignment,
            consents,
            batches,
        };
        tx.insert_freeze(&freeze).await?;
        let annotation = self.first_layer(&mut tx, name, &freeze.created_at).await?;
        let detail = json!({
            "digest": report.digest,
            "people": people,
            "variants": report.variants,
            "batches": report.batches,
            "annotation": annotation,
        });
        let note = Note { actor: asker.name(), act: ACT, subject: name.as_str(), outcome: "done", detail };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        Ok(report)
    }
}
