//! Haplotype-sorted blocks: rows of neighbouring variants over one shared order of haplotypes.
//!
//! People who share a stretch of chromosome carry the same alleles along it. Sorted by what they carry,
//! their haplotypes stand together, and the carriers of a variant become a few runs. The order is that
//! of the positional Burrows–Wheeler transform (Durbin 2014) at the block's end; unlike in the transform
//! itself, every row refers to the same order, so that one row is decoded without its neighbours.
//!
//! A sample has two haplotypes, `2s` and `2s + 1`. Its *style* says how its calls are written through
//! the block (phased, unphased, haploid, absent); a call that its style and two bits cannot say is an
//! exception of the row. Which haplotype of an unphased heterozygote carries the allele is chosen here,
//! to keep runs long, and means nothing.
//!
//! An order is `varint samples, style runs (style, varint length)*, packed haplotypes`, each haplotype in
//! the fewest bits that hold them all, little-endian. A row is `3, flip, varint runs, (varint gap, varint
//! length - 1)*, kinds, (call, varint n, n × varint gap)*`: runs of haplotypes carrying the minor allele,
//! which is the reference allele if `flip` is 1, then exceptions as in a row of lists.

use crate::bytes::{Bytes, put_gaps, put_varint};
use crate::call::Call;
use crate::row::{self, RowError};

/// First byte of a row that needs its block's order.
pub(crate) const SORTED: u8 = 3;

/// Minor alleles from which a row takes part in the order: rarer ones only stir it.
const SORTING_CARRIERS_MIN: usize = 4;

/// Neighbours looked at on each side to choose the haplotype of an unphased heterozygote.
const NEIGHBOURS: usize = 3;
/// How far they may be.
const NEIGHBOURS_REACH: usize = 40;

/// How a sample's calls are written through a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Style {
    Phased = 0,
    Unphased = 1,
    Haploid = 2,
    Absent = 3,
}

impl Style {
    const ALL: [Style; 4] = [Style::Phased, Style::Unphased, Style::Haploid, Style::Absent];

    /// The call of the two alleles; `1` is the alternate one. A haploid call reads the first only.
    fn call(self, first: bool, second: bool) -> Call {
        match self {
            Style::Phased => Call::diploid(Some(first), Some(second), true),
            Style::Unphased => Call::diploid(Some(first), Some(second), false),
            Style::Haploid => Call::haploid(Some(first)),
            Style::Absent => Call::Absent,
        }
    }

    /// The alleles of a call in this style; `None` when it takes an exception.
    fn alleles(self, call: Call) -> Option<(bool, bool)> {
        let pairs = [(false, false), (false, true), (true, false), (true, true)];
        pairs.into_iter().find(|(first, second)| self.call(*first, *second) == call)
    }
}

/// The order of the haplotypes of a block, and how each sample's calls are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Haplotype at each place.
    haplotypes: Vec<u32>,
    styles: Vec<Style>,
}

/// An encoded block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The order, if any row needs it.
    pub order: Option<Vec<u8>>,
    /// The rows; those that are smaller without an order are as [`crate::encode`] writes them.
    pub rows: Vec<Vec<u8>>,
}

/// Encodes the blocks of one contig, one after the other: what earlier rows taught about who resembles
/// whom sorts the first rows of the next block, too.
#[derive(Debug)]
pub struct BlockEncoder {
    sorter: Sorter,
}

impl BlockEncoder {
    /// For rows of `samples` calls.
    pub fn new(samples: usize) -> BlockEncoder {
        BlockEncoder { sorter: Sorter::new(samples) }
    }

    /// Encodes the calls of neighbouring variants, one row each.
    ///
    /// Never larger than the rows encoded one by one. Rows of another length than `samples` are
    /// encoded alone.
    pub fn encode(&mut self, rows: &[Vec<Call>]) -> Block {
        let alone: Vec<Vec<u8>> = rows.iter().map(|calls| row::encode(calls)).collect();
        let samples = self.sorter.places.len() / 2;
        if samples == 0 || rows.iter().any(|calls| calls.len() != samples) {
            return Block { order: None, rows: alone };
        }
        let (order, sorted) = self.sort(rows);
        let bytes = order.encode();
        let saved: usize = alone.iter().zip(&sorted).map(|(a, s)| a.len().saturating_sub(s.len())).sum();
        if saved <= bytes.len() {
            return Block { order: None, rows: alone };
        }
        let smaller = alone.into_iter().zip(sorted).map(|(a, s)| if s.len() < a.len() { s } else { a });
        Block { order: Some(bytes), rows: smaller.collect() }
    }

