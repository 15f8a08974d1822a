//! A row of genotypes as bytes: the calls of one variant over one batch.
//!
//! Two encodings, the smaller one is kept:
//! - *lists* (tag 0): the commonest call, then for each other call its sample gaps. Rare variants
//!   cost a byte or two per carrier.
//! - *packed* (tags 1, 2, 4 = bits a sample): a palette of up to 2, 4 or 16 calls and the packed
//!   palette indices, little-endian within bytes.
//!
//! Layout of lists: `0, default, kinds, (call, varint n, n × varint gap)*`, gaps between ascending
//! sample indices, the first one from 0. Layout of packed: `bits, palette length, palette, data`.

use crate::call::Call;
use crate::classes::{Classes, Histogram};
use gj_model::SampleSet;

/// A row's bytes do not describe the calls of the given number of samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the genotype row is damaged ({0})")]
pub struct RowError(&'static str);

const LISTS: u8 = 0;

/// Encodes the calls of one variant, one per sample.
pub fn encode(calls: &[Call]) -> Vec<u8> {
    let mut times = [0usize; 16];
    for call in calls {
        times[call.code() as usize] += 1;
    }
    let packed_bits = match times.iter().filter(|n| **n > 0).count() {
        0..=2 => 1,
        3..=4 => 2,
        _ => 4,
    };
    let packed_size = 2 + times.iter().filter(|n| **n > 0).count() + (calls.len() * packed_bits).div_ceil(8);
    let common = (0..16).max_by_key(|code| (times[*code], 16 - code)).unwrap_or(0);
    let carriers = calls.len() - times[common];
    // A gap costs at least one byte, so lists cannot win from here on.
    if carriers >= packed_size {
        return encode_packed(calls, &times, packed_bits);
    }
    let lists = encode_lists(calls, &times, common as u8);
    if lists.len() <= packed_size { lists } else { encode_packed(calls, &times, packed_bits) }
}

fn encode_lists(calls: &[Call], times: &[usize; 16], common: u8) -> Vec<u8> {
    let mut lists: [Vec<u8>; 16] = Default::default();
    let mut last = [0usize; 16];
    for (index, call) in calls.iter().enumerate() {
        let code = call.code() as usize;
        if code != common as usize {
            put_varint(&mut lists[code], (index - last[code]) as u32);
            last[code] = index;
        }
    }
    let kinds = times.iter().enumerate().filter(|(code, n)| **n > 0 && *code != common as usize).count();
    let mut out = vec![LISTS, common, kinds as u8];
    for code in (0..16).filter(|code| *code != common as usize && times[*code] > 0) {
        out.push(code as u8);
        put_varint(&mut out, times[code] as u32);
        out.extend_from_slice(&lists[code]);
    }
    out
}

fn encode_packed(calls: &[Call], times: &[usize; 16], bits: usize) -> Vec<u8> {
    let palette: Vec<u8> = (0..16u8).filter(|code| times[*code as usize] > 0).collect();
    let mut rank = [0u8; 16];
    for (index, code) in palette.iter().enumerate() {
        rank[*code as usize] = index as u8;
    }
    let mut out = vec![bits as u8, palette.len() as u8];
    out.extend_from_slice(&palette);
    let per_byte = 8 / bits;
    out.extend(calls.chunks(per_byte).map(|chunk| {
        chunk.iter().enumerate().fold(0u8, |byte, (i, call)| byte | rank[call.code() as usize] << (i * bits))
    }));
    out
}

fn put_varint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> Result<u8, RowError> {
        let (first, rest) = self.0.split_first().ok_or(RowError("it ends early"))?;
        self.0 = rest;
        Ok(*first)
    }

    fn varint(&mut self) -> Result<u32, RowError> {
        let mut value = 0u32;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            if shift == 28 && byte > 0x0f {
                break;
            }
            value |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(RowError("a number is too long"))
    }

    fn call(&mut self) -> Result<Call, RowError> {
        match self.byte()? {
            code @ 0..=15 => Ok(Call::from_code(code)),
            _ => Err(RowError("an unknown call")),
        }
    }
}

