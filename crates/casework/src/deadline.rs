//! How long a state or a report may take: dated rows with a source, and the days they lead to.

use chrono::{Days, NaiveDate};

/// One deadline in one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// The name of a state or of a reporting act.
    pub what: String,
    /// Days from entering the state, or from the day a report refers to.
    pub days: u32,
    /// Days before the due day from which one is reminded.
    pub remind_days: u32,
    /// First day on which it holds.
    pub valid_from: NaiveDate,
    /// Last day; open when absent.
    pub valid_to: Option<NaiveDate>,
    /// Where it comes from.
    pub source: String,
}

/// The row in force for something on a day; the one that began last, if several are.
pub fn in_force<'a>(rows: &'a [Deadline], what: &str, day: NaiveDate) -> Option<&'a Deadline> {
    rows.iter()
        .filter(|row| row.what == what && row.valid_from <= day && row.valid_to.is_none_or(|to| day <= to))
        .max_by_key(|row| row.valid_from)
}

/// Until when something that begins on a day is due; `None` when it has no deadline.
///
/// A deadline is the one in force on the day it begins: a later change moves nobody's.
pub fn due(rows: &[Deadline], what: &str, begins: NaiveDate) -> Option<NaiveDate> {
    begins.checked_add_days(Days::new(u64::from(in_force(rows, what, begins)?.days)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_later_row_moves_only_what_begins_later() {
        let row = |days, from: &str, to: Option<&str>| Deadline {
            what: "review".into(),
            days,
            remind_days: 3,
            valid_from: day(from),
            valid_to: to.map(day),
            source: "test".into(),
        };
        let rows = [row(21, "2026-04-01", Some("2026-12-31")), row(14, "2027-01-01", None)];
        assert_eq!(due(&rows, "review", day("2026-12-31")), Some(day("2027-01-21")));
        assert_eq!(due(&rows, "review", day("2027-01-01")), Some(day("2027-01-15")));
        assert_eq!(due(&rows, "review", day("2026-03-31")), None);
        assert_eq!(due(&rows, "draft", day("2027-01-01")), None);
    }
}
