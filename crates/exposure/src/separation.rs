//! Which small sets of people sums and differences of shown tables set apart.
//!
//! Each table is a set of groups of people, as one answer shows them: everybody and some splits. Its own small groups are
//! the business of disclosure control; here it is about what several tables betray together, as a release with and without
//! somebody do. An answer is a vector over *atoms*, the people whom no table tells apart. What an attacker gets by sums
//! and differences is the space of these vectors; a vector of it that is zero but on few people is their own count.

/// A prime below 2⁶¹; vectors of zeros and ones over a few dozen answers have the same rank by it as over the fractions.
const PRIME: u64 = (1 << 61) - 1;

/// Rows whose combinations are all looked at; of more, the smallest atom is taken.
const COMBINED_MAX: usize = 12;

type Vector = Vec<u64>;

/// One table's groups, each with whether it holds each atom.
pub type Table = Vec<Vec<bool>>;

/// People of a set smaller than `smallest` that `asked` put beside `shown` would set apart, where neither does alone.
///
/// `people` are those of each atom. `None`: no such set. Errs on the side of saying there is one.
pub fn set_apart(people: &[u32], shown: &[Table], asked: &[Table], smallest: u32) -> Option<u32> {
    // Large atoms first: what is left after them concerns small ones only.
    let mut order: Vec<usize> = (0..people.len()).collect();
    order.sort_by_key(|atom| people[*atom] < smallest);
    let large = people.iter().filter(|people| **people >= smallest).count();
    let rows = |tables: &mut dyn Iterator<Item = &Table>| -> Vec<Vector> {
        let of_group = |group: &Vec<bool>| order.iter().map(|atom| u64::from(group[*atom])).collect();
        tables.flatten().map(of_group).collect()
    };
    let small = |rows: Vec<Vector>| -> Vec<Vector> {
        let reduced = reduce(rows);
        reduced.into_iter().filter(|row| row[..large].iter().all(|value| *value == 0)).collect()
    };
    let together = small(rows(&mut shown.iter().chain(asked)));
    if together.is_empty() {
        return None;
    }
    // Nothing new is said of small atoms; or one table says it all of its own people.
    let before = small(rows(&mut shown.iter()));
    let alone: Vec<Vec<Vector>> =
        asked.iter().map(|table| small(rows(&mut std::iter::once(table)))).collect();
    if std::iter::once(&before).chain(&alone).any(|known| known.len() == together.len()) {
        return None;
    }
    let people: Vec<u32> = order.iter().map(|atom| people[*atom]).collect();
    let counted = |row: &Vector| -> u32 {
        row.iter().zip(&people).filter(|(value, _)| **value != 0).map(|(_, people)| people).sum()
    };
    // Small sets that were betrayed before, or are one table's own: only what goes beyond them is new.
    let known = before.into_iter().chain(alone.into_iter().flatten());
    let known = reduce(known.filter(|row| counted(row) < smallest).collect());
    smallest_beyond(&known, together, &people).filter(|people| *people < smallest)
}

/// A lower bound of the people of any vector of a space that is not in the space of `known`. `None`: there is none.
fn smallest_beyond(known: &[Vector], space: Vec<Vector>, people: &[u32]) -> Option<u32> {
    let new = space.len() - known.len().min(space.len());
    if new == 0 {
        return None;
    }
    // Atoms of known sets may cancel in any way, so they are not counted.
    let is_known: Vec<bool> = (0..people.len()).map(|at| known.iter().any(|row| row[at] != 0)).collect();
    let outside = space.into_iter().map(|row| {
        let keep = |(value, known): (u64, &bool)| if *known { 0 } else { value };
        row.into_iter().zip(&is_known).map(keep).collect()
    });
    let rows = reduce(outside.collect());
    let least_of = |within: &dyn Fn(usize) -> bool| {
        (0..people.len()).filter(|at| within(*at)).map(|at| people[at]).min()
    };
    if rows.len() < new {
        return least_of(&|at| is_known[at]);
    }
    if rows.len() > COMBINED_MAX {
        return least_of(&|at| rows.iter().any(|row| row[at] != 0));
    }
    // Of a combination of rows, what only one of them holds does not cancel.
    let about = |chosen: u32| -> u32 {
        let of = |at: usize| {
            (0..rows.len()).filter(|row| chosen >> row & 1 == 1 && rows[*row][at] != 0).take(2).count()
        };
        (0..people.len()).filter(|at| of(*at) == 1).map(|at| people[at]).sum()
    };
    (1..1_u32 << rows.len()).map(about).min()
}

/// The reduced echelon form, without zero rows.
fn reduce(mut rows: Vec<Vector>) -> Vec<Vector> {
    let width = rows.first().map_or(0, Vec::len);
    let mut done = 0;
    for column in 0..width {
        let Some(pivot) = (done..rows.len()).find(|row| rows[*row][column] != 0) else { continue };
        rows.swap(done, pivot);
        let inverse = power(rows[done][column], PRIME - 2);
        rows[done].iter_mut().for_each(|value| *value = times(*value, inverse));
        let own = rows[done].clone();
        for (at, row) in rows.iter_mut().enumerate() {
            let factor = row[column];
            if at != done && factor != 0 {
                for (value, own) in row.iter_mut().zip(&own) {
                    *value = (*value + PRIME - times(factor, *own)) % PRIME;
                }
            }
        }
        done += 1;
    }
    rows.truncate(done);
    rows
}

