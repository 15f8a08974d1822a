//! One row of a PLINK 1 `.bed`, variant by variant. Keeps no phase.

use crate::losses::Losses;
use crate::plink::{self, ALT_ALT, HET, MISSING};
use crate::{Column, Row};
use gj_kernels::Call;

/// Magic, and "variant by variant".
pub(crate) const HEAD: [u8; 3] = [0x6c, 0x1b, 0x01];

/// A row: two bits a sample, counting A2, which is the reference allele.
pub(crate) fn row(row: &Row, columns: &[Column]) -> (Vec<u8>, Losses) {
    let code = std::array::from_fn(|call| match plink::genotype(Call::from_code(call as u8)) {
        ALT_ALT => 0b00,
        MISSING => 0b01,
        HET => 0b10,
        _ => 0b11,
    });
    let mut losses = plink::losses(row, columns);
    let phased = |call: &&Call| matches!(call, Call::RefAltPhased | Call::AltRefPhased);
    losses.phase = row.calls.iter().filter(phased).count() as u64;
    (plink::pack(&row.calls, &code), losses)
}
