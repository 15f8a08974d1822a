//! Which transcripts a variant meets, and what it does to each.

use crate::coding::{self, Change};
use crate::consequence::{Consequence, Consequences};
use crate::edit::Edit;
use crate::gene_models::GeneModels;
use crate::genetic_code::GeneticCode;
use crate::protein_change::ProteinChange;
use crate::reference::{Reference, reverse_complement};
use crate::splicing;
use crate::transcript::Transcript;
use gj_model::Variant;
use std::collections::VecDeque;
use std::rc::Rc;

/// How far from a transcript, in bases, a variant still counts as beside it; Ensembl's default.
pub const BESIDE_BASES_MAX: u32 = 5_000;

/// Spliced sequences kept in memory: variants come sorted, so the same transcripts are met again at once.
const KEPT_TRANSCRIPTS_MAX: usize = 64;

/// What a variant does to one transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation<'m> {
    /// The transcript.
    pub transcript: &'m Transcript,
    /// Terms of the Sequence Ontology; at least one.
    pub consequences: Consequences,
    /// The change of the protein; `None` where there is none or nobody can tell.
    pub protein: Option<ProteinChange>,
    /// Number of the exon that the variant begins in, from 1 in the transcript's direction.
    pub exon: Option<usize>,
    /// Number of the intron that the variant lies in, from 1 in the transcript's direction.
    pub intron: Option<usize>,
}

impl Annotation<'_> {
    /// The name of the protein's change: `ENSP00000369497.3:p.(Glu23ValfsTer17)`. Where the file names no
    /// protein, on the transcript, as HGVS allows.
    pub fn hgvs_protein(&self) -> Option<String> {
        let accession = self.transcript.protein.as_ref().unwrap_or(&self.transcript.id);
        self.protein.as_ref().map(|change| format!("{accession}:{change}"))
    }
}

/// Gene models with the bases of the reference.
pub struct Annotator<'m, R> {
    models: &'m GeneModels,
    reference: &'m R,
    kept: VecDeque<(&'m Transcript, Rc<[u8]>)>,
}

impl<'m, R: Reference> Annotator<'m, R> {
    /// An annotator for gene models and the reference of the same build.
    pub fn new(models: &'m GeneModels, reference: &'m R) -> Annotator<'m, R> {
        Annotator { models, reference, kept: VecDeque::new() }
    }

    /// What a variant does to every transcript within [`BESIDE_BASES_MAX`], in the order of the models. Empty far
    /// from genes: the variant is then intergenic.
    ///
    /// Where the reference has no bases for a coding sequence, the term is `coding_sequence_variant`.
    pub fn annotate(&mut self, variant: &Variant) -> Vec<Annotation<'m>> {
        let edit = Edit::of(variant);
        let (from, to) = (edit.start.saturating_sub(BESIDE_BASES_MAX + 1), edit.end + BESIDE_BASES_MAX);
        let models = self.models;
        let near = models.overlapping(variant.contig, from, to);
        near.map(|transcript| self.on(transcript, &edit)).filter(|a| !a.consequences.is_empty()).collect()
    }

    /// What a change does to one transcript; no terms where it is farther than [`BESIDE_BASES_MAX`].
    pub fn on(&mut self, transcript: &'m Transcript, edit: &Edit) -> Annotation<'m> {
        let mut terms = Consequences::default();
        let nothing = Annotation { transcript, consequences: terms, protein: None, exon: None, intron: None };
        let span = transcript.span();
        if !edit.touches(span.start, span.end) {
            let (gap, is_left) = match edit.end <= span.start {
                true => (span.start - edit.end + 1, true),
                false => (edit.start - span.end, false),
            };
            if gap <= BESIDE_BASES_MAX {
                let upstream = is_left == transcript.is_forward();
                terms.add(if upstream { Consequence::Upstream } else { Consequence::Downstream });
            }
            return Annotation { consequences: terms, ..nothing };
        }
        if edit.start <= span.start && edit.end > span.end {
            terms.add(Consequence::TranscriptAblation);
            return Annotation { consequences: terms, ..nothing };
        }
        let edit = &splicing::gentlest(transcript, edit, self.reference);
        splicing::add(transcript, edit, &mut terms);
        let protein = self.exonic(transcript, edit, &mut terms);
        let is_nmd =
            matches!(transcript.biotype.as_str(), "nonsense_mediated_decay" | "NMD_transcript_variant");
        if is_nmd {
            terms.add(Consequence::NmdTranscript);
        } else if transcript.coding.is_none() && terms.has(Consequence::Intron) {
            terms.add(Consequence::NonCodingTranscript);
        }
        let exon = transcript.exon_from(edit.start.min(edit.end.saturating_sub(1)));
        let exon = transcript.exons.get(exon).filter(|e| edit.touches(e.start, e.end)).map(|_| exon);
        let count = transcript.exons.len();
        Annotation {
            consequences: terms,
            protein,
            exon: exon.map(|rank| transcript.number(rank, count)),
            intron: splicing::intron(transcript, edit).map(|rank| transcript.number(rank, count - 1)),
            ..nothing
        }
    }

    /// Terms and protein of the part of a change that lies in exons.
    fn exonic(
        &mut self,
        transcript: &'m Transcript,
        edit: &Edit,
        terms: &mut Consequences,
    ) -> Option<ProteinChange> {
        let Some(change) = spliced_change(transcript, edit) else {
            broken(transcript, edit, terms);
            return None;
        };
        let Some(coding) = &transcript.coding else {
            terms.add(Consequence::NonCodingExon);
            return None;
        };
        let spliced = self.spliced(transcript).unwrap_or_default();
        coding::effect(GeneticCode::of(transcript.contig), coding, &spliced, &change, terms)
    }

    /// The bases of a transcript in its direction.
    fn spliced(&mut self, transcript: &'m Transcript) -> Option<Rc<[u8]>> {
        if let Some((_, bases)) = self.kept.iter().find(|(kept, _)| std::ptr::eq(*kept, transcript)) {
            return Some(Rc::clone(bases));
        }
        let mut bases = Vec::with_capacity(transcript.bases() as usize);
        for exon in &transcript.exons {
            bases.extend_from_slice(&self.reference.bases(transcript.contig, exon.start, exon.end)?);
        }
        if !transcript.is_forward() {
            bases = reverse_complement(&bases);
        }
        let bases: Rc<[u8]> = bases.into();
        if self.kept.len() == KEPT_TRANSCRIPTS_MAX {
            self.kept.pop_front();
        }
        self.kept.push_back((transcript, Rc::clone(&bases)));
        Some(bases)
    }
}

