//! From a name back to the variant, left-aligned as VCF writes it. Bases that the name states are checked.

use super::{Hgvs, HgvsError, NamedChange, Numbering, Point};
use crate::accession::{Sequence, sequence};
use crate::edit::Edit;
use crate::gene_models::GeneModels;
use crate::reference::{Reference, reverse_complement};
use crate::transcript::{Place, Transcript};
use gj_model::variant::ALLELE_BASES_MAX;
use gj_model::{Contig, Position, Variant};

/// How far a change is moved to the left at most, in bases.
const SHIFT_MAX: u32 = 100_000;

/// The variant that a name means; `None` where it says that nothing changes.
///
/// # Errors
/// [`HgvsError`] where the sequence or place is unknown, or the bases are others than the name says.
pub fn resolve(
    name: &Hgvs,
    models: &GeneModels,
    reference: &impl Reference,
) -> Result<Option<Variant>, HgvsError> {
    let place = || HgvsError::Place(name.to_string());
    let (contig, one, other, forward) = match name.numbering {
        Numbering::Genomic | Numbering::Mitochondrial => {
            let contig = match sequence(&name.accession) {
                Sequence::Primary(contig) => contig,
                Sequence::OtherBuild => return Err(HgvsError::OtherBuild(name.accession.clone())),
                Sequence::Other => return Err(HgvsError::Sequence(name.accession.clone())),
            };
            let position = |point: Point| u32::try_from(point.base).ok().filter(|&p| p <= contig.length());
            (contig, position(name.first), position(name.last), true)
        }
        Numbering::Coding | Numbering::NonCoding => {
            let unknown = || HgvsError::Sequence(name.accession.clone());
            let transcript = models.transcript(&name.accession).ok_or_else(unknown)?;
            let position = |point| transcript.locate(anchor(transcript, name.numbering, point)?);
            (transcript.contig, position(name.first), position(name.last), transcript.is_forward())
        }
    };
    let (one, other) = (one.ok_or_else(place)?, other.ok_or_else(place)?);
    let (start, end) = if forward { (one, other) } else { (other, one) };
    if start > end {
        return Err(place());
    }
    if (end - start) as usize >= ALLELE_BASES_MAX {
        return Err(HgvsError::Long(name.to_string()));
    }
    let Some(edit) = edit(name, (contig, start, end), forward, reference)? else { return Ok(None) };
    variant(edit, reference).map(Some).ok_or_else(|| HgvsError::NoReference(name.to_string()))
}

/// The variant of a substitution, which says itself what both bases are; `None` of other changes. It needs no
/// reference, and is not compared with one.
pub fn substitution(name: &Hgvs, models: &GeneModels) -> Option<Variant> {
    let NamedChange::Substitution(from, to) = &name.change else { return None };
    if from.is_empty() || to.is_empty() {
        return None;
    }
    let (contig, position, forward) = match name.numbering {
        Numbering::Genomic | Numbering::Mitochondrial => {
            let Sequence::Primary(contig) = sequence(&name.accession) else { return None };
            let position = u32::try_from(name.first.base).ok().filter(|&p| p <= contig.length())?;
            (contig, position, true)
        }
        Numbering::Coding | Numbering::NonCoding => {
            let transcript = models.transcript(&name.accession)?;
            let position = transcript.locate(anchor(transcript, name.numbering, name.first)?)?;
            (transcript.contig, position, transcript.is_forward())
        }
    };
    let written = |base: &str| {
        let bases = if forward { base.as_bytes().to_vec() } else { reverse_complement(base.as_bytes()) };
        String::from_utf8(bases).ok()
    };
    let (reference, alternate) = (written(from)?, written(to)?);
    (reference != alternate).then_some(())?;
    Some(Variant { contig, position: Position::new(position)?, reference, alternate })
}

