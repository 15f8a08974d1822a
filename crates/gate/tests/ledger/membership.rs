//! The threshold-aware attacker through the real gate: is this genome among those of the release?
//!
//! He knows the genome, the population's frequencies and every rule, asks the most telling sites first, in the light of what
//! is left, until nothing is answered any more, and weighs each answer by its exact likelihoods.

use crate::{EXAMPLE, PLAIN, Site, World, ask, without_ledger};
use gj_gate::{FrequencyAnswer, Gate, GateError};
use gj_model::Grouping;

const PEOPLE: usize = 1_000;
/// Members, and as many strangers, whom the quick tests attack.
const TARGETS: usize = 100;
/// Autosomes with sites, and million bases of each.
const CONTIGS: usize = 18;
const MEGABASES: usize = 75;

struct Chance(u64);

impl Chance {
    /// SplitMix64, as a share of one.
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn genotype(&mut self, p: f64) -> u8 {
        u8::from(self.share() < p) + u8::from(self.share() < p)
    }
}

/// Everything the attackers know and the release they attack.
struct Attack {
    people: usize,
    contigs: Vec<(u8, u32)>,
    frequencies: Vec<f64>,
    /// By site, then person: members of the release first, then strangers.
    genotypes: Vec<Vec<u8>>,
    logs: Vec<f64>,
}

impl Attack {
    /// With so many independent sites each million bases.
    fn new(people: usize, density: usize, targets: usize) -> Attack {
        let mut chance = Chance(20_261_123);
        let (of_contig, apart) = (MEGABASES * density, 1_000_000 / density as u32);
        let place = |site: usize| (1 + (site / of_contig) as u8, 1 + (site % of_contig) as u32 * apart);
        let contigs: Vec<(u8, u32)> = (0..CONTIGS * of_contig).map(place).collect();
        let frequencies: Vec<f64> =
            contigs.iter().map(|_| 0.05 * (0.5 / 0.05_f64).powf(chance.share())).collect();
        let genotypes = frequencies
            .iter()
            .map(|p| (0..people + targets).map(|_| chance.genotype(*p)).collect())
            .collect();
        let mut logs = vec![0.0];
        (1..=2 * people).for_each(|k| logs.push(logs[k - 1] + (k as f64).ln()));
        Attack { people, contigs, frequencies, genotypes, logs }
    }

    fn sites(&self) -> Vec<Site> {
        let site = |(at, carried): (usize, &Vec<u8>)| {
            let (contig, position) = self.contigs[at];
            Site { contig, position, carried: carried[..self.people].to_vec() }
        };
        self.genotypes.iter().enumerate().map(site).collect()
    }

    /// Probability of a count within a span among `alleles` drawn.
    fn mass(&self, alleles: i64, p: f64, span: (i64, i64)) -> f64 {
        let log = |k: i64| {
            let choose =
                self.logs[alleles as usize] - self.logs[k as usize] - self.logs[(alleles - k) as usize];
            choose + k as f64 * p.ln() + (alleles - k) as f64 * (1.0 - p).ln()
        };
        (span.0.max(0)..=span.1.min(alleles)).map(|k| log(k).exp()).sum::<f64>().max(1e-300)
    }

    /// Logarithm of how much likelier a span is with the target in.
    fn evidence(&self, target: usize, site: usize, span: (u32, u32)) -> f64 {
        let (p, g) = (self.frequencies[site], i64::from(self.genotypes[site][target]));
        let (from, to) = (i64::from(span.0), i64::from(span.1));
        let all = 2 * self.people as i64;
        (self.mass(all - 2, p, (from - g, to - g)) / self.mass(all, p, (from, to))).ln()
    }

    /// The sites of a target, the most telling first.
    fn telling(&self, target: usize) -> Vec<usize> {
        let shift = |site: usize| {
            let (p, g) = (self.frequencies[site], f64::from(self.genotypes[site][target]));
            (g - 2.0 * p).powi(2) / (p * (1.0 - p))
        };
        let mut order: Vec<usize> = (0..self.contigs.len()).collect();
        order.sort_by(|a, b| shift(*b).total_cmp(&shift(*a)));
        order
    }

    fn variant(&self, site: usize) -> String {
        format!("chr{}-{}-A-C", self.contigs[site].0, self.contigs[site].1)
    }
}

/// Share of members found at 5% of strangers, with the half-width of its 95% interval.
fn power(mut strangers: Vec<f64>, members: &[f64]) -> (f64, f64) {
    strangers.sort_by(f64::total_cmp);
    let limit = strangers[strangers.len() * 95 / 100];
    let power = members.iter().filter(|evidence| **evidence > limit).count() as f64 / members.len() as f64;
    let variance = power * (1.0 - power) / members.len() as f64 + 0.0475 * 2.5 / strangers.len() as f64;
    (power, 1.96 * variance.sqrt())
}

