//! The reference in FASTA: whole chromosomes of GRCh38, or slices of them named as regions.

use crate::accession::{Sequence, sequence};
use crate::error::ReadError;
use crate::feature::At;
use crate::lines::Lines;
use gj_model::Contig;
use std::io::BufRead;

/// What comes next in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FastaPiece<'a> {
    /// A sequence begins at a 1-based position of a contig.
    Start(Contig, u32),
    /// Some more of its bases, as written.
    Bases(&'a [u8]),
}

/// A FASTA file being read.
pub struct Fasta<'a> {
    lines: Lines<'a>,
    /// The sequence being read, `None` while one is passed over.
    open: Option<Open>,
}

#[derive(Clone, Copy)]
struct Open {
    contig: Contig,
    start: u32,
    /// Bases that the heading announces.
    expected: u32,
    found: u32,
    /// Line of the heading.
    line: usize,
}

impl<'a> Fasta<'a> {
    /// Begins to read.
    pub fn new(file: &'a str, reader: &'a mut dyn BufRead) -> Fasta<'a> {
        Fasta { lines: Lines::new(file, reader), open: None }
    }

    /// Hands over every piece of every primary chromosome, or slice `>chr22:20000001-21000000` of one. Other
    /// sequences are passed over.
    ///
    /// # Errors
    /// [`ReadError::Line`] for another build, a length that is not GRCh38's or not the slice's, what is no base,
    /// and a file without a sequence; what `take` says is told with its line.
    pub fn read(
        mut self,
        mut take: impl FnMut(FastaPiece<'_>) -> Result<(), String>,
    ) -> Result<(), ReadError> {
        let expected = "chromosomes of GRCh38 (`>chr22`), or slices of them (`>chr22:20000001-21000000`)";
        let (mut sequences, mut is_first) = (0, true);
        while let Some((at, text)) = self.lines.next()? {
            let told = |what: String| at.refuse(what, expected);
            if let Some(heading) = text.strip_prefix(b">") {
                end(self.open, at.file)?;
                self.open = heading_of(heading, at)?;
                if let Some(open) = self.open {
                    sequences += 1;
                    take(FastaPiece::Start(open.contig, open.start)).map_err(told)?;
                }
            } else if is_first && !text.is_empty() {
                return Err(told("the file does not begin with `>`".to_owned()));
            } else if let Some(open) = &mut self.open {
                if let Some(byte) = text.iter().find(|byte| !is_letter(**byte)) {
                    let found = format!("`{}` among the bases", byte.escape_ascii());
                    return Err(at.refuse(found, "letters of the IUPAC code"));
                }
                open.found = open.found.saturating_add(u32::try_from(text.len()).unwrap_or(u32::MAX));
                // Before any base of it is taken: what follows would lie beside the contig.
                if open.found > open.expected {
                    return end(self.open, at.file);
                }
                take(FastaPiece::Bases(text)).map_err(told)?;
            }
            is_first &= text.is_empty();
        }
        end(self.open, self.lines.at().file)?;
        match sequences {
            0 => Err(self.lines.at().refuse("no sequence of a primary chromosome", expected)),
            _ => Ok(()),
        }
    }
}

fn is_letter(byte: u8) -> bool {
    b"ACGTNRYSWKMBDHVU".contains(&byte.to_ascii_uppercase())
}

fn heading_of(heading: &[u8], at: At<'_>) -> Result<Option<Open>, ReadError> {
    let heading = String::from_utf8_lossy(heading);
    let name = heading.split_whitespace().next().unwrap_or_default();
    let (name, slice) = match name.rsplit_once(':') {
        Some((name, slice)) => (name, Some(slice)),
        None => (name, None),
    };
    let contig = match sequence(name) {
        Sequence::Primary(contig) => contig,
        Sequence::Other => return Ok(None),
        Sequence::OtherBuild => {
            return Err(at.refuse(format!("sequence `{name}` is of another build"), "chromosomes of GRCh38"));
        }
    };
    let (start, expected) = match slice {
        None => (1, contig.length()),
        Some(slice) => {
            let ends = slice.split_once('-').and_then(|(start, end)| {
                let (start, end) = (start.parse::<u32>().ok()?, end.parse::<u32>().ok()?);
                (start > 0 && start <= end && end <= contig.length()).then(|| (start, end + 1 - start))
            });
            let found = || at.refuse(format!("`{slice}` is no interval of {contig}"), "`start-end`, 1-based");
            ends.ok_or_else(found)?
        }
    };
    Ok(Some(Open { contig, start, expected, found: 0, line: at.line }))
}

/// A sequence has as many bases as its heading says, or it is of another build.
fn end(open: Option<Open>, file: &str) -> Result<(), ReadError> {
    let Some(Open { contig, expected, found, line, .. }) = open else { return Ok(()) };
    if found == expected {
        return Ok(());
    }
    let is_older = expected == contig.length() && found == contig.length_grch37();
    let what = match (is_older, found > expected) {
        (true, _) => format!("{contig} has {found} bases, as in GRCh37"),
        (_, true) => format!("{contig} has more than {expected} bases"),
        _ => format!("{contig} has {found} of {expected} bases"),
    };
    let expected = "whole chromosomes of GRCh38, or slices whose heading says which bases they are";
    Err(At { file, line }.refuse(what, expected))
}
