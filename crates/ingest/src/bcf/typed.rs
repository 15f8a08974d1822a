//! Typed vectors, the values a BCF record is made of.
//!
//! VCF specification, section 6.3.3. Every read is bounded by the bytes that are there.

use crate::error::Fault;

/// Bytes being read.
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

/// The type of a vector's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    None,
    Int8,
    Int16,
    Int32,
    Float,
    Char,
}

impl Width {
    /// Bytes of one value.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Width::None => 0,
            Width::Int8 | Width::Char => 1,
            Width::Int16 => 2,
            Width::Int32 | Width::Float => 4,
        }
    }
}

/// A vector of values of one type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vector<'a> {
    pub(crate) width: Width,
    pub(crate) len: usize,
    pub(crate) bytes: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let Some((taken, rest)) = self.0.split_at_checked(count) else {
            return Err(Fault::record("a record that is longer than its length says", "a whole BCF record"));
        };
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Fault> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// The type and the length of the vector that follows.
    pub(crate) fn descriptor(&mut self) -> Result<(Width, usize), Fault> {
        let byte = self.take(1)?[0];
        let width = match byte & 0x0f {
            0 => Width::None,
            1 => Width::Int8,
            2 => Width::Int16,
            3 => Width::Int32,
            5 => Width::Float,
            7 => Width::Char,
            other => {
                return Err(Fault::record(format!("the value type {other}"), "a type of BCF 2"));
            }
        };
        let len = usize::from(byte >> 4);
        if len < 15 {
            return Ok((width, len));
        }
        let long = self.vector_of_length()?.integer(0).and_then(|len| usize::try_from(len).ok());
        Ok((width, long.ok_or_else(|| Fault::record("a vector without a length", "its length"))?))
    }

    /// The length of a long vector is itself a short vector; it cannot be long again.
    fn vector_of_length(&mut self) -> Result<Vector<'a>, Fault> {
        if self.0.first().is_some_and(|byte| byte >> 4 == 15) {
            return Err(Fault::record("a length that has a length", "a number"));
        }
        self.vector()
    }

    pub(crate) fn vector(&mut self) -> Result<Vector<'a>, Fault> {
        let (width, len) = self.descriptor()?;
        let bytes = self.take(width.bytes().saturating_mul(len))?;
        Ok(Vector { width, len, bytes })
    }
}

impl<'a> Vector<'a> {
    /// The bytes of a text.
    pub(crate) fn text(&self) -> Option<&'a [u8]> {
        (self.width == Width::Char).then_some(self.bytes)
    }

    /// An integer; `None` where it is missing, past the end or not an integer.
    pub(crate) fn integer(&self, index: usize) -> Option<i32> {
        let value = self.raw(index)?;
        (value > self.lowest() + 7).then_some(value)
    }

    /// Whether a value is the mark that a shorter vector has ended before.
    pub(crate) fn is_end(&self, index: usize) -> bool {
        self.raw(index).is_some_and(|value| value == self.lowest() + 1)
    }

    /// Whether a value is the mark of a missing one. Six marks beside it are reserved and mean nothing yet.
    pub(crate) fn is_missing(&self, index: usize) -> bool {
        self.raw(index) == Some(self.lowest())
    }

    fn lowest(&self) -> i32 {
        match self.width {
            Width::Int8 => i32::from(i8::MIN),
            Width::Int16 => i32::from(i16::MIN),
            _ => i32::MIN,
        }
    }

    fn raw(&self, index: usize) -> Option<i32> {
        let size = self.width.bytes();
        let bytes = self.bytes.get(index * size..(index + 1) * size)?;
        match (self.width, bytes) {
            (Width::Int8, [a]) => Some(i32::from(*a as i8)),
            (Width::Int16, [a, b]) => Some(i32::from(i16::from_le_bytes([*a, *b]))),
            (Width::Int32, [a, b, c, d]) => Some(i32::from_le_bytes([*a, *b, *c, *d])),
            _ => None,
        }
    }
}
