//! What annotation says of a variant or a gene, in forms that pages, the API and the Beacon can write down.
//!
//! Public knowledge only: nothing here comes from the people of the programme.

pub use gj_annotation::Constraint;
use gj_annotation::{Impact, Selection, Strand};
use gj_model::{Region, Variant};
use serde::{Serialize, Serializer};

fn text<T: ToString, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.to_string())
}

/// One set of a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetCard {
    /// What the operator calls it: `clinvar`.
    pub name: String,
    /// `reference`, `genes`, `variants`, `frequencies` or `gene-table`.
    pub kind: String,
    /// Its makers' version.
    pub version: String,
    /// Digest of its manifest, in hex.
    pub digest: String,
    /// Where it comes from.
    pub source: String,
    /// What allows its use.
    pub licence: String,
    /// Bases, transcripts, variants or genes in it.
    pub entries: u64,
}

/// Which sets an answer is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LayerCard {
    /// 1 for the layer made with the release, 0 where there is none.
    pub number: i64,
    /// The day it was made (`2026-11-22`), empty where there is none.
    pub day: String,
    /// Its sets, as loaded.
    pub sets: Vec<SetCard>,
}

impl LayerCard {
    /// Whether gene models are among its sets: without them nothing can be told of effects.
    pub fn has_genes(&self) -> bool {
        self.sets.iter().any(|set| set.kind == "genes")
    }
}

/// A term of the Sequence Ontology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Term {
    /// `missense_variant`.
    pub term: &'static str,
    /// `SO:0001583`.
    pub accession: &'static str,
}

/// What a variant does to one transcript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Symbol of the gene.
    pub symbol: String,
    /// Id of the gene in its set: `ENSG00000139618`.
    pub gene_id: String,
    /// Accession of the transcript with its version.
    pub transcript: String,
    /// The transcript of the same bases in the other collection (MANE): `NM_000059.4`.
    pub twin: Option<String>,
    /// Biotype: `protein_coding` …
    pub biotype: String,
    /// `MANE Select`, `MANE Plus Clinical`, `RefSeq Select`, or none.
    pub selection: Option<&'static str>,
    /// Terms, the most severe first; at least one.
    pub terms: Vec<Term>,
    /// `HIGH`, `MODERATE`, `LOW` or `MODIFIER`, of the most severe term.
    pub impact: &'static str,
    /// The exon it begins in and how many there are, counted in the transcript's direction: `3/27`.
    pub exon: Option<String>,
    /// The same of an intron.
    pub intron: Option<String>,
    /// The name on the transcript: `c.`, or `n.` of one that is not translated.
    pub hgvs_transcript: Option<String>,
    /// The name on the protein: `p.`
    pub hgvs_protein: Option<String>,
    /// The set of gene models that has the transcript.
    pub set: String,
}

/// Names of a variant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Names {
    /// `NC_000022.11:g.42127941G>A`, or `m.` of the mitochondrion; none where the reference is not loaded there.
    pub hgvs_genomic: Option<String>,
    /// SPDI, with the change in all places it can be written.
    pub spdi: Option<String>,
    /// Identifier by the Variation Representation Specification, version 2: `ga4gh:VA.…`
    pub vrs: Option<String>,
    /// Identifier by version 1.3, which Beacon 2 asks for.
    pub vrs_1: Option<String>,
    /// Numbers of dbSNP: `rs3892097`.
    pub rs: Vec<String>,
}

/// What ClinVar, or a file of its form, says of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClinVarCard {
    /// Variation id: `13961`.
    pub id: String,
    /// Clinical significance: `Pathogenic`, `Conflicting classifications of pathogenicity`.
    pub significance: String,
    /// Review status: `reviewed by expert panel`.
    pub review: String,
    /// Conditions, as written.
    pub conditions: Vec<String>,
    /// Ids of each condition, in the order of the conditions: `OMIM:219700`.
    pub condition_ids: Vec<Vec<String>>,
    /// The set it comes from.
    pub set: String,
}

/// A variant's counts in a population elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PanelFrequency {
    /// The set: `gnomad-genomes`.
    pub set: String,
    /// Its version.
    pub version: String,
    /// The population as the set calls it: `eas`; `all` for everybody.
    pub population: String,
    /// Alternate alleles.
    pub ac: u32,
    /// Alleles called.
    pub an: u32,
    /// People with two alternate alleles; none where the set does not say.
    pub hom: Option<u32>,
    /// Filters the set's makers attach to the variant; empty where it passed.
    pub filters: Vec<String>,
}

