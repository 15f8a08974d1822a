//! What becomes of a protein, and how HGVS writes it (`p.`). All is predicted from DNA, hence the parentheses
//! that HGVS asks for.

use crate::genetic_code::three_letters;
use std::fmt;

/// An amino acid (one letter) and its number, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Residue {
    /// One letter; `*` for the stop.
    pub amino_acid: u8,
    /// Number from 1.
    pub number: u32,
}

/// A change of a protein. Amino acids are one letter each, `*` is a stop.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ProteinChange {
    /// Nothing changes; the residues that the variant touches, where it is one codon.
    Same(Option<Residue>),
    /// The start codon is lost: nobody can tell what is made instead.
    StartLost,
    /// One amino acid for another, or a stop for one.
    Substitution(Residue, u8),
    /// From the first to the last residue, missing.
    Deletion(Residue, Residue),
    /// From the first to the last residue, there once more.
    Duplication(Residue, Residue),
    /// Between two neighbours.
    Insertion(Residue, Residue, Vec<u8>),
    /// From the first to the last residue, replaced by others.
    Delins(Residue, Residue, Vec<u8>),
    /// The first residue that changes, what it becomes, and how many codons until a stop, itself included;
    /// `None` where the transcript ends before.
    Frameshift(Residue, u8, Option<u32>),
    /// The stop, what it becomes, and how many residues until the next stop.
    Extension(Residue, u8, Option<u32>),
}

impl ProteinChange {
    /// Compares two proteins; each ends with its stop, where it has one.
    ///
    /// `frameshift` says whether the reading frame changed. `new_stop` is set where the variant itself brings
    /// a stop in frame: one past the last residue that it replaces.
    pub(crate) fn between(
        before: &[u8],
        after: &[u8],
        frameshift: bool,
        new_stop: Option<usize>,
    ) -> Option<ProteinChange> {
        let first = before.iter().zip(after).take_while(|(a, b)| a == b).count();
        let residue = |i: usize| before.get(i).map(|&aa| Residue { amino_acid: aa, number: i as u32 + 1 });
        let Some(&becomes) = after.get(first) else {
            // Either the same, or the transcript ends before the new protein does.
            return (before.len() == after.len()).then_some(ProteinChange::Same(None));
        };
        let to_stop = (after.last() == Some(&b'*')).then(|| (after.len() - first) as u32);
        let changed = residue(first)?;
        if becomes == b'*' {
            return Some(ProteinChange::Substitution(changed, b'*'));
        }
        if changed.amino_acid == b'*' {
            return Some(ProteinChange::Extension(changed, becomes, to_stop.map(|codons| codons - 1)));
        }
        if frameshift {
            return Some(ProteinChange::Frameshift(changed, becomes, to_stop));
        }
        let (before_end, after_end) = match new_stop {
            Some(end) => (end.max(first), after.len()),
            None => {
                let most = before.len().min(after.len()) - first;
                let same = before.iter().rev().zip(after.iter().rev()).take(most);
                let same = same.take_while(|(a, b)| a == b).count();
                (before.len() - same, after.len() - same)
            }
        };
        let inserted = &after[first..after_end];
        if before_end == first {
            let length = inserted.len();
            if length <= first && before[first - length..first] == *inserted {
                return Some(ProteinChange::Duplication(residue(first - length)?, residue(first - 1)?));
            }
            return Some(ProteinChange::Insertion(
                residue(first.checked_sub(1)?)?,
                changed,
                inserted.to_vec(),
            ));
        }
        let last = residue(before_end - 1)?;
        Some(match inserted {
            [] => ProteinChange::Deletion(changed, last),
            [one] if last == changed => ProteinChange::Substitution(changed, *one),
            _ => ProteinChange::Delins(changed, last, inserted.to_vec()),
        })
    }
}

impl fmt::Display for Residue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", three_letters(self.amino_acid), self.number)
    }
}

impl fmt::Display for ProteinChange {
    /// `p.(Arg97Trp)`, `p.(Arg97ProfsTer23)`, `p.(Lys23_Val25del)` …
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let range = |first: &Residue, last: &Residue| {
            if first == last { first.to_string() } else { format!("{first}_{last}") }
        };
        let letters = |all: &[u8]| all.iter().map(|&aa| three_letters(aa)).collect::<String>();
        let codons = |count: &Option<u32>| count.map_or("?".to_owned(), |count| count.to_string());
        match self {
            ProteinChange::Same(None) => write!(f, "p.(=)"),
            ProteinChange::Same(Some(residue)) => write!(f, "p.({residue}=)"),
            ProteinChange::StartLost => write!(f, "p.(Met1?)"),
            ProteinChange::Substitution(from, to) => write!(f, "p.({from}{})", three_letters(*to)),
            ProteinChange::Deletion(first, last) => write!(f, "p.({}del)", range(first, last)),
            ProteinChange::Duplication(first, last) => write!(f, "p.({}dup)", range(first, last)),
            ProteinChange::Insertion(left, right, all) => write!(f, "p.({left}_{right}ins{})", letters(all)),
            ProteinChange::Delins(first, last, all) => {
                write!(f, "p.({}delins{})", range(first, last), letters(all))
            }
            ProteinChange::Frameshift(from, to, stop) => {
                write!(f, "p.({from}{}fsTer{})", three_letters(*to), codons(stop))
            }
            ProteinChange::Extension(from, to, stop) => {
                write!(f, "p.({from}{}extTer{})", three_letters(*to), codons(stop))
            }
        }
    }
}
