//! Days, validity and fiscal years. A day is a day in Japan; first and last days are included.

use chrono::{Datelike, Months, NaiveDate};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// A Japanese fiscal year: 1 April to 31 March, named for the year it begins in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FiscalYear(i32);

/// Years from which a fiscal year's days can be named.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=9998;
/// The year before the first of Reiwa.
const BEFORE_REIWA: i32 = 2018;

impl FiscalYear {
    /// The fiscal year a day is in.
    pub fn of(day: NaiveDate) -> FiscalYear {
        FiscalYear(if day.month() < 4 { day.year() - 1 } else { day.year() })
    }

    /// The fiscal year that begins in a calendar year; `None` outside 1900 to 9998.
    pub fn beginning_in(year: i32) -> Option<FiscalYear> {
        YEARS.contains(&year).then_some(FiscalYear(year))
    }

    /// The year it begins in.
    pub fn year(self) -> i32 {
        self.0
    }

    /// 1 April.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0, 4, 1).unwrap_or(NaiveDate::MIN)
    }

    /// 31 March of the year after.
    pub fn last_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0 + 1, 3, 31).unwrap_or(NaiveDate::MAX)
    }

    /// `令和8年度`, as forms write it; before Reiwa the western year.
    pub fn wareki(self) -> String {
        match self.0 - BEFORE_REIWA {
            1 => "令和元年度".to_owned(),
            year if year > 1 => format!("令和{year}年度"),
            _ => format!("{}年度", self.0),
        }
    }
}

impl fmt::Display for FiscalYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FY{}", self.0)
    }
}

/// Whether a row is in force on a day.
pub(crate) fn covers(from: NaiveDate, to: Option<NaiveDate>, day: NaiveDate) -> bool {
    from <= day && to.is_none_or(|to| day <= to)
}

/// The last day of `months` that begin on `from`: nine months from 1 April end on 31 December. Where the
/// last month has no such day, on its own last day: a year from 29 February 2028 ends on 28 February 2029
/// (Civil Code, Articles 140 and 143).
pub(crate) fn last_day(from: NaiveDate, months: u32) -> NaiveDate {
    match from.checked_add_months(Months::new(months)) {
        Some(day) if day.day() < from.day() => day,
        Some(day) => day.pred_opt().unwrap_or(NaiveDate::MIN),
        None => NaiveDate::MAX,
    }
}

/// Months begun in a period, both days included, by the same rule; at least one.
pub fn months_begun(from: NaiveDate, until: NaiveDate) -> u32 {
    let apart = (until.year() - from.year()) * 12 + until.month() as i32 - from.month() as i32;
    // That many months end on or before `until` or shortly after it; one more always reaches it.
    let apart = u32::try_from(apart).unwrap_or(0).max(1);
    if last_day(from, apart) >= until { apart } else { apart + 1 }
}

/// Years begun in a period, both days included: what a fee by the year is charged for.
pub fn years_begun(from: NaiveDate, until: NaiveDate) -> u32 {
    months_begun(from, until).div_ceil(MONTHS_A_YEAR)
}

/// Months of a year.
pub const MONTHS_A_YEAR: u32 = 12;

/// `2026年11月22日`.
pub(crate) fn in_japanese(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// Reads a date as TOML's own `2026-04-01` or as text.
pub(crate) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    let text = match toml::Value::deserialize(from)? {
        toml::Value::Datetime(date) => date.to_string(),
        toml::Value::String(text) => text,
        _ => String::new(),
    };
    text.parse().map_err(|_| D::Error::custom("expected a date such as 2026-04-01"))
}

/// The same for a date that may be absent; JSON says `null`.
pub(crate) fn read_maybe<'de, D: Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
    #[derive(Deserialize)]
    struct Day(#[serde(deserialize_with = "read")] NaiveDate);
    Ok(Option::<Day>::deserialize(from)?.map(|day| day.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_fiscal_year_begins_in_april() {
        assert_eq!(FiscalYear::of(day("2026-03-31")).year(), 2025);
        let year = FiscalYear::of(day("2026-04-01"));
        assert_eq!((year.first_day(), year.last_day()), (day("2026-04-01"), day("2027-03-31")));
        assert_eq!((year.wareki(), year.to_string()), ("令和8年度".to_owned(), "FY2026".to_owned()));
        assert_eq!(FiscalYear(2019).wareki(), "令和元年度");
    }

    #[test]
    fn months_end_on_the_day_before() {
        assert_eq!(last_day(day("2026-04-01"), 9), day("2026-12-31"));
        // No 31 February: the month's own last day, in leap years the 29th.
        assert_eq!(last_day(day("2026-05-31"), 9), day("2027-02-28"));
        assert_eq!(last_day(day("2027-05-31"), 9), day("2028-02-29"));
    }

    #[test]
    fn years_begun_are_those_of_the_civil_code() {
        for (from, until, years) in [
            ("2026-04-01", "2026-04-01", 1),
            ("2026-04-01", "2027-03-31", 1),
            ("2026-04-01", "2027-04-01", 2),
            ("2026-04-01", "2029-03-31", 3),
            ("2026-02-28", "2027-02-27", 1),
            ("2026-02-28", "2027-02-28", 2),
            // A year of 366 days is one year, not two.
            ("2027-06-01", "2028-05-31", 1),
            ("2027-03-01", "2028-02-29", 1),
            ("2027-03-01", "2028-03-01", 2),
            // From a day that the next year lacks: to the end of that month.
            ("2028-02-29", "2029-02-28", 1),
            ("2028-02-29", "2029-03-01", 2),
            ("2028-02-29", "2032-02-28", 4),
            ("2028-02-29", "2032-02-29", 5),
        ] {
            assert_eq!(years_begun(day(from), day(until)), years, "{from} to {until}");
        }
        for (from, until, months) in [
            ("2026-11-22", "2026-12-21", 1),
            ("2026-11-22", "2026-12-22", 2),
            ("2026-11-22", "2029-03-31", 29),
            ("2026-01-31", "2026-02-28", 1),
            ("2026-01-31", "2026-03-01", 2),
            ("2026-01-31", "2026-03-30", 2),
            ("2026-01-31", "2026-03-31", 3),
        ] {
            assert_eq!(months_begun(day(from), day(until)), months, "{from} to {until}");
        }
    }

    #[test]
    fn months_begun_are_the_fewest_that_reach_the_last_day() {
        let first = day("2026-01-01");
        for (start, length) in (0..1_500).step_by(7).flat_map(|s| (0..800).step_by(3).map(move |l| (s, l))) {
            let from = first + chrono::Days::new(start);
            let until = from + chrono::Days::new(length);
            let naive = (1..).find(|months| last_day(from, *months) >= until);
            assert_eq!(Some(months_begun(from, until)), naive, "{from} to {until}");
        }
    }
}
