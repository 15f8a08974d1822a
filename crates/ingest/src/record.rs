//! From one record to the rows it gives: checked, split, normalised and encoded.
//!
//! This is the part that runs in parallel; it sees one record at a time and knows no order. What needs
//! the records before (sorting, duplicates) is `file_rows`'s.

use crate::allele::{self, Alternate};
use crate::error::{Fault, IngestError, clip};
use crate::genotype::{ALLELES_MAX, Genotypes};
use crate::header::Header;
use crate::normalise::Spelling;
use crate::reference::{Reference, Walker, fits};
use crate::report::ReadReport;
use crate::{bcf, vcf};
use gj_model::Contig;
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

/// How far left a variant may move, in bases: the distance over which rows are sorted again. Repeats of
/// the called genome are far shorter; a longer shift is refused.
pub(crate) const SHIFT_MAX: u32 = 10_000;

/// What is asked of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Checks {
    /// The specification, and this programme's build and contigs.
    Programme,
    /// The specification alone; any contig, no rows.
    Specification,
}

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Vcf,
    Bcf,
}

/// Everything the records of one file share.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) file: PathBuf,
    pub(crate) form: Form,
    pub(crate) checks: Checks,
    pub(crate) header: Header,
    pub(crate) columns: Columns,
    pub(crate) reference: Option<Arc<Reference>>,
}

/// The sample columns that are decoded.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    kept: Vec<bool>,
    count: usize,
}

impl Columns {
    pub(crate) fn all(total: usize) -> Columns {
        Columns { kept: vec![true; total], count: total }
    }

    /// Keeps `columns` of `total`; indices past the end are ignored.
    pub(crate) fn only(columns: &[usize], total: usize) -> Columns {
        let mut kept = vec![false; total];
        columns.iter().filter(|column| **column < total).for_each(|column| kept[*column] = true);
        let count = kept.iter().filter(|kept| **kept).count();
        Columns { kept, count }
    }

    /// Columns of the file.
    pub(crate) fn total(&self) -> usize {
        self.kept.len()
    }

    /// Columns kept.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    pub(crate) fn is_all(&self) -> bool {
        self.count == self.kept.len()
    }

    pub(crate) fn keeps(&self, column: usize) -> bool {
        self.kept.get(column).copied().unwrap_or(false)
    }
}

/// The fixed part of a record, and where its genotypes lie.
#[derive(Debug)]
pub(crate) struct Site<'a> {
    pub(crate) contig: &'a [u8],
    /// 1-based; 0 is the telomere before the first base.
    pub(crate) position: u32,
    pub(crate) reference: Cow<'a, [u8]>,
    /// REF as the record writes it.
    pub(crate) written: &'a [u8],
    pub(crate) alternates: Vec<&'a [u8]>,
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

/// A record after reading.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) line: u64,
    pub(crate) contig: Vec<u8>,
    pub(crate) known: Option<Contig>,
    pub(crate) position: u32,
    pub(crate) drafts: Vec<Draft>,
    pub(crate) counts: ReadReport,
}

/// A row that has not found its place yet.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) spelling: Spelling,
    /// The shortest spelling known: with a reference the row's own.
    pub(crate) shortest: Spelling,
    pub(crate) origin: Option<String>,
    pub(crate) payload: Vec<u8>,
}

impl Context {
    /// Reads one record.
    pub(crate) fn read(&self, bytes: &[u8], line: u64) -> Result<Record, IngestError> {
        let at = |fault: Fault| fault.at(&self.file, line);
        let site = match self.form {
            Form::Vcf => vcf::site(&self.header, bytes),
            Form::Bcf => bcf::site(&self.header, bytes),
        };
        let site = site.map_err(at)?;
        let mut record = Record {
            line,
            contig: bare_name(site.contig).to_vec(),
            known: None,
            position: site.position,
            drafts: Vec::new(),
            counts: ReadReport { records: 1, ..ReadReport::default() },
        };
        if self.checks == Checks::Programme {
            let name = String::from_utf8_lossy(site.contig);
            record.known = name.parse().ok();
            if record.known.is_none() {
                if !Contig::is_secondary_name(&name) {
                    return Err(at(Fault::contig(site.contig)));
                }
                record.counts.secondary_contig_records = 1;
                return Ok(record);
            }
        }
        let wanted = classify(&site, &mut record.counts).map_err(at)?;
        check_place(&site, record.known, !wanted.is_empty()).map_err(at)?;
        let genotypes = self.genotypes(&site).map_err(at)?;
        if let (Some(contig), Some(reference)) = (record.known, &self.reference) {
            self.check_reference(reference, contig, &site, line)?;
        }
        let origin = is_respelled(&site).then(|| origin(&site));
        for number in wanted {
            record.drafts.push(self.draft(&site, number, &genotypes, record.known, origin.clone(), line)?);
        }
        let is_moved = |draft: &&Draft| {
            draft.spelling.position != site.position || draft.spelling.reference != *site.reference
        };
        record.counts.normalised_rows = record.drafts.iter().filter(is_moved).count() as u64;
        Ok(record)
    }

