//! `gj compact`: fewer and smaller batches.

use crate::cli::Compact;
use crate::{output, progress};

pub async fn run(arguments: Compact) -> anyhow::Result<()> {
    super::use_threads(&arguments.threads)?;
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.operator.user);
    let json = arguments.format.json;
    let spinner = progress::spinner("compacting");
    let report = gate.compact(&asker).await.map_err(|error| output::refusal_as_json(error, json));
    spinner.finish_and_clear();
    let report = report?;
    gate.close().await;
    if json {
        return output::json(&report);
    }
    println!(
        "{} batches became {}: {} bytes of genotypes before, {} after",
        report.batches_before, report.batches_after, report.bytes_before, report.bytes_after
    );
    Ok(())
}
