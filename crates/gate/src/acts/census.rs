//! Counting a panel of the people there are, and none who leave while it is counted.

use crate::acts::members::Members;
use crate::error::GateError;
use crate::gate::Gate;
use gj_model::BatchId;
use gj_registry::Tx;
use gj_store::PanelSeal;

/// A panel, with the transaction that saw that it counts exactly the people it may.
pub(crate) struct Census {
    pub(crate) seal: PanelSeal,
    /// People counted.
    pub(crate) people: u64,
    /// Nobody can leave before this is committed or dropped.
    pub(crate) tx: Tx,
}

impl Gate {
    /// Counts batches as of today; counts again whenever somebody left meanwhile.
    ///
    /// The caller holds the writer lock, so that the batches stay.
    pub(crate) async fn census(&self, batches: &[BatchId]) -> Result<Census, GateError> {
        loop {
            let mut reads = self.inner.registry.read().await?;
            let withdrawals = reads.withdrawal_count().await?;
            let today = self.inner.clock.today();
            let members = Members::of(&self.inner.store, &mut reads, batches, today).await?;
            drop(reads);
            let people = members.people.iter().map(|people| u64::from(*people)).sum();
            let store = self.inner.store.clone();
            let seal = tokio::task::spawn_blocking(move || {
                store.count_panel(&members.batches, members.classes, members.people)
            })
            .await??;
            let mut tx = self.inner.registry.begin().await?;
            if tx.withdrawal_count().await? == withdrawals {
                return Ok(Census { seal, people, tx });
            }
        }
    }
}
