//! Reads a name of a variant on DNA. Names of uncertain places, of several changes at once and of proteins are
//! not read.

use super::{Hgvs, HgvsError, NamedChange, Numbering, Point};
use std::str::FromStr;

/// Longest name read, in bytes: a question is kept in the audit log for good.
const NAME_BYTES_MAX: usize = 2_000;

impl FromStr for Hgvs {
    type Err = HgvsError;

    fn from_str(text: &str) -> Result<Hgvs, HgvsError> {
        let refuse = || HgvsError::Form(text.chars().take(80).collect());
        let text = text.trim();
        if text.len() > NAME_BYTES_MAX {
            return Err(refuse());
        }
        parse(text).ok_or_else(refuse)
    }
}

fn parse(text: &str) -> Option<Hgvs> {
    let (sequence, rest) = text.split_once(':')?;
    let (accession, symbol) = match sequence.split_once('(') {
        Some((accession, symbol)) => (accession, Some(symbol.strip_suffix(')')?.to_owned())),
        None => (sequence, None),
    };
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    if !is_word(accession) || !symbol.as_deref().is_none_or(is_word) {
        return None;
    }
    let (letter, rest) = rest.split_once('.')?;
    let numbering = match letter {
        "g" => Numbering::Genomic,
        "m" => Numbering::Mitochondrial,
        "c" => Numbering::Coding,
        "n" => Numbering::NonCoding,
        _ => return None,
    };
    let (first, rest) = point(rest)?;
    let (last, rest) = match rest.strip_prefix('_') {
        Some(rest) => point(rest)?,
        None => (first, rest),
    };
    let on_contig = matches!(numbering, Numbering::Genomic | Numbering::Mitochondrial);
    let is_plain = |point: Point| point.base > 0 && !point.after_stop && point.distance == 0;
    if on_contig && !(is_plain(first) && is_plain(last)) {
        return None;
    }
    let change = change(rest)?;
    // An insertion lies between two bases, a substitution is at one.
    let fits = match change {
        NamedChange::Insertion(_) => first != last,
        NamedChange::Substitution(..) => first == last,
        _ => true,
    };
    fits.then(|| Hgvs { accession: accession.to_owned(), symbol, numbering, first, last, change })
}

/// A place and what follows it.
fn point(text: &str) -> Option<(Point, &str)> {
    let (after_stop, is_before, text) = match text.as_bytes().first()? {
        b'*' => (true, false, &text[1..]),
        b'-' => (false, true, &text[1..]),
        _ => (false, false, text),
    };
    let (base, text) = number(text)?;
    let (distance, text) = match text.as_bytes().first() {
        Some(b'+') => number(&text[1..])?,
        Some(b'-') => {
            let (distance, rest) = number(&text[1..])?;
            (-distance, rest)
        }
        _ => (0, text),
    };
    Some((Point { base: if is_before { -base } else { base }, after_stop, distance }, text))
}

/// A number from 1 and what follows it.
fn number(text: &str) -> Option<(i32, &str)> {
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    let number = text[..end].parse().ok().filter(|&number| number > 0)?;
    Some((number, &text[end..]))
}

fn change(text: &str) -> Option<NamedChange> {
    let is_dna = |bases: &str| bases.bytes().all(|b| b"ACGTN".contains(&b));
    let owned = |bases: &str| is_dna(bases).then(|| bases.to_owned());
    if let Some(rest) = text.strip_prefix("del") {
        return match rest.split_once("ins") {
            Some((deleted, inserted)) if !inserted.is_empty() => {
                Some(NamedChange::Delins(owned(deleted)?, owned(inserted)?))
            }
            Some(_) => None,
            None => Some(NamedChange::Deletion(owned(rest)?)),
        };
    }
    if let Some(rest) = text.strip_prefix("dup") {
        return Some(NamedChange::Duplication(owned(rest)?));
    }
    if let Some(rest) = text.strip_prefix("ins") {
        return Some(NamedChange::Insertion(owned(rest).filter(|bases| !bases.is_empty())?));
    }
    if let Some(rest) = text.strip_prefix("inv") {
        return Some(NamedChange::Inversion(owned(rest)?));
    }
    if let Some(bases) = text.strip_suffix('=') {
        return Some(NamedChange::Same(owned(bases)?));
    }
    let (from, to) = text.split_once('>')?;
    (from.len() == 1 && to.len() == 1).then_some(())?;
    Some(NamedChange::Substitution(owned(from)?, owned(to)?))
}
