//! The fixed part of a record, common to VCF and BCF: its place and its alleles.
//!
//! Says which alleles give rows and whether the place is one. Looks at no genotype.

use crate::allele::{self, Alternate};
use crate::error::{Fault, clip};
use crate::genotype::ALLELES_MAX;
use crate::normalise::Spelling;
use crate::report::ReadReport;
use gj_model::Contig;
use smallvec::SmallVec;
use std::borrow::Cow;

/// Every row of a record carries its origin, so the list of alternates in it is bounded.
const ORIGIN_BYTES_MAX: usize = 2_000;

/// The fixed part of a record, and where its genotypes lie.
#[derive(Debug)]
pub(crate) struct Site<'a> {
    pub(crate) contig: &'a [u8],
    /// 1-based; 0 is the telomere before the first base.
    pub(crate) position: u32,
    pub(crate) reference: Cow<'a, [u8]>,
    /// REF as the record writes it.
    pub(crate) written: &'a [u8],
    pub(crate) alternates: SmallVec<[&'a [u8]; 4]>,
    /// Last base by INFO `END` (BCF: by the record's length on the reference), where it is given.
    pub(crate) end: Option<u32>,
    pub(crate) body: Body<'a>,
}

/// The part of a record with its genotypes.
#[derive(Debug)]
pub(crate) enum Body<'a> {
    /// A line from FORMAT on.
    Text(&'a [u8]),
    /// The `n_fmt` fields of a BCF record.
    Binary { fields: &'a [u8], count: usize },
}

impl Site<'_> {
    /// The contig's name; `<1>` is contig `1` of an assembly file.
    pub(crate) fn contig_name(&self) -> &[u8] {
        let bare = self.contig.strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">"));
        bare.unwrap_or(self.contig)
    }

    /// Alternate alleles; none where ALT is `.`.
    pub(crate) fn alternate_count(&self) -> usize {
        if self.alternates[..] == [b"."] { 0 } else { self.alternates.len() }
    }

    /// One alternate allele with REF, in upper case, as the record places them.
    pub(crate) fn spelling(&self, number: usize) -> Spelling {
        Spelling {
            position: self.position,
            reference: self.reference[..].into(),
            alternate: self.alternates[number].iter().map(u8::to_ascii_uppercase).collect(),
        }
    }

    /// The alternate alleles that give rows, by index; the others are counted.
    pub(crate) fn wanted(&self, counts: &mut ReadReport) -> Result<SmallVec<[usize; 4]>, Fault> {
        if self.alternates.len() >= ALLELES_MAX {
            return Err(Fault::record(
                format!("{} alternate alleles", self.alternates.len()),
                format!("fewer than {ALLELES_MAX}"),
            ));
        }
        let mut wanted = SmallVec::new();
        for (index, text) in self.alternates.iter().enumerate() {
            match allele::alternate(text)? {
                Alternate::Bases if text.eq_ignore_ascii_case(&self.reference) => {
                    return Err(Fault::record(
                        format!("ALT `{}` equal to REF", clip(text)),
                        "a different allele",
                    ));
                }
                Alternate::Bases => wanted.push(index),
                Alternate::NonRef => counts.non_ref_alternates += 1,
                Alternate::Star => counts.star_alternates += 1,
                Alternate::Symbolic => counts.symbolic_alternates += 1,
                Alternate::Breakend => counts.breakend_alternates += 1,
                Alternate::None if self.alternates.len() == 1 => counts.records_without_alternate += 1,
                Alternate::None => {
                    return Err(Fault::record("`.` among several ALT alleles", "`.` alone, or alleles"));
                }
            }
        }
        counts.multiallelic_records += u64::from(wanted.len() > 1);
        Ok(wanted)
    }

    /// Position 0 and one past the end are telomeres: no bases lie there.
    pub(crate) fn check_place(&self, known: Option<Contig>, wanted: &[usize]) -> Result<(), Fault> {
        let has_bases = !wanted.is_empty();
        if has_bases && self.position == 0 {
            return Err(Fault::record("POS 0", "a position from 1"));
        }
        let Some(contig) = known else { return Ok(()) };
        let end = u64::from(self.position) + self.reference.len() as u64 - 1;
        let last = u64::from(contig.length()) + u64::from(!has_bases);
        if end > last {
            return Err(Fault::record(
                format!("bases up to {end} of {contig}, which ends before"),
                format!("1 to {}, the length on GRCh38; is the file on another build?", contig.length()),
            ));
        }
        Ok(())
    }

    /// Whether a row says something else than its record did: one of several alleles, or a REF whose
    /// ambiguity codes were resolved.
    pub(crate) fn is_respelled(&self) -> bool {
        self.alternates.len() > 1 || !self.written.eq_ignore_ascii_case(&self.reference)
    }

    /// The record as the file spells it: `position:reference:alternates`, cut where it is very long.
    pub(crate) fn origin(&self) -> String {
        let mut origin = format!("{}:{}:", self.position, String::from_utf8_lossy(self.written));
        for (index, text) in self.alternates.iter().enumerate() {
            if origin.len() > ORIGIN_BYTES_MAX {
                origin.push('…');
                break;
            }
            if index > 0 {
                origin.push(',');
            }
            origin.push_str(&String::from_utf8_lossy(text));
        }
        origin
    }
}