/// The place of a transcript that a point names.
fn anchor(transcript: &Transcript, numbering: Numbering, point: Point) -> Option<Place> {
    let base = i64::from(point.base);
    let anchor = match (&transcript.coding, numbering) {
        (Some(coding), Numbering::Coding) => {
            let (start, end) = (i64::from(coding.start), i64::from(coding.end));
            match point {
                Point { after_stop: true, .. } => end + base - 1,
                _ if base < 0 => start + base,
                _ => Some(start + base - 1 - i64::from(coding.missing)).filter(|&at| at < end)?,
            }
        }
        (None, Numbering::Coding) => return None,
        _ => (base > 0 && !point.after_stop).then_some(base - 1)?,
    };
    Some(Place { anchor: u32::try_from(anchor).ok()?, distance: point.distance })
}

fn edit(
    name: &Hgvs,
    (contig, start, end): (Contig, u32, u32),
    forward: bool,
    reference: &impl Reference,
) -> Result<Option<Edit>, HgvsError> {
    let bases = reference.bases(contig, start, end);
    let bases = bases.ok_or_else(|| HgvsError::NoReference(name.to_string()))?;
    let check = |said: &str| {
        let found = if forward { bases.to_vec() } else { reverse_complement(&bases) };
        if said.is_empty() || said.as_bytes() == found {
            return Ok(());
        }
        let found = String::from_utf8_lossy(&found).into_owned();
        Err(HgvsError::Bases { name: name.to_string(), said: said.to_owned(), found })
    };
    let written = |said: &str| match forward {
        true => said.as_bytes().to_vec(),
        false => reverse_complement(said.as_bytes()),
    };
    let replace = |inserted: Vec<u8>| Edit { contig, start, end: end + 1, inserted };
    Ok(Some(match &name.change {
        NamedChange::Substitution(from, to) | NamedChange::Delins(from, to) => {
            check(from)?;
            replace(written(to))
        }
        NamedChange::Deletion(said) => {
            check(said)?;
            replace(Vec::new())
        }
        NamedChange::Inversion(said) => {
            check(said)?;
            replace(reverse_complement(&bases))
        }
        NamedChange::Same(said) => {
            check(said)?;
            return Ok(None);
        }
        NamedChange::Duplication(said) => {
            check(said)?;
            Edit { contig, start: end + 1, end: end + 1, inserted: bases.to_vec() }
        }
        NamedChange::Insertion(said) if end == start + 1 => {
            Edit { contig, start: end, end, inserted: written(said) }
        }
        NamedChange::Insertion(_) => return Err(HgvsError::Place(name.to_string())),
    }))
}

/// The variant of an edit with the base before it where VCF needs one; `None` where the reference ends.
pub(crate) fn variant(mut edit: Edit, reference: &impl Reference) -> Option<Variant> {
    let contig = edit.contig;
    for _ in 0..SHIFT_MAX {
        let Some(next) = edit.left(reference) else { break };
        edit = next;
    }
    let bases = |start: u32, end: u32| {
        if start == end {
            return Some(Vec::new());
        }
        reference.bases(contig, start, end - 1).map(|bases| bases.into_owned())
    };
    let needs_anchor = edit.is_insertion() || edit.inserted.is_empty();
    let (start, mut alternate) = match edit.start {
        2.. if needs_anchor => (edit.start - 1, bases(edit.start - 1, edit.start)?),
        start => (start, Vec::new()),
    };
    let (mut from, mut end) = (bases(start, edit.end)?, edit.end);
    alternate.extend(&edit.inserted);
    if from.is_empty() || alternate.is_empty() {
        // At base 1 the base after stands in for the one before.
        let after = bases(end, end + 1)?;
        from.extend(&after);
        alternate.extend(&after);
        end += 1;
    }
    debug_assert_eq!(from.len() as u32, end - start);
    let text = |bases: Vec<u8>| String::from_utf8(bases).ok();
    let (reference, alternate) = (text(from)?, text(alternate)?);
    (reference != alternate).then_some(())?;
    Some(Variant { contig, position: Position::new(start)?, reference, alternate })
}
