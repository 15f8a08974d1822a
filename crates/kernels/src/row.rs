//! A row of genotypes as bytes: the calls of one variant over one batch.
//!
//! Two encodings that stand alone, the smaller one is kept, and one that needs its block ([`crate::block`]):
//! - *lists* (tag 0): the commonest call, then for each other call its sample gaps. Rare variants
//!   cost a byte or two per carrier.
//! - *packed* (tags 1, 2, 4 = bits a sample): a palette of up to 2, 4 or 16 calls and the packed
//!   palette indices, little-endian within bytes.
//! - *sorted* (tag 5): runs of haplotypes in the order of the row's block. Tag 3 is the same with the
//!   exceptions written as lists: format 2.
//!
//! Layout of lists: `0, default, kinds, (call, varint n, n × varint gap)*`, gaps between ascending
//! sample indices, the first one from 0. Layout of packed: `bits, palette length, palette, data`.

use crate::bytes::{Bytes, put_gaps};
use crate::call::Call;
use crate::classes::{Classes, Histogram};
use crate::marks::Marks;
use crate::order::Order;
use gj_model::SampleSet;
use std::sync::Arc;

/// A row's bytes do not describe the calls of the given number of samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the genotype row is damaged ({0})")]
pub struct RowError(&'static str);

impl RowError {
    pub(crate) const fn new(what: &'static str) -> RowError {
        RowError(what)
    }
}

/// Scratch space of a reader, to be used again for the next row.
#[derive(Debug, Default)]
pub struct Scratch {
    marks: Marks,
    pub(crate) people: SampleSet,
}

/// An order with what samples count that a row does not mention, for one set of classes.
#[derive(Debug)]
pub struct CountedOrder {
    order: Arc<Order>,
    /// With the reference and with the alternate allele as the major one.
    silent: [Histogram; 2],
}

impl CountedOrder {
    /// Prepares an order for counting; `None` when it is of another number of samples.
    pub fn new(order: Arc<Order>, classes: &Classes) -> Option<CountedOrder> {
        if order.samples() != classes.samples() {
            return None;
        }
        let silent = [false, true].map(|flip| {
            let mut histogram = Histogram::new(classes);
            for sample in 0..order.samples() {
                if let Some(class) = classes.of(sample) {
                    histogram.add(class, order.silent(sample, flip));
                }
            }
            histogram
        });
        Some(CountedOrder { order, silent })
    }
}

/// First byte of a row that needs its block's order.
pub(crate) const SORTED: u8 = 5;
/// The same in format 2.
const SORTED_FORMAT_2: u8 = 3;
/// Tag of a row of lists.
pub(crate) const LISTS: u8 = 0;

/// What decides the encoding of a row.
pub(crate) struct Sizes {
    /// The commonest call, on a tie the one of the lowest code.
    pub(crate) common: Call,
    /// Samples with another call.
    pub(crate) others: usize,
    /// Bytes of the packed row.
    pub(crate) packed: usize,
    bits: usize,
}

impl Sizes {
    /// From how many samples have each call.
    pub(crate) fn of(times: &[u32; 16], samples: usize) -> Sizes {
        let kinds = times.iter().filter(|n| **n > 0).count();
        let bits = match kinds {
            0..=2 => 1,
            3..=4 => 2,
            _ => 4,
        };
        let common = (0..16).max_by_key(|code| (times[*code], 16 - code)).unwrap_or(0);
        Sizes {
            common: Call::from_code(common as u8),
            others: samples - times[common] as usize,
            packed: 2 + kinds + (samples * bits).div_ceil(8),
            bits,
        }
    }
}

/// Encodes the calls of one variant, one per sample.
pub fn encode(calls: &[Call]) -> Vec<u8> {
    // One person's rows: no list is shorter, and millions come with each of them.
    if let [call] = calls {
        return vec![LISTS, call.code(), 0];
    }
    let times = count(calls);
    let sizes = Sizes::of(&times, calls.len());
    // A gap costs at least one byte, so lists cannot win from here on.
    if sizes.others >= sizes.packed {
        return encode_packed(calls, &times, &sizes);
    }
    let lists = encode_lists(calls, sizes.common);
    if lists.len() <= sizes.packed { lists } else { encode_packed(calls, &times, &sizes) }
}

/// How many samples have each call. Neighbours count in different rows: most are equal, and a counter
/// waits for its own last store.
fn count(calls: &[Call]) -> [u32; 16] {
    let mut lanes = [[0u32; 16]; 4];
    let (fours, rest) = calls.as_chunks::<4>();
    for four in fours {
        for (lane, call) in lanes.iter_mut().zip(four) {
            lane[call.code() as usize & 15] += 1;
        }
    }
    rest.iter().for_each(|call| lanes[0][call.code() as usize & 15] += 1);
    std::array::from_fn(|code| lanes.iter().map(|lane| lane[code]).sum())
}

fn encode_lists(calls: &[Call], common: Call) -> Vec<u8> {
    let others = calls.iter().copied().enumerate().filter(|(_, call)| *call != common);
    let mut out = vec![LISTS, common.code()];
    put_gaps(&mut out, others);
    out
}

fn encode_packed(calls: &[Call], times: &[u32; 16], sizes: &Sizes) -> Vec<u8> {
    let palette: Vec<u8> = (0..16u8).filter(|code| times[*code as usize] > 0).collect();
    let mut rank = [0u8; 16];
    for (index, code) in palette.iter().enumerate() {
        rank[*code as usize] = index as u8;
    }
    let mut out = Vec::with_capacity(sizes.packed);
    out.extend_from_slice(&[sizes.bits as u8, palette.len() as u8]);
    out.extend_from_slice(&palette);
    match sizes.bits {
        1 => pack::<8>(calls, &rank, &mut out),
        2 => pack::<4>(calls, &rank, &mut out),
        _ => pack::<2>(calls, &rank, &mut out),
    }
    out
}

/// Whether a row can be read only with its block's order.
pub fn needs_order(payload: &[u8]) -> bool {
    payload.first().is_some_and(|tag| [SORTED, SORTED_FORMAT_2].contains(tag))
}

/// Appends palette indices, `N` of them a byte.
fn pack<const N: usize>(calls: &[Call], rank: &[u8; 16], out: &mut Vec<u8>) {
    let bits = 8 / N;
    let byte = |calls: &[Call]| {
        let indices = calls.iter().enumerate().map(|(i, call)| rank[call.code() as usize & 15] << (i * bits));
        indices.fold(0u8, |byte, index| byte | index)
    };
    let (whole, rest) = calls.as_chunks::<N>();
    out.extend(whole.iter().map(|calls| byte(calls)));
    out.extend((!rest.is_empty()).then(|| byte(rest)));
}

/// What a row says, in the order in which it is written.
pub(crate) trait Visit {
    /// Everybody who is not named has this call.
    fn common(&mut self, call: Call);

    /// Everybody who is not named has the alleles of their haplotypes: the minor one, which is the
    /// reference if `flip`, in the runs that follow, the other one elsewhere.
    fn sorted(&mut self, flip: bool);

    /// The places `start..end` of the order carry the minor allele. Runs ascend.
    fn run(&mut self, start: usize, end: usize);

    /// The samples `start..end` have this call, whatever their haplotypes.
    fn named(&mut self, start: usize, end: usize, call: Call) -> Result<(), RowError>;
}

/// Reads a row of `samples` samples; places and samples given to the visitor are in range.
pub(crate) fn visit(payload: &[u8], samples: usize, visitor: &mut impl Visit) -> Result<(), RowError> {
    let mut bytes = Bytes::new(payload);
    match bytes.byte()? {
        LISTS => {
            let common = bytes.call()?;
            visitor.common(common);
            bytes.gaps(samples, |sample, call| {
                if call == common {
                    return Err(RowError("its calls are out of order"));
                }
                visitor.named(sample, sample + 1, call)
            })?;
            bytes.end()
        }
        kind @ (SORTED | SORTED_FORMAT_2) => {
            let flip = match bytes.byte()? {
                flip @ 0..=1 => flip == 1,
                _ => return Err(RowError("an unknown flip")),
            };
            visitor.sorted(flip);
            let mut place = 0usize;
            for _ in 0..bytes.varint()? {
                let start = place + bytes.varint()? as usize;
                place = start + bytes.varint()? as usize + 1;
                if place > samples * 2 {
                    return Err(RowError("a run is out of range"));
                }
                visitor.run(start, place);
            }
            if kind == SORTED {
                bytes.ranges(samples, |start, end, call| visitor.named(start, end, call))?;
            } else {
                bytes.gaps(samples, |sample, call| visitor.named(sample, sample + 1, call))?;
            }
            bytes.end()
        }
        bits @ (1 | 2 | 4) => {
            visitor.common(Call::Absent);
            visit_packed(bits, &mut bytes, samples, |sample, call| visitor.named(sample, sample + 1, call))
        }
        _ => Err(RowError("an unknown encoding")),
    }
}

fn visit_packed(
    bits: u8,
    bytes: &mut Bytes<'_>,
    samples: usize,
    mut each: impl FnMut(usize, Call) -> Result<(), RowError>,
) -> Result<(), RowError> {
    let length = bytes.byte()?;
    if length > 1 << bits {
        return Err(RowError("its palette is too long"));
    }
    let mut palette = [None; 16];
    for slot in palette.iter_mut().take(length as usize) {
        *slot = Some(bytes.call()?);
    }
    let data = bytes.rest();
    if data.len() != (samples * bits as usize).div_ceil(8) {
        return Err(RowError("its length is wrong"));
    }
    let (mask, per_byte) = ((1u16 << bits) as u8 - 1, 8 / bits as usize);
    for sample in 0..samples {
        let code = data[sample / per_byte] >> (sample % per_byte * bits as usize) & mask;
        match palette[code as usize] {
            Some(Call::Absent) => {}
            Some(call) => each(sample, call)?,
            None => return Err(RowError("an index leaves the palette")),
        }
    }
    Ok(())
}

/// How a row begins: what every sample has that is not visited.
#[derive(Clone, Copy)]
pub(crate) enum Start {
    /// This call.
    Common(Call),
    /// Its silent call of the block's order; the flag is the row's flip.
    Silent(bool),
}

/// Walks a row person by person: `start` says what samples have that are not visited, `each` gets every
/// other sample with that call and its own, at most once each for a sound row.
pub(crate) fn walk(
    payload: &[u8],
    samples: usize,
    order: Option<&Order>,
    scratch: &mut Scratch,
    start: impl FnMut(Start),
    each: impl FnMut(usize, Call, Call),
) -> Result<(), RowError> {
    let order = order.filter(|order| order.samples() == samples);
    let mut walker =
        Walker { order, marks: &mut scratch.marks, flip: None, common: Call::Absent, start, each };
    if order.is_none() && needs_order(payload) {
        return Err(RowError("its order is missing"));
    }
    visit(payload, samples, &mut walker)?;
    walker.finish();
    Ok(())
}

/// Turns runs of haplotypes into calls of people.
struct Walker<'a, S, E> {
    order: Option<&'a Order>,
    marks: &'a mut Marks,
    flip: Option<bool>,
    common: Call,
    start: S,
    each: E,
}

