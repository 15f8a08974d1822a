//! What somebody typed, as a variant, a place or a number of dbSNP: any separators, either width, either case.

use gj_annotation::{Sequence, sequence};
use gj_model::{Contig, Position, Region, Variant};
use gj_ontology::fold;

/// Characters of a question at most.
const TEXT_CHARS_MAX: usize = 2_200;

/// A text in one width, with one kind of dash, and single spaces; `None` of one that is too long to mean something.
pub(super) fn plain(text: &str) -> Option<String> {
    if text.len() > 4 * TEXT_CHARS_MAX || text.chars().count() > TEXT_CHARS_MAX {
        return None;
    }
    let narrow = text.chars().map(|c| match c {
        // The full forms of ASCII lie in one block.
        '！'..='～' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        // Not the long vowel of Japanese, which names of genes hold.
        '‐' | '‑' | '‒' | '–' | '—' | '−' => '-',
        '→' => '>',
        '\u{3000}' => ' ',
        other => other,
    });
    let narrow: String = narrow.collect();
    Some(narrow.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A number of dbSNP: `rs3892097`.
pub(super) fn rs(text: &str) -> Option<u64> {
    let number =
        text.strip_prefix("rs").or_else(|| text.strip_prefix("RS")).or_else(|| text.strip_prefix("Rs"))?;
    number.trim_start().parse().ok()
}

/// The contig of a name in any case, or of an accession.
pub(super) fn contig(name: &str) -> Option<Contig> {
    let upper = name.to_ascii_uppercase();
    let bare = upper.strip_prefix("CHROMOSOME").or_else(|| upper.strip_prefix("CHR")).unwrap_or(&upper);
    if let Sequence::Primary(contig) = sequence(bare.trim()) { Some(contig) } else { None }
}

/// A variant: contig, position and two alleles, whatever stands between them. Alleles may share bases.
pub(super) fn variant(text: &str) -> Option<Variant> {
    let (contig, rest) = place(text)?;
    let rest = rest.strip_prefix("g.").or_else(|| rest.strip_prefix("m.")).unwrap_or(rest);
    let digits = rest.find(|c: char| !c.is_ascii_digit() && c != ',')?;
    let position: Position = rest[..digits].replace(',', "").parse().ok().and_then(Position::new)?;
    let separators = |c: char| "-:>/|_ ,;\t".contains(c);
    let alleles: Vec<&str> = rest[digits..].split(separators).filter(|part| !part.is_empty()).collect();
    let [reference, alternate] = alleles[..] else { return None };
    // The one reader of alleles: bounds, letters, difference.
    format!("{contig}-{position}-{reference}-{alternate}").parse().ok()
}

/// A place: a whole contig, a base, or an interval.
pub(super) fn region(text: &str) -> Option<Region> {
    if let Some(contig) = contig(text) {
        return Some(Region::whole(contig));
    }
    let (contig, rest) = place(text)?;
    let ends = rest.replace("..", "-").replace(',', "");
    let parts: Vec<&str> = ends.split(['-', ':', ' ', '_']).filter(|part| !part.is_empty()).collect();
    let number = |part: &str| part.parse::<u64>().ok();
    match parts[..] {
        [one] => Region::new(contig, number(one)?, number(one)?).ok(),
        [start, end] => Region::new(contig, number(start)?, number(end)?).ok(),
        _ => None,
    }
}

/// SPDI with an accession: sequence, bases before, deleted bases or how many, inserted bases. Gives the contig, the
/// 1-based first base, what is deleted (`Err` with a number of bases), and what is inserted.
pub(super) fn spdi(text: &str) -> Option<(Contig, u32, Result<String, u32>, String)> {
    let parts: Vec<&str> = text.split(':').collect();
    let [name, before, deleted, inserted] = parts[..] else { return None };
    // A plain name with colons is a variant counted from 1.
    let upper = name.trim().to_ascii_uppercase();
    let contig = contig(&upper).filter(|_| upper.starts_with("NC_"))?;
    let start = before.trim().parse::<u32>().ok()?.checked_add(1)?;
    let bases = |text: &str| {
        let text = text.trim().to_ascii_uppercase();
        text.bytes().all(|b| b"ACGTN".contains(&b)).then_some(text)
    };
    let deleted = match deleted.trim().parse::<u32>() {
        Ok(number) => Err(number),
        Err(_) => Ok(bases(deleted)?),
    };
    Some((contig, start, deleted, bases(inserted)?))
}

/// The contig that a text begins with, and what follows the separator after it.
fn place(text: &str) -> Option<(Contig, &str)> {
    let text = text.trim();
    // `chr 22 …` and `chr22 …`
    let after = match text.get(..4) {
        Some(start) if start.eq_ignore_ascii_case("chr ") => 4,
        _ => 0,
    };
    let end = text[after..].find(['-', ':', ' ', '\t', '|', '/'])? + after;
    let contig = contig(&text[after..end])?;
    Some((contig, text[end + 1..].trim_start()))
}

/// HGVS as the recommendations write it: `nm_000059.4:C.68_69DEL` → `NM_000059.4:c.68_69del`.
pub(super) fn hgvs(text: &str) -> Option<String> {
    let (sequence, rest) = text.split_once(':')?;
    let rest = rest.trim();
    let (letter, change) = rest.split_once('.')?;
    let letter = letter.trim().to_ascii_lowercase();
    if !["g", "m", "c", "n"].contains(&letter.as_str()) {
        return None;
    }
    let mut change = change.replace(' ', "").to_ascii_uppercase();
    for (loud, word) in [("DEL", "del"), ("INS", "ins"), ("DUP", "dup"), ("INV", "inv")] {
        change = change.replace(loud, word);
    }
    Some(format!("{}:{letter}.{change}", sequence.trim()))
}

/// Whether two names of a sequence are the same but for case and width.
pub(super) fn same(one: &str, other: &str) -> bool {
    fold(one) == fold(other)
}
