//! Rows without the people who left, from the compressed form: no other person's call is decoded where
//! the row is a few runs.
//!
//! A sorted row stays in the order of its block, out of which the haplotypes of the gone are taken: a place
//! among neighbours would tell what they carry. They stand at its end, in the style that reads absent; the
//! others keep their relative order. What is written is a function of that order and of the others' calls:
//! which allele runs stand for and whether a row is sorted at all are decided anew, as if the gone had
//! never had a call. One thing is kept as it was found: the haplotype that carries the allele of an unphased
//! heterozygote, and that a row with such calls stands alone.

mod split;

use crate::block::{ALONE_MAX, put_sorted};
use crate::bytes::{CallRuns, push_run};
use crate::call::Call;
use crate::order::{Order, Style};
use crate::row::{RowError, Scratch, Visit, decode, needs_order, visit, walk};
use crate::sparse::Sparse;
use crate::totals::{Totals, totals};
use gj_model::SampleSet;

/// An order before and after people left it.
#[derive(Debug)]
pub struct ErasedOrder {
    /// The order without them.
    order: Order,
    places: Vec<u32>,
    /// Who left, ascending, and how their calls were written.
    gone: Vec<(u32, Style)>,
    /// Where their haplotypes stood, ascending: place, index in `gone`, and which of the two it is.
    gaps: Vec<(u32, u32, usize)>,
    /// Haplotypes that are written of the samples before each, and last of all.
    written: Vec<u32>,
    /// The style of everybody else, if they have one.
    same: Option<Style>,
}

impl ErasedOrder {
    /// Takes people out of an order; `None` when it is of another number of samples.
    pub fn new(order: &Order, gone: &SampleSet) -> Option<ErasedOrder> {
        if order.samples() != gone.len() {
            return None;
        }
        let left: Vec<(u32, Style)> = gone.iter().map(|s| (s as u32, order.styles[s])).collect();
        let mut gaps = Vec::with_capacity(left.len() * 2);
        let mut kept = Order { haplotypes: Vec::with_capacity(gone.len() * 2), styles: order.styles.clone() };
        for (place, haplotype) in (0..).zip(&order.haplotypes) {
            let sample = haplotype / 2;
            if gone.contains(sample as usize) {
                let index = left.partition_point(|(other, _)| *other < sample) as u32;
                gaps.push((place, index, *haplotype as usize % 2));
            } else {
                kept.haplotypes.push(*haplotype);
            }
        }
        for (sample, _) in &left {
            kept.haplotypes.extend([sample * 2, sample * 2 + 1]);
            kept.styles[*sample as usize] = Style::Absent;
        }
        let mut written = vec![0];
        let mut sum = 0;
        for style in &kept.styles {
            sum += style.haplotypes();
            written.push(sum);
        }
        let mut others = (0..gone.len()).filter(|s| !gone.contains(*s)).map(|s| kept.styles[s]);
        let same = others.next().filter(|first| others.all(|style| style == *first));
        Some(ErasedOrder { places: kept.places(), order: kept, gone: left, gaps, written, same })
    }

    /// The order without them, in which rows that [`erase`] gives are read.
    pub fn order(&self) -> &Order {
        &self.order
    }

    /// Haplotypes that are written in a row, those of exceptions are not.
    fn written(&self, exceptions: &CallRuns) -> u32 {
        let at = |sample: u32| self.written[sample as usize];
        let named = exceptions.iter().flatten().map(|(start, end)| at(*end) - at(*start));
        // Only where somebody is named twice, which no writer does, is more named than there is.
        at(self.order.samples() as u32).saturating_sub(named.sum::<u32>())
    }
}

/// A row without those who left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedRow {
    /// Its bytes; where they need an order, that of [`ErasedOrder::order`].
    pub payload: Vec<u8>,
    /// What the calls of the others add up to.
    pub totals: Totals,
    /// Whether somebody else has a call record.
    pub has_calls: bool,
}

/// A row without the people of `gone`, who read [`Call::Absent`].
///
/// `order` is that of the row's block. A row that stands alone may be given that of a block in reach, in
/// which it is written where that is shorter; without one it stays alone. `stored` are the totals of the row
/// as it was, if they are known: a sorted row is then not looked at person by person.
///
/// # Errors
/// When the bytes do not describe `gone.len()` samples, the row's order is not given, or the totals cannot
/// be the row's. A sorted row that names somebody twice, which no writer does, may pass: readers refuse it.
pub fn erase(
    payload: &[u8],
    stored: Option<Totals>,
    gone: &SampleSet,
    order: Option<&ErasedOrder>,
    scratch: &mut Scratch,
) -> Result<ErasedRow, RowError> {
    let order = order.filter(|order| order.order.samples() == gone.len());
    match order {
        Some(order) if needs_order(payload) => erase_sorted(payload, stored, gone, order, scratch),
        _ => erase_alone(payload, gone, order),
    }
}

