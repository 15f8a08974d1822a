//! How long looking a variant up takes, cold and warm, carriers included.

use anyhow::{Result, bail};
use gj_model::Variant;
use gj_store::Batch;
use std::time::Instant;

/// Microseconds this thread has run.
pub(crate) fn cpu() -> Result<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(text.split(' ').next().unwrap_or_default().parse::<f64>()? / 1e3)
}

/// Looks every variant up in a batch opened anew for each (cold: nothing of it is decoded yet), then in
/// one batch twice, and prints microseconds of wall time of the lookup alone.
pub(crate) fn time(open: impl Fn() -> Result<Batch>, variants: &[Variant]) -> Result<()> {
    let mut cold = Vec::with_capacity(variants.len());
    let mut carriers = 0;
    for variant in variants.iter().take(300) {
        let batch = open()?;
        let people = batch.everybody();
        let started = Instant::now();
        let found = batch.carriers(variant, &people)?;
        cold.push(started.elapsed());
        if found.is_none() {
            bail!("{variant} is not in the batch");
        }
    }
    let batch = open()?;
    let people = batch.everybody();
    for variant in variants {
        batch.carriers(variant, &people)?;
    }
    let mut warm = Vec::with_capacity(variants.len());
    let before = cpu()?;
    for variant in variants {
        batch.carriers(variant, &people)?;
    }
    println!("warm\tcpu mean {:.2}", (cpu()? - before) / variants.len() as f64);
    for variant in variants {
        let started = Instant::now();
        let found = batch.carriers(variant, &people)?;
        warm.push(started.elapsed());
        carriers += found.map_or(0, |found| found.len());
    }
    for (label, mut times) in [("cold", cold), ("warm", warm)] {
        times.sort_unstable();
        let us = |at: usize| times[at.min(times.len() - 1)].as_nanos() as f64 / 1e3;
        let mean = times.iter().sum::<std::time::Duration>().as_nanos() as f64 / 1e3 / times.len() as f64;
        println!(
            "{label}\tmean {mean:.1}\tp50 {:.1}\tp99 {:.1}",
            us(times.len() / 2),
            us(times.len() * 99 / 100)
        );
    }
    println!("carriers\t{carriers}");
    Ok(())
}
