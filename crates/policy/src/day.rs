//! Days in a profile file: TOML's own `2026-04-01`, or the same in quotes.

use chrono::NaiveDate;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use toml::Value;

/// A day in either spelling.
pub(crate) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    let text = match Value::deserialize(from)? {
        Value::Datetime(day) => day.to_string(),
        Value::String(text) => text,
        _ => String::new(),
    };
    text.parse().map_err(|_| D::Error::custom("expected a day such as 2026-04-01"))
}

/// A day that may be absent; serde asks only when it is there.
pub(crate) fn read_maybe<'de, D: Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
    read(from).map(Some)
}
