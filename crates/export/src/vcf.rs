//! One row as a line of VCF text.

use crate::Row;
use crate::alleles::Times;
use crate::encoded::Encoded;
use crate::losses::Losses;
use gj_kernels::Call;
use std::io::Write;

/// A tab and the genotype of each call, padded to four bytes; haploid ones have two.
const SPELLED: [[u8; 4]; 16] = [
    *b"\t./.",
    *b"\t./.",
    *b"\t.\0\0",
    *b"\t0\0\0",
    *b"\t1\0\0",
    *b"\t0/0",
    *b"\t0|0",
    *b"\t0/1",
    *b"\t0|1",
    *b"\t1|0",
    *b"\t1/1",
    *b"\t1|1",
    *b"\t0/.",
    *b"\t./1",
    *b"\t.|1",
    *b"\t1|.",
];

/// The line.
pub(crate) fn line(row: &Row) -> (Encoded, Losses) {
    let variant = &row.variant;
    let times = Times::of(&row.calls);
    let (ac, an) = times.ac_an();
    let mut head = Vec::with_capacity(80 + variant.reference.len() + variant.alternate.len());
    // Writing to memory cannot fail.
    let _ = write!(
        head,
        "{}\t{}\t.\t{}\t{}\t.\t.\tAC={ac};AN={an}\tGT",
        variant.contig, variant.position, variant.reference, variant.alternate
    );
    let spelled = row.calls.iter().map(|call| SPELLED[call.code() as usize]);
    let body = if times.has_haploid() {
        let mut body = Vec::with_capacity(4 * row.calls.len());
        spelled.for_each(|text| body.extend_from_slice(if text[2] == 0 { &text[..2] } else { &text }));
        body
    } else {
        spelled.collect::<Vec<[u8; 4]>>().into_flattened()
    };
    let losses = Losses { absent_as_missing: u64::from(times.get(Call::Absent)), ..Losses::default() };
    (Encoded { head, body, tail: b"\n" }, losses)
}
