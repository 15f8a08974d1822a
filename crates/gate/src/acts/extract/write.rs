//! Writing an approved extract: the same decision as for a question about frequencies, and genotypes of
//! exactly the people it allows.

use super::files::OutputFiles;
use super::people::{self, People};
use super::{WRITE, places};
use crate::acts::members;
use crate::ask::Asker;
use crate::audit::{Note, bounded};
use crate::error::{GateError, Refusal};
use crate::gate::Gate;
use crate::release::closed;
use gj_export::{Format, Heading, Losses, Row, Writer};
use gj_model::{ExtractId, Purpose, Region, Scope};
use gj_policy::{Decision, ExtractFact, Step};
use gj_registry::{Extract, Freeze, Writing};
use gj_store::{Extraction, StoreError};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How often an extract is begun again because somebody left while it was written.
const ROUNDS_MAX: usize = 5;

/// An extract to be written.
#[derive(Debug, Clone)]
pub struct WriteRequest {
    /// Which.
    pub extract: ExtractId,
    /// How.
    pub format: Format,
    /// Where: file names without their suffixes.
    pub prefix: PathBuf,
    /// What for, if it is stated again; `None`: what was approved.
    pub purpose: Option<Purpose>,
}

/// A written extract.
#[derive(Debug, Clone, Serialize)]
pub struct WriteReport {
    /// Which.
    pub extract: ExtractId,
    /// How.
    pub format: String,
    /// People in it.
    pub people: u64,
    /// Sites in it.
    pub sites: u64,
    /// BLAKE3 digest of each file, by suffix.
    pub files: BTreeMap<String, String>,
    /// Calls that the format says as missing: not recorded for the person.
    pub absent_as_missing: u64,
    /// Calls that the format says as missing: one allele known, the other not.
    pub half_as_missing: u64,
    /// Heterozygous calls whose phase the format does not keep.
    pub phase_not_kept: u64,
    /// Calls whose number of copies the format takes from sex and place.
    pub ploidy_not_kept: u64,
}

/// What the decision allows to be written.
struct Permit {
    extract: Extract,
    freeze: Freeze,
    people: People,
    needs_scope: Scope,
    /// Datasets of which nobody is in it, as the audit line tells them.
    left_out: String,
    /// Withdrawals so far: one more when the files are whole, and they are written again.
    withdrawals: u64,
}

/// What was written.
struct Content {
    sites: u64,
    losses: Losses,
    digests: BTreeMap<String, String>,
}

impl Gate {
    /// Writes an extract for its recipient.
    ///
    /// The audit line is committed before the files get their names: a crash in between leaves a line
    /// too many and never a file too many.
    ///
    /// # Errors
    /// [`GateError::Refused`] with every reason; [`GateError::TargetExists`]; what the files say. Nothing
    /// of the extract stays.
    pub async fn write_extract(
        &self,
        asker: &Asker,
        request: &WriteRequest,
    ) -> Result<WriteReport, GateError> {
        for _ in 0..ROUNDS_MAX {
            match self.write_once(asker, request).await {
                // Batches were replaced between the registry and their files, or somebody left.
                Err(GateError::Store(StoreError::Missing { .. }) | GateError::Changed) => {}
                done => return done,
            }
        }
        Err(GateError::Changed)
    }

    async fn write_once(&self, asker: &Asker, request: &WriteRequest) -> Result<WriteReport, GateError> {
        let permit = self.permit(asker, request).await?;
        let files = OutputFiles::create(&request.prefix, request.format)?;
        let format = request.format;
        let (permit, files, content) = tokio::task::spawn_blocking(move || {
            let content = write_files(&permit, format, &files)?;
            Ok::<_, GateError>((permit, files, content))
        })
        .await??;
        self.record_writing(asker, &permit, format, &content).await?;
        files.publish()?;
        Ok(WriteReport {
            extract: permit.extract.id,
            format: format.to_string(),
            people: permit.people.columns.len() as u64,
            sites: content.sites,
            files: content.digests,
            absent_as_missing: content.losses.absent_as_missing,
            half_as_missing: content.losses.half_as_missing,
            phase_not_kept: content.losses.phase,
            ploidy_not_kept: content.losses.ploidy,
        })
    }

