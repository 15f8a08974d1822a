//! Counting a panel of the people there are, and none who leave while it is counted.

use crate::acts::members::OpenBatch;
use crate::acts::plan::{Plan, Stock, Use};
use crate::error::GateError;
use crate::gate::Gate;
use gj_kernels::Classes;
use gj_model::BatchId;
use gj_registry::{Census, Tx};
use gj_store::{Census as StoredCensus, CensusSeal, Merge, PanelSeal, Part, Source, Store, StoreError};
use std::sync::Arc;

/// A panel, with the transaction that saw that it counts exactly the people it may.
pub(crate) struct CountedPanel {
    pub(crate) seal: PanelSeal,
    /// Digest of which sample is counted in which class.
    pub(crate) assignment: String,
    /// People counted.
    pub(crate) people: u64,
    /// Nobody can leave before this is committed or dropped. It names the censuses made on the way.
    pub(crate) tx: Tx,
}

struct Made {
    seal: PanelSeal,
    assignment: String,
    people: u64,
    censuses: Vec<Census>,
}

impl Gate {
    /// Counts batches as of today; counts again whenever somebody left meanwhile.
    ///
    /// The caller holds the writer lock, so that the batches stay.
    pub(crate) async fn count_panel(&self, batches: &[BatchId]) -> Result<CountedPanel, GateError> {
        loop {
            let mut reads = self.inner.registry.read().await?;
            let withdrawals = reads.withdrawal_count().await?;
            let stock = self.stock(&mut reads, batches).await?;
            drop(reads);
            let store = self.inner.store.clone();
            let made = tokio::task::spawn_blocking(move || make(&store, &stock)).await??;
            let mut tx = self.inner.registry.begin().await?;
            if tx.withdrawal_count().await? == withdrawals {
                for census in &made.censuses {
                    tx.set_census(census).await?;
                }
                let Made { seal, assignment, people, .. } = made;
                return Ok(CountedPanel { seal, assignment, people, tx });
            }
        }
    }
}

/// Writes the panel, and a census of each batch that has none that fits.
///
/// Stored counts that turn out to be damaged are not needed: then genotypes are counted.
fn make(store: &Store, stock: &Stock) -> Result<Made, GateError> {
    match make_using(store, stock, Use::Stored) {
        Err(GateError::Store(error @ (StoreError::Damaged { .. } | StoreError::Missing { .. }))) => {
            tracing::warn!(%error, "stored counts cannot be read; genotypes are counted instead");
            make_using(store, stock, Use::Nothing)
        }
        made => made,
    }
}

fn make_using(store: &Store, stock: &Stock, using: Use) -> Result<Made, GateError> {
    let mut plan = stock.plan(store, using)?;
    let assignment = plan.assignment();
    let mut censuses = Vec::new();
    let merge = if using == Use::Nothing {
        plan.counted_live()?
    } else {
        count_batches(store, &mut plan, &mut censuses)?;
        plan.into_merge()
    };
    let people = merge.people.iter().map(|people| u64::from(*people)).sum();
    Ok(Made { seal: store.merge_panel(&merge)?, assignment, people, censuses })
}

/// Counts the genotypes of each batch of which nothing is stored, and stores that.
fn count_batches(store: &Store, plan: &mut Plan<'_>, censuses: &mut Vec<Census>) -> Result<(), GateError> {
    for open in std::mem::take(&mut plan.uncounted) {
        let counted = plan.roll.counted_in(open, |_| true)?;
        if counted.classes.is_empty() {
            continue;
        }
        let assignment = plan.roll.assignment(std::iter::once(open));
        let into = (0..counted.classes.len()).collect();
        let part = Part::Genotypes(open.batch.clone(), counted.of.clone());
        let merge = Merge {
            classes: counted.classes,
            people: counted.people,
            emptied: 0,
            sources: vec![Source { part, into }],
        };
        let seal = store.stage_census(open.batch.id(), &assignment, &merge)?.publish()?;
        let census = Arc::new(store.census(&seal.id)?);
        plan.add(of_census(census, open, counted.of), &merge.classes);
        censuses.push(row(seal));
    }
    Ok(())
}

/// A census as a part of a sum; `classes` are those it counts. The people of a batch of gVCFs count at sites
/// of other batches, too.
pub(crate) fn of_census(census: Arc<StoredCensus>, open: &OpenBatch, classes: Classes) -> Part {
    if open.batch.has_callability() {
        Part::Rows(census, open.batch.clone(), classes)
    } else {
        Part::Census(census)
    }
}

/// The row that names a census.
pub(crate) fn row(seal: CensusSeal) -> Census {
    Census {
        batch: seal.manifest.batch,
        id: seal.id,
        manifest_digest: seal.digest,
        assignment: seal.manifest.assignment,
    }
}