fn erase_alone(payload: &[u8], gone: &SampleSet, order: Option<&ErasedOrder>) -> Result<ErasedRow, RowError> {
    let mut row = Sparse::read(payload, gone.len())?;
    row.others.retain(|(sample, _)| !gone.contains(*sample as usize));
    let row = blank(row, gone);
    let (has_calls, others) = people_of(&row, gone);
    let alone = row.encode();
    let totals = totals(&alone, gone.len())?;
    let sorted = order.filter(|_| others > ALONE_MAX).and_then(|order| split::sorted(&row, gone, order));
    let payload = sorted.filter(|sorted| sorted.len() < alone.len()).unwrap_or(alone);
    Ok(ErasedRow { payload, totals, has_calls })
}

fn erase_sorted(
    payload: &[u8],
    stored: Option<Totals>,
    gone: &SampleSet,
    order: &ErasedOrder,
    scratch: &mut Scratch,
) -> Result<ErasedRow, RowError> {
    let mut row = Remains {
        order,
        flip: false,
        runs: Vec::new(),
        exceptions: CallRuns::default(),
        carried: vec![[false; 2]; order.gone.len()],
        named: vec![None; order.gone.len()],
    };
    visit(payload, gone.len(), &mut row)?;
    let totals = stored.map(|stored| row.less(stored)).transpose()?;
    let written = order.written(&row.exceptions);
    row.settle_flip(written);
    let sorted = put_sorted(row.flip, &row.runs, &row.exceptions);
    if let Some(totals) = totals
        && row.is_surely_shorter(sorted.len(), written)
    {
        return Ok(ErasedRow { payload: sorted, totals, has_calls: true });
    }
    let sparse = order.sparse(&sorted, row.flip, gone, scratch)?;
    let alone = sparse.encode();
    let totals = totals.map_or_else(|| crate::totals::totals(&alone, gone.len()), Ok)?;
    let (has_calls, others) = people_of(&sparse, gone);
    let is_alone = others <= ALONE_MAX || alone.len() <= sorted.len();
    Ok(ErasedRow { payload: if is_alone { alone } else { sorted }, totals, has_calls })
}

/// The row with the gone absent; they are not among its others.
fn blank(mut row: Sparse, gone: &SampleSet) -> Sparse {
    if row.common != Call::Absent {
        row.others.extend(gone.iter().map(|sample| (sample as u32, Call::Absent)));
        row.others.sort_unstable_by_key(|(sample, _)| *sample);
    }
    row
}

/// Of those who stay: whether somebody has a call record, and how many have another call than the commonest.
fn people_of(row: &Sparse, gone: &SampleSet) -> (bool, usize) {
    let mut times = [0usize; 16];
    times[row.common.code() as usize] = row.samples() - row.others.len();
    row.others.iter().for_each(|(_, call)| times[call.code() as usize] += 1);
    times[Call::Absent.code() as usize] -= gone.count();
    let people = row.samples() - gone.count();
    let commonest = times.iter().max().copied().unwrap_or(0);
    (times[Call::Absent.code() as usize] < people, people - commonest)
}

impl ErasedOrder {
    /// A sorted row as its exceptions: without looking at everybody, where one call is everybody's unless named.
    fn sparse(
        &self,
        sorted: &[u8],
        flip: bool,
        gone: &SampleSet,
        scratch: &mut Scratch,
    ) -> Result<Sparse, RowError> {
        let samples = gone.len();
        let mut others = Vec::new();
        let Some(style) = self.same else {
            let mut calls = Vec::new();
            decode(sorted, Some(&self.order), &SampleSet::all(samples), scratch, &mut calls)?;
            let calls = (0..).zip(calls).filter(|(_, call)| *call != Call::Absent);
            return Ok(Sparse::new(samples, Call::Absent, calls.collect()));
        };
        let common = style.call(flip, flip);
        let each = |sample: usize, _, call: Call| {
            if call != common {
                others.push((sample as u32, call));
            }
        };
        walk(sorted, samples, Some(&self.order), scratch, |_| {}, each)?;
        others.sort_unstable_by_key(|(sample, _)| *sample);
        Ok(blank(Sparse::new(samples, common, others), gone))
    }
}

