//! What a change does to splice sites and introns of a transcript, by place alone.
//!
//! Bounds are those of Ensembl: two bases of the intron at each end are the site, three of the exon and the
//! third to eighth of the intron its region. Introns of up to 12 bases are no introns of the cell but
//! gaps that keep an alignment in frame; they have no sites.

use crate::consequence::{Consequence, Consequences};
use crate::edit::Edit;
use crate::reference::Reference;
use crate::transcript::{Span, Transcript};

/// Longest gap between exons, in bases, that is no intron.
const GAP_MAX: u32 = 12;
/// How far a change is moved at most, in bases, to see whether it can be written beside a splice site.
const SHIFT_MAX: u32 = 1_000;

/// The introns that a change could matter to, with their rank on the genome.
fn introns(transcript: &Transcript, edit: &Edit) -> impl Iterator<Item = (usize, Span)> {
    let first = transcript.exon_from(edit.start.saturating_sub(4)).saturating_sub(1);
    let between = transcript.exons.windows(2).enumerate().skip(first);
    let between = between.map(|(rank, pair)| (rank, pair[0].end + 1, pair[1].start.saturating_sub(1)));
    let end = edit.end.saturating_add(4);
    between
        .take_while(move |&(_, start, _)| start <= end)
        .filter(|&(_, start, last)| start <= last)
        .map(|(rank, start, end)| (rank, Span { start, end }))
}

/// Adds the terms of splice sites, their regions and introns.
pub(crate) fn add(transcript: &Transcript, edit: &Edit, terms: &mut Consequences) {
    for (_, Span { start, end }) in introns(transcript, edit) {
        if end + 1 - start <= GAP_MAX {
            if edit.touches(start, end) {
                terms.add(Consequence::Intron);
            }
            continue;
        }
        let (left, right) = match transcript.is_forward() {
            true => (Consequence::SpliceDonor, Consequence::SpliceAcceptor),
            false => (Consequence::SpliceAcceptor, Consequence::SpliceDonor),
        };
        if edit.touches(start, start + 1) {
            terms.add(left);
        }
        if edit.touches(end - 1, end) {
            terms.add(right);
        }
        // An insertion beside a bound has only one neighbour in the region, and still belongs to it.
        let inserts_at = |position: u32| edit.is_insertion() && edit.start == position;
        let is_region = edit.touches(start.saturating_sub(3), start - 1)
            || edit.touches(start + 2, start + 7)
            || edit.touches(end - 7, end - 2)
            || edit.touches(end + 1, end + 3)
            || [start, start + 2, end - 1, end + 1].into_iter().any(inserts_at);
        if is_region {
            terms.add(Consequence::SpliceRegion);
        }
        if edit.touches(start + 2, end - 2) || inserts_at(start + 2) || inserts_at(end - 1) {
            terms.add(Consequence::Intron);
        }
    }
}

/// Whether a change hits a splice site or the bound between an exon and an intron.
fn breaks_site(transcript: &Transcript, edit: &Edit) -> bool {
    introns(transcript, edit).any(|(_, Span { start, end })| {
        let crosses = |bound: u32| edit.start < bound && edit.end > bound;
        edit.touches(start, (start + 1).min(end))
            || edit.touches((end - 1).max(start), end)
            || crosses(start)
            || crosses(end + 1)
    })
}

/// The same change where it leaves splice sites alone, if it can be written so: a deletion of one of two
/// equal codons at the end of an exon takes no site away, however it is written.
pub(crate) fn gentlest(transcript: &Transcript, edit: &Edit, reference: &impl Reference) -> Edit {
    let is_movable = edit.is_insertion() || edit.inserted.is_empty();
    if !is_movable || !breaks_site(transcript, edit) {
        return edit.clone();
    }
    for step in [Edit::right, Edit::left] {
        let mut moved = edit.clone();
        for _ in 0..SHIFT_MAX {
            let Some(next) = step(&moved, reference) else { break };
            moved = next;
            if !breaks_site(transcript, &moved) {
                return moved;
            }
        }
    }
    edit.clone()
}

/// The intron (rank on the genome) that a change lies in wholly.
pub(crate) fn intron(transcript: &Transcript, edit: &Edit) -> Option<usize> {
    let inside = |span: &Span| edit.start >= span.start && edit.end <= span.end + 1;
    introns(transcript, edit)
        .find(|(_, span)| inside(span) && edit.touches(span.start, span.end))
        .map(|(r, _)| r)
}
