//! A line of a VCF: its fixed columns checked, its genotypes decoded.
//!
//! Works on the bytes of the line; nothing is copied but the genotypes that are kept.

pub(crate) mod fields;
mod format;
mod info;
mod samples;
mod value;

use crate::allele;
use crate::columns::Columns;
use crate::error::{Fault, clip};
use crate::genotype::{Genotypes, LeadingMark};
use crate::header::Header;
use crate::header::lines::{CONTIG_NAME, is_contig_name};
use crate::site::{Body, Site};
use memchr::memchr_iter;
use smallvec::SmallVec;

/// Reads the columns up to INFO; what follows is left for [`genotypes`].
pub(crate) fn site<'a>(header: &Header, line: &'a [u8]) -> Result<Site<'a>, Fault> {
    if line.is_empty() {
        return Err(Fault::record("an empty line", "a record"));
    }
    let (fixed, rest) = fixed_columns(line)?;
    let [chrom, pos, id, reference, alternate, qual, filter, info] = fixed;
    let is_bracketed = chrom.len() > 2 && chrom.starts_with(b"<") && chrom.ends_with(b">") && {
        let name = &chrom[1..chrom.len() - 1];
        name.iter().all(|byte| byte.is_ascii_graphic() && !b"<>,".contains(byte))
    };
    if !is_contig_name(chrom) && !is_bracketed {
        return Err(Fault::record(format!("CHROM `{}`", clip(chrom)), CONTIG_NAME));
    }
    check_id(id)?;
    check_qual(qual)?;
    check_filter(filter)?;
    let alternates: SmallVec<[&[u8]; 4]> = alternate.split(|byte| *byte == b',').collect();
    let count = if alternate == b"." { 0 } else { alternates.len() };
    info::check(&header.infos, info, count)?;
    match (rest, header.samples.len()) {
        (None, 1..) => return Err(Fault::record("no FORMAT column", "FORMAT and a column for every sample")),
        (Some(rest), 0) if memchr::memchr(b'\t', rest).is_some() => {
            return Err(Fault::record("sample columns", "none, as the `#CHROM` line names no samples"));
        }
        _ => {}
    }
    Ok(Site {
        contig: chrom,
        position: position(pos)?,
        reference: allele::reference(reference)?,
        written: reference,
        alternates,
        end: info::end(info),
        body: Body::Text(rest.unwrap_or_default()),
    })
}

/// Decodes the genotypes of the kept samples; `text` is the line from FORMAT on.
pub(crate) fn genotypes(
    header: &Header,
    text: &[u8],
    alternates: usize,
    columns: &Columns,
) -> Result<Genotypes, Fault> {
    if header.samples.is_empty() {
        return Ok(Genotypes::Absent(0));
    }
    let Some(end) = memchr::memchr(b'\t', text) else {
        return Err(Fault::record("no sample columns", "a column for every sample of the `#CHROM` line"));
    };
    let format = format::Format::parse(&header.formats, &text[..end])?;
    let mark = if header.minor >= 4 { LeadingMark::Allowed } else { LeadingMark::Refused };
    samples::decode(&text[end + 1..], &format, alternates, mark, columns)
}

type Fixed<'a> = ([&'a [u8]; 8], Option<&'a [u8]>);

fn fixed_columns(line: &[u8]) -> Result<Fixed<'_>, Fault> {
    let mut fixed = [&line[..0]; 8];
    let mut start = 0;
    let mut filled = 0;
    for tab in memchr_iter(b'\t', line).take(8) {
        fixed[filled] = &line[start..tab];
        (start, filled) = (tab + 1, filled + 1);
    }
    if filled == 8 {
        return Ok((fixed, Some(&line[start..])));
    }
    fixed[filled] = &line[start..];
    if filled < 7 {
        return Err(Fault::record(
            format!("{} columns", filled + 1),
            "at least the eight columns CHROM to INFO, separated by tabs",
        ));
    }
    Ok((fixed, None))
}

fn position(text: &[u8]) -> Result<u32, Fault> {
    let digits = std::str::from_utf8(text).ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
    digits
        .and_then(|digits| digits.parse::<u32>().ok())
        .filter(|position| *position <= i32::MAX as u32)
        .ok_or_else(|| {
            Fault::record(format!("POS `{}`", clip(text)), "a whole number of at most 2,147,483,647")
        })
}

fn check_id(id: &[u8]) -> Result<(), Fault> {
    if id == b"." {
        return Ok(());
    }
    let fault = || {
        Fault::record(
            format!("ID `{}`", clip(id)),
            "`.` or different identifiers without spaces, separated by semicolons",
        )
    };
    each_once(id, |part| !part.is_empty() && part.iter().all(|byte| !byte.is_ascii_whitespace()))
        .then_some(())
        .ok_or_else(fault)
}

fn check_qual(qual: &[u8]) -> Result<(), Fault> {
    if qual == b"." || value::is_float(qual) {
        return Ok(());
    }
    Err(Fault::record(format!("QUAL `{}`", clip(qual)), "a number or `.`"))
}

fn check_filter(filter: &[u8]) -> Result<(), Fault> {
    if filter == b"PASS" || filter == b"." {
        return Ok(());
    }
    let is_name = |part: &[u8]| {
        !part.is_empty()
            && part != b"0"
            && part != b"."
            && part.iter().all(|byte| !byte.is_ascii_whitespace())
    };
    if each_once(filter, is_name) {
        return Ok(());
    }
    Err(Fault::record(
        format!("FILTER `{}`", clip(filter)),
        "`PASS`, `.` or different filter names without spaces (not `0`), separated by semicolons",
    ))
}

/// Whether every part between semicolons is right and none comes twice.
fn each_once(list: &[u8], is_right: impl Fn(&[u8]) -> bool) -> bool {
    if memchr::memchr(b';', list).is_none() {
        return is_right(list);
    }
    let mut seen = std::collections::HashSet::new();
    list.split(|byte| *byte == b';').all(|part| is_right(part) && seen.insert(part))
}
