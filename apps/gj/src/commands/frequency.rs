//! `gj frequency`: what a user may see, on the screen, as JSON or as a VCF.

use crate::cli::Frequency;
use crate::output;
use anyhow::Context;
use gj_gate::{FrequencyAnswer, Ledgered, Place, Question, Released};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

pub async fn run(arguments: Frequency) -> anyhow::Result<()> {
    let place = match (arguments.target.region, arguments.target.variant) {
        (Some(region), _) => Place::Region(region),
        (None, Some(variant)) => Place::Variant(variant),
        (None, None) => anyhow::bail!("name a --region or a --variant"),
    };
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.user);
    let json = arguments.format.json;
    let question = Question {
        freeze: arguments.freeze,
        place,
        by: arguments.by,
        purpose: arguments.purpose,
        project: arguments.project,
    };
    let answer = gj_analysis::frequency::answer(&gate, &asker, &question)
        .await
        .map_err(|error| output::refusal_as_json(error, json))?;
    gate.close().await;
    match arguments.vcf {
        Some(path) => write_vcf(&path, &answer),
        // What the ledger says has no place in a list of sites.
        None if json && answer.get().ledger != Ledgered::default() => output::json(&answer),
        None if json => output::json(&answer.get().sites),
        None => print_table(answer.get()),
    }
}

/// Writes beside the target and renames, so that a half-written file is never taken for a whole one.
fn write_vcf(path: &Path, answer: &Released<FrequencyAnswer>) -> anyhow::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".part");
    let write = || -> std::io::Result<()> {
        let mut out = BufWriter::new(File::create(&temporary)?);
        gj_api::frequency::vcf::write(answer, &mut out)?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        std::fs::rename(&temporary, path)
    };
    write().with_context(|| format!("`{}`", path.display()))?;
    eprintln!("{} variants written to `{}`", answer.get().sites.len(), path.display());
    Ok(())
}

fn print_table(answer: &FrequencyAnswer) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "# release {} (digest {})", answer.citation.freeze, answer.citation.digest)?;
    writeln!(
        out,
        "# `-`: hidden, because it is under {} or would give such a count away",
        answer.smallest_cell
    )?;
    for withheld in &answer.ledger.withheld {
        let (chrom, start, end) = (withheld.chrom, withheld.start, withheld.end);
        let what = withheld.by.map_or_else(String::new, |by| format!(" by {}", by.name()));
        writeln!(out, "# {chrom}:{start}-{end}{what}: withheld. {}", withheld.reason.en)?;
        writeln!(out, "# {}", withheld.reason.ja)?;
    }
    if let Some(told) = &answer.ledger.guarded {
        let of = format!("of about {} alleles", told.alleles);
        match (told.rarer_than_floor, told.from == told.to) {
            (true, _) => writeln!(out, "# {}: fewer than {} {of}, or none", told.variant, told.to + 1)?,
            (false, true) => writeln!(out, "# {}: {} {of}", told.variant, told.from)?,
            (false, false) => writeln!(out, "# {}: {} to {} {of}", told.variant, told.from, told.to)?,
        }
    }
    writeln!(out, "variant\tgroup\tac\tan\thom\themi\tpeople")?;
    for site in &answer.sites {
        for (name, cells) in &site.groups {
            let shown = [cells.ac, cells.an, cells.hom, cells.hemi, cells.people]
                .map(|cell| cell.map_or_else(|| "-".to_owned(), |value| value.to_string()));
            writeln!(out, "{}\t{name}\t{}", site.variant, shown.join("\t"))?;
        }
    }
    Ok(())
}
