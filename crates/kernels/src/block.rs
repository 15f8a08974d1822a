//! Haplotype-sorted blocks: rows of neighbouring variants over one shared order of haplotypes.
//!
//! People who share a stretch of chromosome carry the same alleles along it. Sorted by what they carry,
//! their haplotypes stand together, and the carriers of a variant become a few runs. The order is that
//! of the positional Burrows–Wheeler transform (Durbin 2014) at the block's end; unlike in the transform
//! itself, every row refers to the same order, so that one row is decoded without its neighbours.
//!
//! Which haplotype of an unphased heterozygote carries the allele is chosen here, to keep runs long, and
//! means nothing.
//!
//! A row is `5, flip, varint runs, (varint gap, varint length - 1)*, kinds, (call, varint n, n × (varint
//! gap, varint length - 1))*`: runs of places whose haplotypes carry the minor allele, which is the
//! reference allele if `flip` is 1, then exceptions: runs of samples whose call is given outright.

mod sorter;

use crate::bytes::{CallRuns, push_run, put_ranges, put_runs};
use crate::call::Call;
use crate::order::{Order, Style};
use crate::row::{RowError, SORTED};
use crate::sparse::Sparse;
use sorter::{Minor, Sorter};

/// Minor haplotypes held for a block at most, four bytes each: bounds memory where variants are common.
const HAPLOTYPES_MAX: usize = 16 << 20;
/// Calls other than the commonest up to which a row stands alone: it is then read without an order.
pub(crate) const ALONE_MAX: usize = 3;

/// An encoded block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The order, if any row needs it.
    pub order: Option<Order>,
    /// The rows; those that are smaller without an order are as [`crate::encode`] writes them.
    pub rows: Vec<Vec<u8>>,
}

/// Encodes the blocks of one contig, one after the other: what earlier rows taught about who resembles
/// whom sorts the first rows of the next block, too.
#[derive(Debug)]
pub struct BlockEncoder {
    sorter: Sorter,
    rows: Vec<Vec<u8>>,
    /// Calls of each row that differ from its commonest one.
    others: Vec<usize>,
    votes: Votes,
    previous: Option<Order>,
}

impl BlockEncoder {
    /// For rows of `samples` calls.
    pub fn new(samples: usize) -> BlockEncoder {
        BlockEncoder {
            sorter: Sorter::new(samples),
            rows: Vec::new(),
            others: Vec::new(),
            votes: Votes::new(samples),
            previous: None,
        }
    }

    /// Rows that share an order: more people, more rows to pay for it.
    pub fn rows_max(samples: usize) -> usize {
        match samples {
            0..5_000 => 512,
            5_000..20_000 => 1024,
            20_000..50_000 => 2048,
            _ => 4096,
        }
    }

    /// Whether the block should be finished before another row.
    pub fn is_full(&self) -> bool {
        self.rows.len() >= BlockEncoder::rows_max(self.votes.samples())
            || self.others.iter().sum::<usize>() * 2 >= HAPLOTYPES_MAX
    }

    /// Adds a row as [`crate::encode`] writes it.
    ///
    /// # Errors
    /// When it is no such row, or of another number of samples.
    pub fn push(&mut self, row: Vec<u8>) -> Result<(), RowError> {
        self.others.push(self.votes.add(&row)?);
        self.rows.push(row);
        Ok(())
    }

    /// Ends the block. Not larger than its rows alone, as far as the cost of an order is known here: that
    /// of the difference from the block before, or of a whole one at first.
    ///
    /// # Errors
    /// Never for rows that [`BlockEncoder::push`] took.
    pub fn finish(&mut self) -> Result<Block, RowError> {
        let alone = std::mem::take(&mut self.rows);
        let others = std::mem::take(&mut self.others);
        let (order, sorted) = self.sort(&alone)?;
        let saved: usize = alone.iter().zip(&sorted).map(|(a, s)| a.len().saturating_sub(s.len())).sum();
        let cost = self.previous.as_ref().map_or_else(|| order.encode(), |other| order.encode_from(other));
        if saved <= cost.len() {
            return Ok(Block { order: None, rows: alone });
        }
        self.previous = Some(order.clone());
        let smaller = |((alone, sorted), others): ((Vec<u8>, Vec<u8>), usize)| {
            if others <= ALONE_MAX || alone.len() <= sorted.len() { alone } else { sorted }
        };
        let rows = alone.into_iter().zip(sorted).zip(others).map(smaller).collect();
        Ok(Block { order: Some(order), rows })
    }

    /// The order at the block's end, and every row in it.
    fn sort(&mut self, rows: &[Vec<u8>]) -> Result<(Order, Vec<Vec<u8>>), RowError> {
        let styles = self.votes.finish();
        let same = styles.first().copied().filter(|first| styles.iter().all(|style| style == first));
        let minors: Result<Vec<Minor>, RowError> =
            rows.iter().map(|row| self.sorter.take(row, &styles, same)).collect();
        let order = Order { haplotypes: self.sorter.places().to_vec(), styles };
        let at = order.places();
        Ok((order, minors?.iter().map(|minor| encode(minor, &at)).collect()))
    }
}

