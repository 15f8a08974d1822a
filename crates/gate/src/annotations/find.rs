//! What a text may mean: each way of naming is tried in turn, from the most particular to names of genes.

use super::cards::Found;
use super::protein::{self, Substitution};
use super::{Annotations, Bases, spelled};
use crate::error::GateError;
use gj_annotation::hgvs::{self, Hgvs, HgvsError, Numbering};
use gj_annotation::{GeneModels, Reference, Transcript, left_aligned, number_of_allele_id, vrs};
use gj_model::{Position, Variant};

/// Meanings told at most.
const FOUND_MAX: usize = 50;

impl Annotations {
    /// What a text may mean: a variant in any spelling, a number of dbSNP, a name of HGVS or SPDI, a gene by any
    /// name, a place. Empty where it means nothing; at most 50, the best first.
    ///
    /// # Errors
    /// When a set is damaged.
    pub fn find(&self, text: &str) -> Result<Vec<Found>, GateError> {
        let Some(plain) = spelled::plain(text).filter(|plain| !plain.is_empty()) else {
            return Ok(Vec::new());
        };
        let bases = self.bases();
        let found = self.meanings(&plain, &bases)?;
        bases.check()?;
        Ok(found)
    }

    fn meanings(&self, text: &str, bases: &Bases<'_>) -> Result<Vec<Found>, GateError> {
        if let Some(number) = spelled::rs(text) {
            let mut found = self.of_rs(number)?;
            // `RS1` is a gene, too.
            if self.gene(text).is_some() {
                found.retain(|one| !matches!(one, Found::Nothing { .. }));
                found.extend(self.body.genes.find(text, FOUND_MAX - found.len()));
            }
            return Ok(found);
        }
        if let Some(number) = number_of_allele_id(text) {
            return Ok(vec![self.of_vrs(text, number, bases)?]);
        }
        if let Some(found) = of_spdi(text, bases) {
            return Ok(vec![found]);
        }
        if let Some(variant) = spelled::variant(text) {
            return Ok(vec![checked(&variant, text, bases)]);
        }
        if let Some(found) = self.of_protein(text, bases).or_else(|| self.of_hgvs(text, bases)) {
            return Ok(found);
        }
        let genes = self.body.genes.find(text, FOUND_MAX);
        // A bare number or letter is rather a chromosome than a part of a gene's name.
        let place = spelled::region(text).map(|region| Found::Region { region });
        Ok(place.into_iter().chain(genes).take(FOUND_MAX).collect())
    }

    fn of_rs(&self, number: u64) -> Result<Vec<Found>, GateError> {
        let mut variants = Vec::new();
        for set in &self.body.sets {
            variants.extend(set.files.of_rs(number)?.into_iter().map(|row| row.variant));
        }
        variants.sort();
        variants.dedup();
        let matched = format!("rs{number}");
        if variants.is_empty() {
            let why = format!("no set that is loaded has `{matched}`");
            return Ok(vec![Found::Nothing { why }]);
        }
        let found = variants.into_iter().take(FOUND_MAX);
        Ok(found.map(|variant| Found::Variant { variant, matched: matched.clone() }).collect())
    }

    /// The variant of a VRS identifier, if a set knows it: the identifier is a digest, which tells nothing of where. Looked
    /// up in sets alone: an index of a release would tell of sites that went with somebody who left.
    fn of_vrs(&self, id: &str, number: u64, bases: &Bases<'_>) -> Result<Found, GateError> {
        for set in &self.body.sets {
            for variant in set.files.near_vrs(number)? {
                if vrs(&variant, bases).is_some_and(|ids| ids.names(id)) {
                    return Ok(Found::Variant { variant, matched: id.to_owned() });
                }
            }
        }
        let why =
            format!("no set that is loaded has `{id}`, and it tells nothing of its place: name that, too");
        Ok(Found::Nothing { why })
    }

    /// Gene models with transcripts of a name: of an accession, else of a gene's name.
    fn models_of(&self, name: &str) -> Vec<(&GeneModels, &Transcript)> {
        let upper = name.trim().to_ascii_uppercase();
        let all = || self.body.sets.iter().filter_map(|set| set.models.as_ref());
        let exact: Vec<_> =
            all().filter_map(|models| models.transcript(&upper).map(|found| (models, found))).collect();
        if !exact.is_empty() {
            return exact;
        }
        let of_gene = self.body.genes.transcripts(&self.body.sets, name).into_iter();
        let with_models = of_gene.filter_map(|transcript| {
            all().find_map(|models| {
                let found = models.transcript(&transcript.id)?;
                std::ptr::eq(found, transcript).then_some((models, transcript))
            })
        });
        with_models.collect()
    }

