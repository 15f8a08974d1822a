//! Annotation of a release: the reference and public knowledge, never people, so that no grant is needed.
//!
//! A layer is a list of immutable sets. Consequences and names are computed when asked for, from the layer's gene
//! models and reference; what is known elsewhere is looked up in sorted tables.

mod bases;
mod cards;
mod find;
mod genes;
mod protein;
mod sets;
mod spelled;

pub(crate) use bases::Bases;
pub use cards::{
    ClinVarCard, Constraint, Found, Gene, GeneTranscript, Known, LayerCard, Names, PanelFrequency, Segment,
    SetCard, Term, Told,
};
pub(crate) use sets::Opened;

use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use gj_annotation::{Annotation, Annotator, Clinical, Edit, hgvs, left_aligned, spdi, vrs};
use gj_model::{FreezeName, Region, Variant};
use gj_registry::{AnnotationLayer, AnnotationSet};
use gj_store::annotation::KnownRow;
use sets::{Body, OpenSet};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The sets of one layer, open.
#[derive(Debug)]
pub struct Annotations {
    card: LayerCard,
    body: Arc<Body>,
    sites_max: usize,
}

impl Gate {
    /// Whether somebody may look things up through the API: who may ask for frequencies, paid for or not, since it
    /// is public knowledge. A refusal leaves a line; what is looked up leaves none.
    ///
    /// # Errors
    /// A refusal.
    pub async fn may_look_up(&self, asker: &Asker) -> Result<(), GateError> {
        self.authorise(asker, "frequency.read", "annotation").await
    }

    /// The current set of every name, as the next release will have them; layer 0.
    ///
    /// # Errors
    /// When a set is missing or damaged.
    pub async fn annotations_current(&self) -> Result<Arc<Annotations>, GateError> {
        let sets = self.annotation_sets().await?;
        let sets = crate::acts::annotation::current(sets);
        self.open_layer(Some(AnnotationLayer { number: 0, created_at: String::new(), sets })).await
    }

    /// The newest layer of a release; without any set where none is loaded. Open to everybody.
    ///
    /// # Errors
    /// When a set is missing or damaged.
    pub async fn annotations(&self, freeze: &FreezeName) -> Result<Arc<Annotations>, GateError> {
        let newest = self.inner.registry.read().await?.newest_annotation_layer(freeze).await?;
        self.open_layer(newest).await
    }

    /// A layer of a release by its number.
    ///
    /// # Errors
    /// [`GateError::Annotation`] for a layer that the release does not have; when a set is missing or damaged.
    pub async fn annotations_at(
        &self,
        freeze: &FreezeName,
        layer: i64,
    ) -> Result<Arc<Annotations>, GateError> {
        let layers = self.inner.registry.read().await?.annotation_layers(freeze).await?;
        let Some(found) = layers.into_iter().find(|one| one.number == layer) else {
            let what = format!("`{freeze}` has no layer {layer}; see `gj annotation list {freeze}`");
            return Err(GateError::Annotation(what));
        };
        self.open_layer(Some(found)).await
    }

    async fn open_layer(&self, layer: Option<AnnotationLayer>) -> Result<Arc<Annotations>, GateError> {
        let layer =
            layer.unwrap_or(AnnotationLayer { number: 0, created_at: String::new(), sets: Vec::new() });
        let day = layer.created_at.get(..10).unwrap_or_default().to_owned();
        let sets = layer.sets.iter().map(set_card).collect();
        let card = LayerCard { number: layer.number, day, sets };
        let sites_max = self.inner.config.limits.sites_max;
        Ok(Arc::new(Annotations { card, body: self.annotation_body(layer.sets).await?, sites_max }))
    }
}

fn set_card(set: &AnnotationSet) -> SetCard {
    SetCard {
        name: set.name.clone(),
        kind: set.kind.clone(),
        version: set.version.clone(),
        digest: set.manifest_digest.clone(),
        source: set.source.clone(),
        licence: set.licence.clone(),
        entries: set.entries,
    }
}

impl Annotations {
    /// Which layer this is, and of which sets.
    pub fn layer(&self) -> &LayerCard {
        &self.card
    }

