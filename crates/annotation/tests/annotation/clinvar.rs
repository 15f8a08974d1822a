//! Genomic names against those that ClinVar gives its variants. The reference is put together from the reference
//! alleles of ClinVar's own records, so a name counts only where the base that stops its shift is known.

use crate::fixture::{shared, text};
use gj_annotation::{Edit, Reference, hgvs};
use gj_model::{Contig, Variant};
use std::borrow::Cow;
use std::collections::HashMap;

/// Bases known from records, by contig and position.
struct Known(HashMap<(Contig, u32), u8>);

impl Reference for Known {
    fn bases(&self, contig: Contig, start: u32, end: u32) -> Option<Cow<'_, [u8]>> {
        (start..=end).map(|at| self.0.get(&(contig, at)).copied()).collect()
    }
}

#[test]
fn genomic_names_are_those_of_clinvar() {
    let Some(shared) = shared() else { return };
    let text = text(&shared.join("clinvar/clinvar_20260226_GRCh38_subset.vcf.gz"));
    let mut known = Known(HashMap::new());
    let mut records: Vec<(Variant, String)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let f: Vec<&str> = line.split('\t').collect();
        let Ok(variant) = format!("{}-{}-{}-{}", f[0], f[1], f[3], f[4]).parse::<Variant>() else { continue };
        for (at, base) in (variant.position.get()..).zip(variant.reference.bytes()) {
            known.0.insert((variant.contig, at), base);
        }
        let name = f[7].split(';').find_map(|info| info.strip_prefix("CLNHGVS=")).unwrap_or("");
        records.push((variant, name.to_owned()));
    }
    let (mut kinds, mut different) = (HashMap::<&str, usize>::new(), Vec::new());
    for (variant, name) in &records {
        let Ok(theirs) = name.parse::<hgvs::Hgvs>() else { continue };
        let Some(ours) = hgvs::on_genome(&Edit::of(variant), &known) else { continue };
        let (first, last) = (ours.first.base as u32, ours.last.base as u32);
        let is_stopped = known.base(variant.contig, last + 1).is_some();
        // The bases before an insertion decide whether it is a duplication, the one after it stops the shift.
        let is_seen = |inserted: &str| {
            let before = (first + 1).saturating_sub(inserted.len() as u32);
            known.bases(variant.contig, before, last).is_some()
        };
        let kind = match ours.change {
            hgvs::NamedChange::Substitution(..) => "substitution",
            hgvs::NamedChange::Deletion(_) if is_stopped => "deletion",
            hgvs::NamedChange::Duplication(_) if is_stopped => "duplication",
            hgvs::NamedChange::Insertion(ref inserted) if is_seen(inserted) => "insertion",
            hgvs::NamedChange::Delins(..) => "delins",
            hgvs::NamedChange::Inversion(_) => "inversion",
            _ => continue,
        };
        *kinds.entry(kind).or_default() += 1;
        if ours != theirs {
            different.push(format!("{kind} {variant}: ClinVar {name}, ours {ours}"));
        }
    }
    assert!(different.is_empty(), "of {kinds:?}:\n{}", different.join("\n"));
    assert!(kinds.values().sum::<usize>() > 60_000 && kinds.len() == 6, "{kinds:?}");
}
