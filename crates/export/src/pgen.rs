//! PLINK 2 `.pgen`, storage mode 0x10: variable-width rows with phase. All numbers little-endian.
//!
//! The index stands before the rows and needs their number, so rows are spooled and copied at the end.
//! A row is two bits a sample, or, where at most an eighth differs from the commonest genotype, a list
//! of those; then, if any heterozygote is phased, one bit for each. Written from the PGEN specification
//! and read back by plink2 in the tests.

use crate::losses::Losses;
use crate::plink::{self, ALT_ALT, HET, MISSING, REF_REF};
use crate::{Column, Row};
use gj_kernels::Call;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};

/// Magic and storage mode.
const HEAD: [u8; 3] = [0x6c, 0x1b, 0x10];
/// One byte a row type, four bytes a row length, no allele counts, reference alleles are known.
const LAYOUT: u8 = 0x47;
/// Rows of one entry of the index.
const BLOCK_ROWS: u64 = 1 << 16;
/// A list may hold this part of the samples.
const LIST_PART: usize = 8;
/// Samples of one group of a list.
const GROUP: usize = 64;
/// Row types: two bits a sample; bit 4 says that phase follows.
const PLAIN: u8 = 0;
const PHASED: u8 = 0x10;

/// A row with its type.
pub(crate) struct Record {
    kind: u8,
    bytes: Vec<u8>,
}

/// Encodes a row.
pub(crate) fn record(row: &Row, columns: &[Column]) -> (Record, Losses) {
    let code = std::array::from_fn(|call| plink::genotype(Call::from_code(call as u8)));
    let mut times = [0usize; 4];
    row.calls.iter().for_each(|call| times[usize::from(code[call.code() as usize])] += 1);
    let common = [REF_REF, ALT_ALT, MISSING].into_iter().max_by_key(|g| times[usize::from(*g)]);
    let common = common.unwrap_or(REF_REF);
    let others = row.calls.len() - times[usize::from(common)];
    let (mut kind, mut bytes) = if others <= row.calls.len() / LIST_PART {
        (4 | common, list(&row.calls, &code, common))
    } else {
        (PLAIN, plink::pack(&row.calls, &code))
    };
    if let Some(mut phase) = phase(&row.calls) {
        kind |= PHASED;
        bytes.append(&mut phase);
    }
    (Record { kind, bytes }, plink::losses(row, columns))
}

/// The samples whose genotype is not `common`, in groups of 64: each group's first sample, each group's
/// length but the last's, the genotypes, then the steps within each group.
fn list(calls: &[Call], code: &[u8; 16], common: u8) -> Vec<u8> {
    let others: Vec<(usize, u8)> = calls
        .iter()
        .map(|call| code[call.code() as usize])
        .enumerate()
        .filter(|(_, genotype)| *genotype != common)
        .collect();
    let mut out = Vec::new();
    put_varint(&mut out, others.len() as u32);
    let width = (u32::BITS - (calls.len() as u32).leading_zeros()).div_ceil(8) as usize;
    let mut steps: Vec<Vec<u8>> = Vec::new();
    for group in others.chunks(GROUP) {
        out.extend_from_slice(&(group[0].0 as u32).to_le_bytes()[..width]);
        let mut bytes = Vec::new();
        group.windows(2).for_each(|pair| put_varint(&mut bytes, (pair[1].0 - pair[0].0) as u32));
        steps.push(bytes);
    }
    // A full group has 63 steps of at least a byte.
    let full = steps.len().saturating_sub(1);
    out.extend(steps[..full].iter().map(|bytes| (bytes.len() - (GROUP - 1)) as u8));
    let four = |four: &[(usize, u8)]| {
        four.iter().enumerate().fold(0u8, |byte, (i, (_, genotype))| byte | genotype << (2 * i))
    };
    out.extend(others.chunks(4).map(four));
    steps.iter().for_each(|bytes| out.extend_from_slice(bytes));
    out
}

