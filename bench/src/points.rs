//! What the counts of a panel cost to look up: one variant, 100 kb, all of it, and opening it.

use crate::lookups::cpu;
use anyhow::{Context, Result, bail};
use gj_model::{Position, Region, Variant};
use gj_store::{Panel, Store};
use std::path::Path;
use std::time::{Duration, Instant};

/// Lookups that are timed when nothing is kept yet.
const FIRST: usize = 1000;
/// Lookups that are timed after as many that fill what a server keeps.
const LOOKUPS: usize = 20_000;
const RANGES: usize = 500;
const RANGE_BASES: u32 = 100_000;

/// Prints what opening the panel costs; microseconds of CPU (mean) and of wall time (p50, p99) of lookups of
/// variants drawn from those given, the first ones and later ones, and of ranges that begin at them; and what
/// reading every site and checking every byte cost.
pub(crate) fn time(data: &Path, variants: &[Variant]) -> Result<()> {
    if variants.is_empty() {
        bail!("no variants are given");
    }
    let idle = resident()?;
    let opened = Instant::now();
    let before = cpu()?;
    let panel = panel(data)?;
    println!(
        "open\tcpu ms {:.1}\twall ms {:.1}\tMiB {:.0}",
        (cpu()? - before) / 1e3,
        opened.elapsed().as_secs_f64() * 1e3,
        resident()? - idle
    );
    // A step that has no divisor in common with the number visits every variant before one comes again.
    let mut step = variants.len() * 618 / 1000 + 1;
    while gcd(step, variants.len()) > 1 {
        step += 1;
    }
    let drawn = |number: usize| &variants[(number % variants.len()) * step % variants.len()];
    let of_first = timed(FIRST, |number| look(&panel, drawn(number)))?;
    println!("first\t{of_first}");
    for number in FIRST..LOOKUPS {
        look(&panel, drawn(number))?;
    }
    let of_lookups = timed(LOOKUPS, |number| look(&panel, drawn(LOOKUPS + number)))?;
    println!("lookup\t{of_lookups}");
    let mut sites = 0;
    let of_ranges = timed(RANGES, |number| {
        let start = drawn(number).position;
        let end = Position::new(start.get() + RANGE_BASES - 1).context("past the last position")?;
        sites += count(&panel, Some(&Region { contig: drawn(number).contig, start, end }))?;
        Ok(())
    })?;
    println!("100 kb\t{of_ranges}\tsites {:.0}", sites as f64 / RANGES as f64);
    let before = cpu()?;
    let all = count(&panel, None)?;
    println!("all\tcpu s {:.2}\tsites {all}", (cpu()? - before) / 1e6);
    let before = cpu()?;
    panel.check()?;
    println!("verify\tcpu s {:.2}\tMiB {:.0}", (cpu()? - before) / 1e6, resident()? - idle);
    Ok(())
}

fn look(panel: &Panel, variant: &Variant) -> Result<()> {
    panel.site(variant)?.map(drop).with_context(|| format!("{variant} is not in the panel"))
}

fn count(panel: &Panel, region: Option<&Region>) -> Result<usize> {
    let (mut rows, mut sites) = (panel.rows(region)?, 0);
    while let Some(some) = rows.next_rows()? {
        sites += some.len();
    }
    Ok(sites)
}

/// The one panel of a data directory.
fn panel(data: &Path) -> Result<Panel> {
    Ok(Store::open(data)?.panel(&crate::only(data, "panels")?.parse()?)?)
}

fn timed(times: usize, mut act: impl FnMut(usize) -> Result<()>) -> Result<String> {
    let mut taken: Vec<Duration> = Vec::with_capacity(times);
    let before = cpu()?;
    for number in 0..times {
        let started = Instant::now();
        act(number)?;
        taken.push(started.elapsed());
    }
    let mean = (cpu()? - before) / times as f64;
    taken.sort_unstable();
    let us = |at: usize| taken[at].as_nanos() as f64 / 1e3;
    Ok(format!("cpu us {mean:.1}\tp50 {:.1}\tp99 {:.1}", us(times / 2), us(times * 99 / 100)))
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Memory of this process in MiB.
fn resident() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}