fn encode(minor: &Minor, place: &[u32]) -> Vec<u8> {
    let runs = runs_of(&minor.haplotypes, place);
    let mut exceptions = CallRuns::default();
    let calls = minor.exceptions.iter();
    calls.for_each(|(sample, call)| push_run(&mut exceptions[call.code() as usize], *sample, sample + 1));
    put_sorted(minor.flip, &runs, &exceptions)
}

/// The runs that haplotypes make at their places.
pub(crate) fn runs_of(haplotypes: &[u32], place: &[u32]) -> Vec<(u32, u32)> {
    let mut places: Vec<u32> = haplotypes.iter().map(|h| place[*h as usize]).collect();
    places.sort_unstable();
    let mut runs = Vec::new();
    places.into_iter().for_each(|at| push_run(&mut runs, at, at + 1));
    runs
}

/// The bytes of a sorted row.
pub(crate) fn put_sorted(flip: bool, runs: &[(u32, u32)], exceptions: &CallRuns) -> Vec<u8> {
    let mut out = vec![SORTED, u8::from(flip)];
    put_runs(&mut out, runs);
    put_ranges(&mut out, exceptions);
    out
}

/// Each sample's commonest way of writing its calls, found without looking at the calls that a row's
/// commonest one stands for.
#[derive(Debug)]
struct Votes {
    everybody: [i32; 4],
    /// What a sample differs from everybody.
    own: Vec<[i32; 4]>,
}

impl Votes {
    fn new(samples: usize) -> Votes {
        Votes { everybody: [0; 4], own: vec![[0; 4]; samples] }
    }

    fn samples(&self) -> usize {
        self.own.len()
    }

    /// Counts a row; returns how many calls differ from its commonest one.
    fn add(&mut self, payload: &[u8]) -> Result<usize, RowError> {
        let row = Sparse::read(payload, self.own.len())?;
        let common = style_of(row.common);
        common.iter().for_each(|style| self.everybody[*style as usize] += 1);
        for (sample, call) in &row.others {
            let own = &mut self.own[*sample as usize];
            common.iter().for_each(|style| own[*style as usize] -= 1);
            style_of(*call).iter().for_each(|style| own[*style as usize] += 1);
        }
        Ok(row.others.len())
    }

    /// The styles of the block; the next one starts afresh.
    fn finish(&mut self) -> Vec<Style> {
        let everybody = std::mem::take(&mut self.everybody);
        let best = |own: &mut [i32; 4]| {
            let own = std::mem::take(own);
            let style = (0..4).max_by_key(|style| (everybody[*style] + own[*style], 4 - style));
            Style::ALL[style.unwrap_or(0)]
        };
        self.own.iter_mut().map(best).collect()
    }
}

