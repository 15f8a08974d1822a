//! `gj verify` and `gj repair`.

use crate::cli::{Repair, Verify};
use crate::{output, progress};

pub async fn run(arguments: Verify) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let spinner = progress::spinner("checking");
    let report = gate.verify().await;
    spinner.finish_and_clear();
    let report = report?;
    gate.close().await;
    if arguments.format.json {
        return output::json(&report);
    }
    println!(
        "all is as it must be: {} audit lines, {} batches with {} rows, {} releases with {} sites and {} censuses recounted",
        report.audit_lines, report.batches, report.rows, report.freezes, report.sites, report.censuses
    );
    if report.annotation_sets > 0 {
        println!("{} sets of annotation are whole", report.annotation_sets);
    }
    if report.entries > 0 {
        println!("the trial balance is 0 over {} entries and {} invoices", report.entries, report.invoices);
    }
    if report.withdrawals_to_repair > 0 {
        println!(
            "{} withdrawals wait for `gj repair`; answers leave them out already",
            report.withdrawals_to_repair
        );
    }
    Ok(())
}

pub async fn repair(arguments: Repair) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let waiting = gate.repair().await?;
    gate.close().await;
    match waiting {
        0 => eprintln!("nothing is left to do"),
        _ => eprintln!("{waiting} withdrawals came meanwhile; the `gj` that is writing repairs them, too"),
    }
    Ok(())
}
