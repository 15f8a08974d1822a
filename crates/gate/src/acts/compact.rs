//! Compaction: batches as they came become fewer, smaller ones. Changes no answer.
//!
//! The new batch is computed without the writer lock, in a staged folder that nobody sweeps while its
//! process lives. The lock is taken to put it in the place of the old ones, if these still stand as they
//! were read; otherwise the work is thrown away. So nobody waits for it.

mod choose;

use crate::acts::census::row;
use crate::acts::compact::choose::{Eagerness, Size, choose};
use crate::acts::members::Allowed;
use crate::ask::Asker;
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
use gj_model::{BatchId, FreezeName, InstitutionId};
use gj_registry::{Batch, Reads};
use gj_store::{StagedBatch, StagedCensus};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

const ACT: &str = "store.compact";
/// How often work may be thrown away before a foreground compaction gives up.
const THROWN_AWAY_MAX: usize = 20;
/// How long a finished compaction in the background waits for a writer before it is thrown away.
const PUBLISH_WAIT_MAX: Duration = Duration::from_secs(3600);

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
/// counts everybody of its batches.
type Group = (InstitutionId, BTreeSet<FreezeName>);

/// What to compact next.
struct Task {
    group: Group,
    ids: Vec<BatchId>,
    bytes: u64,
}

/// The work, waiting for the lock.
struct Work {
    batch: StagedBatch,
    census: Option<StagedCensus>,
    /// Changes of consent known when it was counted.
    consents: u64,
}

/// Compacts batches as they accumulate. Remembers what it has read of them: they never change.
#[derive(Debug)]
pub struct Compactor {
    gate: Gate,
    sizes: HashMap<BatchId, Size>,
}

impl Gate {
    /// Rewrites batches that came in as haplotype-sorted ones, several as one where no release can tell.
    ///
    /// # Errors
    /// [`GateError::Busy`] when other writers do not let it; a refusal; what the files say. What was
    /// rewritten before an error stays.
    pub async fn compact(&self, asker: &Asker) -> Result<CompactReport, GateError> {
        self.authorise(asker, ACT, "batches").await?;
        // Who left is erased first: a batch that is still to be erased would be compacted in vain.
        self.as_writer(self.writer_wait_max(), async { Ok(()) }).await?;
        let mut compactor = self.compactor();
        let mut report = CompactReport::default();
        let mut thrown_away = 0;
        while let Some(task) = compactor.next(Eagerness::Everything).await? {
            if !compactor.compact_task(asker.name(), &task, self.writer_wait_max(), &mut report).await? {
                thrown_away += 1;
                if thrown_away == THROWN_AWAY_MAX {
                    return Err(GateError::Busy(self.inner.dir.clone()));
                }
            }
        }
        Ok(report)
    }

    /// For compacting in the background.
    pub fn compactor(&self) -> Compactor {
        Compactor { gate: self.clone(), sizes: HashMap::new() }
    }
}

impl Compactor {
    /// Compacts one group of batches if enough have accumulated (`[compaction]` in `gj.toml`); returns
    /// whether there was one, so that there may be more to do.
    ///
    /// # Errors
    /// What the files say.
    pub async fn look(&mut self) -> Result<bool, GateError> {
        let Some(task) = self.next(Eagerness::WhenWorthwhile).await? else { return Ok(false) };
        self.compact_task("system", &task, PUBLISH_WAIT_MAX, &mut CompactReport::default()).await
    }

    /// The batches that are to become one next.
    async fn next(&mut self, eagerness: Eagerness) -> Result<Option<Task>, GateError> {
        let mut reads = self.gate.inner.registry.read().await?;
        let groups = groups(&mut reads).await?;
        drop(reads);
        let mut known = HashMap::new();
        for id in groups.values().flatten() {
            let size = match self.sizes.get(id) {
                Some(size) => *size,
                None => Size::of(&self.gate.inner.store.batch(id)?),
            };
            known.insert(id.clone(), size);
        }
        self.sizes = known;
        // An absent row means something else in a batch of gVCFs: those become one among themselves.
        let of_one_kind = groups.into_iter().flat_map(|(group, ids)| {
            let (gvcf, plain): (Vec<BatchId>, Vec<BatchId>) =
                ids.into_iter().partition(|id| self.sizes[id].is_gvcf);
            [(group.clone(), plain), (group, gvcf)]
        });
        for (group, ids) in of_one_kind {
            let sizes: Vec<Size> = ids.iter().map(|id| self.sizes[id]).collect();
            if let Some(chosen) = choose(&sizes, &self.gate.inner.config.compaction, eagerness) {
                let bytes = chosen.iter().map(|index| sizes[*index].bytes).sum();
                let ids = chosen.into_iter().map(|index| ids[index].clone()).collect();
                return Ok(Some(Task { group, ids, bytes }));
            }
        }
        Ok(None)
    }