    fn genotypes(&self, site: &Site<'_>) -> Result<Genotypes, Fault> {
        let alternates = if site.alternates == [b"."] { 0 } else { site.alternates.len() };
        match site.body {
            Body::Text(text) => vcf::genotypes(&self.header, text, alternates, &self.columns),
            Body::Binary { fields, count } => {
                bcf::genotypes(&self.header, fields, count, alternates, &self.columns)
            }
        }
    }

    fn check_reference(
        &self,
        reference: &Reference,
        contig: Contig,
        site: &Site<'_>,
        line: u64,
    ) -> Result<(), IngestError> {
        if site.position == 0 {
            return Ok(());
        }
        let end = site.position + site.reference.len() as u32 - 1;
        let bases = reference.bases(contig, site.position, end)?;
        if site.reference.iter().zip(&bases).all(|(found, base)| fits(*found, *base)) {
            return Ok(());
        }
        Err(IngestError::ReferenceMismatch {
            file: self.file.clone(),
            line,
            found: clip(&site.reference),
            expected: clip(&bases),
            place: format!("{contig}:{}", site.position),
        })
    }

    fn draft(
        &self,
        site: &Site<'_>,
        number: usize,
        genotypes: &Genotypes,
        known: Option<Contig>,
        origin_if_split: Option<String>,
        line: u64,
    ) -> Result<Draft, IngestError> {
        let given = Spelling {
            position: site.position,
            reference: site.reference.to_vec(),
            alternate: site.alternates[number].to_ascii_uppercase(),
        };
        let payload = gj_kernels::encode(&genotypes.calls(number as u16 + 1));
        let (Some(contig), Some(reference)) = (known, &self.reference) else {
            let shortest = given.trimmed();
            return Ok(Draft { spelling: given, shortest, origin: origin_if_split, payload });
        };
        let mut walker = Walker::new(reference, contig);
        let Some(aligned) = given.left_aligned(SHIFT_MAX, |position| walker.base(position))? else {
            let fault = Fault::record(
                format!("a variant that moves left by more than {SHIFT_MAX} bases"),
                "a record spelled at its leftmost place (`bcftools norm -f REFERENCE`)",
            );
            return Err(fault.at(&self.file, line));
        };
        let origin = if aligned == given { origin_if_split } else { Some(origin(site)) };
        Ok(Draft { shortest: aligned.clone(), spelling: aligned, origin, payload })
    }
}

/// `<1>` is contig `1` of an assembly file.
fn bare_name(contig: &[u8]) -> &[u8] {
    contig.strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">")).unwrap_or(contig)
}

/// The alternate alleles that give rows, by index; the others are counted.
fn classify(site: &Site<'_>, counts: &mut ReadReport) -> Result<Vec<usize>, Fault> {
    if site.alternates.len() >= ALLELES_MAX {
        return Err(Fault::record(
            format!("{} alternate alleles", site.alternates.len()),
            format!("fewer than {ALLELES_MAX}"),
        ));
    }
    let mut wanted = Vec::with_capacity(site.alternates.len());
    for (index, text) in site.alternates.iter().enumerate() {
        match allele::alternate(text)? {
            Alternate::Bases if text.eq_ignore_ascii_case(&site.reference) => {
                return Err(Fault::record(
                    format!("ALT `{}` equal to REF", clip(text)),
                    "a different allele",
                ));
            }
            Alternate::Bases => wanted.push(index),
            Alternate::Star => counts.star_alternates += 1,
            Alternate::Symbolic => counts.symbolic_alternates += 1,
            Alternate::Breakend => counts.breakend_alternates += 1,
            Alternate::None if site.alternates.len() == 1 => counts.records_without_alternate += 1,
            Alternate::None => {
                return Err(Fault::record("`.` among several ALT alleles", "`.` alone, or alleles"));
            }
        }
    }
    counts.multiallelic_records = u64::from(wanted.len() > 1);
    Ok(wanted)
}

/// Position 0 and one past the end are telomeres: no bases lie there.
fn check_place(site: &Site<'_>, known: Option<Contig>, has_bases: bool) -> Result<(), Fault> {
    let expected =
        |length: u32| format!("1 to {length}, the length on GRCh38; is the file on another build?");
    if has_bases && site.position == 0 {
        return Err(Fault::record("POS 0", "a position from 1"));
    }
    let Some(contig) = known else { return Ok(()) };
    let end = u64::from(site.position) + site.reference.len() as u64 - 1;
    let last = u64::from(contig.length()) + u64::from(!has_bases);
    if end > last {
        return Err(Fault::record(
            format!("bases up to {end} of {contig}, which ends before"),
            expected(contig.length()),
        ));
    }
    Ok(())
}

/// Whether a row says something else than its record did: one of several alleles, or a REF whose
/// ambiguity codes were resolved.
fn is_respelled(site: &Site<'_>) -> bool {
    site.alternates.len() > 1 || !site.written.eq_ignore_ascii_case(&site.reference)
}

fn origin(site: &Site<'_>) -> String {
    let alternates: Vec<_> = site.alternates.iter().map(|text| String::from_utf8_lossy(text)).collect();
    format!("{}:{}:{}", site.position, String::from_utf8_lossy(site.written), alternates.join(","))
}
