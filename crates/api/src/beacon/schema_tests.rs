//! Every kind of response against the specification's own schemas, which are trusted over its examples.
//!
//! The schemas are not part of this repository: they are looked for in `$GJ_SHARED`, then beside the
//! workspace. Without them the tests say so and pass, except where `$CI` is set.

use super::entry_type::EntryType;
use super::fields::Fields;
use super::handovers::Ways;
use super::request::Request;
use super::route::Route;
use super::sites::Set;
use super::{collections, envelope, people, resultsets, service};
use crate::frequency::vcf::tests::answer;
use crate::status::{BadParameter, BeaconProblem, Problem};
use gj_gate::acts::overview::FreezeCard;
use gj_gate::{Environment, FrequencyAnswer, PeopleAnswer, PeopleCount, Place};
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

fn asked(path: &str, query: &str) -> Request {
    let route = Route::of(&format!("{}/{path}", super::BASE)).unwrap();
    Request::read(&route, &Fields::from_query(query).unwrap()).unwrap()
}

fn request(more: &str) -> Request {
    asked("g_variants", &format!("referenceName=22&start=42127000&end=42128000{more}"))
}

/// A release's set of all sites of an answer.
fn set(request: &Request, answer: FrequencyAnswer) -> Set {
    let (seen, unseen): (Vec<_>, Vec<_>) =
        answer.sites.into_iter().partition(|site| site.groups["all"].ac != Some(0));
    Set {
        release: answer.citation.freeze,
        digest: answer.citation.digest,
        smallest_cell: answer.smallest_cell,
        sites: request.page.of(&seen).to_vec(),
        total: seen.len(),
        unseen: unseen.len(),
        unjudged: 0,
        skip: request.page.skip,
        next: Some("n.1".into()),
        previous: None,
        group: None,
        annotations: None,
        places: vec![Place::Region("chr22:42127001-42128000".parse().unwrap())],
        ledger: Default::default(),
    }
}

fn body(request: &Request, answers: Vec<FrequencyAnswer>) -> Value {
    let sets: Vec<Set> = answers.into_iter().map(|answer| set(request, answer)).collect();
    let ways = Ways::for_test();
    resultsets::body(request, &sets, Some(&ways)).unwrap()
}

const GRANULARITIES: [(&str, &str); 3] = [
    ("boolean", "beaconBooleanResponse"),
    ("count", "beaconCountResponse"),
    ("record", "beaconResultsetsResponse"),
];

#[test]
fn answers_are_valid_at_every_granularity() {
    let Some(spec) = spec() else { return };
    for (granularity, schema) in GRANULARITIES {
        let validator = framework(&spec, &format!("responses/{schema}.json"));
        for include in ["ALL", "HIT", "MISS", "NONE"] {
            let request = request(&format!(
                "&requestedGranularity={granularity}&includeResultsetResponses={include}&filters=sex=female"
            ));
            assert_valid(&validator, &body(&request, vec![answer()]));
            assert_valid(&validator, &body(&request, vec![]));
        }
    }
}

#[test]
fn the_validator_follows_references() {
    let Some(spec) = spec() else { return };
    let validator = framework(&spec, "responses/beaconResultsetsResponse.json");
    let mut body = body(&request(""), vec![answer()]);
    assert!(validator.is_valid(&body));
    body["meta"]["receivedRequestSummary"]["requestedGranularity"] = json!("aggregated");
    assert!(!validator.is_valid(&body));
}

#[test]
fn less_granularity_tells_less() {
    let at =
        |granularity: &str| body(&request(&format!("&requestedGranularity={granularity}")), vec![answer()]);
    let boolean = at("boolean");
    assert!(boolean["responseSummary"].get("numTotalResults").is_none() && boolean.get("response").is_none());
    let count = at("count");
    assert!(count["responseSummary"]["numTotalResults"].is_u64() && count.get("response").is_none());
    assert!(boolean.get("beaconHandovers").is_none() && count.get("beaconHandovers").is_none());
}

