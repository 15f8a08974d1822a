//! One way to write a variant: without what both alleles share, as far left as the reference lets it go.

use crate::edit::Edit;
use crate::hgvs;
use crate::reference::Reference;
use gj_model::{Position, Variant};

/// The variant left-aligned, as VCF recommends. Where the reference has no bases it is only trimmed: a variant
/// written elsewhere in a repeat then stays where it is written.
pub fn left_aligned(variant: &Variant, reference: &impl Reference) -> Variant {
    let trimmed = trimmed(variant);
    let is_pure = trimmed.reference.len() == 1 || trimmed.alternate.len() == 1;
    // Only what inserts or deletes can lie in several places.
    if !is_pure || trimmed.reference.len() == trimmed.alternate.len() {
        return trimmed;
    }
    hgvs::variant_of(Edit::of(&trimmed), reference).unwrap_or(trimmed)
}

/// The variant with one base at least of each allele, and no more in common than that needs.
fn trimmed(variant: &Variant) -> Variant {
    let (mut from, mut to) = (variant.reference.as_str(), variant.alternate.as_str());
    let mut start = variant.position.get();
    while from.len() > 1 && to.len() > 1 && from.as_bytes().last() == to.as_bytes().last() {
        (from, to) = (&from[..from.len() - 1], &to[..to.len() - 1]);
    }
    while from.len() > 1 && to.len() > 1 && from.as_bytes()[0] == to.as_bytes()[0] {
        (from, to) = (&from[1..], &to[1..]);
        start += 1;
    }
    Variant {
        contig: variant.contig,
        position: Position::new(start).unwrap_or(variant.position),
        reference: from.to_owned(),
        alternate: to.to_owned(),
    }
}
