//! `gj import-samples`: people and samples of an institution.

use crate::cli::ImportSamples;
use crate::output;
use anyhow::Context;

pub async fn run(arguments: ImportSamples) -> anyhow::Result<()> {
    let name = arguments.sheet.display().to_string();
    let bytes = std::fs::read(&arguments.sheet).with_context(|| format!("`{name}`"))?;
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.operator.user);
    let json = arguments.format.json;
    let report = gate
        .import_samples(&asker, &arguments.institution, &name, &bytes)
        .await
        .map_err(|error| output::refusal_as_json(error, json))?;
    gate.close().await;
    if json {
        return output::json(&report);
    }
    println!(
        "{}: {} samples of {} participants registered, {} known before",
        arguments.institution, report.samples, report.participants, report.already
    );
    Ok(())
}