/// Walks a row: `start` receives the common call of a row of lists, `each` every other call.
///
/// For a packed row `start` receives [`Call::Absent`] and `each` every call that is not absent.
/// Each sample is visited at most once: a damaged row that names one twice is an error.
fn walk(
    payload: &[u8],
    samples: usize,
    mut start: impl FnMut(Call),
    mut each: impl FnMut(usize, Call, Call),
) -> Result<(), RowError> {
    let mut bytes = Bytes(payload);
    match bytes.byte()? {
        LISTS => {
            let common = bytes.call()?;
            start(common);
            let mut previous_kind = None;
            let mut named = 0usize;
            for _ in 0..bytes.byte()? {
                let call = bytes.call()?;
                if call == common || previous_kind >= Some(call) {
                    return Err(RowError("its calls are out of order"));
                }
                previous_kind = Some(call);
                let mut index = 0usize;
                let times = bytes.varint()?;
                for k in 0..times {
                    let gap = bytes.varint()? as usize;
                    if k > 0 && gap == 0 {
                        return Err(RowError("a sample is named twice"));
                    }
                    index = index
                        .checked_add(gap)
                        .filter(|i| *i < samples)
                        .ok_or(RowError("a sample is out of range"))?;
                    each(index, common, call);
                }
                named += times as usize;
            }
            if named > samples {
                return Err(RowError("it names more calls than samples"));
            }
        }
        bits @ (1 | 2 | 4) => {
            start(Call::Absent);
            let length = bytes.byte()?;
            if length > 1 << bits {
                return Err(RowError("its palette is too long"));
            }
            let mut palette = [None; 16];
            for slot in palette.iter_mut().take(length as usize) {
                *slot = Some(bytes.call()?);
            }
            if bytes.0.len() != (samples * bits as usize).div_ceil(8) {
                return Err(RowError("its length is wrong"));
            }
            let (mask, per_byte) = ((1u16 << bits) as u8 - 1, 8 / bits as usize);
            for index in 0..samples {
                let code = bytes.0[index / per_byte] >> (index % per_byte * bits as usize) & mask;
                match palette[code as usize] {
                    Some(Call::Absent) => {}
                    Some(call) => each(index, Call::Absent, call),
                    None => return Err(RowError("an index leaves the palette")),
                }
            }
            return Ok(());
        }
        _ => return Err(RowError("an unknown encoding")),
    }
    if bytes.0.is_empty() { Ok(()) } else { Err(RowError("it has trailing bytes")) }
}

/// Decodes the calls of the people in `people`; everybody else reads [`Call::Absent`].
///
/// # Errors
/// When the bytes do not describe `people.len()` samples.
pub fn decode(payload: &[u8], people: &SampleSet, out: &mut Vec<Call>) -> Result<(), RowError> {
    out.clear();
    out.resize(people.len(), Call::Absent);
    let mut common = Call::Absent;
    let mut other: Vec<(usize, Call)> = Vec::new();
    walk(payload, people.len(), |call| common = call, |index, _, call| other.push((index, call)))?;
    for index in people.iter() {
        out[index] = common;
    }
    for (index, call) in other {
        if people.contains(index) {
            out[index] = call;
        }
    }
    Ok(())
}

/// Counts the calls of one row in every class; masked samples are not counted.
///
/// # Errors
/// When the bytes do not describe `classes.samples()` samples.
pub fn tally(payload: &[u8], classes: &Classes, histogram: &mut Histogram) -> Result<(), RowError> {
    // Two closures borrow the histogram in turn; a cell keeps that honest without copying it.
    let histogram = std::cell::RefCell::new(histogram);
    walk(
        payload,
        classes.samples(),
        |common| histogram.borrow_mut().fill(classes, common),
        |index, from, to| {
            if let Some(class) = classes.of(index) {
                histogram.borrow_mut().shift(class, from, to);
            }
        },
    )
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
            decode(&encode(&calls), &SampleSet::all(calls.len()), &mut out).unwrap();
            prop_assert_eq!(out, calls);
        }

        #[test]
        fn masked_people_read_as_absent(calls in calls(), seed in any::<u64>()) {
            let mut people = SampleSet::none(calls.len());
            (0..calls.len()).filter(|i| seed.rotate_left(*i as u32) & 1 == 1).for_each(|i| people.insert(i));
            let mut out = Vec::new();
            decode(&encode(&calls), &people, &mut out).unwrap();
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
            tally(&encode(&calls), &classes, &mut histogram).unwrap();
            for zone in [Zone::Diploid, Zone::X, Zone::Y, Zone::Mt] {
                prop_assert_eq!(classes.counts(&histogram, zone), naive(&calls, &of, &people, &sex, zone));
            }
        }

        #[test]
        fn damaged_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60), samples in 0usize..200) {
            let people = SampleSet::all(samples);
            let mut out = Vec::new();
            let _ = decode(&bytes, &people, &mut out);
            let classes = Classes::new(&people, &vec![0; samples], vec![Sex::Male]).unwrap();
            let mut histogram = Histogram::new(&classes);
            if tally(&bytes, &classes, &mut histogram).is_ok() {
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
