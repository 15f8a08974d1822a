//! One row as a line of VCF text.

use crate::Row;
use crate::alleles::Times;
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

/// The line, with its line feed.
pub(crate) fn line(row: &Row) -> (Vec<u8>, Losses) {
    let variant = &row.variant;
    let times = Times::of(&row.calls);
    let (ac, an) = times.ac_an();
    let mut out =
        Vec::with_capacity(80 + variant.reference.len() + variant.alternate.len() + 4 * row.calls.len());
    // Writing to memory cannot fail.
    let _ = write!(
        out,
        "{}\t{}\t.\t{}\t{}\t.\t.\tAC={ac};AN={an}\tGT",
        variant.contig, variant.position, variant.reference, variant.alternate
    );
    if times.has_haploid() {
        for call in &row.calls {
            let text = &SPELLED[call.code() as usize];
            out.extend_from_slice(if text[2] == 0 { &text[..2] } else { text });
        }
    } else {
        let at = out.len();
        out.resize(at + 4 * row.calls.len(), 0);
        for (slot, call) in out[at..].chunks_exact_mut(4).zip(&row.calls) {
            slot.copy_from_slice(&SPELLED[call.code() as usize]);
        }
    }
    out.push(b'\n');
    let losses = Losses { absent_as_missing: u64::from(times.get(Call::Absent)), ..Losses::default() };
    (out, losses)
}