    /// The order at the block's end, and every row in it.
    fn sort(&mut self, rows: &[Vec<Call>]) -> (Order, Vec<Vec<u8>>) {
        let styles = styles(rows, self.sorter.places.len() / 2);
        let minors: Vec<Minor> = rows.iter().map(|calls| self.sorter.take(calls, &styles)).collect();
        let sorted = minors.iter().map(|minor| minor.encode(&self.sorter.at)).collect();
        (Order { haplotypes: self.sorter.places.clone(), styles }, sorted)
    }
}

/// Each sample's commonest way of writing its calls.
fn styles(rows: &[Vec<Call>], samples: usize) -> Vec<Style> {
    let mut votes = vec![[0u32; 4]; samples];
    for calls in rows {
        for (votes, call) in votes.iter_mut().zip(calls) {
            match call {
                Call::RefRefPhased | Call::RefAltPhased | Call::AltRefPhased | Call::AltAltPhased => {
                    votes[0] += 1
                }
                Call::RefRef | Call::Het | Call::AltAlt => votes[1] += 1,
                Call::Ref | Call::Alt => votes[2] += 1,
                Call::Absent => votes[3] += 1,
                _ => {}
            }
        }
    }
    let best = |votes: &[u32; 4]| (0..4).max_by_key(|style| (votes[*style], 4 - style)).unwrap_or(0);
    votes.iter().map(|votes| Style::ALL[best(votes)]).collect()
}

/// The minor haplotypes and exceptions of one row.
struct Minor {
    flip: bool,
    /// Haplotypes carrying the minor allele, in any order.
    haplotypes: Vec<u32>,
    exceptions: Vec<(usize, Call)>,
}

impl Minor {
    fn encode(&self, place: &[u32]) -> Vec<u8> {
        let mut places: Vec<u32> = self.haplotypes.iter().map(|h| place[*h as usize]).collect();
        places.sort_unstable();
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for at in places {
            match runs.last_mut() {
                Some((_, end)) if *end == at => *end += 1,
                _ => runs.push((at, at + 1)),
            }
        }
        let mut out = vec![SORTED, u8::from(self.flip)];
        put_varint(&mut out, runs.len() as u32);
        let mut last = 0;
        for (start, end) in runs {
            put_varint(&mut out, start - last);
            put_varint(&mut out, end - start - 1);
            last = end;
        }
        put_gaps(&mut out, self.exceptions.iter().copied());
        out
    }
}

/// Keeps the haplotypes in the transform's order while rows pass by.
#[derive(Debug)]
struct Sorter {
    /// Haplotype at each place.
    places: Vec<u32>,
    /// Place of each haplotype.
    at: Vec<u32>,
    carries: Vec<bool>,
    spare: Vec<u32>,
}

impl Sorter {
    fn new(samples: usize) -> Sorter {
        let places: Vec<u32> = (0..samples as u32 * 2).collect();
        Sorter { at: places.clone(), carries: vec![false; places.len()], spare: Vec::new(), places }
    }

    /// Splits a row into minor haplotypes and exceptions, and sorts by it.
    fn take(&mut self, calls: &[Call], styles: &[Style]) -> Minor {
        let (mut alternate, mut known) = (0usize, 0usize);
        let mut exceptions = Vec::new();
        let mut undecided = Vec::new();
        let mut carriers: Vec<u32> = Vec::new();
        let mut written = vec![false; calls.len()];
        for (sample, (call, style)) in calls.iter().zip(styles).enumerate() {
            let Some((first, second)) = style.alleles(*call) else {
                exceptions.push((sample, *call));
                continue;
            };
            if *style == Style::Absent {
                continue;
            }
            written[sample] = true;
            known += if *style == Style::Haploid { 1 } else { 2 };
            alternate += usize::from(first) + usize::from(second);
            match (style, call) {
                (Style::Unphased, Call::Het) => undecided.push(sample as u32),
                _ => {
                    carriers.extend(first.then_some(sample as u32 * 2));
                    carriers.extend(second.then_some(sample as u32 * 2 + 1));
                }
            }
        }
        self.decide(&mut carriers, &undecided);
        let flip = alternate * 2 > known;
        let haplotypes = if flip { complement(&carriers, &written, styles) } else { carriers };
        if haplotypes.len() >= SORTING_CARRIERS_MIN {
            self.sort_by(&haplotypes);
        }
        Minor { flip, haplotypes, exceptions }
    }

