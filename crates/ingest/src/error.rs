//! Why a submitted file is refused.
//!
//! One enum for the crate. A message names the file as it was typed, the line (for BCF: the ordinal of
//! the record), what was found, what was expected and how to mend it. It never holds a sample's name, a
//! participant or a genotype: a sample is "sample column 12", counted from 1.

use std::io;
use std::path::{Path, PathBuf};

/// Why a file, or a line of it, is refused.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The operating system would not open or read the file.
    #[error("`{}` cannot be read: {source}", file.display())]
    Io {
        /// The file as typed.
        file: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The file is not a VCF or BCF at all.
    #[error("`{}` is not a VCF or BCF file: found {found}; expected {expected}", file.display())]
    NotGenotypes {
        /// The file as typed.
        file: PathBuf,
        /// What it is instead.
        found: String,
        /// What would be read, or how to mend it.
        expected: String,
    },
    /// The file is cut short, or its compressed data do not match their checksum.
    #[error("`{}` is damaged: {found}; copy it again and compare the checksums", file.display())]
    Damaged {
        /// The file as typed.
        file: PathBuf,
        /// What is wrong.
        found: String,
    },
    /// A line of the header breaks the VCF specification.
    #[error("`{}` line {line}: found {found}; expected {expected}", file.display())]
    Header {
        /// The file as typed.
        file: PathBuf,
        /// 1-based line.
        line: u64,
        /// What the line says.
        found: String,
        /// What the specification asks for, or how to mend it.
        expected: String,
    },
    /// The file was made on another genome build than GRCh38.
    #[error(
        "`{}` line {line}: {found}; this programme collects GRCh38: lift the file over (for example with \
         `bcftools +liftover`) or call it again on GRCh38",
        file.display()
    )]
    Build {
        /// The file as typed.
        file: PathBuf,
        /// 1-based line.
        line: u64,
        /// What says so.
        found: String,
    },
    /// A record breaks the VCF or BCF specification.
    #[error("`{}` line {line}: found {found}; expected {expected}", file.display())]
    Record {
        /// The file as typed.
        file: PathBuf,
        /// 1-based line, or the ordinal of the BCF record.
        line: u64,
        /// What the record says.
        found: String,
        /// What the specification asks for, or how to mend it.
        expected: String,
    },
    /// The value of one sample breaks the specification, or is not collected.
    #[error(
        "`{}` line {line}, sample column {column}: found {found}; expected {expected}",
        file.display()
    )]
    Sample {
        /// The file as typed.
        file: PathBuf,
        /// 1-based line, or the ordinal of the BCF record.
        line: u64,
        /// 1-based among the samples of the file.
        column: usize,
        /// What is wrong, without the value.
        found: String,
        /// What the specification asks for, or how to mend it.
        expected: String,
    },
    /// A record lies on a sequence that is neither a chromosome of GRCh38 nor one of its known
    /// secondary sequences.
    #[error(
        "`{}` line {line}: unknown contig `{found}`; expected chr1–chr22, chrX, chrY or chrM of GRCh38 \
         (`bcftools annotate --rename-chrs` renames them)",
        file.display()
    )]
    UnknownContig {
        /// The file as typed.
        file: PathBuf,
        /// 1-based line, or the ordinal of the BCF record.
        line: u64,
        /// The name.
        found: String,
    },
    /// Records are out of order.
    #[error("`{}` line {line}: {found}; sort the file (`bcftools sort`)", file.display())]
    Unsorted {
        /// The file as typed.
        file: PathBuf,
        /// 1-based line, or the ordinal of the BCF record.
        line: u64,
        /// Which order is broken.
        found: String,
    },
    /// One variant is given twice with different calls.
    #[error(
        "`{}` line {line}: the variant at {place} was already given on line {first_line}, with other calls; \
         keep one of the two records",
        file.display()
    )]
    Duplicate {
        /// The file as typed.
        file: PathBuf,
        /// The later line.
        line: u64,
        /// The earlier line.
        first_line: u64,
        /// `contig:position`.
        place: String,
    },
    /// A record's REF is not what the reference genome holds there.
    #[error(
        "`{}` line {line}: REF is `{found}` but the reference has `{expected}` at {place}; check that the \
         file was called on this reference",
        file.display()
    )]
    ReferenceMismatch {
        /// The file as typed.
        file: PathBuf,
        /// 1-based line, or the ordinal of the BCF record.
        line: u64,
        /// REF of the record.
        found: String,
        /// The bases of the reference.
        expected: String,
        /// `contig:position`.
        place: String,
    },
    /// The reference genome cannot serve: unreadable, wrong build, or it does not cover a position.
    #[error("reference `{}`: found {found}; expected {expected}", file.display())]
    Reference {
        /// The FASTA file as typed.
        file: PathBuf,
        /// What is wrong.
        found: String,
        /// What is needed, or how to mend it.
        expected: String,
    },
}

/// A breach found by a parser that knows neither the file nor the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    kind: FaultKind,
    found: String,
    expected: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FaultKind {
    Header,
    Record,
    Sample(usize),
    Build,
    Contig,
}

impl Fault {
    /// A breach in a header line.
    pub(crate) fn header(found: impl Into<String>, expected: impl Into<String>) -> Fault {
        Fault { kind: FaultKind::Header, found: found.into(), expected: expected.into() }
    }

    /// A breach in a record.
    pub(crate) fn record(found: impl Into<String>, expected: impl Into<String>) -> Fault {
        Fault { kind: FaultKind::Record, found: found.into(), expected: expected.into() }
    }

    /// A breach in a sample's value; `column` counts from 0.
    pub(crate) fn sample(column: usize, found: impl Into<String>, expected: impl Into<String>) -> Fault {
        Fault { kind: FaultKind::Sample(column), found: found.into(), expected: expected.into() }
    }

    /// A sign of another genome build.
    pub(crate) fn build(found: impl Into<String>) -> Fault {
        Fault { kind: FaultKind::Build, found: found.into(), expected: String::new() }
    }

    /// A contig the programme does not know.
    pub(crate) fn contig(name: &[u8]) -> Fault {
        Fault { kind: FaultKind::Contig, found: clip(name), expected: String::new() }
    }

    /// The error of this breach at its place.
    pub(crate) fn at(self, file: &Path, line: u64) -> IngestError {
        let (file, found, expected) = (file.to_owned(), self.found, self.expected);
        match self.kind {
            FaultKind::Header => IngestError::Header { file, line, found, expected },
            FaultKind::Record => IngestError::Record { file, line, found, expected },
            FaultKind::Sample(column) => {
                IngestError::Sample { file, line, column: column + 1, found, expected }
            }
            FaultKind::Build => IngestError::Build { file, line, found },
            FaultKind::Contig => IngestError::UnknownContig { file, line, found },
        }
    }
}

/// A piece of a file for a message: printable and at most 60 characters.
pub(crate) fn clip(bytes: &[u8]) -> String {
    shorten(bytes, 60)
}

/// The first 20 characters of a text that may go on to name people.
pub(crate) fn hint(bytes: &[u8]) -> String {
    shorten(bytes, 20)
}

fn shorten(bytes: &[u8], characters_max: usize) -> String {
    // No character takes more than four bytes.
    let text = String::from_utf8_lossy(bytes.get(..characters_max * 4 + 4).unwrap_or(bytes));
    let printable = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut short: String = text.chars().take(characters_max).map(printable).collect();
    if text.chars().nth(characters_max).is_some() {
        short.push('…');
    }
    short
}
