//! `gj ingest`: genomes of registered samples.

use crate::cli::Ingest;
use crate::output;
use crate::progress::IngestProgress;
use gj_gate::acts::submit::{BlockFloor, SubmitRequest, Unconsented};
use std::sync::Arc;

pub async fn run(arguments: Ingest) -> anyhow::Result<()> {
    super::use_threads(&arguments.threads)?;
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.operator.user);
    let json = arguments.format.json;
    let progress = Arc::new(IngestProgress::new(arguments.institution.as_str()));
    let request = SubmitRequest {
        institution: arguments.institution,
        files: arguments.files,
        reference: arguments.reference,
        floor: BlockFloor { gq: arguments.min_gq, dp: arguments.min_dp },
        unconsented: if arguments.skip_unconsented { Unconsented::LeaveOut } else { Unconsented::Refuse },
    };
    let report =
        gate.submit(&asker, request, progress).await.map_err(|error| output::refusal_as_json(error, json))?;
    gate.close().await;
    if json {
        return output::json(&report);
    }
    let read = &report.read;
    println!(
        "batch {}: {} samples, {} variants, {} bytes",
        report.batch, read.samples, read.rows, report.bytes
    );
    let notes = [
        (read.read.multiallelic_records, "multi-allelic records split"),
        (read.read.normalised_rows, "variants trimmed or moved to the left"),
        (read.rows_held_already, "variants held already with the same genotypes"),
        (read.samples_left_out as u64, "samples left unread (no consent to research, or withdrawn)"),
        (read.read.non_ref_alternates, "records of gVCFs read for what they cover"),
        (read.read.symbolic_alternates, "symbolic alleles skipped"),
        (read.read.breakend_alternates, "breakends skipped"),
        (read.read.star_alternates, "`*` alleles skipped (their base is deleted by another record)"),
        (read.read.records_without_alternate, "records without an alternate allele skipped"),
        (read.read.secondary_contig_records, "records outside chr1–22, X, Y, M skipped"),
    ];
    for (count, what) in notes.into_iter().filter(|(count, _)| *count > 0) {
        println!("  {count} {what}");
    }
    Ok(())
}
