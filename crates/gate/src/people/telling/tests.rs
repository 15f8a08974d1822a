//! The rule played against attackers who know it, over made-up people whose true numbers are known.

use super::*;
use crate::people::condition::{Reach, TermCondition};
use gj_model::Sex;
use std::collections::BTreeMap;

const SMALLEST: u32 = 10;

/// A small generator of numbers, so that tests need no crate for it (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ z >> 31) % sides
    }
}

/// Who meets which condition, told apart by hand; and which term is a kind of which.
#[derive(Default)]
struct Made {
    people: usize,
    meets: BTreeMap<Condition, Vec<bool>>,
    above: BTreeMap<Condition, Vec<Condition>>,
}

impl Sets for Made {
    fn count(&self, conditions: &[Condition]) -> u32 {
        let all = |person: &usize| conditions.iter().all(|condition| self.meets[condition][*person]);
        (0..self.people).filter(all).count() as u32
    }

    fn wider(&self, condition: &Condition) -> Vec<Condition> {
        self.above.get(condition).cloned().unwrap_or_default()
    }

    fn name(&self, condition: &Condition) -> String {
        condition.to_string()
    }
}

fn term(number: u64) -> Condition {
    Condition::Term(TermCondition { id: format!("HP:{number:07}"), reach: Reach::Observed })
}

fn rounding(seed: u64) -> Rounding {
    Rounding { smallest: SMALLEST, key: *blake3::hash(&seed.to_le_bytes()).as_bytes() }
}

impl Made {
    /// People of two sexes with terms 0 to 5: 1 and 2 are kinds of 0, 3 of 1, 4 of both 1 and 2; 5 stands
    /// alone. A term takes few or many away from what it is a kind of.
    fn roll(dice: &mut Dice) -> Made {
        let people = 20 + dice.roll(60) as usize;
        let mut made = Made { people, ..Made::default() };
        let draw = |above: &[&Vec<bool>], dice: &mut Dice| -> Vec<bool> {
            let keep = [97, 90, 60, 25][dice.roll(4) as usize];
            let kept = |person: usize| above.iter().all(|set| set[person]) && dice.roll(100) < keep;
            (0..people).map(kept).collect()
        };
        let all = vec![true; people];
        let zero = draw(&[&all], dice);
        let (one, two) = (draw(&[&zero], dice), draw(&[&zero], dice));
        let (three, four) = (draw(&[&one], dice), draw(&[&one, &two], dice));
        let five = draw(&[&all], dice);
        let female = draw(&[&all], dice);
        made.meets.insert(Condition::Sex(Sex::Male), female.iter().map(|female| !female).collect());
        made.meets.insert(Condition::Sex(Sex::Female), female);
        for (number, set) in [zero, one, two, three, four, five].into_iter().enumerate() {
            made.meets.insert(term(number as u64), set);
        }
        for (below, above) in [(1, vec![0]), (2, vec![0]), (3, vec![1]), (4, vec![1, 2])] {
            made.above.insert(term(below), above.into_iter().map(term).collect());
        }
        made
    }

    /// Every question out of at most three conditions.
    fn questions(&self) -> Vec<Vec<Condition>> {
        let all: Vec<&Condition> = self.meets.keys().collect();
        let mut questions = vec![Vec::new()];
        for (i, a) in all.iter().enumerate() {
            questions.push(vec![(*a).clone()]);
            for (j, b) in all.iter().enumerate().skip(i + 1) {
                questions.push(vec![(*a).clone(), (*b).clone()]);
                questions.extend(all[j + 1..].iter().map(|c| vec![(*a).clone(), (*b).clone(), (*c).clone()]));
            }
        }
        questions
    }

    /// Whether everybody who meets `narrow` meets `wide`, by what conditions mean alone.
    fn is_inside(&self, narrow: &[Condition], wide: &[Condition]) -> bool {
        fn reaches(made: &Made, from: &Condition, to: &Condition) -> bool {
            from == to || made.above.get(from).into_iter().flatten().any(|above| reaches(made, above, to))
        }
        wide.iter().all(|to| narrow.iter().any(|from| reaches(self, from, to)))
    }
}

#[test]
fn small_counts_are_hidden_and_told_ones_are_right_on_average() {
    for count in 0..=SMALLEST {
        assert!((0..500).all(|seed| rounding(seed).told(count, "q").is_none()), "{count}");
    }
    for count in 2 * SMALLEST..60 {
        let told: Vec<u32> = (0..4_000).map(|seed| rounding(seed).told(count, "q").unwrap()).collect();
        assert!(told.iter().all(|t| t % SMALLEST == 0 && t.abs_diff(count) < SMALLEST));
        let mean = told.iter().sum::<u32>() as f64 / told.len() as f64;
        // Four standard errors of at most 5 / sqrt(4000).
        assert!((mean - f64::from(count)).abs() < 0.32, "{count}: {mean}");
    }
    let open = Rounding { smallest: 1, key: [0; 32] };
    assert!((0..30).all(|count| open.told(count, "q") == Some(count)));
}

