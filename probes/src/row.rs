//! Rows of genotypes: every kernel says the same of every row that can be read.

use crate::input::{Input, Numbers};
use gj_kernels::row::needs_order;
use gj_kernels::{
    Call, Classes, CountedOrder, ErasedOrder, Histogram, Order, Person, Scratch, Sparse, SummedOrder, Totals,
    Weights, carriers, decode, encode, erase, sum, tally,
};
use gj_model::{Counts, SampleSet, Sex, Zone};
use std::cell::RefCell;
use std::sync::Arc;

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// An order as a writer could have made it: any styles, in runs, and any places.
pub(crate) fn order(samples: usize, seed: u16) -> Order {
    let mut numbers = Numbers(u64::from(seed));
    let mut haplotypes: Vec<u32> = (0..samples as u32 * 2).collect();
    // Low seeds keep people in their places, as between relatives.
    for place in 0..haplotypes.len().min(usize::from(seed)) {
        haplotypes.swap(place, numbers.below(samples * 2));
    }
    let mut bytes = vec![0];
    varint(&mut bytes, samples as u32);
    let mut left = samples;
    while left > 0 {
        let length = 1 + numbers.below(left.min(9));
        bytes.push(numbers.below(4) as u8);
        varint(&mut bytes, length as u32);
        left -= length;
    }
    let width = u32::BITS - (samples as u32 * 2).saturating_sub(1).leading_zeros();
    let mut bits = Vec::new();
    haplotypes.iter().for_each(|haplotype| bits.extend((0..width).map(|bit| haplotype >> bit & 1)));
    bytes.extend(bits.chunks(8).map(|byte| byte.iter().rev().fold(0u8, |byte, bit| byte << 1 | *bit as u8)));
    Order::decode(&bytes, samples, None).expect("an order as docs/format.md describes it")
}

