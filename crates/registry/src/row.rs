//! Typed columns out of a database row.
//!
//! Owns the step from stored text and numbers to the words of `model`. Never builds a query.

use crate::error::Error;
use chrono::NaiveDate;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::str::FromStr;

/// Columns by name. A value that does not read back is damage, not a caller's mistake.
pub(crate) trait Columns {
    fn text(&self, column: &'static str) -> Result<String, Error>;
    fn maybe_text(&self, column: &'static str) -> Result<Option<String>, Error>;
    fn number(&self, column: &'static str) -> Result<i64, Error>;
    fn count(&self, column: &'static str) -> Result<u64, Error>;

    fn maybe_count(&self, column: &'static str) -> Result<Option<u64>, Error>;

    fn flag(&self, column: &'static str) -> Result<bool, Error> {
        Ok(self.number(column)? != 0)
    }

    fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T, Error> {
        self.text(column)?.parse().map_err(|_| Error::Stored(column))
    }

    fn maybe_date(&self, column: &'static str) -> Result<Option<NaiveDate>, Error> {
        let text = self.maybe_text(column)?;
        text.map(|text| text.parse().map_err(|_| Error::Stored(column))).transpose()
    }
}

impl Columns for AnyRow {
    fn text(&self, column: &'static str) -> Result<String, Error> {
        Ok(self.try_get(column)?)
    }

    fn maybe_text(&self, column: &'static str) -> Result<Option<String>, Error> {
        Ok(self.try_get(column)?)
    }

    fn number(&self, column: &'static str) -> Result<i64, Error> {
        Ok(self.try_get(column)?)
    }

    fn count(&self, column: &'static str) -> Result<u64, Error> {
        u64::try_from(self.number(column)?).map_err(|_| Error::Stored(column))
    }

    fn maybe_count(&self, column: &'static str) -> Result<Option<u64>, Error> {
        let number: Option<i64> = self.try_get(column)?;
        number.map(|number| u64::try_from(number).map_err(|_| Error::Stored(column))).transpose()
    }
}

/// Every row of an answer as a value of its noun.
pub(crate) fn all<T>(rows: Vec<AnyRow>, read: impl Fn(&AnyRow) -> Result<T, Error>) -> Result<Vec<T>, Error> {
    rows.iter().map(read).collect()
}

/// Placeholders of rows: `($1, $2), ($3, $4)`.
pub(crate) fn marks(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let marks: Vec<String> = (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", marks.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}
