//! `gj serve`: the portal and the APIs.

use crate::cli::Serve;
use crate::connections::{self, Limits};
use anyhow::Context;
use gj_gate::Gate;
use gj_portal::DemoUser;
use std::net::SocketAddr;
use std::time::Duration;

/// Between two looks for withdrawals that another process could not finish.
const REPAIR_EVERY: Duration = Duration::from_secs(60);

pub async fn run(arguments: Serve) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    serve(gate, None, arguments.listen).await
}

/// Serves until interrupted; requests under way are finished.
pub async fn serve(gate: Gate, demo: Option<Vec<DemoUser>>, listen: SocketAddr) -> anyhow::Result<()> {
    let listener =
        tokio::net::TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    eprintln!("serving on http://{}/", listener.local_addr()?);
    let router = gj_portal::router(gate.clone(), demo);
    let limits = Limits::of(gate.config().limits.request_seconds_max);
    let repairing = tokio::spawn(keep_repaired(gate.clone()));
    let compacting = tokio::spawn(keep_compacted(gate.clone()));
    connections::serve(listener, router, limits, interrupted()).await;
    // Every step of a repair may be repeated, so that it may be left at any; a compaction under way is
    // thrown away.
    repairing.abort();
    compacting.abort();
    gate.close().await;
    Ok(())
}

/// Finishes what withdrawals left to do, at once and whenever something waits. Answers are right
/// without it; it keeps the promise of erasure while no other command runs.
async fn keep_repaired(gate: Gate) {
    loop {
        if let Err(error) = gate.repair_waiting().await {
            tracing::warn!(%error, "a withdrawal waits for its repair; answers leave it out already");
        }
        if let Err(error) = gate.settle_applications().await {
            tracing::warn!(%error, "applications wait for what happens by itself; the next look does it");
        }
        tokio::time::sleep(REPAIR_EVERY).await;
    }
}

/// Compacts batches when enough have accumulated. Changes no answer; holds up no writer.
async fn keep_compacted(gate: Gate) {
    let every = Duration::from_secs(gate.config().compaction.every_seconds.max(1));
    let mut compactor = gate.compactor();
    while gate.config().compaction.background {
        match compactor.look().await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "batches are not compacted; answers are right all the same"),
        }
        tokio::time::sleep(every).await;
    }
}

async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = match signal(SignalKind::terminate()) {
        Ok(stream) => stream,
        Err(_) => return std::future::pending().await,
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}
