//! `gj serve`: the portal and the APIs.

use crate::cli::Serve;
use anyhow::Context;
use gj_gate::Gate;
use gj_portal::DemoUser;
use std::net::SocketAddr;

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
    axum::serve(listener, router).with_graceful_shutdown(interrupted()).await?;
    gate.close().await;
    Ok(())
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
