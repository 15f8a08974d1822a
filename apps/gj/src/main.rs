//! `gj`: the one binary. Commands, configuration and wiring; decides nothing itself.

mod cli;
mod commands;
mod connections;
mod output;
mod progress;

use clap::Parser;
use std::process::ExitCode;

/// Rows are decoded into buffers that come and go by the megabyte: the system's allocator would give each
/// back and fault it in again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return output::failed(&error.into()),
    };
    let status = match runtime.block_on(commands::run(arguments.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => output::failed(&error),
    };
    // A compaction in the background is not waited for: it leaves a staged folder that is swept.
    runtime.shutdown_background();
    status
}
