//! What a change inside an exon does to the protein: both sequences are built, translated and compared.

use crate::consequence::{Consequence, Consequences};
use crate::genetic_code::GeneticCode;
use crate::protein_change::{ProteinChange, Residue};
use crate::transcript::Coding;

/// A change of the spliced transcript, in its direction.
pub(crate) struct Change {
    /// First deleted base, counted from 0; of an insertion the base after it.
    pub from: usize,
    /// One past the last deleted base.
    pub to: usize,
    /// Bases put in.
    pub inserted: Vec<u8>,
}

/// The coding sequence before and after, with the untranslated bases behind it.
struct Frame<'a> {
    code: GeneticCode,
    coding: &'a Coding,
    /// Coding bases, `N` for those that are missing before an incomplete start.
    before: Vec<u8>,
    after: Vec<u8>,
    /// Bases of `before` that code.
    length: usize,
    /// Deleted bases `from..to` of `before`.
    from: usize,
    to: usize,
    inserted: usize,
}

/// Terms and protein of a change that lies in one exon, or between two bases of one.
pub(crate) fn effect(
    code: GeneticCode,
    coding: &Coding,
    spliced: &[u8],
    change: &Change,
    terms: &mut Consequences,
) -> Option<ProteinChange> {
    let (start, end) = (coding.start as usize, coding.end as usize);
    if change.to <= start {
        terms.add(Consequence::FivePrimeUtr);
        return None;
    }
    if change.from >= end {
        terms.add(Consequence::ThreePrimeUtr);
        return None;
    }
    if change.from < start {
        terms.add(Consequence::FivePrimeUtr);
    }
    if change.to > end {
        terms.add(Consequence::ThreePrimeUtr);
    }
    if coding.slippage || spliced.len() < end {
        terms.add(Consequence::CodingSequence);
        return None;
    }
    if change.from < start {
        return over_the_start(code, coding, spliced, change, terms);
    }
    Frame::new(code, coding, spliced, change).effect(spliced, change, terms)
}

/// A deletion that begins before the coding part and ends in it.
fn over_the_start(
    code: GeneticCode,
    coding: &Coding,
    spliced: &[u8],
    change: &Change,
    terms: &mut Consequences,
) -> Option<ProteinChange> {
    let (start, end) = (coding.start as usize, coding.end as usize);
    if change.to > end && !coding.end_incomplete {
        terms.add(Consequence::StopLost);
    }
    if coding.start_incomplete || !code.is_start(&spliced[start..end.min(start + 3)]) {
        terms.add(Consequence::CodingSequence);
        return None;
    }
    // What follows the deletion keeps its frame, so the start must come back where that frame has it.
    let after = spliced_after(spliced, change);
    let shifted = (start + change.inserted.len()).checked_sub(change.to - change.from);
    let codon = shifted.and_then(|at| after.get(at..at + 3));
    if change.to < start + 3 && codon == Some(&spliced[start..start + 3]) {
        terms.add(Consequence::StartRetained);
        return Some(ProteinChange::Same(None));
    }
    terms.add(Consequence::StartLost);
    Some(ProteinChange::StartLost)
}

fn spliced_after(spliced: &[u8], change: &Change) -> Vec<u8> {
    [&spliced[..change.from], &change.inserted, &spliced[change.to..]].concat()
}

