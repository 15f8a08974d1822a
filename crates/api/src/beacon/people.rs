//! People, their samples, runs and analyses: counted, never listed. What is told of a count is decided by the gate:
//! it rounds, hides, and says when it counted fewer or wider conditions than were asked for.

use super::envelope::meta;
use super::request::Request;
use gj_gate::{Entity, Granularity, PeopleAnswer};
use serde_json::{Value, json};

/// What is counted for an entry type.
pub(crate) fn entity(entry: &str) -> Entity {
    match entry {
        "biosample" => Entity::Biosamples,
        "run" => Entity::Runs,
        "analysis" => Entity::Analyses,
        _ => Entity::Individuals,
    }
}

/// The body of an answer; without one, of a test.
///
/// A count that is not told is of few people or of nobody, and the two are not told apart: `exists` is false for
/// both, the granularity falls back to boolean, and the count is marked as adjusted.
pub(crate) fn body(request: &Request, answer: Option<&PeopleAnswer>) -> Value {
    let count = answer.map_or(Some(0), |answer| answer.total.count);
    let exists = count.is_some_and(|count| count > 0);
    let mut body = json!({ "meta": meta(request), "responseSummary": { "exists": exists } });
    let Some(answer) = answer else {
        if request.granularity > Granularity::Boolean {
            body["responseSummary"]["numTotalResults"] = json!(0);
        }
        return body;
    };
    let mut info = json!({ "release": answer.citation.freeze, "digest": answer.citation.digest });
    if answer.total.widened {
        info["countedInstead"] = json!(answer.total.met);
        info["note"] = json!(
            "fewer or wider conditions than asked for were applied: those left out would have taken away too few \
             people for their number to be told"
        );
    }
    body["info"] = info;
    let summary = &mut body["responseSummary"];
    match count {
        _ if request.granularity == Granularity::Boolean => {}
        Some(count) => {
            summary["numTotalResults"] = json!(count);
            let precision = match (answer.total.widened, answer.step > 1) {
                (true, _) => "imprecise",
                (false, true) => "rounded",
                (false, false) => "exact",
            };
            summary["countPrecision"] = json!(precision);
            if answer.step > 1 {
                summary["countAdjustedTo"] = json!([answer.step]);
            }
        }
        None => {
            summary["countPrecision"] = json!("imprecise");
            summary["countAdjustedTo"] = json!([format!("fewer than {}, or nobody", answer.told_from)]);
            body["meta"]["returnedGranularity"] = json!("boolean");
        }
    }
    body
}
