//! One site as a Beacon record. Frequencies that are hidden are left out and named; our own counts
//! stand in `info`, where hidden is null.

use super::kind::Kind;
use gj_gate::annotation::{NoBases, accession, spdi, vrs};
use gj_gate::annotations::{Known, Told};
use gj_gate::{Annotations, GateError};
use gj_model::{Contig, FreezeName, SiteFrequency, Variant};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What a record is cited by.
pub(crate) struct Cited<'a> {
    pub(crate) release: &'a FreezeName,
    pub(crate) digest: &'a str,
}

/// The record, with what the release's annotation says of the variant.
///
/// # Errors
/// When a set of the annotation is damaged.
pub(crate) fn record(
    site: &SiteFrequency,
    cited: &Cited<'_>,
    annotations: Option<&Annotations>,
) -> Result<Value, GateError> {
    let frequencies: Vec<Value> = site
        .groups
        .iter()
        .filter_map(|(group, cells)| {
            cells.frequency().map(|frequency| json!({ "population": group, "alleleFrequency": frequency }))
        })
        .collect();
    let hidden: Vec<&String> =
        site.groups.iter().filter(|(_, cells)| cells.any_hidden()).map(|(group, _)| group).collect();
    let (told, known) = match annotations {
        Some(annotations) => (annotations.consequences(&site.variant)?, annotations.known(&site.variant)?),
        None => (Vec::new(), Known::default()),
    };
    let mut record = json!({
        "variantInternalId": site.variant.to_string(),
        "variation": variation(&site.variant),
        "identifiers": identifiers(&site.variant, &told, &known, annotations)?,
        "info": { "counts": site.groups, "groupsWithHiddenCounts": hidden },
    });
    if !told.is_empty() {
        record["molecularAttributes"] = molecular(&told);
    }
    let interpretations = clinical(&known);
    if !interpretations.is_empty() {
        record["variantLevelData"] = json!({ "clinicalInterpretations": interpretations });
    }
    // The schema wants at least one frequency where there are any.
    if !frequencies.is_empty() {
        record["frequencyInPopulations"] = json!([{
            "source": "Genomics Japan",
            "sourceReference": format!("release {} ({})", cited.release, cited.digest),
            "version": cited.release,
            "frequencies": frequencies,
        }]);
    }
    Ok(record)
}

/// The variant as the specification's `LegacyVariation`, with interbase coordinates.
fn variation(variant: &Variant) -> Value {
    let start = variant.position.get() - 1;
    let number = |value: u32| json!({ "type": "Number", "value": value });
    json!({
        "variantType": Kind::of(variant).name(),
        "referenceBases": variant.reference,
        "alternateBases": variant.alternate,
        "location": {
            "type": "SequenceLocation",
            "sequence_id": format!("refseq:{}", accession(variant.contig)),
            "interval": {
                "type": "SequenceInterval",
                "start": number(start),
                "end": number(start + variant.reference.len() as u32),
            },
        },
    })
}

fn identifiers(
    variant: &Variant,
    told: &[Told],
    known: &Known,
    annotations: Option<&Annotations>,
) -> Result<Value, GateError> {
    let mut names = annotations.map_or(Ok(Default::default()), |annotations| annotations.names(variant))?;
    // Without a reference only what cannot be written elsewhere has names: better none than a wrong one.
    names.spdi = names.spdi.or_else(|| spdi(variant, &NoBases));
    if let Some(ids) = vrs(variant, &NoBases).filter(|_| names.vrs.is_none()) {
        (names.vrs_1, names.vrs) = (Some(ids.v1), Some(ids.v2));
    }
    let mut identifiers = json!({});
    if let Some(name) = names.hgvs_genomic.or_else(|| substitution(variant)) {
        identifiers["genomicHGVSId"] = json!(name);
    }
    let (mut transcripts, mut proteins) = (Vec::new(), Vec::new());
    for told in told {
        transcripts.extend(told.hgvs_transcript.as_ref());
        proteins.extend(told.hgvs_protein.as_ref());
    }
    if !transcripts.is_empty() {
        identifiers["transcriptHGVSIds"] = json!(transcripts);
    }
    if !proteins.is_empty() {
        identifiers["proteinHGVSIds"] = json!(proteins);
    }
    if let Some(card) = known.clinvar.iter().find(|card| card.id.bytes().all(|b| b.is_ascii_digit())) {
        identifiers["clinvarVariantId"] = json!(format!("clinvar:{}", card.id));
    }
    let other = |id: Option<String>, notes: &str| id.map(|id| json!({ "id": id, "notes": notes }));
    let rs = known.rs.iter().map(|rs| json!({ "id": format!("dbSNP:{rs}"), "notes": "dbSNP" }));
    let others: Vec<Value> = [
        other(names.vrs_1, "GA4GH VRS 1.3"),
        other(names.vrs, "GA4GH VRS 2.0.1"),
        other(names.spdi.map(|name| format!("SPDI:{name}")), "canonical SPDI"),
    ]
    .into_iter()
    .flatten()
    .chain(rs)
    .collect();
    if !others.is_empty() {
        identifiers["variantAlternativeIds"] = json!(others);
    }
    Ok(identifiers)
}

