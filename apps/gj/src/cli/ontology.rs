//! `gj ontology …`, as typed.

use super::{Format, Operator, Place};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `gj ontology …`
#[derive(Debug, Subcommand)]
pub enum Ontology {
    /// Load a version of a vocabulary, whole or nothing: OBO, Turtle, KGX edges, SSSOM, Babelon
    Load(OntologyLoad),
    /// List the versions loaded; the last of each name is in use
    List(OntologyList),
    /// Show a term: names, what it is a kind of, its kinds, matches elsewhere
    Show(OntologyShow),
    /// Find terms by a name in any spelling: 漢字, kana of either width, Latin letters
    Find(OntologyFind),
}

/// `gj ontology load`
#[derive(Debug, Args)]
#[command(disable_version_flag = true)]
pub struct OntologyLoad {
    #[command(flatten)]
    pub place: Place,
    /// Prefix of its terms: MONDO, NANDO, HP
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Files that make it up together, plain or gzip
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Version; default: what the files say
    #[arg(long, value_name = "V")]
    pub version: Option<String>,
    #[command(flatten)]
    pub operator: Operator,
}

/// `gj ontology list`
#[derive(Debug, Args)]
pub struct OntologyList {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub format: Format,
}

/// `gj ontology show`
#[derive(Debug, Args)]
pub struct OntologyShow {
    #[command(flatten)]
    pub place: Place,
    /// Id of a term: MONDO:0005045
    #[arg(value_name = "TERM")]
    pub term: String,
    #[command(flatten)]
    pub format: Format,
}

/// `gj ontology find`
#[derive(Debug, Args)]
pub struct OntologyFind {
    #[command(flatten)]
    pub place: Place,
    /// A name, or part of one
    #[arg(value_name = "TEXT")]
    pub text: String,
    /// Terms at most
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    #[command(flatten)]
    pub format: Format,
}
