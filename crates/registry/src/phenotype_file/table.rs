//! The tab-separated form: a header, then a line for each participant and term.
//!
//! A line without a term says that nothing is known of the participant.

use super::{COLUMNS, Statement, Status, onset, participant, term};
use crate::problems::Problems;
use chrono::NaiveDate;

/// Columns that must be there.
const NEEDED: usize = 2;

pub(super) fn read(text: &str, problems: &mut Problems) -> Vec<Statement> {
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let expected = || format!("a header with the columns {}, separated by tabs", COLUMNS.join(", "));
    let Some((line, header)) = lines.next() else {
        problems.add(|| format!("line 1: expected {}", expected()));
        return Vec::new();
    };
    let header: Vec<&str> = header.split('\t').map(str::trim).collect();
    let known = header.iter().all(|cell| COLUMNS.contains(cell));
    let once = (1..header.len()).all(|place| !header[..place].contains(&header[place]));
    if !known || !once || COLUMNS[..NEEDED].iter().any(|column| !header.contains(column)) {
        problems.add(|| format!("line {line}: expected {}; the last three may be left out", expected()));
        return Vec::new();
    }
    lines.filter_map(|(line, text)| read_line(line, text, &header, problems)).collect()
}

fn read_line(line: usize, text: &str, header: &[&str], problems: &mut Problems) -> Option<Statement> {
    let cells: Vec<&str> = text.split('\t').map(str::trim).collect();
    // Spreadsheets drop tabs at the end of a line.
    if cells.len() > header.len() {
        let (expected, found) = (header.len(), cells.len());
        problems.add(|| format!("line {line}: expected {expected} cells separated by tabs, found {found}"));
        return None;
    }
    let cell = |column: &str| {
        let place = header.iter().position(|name| *name == column);
        place.and_then(|place| cells.get(place)).copied().unwrap_or("")
    };
    let mut problem = |column: &str, what: String| {
        problems.add(|| format!("line {line}, column `{column}`: {what}"));
    };
    let who = participant(cell("participant")).map_err(|what| problem("participant", what)).ok();
    let maybe = |text: &'static str| Some(cell(text)).filter(|cell| !cell.is_empty());
    let term = maybe("term").map(term).transpose().map_err(|what| problem("term", what)).ok();
    let status = match cell("status") {
        "" => Some(Status::Observed),
        word => {
            let status = word.parse().ok();
            if status.is_none() {
                problem("status", "expected observed or excluded".to_owned());
            }
            status
        }
    };
    let onset = maybe("onset").map(onset).transpose().map_err(|what| problem("onset", what)).ok();
    let day = maybe("day").map(str::parse::<NaiveDate>).transpose();
    let day = day.map_err(|_| problem("day", "expected a day such as 2026-11-23".to_owned())).ok();
    Some(Statement {
        place: format!("line {line}"),
        participant: who?,
        term: term?,
        status: status?,
        onset: onset?,
        noted_on: day?,
    })
}
