//! A row that stood alone, written in the order of a block.

use super::ErasedOrder;
use crate::block::{put_sorted, runs_of};
use crate::bytes::{CallRuns, push_run};
use crate::call::Call;
use crate::sparse::Sparse;
use gj_model::SampleSet;

/// Minor haplotypes and exceptions of a row in which `flip` is the allele of everybody else.
struct Split {
    haplotypes: Vec<u32>,
    exceptions: CallRuns,
}

/// The row's bytes in the order; `None` where somebody is heterozygous without phase: which haplotype
/// carries was never chosen, and a choice would not be that of rows which were sorted before.
pub(super) fn sorted(row: &Sparse, gone: &SampleSet, order: &ErasedOrder) -> Option<Vec<u8>> {
    let named = row.others.iter().copied();
    // If one homozygous call is everybody's unless named, only the named ones are looked at.
    let silent = order.same.and_then(|style| style.alleles(row.common).map(|alleles| (style, alleles)));
    let (flip, split) = match silent {
        Some((style, (first, second))) if first == second && style.haplotypes() == 2 => {
            (first, split(named, first, gone, order)?)
        }
        _ => (false, split((0..).zip(row.calls()), false, gone, order)?),
    };
    let (written, minor) = (order.written(&split.exceptions), split.haplotypes.len() as u32);
    let alternate = if flip { written - minor } else { minor };
    let is_flipped = alternate * 2 > written;
    let split = if is_flipped == flip {
        split
    } else {
        self::split((0..).zip(row.calls()), is_flipped, gone, order)?
    };
    Some(put_sorted(is_flipped, &runs_of(&split.haplotypes, &order.places), &split.exceptions))
}

fn split(
    calls: impl Iterator<Item = (u32, Call)>,
    flip: bool,
    gone: &SampleSet,
    order: &ErasedOrder,
) -> Option<Split> {
    let mut split = Split { haplotypes: Vec::new(), exceptions: CallRuns::default() };
    for (sample, call) in calls.filter(|(sample, _)| !gone.contains(*sample as usize)) {
        let style = order.order.styles[sample as usize];
        let Some((first, second)) = style.alleles(call) else {
            push_run(&mut split.exceptions[call.code() as usize], sample, sample + 1);
            continue;
        };
        if call == Call::Het {
            return None;
        }
        let written = style.haplotypes();
        split.haplotypes.extend((written > 0 && first != flip).then_some(sample * 2));
        split.haplotypes.extend((written > 1 && second != flip).then_some(sample * 2 + 1));
    }
    Some(split)
}
