//! Rows of calls in, bytes of the formats that other tools read out.
//!
//! Level 2: pure. It opens no file, reads no clock and knows no person: columns have the names it is
//! given. Who is in a row was decided where the row was decoded; whether it may be written, by the gate.
//!
//! ```
//! use gj_export::{Column, Format, Heading, Row, Writer};
//! use gj_kernels::Call;
//! let columns = vec![Column { name: "X1".to_owned(), sex: gj_model::Sex::Female }];
//! let heading = Heading { columns, notes: vec![("gjExtract", "E-1".to_owned())] };
//! let mut text = Vec::new();
//! let mut writer = Writer::open(Format::Vcf, heading, vec![&mut text], std::io::Cursor::new(vec![]))?;
//! let variant = "chr22-42127941-G-A".parse().map_err(std::io::Error::other)?;
//! writer.write(&[Row { variant, calls: vec![Call::RefAltPhased] }])?;
//! writer.finish()?;
//! assert!(text.ends_with(b"chr22\t42127941\t.\tG\tA\t.\t.\tAC=1;AN=2\tGT\t0|1\n"));
//! # Ok::<(), std::io::Error>(())
//! ```

mod alleles;
mod bcf;
mod bed;
mod bgzf;
mod encoded;
mod format;
mod header;
mod index;
mod losses;
mod pgen;
mod plink;
pub mod sites;
mod vcf;
mod writer;

pub use format::Format;
pub use losses::Losses;
pub use writer::Writer;

use gj_kernels::Call;
use gj_model::{Sex, Variant};

/// A column of an extract: one person under the name that the extract gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name in the file; not empty, without spaces.
    pub name: String,
    /// Sex as told; `unknown` where it is not.
    pub sex: Sex,
}

/// What stands before the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// The columns, in the order of every row's calls.
    pub columns: Vec<Column>,
    /// `##key=value` lines of a VCF header: what the file is and under what it was given.
    pub notes: Vec<(&'static str, String)>,
}

/// One variant with a call for each column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The variant.
    pub variant: Variant,
    /// One call a column.
    pub calls: Vec<Call>,
}
