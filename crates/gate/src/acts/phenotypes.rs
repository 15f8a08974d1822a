//! Taking in what a contributing institution knows of its participants, as terms of loaded vocabularies.

use crate::ask::Asker;
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
use crate::people::term_in_use;
use gj_model::InstitutionId;
use gj_ontology::{Library, MatchKind, Standing};
pub use gj_registry::PhenotypeReport;
use gj_registry::{PhenotypeFile, TermCheck};
use serde_json::json;
use std::collections::HashMap;
use std::sync::atomic::Ordering;

const ACT: &str = "phenotypes.import";

impl Gate {
    /// Takes a whole file of phenotypes and diagnoses in, or nothing of it: a table or GA4GH phenopackets.
    /// What it says of a participant stands for all that was known of them. The same file again changes
    /// nothing and leaves no line.
    ///
    /// `name` is the file's name for error messages, `bytes` its content.
    ///
    /// # Errors
    /// Every problem of the file with its place; a refusal.
    pub async fn import_phenotypes(
        &self,
        asker: &Asker,
        institution: &InstitutionId,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<PhenotypeReport, GateError> {
        self.authorise_for(asker, ACT, institution).await?;
        let library = self.library().await?;
        let file_name = name.to_owned();
        let read = move || {
            let elsewhere = elsewhere(&library);
            PhenotypeFile::parse(&bytes, &file_name, |id| check(&library, &elsewhere, id))
        };
        let file = tokio::task::spawn_blocking(read).await??;
        let mut tx = self.inner.registry.begin().await?;
        let report = tx.import_phenotypes(institution, &file, &self.inner.clock.at()).await?;
        if report.added + report.replaced == 0 {
            return Ok(report);
        }
        let detail = json!({
            "participants": report.participants,
            "added": report.added,
            "replaced": report.replaced,
            "terms": report.terms,
            "file": file.digest(),
        });
        let note =
            Note { actor: asker.name(), act: ACT, subject: institution.as_str(), outcome: "done", detail };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        // What was corrected must not stay readable in the database's log; the next repair empties it if a
        // reader is in the way now.
        if report.replaced > 0 {
            self.inner.log_holds_old_rows.store(true, Ordering::Relaxed);
            if self.inner.registry.empty_log().await? {
                self.inner.log_holds_old_rows.store(false, Ordering::Relaxed);
            }
        }
        Ok(report)
    }
}

/// Terms that ids of vocabularies which are not loaded are the same as: `OMIM:` in MONDO. An id that two terms
/// claim is none's.
fn elsewhere(library: &Library) -> HashMap<String, Option<String>> {
    let mut found: HashMap<String, Option<String>> = HashMap::new();
    for term in library.terms().filter(|term| !term.obsolete) {
        for same in term.matches.iter().filter(|same| same.kind == MatchKind::Exact) {
            let claim = found.entry(same.id.clone()).or_insert_with(|| Some(term.id.clone()));
            if claim.as_ref() != Some(&term.id) {
                *claim = None;
            }
        }
    }
    found
}

fn check(library: &Library, elsewhere: &HashMap<String, Option<String>>, id: &str) -> TermCheck {
    if library.standing(id) == Standing::NotLoaded
        && let Some(Some(same)) = elsewhere.get(id)
    {
        return TermCheck::Means(same.clone());
    }
    match term_in_use(library, id) {
        Ok(now) if now == id => TermCheck::Known,
        // An old id with one successor: whoever wrote it decides whether the successor is meant.
        Ok(now) => TermCheck::Refused(format!("`{id}` was replaced; write `{now}`")),
        Err(what) => TermCheck::Refused(what),
    }
}
