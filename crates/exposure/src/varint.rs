//! Numbers of variable length: seven bits a byte, the lowest first.

use crate::error::ExposureError;

/// Appends a number.
pub(crate) fn write(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Reads numbers after a version byte of 1.
pub(crate) struct Reader<'a> {
    what: &'static str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(what: &'static str, bytes: &'a [u8]) -> Result<Reader<'a>, ExposureError> {
        let reader = Reader { what, bytes, at: 1 };
        if bytes.first() == Some(&1) {
            Ok(reader)
        } else {
            Err(Reader { at: 0, ..reader }.broken("version 1"))
        }
    }

    pub(crate) fn number(&mut self) -> Result<u64, ExposureError> {
        let mut number = 0;
        for place in 0..10 {
            let byte = *self.bytes.get(self.at).ok_or_else(|| self.broken("a number"))?;
            let bits = u64::from(byte & 0x7f);
            if place == 9 && bits > 1 {
                break;
            }
            self.at += 1;
            number |= bits << (7 * place);
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.broken("a number of 64 bits"))
    }

    /// A number of 32 bits.
    pub(crate) fn small(&mut self) -> Result<u32, ExposureError> {
        let number = self.number()?;
        u32::try_from(number).map_err(|_| self.broken("a number of 32 bits"))
    }

    /// That numbers went beyond 32 bits by adding up.
    pub(crate) fn ends(&self) -> ExposureError {
        self.broken("a sum of 32 bits")
    }

    pub(crate) fn finish(self) -> Result<(), ExposureError> {
        if self.at == self.bytes.len() { Ok(()) } else { Err(self.broken("the end")) }
    }

    pub(crate) fn broken(&self, expected: &'static str) -> ExposureError {
        ExposureError::State { what: self.what, at: self.at, expected }
    }
}