/// A change on the spliced sequence; `None` where it does not lie in one exon. An insertion between an exon and
/// an intron counts to the exon: the splice site beside it is whole.
fn spliced_change(transcript: &Transcript, edit: &Edit) -> Option<Change> {
    let forward = transcript.is_forward();
    let (from, to) = if edit.is_insertion() {
        let right = transcript.offset(edit.start);
        let left = transcript.offset(edit.start.checked_sub(1)?);
        let from = match (forward, left, right) {
            (true, _, Some(next)) | (false, Some(next), _) => next,
            (true, Some(before), None) | (false, None, Some(before)) => before + 1,
            (_, None, None) => return None,
        };
        (from, from)
    } else {
        let (first, last) = (edit.start, edit.end - 1);
        let exon = transcript.exons.get(transcript.exon_from(first))?;
        if !exon.contains(first) || !exon.contains(last) {
            return None;
        }
        let (five, three) = if forward { (first, last) } else { (last, first) };
        (transcript.offset(five)?, transcript.offset(three)? + 1)
    };
    let inserted = if forward { edit.inserted.clone() } else { reverse_complement(&edit.inserted) };
    Some(Change { from: from as usize, to: to as usize, inserted })
}

/// Terms of a change that takes bases of exons and of what is between or beside them.
fn broken(transcript: &Transcript, edit: &Edit, terms: &mut Consequences) {
    let rank = transcript.exon_from(edit.start);
    for exon in transcript.exons[rank..].iter().take_while(|exon| exon.start < edit.end) {
        if !edit.touches(exon.start, exon.end) {
            continue;
        }
        let Some(coding) = &transcript.coding else {
            terms.add(Consequence::NonCodingExon);
            continue;
        };
        let (first, last) = (exon.start.max(edit.start), exon.end.min(edit.end - 1));
        let ends = [first, last].map(|position| transcript.offset(position).unwrap_or_default());
        let (five, three) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        if five < coding.start {
            terms.add(Consequence::FivePrimeUtr);
        }
        if three >= coding.end {
            terms.add(Consequence::ThreePrimeUtr);
        }
        if three >= coding.start && five < coding.end {
            terms.add(Consequence::CodingSequence);
            if five < coding.start + 3 && !coding.start_incomplete {
                terms.add(Consequence::StartLost);
            }
            if three + 3 >= coding.end && !coding.end_incomplete {
                terms.add(Consequence::StopLost);
            }
        }
    }
}