/// Registered users, two at each of many institutions: a pair for each target.
fn programme(finest: &str, targets: usize) -> String {
    let mut text = EXAMPLE.replacen(
        "block_bases = 1000000\n",
        &format!("block_bases = 1000000\nfinest = \"{finest}\"\n"),
        1,
    );
    for target in 0..2 * targets {
        text += &format!(
            "\n[[institution]]\nid = \"lab-{target}\"\nname_ja = \"例\"\nname_en = \"Lab\"\nclass = \"university\"\ncountry = \"JP\"\n"
        );
        for user in ["a", "b"] {
            text += &format!(
                "\n[[user]]\nid = \"{user}-{target}\"\nname_ja = \"例\"\nname_en = \"User\"\ninstitution = \"lab-{target}\"\nroles = [\"registered\"]\n"
            );
        }
    }
    text
}

fn span(answer: &FrequencyAnswer) -> (u32, u32) {
    let told = answer.ledger.guarded.as_ref().unwrap();
    (told.from, told.to)
}

/// What one user gathers about a target until three questions in a row are refused.
async fn gather(
    gate: &Gate,
    attack: &Attack,
    who: &str,
    target: usize,
    sites: &mut std::vec::IntoIter<usize>,
) -> (f64, usize) {
    let (mut evidence, mut told, mut refused) = (0.0, 0, 0);
    for site in sites {
        match ask(gate, who, "r1", &attack.variant(site), Grouping::None).await {
            Ok(answer) => {
                evidence += attack.evidence(target, site, span(&answer));
                (told, refused) = (told + 1, 0);
            }
            Err(GateError::Refused(_)) => refused += 1,
            Err(error) => panic!("{error}"),
        }
        if refused == 3 {
            break;
        }
    }
    (evidence, told)
}

async fn attack(finest: &str, people: usize, targets: usize) {
    let attack = Attack::new(people, 1, targets);
    let mut world = World::new(&programme(finest, targets)).await;
    world.release("r1", &vec![PLAIN; people], &attack.sites()).await;
    let (mut one, mut both) = (Vec::new(), Vec::new());
    let mut answers = 0;
    for number in 0..2 * targets {
        // The first are members, the others never gave a genome.
        let target = if number < targets { number } else { people + number - targets };
        let mut sites = attack.telling(target).into_iter();
        let (first, told) = gather(&world.gate, &attack, &format!("a-{number}"), target, &mut sites).await;
        let (second, more) = gather(&world.gate, &attack, &format!("b-{number}"), target, &mut sites).await;
        assert!(told > 0 && more > 0, "something was shown");
        answers += told + more;
        one.push(first);
        both.push(first + second);
    }
    for (who, evidence) in [("one user", one), ("two users", both)] {
        let (members, strangers) = evidence.split_at(targets);
        let (power, width) = power(strangers.to_vec(), members);
        println!(
            "{people} people, {finest}, {who}: power {power:.3} ± {width:.3}, {} answers a pair",
            answers / (2 * targets)
        );
        assert!(power - width <= 0.10, "{finest}, {who}: {power} ± {width}");
    }
}

#[tokio::test]
async fn over_all_he_can_learn_in_bands_the_attacker_stays_under_the_promise() {
    attack("fine", PEOPLE, TARGETS).await;
}

#[tokio::test]
async fn over_all_he_can_learn_in_counts_the_attacker_stays_under_the_promise() {
    attack("exact", PEOPLE, TARGETS).await;
}

#[tokio::test]
async fn the_same_attacker_without_the_ledger_finds_the_members() {
    let attack = Attack::new(PEOPLE, 4, TARGETS);
    let mut world = World::new(&without_ledger()).await;
    world.release("r1", &[PLAIN; PEOPLE], &attack.sites()).await;
    let mut evidence = vec![0.0; 2 * TARGETS];
    for contig in 1..=CONTIGS as u8 {
        let answer =
            ask(&world.gate, "academic", "r1", &format!("chr{contig}"), Grouping::None).await.unwrap();
        for shown in &answer.sites {
            let place = (contig, shown.variant.position.get());
            let site = attack.contigs.iter().position(|known| *known == place).unwrap();
            let Some(ac) = shown.groups["all"].ac else { continue };
            for (number, sum) in evidence.iter_mut().enumerate() {
                let target = if number < TARGETS { number } else { PEOPLE + number - TARGETS };
                *sum += attack.evidence(target, site, (ac, ac));
            }
        }
    }
    let (members, strangers) = evidence.split_at(TARGETS);
    let (power, width) = power(strangers.to_vec(), members);
    println!("no ledger, {} counts: power {power:.3} ± {width:.3}", attack.contigs.len());
    assert!(power - width > 0.4, "{power} ± {width}");
}

#[tokio::test]
#[ignore = "prints the table of decision record 0035: ten minutes"]
async fn powers_over_many_targets() {
    for finest in ["broad", "fine", "exact"] {
        attack(finest, PEOPLE, 1_000).await;
    }
}

#[tokio::test]
#[ignore = "prints figures of decision record 0035: hours"]
async fn powers_among_ten_thousand_people() {
    for finest in ["fine", "exact"] {
        attack(finest, 10_000, 300).await;
    }
}
