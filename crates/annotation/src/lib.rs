//! What a variant does to genes: gene models out of files, consequences for each transcript in terms of the
//! Sequence Ontology, and HGVS names.
//!
//! Level 1 of the river: bytes in, answers out. [`GeneModels`] reads GFF3 and GTF, [`Selections`] the lists of
//! MANE and RefSeq Select; [`Annotator`] tells of a variant what it does to every transcript near it;
//! [`hgvs`] names a variant on a contig or a transcript, reads such names and finds the variant that one
//! means; [`spdi`] and [`vrs`] give its canonical SPDI name and the ids that everybody computes alike. It opens
//! no file: bases come from whoever implements [`Reference`]. It knows nothing of people.
//!
//! ```
//! use gj_annotation::{Annotator, Edit, GeneModels, Stretch, hgvs};
//! let gff = "\
//! 1\t.\tgene\t1\t18\t.\t+\t.\tID=gene:G1;Name=ABC1
//! 1\t.\tmRNA\t1\t18\t.\t+\t.\tID=transcript:T1;Parent=gene:G1;biotype=protein_coding;version=2
//! 1\t.\texon\t1\t18\t.\t+\t.\tParent=transcript:T1
//! 1\t.\tCDS\t4\t15\t.\t+\t0\tParent=transcript:T1
//! ";
//! let models = GeneModels::from_gff3("abc1.gff3", gff.as_bytes())?;
//! let reference = Stretch::new("chr1".parse()?, 1, b"GGCATGCGTAAATAAGGC");
//! let variant = "chr1-8-G-A".parse()?;
//! let found = Annotator::new(&models, &reference).annotate(&variant);
//! assert_eq!(found[0].consequences.to_string(), "missense_variant");
//! assert_eq!(found[0].hgvs_protein().as_deref(), Some("T1.2:p.(Arg2His)"));
//! let name = hgvs::on_transcript(found[0].transcript, &Edit::of(&variant), &reference);
//! assert_eq!(name.map(|name| name.to_string()).as_deref(), Some("T1.2:c.5G>A"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod accession;
mod annotator;
mod coding;
mod consequence;
mod draft;
mod edit;
mod error;
mod fasta;
mod feature;
mod gene_models;
mod gene_table;
mod genetic_code;
mod gff3;
mod gtf;
pub mod hgvs;
mod known;
mod lines;
mod normal;
mod protein_change;
mod reference;
mod selection;
mod spdi;
mod splicing;
mod transcript;
mod vrs;

pub use accession::{Sequence, accession, sequence};
pub use annotator::{Annotation, Annotator, BESIDE_BASES_MAX};
pub use consequence::{Consequence, Consequences, Impact};
pub use edit::Edit;
pub use error::ReadError;
pub use fasta::{Fasta, FastaPiece};
pub use gene_models::GeneModels;
pub use gene_table::{Constraint, GeneFacts, GeneTable};
pub use genetic_code::GeneticCode;
pub use known::{Clinical, Counted, Population, Populations, Site, SiteFile};
pub use normal::left_aligned;
pub use protein_change::{ProteinChange, Residue};
pub use reference::{Reference, Stretch, reverse_complement};
pub use selection::Selections;
pub use spdi::{Justified, NoBases, SLIDE_BASES_MAX, spdi};
pub use transcript::{Coding, Place, Selection, Span, Strand, Transcript};
pub use vrs::{VrsIds, contig_of_refget, is_allele_id, number_of_allele_id, refget, vrs};
