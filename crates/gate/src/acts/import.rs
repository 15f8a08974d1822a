//! Registering the people and samples of a contributing institution.

use crate::ask::Asker;
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
use gj_model::InstitutionId;
use gj_registry::{ImportReport, Sheet};
use serde_json::json;

const ACT: &str = "samples.import";

impl Gate {
    /// Registers a whole sample sheet, or nothing of it. The institution is made if it is new.
    ///
    /// `name` is the sheet's name for error messages, `bytes` its content.
    ///
    /// # Errors
    /// Every problem of the sheet with line and column; a refusal.
    pub async fn import_samples(
        &self,
        asker: &Asker,
        institution: &InstitutionId,
        name: &str,
        bytes: &[u8],
    ) -> Result<ImportReport, GateError> {
        self.authorise_for(asker, ACT, institution).await?;
        if institution.as_str() == "all" {
            return Err(GateError::Reserved);
        }
        let sheet = Sheet::parse(bytes, name)?;
        let mut tx = self.inner.registry.begin().await?;
        let report = tx.import_sheet(institution, &sheet, &self.inner.clock.at()).await?;
        let detail = json!({
            "samples": report.samples,
            "participants": report.participants,
            "already": report.already,
        });
        let note =
            Note { actor: asker.name(), act: ACT, subject: institution.as_str(), outcome: "done", detail };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        Ok(report)
    }
}