    /// Chooses a haplotype for each unphased heterozygote: the one among carriers, if either is.
    fn decide(&mut self, carriers: &mut Vec<u32>, undecided: &[u32]) {
        for haplotype in carriers.iter() {
            self.carries[*haplotype as usize] = true;
        }
        for sample in undecided {
            let (first, second) = (sample * 2, sample * 2 + 1);
            let chosen = if self.company(second) > self.company(first) { second } else { first };
            self.carries[chosen as usize] = true;
            carriers.push(chosen);
        }
        for haplotype in carriers.iter() {
            self.carries[*haplotype as usize] = false;
        }
    }

    /// How much the neighbours of a haplotype carry, nearer ones counting more.
    fn company(&self, haplotype: u32) -> f32 {
        let at = self.at[haplotype as usize] as usize;
        let near = |distance: usize, place: Option<usize>| {
            let other = place.and_then(|place| self.places.get(place))?;
            (other / 2 != haplotype / 2)
                .then(|| if self.carries[*other as usize] { 1.0 / distance as f32 } else { 0.0 })
        };
        let reach = 1..=NEIGHBOURS_REACH;
        let left: f32 = reach.clone().filter_map(|d| near(d, at.checked_sub(d))).take(NEIGHBOURS).sum();
        let right: f32 = reach.filter_map(|d| near(d, at.checked_add(d))).take(NEIGHBOURS).sum();
        left + right
    }

    /// Moves the haplotypes of a row behind the others, both in their order.
    fn sort_by(&mut self, haplotypes: &[u32]) {
        for haplotype in haplotypes {
            self.carries[*haplotype as usize] = true;
        }
        self.spare.clear();
        let mut kept = 0;
        for place in 0..self.places.len() {
            let haplotype = self.places[place];
            if self.carries[haplotype as usize] {
                self.spare.push(haplotype);
            } else {
                self.places[kept] = haplotype;
                kept += 1;
            }
        }
        self.places[kept..].copy_from_slice(&self.spare);
        for (place, haplotype) in self.places.iter().enumerate() {
            self.at[*haplotype as usize] = place as u32;
        }
        for haplotype in haplotypes {
            self.carries[*haplotype as usize] = false;
        }
    }
}

/// The written haplotypes that do not carry; a haploid sample has only its first.
fn complement(carriers: &[u32], written: &[bool], styles: &[Style]) -> Vec<u32> {
    let mut carries = vec![false; written.len() * 2];
    carriers.iter().for_each(|haplotype| carries[*haplotype as usize] = true);
    let real = |haplotype: &u32| {
        let sample = (haplotype / 2) as usize;
        written[sample] && (haplotype.is_multiple_of(2) || styles[sample] != Style::Haploid)
    };
    (0..carries.len() as u32).filter(|haplotype| real(haplotype) && !carries[*haplotype as usize]).collect()
}

impl Order {
    /// Number of samples.
    pub fn samples(&self) -> usize {
        self.styles.len()
    }

    fn bits(haplotypes: usize) -> u32 {
        usize::BITS - haplotypes.saturating_sub(1).leading_zeros()
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_varint(&mut out, self.styles.len() as u32);
        for run in self.styles.chunk_by(|a, b| a == b) {
            out.push(run[0] as u8);
            put_varint(&mut out, run.len() as u32);
        }
        let width = Order::bits(self.haplotypes.len());
        let (mut word, mut filled) = (0u64, 0);
        for haplotype in &self.haplotypes {
            word |= u64::from(*haplotype) << filled;
            filled += width;
            while filled >= 8 {
                out.push(word as u8);
                word >>= 8;
                filled -= 8;
            }
        }
        if filled > 0 {
            out.push(word as u8);
        }
        out
    }

    /// Reads an order back.
    ///
    /// # Errors
    /// When the bytes are not an order of exactly `samples` samples.
    pub fn decode(bytes: &[u8], samples: usize) -> Result<Order, RowError> {
        let mut bytes = Bytes::new(bytes);
        if bytes.varint()? as usize != samples {
            return Err(RowError::new("its order is of other samples"));
        }
        let mut styles = Vec::with_capacity(samples);
        while styles.len() < samples {
            let style = *Style::ALL.get(bytes.byte()? as usize).ok_or(RowError::new("an unknown style"))?;
            let length = bytes.varint()? as usize;
            if length == 0 || length > samples - styles.len() {
                return Err(RowError::new("its styles are too long"));
            }
            styles.resize(styles.len() + length, style);
        }
        let count = samples * 2;
        let width = Order::bits(count);
        let mut seen = vec![false; count];
        let mut haplotypes = Vec::with_capacity(count);
        let (mut word, mut filled) = (0u64, 0);
        for _ in 0..count {
            while filled < width {
                word |= u64::from(bytes.byte()?) << filled;
                filled += 8;
            }
            let haplotype = (word & ((1 << width) - 1)) as u32;
            word >>= width;
            filled -= width;
            match seen.get_mut(haplotype as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => return Err(RowError::new("its order names a haplotype twice")),
            }
            haplotypes.push(haplotype);
        }
        bytes.end()?;
        Ok(Order { haplotypes, styles })
    }

