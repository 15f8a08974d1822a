//! From a submitted VCF or BCF to an immutable batch.
//!
//! Level 3 of the river. A file is unpacked (`stream`), cut into chunks of whole records (`chunk`), each
//! record is read on its own and in parallel (`record`, with `vcf` or `bcf`), and the rows are put in
//! order ([`file_rows`]); several files become one batch ([`submission`]). Everything a file can do wrong ends in an [`IngestError`], never in a panic.

mod allele;
mod bcf;
mod chunk;
mod columns;
pub mod conform;
mod digest;
pub mod error;
mod even;
mod evidence;
mod fields;
pub mod file_rows;
mod genotype;
pub mod gvcf;
mod header;
mod normalise;
#[doc(hidden)]
pub mod probe;
mod record;
pub mod reference;
pub mod report;
mod site;
mod stream;
pub mod submission;
mod vcf;

pub use conform::conform;
pub use digest::digest;
pub use error::IngestError;
pub use file_rows::{FileRows, ReadOptions, Row};
pub use gvcf::BlockFloor;
pub use reference::Reference;
pub use report::ReadReport;
pub use submission::{Progress, Roster, Submission, SubmissionError, SubmissionReport};
