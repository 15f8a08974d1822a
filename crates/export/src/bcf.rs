//! One row as a BCF 2.2 record, and the file's head. Little-endian throughout.

use crate::alleles::Times;
use crate::encoded::Encoded;
use crate::losses::Losses;
use crate::{Heading, Row, header};
use gj_kernels::Call;

/// A float that means "no value".
const QUAL_MISSING: u32 = 0x7f80_0001;
/// Places of AC, AN and GT in the header's dictionary, after `PASS`.
const AC: u8 = 1;
const AN: u8 = 2;
const GT: u8 = 3;

const INT8: u8 = 1;
const INT16: u8 = 2;
const INT32: u8 = 3;
const TEXT: u8 = 7;
/// Lengths from here on stand in a number of their own.
const LENGTH_LONG: usize = 15;

/// Two alleles of each call: (allele + 1) × 2, plus 1 where the second is phased; 0x81 ends a haploid one.
const ALLELES: [[u8; 2]; 16] = [
    [0, 0],
    [0, 0],
    [0, 0x81],
    [2, 0x81],
    [4, 0x81],
    [2, 2],
    [2, 3],
    [2, 4],
    [2, 5],
    [4, 3],
    [4, 4],
    [4, 5],
    [2, 0],
    [0, 4],
    [0, 5],
    [4, 1],
];

/// Magic and header.
pub(crate) fn head(heading: &Heading) -> Vec<u8> {
    let mut text = header::text(heading).into_bytes();
    text.push(0);
    let mut out = b"BCF\x02\x02".to_vec();
    out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    out.append(&mut text);
    out
}

/// The record.
pub(crate) fn record(row: &Row) -> (Encoded, Losses) {
    let variant = &row.variant;
    let samples = row.calls.len();
    let times = Times::of(&row.calls);
    let (ac, an) = times.ac_an();
    let mut out = Vec::with_capacity(80 + variant.reference.len() + variant.alternate.len());
    out.extend_from_slice(&[0; 8]);
    for number in [
        u32::from(variant.contig.index()),
        variant.position.get() - 1,
        variant.reference.len() as u32,
        QUAL_MISSING,
        // Two INFO fields, two alleles; the columns, one FORMAT field.
        2 << 16 | 2,
        1 << 24 | samples as u32,
    ] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    // No ID.
    put_type(&mut out, TEXT, 0);
    for allele in [&variant.reference, &variant.alternate] {
        put_type(&mut out, TEXT, allele.len());
        out.extend_from_slice(allele.as_bytes());
    }
    // No FILTER: none is kept.
    out.push(0);
    for (key, value) in [(AC, ac), (AN, an)] {
        put_number(&mut out, u64::from(key));
        put_number(&mut out, value);
    }
    let shared = out.len() - 8;
    put_number(&mut out, u64::from(GT));
    let alleles = row.calls.iter().map(|call| ALLELES[call.code() as usize]);
    let body = if times.is_haploid(samples) {
        put_type(&mut out, INT8, 1);
        alleles.map(|[only, _]| only).collect()
    } else {
        put_type(&mut out, INT8, 2);
        alleles.collect::<Vec<[u8; 2]>>().into_flattened()
    };
    let individual = out.len() - 8 - shared + body.len();
    out[..4].copy_from_slice(&(shared as u32).to_le_bytes());
    out[4..8].copy_from_slice(&(individual as u32).to_le_bytes());
    let losses = Losses { absent_as_missing: u64::from(times.get(Call::Absent)), ..Losses::default() };
    (Encoded { head: out, body, tail: b"" }, losses)
}

/// The type byte of `length` values.
fn put_type(out: &mut Vec<u8>, kind: u8, length: usize) {
    if length < LENGTH_LONG {
        out.push((length as u8) << 4 | kind);
    } else {
        out.push(0xf0 | kind);
        put_number(out, length as u64);
    }
}

/// One number in the fewest bytes; the eight lowest of each width mean something else.
fn put_number(out: &mut Vec<u8>, value: u64) {
    if value <= i8::MAX as u64 {
        out.extend_from_slice(&[1 << 4 | INT8, value as u8]);
    } else if value <= i16::MAX as u64 {
        out.push(1 << 4 | INT16);
        out.extend_from_slice(&(value as u16).to_le_bytes());
    } else {
        out.push(1 << 4 | INT32);
        out.extend_from_slice(&(value as u32).to_le_bytes());
    }
}
