//! `gj import-phenotypes`: what an institution knows of its participants.

use crate::cli::people::ImportPhenotypes;
use crate::output;
use anyhow::Context;

pub async fn run(arguments: ImportPhenotypes) -> anyhow::Result<()> {
    let name = arguments.file.display().to_string();
    let bytes = std::fs::read(&arguments.file).with_context(|| format!("`{name}`"))?;
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.operator.user);
    let json = arguments.format.json;
    let report = gate
        .import_phenotypes(&asker, &arguments.institution, &name, bytes)
        .await
        .map_err(|error| output::refusal_as_json(error, json))?;
    gate.close().await;
    if json {
        return output::json(&report);
    }
    println!(
        "{}: {} participants new, {} replaced, {} as before; {} terms kept",
        arguments.institution, report.added, report.replaced, report.unchanged, report.terms
    );
    if report.translated > 0 {
        println!("{} terms are kept under the id of a loaded vocabulary that is the same", report.translated);
    }
    Ok(())
}