    /// The reference for one question; to be checked after it.
    fn bases(&self) -> Bases<'_> {
        Bases::new(&self.body.reference)
    }

    /// What a variant does to each transcript near it: preferred transcripts first, then by severity. Empty far
    /// from genes, or without gene models.
    ///
    /// # Errors
    /// When the reference is damaged.
    pub fn consequences(&self, variant: &Variant) -> Result<Vec<Told>, GateError> {
        Ok(self.consequences_of(std::slice::from_ref(variant))?.pop().unwrap_or_default())
    }

    /// The same of many variants, best in ascending order: neighbours meet the same transcripts.
    ///
    /// # Errors
    /// When the reference is damaged.
    pub fn consequences_of(&self, variants: &[Variant]) -> Result<Vec<Vec<Told>>, GateError> {
        let bases = self.bases();
        let mut all = vec![Vec::new(); variants.len()];
        for set in &self.body.sets {
            let Some(models) = &set.models else { continue };
            let mut annotator = Annotator::new(models, &bases);
            for (variant, told) in variants.iter().zip(&mut all) {
                let edit = Edit::of(variant);
                let found = annotator.annotate(variant).into_iter();
                told.extend(found.map(|found| tell(set, found, &edit, &bases)));
            }
        }
        bases.check()?;
        for told in &mut all {
            told.sort_by(|(one, _), (other, _)| one.cmp(other));
        }
        Ok(all.into_iter().map(|told| told.into_iter().map(|(_, told)| told).collect()).collect())
    }

    /// The variant as far left as it can be written, where the reference is loaded.
    ///
    /// # Errors
    /// When the reference is damaged.
    pub fn left_aligned(&self, variant: &Variant) -> Result<Variant, GateError> {
        let bases = self.bases();
        let aligned = left_aligned(variant, &bases);
        bases.check()?;
        Ok(aligned)
    }

    /// Names of a variant.
    ///
    /// # Errors
    /// When a set is damaged.
    pub fn names(&self, variant: &Variant) -> Result<Names, GateError> {
        let bases = self.bases();
        let hgvs_genomic = hgvs::on_genome(&Edit::of(variant), &bases).map(|name| name.to_string());
        let (spdi, ids) = (spdi(variant, &bases), vrs(variant, &bases));
        bases.check()?;
        let (vrs, vrs_1) = ids.map(|ids| (ids.v2, ids.v1)).unzip();
        Ok(Names { hgvs_genomic, spdi, vrs, vrs_1, rs: self.known(variant)?.rs })
    }

    /// What is known of a variant elsewhere.
    ///
    /// # Errors
    /// When a set is damaged.
    pub fn known(&self, variant: &Variant) -> Result<Known, GateError> {
        let variant = self.left_aligned(variant)?;
        let mut known = Known::default();
        for set in &self.body.sets {
            if let Some(row) = set.files.known(&variant)? {
                add(&mut known, set, row)?;
            }
        }
        Ok(known)
    }

    /// Every variant of a region that something is known of, in ascending order.
    ///
    /// # Errors
    /// When a set is damaged; [`GateError::TooManySites`] of a region with too many.
    pub fn known_in(&self, region: &Region) -> Result<Vec<(Variant, Known)>, GateError> {
        let limit = self.sites_max;
        let mut found: BTreeMap<Variant, Known> = BTreeMap::new();
        for set in &self.body.sets {
            for row in set.files.known_in(region, limit)? {
                add(found.entry(row.variant.clone()).or_default(), set, row)?;
            }
            if found.len() > limit {
                return Err(GateError::TooManySites { limit });
            }
        }
        Ok(found.into_iter().collect())
    }

    /// A gene by its symbol, id, alias or name, in any case and width of letters.
    pub fn gene(&self, name: &str) -> Option<Gene> {
        self.body.genes.gene(&self.body.sets, name)
    }

    /// Genes with a base in a region, by first base.
    pub fn genes_in(&self, region: &Region) -> Vec<Gene> {
        self.body.genes.within(&self.body.sets, region)
    }
}

/// What told things are sorted by.
type Order = (u8, u32, Reverse<u32>, String);

fn tell(set: &OpenSet, found: Annotation<'_>, edit: &Edit, bases: &Bases<'_>) -> (Order, Told) {
    let transcript = found.transcript;
    let coding = transcript.coding.as_ref().map_or(0, |coding| coding.end - coding.start);
    let terms: Vec<_> = found.consequences.iter().collect();
    // INVARIANT: there is a term, or the annotator had left the transcript out.
    let worst = terms.first().copied().unwrap_or(gj_annotation::Consequence::Intergenic);
    let exons = transcript.exons.len();
    let order = (cards::rank(transcript.selection), worst as u32, Reverse(coding), transcript.id.clone());
    let told = Told {
        symbol: transcript.symbol.clone(),
        gene_id: transcript.gene_id.clone(),
        transcript: transcript.id.clone(),
        twin: transcript.twin.clone(),
        biotype: transcript.biotype.clone(),
        selection: transcript.selection.map(cards::selection),
        terms: terms.iter().map(|one| Term { term: one.term(), accession: one.accession() }).collect(),
        impact: cards::impact(worst.impact()),
        exon: found.exon.map(|number| format!("{number}/{exons}")),
        intron: found.intron.map(|number| format!("{number}/{}", exons - 1)),
        hgvs_transcript: hgvs::on_transcript(transcript, edit, bases).map(|name| name.to_string()),
        hgvs_protein: found.hgvs_protein(),
        set: set.row.name.clone(),
    };
    (order, told)
}

/// Adds what a row of a set says.
fn add(known: &mut Known, set: &OpenSet, row: KnownRow) -> Result<(), GateError> {
    for number in &row.rs {
        let name = format!("rs{number}");
        if !known.rs.contains(&name) {
            known.rs.push(name);
        }
    }
    for card in &row.cards {
        let card: Clinical = serde_json::from_str(card).map_err(|error| {
            GateError::Inconsistent(format!("set `{}`: a card that does not read: {error}", set.row.name))
        })?;
        let Clinical { id, significance, review, conditions, condition_ids } = card;
        let set = set.row.name.clone();
        known.clinvar.push(ClinVarCard { id, significance, review, conditions, condition_ids, set });
    }
    let filters: Vec<String> = row.filters.split(';').filter(|f| !f.is_empty()).map(str::to_owned).collect();
    for (population, counts) in set.files.manifest().populations.iter().zip(&row.counts) {
        known.frequencies.push(PanelFrequency {
            set: set.row.name.clone(),
            version: set.row.version.clone(),
            population: population.clone(),
            ac: counts.ac,
            an: counts.an,
            hom: counts.hom,
            filters: filters.clone(),
        });
    }
    Ok(())
}