#[test]
fn records_are_valid_and_leave_hidden_frequencies_out() {
    let body = body(&request("&limit=0&by=stratum"), vec![answer()]);
    let results = body["response"]["resultSets"][0]["results"].as_array().unwrap();
    assert_eq!((results.len(), body["responseSummary"]["numTotalResults"].as_u64()), (2, Some(2)));
    let hidden = results.iter().find(|r| r["variantInternalId"] == "chr22-42127941-G-A").unwrap();
    let populations = hidden["frequencyInPopulations"][0]["frequencies"].as_array().unwrap();
    assert!(populations.iter().all(|population| population["population"] != "JPT"));
    assert_eq!(hidden["info"]["groupsWithHiddenCounts"], json!(["JPT"]));
    assert_eq!(hidden["info"]["counts"]["JPT"]["ac"], Value::Null);
    let Some(spec) = spec() else { return };
    let validator = model(&spec, "genomicVariations");
    results.iter().for_each(|record| assert_valid(&validator, record));
}

#[test]
fn a_page_and_a_variant_nobody_carries() {
    let mut answer = answer();
    let first = body(&request("&limit=1&skip=1"), vec![answer.clone()]);
    let set = &first["response"]["resultSets"][0];
    assert_eq!((set["resultsCount"].as_u64(), set["results"].as_array().unwrap().len()), (Some(2), 1));
    answer.sites.iter_mut().for_each(|site| site.groups.get_mut("all").unwrap().ac = Some(0));
    let body = body(&request("&includeResultsetResponses=ALL"), vec![answer]);
    assert_eq!(body["responseSummary"]["exists"], json!(false));
    assert_eq!(body["response"]["resultSets"][0]["info"]["matchingVariantsNobodyCarries"], json!(2));
}

