//! From one record to the rows it gives: checked, split, normalised and encoded.
//!
//! This is the part that runs in parallel; it sees one record at a time and knows no order. What needs
//! the records before (sorting, duplicates) is `file_rows`'s.

use crate::columns::Columns;
use crate::error::{Fault, IngestError, clip};
use crate::evidence;
use crate::fields::Fields;
use crate::genotype::Genotypes;
use crate::gvcf::{self, BlockFloor, Cover};
use crate::header::Header;
use crate::normalise::{Bases, Spelling};
use crate::reference::{Reference, Walker, fits};
use crate::report::ReadReport;
use crate::site::{Body, Site};
use crate::{bcf, vcf};
use gj_model::Contig;
use smallvec::SmallVec;
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
    pub(crate) floor: BlockFloor,
}

/// A record after reading.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) line: u64,
    pub(crate) contig: Bases,
    pub(crate) known: Option<Contig>,
    pub(crate) position: u32,
    pub(crate) drafts: SmallVec<[Draft; 1]>,
    /// What it covers, if it may be a gVCF's.
    pub(crate) cover: Option<Box<Cover>>,
}

/// A row that has not found its place yet.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) spelling: Spelling,
    /// The shortest spelling known, where it is another one. Boxed because it is rare and drafts are moved.
    pub(crate) shortest: Option<Box<Spelling>>,
    pub(crate) origin: Option<String>,
    pub(crate) payload: Vec<u8>,
    /// What supports the carriers' calls, packed.
    pub(crate) evidence: Vec<u8>,
}

impl Context {
    /// Reads one record, and adds what it is to `counts`.
    pub(crate) fn read(
        &self,
        bytes: &[u8],
        line: u64,
        counts: &mut ReadReport,
    ) -> Result<Record, IngestError> {
        let at = |fault: Fault| fault.at(&self.file, line);
        let site = match self.form {
            Form::Vcf => vcf::site(&self.header, bytes),
            Form::Bcf => bcf::site(&self.header, bytes),
        };
        let site = site.map_err(at)?;
        let mut record = Record {
            line,
            contig: site.contig_name().into(),
            known: None,
            position: site.position,
            drafts: SmallVec::new(),
            cover: None,
        };
        counts.records += 1;
        if self.checks == Checks::Programme {
            let name = String::from_utf8_lossy(site.contig);
            record.known = name.parse().ok();
            if record.known.is_none() {
                if !Contig::is_secondary_name(&name) {
                    return Err(at(Fault::contig(site.contig)));
                }
                counts.secondary_contig_records += 1;
                return Ok(record);
            }
        }
        let non_ref_before = counts.non_ref_alternates;
        let wanted = site.wanted(counts).map_err(at)?;
        site.check_place(record.known, &wanted).map_err(at)?;
        let genotypes = self.genotypes(&site).map_err(at)?;
        if let (Some(contig), Some(reference)) = (record.known, &self.reference) {
            self.check_reference(reference, contig, &site, line)?;
        }
        let may_cover = self.header.has_non_ref || counts.non_ref_alternates > non_ref_before;
        let mut fields = Fields::Nothing;
        if let Some(contig) = record.known
            && (may_cover || !wanted.is_empty())
        {
            fields = Fields::find(&self.header, &site, &self.columns).map_err(at)?;
            if may_cover {
                let cover = gvcf::cover(contig, &site, &genotypes, &fields, &self.columns, self.floor);
                record.cover = cover.map_err(at)?.map(Box::new);
            }
        }
        let split_from = site.is_respelled().then(|| site.origin());
        for number in wanted {
            let given = site.spelling(number);
            let (spelling, shortest) = match (record.known, &self.reference) {
                (Some(contig), Some(reference)) => {
                    (self.align(&given, Walker::new(reference, contig), line)?, None)
                }
                _ => (given.clone(), given.shorter().map(Box::new)),
            };
            let is_moved = spelling != given;
            counts.normalised_rows += u64::from(is_moved);
            let origin = if is_moved { Some(site.origin()) } else { split_from.clone() };
            let alternate = number as u16 + 1;
            // Without such fields rare rows are never spread out to a call for everybody.
            let (payload, evidence) = if !fields.has_evidence() {
                (genotypes.encode(alternate), Vec::new())
            } else {
                let calls = genotypes.calls(alternate);
                let evidence =
                    evidence::of_carriers(&fields, &self.columns, &calls, number + 1).map_err(at)?;
                (gj_kernels::encode(&calls), evidence)
            };
            record.drafts.push(Draft { spelling, shortest, origin, payload, evidence });
        }
        Ok(record)
    }

    fn genotypes(&self, site: &Site<'_>) -> Result<Genotypes, Fault> {
        let alternates = site.alternate_count();
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

    fn align(&self, given: &Spelling, mut walker: Walker<'_>, line: u64) -> Result<Spelling, IngestError> {
        given.left_aligned(SHIFT_MAX, |position| walker.base(position))?.ok_or_else(|| {
            let fault = Fault::record(
                format!("a variant that moves left by more than {SHIFT_MAX} bases"),
                "a record spelled at its leftmost place (`bcftools norm -f REFERENCE`)",
            );
            fault.at(&self.file, line)
        })
    }
}
