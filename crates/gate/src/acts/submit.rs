//! Taking in the genomes of a contributing institution.

use crate::ask::Asker;
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
pub use gj_ingest::{BlockFloor, Progress, SubmissionError};
use gj_ingest::{ReadOptions, Reference, Roster, Submission, SubmissionReport};
use gj_model::{BatchId, InstitutionId, ScopeItem};
use gj_registry::Batch;
use serde::Serialize;
use serde_json::json;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const ACT: &str = "genomes.submit";

/// What to do with people of the files who did not consent to research, or have withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unconsented {
    /// Refuse the submission.
    #[default]
    Refuse,
    /// Do not read their genotypes.
    LeaveOut,
}

/// A submission to be taken in.
#[derive(Debug, Clone)]
pub struct SubmitRequest {
    /// Who submits.
    pub institution: InstitutionId,
    /// VCF, VCF.gz or BCF files.
    pub files: Vec<PathBuf>,
    /// Reference to check REF against and to normalise indels with.
    pub reference: Option<PathBuf>,
    /// What a reference block of a gVCF must reach to be a call.
    pub floor: BlockFloor,
    /// What to do with people who did not consent.
    pub unconsented: Unconsented,
}

/// An accepted batch.
#[derive(Debug, Clone, Serialize)]
pub struct SubmitReport {
    /// Its id.
    pub batch: BatchId,
    /// Digest of its manifest.
    pub digest: String,
    /// Bytes of its genotype table.
    pub bytes: u64,
    /// What was read and written.
    #[serde(flatten)]
    pub read: SubmissionReport,
}

impl Gate {
    /// Takes in files as one batch, whole or nothing.
    ///
    /// # Errors
    /// What a file says with file and line; samples not registered or without consent; a conflict with
    /// earlier batches; [`GateError::Busy`]; a refusal.
    pub async fn submit(
        &self,
        asker: &Asker,
        request: SubmitRequest,
        progress: Arc<dyn Progress>,
    ) -> Result<SubmitReport, GateError> {
        self.authorise_for(asker, ACT, &request.institution).await?;
        self.as_writer(self.writer_wait_max(), self.take_in(asker, request, progress)).await
    }

    async fn take_in(
        &self,
        asker: &Asker,
        request: SubmitRequest,
        progress: Arc<dyn Progress>,
    ) -> Result<SubmitReport, GateError> {
        let SubmitRequest { institution, files, reference, floor, unconsented } = request;
        let paths = files.clone();
        let mut submission = tokio::task::spawn_blocking(move || {
            let reference = reference.map(|path| Reference::open(&path)).transpose()?.map(Arc::new);
            Submission::open(&files, &ReadOptions { reference, floor })
        })
        .await??;
        // First the people: a file of another institution is refused for them, and not told of.
        let roster = self.roster(&submission, &institution, unconsented).await?;
        let sources = self.sources(&paths).await?;
        submission.checkpoint_every(Duration::from_secs(self.inner.config.ingest.checkpoint_seconds));
        let (store, contributor, digests) = (self.inner.store.clone(), institution.clone(), sources.clone());
        let (seal, read) = tokio::task::spawn_blocking(move || {
            submission.write(&store, contributor, &roster, digests, progress.as_ref())
        })
        .await??;
        let batch = Batch {
            id: seal.id.clone(),
            institution: institution.clone(),
            manifest_digest: seal.digest.clone(),
            created_at: self.inner.clock.at(),
            samples: seal.manifest.samples.len() as u64,
            rows: seal.manifest.rows,
        };
        let mut tx = self.inner.registry.begin().await?;
        tx.insert_batch(&batch, &seal.manifest.samples, &sources).await?;
        let mut detail = json!({
            "institution": institution,
            "files": read.files,
            "samples": read.samples,
            "rows": read.rows,
            "digest": seal.digest,
        });
        if seal.manifest.callability.is_some() {
            detail["block_floor"] = json!({ "gq": floor.gq, "dp": floor.dp });
        }
        let note = Note { actor: asker.name(), act: ACT, subject: seal.id.as_str(), outcome: "done", detail };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        Ok(SubmitReport { batch: seal.id, digest: seal.digest, bytes: seal.manifest.bytes, read })
    }

    /// Digests of the files; none of them may have been taken before, or be given twice.
    async fn sources(&self, files: &[PathBuf]) -> Result<Vec<String>, GateError> {
        let paths = files.to_vec();
        let digests = tokio::task::spawn_blocking(move || {
            paths.iter().map(|path| gj_ingest::digest(path)).collect::<Result<Vec<String>, _>>()
        })
        .await?
        .map_err(SubmissionError::from)?;
        let mut reads = self.inner.registry.read().await?;
        let mut seen = HashSet::new();
        for (digest, file) in digests.iter().zip(files) {
            let taken = reads.batch_with_source(digest).await?.map(|batch| batch.to_string());
            let twice = (!seen.insert(digest)).then(|| "this one".to_owned());
            if let Some(batch) = taken.or(twice) {
                return Err(SubmissionError::SameFile { file: file.clone(), batch }.into());
            }
        }
        Ok(digests)
    }

    /// Decides for each sample of the files whether it is read.
    async fn roster(
        &self,
        submission: &Submission,
        institution: &InstitutionId,
        unconsented: Unconsented,
    ) -> Result<Roster, GateError> {
        let mut reads = self.inner.registry.read().await?;
        let found = reads.samples_by_name(submission.names()).await?;
        let keys: Vec<i64> = found.iter().flatten().map(|sample| sample.sample_key).collect();
        let mut facts = reads.sample_facts(&keys, self.inner.clock.today()).await?.into_iter();
        let (mut unknown, mut forbidden, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        for (name, sample) in found.iter().enumerate() {
            let facts = sample.as_ref().and_then(|_| facts.next());
            match facts.filter(|facts| facts.institution == *institution) {
                // Another institution's sample is as unknown as nobody's: its existence is not told.
                None => unknown.push(name),
                Some(facts) if facts.withdrawn || !facts.scope.allows(ScopeItem::Research) => {
                    forbidden.push(name)
                }
                Some(facts) => {
                    kept.push((name, facts.sample_key));
                }
            }
        }
        let at = |name: usize| {
            let (file, column): (&Path, usize) = submission.place_of(name);
            (file.to_owned(), column)
        };
        if let Some(first) = unknown.first() {
            let (file, column) = at(*first);
            return Err(SubmissionError::UnknownSample { file, column, count: unknown.len() }.into());
        }
        if let Some(first) = forbidden.first().filter(|_| unconsented == Unconsented::Refuse) {
            let (file, column) = at(*first);
            return Err(SubmissionError::MissingConsent { file, column, count: forbidden.len() }.into());
        }
        let mut keys = vec![None; found.len()];
        kept.iter().for_each(|(name, key)| keys[*name] = Some(*key));
        let samples: Vec<i64> = kept.iter().map(|(_, key)| *key).collect();
        let mut earlier = Vec::new();
        for id in reads.batches_sharing(&samples).await?.into_keys() {
            earlier.push(self.inner.store.batch(&id)?);
        }
        Ok(Roster { keys, earlier })
    }
}
