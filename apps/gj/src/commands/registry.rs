//! `gj registry …`: where the registry is kept.

use crate::cli::Registry;
use crate::output;
use gj_gate::{Clock, Gate};

pub async fn run(command: Registry) -> anyhow::Result<()> {
    let Registry::Move(arguments) = command;
    let gate = Gate::open(&arguments.data, Clock::System).await?;
    let asker = gate.local(&arguments.operator.user);
    let json = arguments.format.json;
    let report = gate.move_registry(&asker, &arguments.to).await;
    let report = report.map_err(|error| output::refusal_as_json(error, json))?;
    gate.close().await;
    if json {
        return output::json(&report);
    }
    let rows: u64 = report.tables.iter().map(|table| table.rows).sum();
    println!("moved {rows} rows of {} tables to {}; both sides alike", report.tables.len(), report.to);
    println!(
        "start every server of this directory again; what stands in {} is closed for good:",
        report.left
    );
    println!("remove it once you trust the new one, because withdrawals do not reach it");
    Ok(())
}