    /// The call of a sample that a row does not mention.
    pub(crate) fn silent(&self, sample: usize, flip: bool) -> Call {
        self.styles[sample].call(flip, flip)
    }

    /// Calls `each` with every sample that a sorted row says something about: the sample, its silent
    /// call and its call. Each sample at most once.
    pub(crate) fn walk(
        &self,
        bytes: &mut Bytes<'_>,
        marks: &mut Marks,
        mut start: impl FnMut(bool),
        mut each: impl FnMut(usize, Call, Call),
    ) -> Result<(), RowError> {
        let flip = match bytes.byte()? {
            flip @ 0..=1 => flip == 1,
            _ => return Err(RowError::new("an unknown flip")),
        };
        start(flip);
        marks.clear(self.styles.len());
        let mut place = 0usize;
        for _ in 0..bytes.varint()? {
            let begin = place.saturating_add(bytes.varint()? as usize);
            let end = begin.saturating_add(bytes.varint()? as usize + 1);
            let run = self.haplotypes.get(begin..end).ok_or(RowError::new("a run is out of range"))?;
            run.iter().for_each(|haplotype| marks.add(*haplotype));
            place = end;
        }
        let silent = |sample: usize| self.silent(sample, flip);
        bytes.gaps(self.styles.len(), |sample, call| {
            if marks.settle(sample) {
                each(sample, silent(sample), call);
                return Ok(());
            }
            Err(RowError::new("a sample is named twice"))
        })?;
        marks.each(|sample, bits| {
            let call = self.styles[sample].call((bits & 1 == 1) != flip, (bits & 2 == 2) != flip);
            each(sample, silent(sample), call);
        });
        bytes.end()
    }
}

/// Scratch for one row: which haplotypes of which samples were named.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    bits: Vec<u8>,
    touched: Vec<u32>,
}

/// The sample has an exception: its bits are not read.
const SETTLED: u8 = 4;

impl Marks {
    fn clear(&mut self, samples: usize) {
        self.touched.drain(..).for_each(|sample| self.bits[sample as usize] = 0);
        self.bits.resize(samples, 0);
    }

    fn add(&mut self, haplotype: u32) {
        let sample = haplotype / 2;
        let bits = &mut self.bits[sample as usize];
        if *bits == 0 {
            self.touched.push(sample);
        }
        *bits |= 1 << (haplotype % 2);
    }

    /// Whether the sample had no exception so far; it has one from now on.
    fn settle(&mut self, sample: usize) -> bool {
        let bits = &mut self.bits[sample];
        if *bits == 0 {
            self.touched.push(sample as u32);
        }
        let first = *bits & SETTLED == 0;
        *bits |= SETTLED;
        first
    }

