//! `gj audit`: the hash-chained log.

use crate::cli::Audit;
use crate::output;

pub async fn run(command: Audit) -> anyhow::Result<()> {
    match command {
        Audit::Verify(arguments) => {
            let gate = super::open(&arguments.place).await?;
            let report = gate.verify_audit().await?;
            gate.close().await;
            if arguments.format.json {
                return output::json(&report);
            }
            println!("audit log: {} lines, unbroken\nhead {}", report.lines, report.head);
            Ok(())
        }
        Audit::Export(arguments) => {
            let gate = super::open(&arguments.place).await?;
            gate.export_audit(&gate.local(&arguments.user), &mut std::io::stdout()).await?;
            gate.close().await;
            Ok(())
        }
    }
}
