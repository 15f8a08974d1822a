//! Who carries the alternate allele at a row, and what one person has there.

use crate::call::Call;
use crate::order::{Order, Style};
use crate::row::{RowError, Scratch, Start, Visit, visit, walk};
use gj_model::SampleSet;
use std::cell::{Cell, RefCell};

/// The samples of `people` with an alternate allele, each with its call, in no particular order.
///
/// Costs what the row's exceptions and carriers cost.
///
/// # Errors
/// When the bytes do not describe `people.len()` samples, or the row's order is not given.
pub fn carriers(
    payload: &[u8],
    order: Option<&Order>,
    people: &SampleSet,
    scratch: &mut Scratch,
    out: &mut Vec<(u32, Call)>,
) -> Result<(), RowError> {
    out.clear();
    // Where the alternate allele is the common one, everybody carries it but those who are named.
    let common: Cell<Option<Start>> = Cell::new(None);
    let silent = RefCell::new(std::mem::take(&mut scratch.people));
    let start = |start: Start| {
        if matches!(start, Start::Silent(true)) || matches!(start, Start::Common(call) if call.carries()) {
            common.set(Some(start));
            silent.borrow_mut().clone_from(people);
        }
    };
    let each = |sample: usize, _, call: Call| {
        if common.get().is_some() {
            silent.borrow_mut().remove(sample);
        }
        if call.carries() && people.contains(sample) {
            out.push((sample as u32, call));
        }
    };
    let walked = walk(payload, people.len(), order, scratch, start, each);
    let silent = silent.into_inner();
    match (common.get(), order) {
        (Some(Start::Common(call)), _) => {
            out.extend(silent.runs().flatten().map(|sample| (sample as u32, call)));
        }
        (Some(Start::Silent(flip)), Some(order)) => {
            let calls = silent.runs().flatten().map(|sample| (sample as u32, order.silent(sample, flip)));
            out.extend(calls.filter(|(_, call)| call.carries()));
        }
        _ => {}
    }
    scratch.people = silent;
    walked
}

/// One sample of a batch, and where its haplotypes stand in the order of a block.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    sample: usize,
    ordered: Option<(Style, [usize; 2])>,
}

impl Person {
    /// `sample` in rows that stand alone.
    pub fn alone(sample: usize) -> Person {
        Person { sample, ordered: None }
    }

    /// `sample` in the rows of the block with this order, those that stand alone included; `None` when the
    /// order has no such sample.
    pub fn ordered(sample: usize, order: &Order) -> Option<Person> {
        let style = *order.styles.get(sample)?;
        let mut places = [usize::MAX; 2];
        for (place, haplotype) in order.haplotypes.iter().enumerate() {
            if *haplotype as usize / 2 == sample {
                places[*haplotype as usize % 2] = place;
            }
        }
        Some(Person { sample, ordered: Some((style, places)) })
    }

    /// The person's call in a row of `samples` samples.
    ///
    /// # Errors
    /// When the bytes do not describe that many samples, or the row's order is not given.
    pub fn call(&self, payload: &[u8], samples: usize) -> Result<Call, RowError> {
        let mut finder =
            Finder { person: self, flip: None, common: Call::Absent, named: None, is_in: [false; 2] };
        visit(payload, samples, &mut finder)?;
        match (finder.named, finder.flip, self.ordered) {
            (Some(call), ..) => Ok(call),
            (None, None, _) => Ok(finder.common),
            (None, Some(flip), Some((style, _))) => {
                let [first, second] = finder.is_in.map(|is_in| is_in != flip);
                Ok(style.call(first, second))
            }
            (None, Some(_), None) => Err(MISSING),
        }
    }
}

const MISSING: RowError = RowError::new("its order is missing");

struct Finder<'a> {
    person: &'a Person,
    flip: Option<bool>,
    common: Call,
    named: Option<Call>,
    /// Whether each haplotype is in a run.
    is_in: [bool; 2],
}

impl Visit for Finder<'_> {
    fn common(&mut self, call: Call) {
        self.common = call;
    }

    fn sorted(&mut self, flip: bool) {
        self.flip = Some(flip);
    }

    fn run(&mut self, start: usize, end: usize) {
        if let Some((_, places)) = self.person.ordered {
            for (is_in, place) in self.is_in.iter_mut().zip(places) {
                *is_in |= (start..end).contains(&place);
            }
        }
    }

    fn named(&mut self, start: usize, end: usize, call: Call) -> Result<(), RowError> {
        if (start..end).contains(&self.person.sample) {
            self.named = Some(call);
        }
        Ok(())
    }
}