    fn each(&self, mut visit: impl FnMut(usize, u8)) {
        for sample in &self.touched {
            let bits = self.bits[*sample as usize];
            if bits & SETTLED == 0 {
                visit(*sample as usize, bits);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classes::{Classes, Histogram};
    use crate::row::{CountedOrder, Scratch, decode, tally};
    use gj_model::{Counts, SampleSet, Sex, Zone};
    use proptest::prelude::*;
    use std::sync::Arc;

    /// Blocks of calls: mostly phased, mostly unphased, partly haploid, anything at all.
    fn rows() -> impl Strategy<Value = Vec<Vec<Call>>> {
        let phased = prop_oneof![8 => Just(6u8), 2 => Just(8), 2 => Just(9), 1 => Just(11), 1 => 0u8..16];
        let unphased = prop_oneof![8 => Just(5u8), 3 => Just(7), 1 => Just(10), 1 => 0u8..16];
        let haploid = prop_oneof![8 => Just(3u8), 3 => Just(4), 1 => 0u8..16];
        let any = 0u8..16;
        (1usize..60, 1usize..30).prop_flat_map(move |(samples, count)| {
            let row = prop_oneof![
                4 => proptest::collection::vec(phased.clone(), samples),
                4 => proptest::collection::vec(unphased.clone(), samples),
                2 => proptest::collection::vec(haploid.clone(), samples),
                1 => proptest::collection::vec(any.clone(), samples),
            ];
            proptest::collection::vec(
                row.prop_map(|codes| codes.into_iter().map(Call::from_code).collect()),
                count,
            )
        })
    }

    /// The block with every row sorted, so that the sorted form is tested whatever its size.
    fn all_sorted(rows: &[Vec<Call>]) -> (Order, Vec<Vec<u8>>) {
        BlockEncoder::new(rows[0].len()).sort(rows)
    }

    proptest! {
        #[test]
        fn a_sorted_block_gives_back_every_call(rows in rows()) {
            let (order, encoded) = all_sorted(&rows);
            let samples = rows[0].len();
            let order = Order::decode(&order.encode(), samples).unwrap();
            let mut scratch = Scratch::default();
            let mut out = Vec::new();
            for (row, bytes) in rows.iter().zip(&encoded) {
                decode(bytes, Some(&order), &SampleSet::all(samples), &mut scratch, &mut out).unwrap();
                prop_assert_eq!(&out, row);
            }
        }

        #[test]
        fn a_block_is_never_larger_and_gives_back_every_call(rows in rows()) {
            let samples = rows[0].len();
            let mut encoder = BlockEncoder::new(samples);
            // The second block starts from the order of the first.
            encoder.encode(&rows[..rows.len() / 2]);
            let block = encoder.encode(&rows);
            let order = block.order.as_ref().map(|bytes| Order::decode(bytes, samples).unwrap());
            let size: usize = block.rows.iter().map(Vec::len).sum::<usize>() + block.order.as_ref().map_or(0, Vec::len);
            prop_assert!(size <= rows.iter().map(|row| row::encode(row).len()).sum::<usize>());
            let mut scratch = Scratch::default();
            let mut out = Vec::new();
            for (row, bytes) in rows.iter().zip(&block.rows) {
                decode(bytes, order.as_ref(), &SampleSet::all(samples), &mut scratch, &mut out).unwrap();
                prop_assert_eq!(&out, row);
            }
        }

        #[test]
        fn counting_a_sorted_row_equals_counting_one_by_one(rows in rows(), seed in any::<u64>()) {
            let (order, encoded) = all_sorted(&rows);
            let samples = rows[0].len();
            let sex = [Sex::Female, Sex::Male];
            let of: Vec<u16> = (0..samples).map(|s| (seed.rotate_left(s as u32 * 5) & 1) as u16).collect();
            let mut people = SampleSet::all(samples);
            (0..samples).filter(|s| seed.rotate_left(*s as u32) & 3 == 0).for_each(|s| people.remove(s));
            let classes = Classes::new(&people, &of, sex.to_vec()).unwrap();
            let counted = CountedOrder::new(Arc::new(order.clone()), &classes).unwrap();
            let mut scratch = Scratch::default();
            let mut histogram = Histogram::new(&classes);
            for (row, bytes) in rows.iter().zip(&encoded) {
                tally(bytes, Some(&counted), &classes, &mut scratch, &mut histogram).unwrap();
                for zone in [Zone::Diploid, Zone::X] {
                    let mut naive = vec![Counts::default(); 2];
                    people.iter().for_each(|s| naive[of[s] as usize] += row[s].counts(sex[of[s] as usize], zone));
                    prop_assert_eq!(classes.counts(&histogram, zone), naive);
                }
            }
        }

        #[test]
        fn damaged_orders_and_rows_never_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..40), tail in proptest::collection::vec(any::<u8>(), 0..40), rows in rows(),
        ) {
            let samples = rows[0].len();
            let _ = Order::decode(&bytes, samples);
            let (order, mut encoded) = all_sorted(&rows);
            let row = &mut encoded[0];
            let keep = row.len() / 2;
            row.truncate(keep.max(1));
            row.extend(tail);
            let mut out = Vec::new();
            let mut scratch = Scratch::default();
            let _ = decode(row, Some(&order), &SampleSet::all(samples), &mut scratch, &mut out);
            let classes = Classes::new(&SampleSet::all(samples), &vec![0; samples], vec![Sex::Male]).unwrap();
            let counted = CountedOrder::new(Arc::new(order.clone()), &classes).unwrap();
            let mut histogram = Histogram::new(&classes);
            if tally(row, Some(&counted), &classes, &mut scratch, &mut histogram).is_ok() {
                let _ = classes.counts(&histogram, Zone::Mt);
            }
        }
    }
}
