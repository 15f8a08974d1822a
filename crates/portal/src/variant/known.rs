//! What is known of a variant whoever carries it: consequences, ClinVar, other panels, identifiers.

use super::difference;
use crate::browser_words::{self, Words};
use crate::consequence_name;
use crate::language::Language;
use crate::number;
use crate::words::fill;
use gj_api::Problem;
use gj_gate::annotations::{ClinVarCard, Names, PanelFrequency, Told};
use gj_gate::{Annotations, GateError};
use gj_model::Variant;
use std::sync::Arc;

/// Transcripts shown before the rest is folded away, where none is preferred.
const SHOWN_FIRST: usize = 3;

/// The part of a page.
pub(crate) struct Known {
    /// Headline: gene and consequence on the preferred transcript, and numbers of dbSNP.
    pub(crate) tags: Vec<String>,
    pub(crate) first: Vec<ToldRow>,
    pub(crate) rest: Vec<ToldRow>,
    pub(crate) rest_words: String,
    pub(crate) clinvar: Vec<ClinVarRow>,
    pub(crate) panels: Vec<PanelRow>,
    pub(crate) ours_hidden: bool,
    pub(crate) names: Vec<(&'static str, String)>,
    /// Which sets it is told from.
    pub(crate) sets: String,
    pub(crate) is_loaded: bool,
    pub(crate) has_clinvar: bool,
    pub(crate) has_panels: bool,
}

pub(crate) struct ToldRow {
    pub(crate) gene: String,
    pub(crate) transcript: String,
    pub(crate) selection: Option<&'static str>,
    pub(crate) consequence: String,
    pub(crate) impact: &'static str,
    pub(crate) place: String,
    pub(crate) hgvs: Vec<String>,
}

pub(crate) struct ClinVarRow {
    pub(crate) significance: String,
    pub(crate) review: String,
    pub(crate) conditions: String,
    pub(crate) id: String,
}

pub(crate) struct PanelRow {
    pub(crate) panel: String,
    pub(crate) population: String,
    pub(crate) picture: String,
    pub(crate) frequency: String,
    pub(crate) ac: String,
    pub(crate) an: String,
    pub(crate) hom: String,
    pub(crate) against: String,
    pub(crate) filters: String,
}

/// Of one variant, with our own frequency if it is shown. Files are read beside the server's own threads.
///
/// # Errors
/// When a set is damaged.
pub(crate) async fn of(
    language: Language,
    annotations: Arc<Annotations>,
    variant: Variant,
    ours: Option<f64>,
) -> Result<Known, Problem> {
    let look = move || look(language, &annotations, &variant, ours);
    let known = tokio::task::spawn_blocking(look).await.map_err(|error| Problem::public(error.into()))?;
    known.map_err(Problem::public)
}

fn look(
    language: Language,
    annotations: &Annotations,
    variant: &Variant,
    ours: Option<f64>,
) -> Result<Known, GateError> {
    let words = browser_words::of(language);
    let told = annotations.consequences(variant)?;
    let known = annotations.known(variant)?;
    let names = annotations.names(variant)?;
    let layer = annotations.layer();
    let has = |kind: &str| layer.sets.iter().any(|set| set.kind == kind);
    let tags = told.first().map(|told| format!("{} {}", told.symbol, name(language, told)));
    let preferred = told.iter().take_while(|told| told.selection.is_some()).count().max(SHOWN_FIRST);
    let mut first: Vec<ToldRow> = told.iter().map(|told| row(language, told)).collect();
    let rest = first.split_off(preferred.min(first.len()));
    Ok(Known {
        tags: tags.into_iter().chain(known.rs.iter().cloned()).collect(),
        first,
        rest_words: fill(words.other_transcripts, &[("count", &rest.len().to_string())]),
        rest,
        clinvar: known.clinvar.iter().map(clinvar).collect(),
        panels: known.frequencies.iter().filter_map(|panel| panel_row(words, panel, ours)).collect(),
        ours_hidden: ours.is_none(),
        names: named(&names, &known.rs),
        sets: sets(words, annotations),
        is_loaded: !layer.sets.is_empty(),
        has_clinvar: has("variants") || !known.clinvar.is_empty(),
        has_panels: has("frequencies"),
    })
}

/// Which sets a page is told from.
pub(crate) fn sets(words: &Words, annotations: &Annotations) -> String {
    let layer = annotations.layer();
    if layer.sets.is_empty() {
        return words.sets_none.to_owned();
    }
    let sets: Vec<String> = layer.sets.iter().map(|set| format!("{} {}", set.name, set.version)).collect();
    let number = layer.number.to_string();
    let values = [("layer", number.as_str()), ("day", &layer.day), ("sets", &sets.join(", "))];
    fill(words.sets, &values)
}

fn name(language: Language, told: &Told) -> String {
    let terms = told.terms.iter().map(|term| consequence_name::of(language, term.term));
    terms.collect::<Vec<_>>().join(if language == Language::Ja { "、" } else { ", " })
}

fn row(language: Language, told: &Told) -> ToldRow {
    let hgvs = [&told.hgvs_transcript, &told.hgvs_protein].into_iter().flatten().cloned();
    let exon = told.exon.as_ref().map(|exon| format!("exon {exon}"));
    ToldRow {
        gene: told.symbol.clone(),
        transcript: told.transcript.clone(),
        selection: told.selection,
        consequence: name(language, told),
        impact: told.impact,
        place: exon.or_else(|| told.intron.as_ref().map(|i| format!("intron {i}"))).unwrap_or_default(),
        hgvs: hgvs.collect(),
    }
}

fn clinvar(card: &ClinVarCard) -> ClinVarRow {
    let spaced = |text: &str| text.replace('_', " ");
    ClinVarRow {
        significance: spaced(&card.significance),
        review: spaced(&card.review),
        conditions: card.conditions.iter().map(|name| spaced(name)).collect::<Vec<_>>().join("; "),
        id: card.id.clone(),
    }
}

/// A population in which alleles were called.
fn panel_row(words: &Words, panel: &PanelFrequency, ours: Option<f64>) -> Option<PanelRow> {
    let count = |number: u32| number::count(u64::from(number));
    if panel.an == 0 {
        return None;
    }
    let frequency = f64::from(panel.ac) / f64::from(panel.an);
    let ratio = ours.filter(|ours| *ours > 0.0).map(|ours| frequency / ours);
    Some(PanelRow {
        panel: format!("{} {}", panel.set, panel.version),
        population: panel.population.clone(),
        picture: difference::picture(ours, frequency),
        frequency: number::frequency(frequency),
        ac: count(panel.ac),
        an: count(panel.an),
        hom: panel.hom.map(count).unwrap_or_default(),
        against: ratio
            .map(|ratio| fill(words.times, &[("ratio", &number::ratio(ratio))]))
            .unwrap_or_else(|| "–".to_owned()),
        filters: panel.filters.join(" "),
    })
}

fn named(names: &Names, rs: &[String]) -> Vec<(&'static str, String)> {
    let rs = if names.rs.is_empty() { rs } else { &names.rs };
    let given = [
        ("HGVS g.", names.hgvs_genomic.clone()),
        ("SPDI", names.spdi.clone()),
        ("VRS 2", names.vrs.clone()),
        ("VRS 1.3", names.vrs_1.clone()),
        ("dbSNP", (!rs.is_empty()).then(|| rs.join(", "))),
    ];
    given.into_iter().filter_map(|(label, name)| Some((label, name?))).collect()
}
