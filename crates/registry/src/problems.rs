//! Everything that is wrong with a file a person wrote, in one answer.
//!
//! Collects instead of stopping at the first; shows a bounded number and the count of all. Never
//! holds the text of a cell: a shifted column would put a participant's name into a message.

use std::fmt;

const SHOWN_MAX: usize = 20;

/// Problems of one file, in the order found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    /// The file as the caller named it.
    pub file: String,
    /// The first problems: where, and what was expected.
    pub shown: Vec<String>,
    /// Number of all problems.
    pub total: usize,
}

impl Problems {
    pub(crate) fn of(file: &str) -> Problems {
        Problems { file: file.to_owned(), shown: Vec::new(), total: 0 }
    }

    pub(crate) fn add(&mut self, problem: impl FnOnce() -> String) {
        if self.shown.len() < SHOWN_MAX {
            self.shown.push(problem());
        }
        self.total += 1;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.total == 0
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = if self.total == 1 { "problem" } else { "problems" };
        write!(f, "`{}` has {} {noun}", self.file, self.total)?;
        for problem in &self.shown {
            write!(f, "\n  {problem}")?;
        }
        if self.total > self.shown.len() {
            write!(f, "\n  … and {} more", self.total - self.shown.len())?;
        }
        Ok(())
    }
}
