//! Times as the registry stores them: RFC 3339 text in UTC, so that text order is time order.
//!
//! Never asks what time it is.

use crate::error::Error;
use chrono::{DateTime, SecondsFormat, Utc};

/// The time in UTC to the second, `2026-11-22T01:02:03Z`.
pub(crate) fn utc(at: &str) -> Result<String, Error> {
    let time = DateTime::parse_from_rfc3339(at).map_err(|_| Error::Time(at.chars().take(40).collect()))?;
    Ok(time.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// The UTC day of a time, `2026-11-22`. A day never begins in UTC before it begins in Japan, so
/// nothing that starts "on the day" starts late here.
pub(crate) fn day(at: &str) -> Result<String, Error> {
    Ok(utc(at)?[..10].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_carried_into_utc() {
        assert_eq!(utc("2026-11-22T08:02:03+09:00").unwrap(), "2026-11-21T23:02:03Z");
        assert_eq!(day("2026-11-22T08:02:03+09:00").unwrap(), "2026-11-21");
        assert!(utc("yesterday").is_err());
    }
}
