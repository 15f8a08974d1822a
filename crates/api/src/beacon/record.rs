//! One site as a Beacon record. Frequencies that are hidden are left out and named; our own counts
//! stand in `info`, where hidden is null. Pure.

use super::assembly;
use super::query::Kind;
use gj_gate::Citation;
use gj_model::{Contig, SiteFrequency, Variant};
use serde_json::{Value, json};

/// The record.
pub(crate) fn record(site: &SiteFrequency, citation: &Citation) -> Value {
    let frequencies: Vec<Value> = site
        .groups
        .iter()
        .filter_map(|(group, cells)| {
            cells.frequency().map(|frequency| json!({ "population": group, "alleleFrequency": frequency }))
        })
        .collect();
    let hidden: Vec<&String> =
        site.groups.iter().filter(|(_, cells)| cells.any_hidden()).map(|(group, _)| group).collect();
    let mut record = json!({
        "variantInternalId": site.variant.to_string(),
        "variation": variation(&site.variant),
        "info": { "counts": site.groups, "groupsWithHiddenCounts": hidden },
    });
    if let Some(name) = hgvs(&site.variant) {
        record["identifiers"] = json!({ "genomicHGVSId": name });
    }
    // The schema wants at least one frequency where there are any.
    if !frequencies.is_empty() {
        record["frequencyInPopulations"] = json!([{
            "source": "Genomics Japan",
            "sourceReference": format!("release {} ({})", citation.freeze, citation.digest),
            "version": citation.freeze,
            "frequencies": frequencies,
        }]);
    }
    record
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
            "sequence_id": format!("refseq:{}", assembly::accession(variant.contig)),
            "interval": {
                "type": "SequenceInterval",
                "start": number(start),
                "end": number(start + variant.reference.len() as u32),
            },
        },
    })
}

/// The HGVS name of a substitution of one base. Other kinds are shifted by rules that need the
/// reference sequence (HGVS nomenclature, 3' rule), which is not at hand here: better no name than a
/// wrong one.
fn hgvs(variant: &Variant) -> Option<String> {
    if variant.reference.len() != 1 || variant.alternate.len() != 1 {
        return None;
    }
    let kind = if variant.contig == Contig::MT { 'm' } else { 'g' };
    let accession = assembly::accession(variant.contig);
    Some(format!("{accession}:{kind}.{}{}>{}", variant.position, variant.reference, variant.alternate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_substitutions_are_named() {
        let named = |text: &str| hgvs(&text.parse().unwrap());
        assert_eq!(named("chr22-42127941-G-A").as_deref(), Some("NC_000022.11:g.42127941G>A"));
        assert_eq!(named("chrM-73-A-G").as_deref(), Some("NC_012920.1:m.73A>G"));
        assert_eq!(named("chr22-42127941-GT-G"), None);
    }
}