#[test]
fn no_two_told_counts_of_nested_questions_differ_by_ten_people_or_fewer() {
    let mut dice = Dice(5);
    let (mut told, mut widened) = (0, 0);
    for seed in 0..60 {
        let (made, rounding) = (Made::roll(&mut dice), rounding(seed));
        let mut settled: Vec<Settled> = Vec::new();
        for asked in made.questions() {
            let answer = rounding.settle(&made, asked.clone());
            if let Some(people) = answer.people {
                // The naive truth of what was asked, and of what was answered.
                assert_eq!(people, made.count(&answer.conditions));
                assert!(made.count(&asked) > SMALLEST && people > SMALLEST);
                widened += usize::from(made.count(&asked) != people);
                assert!(made.is_inside(&asked, &answer.conditions));
                settled.push(answer);
            }
        }
        settled.sort_by(|a, b| a.conditions.cmp(&b.conditions));
        settled.dedup();
        told += settled.len();
        for narrow in &settled {
            for wide in settled.iter().filter(|wide| made.is_inside(&narrow.conditions, &wide.conditions)) {
                let (narrow, wide_people) = (narrow, wide.people.unwrap());
                if narrow.conditions != wide.conditions {
                    assert!(
                        wide_people - narrow.people.unwrap() > SMALLEST,
                        "{:?} in {:?}",
                        narrow.conditions,
                        wide.conditions
                    );
                }
            }
        }
    }
    assert!(told > 80 && widened > 200, "{told} told, {widened} widened: the worlds are too easy");
}

/// One person is marked by a condition that everybody else meets. The attacker asks with and without it, in
/// company of something to be learned about the person, and subtracts: the tracker of Denning (1979).
#[test]
fn a_tracker_learns_nothing_by_subtraction() {
    let mut dice = Dice(9);
    let (mark, secret) = (term(90), term(91));
    let mut asked = 0;
    for seed in 0..400 {
        let people = 25 + dice.roll(60) as usize;
        let others: Vec<bool> = (1..people).map(|_| dice.roll(100) < 60).collect();
        for has in [true, false] {
            let mut made = Made { people, ..Made::default() };
            made.meets.insert(mark.clone(), (0..people).map(|person| person != 0).collect());
            made.meets.insert(secret.clone(), [&[has][..], &others].concat());
            // Naively, the difference is the person.
            let naive = |conditions: &[Condition]| made.count(conditions);
            let (both, alone) = (vec![secret.clone(), mark.clone()], vec![secret.clone()]);
            assert_eq!(naive(&alone) - naive(&both), u32::from(has));
            let settle = |question: &Vec<Condition>| rounding(seed).settle(&made, question.clone());
            let (with, without) = (settle(&both), settle(&alone));
            if let (Some(with), Some(without)) = (with.people, without.people) {
                assert_eq!(with, without);
                asked += 1;
            }
        }
    }
    assert!(asked > 500, "{asked}");
}

#[test]
fn a_question_that_would_be_widened_without_end_is_hidden() {
    let mut made = Made { people: 50, ..Made::default() };
    (0..=40).for_each(|number| drop(made.meets.insert(term(number), vec![true; 50])));
    made.above.insert(term(0), (1..=40).map(term).collect());
    assert_eq!(made.count(&[term(0)]), 50);
    assert_eq!(rounding(1).settle(&made, vec![term(0)]).people, None);
    made.above.insert(term(0), (1..=4).map(term).collect());
    assert_eq!(rounding(1).settle(&made, vec![term(0)]).people, Some(50));
}

/// With an exact total from elsewhere (a frequency), and every part that is told, how often is a hidden part
/// known to within one?
#[test]
fn a_hidden_part_of_a_known_total_is_hardly_ever_pinned() {
    let mut dice = Dice(11);
    let (mut hidden, mut pinned) = (0, 0);
    for seed in 0..4_000 {
        let sizes: Vec<u32> = (0..2 + dice.roll(4)).map(|_| 1 + dice.roll(60) as u32).collect();
        let total: u32 = sizes.iter().sum();
        let mut made = Made { people: total as usize, ..Made::default() };
        for (number, _) in sizes.iter().enumerate() {
            let start: u32 = sizes[..number].iter().sum();
            let inside = |person: usize| (start..start + sizes[number]).contains(&(person as u32));
            made.meets.insert(term(number as u64), (0..made.people).map(inside).collect());
        }
        let rounding = rounding(seed);
        let told: Vec<Option<u32>> = (0..sizes.len())
            .map(|number| {
                let settled = rounding.settle(&made, vec![term(number as u64)]);
                // Widened to everybody: nothing is told of the part.
                settled.people.filter(|_| !settled.conditions.is_empty())?;
                rounding.told_of(&settled, settled.people?)
            })
            .collect();
        let unknown: Vec<usize> = (0..sizes.len()).filter(|number| told[*number].is_none()).collect();
        let [alone] = unknown[..] else { continue };
        if sizes[alone] >= SMALLEST {
            continue;
        }
        hidden += 1;
        let shown: u32 = told.iter().flatten().sum();
        let slack = (sizes.len() as u32 - 1) * (SMALLEST - 1);
        let most = (total + slack).saturating_sub(shown).min(2 * SMALLEST - 1);
        let least = total.saturating_sub(shown + slack);
        pinned += u32::from(most - least <= 1);
    }
    assert!(hidden > 300, "{hidden}");
    assert!(pinned * 100 <= hidden, "{pinned} of {hidden}");
}
