//! Erasing beside the obvious: decode everybody, blank who left. And no byte depends on what they carried.

use super::*;
use crate::block::runs_of;
use crate::block::tests::{all_sorted, rows};
use crate::carriers::{Person, carriers};
use crate::classes::{Classes, Histogram};
use crate::row::{CountedOrder, encode, tally};
use crate::sums::{SummedOrder, Weights, sum};
use gj_model::{Counts, Sex, Zone};
use proptest::prelude::*;
use std::sync::Arc;

fn some_of(samples: usize, seed: u64) -> SampleSet {
    let mut some = SampleSet::none(samples);
    (0..samples).filter(|s| seed.rotate_left(*s as u32 * 7) & 7 == 0).for_each(|s| some.insert(s));
    some
}

fn totals_of(calls: &[Call]) -> Totals {
    totals(&encode(calls), calls.len()).unwrap()
}

/// Every kernel says of the erased row what the calls say.
fn check(bytes: &[u8], order: &Arc<Order>, calls: &[Call], people: &SampleSet, scratch: &mut Scratch) {
    let samples = calls.len();
    assert!(!needs_order(bytes) || bytes.len() < encode(calls).len(), "a row is sorted though longer so");
    let mut out = Vec::new();
    decode(bytes, Some(order), &SampleSet::all(samples), scratch, &mut out).unwrap();
    assert_eq!(out, calls);
    let classes = Classes::new(people, &vec![0; samples], vec![Sex::Female]).unwrap();
    let counted = CountedOrder::new(order.clone(), &classes).unwrap();
    let mut histogram = Histogram::new(&classes);
    tally(bytes, Some(&counted), &classes, scratch, &mut histogram).unwrap();
    let naive = people.iter().fold(Counts::default(), |mut sum, s| {
        sum += calls[s].counts(Sex::Female, Zone::Diploid);
        sum
    });
    assert_eq!(classes.counts(&histogram, Zone::Diploid), [naive]);
    let ones = Weights::count(people);
    let sums = sum(bytes, SummedOrder::new(order, &ones).as_ref(), &ones).unwrap();
    let naive = people.iter().map(|s| calls[s].known());
    let naive = naive.fold((0, 0), |sum, one| (sum.0 + one.0 as i32, sum.1 + one.1 as i32));
    assert_eq!((sums.called[0], sums.alternate[0]), naive);
    let mut found = Vec::new();
    carriers(bytes, Some(order), people, scratch, &mut found).unwrap();
    found.sort_unstable();
    let naive = people.iter().map(|s| (s as u32, calls[s])).filter(|(_, call)| call.known().1 > 0);
    assert_eq!(found, naive.collect::<Vec<_>>());
    for (s, call) in calls.iter().enumerate() {
        assert_eq!(Person::ordered(s, order).unwrap().call(bytes, samples).unwrap(), *call);
    }
}

proptest! {
    #[test]
    fn erasing_is_blanking_every_call(rows in rows(), seeds in any::<[u64; 2]>(), is_known in any::<bool>()) {
        let (order, sorted) = all_sorted(&rows);
        let samples = rows[0].len();
        let first = some_of(samples, seeds[0]);
        let mut gone = some_of(samples, seeds[1]);
        let erased = ErasedOrder::new(&order, &first).unwrap();
        // Who is gone already may be named again.
        first.iter().for_each(|s| gone.insert(s));
        let twice = ErasedOrder::new(erased.order(), &gone).unwrap();
        let orders = [Arc::new(erased.order().clone()), Arc::new(twice.order().clone())];
        let bytes = orders[1].encode();
        prop_assert_eq!(&Order::decode(&bytes, samples, None).unwrap(), orders[1].as_ref());
        let scratch = &mut Scratch::default();
        let alone: Vec<Vec<u8>> = rows.iter().map(|row| encode(row)).collect();
        for (calls, bytes) in rows.iter().zip(&sorted).chain(rows.iter().zip(&alone)) {
            let (mut calls, mut bytes, mut totals) = (calls.clone(), bytes.clone(), totals_of(calls));
            for (order, gone, new) in [(&erased, &first, &orders[0]), (&twice, &gone, &orders[1])] {
                gone.iter().for_each(|s| calls[s] = Call::Absent);
                let stored = is_known.then_some(totals);
                let row = erase(&bytes, stored, gone, Some(order), scratch).unwrap();
                prop_assert_eq!(row.has_calls, calls.iter().any(|call| *call != Call::Absent));
                (bytes, totals) = (row.payload, row.totals);
                prop_assert_eq!(totals, totals_of(&calls));
                let mut people = SampleSet::all(samples);
                gone.iter().for_each(|s| people.remove(s));
                check(&bytes, new, &calls, &people, scratch);
                check(&bytes, new, &calls, &SampleSet::all(samples), scratch);
            }
        }
        for (calls, bytes) in rows.iter().zip(&alone) {
            let mut calls = calls.clone();
            first.iter().for_each(|s| calls[s] = Call::Absent);
            let row = erase(bytes, None, &first, None, scratch).unwrap();
            prop_assert_eq!((row.payload, row.totals), (encode(&calls), totals_of(&calls)));
        }
    }

    #[test]
    fn damaged_rows_never_panic(
        rows in rows(), seed in any::<u64>(), at in any::<prop::sample::Index>(), byte in any::<u8>(), known in any::<bool>(),
    ) {
        let (order, sorted) = all_sorted(&rows);
        let gone = some_of(rows[0].len(), seed);
        let erased = ErasedOrder::new(&order, &gone).unwrap();
        for (calls, mut bytes) in rows.iter().zip(sorted) {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let stored = known.then(|| totals_of(calls));
            let _ = erase(&bytes, stored, &gone, Some(&erased), &mut Scratch::default());
            let _ = erase(&bytes, stored, &gone, None, &mut Scratch::default());
        }
    }
}