/// The HGVS name of a substitution of one base, which needs no reference. Other kinds are shifted by rules that
/// need the sequence (HGVS nomenclature, 3' rule).
fn substitution(variant: &Variant) -> Option<String> {
    if variant.reference.len() != 1 || variant.alternate.len() != 1 {
        return None;
    }
    let kind = if variant.contig == Contig::MT { 'm' } else { 'g' };
    let accession = accession(variant.contig);
    Some(format!("{accession}:{kind}.{}{}>{}", variant.position, variant.reference, variant.alternate))
}

fn molecular(told: &[Told]) -> Value {
    let genes: BTreeSet<&str> =
        told.iter().map(|told| told.symbol.as_str()).filter(|s| !s.is_empty()).collect();
    let mut effects: Vec<(&str, &str)> = Vec::new();
    for term in told.iter().flat_map(|told| &told.terms) {
        if !effects.contains(&(term.accession, term.term)) {
            effects.push((term.accession, term.term));
        }
    }
    let effects: Vec<Value> =
        effects.into_iter().map(|(id, label)| json!({ "id": id, "label": label })).collect();
    let changes: BTreeSet<&str> = told
        .iter()
        .filter_map(|told| told.hgvs_protein.as_deref()?.rsplit_once(':').map(|(_, change)| change))
        .collect();
    let mut molecular = json!({ "geneIds": genes, "molecularEffects": effects });
    if !changes.is_empty() {
        molecular["aminoacidChanges"] = json!(changes);
    }
    molecular
}

/// What ClinVar says, one line a condition. A significance that the specification has no word for is left out:
/// nothing is said that ClinVar does not.
fn clinical(known: &Known) -> Vec<Value> {
    let mut found = Vec::new();
    for card in &known.clinvar {
        let word = card.significance.to_lowercase().replace('_', " ");
        let five = ["benign", "likely benign", "uncertain significance", "likely pathogenic", "pathogenic"];
        for (number, condition) in card.conditions.iter().enumerate() {
            let ids = card.condition_ids.get(number);
            let curie = ids.and_then(|ids| ids.iter().find(|id| id.contains(':')));
            let id = curie.map_or_else(
                || format!("clinvar:{}", card.id),
                // ClinVar writes `MONDO:MONDO:0009061`.
                |id| id.strip_prefix("MONDO:MONDO").map_or(id.clone(), |rest| format!("MONDO{rest}")),
            );
            let mut one = json!({
                "conditionId": format!("clinvar:{}", card.id),
                "effect": { "id": id, "label": condition },
            });
            if five.contains(&word.as_str()) {
                one["clinicalRelevance"] = json!(word);
            }
            found.push(one);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_a_reference_are_those_that_need_none() {
        let of = |text: &str| identifiers(&text.parse().unwrap(), &[], &Known::default(), None).unwrap();
        let ids = of("chr22-42127941-G-A");
        assert_eq!(ids["genomicHGVSId"], "NC_000022.11:g.42127941G>A");
        assert_eq!(ids["variantAlternativeIds"][2]["id"], "SPDI:NC_000022.11:42127940:G:A");
        assert!(ids["variantAlternativeIds"][0]["id"].as_str().unwrap().starts_with("ga4gh:VA."));
        assert_eq!(of("chrM-73-A-G")["genomicHGVSId"], "NC_012920.1:m.73A>G");
        assert_eq!(of("chr22-42127941-GT-G"), json!({}));
    }
}