/// The phase of the heterozygotes: a first bit that says whether the next ones tell who is phased, then
/// for each phased one whether the alternate allele comes first. `None` where nobody is phased.
fn phase(calls: &[Call]) -> Option<Vec<u8>> {
    let hets = || calls.iter().filter(|call| plink::genotype(**call) == HET);
    let phased = |call: &&Call| **call != Call::Het;
    let count = hets().filter(phased).count();
    if count == 0 {
        return None;
    }
    let alternate_first = || hets().filter(phased).map(|call| *call == Call::AltRefPhased);
    if count == hets().count() {
        return Some(bits(std::iter::once(false).chain(alternate_first())));
    }
    let mut out = bits(std::iter::once(true).chain(hets().map(|call| phased(&call))));
    out.append(&mut bits(alternate_first()));
    Some(out)
}

fn bits(bits: impl Iterator<Item = bool>) -> Vec<u8> {
    let mut out = Vec::new();
    for (at, bit) in bits.enumerate() {
        if at % 8 == 0 {
            out.push(0);
        }
        if let Some(last) = out.last_mut() {
            *last |= u8::from(bit) << (at % 8);
        }
    }
    out
}

fn put_varint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Rows waiting for the file's index: type, length and bytes of each.
pub(crate) struct Spooled<S: Write> {
    spool: io::BufWriter<S>,
    rows: u64,
    /// Bytes of the rows of each block.
    blocks: Vec<u64>,
}

/// Bytes of type and length before a spooled row.
const PREFIX: usize = 5;

impl<S: Read + Write + Seek> Spooled<S> {
    pub(crate) fn new(spool: S) -> Spooled<S> {
        Spooled { spool: io::BufWriter::with_capacity(1 << 16, spool), rows: 0, blocks: Vec::new() }
    }

    pub(crate) fn push(&mut self, record: &Record) -> io::Result<()> {
        if self.rows.is_multiple_of(BLOCK_ROWS) {
            self.blocks.push(0);
        }
        if let Some(block) = self.blocks.last_mut() {
            *block += record.bytes.len() as u64;
        }
        self.rows += 1;
        self.spool.write_all(&[record.kind])?;
        self.spool.write_all(&(record.bytes.len() as u32).to_le_bytes())?;
        self.spool.write_all(&record.bytes)
    }

    /// Writes the file: head, where each block begins, types and lengths, rows.
    pub(crate) fn write(self, samples: usize, mut out: impl Write) -> io::Result<()> {
        let too_many = |_| io::Error::other("a PGEN holds at most 4,294,967,295 variants");
        let rows = u32::try_from(self.rows).map_err(too_many)?;
        out.write_all(&HEAD)?;
        out.write_all(&rows.to_le_bytes())?;
        out.write_all(&(samples as u32).to_le_bytes())?;
        out.write_all(&[LAYOUT])?;
        let mut begin = 12 + 8 * self.blocks.len() as u64 + PREFIX as u64 * self.rows;
        for bytes in &self.blocks {
            out.write_all(&begin.to_le_bytes())?;
            begin += bytes;
        }
        let mut spool = BufReader::with_capacity(
            1 << 16,
            self.spool.into_inner().map_err(io::IntoInnerError::into_error)?,
        );
        spool.seek(SeekFrom::Start(0))?;
        let (mut left, mut prefix) = (self.rows, [0; PREFIX]);
        while left > 0 {
            let in_block = left.min(BLOCK_ROWS);
            let (mut kinds, mut lengths) = (Vec::new(), Vec::new());
            for _ in 0..in_block {
                spool.read_exact(&mut prefix)?;
                kinds.push(prefix[0]);
                lengths.extend_from_slice(&prefix[1..]);
                spool.seek_relative(i64::from(length(&prefix)))?;
            }
            out.write_all(&kinds)?;
            out.write_all(&lengths)?;
            left -= in_block;
        }
        spool.seek(SeekFrom::Start(0))?;
        for _ in 0..self.rows {
            spool.read_exact(&mut prefix)?;
            io::copy(&mut (&mut spool).take(u64::from(length(&prefix))), &mut out)?;
        }
        out.flush()
    }
}

fn length(prefix: &[u8; PREFIX]) -> u32 {
    u32::from_le_bytes([prefix[1], prefix[2], prefix[3], prefix[4]])
}
