//! Files of phenotypes and diagnoses: a tab-separated table, or GA4GH phenopackets as JSON.
//!
//! Owns what each may hold. A file is read as a whole or not at all; every problem is told by line or
//! packet, never by what the cell holds. Whether a term may be used is asked of the caller.

mod packet;
mod table;

use crate::audit::sha256_hex;
use crate::error::Error;
use crate::problems::Problems;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::str::FromStr;

/// The columns of the table; the first two are needed.
pub const COLUMNS: [&str; 5] = ["participant", "term", "status", "onset", "day"];

/// Whether a term was found in a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The person has or had it.
    Observed,
    /// It was looked for and not found.
    Excluded,
}

impl Status {
    /// The stored word.
    pub fn name(self) -> &'static str {
        match self {
            Status::Observed => "observed",
            Status::Excluded => "excluded",
        }
    }
}

impl FromStr for Status {
    type Err = ();

    fn from_str(text: &str) -> Result<Status, ()> {
        match text {
            "observed" => Ok(Status::Observed),
            "excluded" => Ok(Status::Excluded),
            _ => Err(()),
        }
    }
}

/// What to make of a term that a file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermCheck {
    /// It is in use.
    Known,
    /// It stands for this one.
    Means(String),
    /// It may not be used, and why.
    Refused(String),
}

/// One statement about one participant.
#[derive(Clone, PartialEq, Eq)]
pub struct Statement {
    /// Where it is: `line 3`, `packet 2`.
    pub(crate) place: String,
    pub(crate) participant: String,
    /// `None`: nothing is known of the participant.
    pub(crate) term: Option<String>,
    pub(crate) status: Status,
    pub(crate) onset: Option<String>,
    pub(crate) noted_on: Option<NaiveDate>,
}

/// A file that is good in itself.
#[derive(Clone, PartialEq, Eq)]
pub struct PhenotypeFile {
    name: String,
    digest: String,
    statements: Vec<Statement>,
    translated: usize,
}

impl std::fmt::Debug for PhenotypeFile {
    // A debug print ends in logs, where names of people must not be.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PhenotypeFile").field("statements", &self.statements.len()).finish_non_exhaustive()
    }
}

impl PhenotypeFile {
    /// Reads and checks a file: phenopackets if it begins with `{` or `[`, else a table. `name` is what
    /// messages call it; `check` is asked once for each term.
    ///
    /// # Errors
    /// [`Error::Phenotypes`] with everything that is wrong with it.
    pub fn parse(
        bytes: &[u8],
        name: &str,
        mut check: impl FnMut(&str) -> TermCheck,
    ) -> Result<PhenotypeFile, Error> {
        let mut problems = Problems::of(name);
        let mut statements = match std::str::from_utf8(bytes) {
            Ok(text) => {
                let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                match text.trim_start().starts_with(['{', '[']) {
                    true => packet::read(text, &mut problems),
                    false => table::read(text, &mut problems),
                }
            }
            Err(error) => {
                let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
                problems.add(|| format!("line {line}: expected UTF-8 text; save the file as UTF-8"));
                Vec::new()
            }
        };
        if problems.is_empty() && statements.is_empty() {
            problems.add(|| "expected at least one statement about a participant".to_owned());
        }
        let translated = check_terms(&mut statements, &mut problems, &mut check);
        agree(&mut statements, &mut problems);
        match problems.is_empty() {
            true => {
                Ok(PhenotypeFile { name: name.to_owned(), digest: sha256_hex(bytes), statements, translated })
            }
            false => Err(Error::Phenotypes(problems)),
        }
    }

    /// SHA-256 of the file, for the audit line.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn statements(&self) -> &[Statement] {
        &self.statements
    }

    pub(crate) fn translated(&self) -> usize {
        self.translated
    }
}

/// Asks for each term, and writes those down under the id they stand for.
fn check_terms(
    statements: &mut [Statement],
    problems: &mut Problems,
    check: &mut impl FnMut(&str) -> TermCheck,
) -> usize {
    let mut asked: HashMap<String, TermCheck> = HashMap::new();
    let mut translated = 0;
    for statement in statements {
        let Some(term) = &statement.term else { continue };
        match asked.entry(term.clone()).or_insert_with(|| check(term)) {
            TermCheck::Known => {}
            TermCheck::Means(other) => {
                statement.term = Some(other.clone());
                translated += 1;
            }
            TermCheck::Refused(why) => problems.add(|| format!("{}: {why}", statement.place)),
        }
    }
    translated
}

/// One term of one participant is stated once, or each time the same.
fn agree(statements: &mut Vec<Statement>, problems: &mut Problems) {
    let mut seen: HashMap<(String, String), usize> = HashMap::new();
    let mut twice = Vec::new();
    for (number, statement) in statements.iter().enumerate() {
        let Some(term) = &statement.term else { continue };
        let first = *seen.entry((statement.participant.clone(), term.clone())).or_insert(number);
        if first == number {
            continue;
        }
        if statements[first].status != statement.status {
            let at = &statements[first].place;
            problems.add(|| {
                format!(
                    "{}: says of this term that it was {}, {at} the opposite; keep one",
                    statement.place,
                    statement.status.name()
                )
            });
        }
        twice.push(number);
    }
    for number in twice.into_iter().rev() {
        statements.remove(number);
    }
}

/// A term's id as it may be written; what it means is not looked at.
fn term(text: &str) -> Result<String, String> {
    let id = text.split_once(':').is_some_and(|(prefix, local)| {
        let plain = |part: &str| !part.is_empty() && part.len() <= 20;
        plain(prefix)
            && plain(local)
            && prefix.bytes().all(|b| b.is_ascii_alphanumeric())
            && local.bytes().all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b))
    });
    match id {
        true => Ok(text.to_owned()),
        false => Err("expected a term such as HP:0001250 or MONDO:0005148".to_owned()),
    }
}

/// An age as ISO 8601 duration (`P6M`, `P12Y3M`) or a term (`HP:0003577`).
fn onset(text: &str) -> Result<String, String> {
    let duration = text.strip_prefix('P').is_some_and(|rest| {
        !rest.is_empty()
            && rest.len() <= 20
            && rest.bytes().all(|b| b.is_ascii_digit() || b"YMWDTHS.".contains(&b))
            && rest.bytes().any(|b| b.is_ascii_digit())
            && rest.ends_with(|c: char| c.is_ascii_uppercase())
    });
    match duration || term(text).is_ok() {
        true => Ok(text.to_owned()),
        false => Err("expected an age such as P6M or P12Y, or a term such as HP:0003577".to_owned()),
    }
}

fn participant(text: &str) -> Result<String, String> {
    let good = !text.is_empty()
        && text.chars().count() <= 128
        && !text.chars().any(|c| c.is_control() || c.is_whitespace());
    match good {
        true => Ok(text.to_owned()),
        false => Err("expected the participant's id of the sample sheet".to_owned()),
    }
}
