//! From the change of one amino acid to the variants that make it: `BRCA2 p.Arg97Trp`, `p.(R97W)`, `p.Arg97Ter`.

use gj_annotation::reverse_complement;
use gj_annotation::{Annotator, GeneModels, Place, ProteinChange, Reference, Residue, Transcript};
use gj_model::{Position, Variant};

/// One amino acid for another, as somebody typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Substitution {
    from: u8,
    number: u32,
    /// The same as `from` of a change that is none.
    to: u8,
}

/// Names of amino acids with their letters.
const NAMES: [(&str, u8); 22] = [
    ("ALA", b'A'),
    ("CYS", b'C'),
    ("ASP", b'D'),
    ("GLU", b'E'),
    ("PHE", b'F'),
    ("GLY", b'G'),
    ("HIS", b'H'),
    ("ILE", b'I'),
    ("LYS", b'K'),
    ("LEU", b'L'),
    ("MET", b'M'),
    ("ASN", b'N'),
    ("PRO", b'P'),
    ("GLN", b'Q'),
    ("ARG", b'R'),
    ("SER", b'S'),
    ("THR", b'T'),
    ("SEC", b'U'),
    ("VAL", b'V'),
    ("TRP", b'W'),
    ("TYR", b'Y'),
    ("TER", b'*'),
];

impl Substitution {
    /// Reads `p.Arg97Trp`, `p.(Arg97Trp)`, `Arg97Trp`, `R97W`, `p.R97*`, `p.Arg97=` in any case.
    pub(super) fn read(text: &str) -> Option<Substitution> {
        let upper = text.trim().to_ascii_uppercase();
        let change = upper.strip_prefix("P.").unwrap_or(&upper);
        let change = change.strip_prefix('(').and_then(|c| c.strip_suffix(')')).unwrap_or(change);
        let digits = change.find(|c: char| c.is_ascii_digit())?;
        let after = digits + change[digits..].find(|c: char| !c.is_ascii_digit())?;
        let from = amino_acid(&change[..digits])?;
        let number = change[digits..after].parse().ok().filter(|number| *number > 0)?;
        let to = if &change[after..] == "=" { from } else { amino_acid(&change[after..])? };
        Some(Substitution { from, number, to })
    }
}

fn amino_acid(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'X'] => Some(b'*'),
        [letter] => NAMES.iter().map(|(_, known)| *known).find(|known| known == letter),
        _ => NAMES.iter().find(|(known, _)| *known == name).map(|(_, letter)| *letter),
    }
}

/// Variants of one codon of a transcript that make the change: of one base if there are any, else of more.
pub(super) fn variants(
    models: &GeneModels,
    transcript: &Transcript,
    wanted: Substitution,
    reference: &impl Reference,
) -> Vec<Variant> {
    let Some(codon) = codon(transcript, wanted.number, reference) else { return Vec::new() };
    let mut annotator = Annotator::new(models, reference);
    let mut found: Vec<(usize, Variant)> = Vec::new();
    for number in 0..64usize {
        let bases = [number / 16, number / 4 % 4, number % 4].map(|digit| b"ACGT"[digit]);
        let Some((changed, variant)) = replaced(transcript, codon, bases) else { continue };
        let told = annotator.on(transcript, &gj_annotation::Edit::of(&variant)).protein;
        if told.is_some_and(|told| is_wanted(&told, wanted)) {
            found.push((changed, variant));
        }
    }
    let least = found.iter().map(|(changed, _)| *changed).min();
    let mut all: Vec<Variant> = found
        .into_iter()
        .filter(|(changed, _)| Some(*changed) == least)
        .map(|(_, variant)| variant)
        .collect();
    all.sort();
    all
}

fn is_wanted(told: &ProteinChange, wanted: Substitution) -> bool {
    let is = |residue: &Residue| (residue.amino_acid, residue.number) == (wanted.from, wanted.number);
    match told {
        ProteinChange::Substitution(from, to) => is(from) && *to == wanted.to,
        ProteinChange::Same(Some(residue)) => is(residue) && wanted.from == wanted.to,
        _ => false,
    }
}

/// Positions of a codon on the genome, in the transcript's direction, with the bases there, of its strand.
fn codon(transcript: &Transcript, number: u32, reference: &impl Reference) -> Option<[(u32, u8); 3]> {
    let coding = transcript.coding.as_ref()?;
    // Bases that are missing before an incomplete start count.
    let first = (number - 1).checked_mul(3)?.checked_sub(coding.missing)?.checked_add(coding.start)?;
    let base = |offset: u32| {
        let anchor = first.checked_add(offset).filter(|anchor| *anchor < coding.end)?;
        let position = transcript.locate(Place { anchor, distance: 0 })?;
        Some((position, reference.base(transcript.contig, position)?))
    };
    Some([base(0)?, base(1)?, base(2)?])
}

/// The variant that makes a codon out of another, and how many bases it changes; `None` where it would span an
/// intron or change nothing. `bases` are those of the transcript.
fn replaced(transcript: &Transcript, codon: [(u32, u8); 3], bases: [u8; 3]) -> Option<(usize, Variant)> {
    let forward = |base: u8| if transcript.is_forward() { base } else { reverse_complement(&[base])[0] };
    let mut changed: Vec<(u32, u8, u8)> = codon
        .iter()
        .zip(bases)
        .map(|(&(position, before), base)| (position, before, forward(base)))
        .collect();
    changed.sort_unstable();
    let first = changed.iter().position(|(_, before, after)| before != after)?;
    let last = changed.iter().rposition(|(_, before, after)| before != after)?;
    let count = changed.iter().filter(|(_, before, after)| before != after).count();
    let span = &changed[first..=last];
    if span.windows(2).any(|pair| pair[1].0 != pair[0].0 + 1) {
        return None;
    }
    let text = |bases: Vec<u8>| String::from_utf8(bases).ok();
    let variant = Variant {
        contig: transcript.contig,
        position: Position::new(span[0].0)?,
        reference: text(span.iter().map(|(_, before, _)| *before).collect())?,
        alternate: text(span.iter().map(|(_, _, after)| *after).collect())?,
    };
    Some((count, variant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_change_is_read_in_every_spelling() {
        let expected = Some(Substitution { from: b'R', number: 97, to: b'W' });
        for text in ["p.Arg97Trp", "p.(Arg97Trp)", "P.ARG97TRP", "R97W", "p.R97W", " p.(r97w) "] {
            assert_eq!(Substitution::read(text), expected, "{text}");
        }
        let stop = Some(Substitution { from: b'R', number: 97, to: b'*' });
        for text in ["p.Arg97Ter", "p.Arg97*", "R97X", "p.(R97*)"] {
            assert_eq!(Substitution::read(text), stop, "{text}");
        }
        assert_eq!(Substitution::read("p.Arg97=").map(|one| one.to), Some(b'R'));
        for text in ["p.Arg97fs", "p.Arg0Trp", "BRCA2", "p.Arg97", "p.97Trp", "", "p.Arg99999999999Trp"] {
            assert_eq!(Substitution::read(text), None, "{text}");
        }
    }
}
