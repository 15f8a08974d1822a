//! What one cell of a sample sheet may hold.
//!
//! Each reader gives the value or what was expected. Never repeats the cell's text: a shifted column
//! would put a participant's name into the message.

use gj_model::{Scope, ScopeItem, Sex};

const NAME_CHARS_MAX: usize = 128;
const STRATUM_CHARS_MAX: usize = 64;
const DISEASES_MAX: usize = 100;

/// Whether a spreadsheet put quotes around the cell. They would become part of the id, which then is
/// no sample's of any file.
pub(super) fn is_quoted(cell: &str) -> bool {
    cell.starts_with('"') || cell.ends_with('"')
}

/// A sample's or a participant's id.
pub(super) fn id(cell: &str) -> Result<String, String> {
    // `0` and `.` mean "nobody" among the parents, so nobody may be called so.
    match cell {
        "" | "0" | "." => Err("expected an id".to_owned()),
        _ => name(cell),
    }
}

/// A family's or a parent's id; empty, `0` and `.` mean none.
pub(super) fn maybe_id(cell: &str) -> Result<Option<String>, String> {
    match cell {
        "" | "0" | "." => Ok(None),
        _ => name(cell).map(Some),
    }
}

fn name(cell: &str) -> Result<String, String> {
    if cell.chars().count() > NAME_CHARS_MAX || cell.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(format!(
            "expected an id of at most {NAME_CHARS_MAX} characters without spaces or control characters"
        ));
    }
    Ok(cell.to_owned())
}

pub(super) fn sex(cell: &str) -> Result<Sex, String> {
    cell.parse().map_err(|_| "expected female, male or unknown (also 2, 1, 0; 女, 男)".to_owned())
}

/// A population stratum.
pub(super) fn stratum(cell: &str) -> Result<String, String> {
    if cell.is_empty() || cell.chars().count() > STRATUM_CHARS_MAX || cell.chars().any(char::is_control) {
        return Err(format!(
            "expected a population of 1 to {STRATUM_CHARS_MAX} characters without control characters"
        ));
    }
    if cell == "all" {
        return Err("expected another name than `all`, which means everybody".to_owned());
    }
    Ok(cell.to_owned())
}

/// What is allowed: a comma list; empty: nothing.
pub(super) fn consent(cell: &str) -> Result<Scope, String> {
    cell.parse().map_err(|_| {
        let known: Vec<&str> = ScopeItem::ALL.iter().map(|item| item.name()).collect();
        format!("expected a comma list out of {}, or nothing", known.join(", "))
    })
}

/// Disease ids with their prefix: a list by comma or semicolon, sorted, each once; empty and `.` mean none.
pub(super) fn diseases(cell: &str) -> Result<Vec<String>, String> {
    if cell == "." {
        return Ok(Vec::new());
    }
    let mut diseases = Vec::new();
    for item in cell.split([',', ';']).map(str::trim).filter(|item| !item.is_empty()) {
        let plain = |part: &str| {
            (1..=20).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.')
        };
        match item.split_once(':') {
            Some((prefix, local)) if plain(prefix) && plain(local) => {
                diseases.push(item.to_ascii_uppercase())
            }
            _ => return Err("expected a comma list of ids such as MONDO:0005148, or nothing".to_owned()),
        }
    }
    if diseases.len() > DISEASES_MAX {
        return Err(format!("expected at most {DISEASES_MAX} diseases"));
    }
    diseases.sort();
    diseases.dedup();
    Ok(diseases)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_read_or_say_what_they_expect() {
        assert_eq!(maybe_id("0"), Ok(None));
        assert!(id("").is_err() && id("a b").is_err() && stratum("a b").is_ok());
        assert_eq!(diseases("mondo:0005148, NANDO:1200003,MONDO:0005148").unwrap().len(), 2);
        for secret in ["TARO YAMADA", "a:b:c"] {
            for message in
                [id(secret).err(), sex(secret).err(), consent(secret).err(), diseases(secret).err()]
            {
                assert!(!message.unwrap_or_default().contains(secret));
            }
        }
    }
}
