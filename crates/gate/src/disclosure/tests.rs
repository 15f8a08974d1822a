//! Attacks on the disclosure control: whatever one user can add and subtract over every split.

use super::*;
use gj_model::{InstitutionId, Scope, Sex};
use proptest::prelude::*;

fn classes() -> Vec<ReleaseClass> {
    let mut classes = Vec::new();
    // One contributor holds all of JPT, the others share the strata.
    for (institution, strata) in [("a", &["JPT"][..]), ("b", &["CHB", "GBR"]), ("c", &["GBR", "YRI"])] {
        for stratum in strata {
            for sex in [Sex::Female, Sex::Male] {
                let institution: InstitutionId = institution.parse().unwrap();
                classes.push(ReleaseClass {
                    institution,
                    stratum: (*stratum).to_owned(),
                    sex,
                    scope: Scope::NONE,
                });
            }
        }
    }
    classes
}

/// Gaussian elimination over fractions of `i128`, on atoms with bounds `0..`: an oracle that shares
/// no code with `span.rs`.
fn solvable(rows: &[Vec<i128>], target: &[i128]) -> bool {
    let mut rows: Vec<Vec<i128>> = rows.to_vec();
    let mut target = target.to_vec();
    let columns = target.len();
    let mut used = vec![false; rows.len()];
    for column in 0..columns {
        let Some(pivot) = (0..rows.len()).find(|r| !used[*r] && rows[*r][column] != 0) else { continue };
        used[pivot] = true;
        let lead = rows[pivot].clone();
        let cancel = |row: &mut Vec<i128>| {
            let (a, b) = (lead[column], row[column]);
            if b != 0 {
                for (value, part) in row.iter_mut().zip(&lead) {
                    *value = *value * a - part * b;
                }
                let divisor = row.iter().fold(0i128, |g, v| gcd(g, v.abs()));
                if divisor > 1 {
                    row.iter_mut().for_each(|v| *v /= divisor);
                }
            }
        };
        for (index, row) in rows.iter_mut().enumerate() {
            if index != pivot {
                cancel(row);
            }
        }
        cancel(&mut target);
    }
    target.iter().all(|v| *v == 0)
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn site() -> impl Strategy<Value = Vec<Counts>> {
    let one = (10u32..60, prop_oneof![6 => Just(0u32), 6 => 0u32..4, 2 => 0u32..40], 0u32..100).prop_map(
        |(people, carriers, homozygous)| {
            let carriers = carriers.min(people);
            let hom = carriers * homozygous / 200;
            Counts { ac: carriers + hom, an: 2 * people, hom, hemi: 0, people }
        },
    );
    proptest::collection::vec(one, classes().len())
}

fn measures(cells: &Cells) -> [Option<u32>; 5] {
    [cells.ac, cells.an, cells.hom, cells.hemi, cells.people]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_small_cell_is_shown_or_can_be_subtracted(counts in site()) {
        let classes = classes();
        let disclosure = Disclosure::new(&classes, &vec![true; classes.len()], 10);
        let shown = disclosure.judge(&counts);
        for measure in 0..5 {
            let value = |c: &Counts| [c.ac, c.an, c.hom, c.hemi, c.people][measure];
            let truth: Vec<u32> = disclosure.groups.iter()
                .map(|g| g.atoms.iter().map(|a| {
                    (0..classes.len()).filter(|c| disclosure.atom_of[*c] == Some(*a)).map(|c| value(&counts[c])).sum::<u32>()
                }).sum())
                .collect();
            let seen: Vec<Option<u32>> = shown.cells.iter().map(|c| measures(c)[measure]).collect();
            let zero: Vec<bool> = (0..disclosure.atoms).map(|atom| {
                disclosure.groups.iter().zip(&seen).any(|(g, s)| *s == Some(0) && g.atoms.contains(&atom))
            }).collect();
            let row = |g: &Group| -> Vec<i128> {
                (0..disclosure.atoms).map(|a| i128::from(!zero[a] && g.atoms.contains(&a))).collect()
            };
            let known: Vec<Vec<i128>> = disclosure.groups.iter().zip(&seen).filter(|(_, s)| s.is_some()).map(|(g, _)| row(g)).collect();
            for (group, (truth, seen)) in disclosure.groups.iter().zip(truth.iter().zip(&seen)) {
                if let Some(seen) = seen {
                    prop_assert_eq!(seen, truth);
                    prop_assert!(*seen == 0 || *seen >= 10, "{} shows {}", group.name, seen);
                } else {
                    prop_assert!(*truth != 0, "zero is shown");
                    if *truth < 10 {
                        prop_assert!(!solvable(&known, &row(group)), "{} can be computed", group.name);
                    }
                }
            }
        }
    }
}

fn jpt_only(ac: [u32; 5]) -> (Disclosure, Shown) {
    // Female classes carry the alleles, males none; 50 people a class.
    let classes = classes();
    let counts: Vec<Counts> = (0..classes.len())
        .map(|i| Counts { ac: if i % 2 == 0 { ac[i / 2] } else { 0 }, an: 100, hom: 0, hemi: 0, people: 50 })
        .collect();
    let disclosure = Disclosure::new(&classes, &vec![true; classes.len()], 10);
    let shown = disclosure.judge(&counts);
    (disclosure, shown)
}

#[test]
fn one_small_stratum_takes_a_partner_with_it() {
    let (disclosure, shown) = jpt_only([5, 40, 30, 0, 25]);
    let by_stratum = disclosure.pick(&shown, Grouping::Stratum);
    assert_eq!(by_stratum["all"].ac, Some(100));
    assert_eq!(by_stratum["JPT"].ac, None);
    let hidden: Vec<&str> =
        by_stratum.iter().filter(|(_, c)| c.ac.is_none()).map(|(n, _)| n.as_str()).collect();
    assert!(hidden.len() >= 2, "{hidden:?}");
}

#[test]
fn what_one_split_hides_another_split_does_not_give_away() {
    let (disclosure, shown) = jpt_only([5, 40, 30, 0, 25]);
    // Contributor `a` is exactly JPT: hidden there too, with a partner.
    let by_contributor = disclosure.pick(&shown, Grouping::Contributor);
    assert_eq!(by_contributor["a"].ac, None);
    assert!(by_contributor.values().filter(|c| c.ac.is_none()).count() >= 2);
}

#[test]
fn two_cells_that_must_both_be_nine_are_given_a_third() {
    let (disclosure, shown) = jpt_only([9, 9, 40, 40, 40]);
    let by_stratum = disclosure.pick(&shown, Grouping::Stratum);
    assert!(by_stratum.values().filter(|c| c.ac.is_none()).count() >= 3);
}

#[test]
fn classes_outside_the_grant_add_nothing() {
    let classes = classes();
    let counts = vec![Counts { ac: 50, an: 100, hom: 0, hemi: 0, people: 50 }; classes.len()];
    let counted: Vec<bool> = classes.iter().map(|c| c.institution.as_str() != "a").collect();
    let disclosure = Disclosure::new(&classes, &counted, 10);
    let cells = disclosure.pick(&disclosure.judge(&counts), Grouping::Stratum);
    assert_eq!(cells["all"].people, Some(400));
    assert!(!cells.contains_key("JPT"));
}
