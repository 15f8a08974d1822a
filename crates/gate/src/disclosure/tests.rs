//! Attacks on the disclosure control: whatever one user can conclude from every split of a site.

use super::*;
use gj_model::{InstitutionId, Scope};
use std::collections::BTreeSet;

fn class(institution: &str, stratum: &str, sex: Sex) -> ReleaseClass {
    let institution: InstitutionId = institution.parse().unwrap();
    ReleaseClass { institution, stratum: stratum.to_owned(), sex, scope: Scope::NONE }
}

/// One contributor holds all of JPT, the others share the strata.
fn classes() -> Vec<ReleaseClass> {
    let held = [("a", "JPT"), ("b", "CHB"), ("b", "GBR"), ("c", "GBR"), ("c", "YRI")];
    let sexes = [Sex::Female, Sex::Male];
    held.iter().flat_map(|(i, s)| sexes.map(|sex| class(i, s, sex))).collect()
}

fn disclosure(people: u32) -> Disclosure {
    let classes = classes();
    let all = vec![true; classes.len()];
    Disclosure::new(&classes, &vec![people; classes.len()], &all, 10)
}

/// Everybody heterozygous or reference; females carry.
fn jpt_only(ac: [u32; 5]) -> (Disclosure, Shown) {
    let counts = |i: usize| Counts {
        ac: if i.is_multiple_of(2) { ac[i / 2] } else { 0 },
        an: 100,
        hom: 0,
        hemi: 0,
        people: 50,
    };
    let disclosure = disclosure(50);
    let shown = disclosure.judge(Zone::Diploid, &(0..10).map(counts).collect::<Vec<_>>());
    (disclosure, shown)
}

fn hidden_in(cells: &BTreeMap<String, Cells>, measure: fn(&Cells) -> Option<u32>) -> Vec<&str> {
    cells.iter().filter(|(_, cells)| measure(cells).is_none()).map(|(name, _)| name.as_str()).collect()
}

#[test]
fn one_small_stratum_takes_a_partner_with_it() {
    let (disclosure, shown) = jpt_only([5, 40, 30, 0, 25]);
    let by_stratum = disclosure.pick(&shown, Grouping::Stratum);
    assert_eq!(by_stratum["all"].ac, Some(100));
    let hidden = hidden_in(&by_stratum, |c| c.ac);
    assert!(hidden.contains(&"JPT") && hidden.len() >= 2, "{hidden:?}");
}

#[test]
fn what_one_split_hides_another_split_does_not_give_away() {
    let (disclosure, shown) = jpt_only([5, 40, 30, 0, 25]);
    // Contributor `a` is exactly JPT: hidden there too, with a partner.
    let hidden = disclosure.pick(&shown, Grouping::Contributor);
    let hidden = hidden_in(&hidden, |c| c.ac);
    assert!(hidden.contains(&"a") && hidden.len() >= 2, "{hidden:?}");
}

#[test]
fn two_cells_that_must_both_be_nine_are_given_a_third() {
    let (disclosure, shown) = jpt_only([9, 9, 40, 40, 40]);
    assert!(hidden_in(&disclosure.pick(&shown, Grouping::Stratum), |c| c.ac).len() >= 3);
}

#[test]
fn classes_outside_the_grant_add_nothing() {
    let classes = classes();
    let counts = vec![Counts { ac: 50, an: 100, hom: 0, hemi: 0, people: 50 }; classes.len()];
    let counted: Vec<bool> = classes.iter().map(|c| c.institution.as_str() != "a").collect();
    let disclosure = Disclosure::new(&classes, &[50; 10], &counted, 10);
    let cells = disclosure.pick(&disclosure.judge(Zone::Diploid, &counts), Grouping::Stratum);
    assert_eq!(cells["all"].people, Some(400));
    assert!(!cells.contains_key("JPT"));
}

/// The cells of a single group of people.
fn alone(zone: Zone, sex: Sex, counts: Counts) -> Cells {
    let classes = [class("a", "s", sex)];
    let disclosure = Disclosure::new(&classes, &[counts.people], &[true], 10);
    disclosure.pick(&disclosure.judge(zone, &[counts]), Grouping::None)["all"]
}

fn flags(cells: Cells) -> String {
    let named = [
        ("ac", cells.ac),
        ("an", cells.an),
        ("hom", cells.hom),
        ("hemi", cells.hemi),
        ("people", cells.people),
    ];
    named.iter().filter(|(_, cell)| cell.is_none()).map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
}

