//! Sample sheets: what a contributor says of its samples, in a tab-separated file.
//!
//! Owns the columns and what each may hold. A sheet is taken as a whole or not at all, and every
//! problem is told by line and column, never by what the cell holds.

mod cells;
mod compare;
mod import;
mod known;
mod parse;

use crate::error::Error;
use gj_model::{Scope, Sex};

/// The columns, all of them needed, in any order.
pub const COLUMNS: [&str; 9] =
    ["sample", "participant", "sex", "family", "father", "mother", "stratum", "consent", "diseases"];

/// A sheet that is good in itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What messages call it.
    name: String,
    digest: String,
    rows: Vec<SheetRow>,
}

/// One line: a sample, and the person it is of.
#[derive(Clone, PartialEq, Eq)]
struct SheetRow {
    /// 1-based line of the file.
    line: usize,
    sample: String,
    about_sample: SampleCells,
    about_person: PersonCells,
}

/// What a line says of the sample alone.
#[derive(Clone, PartialEq, Eq)]
struct SampleCells {
    participant: String,
    father: Option<String>,
    mother: Option<String>,
    stratum: String,
}

/// What a line says of the person, on every line of the person the same.
#[derive(Clone, PartialEq, Eq)]
struct PersonCells {
    sex: Sex,
    family: Option<String>,
    consent: Scope,
    /// Sorted, each once.
    diseases: Vec<String>,
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct ImportReport {
    /// Samples registered now.
    pub samples: usize,
    /// People registered now.
    pub participants: usize,
    /// Samples that were registered before, exactly so.
    pub already: usize,
}

impl Sheet {
    /// Reads and checks a sheet; `name` is what messages call it.
    ///
    /// # Errors
    /// [`Error::Sheet`] with everything that is wrong with it.
    pub fn parse(bytes: &[u8], name: &str) -> Result<Sheet, Error> {
        parse::parse(bytes, name)
    }

    /// SHA-256 of the file, for the audit line.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has no samples; an empty sheet does not parse.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl std::fmt::Debug for Sheet {
    // A debug print ends in logs, where names of people must not be.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sheet").field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}
