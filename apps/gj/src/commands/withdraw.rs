//! `gj withdraw` and `gj receipt`.

use crate::cli::{Receipt, Withdraw};
use crate::{output, progress};
use serde_json::Value;

pub async fn run(arguments: Withdraw) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.operator.user);
    let json = arguments.format.json;
    let spinner = progress::spinner("withdrawing");
    let receipts = gate
        .withdraw(&asker, &arguments.participants)
        .await
        .map_err(|error| output::refusal_as_json(error, json));
    spinner.finish_and_clear();
    let receipts = receipts?;
    gate.close().await;
    match (json, &receipts[..]) {
        (true, [receipt]) => output::json(receipt),
        (true, _) => output::json(&receipts),
        (false, _) => {
            receipts.iter().for_each(print);
            Ok(())
        }
    }
}

pub async fn receipt(arguments: Receipt) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let receipt = gate.receipt(&gate.local(&arguments.operator.user), &arguments.receipt).await?;
    gate.close().await;
    output::json(&receipt)
}

fn print(receipt: &Value) {
    let text = |pointer: &str| receipt.pointer(pointer).and_then(Value::as_str).unwrap_or("-");
    let count = |pointer: &str| receipt.pointer(pointer).and_then(Value::as_array).map_or(0, Vec::len);
    println!("receipt / 受領番号 {} ({})", text("/receipt"), text("/at"));
    println!("  {}", text("/effect/ja"));
    println!("  {}", text("/effect/en"));
    println!("  state: {}; releases concerned: {}", text("/state"), count("/releases"));
    println!("  batches rewritten without the person: {}", count("/repaired/batches_rewritten"));
}
