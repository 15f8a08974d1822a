//! One act of the store as a whole process, so that `tools/bench` can time it beside another tool's.
//!
//! For measuring only: it opens the one batch of a data directory and asks no gate. It is never installed.

mod association;
mod http;
mod lookups;
mod panel;
mod points;
mod region;
mod table;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use gj_kernels::{Call, Weights};
use gj_model::{Region, SampleSet};
use gj_store::{Batch, Store};
use std::path::{Path, PathBuf};

/// As in `gj`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Acts to be timed.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Alternate and called alleles, homozygotes and Hardy-Weinberg of everybody, as a table
    Frequencies { data: PathBuf, out: PathBuf },
    /// Alternate and called alleles of some sample columns (numbers from 0, one a line), as a table
    Cohort { data: PathBuf, columns: PathBuf, out: PathBuf },
    /// Linear regression of a trait (one number a line, in column order) on each variant, as a table
    Association { data: PathBuf, trait_values: PathBuf, out: PathBuf },
    /// Time of looking up the carriers of each of some variants (contig-position-ref-alt, one a line)
    Lookups { data: PathBuf, variants: PathBuf },
    /// Time of looking the counts of some variants (contig-position-ref-alt, one a line) up in the one panel
    Points { data: PathBuf, variants: PathBuf },
    /// The variants that one sample column carries, as a table
    Person { data: PathBuf, column: usize, out: PathBuf },
    /// The calls of some sample columns (numbers from 0, one a line) in a region, as VCF
    Region { data: PathBuf, region: Region, columns: PathBuf, out: PathBuf },
    /// Bytes of the batch by column
    Sizes { data: PathBuf },
    /// Write a made-up panel of any size; prints id, digest, people and variants for a row of the registry
    Panel {
        data: PathBuf,
        sample: PathBuf,
        #[command(flatten)]
        size: panel::Size,
    },
    /// Ask a server for the paths of a file over and over; prints answers, answers a second, microseconds
    /// (p50, p99, most), bytes a body and how many failed
    Http(http::Load),
}

fn main() -> Result<()> {
    match Arguments::parse().act {
        Act::Frequencies { data, out } => table::frequencies(&batch(&data)?, &out),
        Act::Cohort { data, columns, out } => {
            let batch = batch(&data)?;
            let people = chosen(&batch, &numbers(&columns)?)?;
            table::cohort(&batch, &Weights::count(&people), &out)
        }
        Act::Association { data, trait_values, out } => {
            association::scan(&batch(&data)?, &numbers(&trait_values)?, &out)
        }
        Act::Lookups { data, variants } => lookups::time(|| batch(&data), &numbers(&variants)?),
        Act::Points { data, variants } => points::time(&data, &numbers(&variants)?),
        Act::Person { data, column, out } => {
            let batch = batch(&data)?;
            let carries = |call: Call| call.known().1 > 0;
            table::person(batch.person(None, column, &batch.everybody(), carries)?, &out)
        }
        Act::Region { data, region, columns, out } => {
            let batch = batch(&data)?;
            let columns = numbers(&columns)?;
            region::write(&batch, &region, &chosen(&batch, &columns)?, &out)
        }
        Act::Panel { data, sample, size } => panel::write(&data, &size, &sample),
        Act::Http(load) => http::ask(&load),
        Act::Sizes { data } => {
            let batch = batch(&data)?;
            for (name, bytes) in batch.sizes() {
                println!("{name}\t{bytes}");
            }
            Ok(())
        }
    }
}

/// Some columns of a batch.
fn chosen(batch: &Batch, columns: &[usize]) -> Result<SampleSet> {
    let mut people = SampleSet::none(batch.samples());
    for column in columns {
        if *column >= batch.samples() {
            bail!("the batch has no column {column}");
        }
        people.insert(*column);
    }
    Ok(people)
}

/// The one batch of a data directory.
fn batch(data: &Path) -> Result<Batch> {
    Ok(Store::open(data)?.batch(&only(data, "batches")?.parse()?)?)
}

/// Name of the one entry in a folder of a data directory.
fn only(data: &Path, folder: &str) -> Result<String> {
    let mut entries = std::fs::read_dir(data.join(folder)).context("no data directory")?;
    let (Some(entry), None) = (entries.next().transpose()?, entries.next()) else {
        bail!("exactly one entry is expected in {}/{folder}", data.display());
    };
    Ok(entry.file_name().into_string().unwrap_or_default())
}

/// One value a line.
fn numbers<T: std::str::FromStr>(path: &Path) -> Result<Vec<T>>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    text.lines().map(|line| line.trim().parse().with_context(|| format!("`{line}`"))).collect()
}
