//! `gj freeze`: a release.

use crate::cli::Freeze;
use crate::{output, progress};

pub async fn run(arguments: Freeze) -> anyhow::Result<()> {
    super::use_threads(&arguments.threads)?;
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.operator.user);
    let json = arguments.format.json;
    let spinner = progress::spinner("counting");
    let report =
        gate.freeze(&asker, &arguments.name).await.map_err(|error| output::refusal_as_json(error, json));
    spinner.finish_and_clear();
    let report = report?;
    gate.close().await;
    if json {
        return output::json(&report);
    }
    println!(
        "release {}: {} people, {} variants, {} batches\ndigest {}",
        report.freeze, report.people, report.variants, report.batches, report.digest
    );
    Ok(())
}