/// The validator of a record of the default model.
fn model(spec: &Path, folder: &str) -> Validator {
    let mut schema = read(&spec.join(format!("deref_schemas/{folder}/defaultSchema.json")));
    without_misplaced_notes(&mut schema);
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn collections_are_valid() {
    let Some(spec) = spec() else { return };
    let name = |text: &str| gj_model::Bilingual { ja: text.into(), en: text.into() };
    let day = "2026-01-01".parse().unwrap();
    let term = |duo: &str, value: &str| (duo.to_owned(), value.to_owned());
    let card = gj_gate::DatasetCard {
        id: "d1".into(),
        name: name("d"),
        contributor: "centre".parse().unwrap(),
        contributor_name: name("c"),
        stratum: String::new(),
        tier: "overview".into(),
        starting_point: day,
        restricted_until: day,
        duo: vec![term("DUO:0000042", ""), term("DUO:0000007", "MONDO:1"), term("DUO:0000022", "JP")],
        releases: vec![("r1".parse().unwrap(), Some(60)), ("r2".parse().unwrap(), None)],
    };
    let release = |people| FreezeCard {
        name: "r1".parse().unwrap(),
        digest: "d".into(),
        created_at: "2026-01-01T00:00:00Z".into(),
        people,
        variants: None,
        contributors: vec![],
        strata: vec![],
    };
    let datasets = [collections::dataset(&card)];
    let cohorts = [collections::cohort(&release(Some(60))), collections::cohort(&release(None))];
    assert!(cohorts[1].get("cohortSize").is_none());
    datasets.iter().for_each(|one| assert_valid(&model(&spec, "datasets"), one));
    cohorts.iter().for_each(|one| assert_valid(&model(&spec, "cohorts"), one));
    for (granularity, schema) in [GRANULARITIES[0], GRANULARITIES[1], ("record", "beaconCollectionsResponse")]
    {
        let request = asked("datasets", &format!("requestedGranularity={granularity}"));
        let body = collections::body(&request, &datasets);
        assert_valid(&framework(&spec, &format!("responses/{schema}.json")), &body);
    }
}

/// An answer about people.
fn people_answer(count: Option<u32>, step: u32, widened: bool) -> PeopleAnswer {
    PeopleAnswer {
        citation: answer().citation,
        entity: gj_gate::Entity::Individuals,
        by: gj_model::Grouping::None,
        step,
        told_from: 2 * step,
        total: PeopleCount { count, met: vec!["HP:0001250".into()], widened },
        groups: Default::default(),
        hidden: 0,
    }
}

#[test]
fn people_are_counted_validly_and_a_hidden_count_is_told_as_such() {
    let Some(spec) = spec() else { return };
    for path in ["individuals", "biosamples", "runs", "analyses", "g_variants/x/individuals"] {
        for granularity in ["boolean", "count", "record"] {
            let request = asked(path, &format!("requestedGranularity={granularity}"));
            let precise = [
                (Some(60), 10, false, "rounded"),
                (Some(60), 10, true, "imprecise"),
                (Some(61), 1, false, "exact"),
                (None, 10, false, "imprecise"),
            ];
            for (count, step, widened, precision) in precise {
                let body = people::body(&request, Some(&people_answer(count, step, widened)));
                let counted = granularity != "boolean" && count.is_some();
                let returned = if counted { "count" } else { "boolean" };
                assert_eq!(body["meta"]["returnedGranularity"], returned);
                assert_eq!(body["responseSummary"].get("numTotalResults").is_some(), counted);
                if granularity == "boolean" {
                    assert!(body["responseSummary"].get("countPrecision").is_none());
                } else {
                    assert_eq!(body["responseSummary"]["countPrecision"], precision);
                }
                let schema = if counted { "beaconCountResponse" } else { "beaconBooleanResponse" };
                assert_valid(&framework(&spec, &format!("responses/{schema}.json")), &body);
            }
            assert_eq!(people::body(&request, None)["responseSummary"]["exists"], false);
        }
    }
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
        (misread(), envelope::meta(&asked("individuals/x/runs", "")), 400),
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
    let label = gj_model::Bilingual { ja: "けいれん発作".into(), en: "Seizure".into() };
    let in_use = [gj_gate::TermCard { id: "HP:0001250".into(), label }];
    for environment in [Environment::Dev, Environment::Test, Environment::Prod] {
        for (schema, body) in [
            ("beaconInfoResponse", service::info_body(root, environment)),
            ("ga4gh-service-info-1-0-0-schema", service::service_info_body(root, environment)),
            ("beaconMapResponse", service::map_body(root)),
            ("beaconConfigurationResponse", service::configuration_body(environment)),
            ("beaconEntryTypesResponse", service::entry_types_body()),
            ("beaconFilteringTermsResponse", service::filtering_terms_body(None, &in_use)),
            ("beaconFilteringTermsResponse", service::filtering_terms_body(EntryType::named("dataset"), &[])),
        ] {
            assert_valid(&framework(&spec, &format!("responses/{schema}.json")), &body);
        }
    }
}

#[test]
fn the_map_is_that_of_the_default_model() {
    let Some(spec) = spec() else { return };
    let official = read(&spec.join("models/json/beacon-v2-default-model/beaconMap.json"));
    let ours = service::map_body("https://exampleBeacons.org");
    let addresses = |map: &Value| -> std::collections::BTreeSet<String> {
        let sets = map["endpointSets"].as_object().unwrap().values();
        let of_set = |set: &Value| {
            let below = set["endpoints"].as_object().into_iter().flatten().map(|(_, one)| &one["url"]);
            let own = [&set["rootUrl"], &set["singleEntryUrl"]];
            own.into_iter().chain(below).filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
        };
        sets.flat_map(of_set).map(|url| url.replace(super::BASE, "")).collect()
    };
    let (official, ours) = (addresses(&official), addresses(&ours["response"]));
    let missing: Vec<&String> = official.difference(&ours).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
