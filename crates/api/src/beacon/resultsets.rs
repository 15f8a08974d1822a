//! The body of an answer about variants, made from released frequencies.
//!
//! A variant counts as found when it is listed and its allele was, or may have been, seen: a variant
//! whose total is shown as zero is in the release, but nobody counted carries it. A hidden total says
//! no more here than in a frequency answer, where the same sites are listed as hidden or as zero.

use super::envelope::meta;
use super::handovers::Ways;
use super::record::{Cited, record};
use super::request::Request;
use super::sites::Set;
use gj_gate::{GateError, Granularity};
use serde_json::{Value, json};

/// The body, for one set a release asked.
///
/// # Errors
/// When a set of the annotation is damaged.
pub(crate) fn body(request: &Request, sets: &[Set], ways: Option<&Ways>) -> Result<Value, GateError> {
    let total: usize = sets.iter().map(|set| set.total).sum();
    let mut body = json!({ "meta": meta(request), "responseSummary": { "exists": total > 0 } });
    if request.granularity == Granularity::Boolean {
        return Ok(body);
    }
    body["responseSummary"]["numTotalResults"] = json!(total);
    body["responseSummary"]["countPrecision"] = json!("exact");
    if request.granularity == Granularity::Count {
        return Ok(body);
    }
    let listed = sets.iter().filter(|set| request.include.lists(set.total > 0));
    let listed: Vec<Value> = listed.map(|set| resultset(request, set, ways)).collect::<Result<_, _>>()?;
    if let [set] = sets {
        let mut pagination = json!({ "skip": set.skip, "limit": request.page.limit });
        let tokens =
            [("currentPage", &request.token), ("nextPage", &set.next), ("previousPage", &set.previous)];
        for (name, token) in tokens {
            if let Some(token) = token {
                pagination[name] = json!(token);
            }
        }
        body["meta"]["receivedRequestSummary"]["pagination"] = pagination;
    }
    body["response"] = json!({ "resultSets": listed });
    let handovers = ways.map(Ways::after_answer).unwrap_or_default();
    if !handovers.is_empty() {
        body["beaconHandovers"] = json!(handovers);
    }
    Ok(body)
}

fn resultset(request: &Request, set: &Set, ways: Option<&Ways>) -> Result<Value, GateError> {
    let cited = Cited { release: &set.release, digest: &set.digest };
    let annotations = set.annotations.as_deref();
    let results = set.sites.iter().map(|site| record(site, &cited, annotations));
    let results: Vec<Value> = results.collect::<Result<_, _>>()?;
    let most = set.smallest_cell.saturating_sub(1);
    let mut one = json!({
        "id": set.release,
        "setType": "cohort",
        "exists": set.total > 0,
        "resultsCount": set.total,
        "countPrecision": "exact",
        "results": results,
        "info": {
            "digest": set.digest,
            "smallestCell": set.smallest_cell,
            "matchingVariantsNobodyCarries": set.unseen,
            "matchingVariantsNotJudged": set.unjudged,
            "disclosure": format!(
                "counts from 1 to {most}, and counts that would reveal one by subtraction, are hidden: their \
                 frequency is left out and their count is null; zero is shown"
            ),
        },
    });
    // Sites that are not told now would be counted: the number is of those told.
    if !set.ledger.withheld.is_empty() {
        one["countPrecision"] = json!("imprecise");
        one["info"]["withheld"] = json!(set.ledger.withheld);
    }
    if let Some(count) = &set.ledger.guarded {
        one["countPrecision"] = json!("imprecise");
        one["info"]["count"] = json!(count);
    }
    if let Some(group) = &set.group {
        one["info"]["countedPeople"] =
            json!({ "split": group.split.name(), "group": group.name, "others": group.others });
    }
    if let Some(annotations) = annotations.filter(|annotations| annotations.layer().number > 0) {
        one["info"]["annotation"] = json!(annotations.layer());
    }
    if request.granularity == Granularity::Record
        && set.total > 0
        && let Some(ways) = ways
    {
        one["resultsHandovers"] = json!(ways.after_sites(set));
    }
    Ok(one)
}
