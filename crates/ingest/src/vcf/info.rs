//! The INFO column against the header's definitions and the specification's.
//!
//! Runs on every record, so each key costs one lookup and its value one pass. Nothing is kept.

use super::value::{is_character, is_cigar, is_float, is_integer};
use crate::error::{Fault, clip};
use crate::header::definition::{Definition, Definitions, Kind, Number};
use crate::header::reserved::Values;
use memchr::memchr;

/// Checks a whole INFO column of a record with this many alternate alleles (0 for `.`).
pub(crate) fn check(definitions: &Definitions, info: &[u8], alternates: usize) -> Result<(), Fault> {
    if info == b"." {
        return Ok(());
    }
    let mut keys: Vec<&[u8]> = Vec::with_capacity(16);
    for entry in info.split(|byte| *byte == b';') {
        let (key, value) = match memchr(b'=', entry) {
            Some(at) => (&entry[..at], Some(&entry[at + 1..])),
            None => (entry, None),
        };
        if key.is_empty() || key.iter().any(|byte| byte.is_ascii_whitespace() || *byte == b',') {
            return Err(Fault::record(
                format!("the INFO key `{}`", clip(key)),
                "keys without spaces or commas, separated by single semicolons",
            ));
        }
        keys.push(key);
        if let Some(definition) = definitions.get(key) {
            check_value(definition, value, alternates)?;
        }
    }
    // Keys are short and differ early; sorting costs less than a set.
    keys.sort_unstable();
    match keys.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Fault::record(format!("the INFO key `{}` twice", clip(pair[0])), "each key once")),
        None => Ok(()),
    }
}

/// The value of `END`, if it is a position.
pub(crate) fn end(info: &[u8]) -> Option<u32> {
    let value = info.split(|byte| *byte == b';').find_map(|entry| entry.strip_prefix(b"END="))?;
    std::str::from_utf8(value).ok()?.parse().ok()
}

fn check_value(definition: &Definition, value: Option<&[u8]>, alternates: usize) -> Result<(), Fault> {
    let fault = |what: &str, expected: String| {
        Err(Fault::record(format!("INFO `{}` {what}", clip(definition.id.as_bytes())), expected))
    };
    let Some(value) = value else { return Ok(()) };
    if definition.kind == Kind::Flag {
        return fault("with a value", "a flag, which has none".to_owned());
    }
    if value == b"." {
        return Ok(());
    }
    let reserved = definition.reserved.map_or(Values::Any, |reserved| reserved.values);
    let mut count = 0u32;
    for part in value.split(|byte| *byte == b',') {
        count += 1;
        if part == b"." {
            continue;
        }
        let (is_right, expected) = match definition.kind {
            Kind::Integer => (is_integer(part), "an Integer of 32 bits"),
            Kind::Float => (is_float(part), "a Float"),
            Kind::Character => (is_character(part), "one character"),
            Kind::String | Kind::Flag => (true, ""),
        };
        if !is_right {
            return fault(&format!("with the value `{}`", clip(part)), expected.to_owned());
        }
        match reserved {
            Values::NotNegative if part.starts_with(b"-") => {
                return fault("with a negative value", "a number from 0".to_owned());
            }
            Values::Cigar if !is_cigar(part) => {
                return fault(&format!("with the value `{}`", clip(part)), "a CIGAR string".to_owned());
            }
            _ => {}
        }
    }
    match expected_count(definition, alternates) {
        Some(expected) if expected != count => {
            fault(&format!("with {count} values"), format!("{expected}, as the field is defined"))
        }
        _ => Ok(()),
    }
}

/// How many values a record must give; `None` where it is not fixed.
fn expected_count(definition: &Definition, alternates: usize) -> Option<u32> {
    match definition.number {
        // Commas inside a text of a tool's own field are common and harm nothing.
        Number::Fixed(1) if definition.kind == Kind::String && definition.reserved.is_none() => None,
        Number::Fixed(count) => Some(count),
        Number::Alternates if alternates > 0 => Some(alternates as u32),
        Number::Alleles if alternates > 0 => Some(alternates as u32 + 1),
        _ => None,
    }
}