/// The style that writes a call without an exception; half calls and missing ones have none.
fn style_of(call: Call) -> Option<Style> {
    Style::ALL.into_iter().find(|style| style.alleles(call).is_some())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::carriers::{Person, carriers};
    use crate::classes::{Classes, Histogram};
    use crate::row;
    use crate::row::{CountedOrder, Scratch, decode, tally};
    use crate::sums::{SummedOrder, Weights, sum};
    use gj_model::{Counts, SampleSet, Sex, Zone};
    use proptest::prelude::*;
    use std::sync::Arc;

    /// Blocks of calls: mostly phased, mostly unphased, partly haploid, anything at all.
    pub(crate) fn rows() -> impl Strategy<Value = Vec<Vec<Call>>> {
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

    fn encoder_of(rows: &[Vec<Call>]) -> BlockEncoder {
        let mut encoder = BlockEncoder::new(rows[0].len());
        rows.iter().for_each(|calls| encoder.push(row::encode(calls)).unwrap());
        encoder
    }

    /// The block with every row sorted, so that the sorted form is tested whatever its size.
    pub(crate) fn all_sorted(rows: &[Vec<Call>]) -> (Order, Vec<Vec<u8>>) {
        let mut encoder = encoder_of(rows);
        let alone = std::mem::take(&mut encoder.rows);
        encoder.sort(&alone).unwrap()
    }

    proptest! {
        #[test]
        fn a_sorted_block_gives_back_every_call(rows in rows()) {
            let (order, encoded) = all_sorted(&rows);
            let samples = rows[0].len();
            let order = Order::decode(&order.encode(), samples, None).unwrap();
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
            // The second block starts from the order of the first.
            let mut encoder = encoder_of(&rows[..rows.len().div_ceil(2)]);
            let first = encoder.finish().unwrap().order;
            rows.iter().for_each(|calls| encoder.push(row::encode(calls)).unwrap());
            let block = encoder.finish().unwrap();
            let cost = block.order.as_ref().map_or(0, |order| {
                first.map_or_else(|| order.encode(), |first| order.encode_from(&first)).len()
            });
            let size = block.rows.iter().map(Vec::len).sum::<usize>() + cost;
            // Rows of a few carriers stand alone though a byte or two larger.
            let spared = rows.len() * 8;
            prop_assert!(size <= rows.iter().map(|row| row::encode(row).len()).sum::<usize>() + spared);
            let mut scratch = Scratch::default();
            let mut out = Vec::new();
            for (row, bytes) in rows.iter().zip(&block.rows) {
                decode(bytes, block.order.as_ref(), &SampleSet::all(samples), &mut scratch, &mut out).unwrap();
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
        fn sums_carriers_and_one_person_equal_looking_at_everybody(rows in rows(), seed in any::<u64>()) {
            let (order, encoded) = all_sorted(&rows);
            let samples = rows[0].len();
            let order = Arc::new(order);
            let mut people = SampleSet::all(samples);
            (0..samples).filter(|s| seed.rotate_left(*s as u32) & 3 == 0).for_each(|s| people.remove(s));
            let weight = |s: usize, k: usize| f64::from((seed.rotate_right((s * 3 + k) as u32) & 63) as u32) - 20.0;
            let of: Vec<[f64; 32]> = (0..samples).map(|s| std::array::from_fn(|k| weight(s, k))).collect();
            let weights = Weights::new(&people, of).unwrap();
            let ones = Weights::count(&people);
            let summed = SummedOrder::new(&order, &weights).unwrap();
            let summed_ones = SummedOrder::new(&order, &ones).unwrap();
            let mut scratch = Scratch::default();
            let mut found = Vec::new();
            // Each row sorted, and as it stands alone.
            let alone: Vec<Vec<u8>> = rows.iter().map(|row| row::encode(row)).collect();
            for (calls, bytes) in rows.iter().zip(&encoded).chain(rows.iter().zip(&alone)) {
                let sums = sum(bytes, Some(&summed), &weights).unwrap();
                for k in 0..32 {
                    let alternate: f64 = people.iter().map(|s| weight(s, k) * f64::from(calls[s].known().1)).sum();
                    let called: f64 = people.iter().map(|s| weight(s, k) * f64::from(calls[s].known().0)).sum();
                    prop_assert_eq!((sums.alternate[k], sums.called[k]), (alternate, called));
                }
                let counted = sum(bytes, Some(&summed_ones), &ones).unwrap();
                let naive = people.iter().map(|s| calls[s].known());
                let naive = naive.fold((0, 0), |sum, one| (sum.0 + one.0 as i32, sum.1 + one.1 as i32));
                prop_assert_eq!((counted.called[0], counted.alternate[0]), naive);
                carriers(bytes, Some(&order), &people, &mut scratch, &mut found).unwrap();
                found.sort_unstable();
                let naive: Vec<(u32, Call)> = people.iter().map(|s| (s as u32, calls[s]))
                    .filter(|(_, call)| call.known().1 > 0).collect();
                prop_assert_eq!(&found, &naive);
                for (s, call) in calls.iter().enumerate() {
                    let person = Person::ordered(s, &order).unwrap();
                    prop_assert_eq!(person.call(bytes, samples).unwrap(), *call);
                }
                let totals = crate::totals(&row::encode(calls), samples).unwrap();
                let everybody = calls.iter().map(|call| call.known());
                let everybody = everybody.fold((0, 0, 0), |t, c| (t.0 + c.1, t.1 + c.0, t.2 + u32::from(c.1 == 2)));
                prop_assert_eq!((totals.ac, totals.an, totals.hom), everybody);
            }
        }

        #[test]
        fn damaged_orders_and_rows_never_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..40), tail in proptest::collection::vec(any::<u8>(), 0..40), rows in rows(),
        ) {
            let samples = rows[0].len();
            let _ = Order::decode(&bytes, samples, None);
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
            let people = SampleSet::all(samples);
            let ones = Weights::count(&people);
            let order = Arc::new(order);
            let _ = sum(row, SummedOrder::new(&order, &ones).as_ref(), &ones);
            let _ = carriers(row, Some(&order), &people, &mut scratch, &mut Vec::new());
            let _ = Person::ordered(0, &order).unwrap().call(row, samples);
            let mut histogram = Histogram::new(&classes);
            if tally(row, Some(&counted), &classes, &mut scratch, &mut histogram).is_ok() {
                let _ = classes.counts(&histogram, Zone::Mt);
            }
        }
    }

    #[test]
    fn a_person_in_a_run_and_among_the_exceptions_is_refused() {
        // Counting by runs would count the person twice.
        let samples = 4;
        let order = Order { haplotypes: (0..8).collect(), styles: vec![Style::Phased; samples] };
        let mut out = Vec::new();
        for tag in [3, 5] {
            let row = |start: u8| {
                let runs = [tag, 0, 1, start, 1];
                let exception: &[u8] = if tag == 5 { &[1, 1, 1, 2, 0] } else { &[1, 1, 1, 2] };
                [&runs, exception].concat()
            };
            let mut read = |row: &[u8]| {
                decode(row, Some(&order), &SampleSet::all(samples), &mut Scratch::default(), &mut out)
            };
            read(&row(2)).unwrap();
            read(&row(4)).unwrap_err();
            read(&row(3)).unwrap_err();
        }
    }
}