    /// `NM_000059.4:c.68_69del`, `BRCA2:c.68_69del`, `NC_000013.11:g.32316463A>G`, `chr13:g.32316463A>G`.
    fn of_hgvs(&self, text: &str, bases: &Bases<'_>) -> Option<Vec<Found>> {
        let written = spelled::hgvs(text)?;
        let mut name: Hgvs = match written.parse() {
            Ok(name) => name,
            Err(error) => return Some(vec![nothing(&error)]),
        };
        let typed = name.accession.clone();
        if matches!(name.numbering, Numbering::Genomic | Numbering::Mitochondrial) {
            name.accession = spelled::contig(&typed)
                .map_or(typed.to_ascii_uppercase(), |contig| gj_annotation::accession(contig).to_owned());
            let empty = GeneModels::new(Vec::new());
            return Some(vec![resolved(&name, &empty, bases)]);
        }
        let transcripts = self.models_of(&typed);
        // An accession is one transcript; a gene's name is its preferred one, or the first that has the place.
        let mut refused = None;
        for (models, transcript) in transcripts {
            name.accession = transcript.id.clone();
            match resolved(&name, models, bases) {
                Found::Nothing { why } => {
                    refused.get_or_insert(Found::Nothing { why });
                }
                found => return Some(vec![found]),
            }
        }
        let unknown = || nothing(&HgvsError::Sequence(typed.chars().take(80).collect()));
        Some(vec![refused.unwrap_or_else(unknown)])
    }

    /// `BRCA2 p.Arg97Trp`, `NP_000050.3:p.(Arg97Trp)`, `BRCA2 R97W`.
    fn of_protein(&self, text: &str, bases: &Bases<'_>) -> Option<Vec<Found>> {
        let (name, change) = text.split_once(':').or_else(|| text.rsplit_once(' '))?;
        let change = change.trim();
        let is_protein = change.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("p."));
        let Some(wanted) = Substitution::read(change) else {
            let why = "of proteins only changes of one amino acid are looked up; name others on the DNA (`c.`, `g.`)";
            return is_protein.then(|| vec![Found::Nothing { why: why.to_owned() }]);
        };
        let mut transcripts = self.models_of(name);
        if transcripts.is_empty() {
            let is_it = |t: &&Transcript| t.protein.as_deref().is_some_and(|id| spelled::same(id, name));
            let all = self.body.sets.iter().filter_map(|set| set.models.as_ref());
            let of =
                all.flat_map(|models| models.transcripts().iter().filter(is_it).map(move |t| (models, t)));
            transcripts = of.collect();
        }
        for (models, transcript) in transcripts {
            let variants = protein::variants(models, transcript, wanted, bases);
            if !variants.is_empty() {
                let found = variants.into_iter().map(|variant| Found::Variant {
                    variant,
                    matched: format!("{} {} {change}", transcript.symbol, transcript.id),
                });
                return Some(found.take(FOUND_MAX).collect());
            }
        }
        let why = format!("no transcript of `{}` has that amino acid there", name.trim());
        is_protein.then(|| vec![Found::Nothing { why }])
    }
}

fn nothing(error: &HgvsError) -> Found {
    Found::Nothing { why: error.to_string() }
}

fn resolved(name: &Hgvs, models: &GeneModels, bases: &Bases<'_>) -> Found {
    match hgvs::resolve(name, models, bases) {
        Ok(Some(variant)) => Found::Variant { variant, matched: name.to_string() },
        Ok(None) => Found::Nothing { why: format!("`{name}` says that nothing changes") },
        // Without bases a substitution still says where and what.
        Err(error @ HgvsError::NoReference(_)) => match hgvs::substitution(name, models) {
            Some(variant) => Found::Variant { variant, matched: name.to_string() },
            None => nothing(&error),
        },
        Err(error) => nothing(&error),
    }
}

/// A variant whose reference allele is the reference's, left-aligned.
fn checked(variant: &Variant, text: &str, bases: &Bases<'_>) -> Found {
    let (start, length) = (variant.position.get(), variant.reference.len() as u32);
    match bases.bases(variant.contig, start, start + length - 1) {
        Some(found) if *found != *variant.reference.as_bytes() && !found.contains(&b'N') => {
            let found = String::from_utf8_lossy(&found).into_owned();
            let why = format!("`{variant}` says `{}` where the reference has `{found}`", variant.reference);
            Found::Nothing { why }
        }
        _ => Found::Variant { variant: left_aligned(variant, bases), matched: text.to_owned() },
    }
}

/// A variant of SPDI. One allele may be empty there: the base before is put to both.
fn of_spdi(text: &str, bases: &Bases<'_>) -> Option<Found> {
    let (contig, start, deleted, inserted) = spelled::spdi(text)?;
    let read = |start: u32, count: u32| {
        if count == 0 {
            return Some(String::new());
        }
        let found = bases.bases(contig, start, start.checked_add(count - 1)?)?;
        String::from_utf8(found.into_owned()).ok()
    };
    let no_bases = || Found::Nothing { why: format!("the reference has no bases at `{text}`") };
    let deleted = match deleted {
        Ok(written) => Some(written),
        Err(count) => read(start, count),
    };
    let Some(deleted) = deleted else { return Some(no_bases()) };
    let (mut start, mut from, mut to) = (start, deleted, inserted);
    if from.is_empty() || to.is_empty() {
        let Some(before) = start.checked_sub(1).filter(|at| *at > 0).and_then(|at| read(at, 1)) else {
            return Some(no_bases());
        };
        (start, from, to) = (start - 1, before.clone() + &from, before + &to);
    }
    // Through the one reader of alleles, for its bounds.
    let position = Position::new(start)?;
    Some(match format!("{contig}-{position}-{from}-{to}").parse::<Variant>() {
        Ok(variant) => checked(&variant, text, bases),
        Err(error) => Found::Nothing { why: error.to_string() },
    })
}