impl<S: FnMut(Start), E: FnMut(usize, Call, Call)> Visit for Walker<'_, S, E> {
    fn common(&mut self, call: Call) {
        self.common = call;
        (self.start)(Start::Common(call));
    }

    fn sorted(&mut self, flip: bool) {
        self.flip = Some(flip);
        self.marks.clear(self.order.map_or(0, Order::samples));
        (self.start)(Start::Silent(flip));
    }

    fn run(&mut self, start: usize, end: usize) {
        if let Some(order) = self.order {
            order.haplotypes[start..end].iter().for_each(|haplotype| self.marks.add(*haplotype));
        }
    }

    fn named(&mut self, start: usize, end: usize, call: Call) -> Result<(), RowError> {
        for sample in start..end {
            let silent = match (self.flip, self.order) {
                (Some(flip), Some(order)) => {
                    if !self.marks.settle(sample) {
                        return Err(RowError("a sample is named twice"));
                    }
                    order.silent(sample, flip)
                }
                _ => self.common,
            };
            (self.each)(sample, silent, call);
        }
        Ok(())
    }
}

impl<S: FnMut(Start), E: FnMut(usize, Call, Call)> Walker<'_, S, E> {
    fn finish(self) {
        let (Some(flip), Some(order)) = (self.flip, self.order) else { return };
        let mut each = self.each;
        self.marks.each(|sample, first, second| {
            each(
                sample,
                order.silent(sample, flip),
                order.styles[sample].call(first != flip, second != flip),
            );
        });
    }
}