    /// Asks the policy, with the facts of one moment.
    async fn permit(&self, asker: &Asker, request: &WriteRequest) -> Result<Permit, GateError> {
        let mut reads = self.inner.registry.read().await?;
        let extract = reads.extract(&request.extract).await?;
        // Another's approval is to the asker as if there were none.
        let extract = extract.filter(|extract| asker.user.as_ref() == Some(&extract.recipient));
        let mut facts = self.facts(&mut reads, asker, WRITE).await?;
        let approved = extract.as_ref().map(|extract| &extract.purpose);
        let purpose = request.purpose.as_ref().or(approved);
        if let Some(purpose) = purpose {
            facts.purpose = Some(self.purpose_fact(&mut reads, purpose).await?);
        }
        let granted = match &extract {
            Some(extract) => self.grant_holds(&mut reads, &extract.id, &extract.recipient).await?,
            None => true,
        };
        facts.extract = extract.as_ref().map(|extract| ExtractFact {
            recipient: Some(extract.recipient.to_string()),
            revoked: extract.revoked_at.is_some() || !granted,
            valid_to: extract.valid_to,
            same_purpose: purpose == Some(&extract.purpose),
        });
        // The approval is the committee's opinion and the head's decision in one.
        facts.done = vec![Step::Committee, Step::Head];
        self.add_datasets(&mut reads, &mut facts).await?;
        let mut sight = facts.sight();
        let needs_scope = facts.needed_scope();
        let withdrawals = reads.withdrawal_count().await?;
        let mut permitted = None;
        // Nobody is looked up for a request that is refused anyway.
        if let (Some(extract), Decision::Allow(_)) = (extract, &sight.decision) {
            let freeze = reads.freeze(&extract.freeze).await?.ok_or(GateError::Changed)?;
            let secret = reads.extract_secret(&extract.id).await?;
            let today = self.inner.clock.today();
            let open = members::People::of(&self.inner.store, &mut reads, &freeze.batches, today).await?;
            let classes = people::classes(&open, &extract);
            sight = facts.sight_of_some(sight, classes.iter());
            let people = People::of(&open, &extract, &sight, &secret)?;
            let left_out = closed(&sight);
            permitted = Some(Permit { extract, freeze, people, needs_scope, left_out, withdrawals });
        }
        drop(reads);
        match (sight.decision, permitted) {
            (Decision::Allow(_), Some(permit)) => Ok(permit),
            // The rule `extract-unapproved` denies before this can happen.
            (Decision::Allow(_), None) => Err(GateError::Changed),
            (Decision::Ask(refused) | Decision::Deny(refused), _) => {
                let refusal = Refusal { refused };
                let detail = json!({
                    "format": request.format.name(),
                    "purpose": request.purpose.as_ref().map(ToString::to_string),
                    "reasons": refusal.codes(),
                });
                self.note_refusal(asker, WRITE, request.extract.as_str(), detail).await?;
                Err(refusal.into())
            }
        }
    }

    /// Records who is in the files, in the transaction that checks that nobody left and nothing was
    /// revoked meanwhile.
    async fn record_writing(
        &self,
        asker: &Asker,
        permit: &Permit,
        format: Format,
        content: &Content,
    ) -> Result<(), GateError> {
        let id = &permit.extract.id;
        let mut tx = self.inner.registry.begin().await?;
        let same = tx.extract(id).await?.as_ref() == Some(&permit.extract);
        if !same || tx.withdrawal_count().await? != permit.withdrawals {
            return Err(GateError::Changed);
        }
        let writing = Writing {
            at: self.inner.clock.at(),
            format: format.to_string(),
            people: permit.people.columns.len() as u64,
            sites: content.sites,
            files: content.digests.clone(),
        };
        tx.insert_writing(id, &permit.people.persons, &writing).await?;
        let detail = bounded(json!({
            "release": permit.extract.freeze,
            "purpose": permit.extract.purpose.to_string(),
            "regions": places(&permit.extract.regions).join(","),
            "consent": permit.needs_scope.to_string(),
            "datasets_left_out": permit.left_out,
            "format": format.name(),
            "people": writing.people,
            "sites": writing.sites,
            "files": writing.files,
        }));
        let note = Note { actor: asker.name(), act: WRITE, subject: id.as_str(), outcome: "written", detail };
        self.note(&mut tx, note).await?;
        self.commit(tx).await
    }
}

/// Writes every file of the extract. Blocks.
fn write_files(permit: &Permit, format: Format, files: &OutputFiles) -> Result<Content, GateError> {
    let Permit { extract, freeze, people, .. } = permit;
    let notes = vec![
        ("gjExtract", extract.id.to_string()),
        ("gjRelease", format!("{} (digest {})", freeze.name, freeze.digest)),
        ("gjRecipient", extract.recipient.to_string()),
        ("gjPurpose", extract.purpose.to_string()),
    ];
    let heading = Heading { columns: people.columns.clone(), notes };
    let failed = || GateError::io(files.main());
    let mut writer = Writer::open(format, heading, files.open()?, files.spool()?).map_err(failed())?;
    let mut sites = 0;
    for region in &extract.regions {
        sites += write_region(people, region, |rows| writer.write(rows).map_err(failed()))?;
    }
    let losses = writer.finish().map_err(failed())?;
    Ok(Content { sites, losses, digests: files.seal()? })
}

fn write_region(
    people: &People,
    region: &Region,
    mut write: impl FnMut(&[Row]) -> Result<(), GateError>,
) -> Result<u64, GateError> {
    let mut extraction = Extraction::new(&people.batches, &people.samples, Some(region))?;
    let mut sites = 0;
    while let Some(rows) = extraction.next_rows()? {
        let rows: Vec<Row> =
            rows.into_iter().map(|row| Row { variant: row.variant, calls: row.calls }).collect();
        sites += rows.len() as u64;
        write(&rows)?;
    }
    Ok(sites)
}
