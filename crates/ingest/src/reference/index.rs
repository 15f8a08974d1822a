//! Where each sequence of a FASTA lies: from its `.fai`, or by reading the file once.

use super::wrong;
use crate::error::{IngestError, clip};
use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// One sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Bases.
    pub(crate) length: u64,
    /// Byte of its first base.
    offset: u64,
    line_bases: u64,
    line_bytes: u64,
}

impl Entry {
    /// The byte of a base, counted from 0; one past the last base is allowed.
    pub(crate) fn byte_of(&self, base: u64) -> u64 {
        // A sequence without bases has lines of zero.
        let line_bases = self.line_bases.max(1);
        self.offset + base / line_bases * self.line_bytes + base % line_bases
    }
}

/// The sequences of a FASTA by name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Index {
    pub(crate) entries: Vec<(String, Entry)>,
}

impl Index {
    pub(crate) fn of(fasta: &Path) -> Result<Index, IngestError> {
        let mut name = OsString::from(fasta);
        name.push(".fai");
        let fai = PathBuf::from(name);
        if is_current(&fai, fasta) { Index::read(&fai) } else { Index::scan(fasta) }
    }

    fn read(fai: &Path) -> Result<Index, IngestError> {
        let io_error = |source| IngestError::Io { file: fai.to_owned(), source };
        let text = std::fs::read_to_string(fai).map_err(io_error)?;
        let entries = text.lines().map(|line| {
            fai_line(line).ok_or_else(|| {
                wrong(
                    fai,
                    &format!("`{}`", clip(line.as_bytes())),
                    "name, length, offset, bases and bytes a line (`samtools faidx` makes it)",
                )
            })
        });
        Ok(Index { entries: entries.collect::<Result<_, _>>()? })
    }

    fn scan(fasta: &Path) -> Result<Index, IngestError> {
        let io_error = |source| IngestError::Io { file: fasta.to_owned(), source };
        let mut lines = BufReader::with_capacity(1 << 20, File::open(fasta).map_err(io_error)?);
        let mut index = Index::default();
        let (mut line, mut at) = (Vec::new(), 0u64);
        // Set by a line that is shorter than those before it: only the last one may be.
        let mut is_last = false;
        loop {
            line.clear();
            let bytes = lines.read_until(b'\n', &mut line).map_err(io_error)? as u64;
            if bytes == 0 {
                return Ok(index);
            }
            at += bytes;
            let text = line.trim_ascii_end();
            if let Some(name) = text.strip_prefix(b">") {
                let name = name.split(u8::is_ascii_whitespace).next().unwrap_or_default();
                let entry = Entry { length: 0, offset: at, line_bases: 0, line_bytes: 0 };
                index.entries.push((String::from_utf8_lossy(name).into_owned(), entry));
                is_last = false;
                continue;
            }
            let bases = text.len() as u64;
            let Some((name, entry)) = index.entries.last_mut() else {
                return Err(wrong(fasta, &format!("`{}`", clip(text)), "a FASTA: a line `>name` first"));
            };
            if entry.line_bases == 0 {
                (entry.line_bases, entry.line_bytes) = (bases, bytes);
            }
            if (is_last && bases > 0) || bases > entry.line_bases {
                let found = format!("lines of different lengths in `{}`", clip(name.as_bytes()));
                return Err(wrong(fasta, &found, "lines of one length, the last one apart"));
            }
            is_last = bases < entry.line_bases || bytes != entry.line_bytes;
            entry.length += bases;
        }
    }
}

fn is_current(fai: &Path, fasta: &Path) -> bool {
    let modified = |path: &Path| std::fs::metadata(path).and_then(|data| data.modified()).ok();
    match (modified(fai), modified(fasta)) {
        (Some(fai), Some(fasta)) => fai >= fasta,
        _ => false,
    }
}

fn fai_line(line: &str) -> Option<(String, Entry)> {
    let mut columns = line.split('\t');
    let name = columns.next()?.to_owned();
    let mut number = || columns.next()?.parse::<u64>().ok();
    let entry = Entry { length: number()?, offset: number()?, line_bases: number()?, line_bytes: number()? };
    let is_sane = entry.length <= u64::from(u32::MAX)
        && entry.line_bases <= entry.line_bytes
        && (entry.line_bases > 0 || entry.length == 0)
        && entry.line_bytes < 1 << 40
        && entry.offset < 1 << 60;
    is_sane.then_some((name, entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scanning_gives_what_an_index_would() {
        let directory = tempfile::tempdir().unwrap();
        let fasta = directory.path().join("r.fa");
        std::fs::write(&fasta, ">chr1 first\nACGT\nACGT\nAC\n>2\nTTTT\n\n").unwrap();
        let scanned = Index::of(&fasta).unwrap();
        let fai = directory.path().join("r.fa.fai");
        std::fs::write(&fai, "chr1\t10\t12\t4\t5\n2\t4\t28\t4\t5\n").unwrap();
        assert_eq!(Index::read(&fai).unwrap(), scanned);
        assert_eq!(scanned.entries[0].1.byte_of(9), 12 + 11);
    }

    #[test]
    fn ragged_lines_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in [("a", ">1\nAC\nACGT\n"), ("b", ">1\nACGT\nAC\nACGT\n"), ("c", "ACGT\n")] {
            let fasta = directory.path().join(name);
            std::fs::write(&fasta, text).unwrap();
            assert!(Index::scan(&fasta).is_err(), "{name}");
        }
    }
}
