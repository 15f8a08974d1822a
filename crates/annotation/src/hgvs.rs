//! Names of variants by the HGVS recommendations: `g.` and `m.` on a contig, `c.` and `n.` on a transcript. What is
//! said of proteins is in `protein_change`.

mod describe;
mod parse;
mod resolve;

pub use describe::{on_genome, on_transcript};
pub(crate) use resolve::variant as variant_of;
pub use resolve::{resolve, substitution};

use gj_model::variant::ALLELE_BASES_MAX;
use std::fmt;

/// What the numbers of a name count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Numbering {
    /// `g.`: bases of a contig.
    Genomic,
    /// `m.`: bases of the mitochondrion.
    Mitochondrial,
    /// `c.`: bases of a transcript from the A of its start codon.
    Coding,
    /// `n.`: bases of a transcript from its first.
    NonCoding,
}

/// A place in a name: `76`, `-14`, `*46`, `88+1`, `89-2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Point {
    /// From 1; below 0 before the start codon.
    pub base: i32,
    /// Counted from the base after the stop codon (`*`).
    pub after_stop: bool,
    /// Bases into an intron; 0 elsewhere.
    pub distance: i32,
}

/// What happens at a place. Bases are those of the sequence that is named; empty where the name leaves
/// them out, as the recommendations prefer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NamedChange {
    /// `A>G`
    Substitution(String, String),
    /// `del`
    Deletion(String),
    /// `dup`
    Duplication(String),
    /// `insACG`
    Insertion(String),
    /// `delinsACG`, what is deleted first.
    Delins(String, String),
    /// `inv`
    Inversion(String),
    /// `=`
    Same(String),
}

/// A name: `NM_000059.4:c.68_69del`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hgvs {
    /// The sequence.
    pub accession: String,
    /// The symbol that some write after it: `NM_000059.4(BRCA2):c.68_69del`.
    pub symbol: Option<String>,
    /// What the numbers count.
    pub numbering: Numbering,
    /// The first base, or the base before an insertion.
    pub first: Point,
    /// The last base, or the base after an insertion; the same as `first` where it is one.
    pub last: Point,
    /// What happens there.
    pub change: NamedChange,
}

/// Why a text is no name, or a name means nothing here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HgvsError {
    /// Not of the form.
    #[error(
        "`{0}` is not an HGVS name we read; write it as `NC_000013.11:g.32316463A>G` or `ENST00000380152.8:c.68_69del`"
    )]
    Form(String),
    /// The sequence is not known.
    #[error(
        "`{0}` is neither a chromosome of GRCh38 nor a transcript of the gene models in use, version included"
    )]
    Sequence(String),
    /// A chromosome of another build.
    #[error("`{0}` is a chromosome of another build; name the variant on GRCh38")]
    OtherBuild(String),
    /// The place does not exist.
    #[error("`{0}` names a place that its sequence does not have")]
    Place(String),
    /// The bases it names are others.
    #[error("`{name}` says `{said}` where the reference has `{found}`")]
    Bases {
        /// The name.
        name: String,
        /// What it says.
        said: String,
        /// What is there.
        found: String,
    },
    /// More bases than a question may name.
    #[error("`{0}` names too many bases to ask for; name at most {ALLELE_BASES_MAX}")]
    Long(String),
    /// The reference is not at hand there.
    #[error("the reference has no bases at `{0}`")]
    NoReference(String),
}

impl Numbering {
    fn letter(self) -> char {
        match self {
            Numbering::Genomic => 'g',
            Numbering::Mitochondrial => 'm',
            Numbering::Coding => 'c',
            Numbering::NonCoding => 'n',
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let star = if self.after_stop { "*" } else { "" };
        write!(f, "{star}{}", self.base)?;
        if self.distance != 0 { write!(f, "{:+}", self.distance) } else { Ok(()) }
    }
}

impl fmt::Display for NamedChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NamedChange::Substitution(from, to) => write!(f, "{from}>{to}"),
            NamedChange::Deletion(bases) => write!(f, "del{bases}"),
            NamedChange::Duplication(bases) => write!(f, "dup{bases}"),
            NamedChange::Insertion(bases) => write!(f, "ins{bases}"),
            NamedChange::Delins(from, to) => write!(f, "del{from}ins{to}"),
            NamedChange::Inversion(bases) => write!(f, "inv{bases}"),
            NamedChange::Same(bases) => write!(f, "{bases}="),
        }
    }
}

impl fmt::Display for Hgvs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.accession)?;
        if let Some(symbol) = &self.symbol {
            write!(f, "({symbol})")?;
        }
        write!(f, ":{}.{}", self.numbering.letter(), self.first)?;
        if self.last != self.first {
            write!(f, "_{}", self.last)?;
        }
        self.change.fmt(f)
    }
}
