//! Gene models and what a variant does to them.

mod accession;
mod annotator;
mod coding;
mod consequence;
mod draft;
mod edit;
mod error;
mod feature;
mod gene_models;
mod genetic_code;
mod gff3;
mod gtf;
pub mod hgvs;
mod protein_change;
mod reference;
mod selection;
mod splicing;
mod transcript;

pub use accession::{Sequence, accession, sequence};
pub use annotator::{Annotation, Annotator, BESIDE_BASES_MAX};
pub use consequence::{Consequence, Consequences, Impact};
pub use edit::Edit;
pub use error::ReadError;
pub use gene_models::GeneModels;
pub use genetic_code::GeneticCode;
pub use protein_change::{ProteinChange, Residue};
pub use reference::{Reference, Stretch, reverse_complement};
pub use selection::Selections;
pub use transcript::{Coding, Place, Selection, Span, Strand, Transcript};
