//! `gj extract`: approvals of the data access committee, and the files written under them.

use crate::cli::{Extract, ExtractApprove, ExtractList, ExtractRevoke, ExtractWrite};
use crate::{output, progress};
use gj_gate::acts::extract::{ApprovalRequest, ExtractCard, SexTold, WriteReport, WriteRequest};
use std::path::Path;

pub async fn run(command: Extract) -> anyhow::Result<()> {
    match command {
        Extract::Approve(arguments) => approve(arguments).await,
        Extract::List(arguments) => list(arguments).await,
        Extract::Revoke(arguments) => revoke(arguments).await,
        Extract::Write(arguments) => write(arguments).await,
    }
}

async fn approve(arguments: ExtractApprove) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.committee.user);
    let json = arguments.format.json;
    let request = ApprovalRequest {
        freeze: arguments.release,
        recipient: arguments.recipient,
        purpose: arguments.purpose,
        regions: arguments.regions,
        strata: arguments.strata,
        institutions: arguments.institutions,
        sex: if arguments.without_sex { SexTold::No } else { SexTold::Yes },
        valid_to: arguments.until,
        reference: arguments.reference,
        application: arguments.application,
    };
    let id =
        gate.approve_extract(&asker, request).await.map_err(|error| output::refusal_as_json(error, json))?;
    gate.close().await;
    if json {
        return output::json(&serde_json::json!({ "extract": id }));
    }
    println!("{id}");
    eprintln!("approved; its recipient writes it with `gj extract write {id} --out PREFIX --as USER`");
    Ok(())
}

async fn list(arguments: ExtractList) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.committee.user);
    let json = arguments.format.json;
    let cards = gate.extracts(&asker).await.map_err(|error| output::refusal_as_json(error, json))?;
    gate.close().await;
    if json {
        return output::json(&cards);
    }
    cards.iter().for_each(print);
    Ok(())
}

fn print(card: &ExtractCard) {
    println!(
        "{} {} until {}: release {} for {}, {}",
        card.extract, card.state, card.valid_to, card.release, card.recipient, card.purpose
    );
    let among = |what: &str, names: Vec<String>| match names[..] {
        [] => String::new(),
        _ => format!("; {what} {}", names.join(", ")),
    };
    let institutions = card.institutions.iter().map(ToString::to_string).collect();
    println!(
        "  {}{}{}",
        card.regions.join(" "),
        among("strata", card.strata.clone()),
        among("contributors", institutions)
    );
    println!("  approved by {} at {}: {}", card.approved_by, card.approved_at, card.reference);
    for writing in &card.writings {
        println!(
            "  written at {}: {}, {} people, {} sites",
            writing.at, writing.format, writing.people, writing.sites
        );
    }
    for column in &card.columns_to_remove {
        println!("  the person of column {column} has withdrawn: the recipient must remove it");
    }
}

async fn revoke(arguments: ExtractRevoke) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.committee.user);
    gate.revoke_extract(&asker, &arguments.extract)
        .await
        .map_err(|error| output::refusal_as_json(error, arguments.format.json))?;
    gate.close().await;
    eprintln!(
        "extract {} is revoked; files that were written are to be called back from its recipient",
        arguments.extract
    );
    Ok(())
}

async fn write(arguments: ExtractWrite) -> anyhow::Result<()> {
    super::use_threads(&arguments.threads)?;
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.user);
    let json = arguments.format.json;
    let request = WriteRequest {
        extract: arguments.extract,
        format: arguments.kind,
        prefix: arguments.out,
        purpose: arguments.purpose,
    };
    let spinner = progress::spinner("writing");
    let report =
        gate.write_extract(&asker, &request).await.map_err(|error| output::refusal_as_json(error, json));
    spinner.finish_and_clear();
    let report = report?;
    gate.close().await;
    if json {
        return output::json(&report);
    }
    tell(&report, &request.prefix);
    Ok(())
}

fn tell(report: &WriteReport, prefix: &Path) {
    println!("extract {}: {} people, {} sites", report.extract, report.people, report.sites);
    for (suffix, digest) in &report.files {
        println!("  {}.{suffix}  {digest}", prefix.display());
    }
    let losses = [
        (report.absent_as_missing, "calls read as missing: there is no record for the person"),
        (report.half_as_missing, "half calls (0/.) read as missing: the format cannot say them"),
        (report.phase_not_kept, "heterozygous calls lose their phase: the format cannot say it"),
        (report.ploidy_not_kept, "calls take their number of copies from sex and place, not as submitted"),
    ];
    for (count, what) in losses.into_iter().filter(|(count, _)| *count > 0) {
        println!("  {count} {what}");
    }
}
