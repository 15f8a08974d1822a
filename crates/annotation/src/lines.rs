//! Lines of a stream with their numbers: nothing is held but the line being read.

use crate::error::ReadError;
use crate::feature::At;
use std::io::{BufRead, Read};

/// Bytes of a line at most: those of gnomAD reach some hundred thousand.
const LINE_BYTES_MAX: u64 = 64 << 20;

/// A stream read line by line.
pub(crate) struct Lines<'a> {
    file: &'a str,
    reader: &'a mut dyn BufRead,
    text: Vec<u8>,
    number: usize,
}

impl<'a> Lines<'a> {
    pub fn new(file: &'a str, reader: &'a mut dyn BufRead) -> Lines<'a> {
        Lines { file, reader, text: Vec::new(), number: 0 }
    }

    /// Where the line read last stands.
    pub fn at(&self) -> At<'a> {
        At { file: self.file, line: self.number.max(1) }
    }

    /// The next line without its end.
    pub fn next(&mut self) -> Result<Option<(At<'a>, &[u8])>, ReadError> {
        self.text.clear();
        self.number += 1;
        let at = self.at();
        let read = (&mut *self.reader).take(LINE_BYTES_MAX).read_until(b'\n', &mut self.text);
        let length = read.map_err(|error| {
            at.refuse(format!("the file cannot be read on: {error}"), "a whole file, plain or gzip")
        })?;
        if length == 0 {
            return Ok(None);
        }
        if length as u64 == LINE_BYTES_MAX && self.text.last() != Some(&b'\n') {
            return Err(at.refuse("a line of more than 64 MiB", "a text file with shorter lines"));
        }
        let text = self.text.strip_suffix(b"\n").unwrap_or(&self.text);
        Ok(Some((at, text.strip_suffix(b"\r").unwrap_or(text))))
    }

    /// The next line as text.
    pub fn next_text(&mut self) -> Result<Option<(At<'a>, &str)>, ReadError> {
        let Some((at, text)) = self.next()? else { return Ok(None) };
        let text = std::str::from_utf8(text);
        Ok(Some((at, text.map_err(|_| at.refuse("bytes that are no text", "UTF-8"))?)))
    }
}
