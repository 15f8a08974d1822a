//! `gj annotation …`, as typed.

use super::{Format, Operator, Place};
use clap::{Args, Subcommand};
use gj_gate::acts::annotation::AnnotationKind;
use gj_model::{FreezeName, Variant};
use std::path::PathBuf;

/// `gj annotation …`
#[derive(Debug, Subcommand)]
pub enum Annotation {
    /// Load a version of a set, whole or nothing
    Load(AnnotationLoad),
    /// List the sets loaded, or the layers of a release
    List(AnnotationList),
    /// Give a release a new layer; the release and its older layers stay
    Layer(AnnotationLayer),
    /// Show a variant: names, what it does to genes, what is known of it elsewhere
    Show(AnnotationShow),
    /// Show a gene with its transcripts
    Gene(AnnotationGene),
    /// Find what a text means: rs number, HGVS, SPDI, any spelling of a variant, a gene by any name
    Find(AnnotationFind),
}

/// `gj annotation load`
#[derive(Debug, Args)]
#[command(disable_version_flag = true)]
pub struct AnnotationLoad {
    #[command(flatten)]
    pub place: Place,
    /// reference (FASTA), genes (GFF3, GTF), variants (VCF: dbSNP, ClinVar), frequencies (VCF: gnomAD, ToMMo), gene-table (TSV)
    #[arg(value_name = "KIND")]
    pub kind: AnnotationKind,
    /// What the set is called from now on: clinvar
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Files that make it up together, plain or gzip
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Its makers' version: 2026-02
    #[arg(long, value_name = "V")]
    pub version: String,
    /// Where it comes from
    #[arg(long, value_name = "TEXT")]
    pub source: String,
    /// What allows its use
    #[arg(long, alias = "license", value_name = "TEXT")]
    pub licence: String,
    /// Of genes: a list of preferred transcripts, MANE's summary or RefSeq Select
    #[arg(long, value_name = "FILE")]
    pub select: Vec<PathBuf>,
    /// Of frequencies: a population as `eas=AC_EAS,AN_EAS[,HOM_EAS]`; default: what the header declares
    #[arg(long, value_name = "CODE=FIELDS")]
    pub population: Vec<String>,
    #[command(flatten)]
    pub operator: Operator,
}

/// `gj annotation list`
#[derive(Debug, Args)]
pub struct AnnotationList {
    #[command(flatten)]
    pub place: Place,
    /// Release whose layers are listed; default: every set
    #[arg(value_name = "RELEASE")]
    pub freeze: Option<FreezeName>,
    #[command(flatten)]
    pub format: Format,
}

/// `gj annotation layer`
#[derive(Debug, Args)]
pub struct AnnotationLayer {
    #[command(flatten)]
    pub place: Place,
    /// Release
    #[arg(value_name = "RELEASE")]
    pub freeze: FreezeName,
    /// A set, `clinvar` or `clinvar@2026-02`; default: the current one of every name
    #[arg(long, value_name = "SET")]
    pub with: Vec<String>,
    #[command(flatten)]
    pub operator: Operator,
}

/// Which layer of which release.
#[derive(Debug, Args)]
pub struct OfLayer {
    #[command(flatten)]
    pub place: Place,
    /// Release
    #[arg(value_name = "RELEASE")]
    pub freeze: FreezeName,
    /// Layer; default: the newest
    #[arg(long, value_name = "N")]
    pub layer: Option<i64>,
    #[command(flatten)]
    pub format: Format,
}

/// `gj annotation show`
#[derive(Debug, Args)]
pub struct AnnotationShow {
    #[command(flatten)]
    pub of: OfLayer,
    /// Variant: chr22-42127941-G-A
    #[arg(value_name = "VARIANT")]
    pub variant: Variant,
}

/// `gj annotation gene`
#[derive(Debug, Args)]
pub struct AnnotationGene {
    #[command(flatten)]
    pub of: OfLayer,
    /// Symbol, id, alias or name
    #[arg(value_name = "NAME")]
    pub name: String,
}

/// `gj annotation find`
#[derive(Debug, Args)]
pub struct AnnotationFind {
    #[command(flatten)]
    pub of: OfLayer,
    /// What to look for
    #[arg(value_name = "TEXT")]
    pub text: String,
}
