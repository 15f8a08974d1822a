//! The order of a file's records: positions never go back, and no contig returns.
//!
//! Contigs themselves may come in any order. Also names, for the caller, the contigs that have come.

use super::Row;
use super::window::Window;
use crate::error::IngestError;
use crate::normalise::Bases;
use crate::record::Record;
use gj_model::Contig;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Watches the order and gives rows their final places.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Sequence {
    #[serde(skip)]
    file: PathBuf,
    contig: Bases,
    position: u32,
    left: HashSet<Bases>,
    contigs: Vec<Contig>,
    window: Window,
}

impl Sequence {
    /// `normalises` says that rows may move to the left of their records.
    pub(crate) fn new(file: &Path, normalises: bool) -> Sequence {
        Sequence {
            file: file.to_owned(),
            contig: Bases::new(),
            position: 0,
            left: HashSet::new(),
            contigs: Vec::new(),
            window: Window::new(normalises),
        }
    }

    /// The same, taken up by the reader of `file`.
    pub(crate) fn of_file(self, file: &Path) -> Sequence {
        Sequence { file: file.to_owned(), ..self }
    }

    /// Takes the next record; rows whose place is final are added to `rows`.
    pub(crate) fn accept(&mut self, record: Record, rows: &mut Vec<Row>) -> Result<(), IngestError> {
        if record.contig != self.contig {
            self.change_contig(&record, rows)?;
        } else if record.position < self.position {
            return Err(
                self.unsorted(&record, format!("position {} comes after {}", record.position, self.position))
            );
        }
        self.position = record.position;
        self.window.advance(record.position, rows);
        for draft in record.drafts {
            let place = draft.spelling.position;
            self.window.insert(draft, record.line).map_err(|first_line| IngestError::Duplicate {
                file: self.file.clone(),
                line: record.line,
                first_line,
                place: format!("{}:{place}", crate::error::clip(&self.contig)),
            })?;
        }
        Ok(())
    }

    /// Gives the rows that are left.
    pub(crate) fn finish(&mut self, rows: &mut Vec<Row>) {
        self.window.drain(rows);
    }

    /// Contigs so far, in file order.
    pub(crate) fn contigs(&self) -> &[Contig] {
        &self.contigs
    }

    /// Rows accepted so far, duplicates apart.
    pub(crate) fn rows(&self) -> u64 {
        self.window.rows
    }

    /// Rows dropped as duplicates so far.
    pub(crate) fn duplicates(&self) -> u64 {
        self.window.duplicates
    }

    fn change_contig(&mut self, record: &Record, rows: &mut Vec<Row>) -> Result<(), IngestError> {
        // `chr1` and `1` in one file are one contig, so the contig counts and not only its name.
        let returns = record.known.is_some_and(|contig| self.contigs.contains(&contig));
        if self.left.contains(&record.contig) || returns {
            let name = crate::error::clip(&record.contig);
            return Err(self.unsorted(record, format!("contig `{name}` comes back after another contig")));
        }
        self.window.drain(rows);
        self.window.contig = record.known;
        self.contigs.extend(record.known);
        let before = std::mem::replace(&mut self.contig, record.contig.clone());
        self.left.insert(before);
        Ok(())
    }

    fn unsorted(&self, record: &Record, found: String) -> IngestError {
        IngestError::Unsorted { file: self.file.clone(), line: record.line, found }
    }
}