impl Frame<'_> {
    fn new<'a>(code: GeneticCode, coding: &'a Coding, spliced: &[u8], change: &Change) -> Frame<'a> {
        let (start, missing) = (coding.start as usize, coding.missing as usize);
        let unknown = &b"NN"[..missing];
        let before = [unknown, &spliced[start..]].concat();
        let after = [unknown, &spliced[start..change.from], &change.inserted, &spliced[change.to..]].concat();
        Frame {
            code,
            coding,
            before,
            after,
            length: missing + (coding.end - coding.start) as usize,
            from: change.from - start + missing,
            to: change.to - start + missing,
            inserted: change.inserted.len(),
        }
    }

    /// The protein of the reference with its stop. A TGA inside it is selenocysteine.
    fn protein(&self) -> Vec<u8> {
        let mut protein = self.code.translate(&self.before[..self.length]);
        let last = protein.len().saturating_sub(1);
        for (i, amino_acid) in protein.iter_mut().enumerate().take(last) {
            if *amino_acid == b'*' && self.before[3 * i..].starts_with(b"TGA") {
                *amino_acid = b'U';
            }
        }
        protein
    }

    fn has_stop(&self) -> bool {
        !self.coding.end_incomplete
            && self.length >= 3
            && self.code.translate(&self.before[self.length - 3..self.length]) == b"*"
    }

    fn is_insertion(&self) -> bool {
        self.from == self.to
    }

    /// Whether as many bases are put in as taken out, but for whole codons.
    fn keeps_frame(&self) -> bool {
        (self.inserted + 3 * (self.to - self.from) - (self.to - self.from)).is_multiple_of(3)
    }

    /// Codons of the reference that change: from, and one past the last. An insertion between two codons
    /// changes none.
    fn codons(&self) -> (usize, usize) {
        (self.from / 3, self.to.div_ceil(3))
    }

    /// The bases that stand for the changed codons afterwards; the last codon may be incomplete.
    fn window(&self) -> &[u8] {
        let (first, last) = self.codons();
        let end = (3 * last + self.inserted + self.from).saturating_sub(self.to).min(self.after.len());
        &self.after[(3 * first).min(end)..end]
    }

    fn effect(&self, spliced: &[u8], change: &Change, terms: &mut Consequences) -> Option<ProteinChange> {
        let (first, last) = self.codons();
        let touches = |codon: usize| {
            self.to > 3 * codon && self.from < 3 * codon + 3 && {
                !self.is_insertion() || self.from > 3 * codon
            }
        };
        if self.has_stop() && (self.to > self.length || touches(self.length / 3 - 1)) {
            return self.at_the_stop(terms);
        }
        if self.to > self.length || 3 * last > self.length {
            if !self.length.is_multiple_of(3) {
                terms.add(Consequence::IncompleteTerminalCodon);
            }
            terms.add(Consequence::CodingSequence);
            return None;
        }
        if touches(0) && !self.coding.start_incomplete && self.code.is_start(&self.before[..3]) {
            match self.at_the_start(spliced, change) {
                Start::Moved => {
                    terms.add(Consequence::StartRetained);
                    return Some(ProteinChange::Same(None));
                }
                Start::Lost => {
                    terms.add(Consequence::StartLost);
                    self.add_indel(terms);
                    return Some(ProteinChange::StartLost);
                }
                Start::Kept => terms.add(Consequence::StartRetained),
            }
        }
        let protein = self.protein();
        let window = self.code.translate(self.window());
        let old = &protein[first..last];
        if window.contains(&b'X') || old.contains(&b'X') {
            terms.add(if self.keeps_frame() { Consequence::CodingSequence } else { Consequence::Frameshift });
            return None;
        }
        if !self.keeps_frame() {
            terms.add(Consequence::Frameshift);
            let after = [&protein[..first], &self.code.translate_to_stop(&self.after[3 * first..])].concat();
            let change = ProteinChange::between(&protein, &after, true, None);
            if matches!(change, Some(ProteinChange::Substitution(_, b'*'))) {
                terms.add(Consequence::StopGained);
            }
            return change;
        }
        let is_stopped = window.contains(&b'*') && !old.contains(&b'*');
        if is_stopped {
            terms.add(Consequence::StopGained);
        }
        if self.inserted == self.to - self.from {
            if window == old {
                if !terms.has(Consequence::StartRetained) {
                    terms.add(Consequence::Synonymous);
                }
                let one =
                    (last - first == 1).then(|| Residue { amino_acid: old[0], number: first as u32 + 1 });
                return Some(ProteinChange::Same(one));
            }
            if !is_stopped {
                terms.add(Consequence::Missense);
            }
        } else {
            self.add_indel(terms);
        }
        let mut after = [&protein[..first], &window[..], &protein[last..]].concat();
        if is_stopped {
            let stop = after.iter().skip(first).position(|&aa| aa == b'*').unwrap_or_default();
            after.truncate(first + stop + 1);
        }
        ProteinChange::between(&protein, &after, false, is_stopped.then_some(last))
    }

    /// Adds what an insertion or deletion is by its length and the codons it changes.
    fn add_indel(&self, terms: &mut Consequences) {
        let (first, last) = self.codons();
        let deleted = self.to - self.from;
        if !self.keeps_frame() {
            terms.add(Consequence::Frameshift);
        } else if self.inserted == 0 && deleted > 0 {
            terms.add(Consequence::InframeDeletion);
        } else if self.inserted > deleted {
            let (old, new) =
                (self.code.translate(&self.before[3 * first..3 * last]), self.code.translate(self.window()));
            let keeps = new.starts_with(&old) || new.ends_with(&old);
            terms.add(if keeps { Consequence::InframeInsertion } else { Consequence::ProteinAltering });
        } else if self.inserted < deleted {
            terms.add(Consequence::ProteinAltering);
        }
    }

    fn at_the_start(&self, spliced: &[u8], change: &Change) -> Start {
        let start = &self.before[..3];
        let is_kept = |codon: &[u8]| {
            codon == start || (self.code.is_start(codon) && self.code.translate(codon) == b"M")
        };
        if self.after.len() >= 3 && is_kept(&self.after[..3]) {
            return Start::Kept;
        }
        // Bases before the start may have taken the place of those deleted.
        let at = (self.coding.start as usize + self.inserted + self.from).checked_sub(self.to);
        let after = spliced_after(spliced, change);
        let moved = at.and_then(|at| after.get(at..at + 3));
        if self.to <= 3 && moved == Some(start) { Start::Moved } else { Start::Lost }
    }

    fn at_the_stop(&self, terms: &mut Consequences) -> Option<ProteinChange> {
        let first = self.codons().0;
        let protein = self.protein();
        let tail = self.code.translate_to_stop(&self.after[(3 * first).min(self.after.len())..]);
        let after = [&protein[..first], &tail].concat();
        let is_frameshift = !self.keeps_frame();
        if after == protein {
            terms.add(Consequence::StopRetained);
            return Some(ProteinChange::Same(
                protein.last().map(|_| Residue { amino_acid: b'*', number: protein.len() as u32 }),
            ));
        }
        if tail.last() == Some(&b'*') && after.len() <= protein.len() {
            if self.inserted == self.to - self.from {
                let earlier = after.len() < protein.len();
                terms.add(if earlier { Consequence::StopGained } else { Consequence::Missense });
            } else {
                self.add_indel(terms);
            }
            if after.len() == protein.len() || !is_frameshift {
                terms.add(Consequence::StopRetained);
            }
        } else {
            terms.add(Consequence::StopLost);
            self.add_indel(terms);
        }
        ProteinChange::between(&protein, &after, is_frameshift, None)
    }
}

/// What becomes of the start codon.
enum Start {
    /// It is where it was.
    Kept,
    /// Bases before it have become it; the protein is the same.
    Moved,
    /// It is gone.
    Lost,
}
