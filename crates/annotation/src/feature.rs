//! What a line of GFF3 and one of GTF have in common: contig, bases, strand and phase, checked alike.

use crate::accession::{Sequence, sequence};
use crate::error::ReadError;
use crate::transcript::{Span, Strand};
use gj_model::Contig;
use noodles_gff::feature::Record;
use noodles_gff::feature::record::{Phase, Strand as Written};

/// Where a feature lies.
pub(crate) struct Feature {
    pub contig: Contig,
    pub span: Span,
    /// `None` where the file writes `.` or `?`, as of whole chromosomes.
    pub strand: Option<Strand>,
    pub phase: Option<u32>,
}

/// A file and the line that is being read, for what is said of it.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub file: &'a str,
    /// 1-based.
    pub line: usize,
}

impl At<'_> {
    pub fn refuse(self, found: impl Into<String>, expected: &'static str) -> ReadError {
        ReadError::Line { file: self.file.to_owned(), line: self.line, found: found.into(), expected }
    }

    /// The feature of a record; `None` on a sequence that is not collected.
    pub fn feature(self, record: &dyn Record) -> Result<Option<Feature>, ReadError> {
        let name = record.reference_sequence_name();
        let contig = match sequence(&name.to_string()) {
            Sequence::Primary(contig) => contig,
            Sequence::Other => return Ok(None),
            Sequence::OtherBuild => {
                let found = format!("sequence `{name}` is of another build");
                return Err(self.refuse(found, "chromosomes of GRCh38"));
            }
        };
        let bound = |end: std::io::Result<noodles_core::Position>| {
            let end = end.ok().and_then(|position| u32::try_from(position.get()).ok());
            end.ok_or_else(|| self.refuse("start or end is not a number", "two 1-based positions"))
        };
        let span = Span { start: bound(record.feature_start())?, end: bound(record.feature_end())? };
        if span.start > span.end || span.end > contig.length() {
            let found = format!("{}-{} is not an interval of {contig}", span.start, span.end);
            return Err(self.refuse(found, "start ≤ end within the contig of GRCh38"));
        }
        let strand = match record.strand() {
            Ok(Written::Forward) => Some(Strand::Forward),
            Ok(Written::Reverse) => Some(Strand::Reverse),
            Ok(Written::None | Written::Unknown) => None,
            Err(_) => return Err(self.refuse("column 7 is no strand", "`+`, `-`, `.` or `?`")),
        };
        let phase = match record.phase().transpose() {
            Ok(phase) => phase.map(|phase| match phase {
                Phase::Zero => 0,
                Phase::One => 1,
                Phase::Two => 2,
            }),
            Err(_) => return Err(self.refuse("column 8 is no phase", "`0`, `1`, `2` or `.`")),
        };
        Ok(Some(Feature { contig, span, strand, phase }))
    }
}