    /// Computes and publishes; `false` when the work was thrown away because the batches changed.
    async fn compact_task(
        &self,
        actor: &str,
        task: &Task,
        wait_max: Duration,
        report: &mut CompactReport,
    ) -> Result<bool, GateError> {
        let work = match self.compute(task).await {
            Ok(work) => work,
            // A writer may have replaced and swept a batch while it was read.
            Err(error) if !self.stands(task).await? => {
                tracing::debug!(%error, "compaction thrown away");
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        let bytes_after = work.batch.seal().manifest.genotype_bytes();
        let mut work = Some(work);
        let started = Instant::now();
        let published = loop {
            let publish = self.publish(actor, task, &mut work);
            match self.gate.as_writer(wait_max.min(self.gate.writer_wait_max()), publish).await {
                Err(GateError::Busy(_)) if work.is_some() && started.elapsed() < wait_max => {}
                published => break published?,
            }
        };
        if published {
            report.batches_before += task.ids.len();
            report.batches_after += 1;
            report.bytes_before += task.bytes;
            report.bytes_after += bytes_after;
        }
        Ok(published)
    }

    async fn compute(&self, task: &Task) -> Result<Work, GateError> {
        let inner = &self.gate.inner;
        let mut reads = inner.registry.read().await?;
        let everything: Vec<_> = reads.batches().await?.into_iter().map(|batch| batch.id).collect();
        let stock = self.gate.stock(&mut reads, &everything, Allowed::Now).await?;
        drop(reads);
        let mut batches = Vec::with_capacity(task.ids.len());
        for id in &task.ids {
            batches.push(inner.store.batch(id)?);
        }
        let (store, institution, ids) = (inner.store.clone(), task.group.0.clone(), task.ids.clone());
        let threads = inner.config.compaction.threads();
        tokio::task::spawn_blocking(move || {
            // Answers go on meanwhile: not every core is taken.
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let pool =
                pool.map_err(|e| GateError::Inconsistent(format!("no threads to compact with: {e}")))?;
            pool.install(|| {
                let batch = store.compact(&institution, &batches)?;
                let of = &batch.seal().id;
                let census = match stock.plan_census(&store, &ids)? {
                    Some((merge, assignment)) => Some(store.stage_census(of, &assignment, &merge)?),
                    None => None,
                };
                Ok(Work { batch, census, consents: stock.span().until })
            })
        })
        .await?
    }

    /// Whether the batches still stand as they were chosen.
    async fn stands(&self, task: &Task) -> Result<bool, GateError> {
        let mut reads = self.gate.inner.registry.read().await?;
        Ok(groups(&mut reads).await?.get(&task.group).is_some_and(|ids| holds_all(ids, &task.ids)))
    }

    /// Puts the new batch in the place of the old ones; the caller holds the writer lock. `false` when they
    /// have changed: somebody was erased, another compaction was faster, or a release was made of some.
    async fn publish(&self, actor: &str, task: &Task, work: &mut Option<Work>) -> Result<bool, GateError> {
        let mut tx = self.gate.inner.registry.begin().await?;
        let Some(Work { batch, census, consents }) = work.take() else { return Ok(false) };
        if !groups(&mut tx).await?.get(&task.group).is_some_and(|ids| holds_all(ids, &task.ids)) {
            return Ok(false);
        }
        let Some(first) = tx.batch(&task.ids[0]).await? else { return Err(GateError::Changed) };
        let seal = batch.publish()?;
        let new = Batch {
            id: seal.id.clone(),
            manifest_digest: seal.digest.clone(),
            samples: seal.manifest.samples.len() as u64,
            rows: seal.manifest.rows,
            ..first
        };
        tx.replace_batches(&task.ids, &new, &seal.manifest.samples).await?;
        if let Some(census) = census {
            tx.set_census(&row(census.publish()?, consents)).await?;
        }
        let detail = json!({ "batches": task.ids.len(), "digest": seal.digest });
        let note = Note { actor, act: ACT, subject: seal.id.as_str(), outcome: "done", detail };
        self.gate.note(&mut tx, note).await?;
        self.gate.commit(tx).await?;
        self.gate.sweep().await?;
        Ok(true)
    }
}

fn holds_all(ids: &[BatchId], wanted: &[BatchId]) -> bool {
    wanted.iter().all(|id| ids.contains(id))
}

async fn groups(reads: &mut Reads) -> Result<BTreeMap<Group, Vec<BatchId>>, GateError> {
    let mut holding: HashMap<BatchId, BTreeSet<FreezeName>> = HashMap::new();
    for freeze in reads.freezes().await? {
        for batch in freeze.batches {
            holding.entry(batch).or_default().insert(freeze.name.clone());
        }
    }
    let mut groups: BTreeMap<Group, Vec<BatchId>> = BTreeMap::new();
    for batch in reads.batches().await? {
        let holding = holding.remove(&batch.id).unwrap_or_default();
        groups.entry((batch.institution, holding)).or_default().push(batch.id);
    }
    Ok(groups)
}