/// What is known of a variant elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Known {
    /// Numbers of dbSNP: `rs3892097`.
    pub rs: Vec<String>,
    /// ClinVar's cards, by set, then id.
    pub clinvar: Vec<ClinVarCard>,
    /// Counts in other panels: by set as loaded, `all` first, then as the set's header has them.
    pub frequencies: Vec<PanelFrequency>,
}

impl Known {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.rs.is_empty() && self.clinvar.is_empty() && self.frequencies.is_empty()
    }
}

/// A gene.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gene {
    /// Symbol: `BRCA2`.
    pub symbol: String,
    /// Id in the set of gene models: `ENSG00000139618`.
    pub id: String,
    /// Name in English, where a table of genes gives one.
    pub name_en: Option<String>,
    /// Name in Japanese, where a table of genes gives one.
    pub name_ja: Option<String>,
    /// Other and former symbols.
    pub aliases: Vec<String>,
    /// From the first base of any transcript to the last.
    #[serde(serialize_with = "text")]
    pub region: Region,
    /// `+` or `-`.
    pub strand: char,
    /// Its transcripts: preferred ones first, then by coding bases, the most first.
    pub transcripts: Vec<GeneTranscript>,
    /// Constraint, where a table of genes gives it.
    pub constraint: Option<Constraint>,
    /// The set of gene models.
    pub set: String,
}

/// A stretch of a transcript on the genome, 1-based, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// First base.
    pub start: u32,
    /// Last base.
    pub end: u32,
}

/// A transcript of a gene.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GeneTranscript {
    /// Accession with its version.
    pub id: String,
    /// The transcript of the same bases in the other collection (MANE): `NM_000059.4`.
    pub twin: Option<String>,
    /// Accession of the protein.
    pub protein: Option<String>,
    /// Biotype.
    pub biotype: String,
    /// `MANE Select`, `MANE Plus Clinical`, `RefSeq Select`, or none.
    pub selection: Option<&'static str>,
    /// Exons in the order of the genome.
    pub exons: Vec<Segment>,
    /// Coding parts in the order of the genome, the stop codon included; empty where it is not translated.
    pub coding: Vec<Segment>,
}

/// What a text may mean.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Found {
    /// A variant, left-aligned where the reference is loaded.
    Variant {
        /// The variant.
        #[serde(serialize_with = "text")]
        variant: Variant,
        /// What named it: `rs3892097`, `NM_000059.4:c.68_69del`, `BRCA2 p.Glu23fs`.
        matched: String,
    },
    /// A gene.
    Gene {
        /// Symbol.
        symbol: String,
        /// Id.
        id: String,
        /// Name in English.
        name_en: Option<String>,
        /// Name in Japanese.
        name_ja: Option<String>,
        /// Place.
        #[serde(serialize_with = "text")]
        region: Region,
        /// The name that was found: the symbol, an alias, a name.
        matched: String,
    },
    /// A place.
    Region {
        /// The place.
        #[serde(serialize_with = "text")]
        region: Region,
    },
    /// A name of the right form that means nothing here, with the reason.
    Nothing {
        /// Why, and what would help.
        why: String,
    },
}

/// The curated list's name for its choice.
pub(crate) fn selection(selection: Selection) -> &'static str {
    match selection {
        Selection::ManeSelect => "MANE Select",
        Selection::ManePlusClinical => "MANE Plus Clinical",
        Selection::RefSeqSelect => "RefSeq Select",
    }
}

/// The sign of a strand.
pub(crate) fn sign(strand: Strand) -> char {
    match strand {
        Strand::Forward => '+',
        Strand::Reverse => '-',
    }
}

/// The place of a choice: MANE Select first, no choice last.
pub(crate) fn rank(selection: Option<Selection>) -> u8 {
    match selection {
        Some(Selection::ManeSelect) => 0,
        Some(Selection::ManePlusClinical) => 1,
        Some(Selection::RefSeqSelect) => 2,
        None => 3,
    }
}

/// Ensembl's word for a grade.
pub(crate) fn impact(impact: Impact) -> &'static str {
    match impact {
        Impact::High => "HIGH",
        Impact::Moderate => "MODERATE",
        Impact::Low => "LOW",
        Impact::Modifier => "MODIFIER",
    }
}
