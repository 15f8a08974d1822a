//! The body of a Beacon answer, made from released frequencies. Pure.
//!
//! A variant counts as found when it is listed and its allele was, or may have been, seen: a variant
//! whose total is shown as zero is in the release, but nobody counted carries it. A hidden total says
//! no more here than in a frequency answer, where the same sites are listed as hidden or as zero.

use super::envelope::meta;
use super::record::record;
use super::request::{Granularity, Request};
use gj_gate::FrequencyAnswer;
use gj_model::SiteFrequency;
use serde_json::{Value, json};

struct Found<'a> {
    answer: &'a FrequencyAnswer,
    hits: Vec<&'a SiteFrequency>,
    /// Sites that match, whose total is zero.
    unseen: usize,
}

/// The body, for one answer a release asked.
pub(crate) fn body(request: &Request, answers: &[&FrequencyAnswer]) -> Value {
    let found: Vec<Found> = answers.iter().map(|answer| find(request, answer)).collect();
    let total: usize = found.iter().map(|found| found.hits.len()).sum();
    let mut body = json!({ "meta": meta(request), "responseSummary": { "exists": total > 0 } });
    if request.granularity == Granularity::Boolean {
        return body;
    }
    body["responseSummary"]["numTotalResults"] = json!(total);
    if request.granularity == Granularity::Record {
        let listed = found.iter().filter(|found| request.include.lists(!found.hits.is_empty()));
        let sets: Vec<Value> = listed.map(|found| resultset(request, found)).collect();
        body["response"] = json!({ "resultSets": sets });
    }
    body
}

fn find<'a>(request: &Request, answer: &'a FrequencyAnswer) -> Found<'a> {
    let matching = answer.sites.iter().filter(|site| request.query.matches(&site.variant));
    let (unseen, hits): (Vec<_>, Vec<_>) =
        matching.partition(|site| site.groups.get("all").is_some_and(|cells| cells.ac == Some(0)));
    Found { answer, hits, unseen: unseen.len() }
}

fn resultset(request: &Request, found: &Found) -> Value {
    let citation = &found.answer.citation;
    let results: Vec<Value> =
        request.page.of(&found.hits).iter().map(|site| record(site, citation)).collect();
    let most = found.answer.smallest_cell.saturating_sub(1);
    json!({
        "id": citation.freeze,
        "setType": "dataset",
        "exists": !found.hits.is_empty(),
        "resultsCount": found.hits.len(),
        "results": results,
        "info": {
            "digest": citation.digest,
            "smallestCell": found.answer.smallest_cell,
            "matchingVariantsNobodyCarries": found.unseen,
            "disclosure": format!(
                "counts from 1 to {most}, and counts that would reveal one by subtraction, are hidden: their \
                 frequency is left out and their count is null; zero is shown"
            ),
        },
    })
}
