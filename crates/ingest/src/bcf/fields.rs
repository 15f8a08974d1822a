//! Qualities and depths among the FORMAT fields of a BCF record.

use super::key;
use super::typed::{Bytes, Vector, Width};
use crate::error::Fault;
use crate::fields::{Name, Number};
use crate::header::Header;

/// The missing value and the end of a shorter vector, as bits of a float.
const FLOAT_MISSING: [u32; 2] = [0x7f80_0001, 0x7f80_0002];

/// The fields of a record: for each its values over all samples.
pub(crate) struct BinaryFields<'a> {
    fields: Vec<(Name, Vector<'a>)>,
    pub(crate) alleles: usize,
}

impl<'a> BinaryFields<'a> {
    /// Finds them among the `count` fields of a record; `None` where there are none.
    pub(crate) fn find(
        header: &Header,
        fields: &'a [u8],
        count: usize,
        samples: usize,
    ) -> Result<Option<BinaryFields<'a>>, Fault> {
        let mut bytes = Bytes(fields);
        let mut found = Vec::new();
        for _ in 0..count {
            let name = Name::parse(key(header, &mut bytes)?.as_bytes());
            let (width, len) = bytes.descriptor()?;
            let size = width.bytes().checked_mul(len).and_then(|size| size.checked_mul(samples));
            let values = bytes.take(size.unwrap_or(usize::MAX))?;
            found.extend(name.map(|name| (name, Vector { width, len, bytes: values })));
        }
        Ok((!found.is_empty()).then_some(BinaryFields { fields: found, alleles: 0 }))
    }

    pub(crate) fn has(&self, name: Name) -> bool {
        self.fields.iter().any(|(other, _)| *other == name)
    }

    /// Values of a list; 0 where it is missing.
    pub(crate) fn count(&self, column: usize, name: Name) -> usize {
        let Some(values) = self.of(column, name) else { return 0 };
        let len = (0..values.len).take_while(|index| !values.is_end(*index)).count();
        let is_missing = len == 1 && matches!(number(&values, 0), Number::Missing);
        if is_missing { 0 } else { len }
    }

    pub(crate) fn number(&self, column: usize, name: Name, index: usize) -> Number {
        self.of(column, name).map_or(Number::Missing, |values| number(&values, index))
    }

    fn of(&self, column: usize, name: Name) -> Option<Vector<'a>> {
        let (_, all) = self.fields.iter().find(|(other, _)| *other == name)?;
        let size = all.width.bytes() * all.len;
        let bytes = all.bytes.get(column * size..(column + 1) * size)?;
        Some(Vector { bytes, ..*all })
    }
}

fn number(values: &Vector<'_>, index: usize) -> Number {
    if values.width == Width::Float {
        let bytes = values.bytes.get(index * 4..index * 4 + 4).and_then(|bytes| bytes.try_into().ok());
        let bits = bytes.map(u32::from_le_bytes);
        return match bits.filter(|bits| !FLOAT_MISSING.contains(bits)) {
            None => Number::Missing,
            Some(bits) => Number::Known(f64::from(f32::from_bits(bits))),
        };
    }
    match values.width {
        Width::Int8 | Width::Int16 | Width::Int32 => {
            values.integer(index).map_or(Number::Missing, |value| Number::Known(f64::from(value)))
        }
        Width::None => Number::Missing,
        _ => Number::Wrong,
    }
}
