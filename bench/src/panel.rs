//! A made-up panel of any size, written by the store's own writer: sites over the autosomes whose alternate
//! alleles follow the spectrum 1/k, in as many classes as a programme has.

use anyhow::{Result, anyhow};
use gj_model::{Contig, Counts, Position, ReleaseClass, Scope, ScopeItem, Sex, Variant};
use gj_store::{CountedSite, Store};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Alleles up to which each is drawn by itself; more are split by a normal approximation.
const DRAWN_MAX: u32 = 64;
const BASES: [&str; 4] = ["A", "C", "G", "T"];

/// How large.
#[derive(Debug, clap::Args)]
pub(crate) struct Size {
    /// Variants
    #[arg(long)]
    variants: u64,
    /// People
    #[arg(long)]
    people: u32,
    /// Strata
    #[arg(long, default_value_t = 26)]
    strata: u32,
    /// Contributors, each with its part of every stratum
    #[arg(long, default_value_t = 1)]
    contributors: u32,
    /// One in how many variants goes into the sample
    #[arg(long, default_value_t = 10)]
    one_in: u64,
}

/// SplitMix64: the same panel from the same numbers, everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// From 0 to 1.
    fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Twelve uniform numbers are normal enough to split a panel.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.part()).sum::<f64>() - 6.0
    }

    /// How many of `n` succeed.
    fn binomial(&mut self, n: u32, p: f64) -> u32 {
        let (mean, deviation) = (f64::from(n) * p, (f64::from(n) * p * (1.0 - p)).sqrt());
        (mean + deviation * self.normal()).round().clamp(0.0, f64::from(n)) as u32
    }
}

/// Writes the panel into a data directory; prints what a row of the registry says of it (id, digest, people,
/// variants), and writes some of its variants, one a line.
pub(crate) fn write(data: &Path, size: &Size, sample: &Path) -> Result<()> {
    let (classes, people) = classes_of(size)?;
    let mut sample = BufWriter::new(File::create(sample)?);
    let mut dice = Dice(42);
    let lengths: Vec<(Contig, u32)> = Contig::all().take(22).map(|c| (c, c.length())).collect();
    let genome: u64 = lengths.iter().map(|(_, length)| u64::from(*length)).sum();
    let step = (genome / size.variants.max(1)).max(1);
    let mut at = (0, 10_000);
    let mut written = Ok(());
    let sites = (0..size.variants).map_while(|number| {
        at.1 += 1 + dice.below(2 * step - 1) as u32;
        while at.1 >= lengths.get(at.0)?.1 {
            at = (at.0 + 1, 10_000);
        }
        let site = site(lengths[at.0].0, at.1, &people, size.people, &mut dice);
        if number % size.one_in == 0 && written.is_ok() {
            written = writeln!(sample, "{}", site.0);
        }
        Some(site)
    });
    let seal = Store::open(data)?.write_panel(classes.clone(), people.clone(), sites)?;
    written?;
    sample.flush()?;
    println!("{}\t{}\t{}\t{}", seal.id, seal.digest, people.iter().sum::<u32>(), seal.manifest.rows);
    Ok(())
}

fn classes_of(size: &Size) -> Result<(Vec<ReleaseClass>, Vec<u32>)> {
    let mut classes = Vec::new();
    for contributor in 0..size.contributors {
        for stratum in 0..size.strata {
            for sex in [Sex::Female, Sex::Male] {
                classes.push(ReleaseClass {
                    institution: format!("centre-{contributor}").parse().map_err(|e| anyhow!("{e}"))?,
                    stratum: format!("S{stratum:02}"),
                    sex,
                    scope: Scope::NONE.with(ScopeItem::Research),
                });
            }
        }
    }
    classes.sort();
    let (of, number) = (classes.len() as u32, size.people);
    let people = (0..of).map(|class| number / of + u32::from(class < number % of)).collect();
    Ok((classes, people))
}

/// A site in Hardy-Weinberg proportions; one in fifty misses calls.
fn site(contig: Contig, position: u32, people: &[u32], everybody: u32, dice: &mut Dice) -> CountedSite {
    let alleles = f64::from(2 * everybody);
    let wanted = (dice.part() * alleles.ln()).exp() as u32;
    let missing = if dice.below(50) == 0 { dice.part() * 0.1 } else { 0.0 };
    let mut counts: Vec<Counts> = people
        .iter()
        .map(|people| {
            let called = people - dice.binomial(*people, missing);
            Counts { an: 2 * called, people: called, ..Counts::default() }
        })
        .collect();
    if wanted <= DRAWN_MAX {
        for _ in 0..wanted.max(1) {
            let class = &mut counts[dice.below(people.len() as u64) as usize];
            class.ac += u32::from(class.ac < class.people);
        }
    } else {
        let p = f64::from(wanted) / alleles;
        for class in &mut counts {
            class.ac = dice.binomial(class.an, p);
            let most = class.ac / 2;
            let least = class.ac.saturating_sub(class.people);
            class.hom = dice.binomial(class.people, p * p).clamp(least, most);
        }
    }
    let reference = BASES[dice.below(4) as usize];
    let other = BASES[dice.below(4) as usize];
    let alternate = match other == reference {
        true => format!("{reference}{}", BASES[dice.below(4) as usize]),
        false => other.to_owned(),
    };
    let position = Position::new(position).expect("sites begin past the first bases of a chromosome");
    (Variant { contig, position, reference: reference.to_owned(), alternate }, counts)
}
