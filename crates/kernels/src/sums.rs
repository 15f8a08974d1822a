//! Weighted sums of alleles over a row, without making its genotypes: for the allele counts of any
//! cohort (weights 0 and 1), association, scores and kinship (up to 32 vectors at once).
//!
//! A sorted row is a list of runs of haplotypes. With the weights summed up along the block's order,
//! once for all its rows, a run adds one difference however many people it holds.

use crate::call::Call;
use crate::order::{Order, Style};
use crate::row::{RowError, Visit, visit};
use gj_model::SampleSet;
use std::ops::{Add, Mul, Sub};

/// Vectors summed at once, at most.
pub const VECTORS_MAX: usize = 32;

/// What weights are made of: `i32` counts exactly, `f64` weighs.
pub trait Number:
    Copy + Default + Send + Sync + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + std::fmt::Debug
{
    /// A small whole number.
    fn of(count: u8) -> Self;
}

impl Number for i32 {
    fn of(count: u8) -> i32 {
        i32::from(count)
    }
}

impl Number for f64 {
    fn of(count: u8) -> f64 {
        f64::from(count)
    }
}

/// `W` weights for each sample of a batch. The mask of every summing kernel.
///
/// INVARIANT: a sample outside the [`SampleSet`] it was built with weighs nothing.
#[derive(Debug, Clone)]
pub struct Weights<T, const W: usize> {
    of: Vec<[T; W]>,
    total: [T; W],
}

impl<T: Number, const W: usize> Weights<T, W> {
    /// `of[s]` are the weights of sample `s`; those outside `people` are set to zero.
    ///
    /// `None` when the lengths differ, or for more than [`VECTORS_MAX`] vectors.
    pub fn new(people: &SampleSet, mut of: Vec<[T; W]>) -> Option<Weights<T, W>> {
        if of.len() != people.len() || W > VECTORS_MAX {
            return None;
        }
        let mut total = [T::default(); W];
        for (sample, weights) in of.iter_mut().enumerate() {
            if people.contains(sample) {
                total = plus(total, *weights);
            } else {
                *weights = [T::default(); W];
            }
        }
        Some(Weights { of, total })
    }

    /// Number of samples.
    pub fn samples(&self) -> usize {
        self.of.len()
    }
}

impl Weights<i32, 1> {
    /// Counts `people`.
    pub fn count(people: &SampleSet) -> Weights<i32, 1> {
        let mut of = vec![[0]; people.len()];
        people.iter().for_each(|sample| of[sample] = [1]);
        let total = [people.iter().count() as i32];
        Weights { of, total }
    }
}

/// Weights summed up along the order of a block.
#[derive(Debug, Default)]
pub struct SummedOrder<T, const W: usize> {
    styles: Vec<Style>,
    /// The sum of what stands before each place, and of everything at the end.
    before: Vec<[T; W]>,
}

impl<T: Number, const W: usize> SummedOrder<T, W> {
    /// Sums weights up; `None` when the order is of another number of samples.
    pub fn new(order: &Order, weights: &Weights<T, W>) -> Option<SummedOrder<T, W>> {
        let mut summed = SummedOrder { styles: Vec::new(), before: Vec::new() };
        summed.sum_up(order, weights).then_some(summed)
    }

    /// [`SummedOrder::new`] in place of this one, whose memory is used again; whether the order is of the
    /// right number of samples.
    pub fn sum_up(&mut self, order: &Order, weights: &Weights<T, W>) -> bool {
        if order.samples() != weights.samples() {
            return false;
        }
        self.styles.clone_from(&order.styles);
        self.before.clear();
        let mut sum = [T::default(); W];
        self.before.push(sum);
        let is_diploid = order.styles.iter().all(|style| style.haplotypes() == 2);
        self.before.extend(order.haplotypes.iter().map(|haplotype| {
            let sample = (haplotype / 2) as usize;
            if is_diploid || haplotype % 2 < order.styles[sample].haplotypes() {
                sum = plus(sum, weights.of[sample]);
            }
            sum
        }));
        true
    }

    fn present(&self) -> [T; W] {
        self.before.last().copied().unwrap_or([T::default(); W])
    }
}

/// Weighted sums over one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sums<T, const W: usize> {
    /// Weight times alternate alleles.
    pub alternate: [T; W],
    /// Weight times called alleles, as called: neither sex nor place is looked at.
    pub called: [T; W],
}

/// Sums the alleles of a row over everybody with a weight.
///
/// # Errors
/// When the bytes do not describe `weights.samples()` samples, or the row's order is not given.
pub fn sum<T: Number, const W: usize>(
    payload: &[u8],
    order: Option<&SummedOrder<T, W>>,
    weights: &Weights<T, W>,
) -> Result<Sums<T, W>, RowError> {
    let zero = [T::default(); W];
    let sums = Sums { alternate: zero, called: zero };
    let mut summer = Summer { order, weights, common: Some(Call::Absent), flip: false, sums };
    visit(payload, weights.samples(), &mut summer)?;
    if summer.common.is_none() && order.is_none() {
        return Err(RowError::new("its order is missing"));
    }
    Ok(summer.sums)
}

struct Summer<'a, T, const W: usize> {
    order: Option<&'a SummedOrder<T, W>>,
    weights: &'a Weights<T, W>,
    /// The call of everybody who is not named; none in a sorted row.
    common: Option<Call>,
    flip: bool,
    sums: Sums<T, W>,
}

impl<T: Number, const W: usize> Visit for Summer<'_, T, W> {
    fn common(&mut self, call: Call) {
        self.common = Some(call);
        let (called, alternate) = call.known();
        self.sums.called = times(self.weights.total, called);
        self.sums.alternate = times(self.weights.total, alternate);
    }

    fn sorted(&mut self, flip: bool) {
        (self.common, self.flip) = (None, flip);
        if let Some(order) = self.order {
            self.sums.called = order.present();
            self.sums.alternate = if flip { order.present() } else { [T::default(); W] };
        }
    }

    fn run(&mut self, start: usize, end: usize) {
        let Some(order) = self.order else { return };
        let inside = minus(order.before[end], order.before[start]);
        let alternate = self.sums.alternate;
        self.sums.alternate = if self.flip { minus(alternate, inside) } else { plus(alternate, inside) };
    }

    fn named(&mut self, start: usize, end: usize, call: Call) -> Result<(), RowError> {
        let (called, alternate) = call.known();
        for sample in start..end {
            // What was taken for granted of the sample is taken back.
            let (called_so_far, alternate_so_far) = match (self.common, self.order) {
                (Some(common), _) => common.known(),
                (None, Some(order)) => {
                    let there = order.styles[sample].haplotypes();
                    (there, if self.flip { there } else { 0 })
                }
                (None, None) => (0, 0),
            };
            let weight = self.weights.of[sample];
            let sums = &mut self.sums;
            sums.called = minus(plus(sums.called, times(weight, called)), times(weight, called_so_far));
            sums.alternate =
                minus(plus(sums.alternate, times(weight, alternate)), times(weight, alternate_so_far));
        }
        Ok(())
    }
}

fn plus<T: Number, const W: usize>(a: [T; W], b: [T; W]) -> [T; W] {
    std::array::from_fn(|k| a[k] + b[k])
}

fn minus<T: Number, const W: usize>(a: [T; W], b: [T; W]) -> [T; W] {
    std::array::from_fn(|k| a[k] - b[k])
}

fn times<T: Number, const W: usize>(a: [T; W], count: u32) -> [T; W] {
    let count = T::of(count as u8);
    std::array::from_fn(|k| a[k] * count)
}