/// What is left of a sorted row, and what the gone had there.
struct Remains<'a> {
    order: &'a ErasedOrder,
    flip: bool,
    /// Places of the new order.
    runs: Vec<(u32, u32)>,
    exceptions: CallRuns,
    /// Of each who left: which haplotypes were in a run, and the call given outright.
    carried: Vec<[bool; 2]>,
    named: Vec<Option<Call>>,
}

impl Visit for Remains<'_> {
    fn common(&mut self, _: Call) {}

    fn sorted(&mut self, flip: bool) {
        self.flip = flip;
    }

    fn run(&mut self, start: usize, end: usize) {
        let (start, end) = (start as u32, end as u32);
        let gaps = &self.order.gaps;
        let first = gaps.partition_point(|(place, ..)| *place < start);
        let inside = gaps[first..].iter().take_while(|(place, ..)| *place < end);
        let mut passed = first as u32;
        for (_, index, which) in inside {
            self.carried[*index as usize][*which] = true;
            passed += 1;
        }
        let (start, end) = (start - first as u32, end - passed);
        if start < end {
            push_run(&mut self.runs, start, end);
        }
    }

    fn named(&mut self, start: usize, end: usize, call: Call) -> Result<(), RowError> {
        let (mut start, end) = (start as u32, end as u32);
        let gone = &self.order.gone;
        let first = gone.partition_point(|(sample, _)| *sample < start);
        let runs = &mut self.exceptions[call.code() as usize];
        for (index, (sample, _)) in gone.iter().enumerate().skip(first) {
            if *sample >= end {
                break;
            }
            self.named[index] = Some(call);
            if start < *sample {
                push_run(runs, start, *sample);
            }
            start = sample + 1;
        }
        if start < end {
            push_run(runs, start, end);
        }
        Ok(())
    }
}

impl Remains<'_> {
    /// The totals of the row without the calls of those who left.
    fn less(&self, stored: Totals) -> Result<Totals, RowError> {
        let had = self.order.gone.iter().zip(&self.carried).zip(&self.named);
        let calls = had.map(|(((_, style), carried), named)| {
            named.unwrap_or_else(|| style.call(carried[0] != self.flip, carried[1] != self.flip))
        });
        let mut calls = calls.filter(|call| *call != Call::Absent);
        let less = calls.try_fold(stored, |totals, call| totals.without(call));
        less.ok_or(RowError::new("its totals are not those of its calls"))
    }

    fn minor(&self) -> u32 {
        self.runs.iter().map(|(start, end)| end - start).sum()
    }

    /// Lets runs stand for the allele that is rarer among those who stay, the alternate one on a tie:
    /// with those who left it may have been the other.
    fn settle_flip(&mut self, written: u32) {
        let minor = self.minor();
        // More runs than haplotypes that are written are no sound row's.
        let alternate = if self.flip { written.saturating_sub(minor) } else { minor };
        let flip = u64::from(alternate) * 2 > u64::from(written);
        if flip == self.flip {
            return;
        }
        let order = &self.order.order;
        let mut is_other = vec![false; order.samples()];
        let exceptions = self.exceptions.iter().flatten();
        exceptions.for_each(|(start, end)| is_other[*start as usize..*end as usize].fill(true));
        let (mut runs, mut within) = (Vec::new(), self.runs.iter().peekable());
        for (place, haplotype) in (0..).zip(&order.haplotypes) {
            let sample = (haplotype / 2) as usize;
            while within.next_if(|(_, end)| *end <= place).is_some() {}
            let carries = within.peek().is_some_and(|(start, _)| *start <= place);
            let is_written = haplotype % 2 < order.styles[sample].haplotypes() && !is_other[sample];
            if is_written && !carries {
                push_run(&mut runs, place, place + 1);
            }
        }
        (self.flip, self.runs) = (flip, runs);
    }

    /// Whether the row is longer alone, whoever has which call: a few numbers tell most rows.
    fn is_surely_shorter(&self, sorted: usize, written: u32) -> bool {
        // If the commonest call has the minor allele, everybody else without it is named; if not, the carriers.
        let minor = self.minor();
        let others = minor.div_ceil(2).min((written / 2).saturating_sub(minor)) as usize;
        let lists = 3 + others;
        let packed = 3 + self.order.order.samples().div_ceil(8);
        others > ALONE_MAX && sorted < lists.min(packed)
    }
}

#[cfg(test)]
mod tests;
