//! Days as the programme counts them: in Japan.

use chrono::{DateTime, FixedOffset};

/// Japan Standard Time, without daylight saving, in seconds east of UTC.
const JST_SECONDS: i32 = 9 * 3600;

/// The day of a moment written as RFC 3339; the text itself where it is none.
pub(crate) fn day(moment: &str) -> String {
    match (DateTime::parse_from_rfc3339(moment), FixedOffset::east_opt(JST_SECONDS)) {
        (Ok(moment), Some(japan)) => moment.with_timezone(&japan).date_naive().to_string(),
        _ => moment.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_begins_at_midnight_in_japan() {
        assert_eq!(day("2026-03-31T14:59:59Z"), "2026-03-31");
        assert_eq!(day("2026-03-31T15:00:00Z"), "2026-04-01");
    }
}
