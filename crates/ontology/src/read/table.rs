//! Tab-separated tables with a line of column names, and remarks that begin with `#`.

use crate::read::Wrong;

/// The rows of a table as the columns named.
pub(super) struct Table<'a> {
    rows: std::iter::Enumerate<std::str::Lines<'a>>,
    columns: usize,
    wanted: Vec<usize>,
}

impl<'a> Table<'a> {
    /// A table that has the columns wanted; `remark` sees each line that begins with `#` before the names.
    pub(super) fn of(text: &'a str, wanted: &[&str], mut remark: impl FnMut(&str)) -> Result<Self, Wrong> {
        let mut rows = text.lines().enumerate();
        for (line, row) in rows.by_ref() {
            if let Some(text) = row.strip_prefix('#') {
                remark(text);
            } else if !row.is_empty() {
                let names: Vec<&str> = row.split('\t').collect();
                let place = |wanted: &&str| {
                    let found = names.iter().position(|name| name == wanted);
                    found.ok_or_else(|| (line + 1, format!("there is no column `{wanted}`")))
                };
                let wanted = wanted.iter().map(place).collect::<Result<_, _>>()?;
                return Ok(Table { rows, columns: names.len(), wanted });
            }
        }
        Err((1, "there is no line of column names".to_owned()))
    }
}

impl<'a> Iterator for Table<'a> {
    /// The line's number, from 1, and the cells wanted.
    type Item = Result<(usize, Vec<&'a str>), Wrong>;

    fn next(&mut self) -> Option<Self::Item> {
        let (line, row) = self.rows.find(|(_, row)| !row.is_empty())?;
        let cells: Vec<&str> = row.split('\t').collect();
        if cells.len() != self.columns {
            let what = format!("{} columns; expected {}", cells.len(), self.columns);
            return Some(Err((line + 1, what)));
        }
        Some(Ok((line + 1, self.wanted.iter().map(|place| cells[*place]).collect())))
    }
}

/// An id that must be one.
pub(super) fn id(line: usize, cell: &str) -> Result<String, Wrong> {
    let found =
        || format!("`{}` is no id of a term; expected one such as `MONDO:0005045`", cell.escape_debug());
    crate::curie(cell).ok_or_else(|| (line, found()))
}
