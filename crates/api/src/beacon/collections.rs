//! Datasets and cohorts as the specification's collections: what institutions contributed, and releases. Public
//! knowledge of the catalogue and the overview; people as those show them.

use super::envelope::meta;
use super::narrowing::DatasetFilter;
use super::request::Request;
use gj_gate::acts::overview::FreezeCard;
use gj_gate::{DatasetCard, Granularity};
use serde_json::{Value, json};

/// The release of the Data Use Ontology whose codes are in use.
const DUO_VERSION: &str = "2021-02-23";

/// A dataset as the specification describes one.
pub(crate) fn dataset(card: &DatasetCard) -> Value {
    let terms: Vec<Value> = card
        .duo
        .iter()
        .map(|(code, value)| {
            let mut duo = json!({ "id": code, "version": DUO_VERSION });
            if !value.is_empty() {
                duo["modifiers"] = json!([{ "id": modifier(value) }]);
            }
            duo
        })
        .collect();
    let releases: Vec<Value> =
        card.releases.iter().map(|(name, people)| json!({ "id": name, "people": people })).collect();
    let mut dataset = json!({
        "id": card.id,
        "name": card.name.en,
        "createDateTime": format!("{}T00:00:00Z", card.starting_point),
        "info": {
            "nameJa": card.name.ja,
            "contributor": { "id": card.contributor, "name": card.contributor_name.en, "nameJa": card.contributor_name.ja },
            "stratum": card.stratum,
            "tier": card.tier,
            "startingPoint": card.starting_point,
            "restrictedUntil": card.restricted_until,
            "releases": releases,
        },
    });
    if !terms.is_empty() {
        dataset["dataUseConditions"] = json!({ "duoDataUse": terms });
    }
    dataset
}

/// What a term is about, as a CURIE: diseases are; countries and institutions become one of ours.
fn modifier(value: &str) -> String {
    if value.contains(':') { value.to_owned() } else { format!("CUSTOM:{value}") }
}

/// A release as a cohort. `cohortSize` is left out where it is hidden.
pub(crate) fn cohort(card: &FreezeCard) -> Value {
    let groups = |groups: &[gj_gate::acts::overview::GroupSize]| -> Vec<Value> {
        groups
            .iter()
            .map(|group| json!({ "id": group.id, "name": group.name, "people": group.people }))
            .collect()
    };
    let mut cohort = json!({
        "id": card.name,
        "name": format!("Release {}", card.name),
        "cohortType": "beacon-defined",
        "cohortDataTypes": [{ "id": "OBI:0000070", "label": "genotyping assay" }],
        "info": {
            "digest": card.digest,
            "createdAt": card.created_at,
            "variants": card.variants,
            "contributors": groups(&card.contributors),
            "strata": groups(&card.strata),
        },
    });
    if let Some(people) = card.people {
        cohort["cohortSize"] = json!(people);
    }
    cohort
}

/// Whether a dataset fits every filter.
pub(crate) fn fits(card: &DatasetCard, filters: &[DatasetFilter]) -> bool {
    filters.iter().all(|filter| match filter {
        DatasetFilter::Duo(id) => card.duo.iter().any(|(code, _)| code == id),
        DatasetFilter::Contributor(is, id) => (card.contributor.as_str() == id) == *is,
        DatasetFilter::Tier(is, tier) => (card.tier == *tier) == *is,
    })
}

/// The body of an answer: the page asked for of some collections.
pub(crate) fn body(request: &Request, collections: &[Value]) -> Value {
    let mut body = json!({ "meta": meta(request), "responseSummary": { "exists": !collections.is_empty() } });
    if request.granularity > Granularity::Boolean {
        body["responseSummary"]["numTotalResults"] = json!(collections.len());
    }
    if request.granularity == Granularity::Record {
        body["response"] = json!({ "collections": request.page.of(collections) });
    }
    body
}
