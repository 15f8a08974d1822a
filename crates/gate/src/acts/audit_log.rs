//! The audit log: checking it, and handing it to an auditor.

use crate::ask::Asker;
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
use gj_registry::anchor;
use serde::Serialize;
use serde_json::json;
use std::io::Write;

const ACT: &str = "audit.read";

/// A checked log.
#[derive(Debug, Clone, Serialize)]
pub struct AuditReport {
    /// Lines.
    pub lines: i64,
    /// Hash of the last line: write it down, and any later change of what is before it shows.
    pub head: String,
}

impl Gate {
    /// Checks the chain and that it still holds the anchored line. Changes nothing.
    ///
    /// # Errors
    /// Names the first line that is not as it was written, or says that lines are missing at the end.
    pub async fn verify_audit(&self) -> Result<AuditReport, GateError> {
        let anchored = anchor::read(&self.anchor_path())?;
        if anchored.is_none() {
            // Every directory has one since `init`: without it a shortened log would pass.
            let what = "`audit.head` is missing, so that lines cut from the end of the log would not show";
            return Err(GateError::Inconsistent(what.to_owned()));
        }
        let verified = self.inner.registry.read().await?.verify_audit(anchored.as_ref()).await?;
        Ok(AuditReport { lines: verified.lines, head: verified.head.hash })
    }

    /// Writes the log as JSON lines, for an outsider to check with `sha256sum` alone.
    ///
    /// # Errors
    /// A refusal; when the log cannot be read or written out.
    pub async fn export_audit(&self, asker: &Asker, out: &mut (impl Write + Send)) -> Result<(), GateError> {
        self.authorise(asker, ACT, "audit log").await?;
        let mut tx = self.inner.registry.begin().await?;
        let note = Note {
            actor: asker.name(),
            act: ACT,
            subject: "audit log",
            outcome: "exported",
            detail: json!({}),
        };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        self.inner.registry.read().await?.export_audit(out).await?;
        Ok(())
    }
}