#[test]
fn small_counts_and_small_differences_are_hidden_and_zero_is_shown() {
    let autosome = |ac, an, hom, people| {
        flags(alone(Zone::Diploid, Sex::Female, Counts { ac, an, hom, hemi: 0, people }))
    };
    assert_eq!(autosome(0, 208, 0, 104), "");
    assert_eq!(autosome(9, 208, 0, 104), "ac");
    assert_eq!(autosome(10, 208, 0, 104), "");
    assert_eq!(autosome(60, 208, 9, 104), "hom");
    // 204 of 208: four reference alleles, and four people who are not homozygous.
    assert_eq!(autosome(204, 208, 100, 104), "ac hom");
    // Ten homozygous of 25 alleles: heterozygous 25 - 20 = 5.
    assert_eq!(autosome(25, 208, 10, 104), "hom");
    // Five people: only zeros.
    assert_eq!(autosome(3, 10, 0, 5), "ac an people");
    // Hemizygous only: one number under two names.
    let male = Counts { ac: 3, an: 60, hom: 0, hemi: 3, people: 60 };
    assert_eq!(flags(alone(Zone::X, Sex::Male, male)), "ac hemi");
}

#[test]
fn few_men_are_not_told_from_called_alleles_on_x() {
    // 24 women and 6 men, every allele the alternate one.
    let classes = [class("a", "s", Sex::Female), class("a", "s", Sex::Male)];
    let disclosure = Disclosure::new(&classes, &[24, 6], &[true; 2], 10);
    let women = Counts { ac: 48, an: 48, hom: 24, hemi: 0, people: 24 };
    let men = Counts { ac: 6, an: 6, hom: 0, hemi: 6, people: 6 };
    let all = disclosure.pick(&disclosure.judge(Zone::X, &[women, men]), Grouping::Sex)["all"];
    // 2 × people − an are the men; ac − an and hemi would tell, too.
    assert!(all.an.is_none() || all.people.is_none(), "{all:?}");
    assert!(all.ac.is_none() || all.hom.is_none(), "{all:?}");
}

#[test]
fn who_hides_with_a_small_group_does_not_change_from_site_to_site() {
    let classes = ["Hondo", "Tohoku", "Ryukyu", "Overseas"].map(|s| class("a", s, Sex::Female));
    let rosters = [100, 30, 31, 8];
    let disclosure = Disclosure::new(&classes, &rosters, &[true; 4], 10);
    let site = |called: [u32; 4]| {
        let counts = called.map(|people| Counts { ac: 0, an: 2 * people, hom: 0, hemi: 0, people });
        let cells = disclosure.pick(&disclosure.judge(Zone::Diploid, &counts), Grouping::Stratum);
        hidden_in(&cells, |c| c.people).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(site([100, 30, 31, 8]), ["Overseas", "Tohoku"]);
    assert_eq!(site([100, 30, 29, 8]), ["Overseas", "Tohoku"]);
    let people = disclosure.pick(&disclosure.judge_people(&rosters), Grouping::Stratum);
    assert_eq!(hidden_in(&people, |c| c.people), ["Overseas", "Tohoku"]);
}

/// A site of three atoms, by kinds of people: small enough to try every table an attacker may imagine.
#[derive(Debug, Clone)]
struct Tiny {
    zone: Zone,
    /// How many people of each kind, for each atom.
    people: [[u32; 3]; 3],
}

/// Counts below this are small in the tiny world.
const TINY_SMALLEST: u32 = 3;
/// People of a kind that the attacker imagines at most.
const IMAGINED: u32 = 6;

fn tiny_classes() -> [ReleaseClass; 3] {
    [class("a", "s", Sex::Female), class("a", "t", Sex::Male), class("b", "t", Sex::Female)]
}

/// The kinds a person of the atom can be of, as indices into [`form::KINDS`].
fn kinds_of(zone: Zone, atom: usize) -> [usize; 3] {
    if zone == Zone::X && atom == 1 { [3, 4, 4] } else { [0, 1, 2] }
}

fn measured(zone: Zone, atom: usize, people: [u32; 3]) -> Values {
    let mut values = [0; 5];
    for (kind, n) in kinds_of(zone, atom).into_iter().zip(people) {
        MEASURES.into_iter().for_each(|m| values[m] += form::KINDS[kind][m] * i64::from(n));
    }
    values
}

fn counts(values: Values) -> Counts {
    let [ac, an, hom, hemi, people] = values.map(|value| value as u32);
    Counts { ac, an, hom, hemi, people }
}

/// Tiny sites in a fixed sequence.
fn tiny(seed: u64) -> Tiny {
    // SplitMix64, by Steele, Lea and Flood (2014).
    let mut state = seed.wrapping_mul(0x2545_f491_4f6c_dd1d);
    let mut roll = |sides: u64| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ z >> 31) % sides) as u32
    };
    let zone = if roll(2) == 0 { Zone::Diploid } else { Zone::X };
    let mut people = [[0; 3]; 3];
    people.iter_mut().flatten().for_each(|n| *n = if roll(5) < 3 { roll(2) } else { roll(5) });
    if zone == Zone::X {
        people[1][2] = 0;
    }
    Tiny { zone, people }
}

