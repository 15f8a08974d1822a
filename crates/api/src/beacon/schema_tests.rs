//! Every kind of response against the specification's own schemas, which are trusted over its examples.
//!
//! The schemas are not part of this repository: they are looked for in `$GJ_SHARED`, then beside the
//! workspace. Without them the tests say so and pass, except where `$CI` is set.

use super::fields::Fields;
use super::request::Request;
use super::{envelope, resultsets, service};
use crate::frequency::vcf::tests::answer;
use crate::status::{BadParameter, BeaconProblem, Problem};
use jsonschema::{Resource, Validator};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const BASE: &str = "https://raw.githubusercontent.com/ga4gh-beacon/beacon-v2/main";

fn spec() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("GJ_SHARED").map_or(beside, PathBuf::from);
    let spec = shared.join("data/beacon_duo/beacon_v2_spec");
    if spec.is_dir() {
        return Some(spec);
    }
    assert!(std::env::var_os("CI").is_none(), "no Beacon schemas in {}", spec.display());
    eprintln!("skipped: no Beacon schemas in {}", spec.display());
    None
}

fn json_files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.to_string_lossy().contains("examples") {
            json_files(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "json") {
            found.push(path);
        }
    }
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A validator for a schema of the framework, with references resolved inside the pinned tree.
fn framework(spec: &Path, schema: &str) -> Validator {
    let mut files = Vec::new();
    json_files(&spec.join("framework/json"), &mut files);
    let resources = files.iter().map(|path| {
        let uri = format!("{BASE}/{}", path.strip_prefix(spec).unwrap().display());
        (uri, Resource::from_contents(read(path)))
    });
    let registry = jsonschema::Registry::new().extend(resources).unwrap().prepare().unwrap();
    let schema = json!({ "$ref": format!("{BASE}/framework/json/{schema}") });
    jsonschema::options().with_registry(&registry).build(&schema).unwrap()
}

/// The pinned record schema writes the note `deprecated` as a list, which JSON Schema does not allow.
/// A note decides nothing, so it is taken out.
fn without_misplaced_notes(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.retain(|name, value| name != "deprecated" || value.is_boolean());
            object.values_mut().for_each(without_misplaced_notes);
        }
        Value::Array(items) => items.iter_mut().for_each(without_misplaced_notes),
        _ => {}
    }
}

fn assert_valid(validator: &Validator, value: &Value) {
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{value:#}");
}

fn request(more: &str) -> Request {
    let text = format!("referenceName=22&start=42127000&end=42128000{more}");
    Request::read(&Fields::from_query(&text).unwrap()).unwrap()
}

#[test]
fn answers_are_valid_at_every_granularity() {
    let Some(spec) = spec() else { return };
    for (granularity, schema) in [
        ("boolean", "beaconBooleanResponse"),
        ("count", "beaconCountResponse"),
        ("record", "beaconResultsetsResponse"),
    ] {
        let validator = framework(&spec, &format!("responses/{schema}.json"));
        for include in ["ALL", "HIT", "MISS", "NONE"] {
            let request =
                request(&format!("&requestedGranularity={granularity}&includeResultsetResponses={include}"));
            assert_valid(&validator, &resultsets::body(&request, &[&answer()]));
            assert_valid(&validator, &resultsets::body(&request, &[]));
        }
    }
}

#[test]
fn the_validator_follows_references() {
    let Some(spec) = spec() else { return };
    let validator = framework(&spec, "responses/beaconResultsetsResponse.json");
    let mut body = resultsets::body(&request(""), &[&answer()]);
    assert!(validator.is_valid(&body));
    body["meta"]["receivedRequestSummary"]["requestedGranularity"] = json!("aggregated");
    assert!(!validator.is_valid(&body));
}

#[test]
fn records_are_valid_and_leave_hidden_frequencies_out() {
    let body = resultsets::body(&request("&limit=0&by=stratum"), &[&answer()]);
    let results = body["response"]["resultSets"][0]["results"].as_array().unwrap();
    assert_eq!((results.len(), body["responseSummary"]["numTotalResults"].as_u64()), (2, Some(2)));
    let hidden = results.iter().find(|r| r["variantInternalId"] == "chr22-42127941-G-A").unwrap();
    let populations = hidden["frequencyInPopulations"][0]["frequencies"].as_array().unwrap();
    assert!(populations.iter().all(|population| population["population"] != "JPT"));
    assert_eq!(hidden["info"]["groupsWithHiddenCounts"], json!(["JPT"]));
    assert_eq!(hidden["info"]["counts"]["JPT"]["ac"], Value::Null);
    let Some(spec) = spec() else { return };
    let mut schema = read(&spec.join("deref_schemas/genomicVariations/defaultSchema.json"));
    without_misplaced_notes(&mut schema);
    let validator = jsonschema::validator_for(&schema).unwrap();
    results.iter().for_each(|record| assert_valid(&validator, record));
}

#[test]
fn a_page_and_a_variant_nobody_carries() {
    let mut answer = answer();
    let body = resultsets::body(&request("&limit=1&skip=1"), &[&answer]);
    let set = &body["response"]["resultSets"][0];
    assert_eq!((set["resultsCount"].as_u64(), set["results"].as_array().unwrap().len()), (Some(2), 1));
    answer.sites.iter_mut().for_each(|site| site.groups.get_mut("all").unwrap().ac = Some(0));
    let body = resultsets::body(&request("&includeResultsetResponses=ALL"), &[&answer]);
    assert_eq!(body["responseSummary"]["exists"], json!(false));
    assert_eq!(body["response"]["resultSets"][0]["info"]["matchingVariantsNobodyCarries"], json!(2));
}

#[test]
fn errors_are_valid() {
    let Some(spec) = spec() else { return };
    let validator = framework(&spec, "responses/beaconErrorResponse.json");
    let misread = || Problem::from(BadParameter::new("start", "x", "a number"));
    for (problem, meta, status) in [
        (Problem::NotFound, envelope::meta_of_error(), 404),
        (misread(), envelope::meta_of_error(), 400),
        (misread(), envelope::meta(&request("")), 400),
    ] {
        let body = BeaconProblem { problem, meta }.body("r1");
        assert_valid(&validator, &body);
        assert_eq!(body["error"]["errorCode"], json!(status));
    }
}

#[test]
fn what_the_beacon_says_of_itself_is_valid() {
    let Some(spec) = spec() else { return };
    let root = "http://localhost:8080";
    for (schema, body) in [
        ("beaconInfoResponse", service::info_body(root)),
        ("ga4gh-service-info-1-0-0-schema", service::service_info_body(root)),
        ("beaconMapResponse", service::map_body(root)),
        ("beaconConfigurationResponse", service::configuration_body()),
        ("beaconEntryTypesResponse", service::entry_types_body()),
        ("beaconFilteringTermsResponse", service::filtering_terms_body()),
    ] {
        assert_valid(&framework(&spec, &format!("responses/{schema}.json")), &body);
    }
}