/// Decodes the calls of the people in `people`; everybody else reads [`Call::Absent`].
///
/// # Errors
/// When the bytes do not describe `people.len()` samples, or the row's order is not given.
pub fn decode(
    payload: &[u8],
    order: Option<&Order>,
    people: &SampleSet,
    scratch: &mut Scratch,
    out: &mut Vec<Call>,
) -> Result<(), RowError> {
    out.clear();
    out.resize(people.len(), Call::Absent);
    let mut begin = Start::Common(Call::Absent);
    let mut other: Vec<(usize, Call)> = Vec::new();
    walk(
        payload,
        people.len(),
        order,
        scratch,
        |start| begin = start,
        |sample, _, call| other.push((sample, call)),
    )?;
    match (begin, order) {
        (Start::Common(Call::Absent), _) | (Start::Silent(_), None) => {}
        (Start::Common(call), _) => people.runs().for_each(|run| out[run].fill(call)),
        (Start::Silent(flip), Some(order)) => {
            people.iter().for_each(|sample| out[sample] = order.silent(sample, flip));
        }
    }
    for (sample, call) in other {
        if people.contains(sample) {
            out[sample] = call;
        }
    }
    Ok(())
}

/// Counts the calls of one row in every class; masked samples are not counted.
///
/// # Errors
/// When the bytes do not describe `classes.samples()` samples, or the row's order is not given.
pub fn tally(
    payload: &[u8],
    order: Option<&CountedOrder>,
    classes: &Classes,
    scratch: &mut Scratch,
    histogram: &mut Histogram,
) -> Result<(), RowError> {
    // Two closures borrow the histogram in turn; a cell keeps that honest without copying it.
    let cell = std::cell::RefCell::new(&mut *histogram);
    let begin = |start: Start| match (start, order) {
        (Start::Silent(flip), Some(order)) => cell.borrow_mut().clone_from(&order.silent[usize::from(flip)]),
        (Start::Common(common), _) => cell.borrow_mut().fill(classes, common),
        (Start::Silent(_), None) => {}
    };
    let each = |sample: usize, from: Call, to: Call| {
        if let Some(class) = classes.of(sample) {
            cell.borrow_mut().shift(class, from, to);
        }
    };
    walk(payload, classes.samples(), order.map(|order| order.order.as_ref()), scratch, begin, each)?;
    if histogram.is_sound(classes) { Ok(()) } else { Err(RowError("a sample is named twice")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gj_model::{Counts, Sex, Zone};
    use proptest::prelude::*;

    fn calls() -> impl Strategy<Value = Vec<Call>> {
        let any = proptest::collection::vec((0u8..16).prop_map(Call::from_code), 0..400);
        let rare = proptest::collection::vec(
            prop_oneof![60 => Just(Call::RefRefPhased), 1 => (0u8..16).prop_map(Call::from_code)],
            0..2000,
        );
        prop_oneof![any, rare]
    }

    /// The obviously right count: one person at a time.
    fn naive(calls: &[Call], of: &[u16], people: &SampleSet, sex: &[Sex], zone: Zone) -> Vec<Counts> {
        let mut sums = vec![Counts::default(); sex.len()];
        for index in people.iter() {
            sums[of[index] as usize] += calls[index].counts(sex[of[index] as usize], zone);
        }
        sums
    }

    proptest! {
        #[test]
        fn decoding_gives_back_what_was_encoded(calls in calls()) {
            let mut out = Vec::new();
            decode(&encode(&calls), None, &SampleSet::all(calls.len()), &mut Scratch::default(), &mut out).unwrap();
            prop_assert_eq!(out, calls);
        }

        #[test]
        fn masked_people_read_as_absent(calls in calls(), seed in any::<u64>()) {
            let mut people = SampleSet::none(calls.len());
            (0..calls.len()).filter(|i| seed.rotate_left(*i as u32) & 1 == 1).for_each(|i| people.insert(i));
            let mut out = Vec::new();
            decode(&encode(&calls), None, &people, &mut Scratch::default(), &mut out).unwrap();
            for (i, call) in out.iter().enumerate() {
                prop_assert_eq!(*call, if people.contains(i) { calls[i] } else { Call::Absent });
            }
        }

        #[test]
        fn tally_equals_counting_one_by_one(calls in calls(), seed in any::<u64>()) {
            let sex = [Sex::Female, Sex::Male, Sex::Unknown];
            let of: Vec<u16> = (0..calls.len()).map(|i| (seed.rotate_left(i as u32 * 7) % 3) as u16).collect();
            let mut people = SampleSet::all(calls.len());
            (0..calls.len()).filter(|i| seed.rotate_left(*i as u32) & 3 == 1).for_each(|i| people.remove(i));
            let classes = Classes::new(&people, &of, sex.to_vec()).unwrap();
            let mut histogram = Histogram::new(&classes);
            tally(&encode(&calls), None, &classes, &mut Scratch::default(), &mut histogram).unwrap();
            for zone in [Zone::Diploid, Zone::X, Zone::Y, Zone::Mt] {
                prop_assert_eq!(classes.counts(&histogram, zone), naive(&calls, &of, &people, &sex, zone));
            }
        }

        #[test]
        fn damaged_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60), samples in 0usize..200) {
            let people = SampleSet::all(samples);
            let mut out = Vec::new();
            let _ = decode(&bytes, None, &people, &mut Scratch::default(), &mut out);
            let classes = Classes::new(&people, &vec![0; samples], vec![Sex::Male]).unwrap();
            let mut histogram = Histogram::new(&classes);
            if tally(&bytes, None, &classes, &mut Scratch::default(), &mut histogram).is_ok() {
                let _ = classes.counts(&histogram, Zone::X);
            }
        }
    }

    #[test]
    fn a_singleton_among_thousands_costs_a_few_bytes() {
        let mut calls = vec![Call::RefRefPhased; 3202];
        calls[1700] = Call::AltRefPhased;
        assert!(encode(&calls).len() <= 7);
    }
}
