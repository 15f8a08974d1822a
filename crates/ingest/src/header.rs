//! The header of a VCF or BCF: its version, definitions, contigs and samples.
//!
//! Refuses what the VCF specification (versions 4.1 to 4.5) does not allow, line by line. Says nothing
//! about the genome build; that is `build`'s, and only for files that are to be collected.

pub(crate) mod build;
pub(crate) mod definition;
pub(crate) mod dictionary;
pub(crate) mod lines;
mod meta_line;
pub(crate) mod reserved;

use crate::error::{Fault, clip, hint};
use definition::{Definition, Definitions};
use dictionary::Dictionary;
use meta_line::{Field, MetaLine, Value};
use reserved::Place;
use std::collections::{HashMap, HashSet};

/// The minor version of VCF 4: `2` for `VCFv4.2`.
pub(crate) type Minor = u8;

/// A checked header.
#[derive(Debug, Default)]
pub(crate) struct Header {
    pub(crate) minor: Minor,
    pub(crate) samples: Vec<String>,
    pub(crate) infos: Definitions,
    pub(crate) formats: Definitions,
    pub(crate) contigs: Vec<ContigLine>,
    pub(crate) dictionary: Dictionary,
    /// Whether it names an allele that stands for all others, as those of gVCFs do.
    pub(crate) has_non_ref: bool,
    /// Values of `##reference` and of `assembly=` in contig lines, with their line.
    pub(crate) references: Vec<(u64, String)>,
    lengths: HashMap<String, Option<u64>>,
    line: u64,
}

/// A `##contig` line.
#[derive(Debug)]
pub(crate) struct ContigLine {
    pub(crate) name: String,
    pub(crate) length: Option<u64>,
    pub(crate) line: u64,
}

/// Whether the header goes on after a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    More,
    Done,
}

impl Header {
    /// Lines taken so far.
    pub(crate) fn lines(&self) -> u64 {
        self.line
    }

    /// Takes the next line, without its line end.
    pub(crate) fn take(&mut self, line: &[u8]) -> Result<Progress, Fault> {
        self.line += 1;
        if self.line == 1 {
            self.minor = fileformat(line)?;
        } else if let Some(meta) = line.strip_prefix(b"##") {
            self.meta(meta)?;
        } else if line.starts_with(b"#CHROM\t") {
            self.samples = columns(line)?;
            self.infos.add_reserved(Place::Info, self.minor);
            self.formats.add_reserved(Place::Format, self.minor);
            return Ok(Progress::Done);
        } else {
            return Err(Fault::header(
                format!("`{}`", hint(line)),
                "a meta line `##key=value` or the line `#CHROM POS ID …` with its tabs",
            ));
        }
        Ok(Progress::More)
    }

    fn meta(&mut self, meta: &[u8]) -> Result<(), Fault> {
        let text = String::from_utf8_lossy(meta);
        let line = MetaLine::parse(&text)?;
        match (line.key, &line.value) {
            ("INFO", value) => {
                let fields = structured(line.key, value)?;
                let definition = Definition::parse(fields, Place::Info, self.minor)?;
                self.dictionary.add_string(&definition.id, fields)?;
                self.infos.add(definition)?;
            }
            ("FORMAT", value) => {
                let fields = structured(line.key, value)?;
                let definition = Definition::parse(fields, Place::Format, self.minor)?;
                self.dictionary.add_string(&definition.id, fields)?;
                self.formats.add(definition)?;
            }
            ("FILTER", value) => {
                let fields = structured(line.key, value)?;
                definition::described(fields)?;
                self.dictionary.add_string(fields[0].value, fields)?;
            }
            ("ALT", value) => {
                let fields = structured(line.key, value)?;
                lines::alternate(fields)?;
                self.has_non_ref |= matches!(fields[0].value, "NON_REF" | "*");
            }
            ("contig", value) => self.contig(structured(line.key, value)?)?,
            ("SAMPLE", value) => lines::sample(structured(line.key, value)?)?,
            ("META", value) => lines::meta(structured(line.key, value)?)?,
            ("PEDIGREE", value) => lines::pedigree(structured(line.key, value)?, self.minor)?,
            ("assembly" | "pedigreeDB", value) => lines::url(line.key, value)?,
            ("reference", Value::Plain(reference)) => {
                self.references.push((self.line, (*reference).to_owned()));
            }
            _ => {}
        }
        Ok(())
    }

    fn contig(&mut self, fields: &[Field<'_>]) -> Result<(), Fault> {
        let name = lines::contig_name(fields)?.to_owned();
        let length = match meta_line::value(fields, "length") {
            None => None,
            Some(text) => Some(text.parse::<u64>().map_err(|_| {
                Fault::header(format!("the contig length `{}`", clip(text.as_bytes())), "a whole number")
            })?),
        };
        if let Some(assembly) = meta_line::value(fields, "assembly") {
            self.references.push((self.line, assembly.to_owned()));
        }
        let first = self.lengths.entry(name.clone()).or_insert(length);
        if let (Some(first), Some(length)) = (*first, length)
            && first != length
        {
            return Err(Fault::header(
                format!("contig `{}` with two lengths, {first} and {length}", clip(name.as_bytes())),
                "one length a contig",
            ));
        }
        *first = first.or(length);
        self.dictionary.add_contig(&name, fields)?;
        self.contigs.push(ContigLine { name, length, line: self.line });
        Ok(())
    }
}

fn structured<'a, 'b>(key: &str, value: &'a Value<'b>) -> Result<&'a [Field<'b>], Fault> {
    match value {
        Value::Fields(fields) => Ok(fields),
        Value::Plain(_) => {
            Err(Fault::header(format!("a {key} line without `<…>`"), format!("`##{key}=<ID=…>`")))
        }
    }
}

fn fileformat(line: &[u8]) -> Result<Minor, Fault> {
    match line.strip_prefix(b"##fileformat=VCFv4.") {
        Some(&[minor @ b'0'..=b'5']) => Ok(minor - b'0'),
        _ => Err(Fault::header(
            format!("`{}`", clip(line)),
            "`##fileformat=VCFv4.1` (or 4.2 to 4.5) as the first line",
        )),
    }
}

/// The sample names of the `#CHROM` line.
fn columns(line: &[u8]) -> Result<Vec<String>, Fault> {
    const FIXED: [&str; 8] = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"];
    let mut columns = line.split(|byte| *byte == b'\t');
    for name in FIXED {
        let column = columns.next().unwrap_or_default();
        if column != name.as_bytes() {
            // What stands there may be a sample's name.
            return Err(Fault::header(
                format!("another column in the place of `{name}`"),
                format!("the columns {} and, with samples, FORMAT, separated by tabs", FIXED.join(", ")),
            ));
        }
    }
    match columns.next() {
        None => return Ok(Vec::new()),
        Some(b"FORMAT") => {}
        Some(_) => {
            return Err(Fault::header(
                "another column in the place of `FORMAT`",
                "`FORMAT` before the samples",
            ));
        }
    }
    let mut seen = HashSet::new();
    let mut samples = Vec::new();
    for (index, name) in columns.enumerate() {
        let fault = |found: &str, expected: &str| {
            Fault::header(format!("{found} in sample column {}", index + 1), expected)
        };
        let name = std::str::from_utf8(name)
            .map_err(|_| fault("bytes that are not UTF-8", "a sample name in UTF-8"))?;
        if name.is_empty() {
            return Err(fault("no name", "a sample name"));
        }
        if !seen.insert(name) {
            return Err(fault("a name used before", "a name of its own for every sample"));
        }
        samples.push(name.to_owned());
    }
    Ok(samples)
}
