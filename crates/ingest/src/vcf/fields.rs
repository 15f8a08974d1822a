//! Qualities and depths in the sample columns of a line.

use crate::fields::{Name, Number};
use memchr::{memchr, memchr_iter};

/// The sample columns of a line, and where the fields stand in each.
pub(crate) struct TextFields<'a> {
    columns: &'a [u8],
    places: Vec<(Name, usize)>,
    pub(crate) alleles: usize,
}

impl<'a> TextFields<'a> {
    /// `text` is the line from FORMAT on; `None` where FORMAT names no such field.
    pub(crate) fn find(text: &'a [u8]) -> Option<TextFields<'a>> {
        let end = memchr(b'\t', text)?;
        let names = text[..end].split(|byte| *byte == b':').enumerate();
        let places: Vec<(Name, usize)> =
            names.filter_map(|(place, name)| Some((Name::parse(name)?, place))).collect();
        (!places.is_empty()).then(|| TextFields { columns: &text[end + 1..], places, alleles: 0 })
    }

    pub(crate) fn has(&self, name: Name) -> bool {
        self.places.iter().any(|(other, _)| *other == name)
    }

    /// Each sample's text.
    pub(crate) fn samples(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let columns = self.columns;
        let mut start = 0;
        memchr_iter(b'\t', columns).chain([columns.len()]).map(move |end| {
            let sample = &columns[start..end];
            start = end + 1;
            sample
        })
    }

    /// Values of a list; 0 where it is missing.
    pub(crate) fn count(&self, sample: &[u8], name: Name) -> usize {
        self.value(sample, name).map_or(0, |value| memchr_iter(b',', value).count() + 1)
    }

    pub(crate) fn number(&self, sample: &[u8], name: Name, index: usize) -> Number {
        let part = self.value(sample, name).and_then(|value| value.split(|byte| *byte == b',').nth(index));
        match part {
            None | Some(b".") => Number::Missing,
            Some(part) => {
                let number = std::str::from_utf8(part).ok().and_then(|part| part.parse().ok());
                number.map_or(Number::Wrong, Number::Known)
            }
        }
    }

    /// The value of a field; `None` where it is `.` or left out at the end.
    fn value<'s>(&self, sample: &'s [u8], name: Name) -> Option<&'s [u8]> {
        let (_, place) = self.places.iter().find(|(other, _)| *other == name)?;
        sample.split(|byte| *byte == b':').nth(*place).filter(|value| *value != b".")
    }
}
