//! From the bytes of a sample sheet to its rows.
//!
//! Accepts what spreadsheets write: a byte order mark, CRLF, blank lines, full-width spaces around a
//! cell. Finds every problem in one pass; never looks at the registry.

use super::{COLUMNS, PersonCells, SampleCells, Sheet, SheetRow, cells, compare};
use crate::audit::sha256_hex;
use crate::error::Error;
use crate::problems::Problems;
use std::collections::HashMap;

/// What is said of a cell in quotes.
const UNQUOTED: &str = "expected cells without double quotes around them; remove the quotes";

/// Which cell of a line each of [`COLUMNS`] is.
type Places = [usize; COLUMNS.len()];

pub(super) fn parse(bytes: &[u8], name: &str) -> Result<Sheet, Error> {
    let mut problems = Problems::of(name);
    let rows = match std::str::from_utf8(bytes) {
        Ok(text) => read_lines(text.strip_prefix('\u{feff}').unwrap_or(text), &mut problems),
        Err(error) => {
            let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
            problems.add(|| format!("line {line}: expected UTF-8 text; save the sheet as UTF-8"));
            Vec::new()
        }
    };
    check_once(&rows, &mut problems);
    if problems.is_empty() && rows.is_empty() {
        problems.add(|| "expected at least one sample after the header".to_owned());
    }
    match problems.is_empty() {
        true => Ok(Sheet { name: name.to_owned(), digest: sha256_hex(bytes), rows }),
        false => Err(Error::Sheet(problems)),
    }
}

fn read_lines(text: &str, problems: &mut Problems) -> Vec<SheetRow> {
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let Some((line, header)) = lines.next() else {
        problems.add(|| format!("line 1: expected a header with the columns {}", COLUMNS.join(", ")));
        return Vec::new();
    };
    let Some(places) = read_header(line, header, problems) else { return Vec::new() };
    lines.filter_map(|(line, text)| read_row(line, text, &places, problems)).collect()
}

fn read_header(line: usize, header: &str, problems: &mut Problems) -> Option<Places> {
    let mut found: HashMap<&str, usize> = HashMap::new();
    let before = problems.total;
    if header.split('\t').map(str::trim).any(cells::is_quoted) {
        problems.add(|| format!("line {line}: {UNQUOTED}"));
        return None;
    }
    if !header.split('\t').any(|cell| COLUMNS.contains(&cell.trim())) {
        // One problem, not one a cell: the header is missing altogether.
        problems
            .add(|| format!("line {line}: expected the header: {}, separated by tabs", COLUMNS.join(", ")));
        return None;
    }
    for (place, cell) in header.split('\t').map(str::trim).enumerate() {
        let number = place + 1;
        // The cell may be a person's, where the header is missing: its place must do.
        match COLUMNS.iter().find(|column| **column == cell) {
            None => problems.add(|| {
                format!(
                    "line {line}, column {number}: expected one of {}, separated by tabs",
                    COLUMNS.join(", ")
                )
            }),
            Some(column) => {
                if found.insert(column, place).is_some() {
                    problems
                        .add(|| format!("line {line}, column {number}: `{column}` is there twice; keep one"));
                }
            }
        }
    }
    for column in COLUMNS.iter().filter(|column| !found.contains_key(*column)) {
        problems.add(|| {
            format!("line {line}: column `{column}` is missing; add it, its cells may be empty where allowed")
        });
    }
    (problems.total == before).then(|| COLUMNS.map(|column| found.get(column).copied().unwrap_or(0)))
}

fn read_row(line: usize, text: &str, places: &Places, problems: &mut Problems) -> Option<SheetRow> {
    let mut texts: Vec<&str> = text.split('\t').map(str::trim).collect();
    // Spreadsheets drop tabs at the end of a line: a last cell or two that are not there are empty, and
    // an empty consent allows nothing.
    if (COLUMNS.len() - 2..COLUMNS.len()).contains(&texts.len()) {
        texts.resize(COLUMNS.len(), "");
    }
    if texts.len() != COLUMNS.len() {
        let found = texts.len();
        problems.add(|| {
            format!("line {line}: expected {} cells separated by tabs, found {found}", COLUMNS.len())
        });
        return None;
    }
    let [sample, participant, sex, family, father, mother, stratum, consent, diseases] =
        places.map(|place| texts[place]);
    let mut row = Row { line, problems };
    let quoted = COLUMNS.iter().zip(places.iter()).filter(|(_, place)| cells::is_quoted(texts[**place]));
    let quoted: Vec<&str> = quoted.map(|(column, _)| *column).collect();
    if !quoted.is_empty() {
        quoted.iter().for_each(|column| row.problem(column, UNQUOTED));
        return None;
    }
    // Every cell is read before the first missing one ends the line: all its problems are told.
    let sample = row.take("sample", cells::id(sample));
    let participant = row.take("participant", cells::id(participant));
    let sex = row.take("sex", cells::sex(sex));
    let family = row.take("family", cells::maybe_id(family));
    let father = row.take("father", cells::maybe_id(father));
    let mother = row.take("mother", cells::maybe_id(mother));
    let stratum = row.take("stratum", cells::stratum(stratum));
    let consent = row.take("consent", cells::consent(consent));
    let diseases = row.take("diseases", cells::diseases(diseases));
    if let Some(sample) = &sample {
        for (column, parent) in [("father", &father), ("mother", &mother)] {
            if parent.as_ref().is_some_and(|parent| parent.as_ref() == Some(sample)) {
                row.problem(column, "expected the id of another sample than the line's own");
            }
        }
    }
    Some(SheetRow {
        line,
        sample: sample?,
        about_sample: SampleCells {
            participant: participant?,
            father: father?,
            mother: mother?,
            stratum: stratum?,
        },
        about_person: PersonCells { sex: sex?, family: family?, consent: consent?, diseases: diseases? },
    })
}

/// A line being read, with where its problems go.
struct Row<'a> {
    line: usize,
    problems: &'a mut Problems,
}

impl Row<'_> {
    fn take<T>(&mut self, column: &str, read: Result<T, String>) -> Option<T> {
        read.map_err(|expected| self.problem(column, &expected)).ok()
    }

    fn problem(&mut self, column: &str, expected: &str) {
        let line = self.line;
        self.problems.add(|| format!("line {line}, column `{column}`: {expected}"));
    }
}

/// A sample stands once; lines of one participant agree about the person.
fn check_once(rows: &[SheetRow], problems: &mut Problems) {
    let mut samples: HashMap<&str, usize> = HashMap::new();
    let mut people: HashMap<&str, &SheetRow> = HashMap::new();
    for row in rows {
        let line = row.line;
        if let Some(first) = samples.insert(&row.sample, line) {
            problems.add(|| {
                format!("line {line}, column `sample`: the same sample as on line {first}; keep one")
            });
        }
        let first = *people.entry(&row.about_sample.participant).or_insert(row);
        for column in compare::person_columns(&first.about_person, &row.about_person) {
            let first = first.line;
            problems.add(|| {
                format!("line {line}, column `{column}`: differs from line {first} of the same participant")
            });
        }
    }
}

#[cfg(test)]
mod tests;