fn times(a: u64, b: u64) -> u64 {
    (u128::from(a) * u128::from(b) % u128::from(PRIME)) as u64
}

fn power(base: u64, mut exponent: u64) -> u64 {
    let (mut result, mut base) = (1, base);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, base);
        }
        base = times(base, base);
        exponent >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(groups: &[&[u8]]) -> Table {
        groups.iter().map(|group| group.iter().map(|held| *held == 1).collect()).collect()
    }

    #[test]
    fn who_leaves_is_set_apart_until_a_batch_or_many_leave_with_them() {
        // Atoms: who stays, who leaves, who comes with the next release.
        let people = [900, 1, 300];
        let [before, after, next] = [one(&[&[1, 1, 0]]), one(&[&[1, 0, 0]]), one(&[&[1, 0, 1]])];
        assert_eq!(
            set_apart(&people, std::slice::from_ref(&before), std::slice::from_ref(&after), 10),
            Some(1)
        );
        assert_eq!(set_apart(&people, std::slice::from_ref(&before), std::slice::from_ref(&next), 10), None);
        // Both together say who left.
        assert_eq!(
            set_apart(&people, &[before.clone(), next.clone()], std::slice::from_ref(&after), 10),
            Some(1)
        );
        assert_eq!(set_apart(&[900, 10, 300], &[before], &[after], 10), None);
        assert_eq!(set_apart(&people, &[], &[next], 10), None);
    }

    #[test]
    fn complements_through_three_tables_are_found() {
        // Two halves shown apart; all of them and one more asked.
        let (left, right, all) = (one(&[&[1, 0, 0]]), one(&[&[0, 1, 0]]), one(&[&[1, 1, 1]]));
        let people = [500, 400, 3];
        assert_eq!(set_apart(&people, std::slice::from_ref(&left), std::slice::from_ref(&all), 10), None);
        assert_eq!(set_apart(&people, &[left, right], &[all], 10), Some(3));
    }

    #[test]
    fn a_tables_own_small_group_is_not_news() {
        // Strata of 500 and 4 people, the same in a release with 100 more in the first.
        let people = [500, 4, 100];
        let old = one(&[&[1, 1, 0], &[1, 0, 0], &[0, 1, 0]]);
        let new = one(&[&[1, 1, 1], &[1, 0, 1], &[0, 1, 0]]);
        assert_eq!(set_apart(&people, &[old], &[new], 10), None);
    }

    proptest! {
        /// Every combination with small whole factors is tried: none is about fewer people than allowed.
        #[test]
        fn no_small_combination_is_missed(
            sizes in prop::collection::vec(1_u32..25, 5),
            tables in prop::collection::vec(prop::collection::vec(any::<bool>(), 5), 2..5),
        ) {
            let (asked, shown) = tables.split_last().unwrap();
            let tables = |rows: &[Vec<bool>]| rows.iter().map(|row| vec![row.clone()]).collect::<Vec<Table>>();
            let found = set_apart(&sizes, &tables(shown), &tables(std::slice::from_ref(asked)), 10);
            let all: Vec<&Vec<bool>> = shown.iter().chain([asked]).collect();
            let mut least: Option<u32> = None;
            for code in 0..5_u32.pow(all.len() as u32) {
                let factor = |row: usize| (code / 5_u32.pow(row as u32) % 5) as i32 - 2;
                let sums: Vec<i32> = (0..5)
                    .map(|atom| all.iter().enumerate().map(|(row, held)| factor(row) * i32::from(held[atom])).sum())
                    .collect();
                let about: u32 = sizes.iter().zip(&sums).filter(|(_, sum)| **sum != 0).map(|(size, _)| size).sum();
                // News only: with a part of what was asked and of what was shown.
                let news = factor(all.len() - 1) != 0 && (0..shown.len()).any(|row| factor(row) != 0);
                let own: u32 = sizes.iter().zip(asked).filter(|(_, held)| **held).map(|(size, _)| size).sum();
                if news && about > 0 && about < 10 && own >= 10 {
                    least = Some(least.map_or(about, |before| before.min(about)));
                }
            }
            // The shown alone may betray it, in which case nothing new is said.
            let shown_alone = |rows: &[Vec<bool>]| {
                let spans = rows.len() > 1 && (1..5_u32.pow(rows.len() as u32)).any(|code| {
                    let factor = |row: usize| (code / 5_u32.pow(row as u32) % 5) as i32 - 2;
                    let about: u32 = (0..5).filter(|atom| {
                        rows.iter().enumerate().map(|(row, held)| factor(row) * i32::from(held[*atom])).sum::<i32>() != 0
                    }).map(|atom| sizes[atom]).sum();
                    about > 0 && about < 10
                });
                spans || rows.iter().any(|row| sizes.iter().zip(row).filter(|(_, held)| **held).map(|(size, _)| size).sum::<u32>() < 10)
            };
            if let Some(least) = least && !shown_alone(shown) {
                prop_assert!(found.is_some_and(|found| found <= least), "{least} missed: {found:?}");
            }
        }
    }
}
