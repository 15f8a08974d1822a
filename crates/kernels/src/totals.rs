//! What the calls of a row add up to over everybody: stored beside the row, so that whoever counts
//! everybody reads no genotype.

use crate::call::Call;
use crate::row::{RowError, Visit, needs_order, visit};

/// Alleles of a row over everybody in a batch, as called: neither sex nor consent is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Alternate alleles.
    pub ac: u32,
    /// Called alleles.
    pub an: u32,
    /// Diploid calls with two alternate alleles.
    pub hom: u32,
}

/// What the calls of a row that stands alone add up to.
///
/// # Errors
/// When the bytes are no such row of `samples` samples.
pub fn totals(payload: &[u8], samples: usize) -> Result<Totals, RowError> {
    if needs_order(payload) {
        return Err(RowError::new("its order is missing"));
    }
    let mut times = Times { common: Call::Absent, left: samples as u32, times: [0; 16] };
    visit(payload, samples, &mut times)?;
    times.times[times.common.code() as usize] += times.left;
    let mut totals = Totals::default();
    Call::ALL.iter().zip(times.times).for_each(|(call, times)| totals.add(*call, times));
    Ok(totals)
}

/// How often each call occurs.
struct Times {
    common: Call,
    /// Samples not named so far.
    left: u32,
    times: [u32; 16],
}

impl Visit for Times {
    fn common(&mut self, call: Call) {
        self.common = call;
    }

    fn sorted(&mut self, _: bool) {}

    fn run(&mut self, _: usize, _: usize) {}

    fn named(&mut self, start: usize, end: usize, call: Call) -> Result<(), RowError> {
        let count = (end - start) as u32;
        self.left = self.left.checked_sub(count).ok_or(RowError::new("it names more calls than samples"))?;
        self.times[call.code() as usize] += count;
        Ok(())
    }
}

impl Totals {
    /// What is left when one call is taken away; `None` when it cannot have been in.
    pub(crate) fn without(self, call: Call) -> Option<Totals> {
        let mut one = Totals::default();
        one.add(call, 1);
        Some(Totals {
            ac: self.ac.checked_sub(one.ac)?,
            an: self.an.checked_sub(one.an)?,
            hom: self.hom.checked_sub(one.hom)?,
        })
    }

    fn add(&mut self, call: Call, times: u32) {
        let (called, alternate) = call.known();
        self.ac += alternate * times;
        self.an += called * times;
        self.hom += u32::from(alternate == 2) * times;
    }
}
