//! `gj withdraw` and `gj receipt`.

use crate::cli::{Receipt, Withdraw};
use crate::{output, progress};
use gj_gate::acts::consent::Intent;
use gj_gate::acts::withdraw::ReceiptOf;
use gj_gate::{Gate, GateError};
use serde_json::Value;

pub async fn run(arguments: Withdraw) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.operator.user);
    let json = arguments.format.json;
    if arguments.dry_run {
        return preview(&gate, &arguments).await;
    }
    let spinner = progress::spinner("withdrawing");
    let withdrawn = gate
        .withdraw(&asker, &arguments.participants)
        .await
        .map_err(|error| output::refusal_as_json(error, json));
    spinner.finish_and_clear();
    let withdrawn = withdrawn?;
    gate.close().await;
    if let Some(error) = &withdrawn.repair_error {
        tell_what_waits(error);
    }
    let receipts = withdrawn.receipts;
    match (json, &receipts[..]) {
        (true, [receipt]) => output::json(receipt),
        (true, _) => output::json(&receipts),
        (false, _) => {
            receipts.iter().for_each(print);
            Ok(())
        }
    }
}

/// What the withdrawals would do, each by itself.
async fn preview(gate: &Gate, arguments: &Withdraw) -> anyhow::Result<()> {
    let asker = gate.local(&arguments.operator.user);
    let json = arguments.format.json;
    let mut previews = Vec::new();
    for participant in &arguments.participants {
        let preview = gate.preview_consent(&asker, participant, &Intent::Withdraw).await;
        previews.push(preview.map_err(|error| output::refusal_as_json(error, json))?);
    }
    gate.close().await;
    match (json, &previews[..]) {
        (true, [preview]) => output::json(preview),
        (true, _) => output::json(&previews),
        (false, _) => {
            previews.iter().for_each(super::consent::tell);
            Ok(())
        }
    }
}

pub async fn receipt(arguments: Receipt) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let of = match (&arguments.receipt, &arguments.participant) {
        (Some(number), _) => ReceiptOf::Number(number),
        (None, Some(participant)) => ReceiptOf::Participant(participant),
        (None, None) => anyhow::bail!("name a receipt or a --participant"),
    };
    let receipt = gate.receipt(&gate.local(&arguments.operator.user), of).await?;
    gate.close().await;
    output::json(&receipt)
}

/// The withdrawal holds, so the status is success; what is still to be done is told beside it.
fn tell_what_waits(error: &GateError) {
    match error {
        GateError::Busy(_) => eprintln!(
            "the withdrawal holds; another `gj` is writing, genotypes are erased when it ends, or by `gj repair`"
        ),
        other => eprintln!(
            "the withdrawal holds, but genotypes are not erased yet: {other}; mend it, then run `gj repair`"
        ),
    }
}

fn print(receipt: &Value) {
    let text = |pointer: &str| receipt.pointer(pointer).and_then(Value::as_str).unwrap_or("-");
    let count = |pointer: &str| receipt.pointer(pointer).and_then(Value::as_array).map_or(0, Vec::len);
    let list = |pointer: &str| {
        let items = receipt.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
    };
    println!("receipt / 受領番号 {} ({})", text("/receipt"), text("/at"));
    println!("  {}", text("/effect/ja"));
    println!("  {}", text("/effect/en"));
    println!("  state: {}; releases concerned: {}", text("/state"), count("/releases"));
    if count("/not_recallable/extracts") > 0 {
        println!(
            "  extracts that hold the person, to be told to their recipients: {}",
            list("/not_recallable/extracts")
        );
    }
    println!("  batches rewritten without the person: {}", count("/repaired/batches_rewritten"));
}
