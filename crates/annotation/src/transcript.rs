//! One transcript: exons on the genome, the coding part on the spliced sequence, and the way between the
//! two. It holds no sequence.

use gj_model::Contig;
use serde::{Deserialize, Serialize};

/// The strand of the genome that a transcript is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Strand {
    /// The strand of the reference.
    Forward,
    /// The other strand.
    Reverse,
}

/// Bases `start..=end` of a contig, 1-based, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First base, 1-based.
    pub start: u32,
    /// Last base, 1-based, included.
    pub end: u32,
}

impl Span {
    /// Number of bases.
    pub fn bases(self) -> u32 {
        self.end + 1 - self.start
    }

    /// Whether a 1-based position lies inside.
    pub fn contains(self, position: u32) -> bool {
        (self.start..=self.end).contains(&position)
    }
}

/// The coding part of a transcript, in bases of the spliced sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coding {
    /// First coding base, counted from 0 in the spliced transcript.
    pub start: u32,
    /// One past the last coding base; the stop codon, where there is one, is inside.
    pub end: u32,
    /// Bases of the first codon that lie before the annotated start: 0, 1 or 2. Not 0 only where the start
    /// is incomplete. They count in `c.` and in codons, as Ensembl counts them.
    pub missing: u32,
    /// Whether the file marks the start as not found (`cds_start_NF`), or it begins inside a codon.
    pub start_incomplete: bool,
    /// Whether the file marks the end as not found (`cds_end_NF`), or it ends inside a codon.
    pub end_incomplete: bool,
    /// Whether the coding segments do not follow one another on the spliced sequence (ribosomal
    /// slippage): such a protein is not the translation of the transcript, and none is told.
    pub slippage: bool,
}

/// Whether a curated list prefers the transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Selection {
    /// MANE Select: the one transcript on which NCBI and EMBL-EBI agree.
    ManeSelect,
    /// MANE Plus Clinical: one more that reports of patients need.
    ManePlusClinical,
    /// RefSeq Select.
    RefSeqSelect,
}

/// A transcript of a gene.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcript {
    /// Accession with its version where the file gives one: `ENST00000380152.8`.
    pub id: String,
    /// Accession of the protein, where the file gives one.
    pub protein: Option<String>,
    /// Id of the gene: `ENSG00000139618`.
    pub gene_id: String,
    /// Symbol of the gene, or its id where the file gives none.
    pub symbol: String,
    /// Ensembl's biotype: `protein_coding`, `lncRNA`, `nonsense_mediated_decay` …
    pub biotype: String,
    /// The contig.
    pub contig: Contig,
    /// The strand.
    pub strand: Strand,
    /// Exons in the order of the genome; they do not overlap. INVARIANT: at least one.
    pub exons: Vec<Span>,
    /// The coding part; `None` of a transcript that is not translated.
    pub coding: Option<Coding>,
    /// The preference of a curated list.
    pub selection: Option<Selection>,
    /// The transcript with the same bases in the other collection: of MANE, RefSeq's accession of Ensembl's
    /// transcript or the other way round. It names variants by the same numbers.
    #[serde(default)]
    pub twin: Option<String>,
}

/// Where a base of the genome lies in a transcript: an exonic base, or so many bases from the nearest one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Exonic base, counted from 0 in the spliced transcript.
    pub anchor: u32,
    /// 0 in an exon; in an intron the bases after (+) or before (−) the anchor, in the transcript's direction.
    pub distance: i32,
}

impl Transcript {
    /// From the first to the last base on the genome.
    pub fn span(&self) -> Span {
        Span { start: self.exons[0].start, end: self.exons[self.exons.len() - 1].end }
    }

    /// Length of the spliced transcript in bases.
    pub fn bases(&self) -> u32 {
        self.exons.iter().map(|exon| exon.bases()).sum()
    }

    /// Whether it is read from the strand of the reference.
    pub fn is_forward(&self) -> bool {
        self.strand == Strand::Forward
    }

    /// Number of an exon or intron, from 1 in the transcript's direction, by its rank on the genome.
    pub fn number(&self, rank: usize, of: usize) -> usize {
        if self.is_forward() { rank + 1 } else { of - rank }
    }

    /// Rank of the first exon on the genome that ends at or after a 1-based position.
    pub fn exon_from(&self, position: u32) -> usize {
        self.exons.partition_point(|exon| exon.end < position)
    }

    /// Bases of the spliced transcript before a 1-based position; `None` where that is no exonic base.
    pub fn offset(&self, position: u32) -> Option<u32> {
        let rank = self.exon_from(position);
        let exon = self.exons.get(rank).filter(|exon| exon.contains(position))?;
        let whole = |exons: &[Span]| exons.iter().map(|exon| exon.bases()).sum::<u32>();
        Some(match self.strand {
            Strand::Forward => whole(&self.exons[..rank]) + position - exon.start,
            Strand::Reverse => whole(&self.exons[rank + 1..]) + exon.end - position,
        })
    }

    /// The 1-based position of an exonic base; `None` past the end.
    pub fn position(&self, offset: u32) -> Option<u32> {
        let mut left = offset;
        let step = |exon: &Span| {
            if left < exon.bases() {
                return Some(match self.strand {
                    Strand::Forward => exon.start + left,
                    Strand::Reverse => exon.end - left,
                });
            }
            left -= exon.bases();
            None
        };
        match self.strand {
            Strand::Forward => self.exons.iter().find_map(step),
            Strand::Reverse => self.exons.iter().rev().find_map(step),
        }
    }

    /// Where a 1-based position lies; `None` outside the transcript.
    pub fn place(&self, position: u32) -> Option<Place> {
        if let Some(anchor) = self.offset(position) {
            return Some(Place { anchor, distance: 0 });
        }
        let rank = self.exon_from(position);
        let (left, right) = (self.exons.get(rank.checked_sub(1)?)?.end, self.exons.get(rank)?.start);
        let (from_left, from_right) = (position - left, right - position);
        // In the middle of an odd intron HGVS counts from the exon before it.
        let is_left = match self.strand {
            Strand::Forward => from_left <= from_right,
            Strand::Reverse => from_left < from_right,
        };
        let (exonic, away, follows) = match is_left {
            true => (left, from_left, self.is_forward()),
            false => (right, from_right, !self.is_forward()),
        };
        let away = i32::try_from(away).ok()?;
        Some(Place { anchor: self.offset(exonic)?, distance: if follows { away } else { -away } })
    }

    /// The 1-based position of a place; `None` where the transcript has no such place.
    pub fn locate(&self, place: Place) -> Option<u32> {
        let exonic = self.position(place.anchor)?;
        let away = if self.is_forward() { place.distance } else { -place.distance };
        let position = exonic.checked_add_signed(away)?;
        (place.distance == 0 || (self.offset(position).is_none() && self.place(position).is_some()))
            .then_some(position)
    }
}