/// Numbers from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// A row in both forms, sorted with any flip. The haplotype of somebody heterozygous without phase is the
/// even one for even samples.
fn write(order: &Order, calls: &[Call], flip: bool) -> [Vec<u8>; 2] {
    let (mut minor, mut exceptions) = (Vec::new(), CallRuns::default());
    for (s, (call, style)) in (0..).zip(calls.iter().zip(&order.styles)) {
        let alleles = match style.alleles(*call) {
            Some(_) if *call == Call::Het => Some((s % 2 == 0, s % 2 == 1)),
            alleles => alleles,
        };
        let Some((first, second)) = alleles else {
            push_run(&mut exceptions[call.code() as usize], s, s + 1);
            continue;
        };
        minor.extend((style.haplotypes() > 0 && first != flip).then_some(s * 2));
        minor.extend((style.haplotypes() > 1 && second != flip).then_some(s * 2 + 1));
    }
    let sorted = put_sorted(flip, &runs_of(&minor, &order.places()), &exceptions);
    [sorted, encode(calls)]
}

/// Two cohorts that differ in nothing but the calls of who leaves, under one order of haplotypes.
fn compare(samples: usize, seed: u64) {
    let dice = &mut Dice(seed);
    let mut haplotypes: Vec<u32> = (0..samples as u32 * 2).collect();
    (0..haplotypes.len()).for_each(|place| haplotypes.swap(place, dice.below(samples * 2)));
    let leavers = 1 + dice.below(3);
    let mut gone = SampleSet::none(samples);
    (0..leavers).for_each(|_| gone.insert(dice.below(samples)));
    // Mostly one style for all who stay.
    let of_all = dice.below(8);
    let styles: Vec<Style> =
        (0..samples).map(|_| Style::ALL[if of_all < 4 { of_all % 2 } else { dice.below(4) }]).collect();
    let order = Order { haplotypes, styles };
    let orders = [order.clone(), order].map(|mut order| {
        gone.iter().for_each(|s| order.styles[s] = Style::ALL[dice.below(4)]);
        order
    });
    let erased = [0, 1].map(|version| ErasedOrder::new(&orders[version], &gone).unwrap());
    assert_eq!(erased[0].order(), erased[1].order());
    for _ in 0..20 {
        let mut carries = vec![dice.below(4) == 0; samples * 2];
        for _ in 0..dice.below(9) {
            let (start, scale) = (dice.below(samples * 2), dice.below(8));
            let length = dice.below(1 << scale) + 1;
            let end = (start + length).min(samples * 2);
            let stretch = orders[0].haplotypes[start..end].iter();
            stretch.for_each(|haplotype| carries[*haplotype as usize] ^= true);
        }
        let mut calls: Vec<Call> = orders[0]
            .styles
            .iter()
            .zip(carries.as_chunks::<2>().0)
            .map(|(style, [first, second])| style.call(*first, *second))
            .collect();
        (0..dice.below(3)).for_each(|_| calls[dice.below(samples)] = Call::from_code(dice.below(16) as u8));
        let versions = [0, 1].map(|version| {
            let mut calls = calls.clone();
            gone.iter().for_each(|s| calls[s] = Call::from_code(dice.below(16) as u8));
            let flip = dice.below(2) == 1;
            let [sorted, alone] = write(&orders[version], &calls, flip);
            // As compaction chooses, roughly, or whatever.
            let is_sorted = if dice.below(2) == 0 { sorted.len() < alone.len() } else { dice.below(2) == 0 };
            let bytes = if is_sorted { sorted } else { alone };
            let stored = (dice.below(4) > 0).then(|| totals_of(&calls));
            let row = erase(&bytes, stored, &gone, Some(&erased[version]), &mut Scratch::default()).unwrap();
            (needs_order(&bytes), row)
        });
        let has_unphased = (0..samples)
            .any(|s| !gone.contains(s) && calls[s] == Call::Het && orders[0].styles[s] == Style::Unphased);
        let [(was_sorted, row), (other_was_sorted, other)] = versions;
        for row in [&row, &other] {
            let mut calls = calls.clone();
            gone.iter().for_each(|s| calls[s] = Call::Absent);
            let is_sorted = needs_order(&row.payload);
            assert!(
                !is_sorted || row.payload.len() < encode(&calls).len(),
                "a row is sorted though longer so"
            );
        }
        // The one thing that stays as it was found.
        if !has_unphased || was_sorted == other_was_sorted {
            assert_eq!(row, other, "{samples} samples, seed {seed}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_byte_depends_on_what_the_gone_carried(samples in 1usize..500, seed in any::<u64>()) {
        compare(samples, seed);
    }
}
