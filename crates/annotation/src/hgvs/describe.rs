//! Names a change: as far to the 3' end as it can be written, a repeated insertion as a duplication.

use super::{Hgvs, NamedChange, Numbering, Point};
use crate::accession::accession;
use crate::edit::Edit;
use crate::reference::{Reference, reverse_complement};
use crate::transcript::{Place, Transcript};
use gj_model::Contig;

/// How far a change is moved towards the 3' end at most, in bases.
const SHIFT_MAX: u32 = 100_000;

/// The name on the contig: `g.`, of the mitochondrion `m.`. `None` where the reference has no bases.
pub fn on_genome(edit: &Edit, reference: &impl Reference) -> Option<Hgvs> {
    let mut edit = edit.clone();
    for _ in 0..SHIFT_MAX {
        let Some(next) = edit.right(reference) else { break };
        edit = next;
    }
    let is_mitochondrial = edit.contig == Contig::MT;
    let numbering = if is_mitochondrial { Numbering::Mitochondrial } else { Numbering::Genomic };
    let point = |position: u32| {
        let base = i32::try_from(position).ok().filter(|&base| base > 0)?;
        Some(Point { base, after_stop: false, distance: 0 })
    };
    let (from, to, change) = change(&edit, reference, true)?;
    Some(Hgvs {
        accession: accession(edit.contig).to_owned(),
        symbol: None,
        numbering,
        first: point(from)?,
        last: point(to)?,
        change,
    })
}

/// The name on a transcript: `c.`, or `n.` of one that is not translated. `None` where the change does not lie
/// wholly between the first and the last base of the transcript, or the reference has no bases.
///
/// A change in an exon stays in it, and one in an intron in that: it is not moved over a splice site.
pub fn on_transcript(transcript: &Transcript, edit: &Edit, reference: &impl Reference) -> Option<Hgvs> {
    let edit = shifted(transcript, edit, reference);
    let (first, last, change) = change(&edit, reference, transcript.is_forward())?;
    Some(Hgvs {
        accession: transcript.id.clone(),
        symbol: None,
        numbering: if transcript.coding.is_some() { Numbering::Coding } else { Numbering::NonCoding },
        first: point(transcript, transcript.place(first)?)?,
        last: point(transcript, transcript.place(last)?)?,
        change,
    })
}

/// The exon or intron of a position, as a number of its own; `None` outside.
fn part(transcript: &Transcript, position: u32) -> Option<usize> {
    let rank = transcript.exon_from(position);
    let exon = transcript.exons.get(rank)?;
    if exon.contains(position) { Some(2 * rank) } else { rank.checked_sub(1).map(|before| 2 * before + 1) }
}

fn shifted(transcript: &Transcript, edit: &Edit, reference: &impl Reference) -> Edit {
    let mut edit = edit.clone();
    // The base that the change passes over next, or would delete next.
    let forward = transcript.is_forward();
    let ahead = |edit: &Edit| if forward { edit.end } else { edit.start.saturating_sub(1) };
    let home = match edit.is_insertion() {
        true => part(transcript, ahead(&edit)),
        false => {
            let (one, other) = (part(transcript, edit.start), part(transcript, edit.end - 1));
            one.filter(|_| one == other)
        }
    };
    if home.is_none() {
        return edit;
    }
    for _ in 0..SHIFT_MAX {
        if part(transcript, ahead(&edit)) != home {
            break;
        }
        let next = if forward { edit.right(reference) } else { edit.left(reference) };
        let Some(next) = next else { break };
        edit = next;
    }
    edit
}

/// First and last 1-based position in the direction of the sequence, and what happens there.
fn change(edit: &Edit, reference: &impl Reference, forward: bool) -> Option<(u32, u32, NamedChange)> {
    let bases = |start: u32, end: u32| reference.bases(edit.contig, start, end);
    let read = |bases: &[u8]| {
        let bases = if forward { bases.to_vec() } else { reverse_complement(bases) };
        String::from_utf8(bases).ok()
    };
    let along = |start: u32, end: u32| if forward { (start, end) } else { (end, start) };
    if edit.is_insertion() {
        let length = u32::try_from(edit.inserted.len()).ok()?;
        let before = match forward {
            true => edit.start.checked_sub(length).filter(|&start| start > 0).map(|s| (s, edit.start - 1)),
            false => Some((edit.start, edit.start + length - 1)),
        };
        if let Some((start, end)) = before
            && bases(start, end).is_some_and(|before| *before == edit.inserted[..])
        {
            let (first, last) = along(start, end);
            return Some((first, last, NamedChange::Duplication(String::new())));
        }
        let (first, last) = along(edit.start.checked_sub(1)?, edit.start);
        return Some((first, last, NamedChange::Insertion(read(&edit.inserted)?)));
    }
    let deleted = bases(edit.start, edit.end - 1)?;
    let (first, last) = along(edit.start, edit.end - 1);
    let change = match (&deleted[..], &edit.inserted[..]) {
        (_, []) => NamedChange::Deletion(String::new()),
        ([_], [_]) => NamedChange::Substitution(read(&deleted)?, read(&edit.inserted)?),
        (from, to) if reverse_complement(from) == to => NamedChange::Inversion(String::new()),
        (_, to) => NamedChange::Delins(String::new(), read(to)?),
    };
    Some((first, last, change))
}

/// How a name writes a place of a transcript.
fn point(transcript: &Transcript, place: Place) -> Option<Point> {
    let anchor = i32::try_from(place.anchor).ok()?;
    let Place { distance, .. } = place;
    let Some(coding) = &transcript.coding else {
        return Some(Point { base: anchor + 1, after_stop: false, distance });
    };
    let (start, end) = (i32::try_from(coding.start).ok()?, i32::try_from(coding.end).ok()?);
    Some(if anchor < start {
        Point { base: anchor - start, after_stop: false, distance }
    } else if anchor < end {
        Point { base: anchor - start + 1 + coding.missing as i32, after_stop: false, distance }
    } else {
        Point { base: anchor - end + 1, after_stop: true, distance }
    })
}