fn add(a: Values, b: Values) -> Values {
    std::array::from_fn(|m| a[m] + b[m])
}

/// Every table of an atom that the attacker may imagine.
fn imaginable(zone: Zone, atom: usize) -> Vec<Values> {
    let mut all = BTreeSet::new();
    for a in 0..=IMAGINED {
        for b in 0..=IMAGINED - a {
            for c in 0..=IMAGINED - a - b {
                all.insert(measured(zone, atom, [a, b, c]));
            }
        }
    }
    all.into_iter().collect()
}

/// How many small counts and differences the site has, and which of them have a single value among all
/// tables that fit what is shown.
fn attack(site: &Tiny) -> (usize, Vec<String>) {
    let classes = tiny_classes();
    let truth: Vec<Values> = (0..3).map(|atom| measured(site.zone, atom, site.people[atom])).collect();
    let rosters: Vec<u32> = truth.iter().map(|v| v[PEOPLE] as u32).collect();
    let disclosure = Disclosure::new(&classes, &rosters, &[true; 3], TINY_SMALLEST);
    let per_class: Vec<Counts> = truth.iter().map(|v| counts(*v)).collect();
    let judged = Site::new(&disclosure, site.zone, &per_class);
    let hidden = judged.hide();
    for (values, hidden) in judged.values.iter().zip(&hidden) {
        for m in MEASURES {
            assert!(!hidden[m] || values[m] > 0, "zero is shown: {site:?}");
            assert!(hidden[m] || !disclosure.is_small(values[m]), "small counts are hidden: {site:?}");
        }
    }
    let fits = |group: usize, values: &Values| {
        let fits =
            |m: usize| if hidden[group][m] { values[m] > 0 } else { values[m] == judged.values[group][m] };
        MEASURES.into_iter().all(fits)
    };
    let mut seen: Vec<BTreeSet<i64>> = vec![BTreeSet::new(); judged.targets.len()];
    let mut sums = vec![[0; 5]; disclosure.groups.len()];
    let [first, second, third] = std::array::from_fn(|atom| imaginable(site.zone, atom));
    for a in &first {
        for b in &second {
            for c in &third {
                let atoms = [a, b, c];
                for (group, sum) in disclosure.groups.iter().zip(&mut sums) {
                    *sum = group.atoms.iter().fold([0; 5], |sum, atom| add(sum, *atoms[*atom]));
                }
                if (0..sums.len()).all(|group| fits(group, &sums[group])) {
                    for ((group, form), seen) in judged.targets.iter().zip(&mut seen) {
                        seen.insert(form::apply(form, &sums[*group]));
                    }
                }
            }
        }
    }
    let known = judged.targets.iter().zip(&seen).filter(|(_, seen)| seen.len() == 1);
    let known = known.map(|((group, form), _)| format!("{} {form:?}", disclosure.groups[*group].name));
    (judged.targets.len(), known.collect())
}

/// Tries every table of three atoms against what is shown. Sums and bounds give nothing away; whole
/// numbers can, where everything is as small as in this world of a dozen people.
#[test]
fn an_attacker_who_tries_every_table_learns_next_to_nothing() {
    let (mut targets, mut known) = (0, Vec::new());
    for seed in 0..600 {
        let (of_site, known_of_site) = attack(&tiny(seed));
        targets += of_site;
        known.extend(known_of_site);
    }
    eprintln!("{} of {targets} small counts known: {known:?}", known.len());
    assert!(targets > 2_000 && known.len() * 100 < targets, "{} of {targets}", known.len());
}
