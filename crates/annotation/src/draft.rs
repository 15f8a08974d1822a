//! Transcripts while a file is read: parts come in any order, and fit together at the end or not at all.

use crate::error::ReadError;
use crate::transcript::{Coding, Selection, Span, Strand, Transcript};
use gj_model::Contig;

/// A transcript of which some lines were read.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub id: String,
    pub protein: Option<String>,
    pub gene_id: String,
    pub symbol: String,
    pub biotype: String,
    pub contig: Contig,
    pub strand: Strand,
    pub exons: Vec<Span>,
    /// Coding segments with their phase; `None` where the file does not say.
    pub coding: Vec<(Span, Option<u32>)>,
    /// Of GTF, which leaves them out of the coding segments.
    pub stop_codons: Vec<Span>,
    pub start_incomplete: bool,
    pub end_incomplete: bool,
    /// What the file itself says in its tags.
    pub selection: Option<Selection>,
}

impl Draft {
    /// A transcript of which nothing but its strand is known.
    pub fn new(contig: Contig, strand: Strand) -> Draft {
        Draft {
            id: String::new(),
            protein: None,
            gene_id: String::new(),
            symbol: String::new(),
            biotype: String::new(),
            contig,
            strand,
            exons: Vec::new(),
            coding: Vec::new(),
            stop_codons: Vec::new(),
            start_incomplete: false,
            end_incomplete: false,
            selection: None,
        }
    }

    /// Takes the choice that a tag of Ensembl or GENCODE states; MANE Select stands over others.
    pub fn take_tag(&mut self, tag: &str) {
        self.selection = match tag {
            "MANE_Select" => Some(Selection::ManeSelect),
            "MANE_Plus_Clinical" => self.selection.or(Some(Selection::ManePlusClinical)),
            "RefSeq Select" => self.selection.or(Some(Selection::RefSeqSelect)),
            _ => return,
        };
    }

    /// The transcript, once every line was read.
    pub fn finish(mut self, file: &str) -> Result<Transcript, ReadError> {
        self.exons.sort_unstable();
        self.coding.sort_unstable();
        if self.exons.is_empty() {
            self.exons = merged(self.coding.iter().map(|&(span, _)| span).collect());
        }
        let refuse = |found: &str| ReadError::Transcript {
            file: file.to_owned(),
            transcript: self.id.clone(),
            found: found.to_owned(),
        };
        if self.exons.is_empty() {
            return Err(refuse("has no exon"));
        }
        if self.exons.windows(2).any(|pair| pair[1].start <= pair[0].end) {
            return Err(refuse("has exons that overlap"));
        }
        let mut transcript = Transcript {
            id: self.id.clone(),
            protein: self.protein.clone(),
            gene_id: self.gene_id.clone(),
            symbol: self.symbol.clone(),
            biotype: self.biotype.clone(),
            contig: self.contig,
            strand: self.strand,
            exons: self.exons.clone(),
            coding: None,
            selection: self.selection,
            twin: None,
        };
        if !self.coding.is_empty() {
            let coding = self.coding_part(&transcript);
            transcript.coding = Some(coding.ok_or_else(|| refuse("has coding bases outside its exons"))?);
        }
        Ok(transcript)
    }

    fn coding_part(&self, transcript: &Transcript) -> Option<Coding> {
        let mut segments: Vec<Span> = self.coding.iter().map(|&(span, _)| span).collect();
        if !self.stop_codons.is_empty() {
            segments.extend(&self.stop_codons);
            segments = merged(segments);
        }
        let (first, last) = (segments[0].start, segments[segments.len() - 1].end);
        let (five_prime, three_prime) = if transcript.is_forward() { (first, last) } else { (last, first) };
        let (start, end) = (transcript.offset(five_prime)?, transcript.offset(three_prime)? + 1);
        if segments.iter().any(|s| transcript.offset(s.start).is_none() || transcript.offset(s.end).is_none())
        {
            return None;
        }
        let phase = if transcript.is_forward() { self.coding.first() } else { self.coding.last() };
        let missing = phase.and_then(|&(_, phase)| phase).map_or(0, |phase| (3 - phase) % 3);
        let bases: u32 = segments.iter().map(|segment| segment.bases()).sum();
        Some(Coding {
            start,
            end,
            missing,
            start_incomplete: self.start_incomplete || missing > 0,
            end_incomplete: self.end_incomplete || !(end - start + missing).is_multiple_of(3),
            slippage: bases != end - start,
        })
    }
}

/// Spans joined where they overlap or follow one another.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end + 1 => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}