pub(crate) fn varint(out: &mut Vec<u8>, mut value: u32) {
    while value > 127 {
        out.push(value as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
}

/// `samples`, a seed of the order and a seed of the mask (2 bytes each), then a row.
pub fn probe(bytes: &[u8]) {
    let mut input = Input(bytes);
    let samples = usize::from(input.byte()) % 97;
    let (seed, mask, payload) = (input.short() as u16, input.short() as u64, input.0);
    let order = Arc::new(order(samples, seed));
    let mut numbers = Numbers(mask);
    let mut people = SampleSet::all(samples);
    if mask > 0 {
        (0..samples).filter(|_| numbers.below(4) == 0).for_each(|sample| people.remove(sample));
    }
    SCRATCH.with_borrow_mut(|scratch| check(payload, &order, &people, scratch));
}

fn check(payload: &[u8], order: &Arc<Order>, people: &SampleSet, scratch: &mut Scratch) {
    let samples = people.len();
    let mut calls = Vec::new();
    let whole = decode(payload, Some(order), &SampleSet::all(samples), scratch, &mut calls);
    // Lists that name a sample twice are left to the reader that must know: the digest forbids them.
    let is_read = whole.is_ok() && (needs_order(payload) || Sparse::read(payload, samples).is_ok());
    let masked = |sample: usize| if people.contains(sample) { calls[sample] } else { Call::Absent };
    let mut out = Vec::new();
    let result = decode(payload, Some(order), people, scratch, &mut out);
    assert_eq!(result, whole, "a mask changes what can be read");
    if is_read {
        assert!((0..samples).all(|sample| out[sample] == masked(sample)), "masked calls differ");
    }
    check_alone(payload, is_read.then_some(&calls[..]), scratch);
    check_sums(payload, order, people, is_read.then_some(&calls[..]));
    check_counts(payload, order, people, scratch, is_read.then_some(&calls[..]));
    check_erased(payload, order, people, scratch, is_read.then_some(&calls[..]));
    let result = carriers(payload, Some(order), people, scratch, &mut Vec::new());
    assert_eq!(result, whole, "carriers are read where calls are not");
    if is_read {
        let mut found = Vec::new();
        carriers(payload, Some(order), people, scratch, &mut found).expect("read a moment ago");
        found.sort_unstable();
        let naive = people.iter().filter(|sample| calls[*sample].known().1 > 0);
        let naive: Vec<(u32, Call)> = naive.map(|sample| (sample as u32, calls[sample])).collect();
        assert_eq!(found, naive, "carriers");
        round_trip(&calls, scratch);
    }
    for sample in 0..samples {
        let person = Person::ordered(sample, order).expect("the order has the sample");
        let call = person.call(payload, samples);
        assert!(!is_read || call.ok().as_ref() == calls.get(sample), "one person's call");
    }
}

/// The readers that need no order.
fn check_alone(payload: &[u8], calls: Option<&[Call]>, scratch: &mut Scratch) {
    let samples = calls.map_or(40, <[Call]>::len);
    let (read, totals) = (Sparse::read(payload, samples), gj_kernels::totals(payload, samples));
    let person = Person::alone(0).call(payload, samples);
    let is_sorted = needs_order(payload);
    assert!(!is_sorted || read.is_err() && totals.is_err(), "a sorted row is read without its order");
    let Some(calls) = calls.filter(|_| !is_sorted) else { return };
    let read = read.expect("checked before");
    assert_eq!(read.calls(), calls, "the row as its exceptions");
    let mut out = Vec::new();
    assert_eq!(decode(payload, None, &SampleSet::all(samples), scratch, &mut out), Ok(()));
    assert_eq!(out, calls, "the row without an order");
    assert!(calls.is_empty() || person == Ok(calls[0]));
    assert_eq!(totals, Ok(totals_of(calls)), "totals");
}

fn totals_of(calls: &[Call]) -> Totals {
    calls.iter().map(|call| call.known()).fold(Totals::default(), |sum, (called, alternate)| Totals {
        ac: sum.ac + alternate,
        an: sum.an + called,
        hom: sum.hom + u32::from(alternate == 2),
    })
}

/// The row without those outside `people`: in the order of a block and alone, its totals known or not.
fn check_erased(
    payload: &[u8],
    order: &Arc<Order>,
    people: &SampleSet,
    scratch: &mut Scratch,
    calls: Option<&[Call]>,
) {
    let samples = people.len();
    let mut gone = SampleSet::all(samples);
    people.iter().for_each(|sample| gone.remove(sample));
    let erased = ErasedOrder::new(order, &gone).expect("an order of these samples");
    let left = calls.map(|calls| -> Vec<Call> {
        let call = |(sample, call): (usize, &Call)| if gone.contains(sample) { Call::Absent } else { *call };
        calls.iter().enumerate().map(call).collect()
    });
    let is_sorted = needs_order(payload);
    for stored in [None, Some(calls.map(totals_of).unwrap_or_default())] {
        for given in [None, Some(&erased)] {
            let row = erase(payload, stored, &gone, given, scratch);
            assert!(
                row.is_err() || given.is_some() || !is_sorted,
                "a sorted row is erased without its order"
            );
            let Some(left) = left.as_ref().filter(|_| given.is_some() || !is_sorted) else { continue };
            let row = row.expect("a row whose calls can be read");
            let mut out = Vec::new();
            let read = given.map(ErasedOrder::order);
            assert_eq!(decode(&row.payload, read, &SampleSet::all(samples), scratch, &mut out), Ok(()));
            assert_eq!(&out, left, "erased calls");
            assert_eq!(row.totals, totals_of(left), "totals of what is left");
            assert_eq!(row.has_calls, left.iter().any(|call| *call != Call::Absent));
        }
    }
}

fn check_sums(payload: &[u8], order: &Arc<Order>, people: &SampleSet, calls: Option<&[Call]>) {
    let of: Vec<[i32; 2]> = (0..people.len() as i32).map(|sample| [sample * 3 - 50, 1]).collect();
    let weights = Weights::new(people, of.clone()).expect("a weight each");
    let summed = SummedOrder::new(order, &weights).expect("an order of these samples");
    let sums = sum(payload, Some(&summed), &weights);
    let Some(calls) = calls else { return };
    let sums = sums.expect("a row whose calls can be read");
    for (k, (called, alternate)) in sums.called.into_iter().zip(sums.alternate).enumerate() {
        let naive = people.iter().map(|sample| (calls[sample].known(), of[sample][k]));
        let naive = naive.fold((0, 0), |sum, ((known, carried), weight)| {
            (sum.0 + known as i32 * weight, sum.1 + carried as i32 * weight)
        });
        assert_eq!((called, alternate), naive, "sums");
    }
}

fn check_counts(
    payload: &[u8],
    order: &Arc<Order>,
    people: &SampleSet,
    scratch: &mut Scratch,
    calls: Option<&[Call]>,
) {
    let sexes = [Sex::Female, Sex::Male, Sex::Unknown];
    let of: Vec<u16> = (0..people.len()).map(|sample| (sample % 3) as u16).collect();
    let classes = Classes::new(people, &of, sexes.to_vec()).expect("a class each");
    let counted = CountedOrder::new(order.clone(), &classes).expect("an order of these samples");
    let mut histogram = Histogram::new(&classes);
    let tallied = tally(payload, Some(&counted), &classes, scratch, &mut histogram);
    assert!(tallied.is_ok() || calls.is_none(), "a row whose calls can be read");
    for zone in [Zone::Diploid, Zone::X, Zone::Y, Zone::Mt] {
        if tallied.is_err() {
            break;
        }
        let counts = classes.counts(&histogram, zone);
        let Some(calls) = calls else { continue };
        let mut naive = vec![Counts::default(); sexes.len()];
        people.iter().for_each(|sample| naive[sample % 3] += calls[sample].counts(sexes[sample % 3], zone));
        assert_eq!(counts, naive, "counts");
    }
}

fn round_trip(calls: &[Call], scratch: &mut Scratch) {
    let mut back = Vec::new();
    let payload = encode(calls);
    assert_eq!(decode(&payload, None, &SampleSet::all(calls.len()), scratch, &mut back), Ok(()));
    assert_eq!(back, calls, "encoded and decoded");
    assert_eq!(encode(&back), payload, "equal calls give equal bytes");
}
