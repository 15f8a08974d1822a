//! Who carries the alternate allele at a row, and what one person has there.

use crate::call::Call;
use crate::order::{Order, Style};
use crate::row::{RowError, Scratch, Start, Visit, decode, visit, walk};
use gj_model::SampleSet;

/// The samples of `people` with an alternate allele, each with its call, in no particular order.
///
/// Costs what the row's carriers cost; if the alternate allele is the common one, what everybody costs.
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
    let mut is_common = false;
    let start = |start| {
        is_common = match start {
            Start::Common(call) => carries(call),
            Start::Silent(flip) => flip,
        }
    };
    let each = |sample: usize, _, call| {
        if carries(call) && people.contains(sample) {
            out.push((sample as u32, call));
        }
    };
    walk(payload, people.len(), order, scratch, start, each)?;
    if is_common {
        let mut calls = Vec::new();
        decode(payload, order, people, scratch, &mut calls)?;
        let carriers = calls.into_iter().enumerate().filter(|(_, call)| carries(*call));
        *out = carriers.map(|(sample, call)| (sample as u32, call)).collect();
    }
    Ok(())
}

fn carries(call: Call) -> bool {
    call.known().1 > 0
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
