//! The only clock: times are read here and handed down as facts.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

/// Japan Standard Time, without daylight saving, in seconds east of UTC.
const JST_SECONDS: i64 = 9 * 3600;

/// Where the gate reads the time. Fixed in tests.
#[derive(Debug, Clone, Copy, Default)]
pub enum Clock {
    /// The system's clock.
    #[default]
    System,
    /// Always this moment.
    Fixed(DateTime<Utc>),
}

impl Clock {
    fn now(self) -> DateTime<Utc> {
        match self {
            Clock::System => Utc::now(),
            Clock::Fixed(moment) => moment,
        }
    }

    /// Now, RFC 3339, UTC, to the second.
    pub fn at(self) -> String {
        self.now().to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// Today in Japan: rules, payments and consents change at midnight there.
    pub fn today(self) -> NaiveDate {
        (self.now() + chrono::TimeDelta::seconds(JST_SECONDS)).date_naive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_begins_at_midnight_in_japan() {
        let late = DateTime::parse_from_rfc3339("2026-03-31T15:30:00Z").unwrap().with_timezone(&Utc);
        assert_eq!(Clock::Fixed(late).today(), NaiveDate::from_ymd_opt(2026, 4, 1).unwrap());
    }
}
