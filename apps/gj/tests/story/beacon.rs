//! The Beacon over HTTP against our own list of strict checks: what the specification, its known traps and the
//! faults of other implementations say that a Beacon must do. Every row is run; none is left out silently.
//!
//! Numbers of behaviours: 1 granularity, 2 security, 3 result sets, 4 pages, 5 queries, 6 names of parameters,
//! 7 filters, 8 privacy, 9 handovers, 10 errors, 11 test mode and schemas.

use crate::house::{House, Server};
use crate::http::{self, Reply};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

const BASE: &str = "/api/beacon/v2";
const CHECKS_MIN: usize = 139;

/// id | behaviour | request | who | status | what holds. `{range}` and the like stand for parameters, `<<` for a
/// body; what holds is a pointer with `= value`, `present`, `absent` or `size N`, several joined by `;`.
const TABLE: &str = include_str!("beacon/checks.txt");

/// A house with a release of sixty people, phenotypes of half of them, a dataset, and ceilings.
fn ready() -> House {
    let house = crate::strangers::ready();
    let programme =
        house.ok(&["programme", "export"], &[]) + "\n" + &crate::rights::dataset("centre", "overview");
    let file = house.beside("programme.toml");
    fs::write(&file, programme).unwrap();
    house.ok(&["programme", "apply"], &[&file]);
    let vocabulary = house.beside("hp.obo");
    let obo = "format-version: 1.2\ndata-version: hp/releases/2026-01-01\n\n[Term]\nid: HP:0000001\nname: all\n\n\
        [Term]\nid: HP:0000002\nname: some\nis_a: HP:0000001\n";
    fs::write(&vocabulary, obo).unwrap();
    house.ok(&["ontology", "load", "HP"], &[&vocabulary]);
    let rows: String = (0..30).map(|p| format!("P{p}\tHP:0000002\tobserved\t\n")).collect();
    let table = house.beside("terms.tsv");
    fs::write(&table, format!("participant\tterm\tstatus\tonset\n{rows}")).unwrap();
    house.ok(&["import-phenotypes", "--institution", "centre"], &[&table]);
    house.ok(&["freeze", "r2"], &[]);
    fs::write(
        house.dir().join("gj.toml"),
        "[beacon]\norigins = [\"https://network.example\"]\n\
         [[beacon.ceilings]]\nuser = \"academic\"\ndataset = \"r2\"\nentry_type = \"genomicVariant\"\ngranularity = \"count\"\n\
         [[beacon.ceilings]]\nentry_type = \"run\"\ngranularity = \"boolean\"\n",
    )
    .unwrap();
    house
}

/// What the placeholders of the table stand for, from the frequency answer, which other stories compare with
/// bcftools.
struct Known(Vec<(&'static str, String)>);

fn frequency(site: &Value) -> Option<f64> {
    let all = &site["groups"]["all"];
    Some(all["ac"].as_f64()? / all["an"].as_f64()?)
}

fn known(server: &Server, token: &str) -> Known {
    let path = "/api/frequency?freeze=r1&region=chr2";
    let answer = http::get(&server.address, path, Some(token)).json();
    let sites: Vec<&Value> =
        answer["sites"].as_array().unwrap().iter().filter(|site| site["groups"]["all"]["ac"] != 0).collect();
    let text = |site: &Value, key: &str| site[key].as_str().unwrap().to_owned();
    let is_insertion = |site: &&&Value| text(site, "alt").len() > 1;
    let alone = |site: &&&Value| {
        let near =
            |other: &&Value| (other["pos"].as_u64().unwrap()).abs_diff(site["pos"].as_u64().unwrap()) < 4;
        sites.iter().filter(|other| near(other)).count() == 1
    };
    let snv = sites
        .iter()
        .find(|site| !is_insertion(site) && alone(site) && frequency(site).is_some())
        .expect("a substitution alone at its place, with a frequency");
    let start = snv["pos"].as_u64().unwrap() - 1;
    let name = format!("chr2-{}-{}-{}", start + 1, text(snv, "ref"), text(snv, "alt"));
    let insertions = sites.iter().filter(|site| is_insertion(site)).count();
    let half = frequency(snv).unwrap();
    let common = sites.iter().filter(|site| frequency(site).is_some_and(|f| f >= half)).count();
    let rarer = sites.iter().filter(|site| frequency(site).is_some_and(|f| f < half)).count();
    assert!(insertions > 2 && insertions < sites.len() && common > 0 && rarer > 0);
    let record = format!("{BASE}/g_variants/{name}?cohorts=r1");
    let record = http::get(&server.address, &record, Some(token)).json();
    let ids = &record["response"]["resultSets"][0]["results"][0]["identifiers"]["variantAlternativeIds"];
    let vrs = ids[1]["id"].as_str().unwrap_or_else(|| panic!("{record}")).to_owned();
    Known(vec![
        ("{range}", "referenceName=chr2&start=2999999&end=4000000".into()),
        ("{nothing}", "referenceName=chr2&start=100&end=200".into()),
        ("{total}", sites.len().to_string()),
        ("{insertions}", insertions.to_string()),
        ("{others}", (sites.len() - insertions).to_string()),
        ("{half}", half.to_string()),
        ("{common}", common.to_string()),
        ("{rarer}", rarer.to_string()),
        ("{snv}", name),
        ("{vrs}", vrs),
        ("{before}", (start - 1).to_string()),
        ("{s}", start.to_string()),
        ("{e2}", (start + 2).to_string()),
        ("{e3}", (start + 3).to_string()),
        ("{e}", (start + 1).to_string()),
        ("{r}", text(snv, "ref")),
        ("{a}", text(snv, "alt")),
    ])
}

impl Known {
    fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}

/// What does not hold of a reply, of a row's expectations.
fn unmet(reply: &Reply, expected: &str) -> Vec<String> {
    let body: Value = serde_json::from_str(&reply.body).unwrap_or(Value::Null);
    let mut unmet = Vec::new();
    for condition in expected.split("; ") {
        let (pointer, rest) = condition.trim().split_once(' ').unwrap_or_else(|| panic!("{condition}"));
        let found = body.pointer(pointer);
        let holds = match rest.split_once(' ').unwrap_or((rest, "")) {
            ("present", "") => found.is_some_and(|value| !value.is_null()),
            ("absent", "") => found.is_none(),
            ("size", number) => {
                let size = found.and_then(|v| v.as_array().map(Vec::len).or(v.as_object().map(|o| o.len())));
                size == Some(number.parse().unwrap())
            }
            ("=", value) => found == Some(&serde_json::from_str(value).unwrap()),
            other => panic!("{other:?}"),
        };
        if !holds {
            unmet.push(format!("{condition}, found {found:?}"));
        }
    }
    unmet
}

/// Gives `r2`, not `r1`, a layer of variants known elsewhere, with the one substitution.
fn annotate(house: &House, known: &Known) {
    let name = known.fill("{snv}");
    let fields: Vec<&str> = name.split('-').collect();
    let [contig, position, reference, alternate] = fields[..] else { panic!("{name}") };
    let file = house.beside("known.vcf");
    let head = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
    fs::write(&file, format!("{head}{contig}\t{position}\t.\t{reference}\t{alternate}\t.\t.\t.\n")).unwrap();
    let about = ["--version", "1", "--source", "made up", "--licence", "none"];
    house.ok(&[&["annotation", "load"][..], &about, &["variants", "known"]].concat(), &[&file]);
    house.ok(&["annotation", "layer", "r2"], &[]);
}

#[test]
fn the_strict_checks_hold_without_exception() {
    let house = ready();
    let server = house.serve();
    let (academic, unpaid) = (house.token("academic"), house.token("company-unpaid"));
    let known = known(&server, &academic);
    annotate(&house, &known);
    let (mut ids, mut behaviours, mut failures) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    let mut run = 0;
    for row in TABLE.lines().filter(|row| !row.is_empty()) {
        let cells: Vec<&str> = row.split(" | ").map(str::trim).collect();
        let [id, behaviour, request, who, status, expected] = cells[..] else { panic!("{row}") };
        assert!(ids.insert(id), "{id} stands twice");
        behaviours.insert(behaviour.parse::<u8>().unwrap());
        let (line, body) = match request.split_once(" << ") {
            Some((line, body)) => (line, Some(known.fill(body))),
            None => (request, None),
        };
        let (verb, path) = line.split_once(' ').unwrap_or((line, ""));
        let token = match who {
            "academic" => Some(academic.as_str()),
            "unpaid" => Some(unpaid.as_str()),
            "nobody" => None,
            other => panic!("{other}"),
        };
        let path = format!("{BASE}{}", known.fill(path)).replace('>', "%3E").replace('<', "%3C");
        let reply = http::request(&server.address, verb, &path, token, body.as_deref());
        run += 1;
        let mut wrong = unmet(&reply, &known.fill(expected));
        if reply.status.to_string() != status {
            wrong.push(format!("status {}", reply.status));
        }
        if reply.header("x-request-id").is_none() || reply.header("cache-control").is_none() {
            wrong.push("no request id".to_owned());
        }
        if !wrong.is_empty() {
            let body: String = reply.body.chars().take(600).collect();
            failures.push(format!("{id} {request}: {}\n    {body}", wrong.join("; ")));
        }
    }
    assert!(failures.is_empty(), "{} of {run}:\n{}", failures.len(), failures.join("\n"));
    assert_eq!((run, behaviours), (ids.len(), (1..=11).collect()));
    assert!(run >= CHECKS_MIN, "{run} checks");
}

#[test]
fn pages_by_token_are_the_pages_by_number_both_ways() {
    let house = ready();
    let server = house.serve();
    let token = house.token("academic");
    let page = |more: &str| {
        let path = format!(
            "{BASE}/g_variants?referenceName=chr2&start=2999999&end=4000000&cohorts=r1&limit=4{more}"
        );
        let reply = http::get(&server.address, &path, Some(&token));
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()
    };
    let ids = |page: &Value| -> Vec<String> {
        let results = page["response"]["resultSets"][0]["results"].as_array().unwrap();
        results.iter().map(|one| one["variantInternalId"].as_str().unwrap().to_owned()).collect()
    };
    let pagination = |page: &Value| page["meta"]["receivedRequestSummary"]["pagination"].clone();
    let mut pages = vec![page("")];
    while let Some(next) = pagination(pages.last().unwrap())["nextPage"].as_str() {
        pages.push(page(&format!("&nextPage={next}")));
    }
    let total = pages[0]["responseSummary"]["numTotalResults"].as_u64().unwrap() as usize;
    assert_eq!(pages.len(), total.div_ceil(4));
    assert!(pages.len() > 3, "{total}");
    for (number, found) in pages.iter().enumerate() {
        assert_eq!(ids(found), ids(&page(&format!("&skip={number}"))));
        assert_eq!(pagination(found)["skip"], number);
        assert_eq!(found["responseSummary"]["numTotalResults"], total);
    }
    let mut back = pages.last().unwrap().clone();
    for number in (0..pages.len() - 1).rev() {
        let previous = pagination(&back)["previousPage"].as_str().unwrap().to_owned();
        back = page(&format!("&previousPage={previous}"));
        assert_eq!((ids(&back), &pagination(&back)["skip"]), (ids(&pages[number]), &Value::from(number)));
    }
    // A deep page looks from its edge on, not from the beginning: what the log says was looked at is shorter.
    let log = house.ok(&["audit", "export"], &[]);
    let places: Vec<String> = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line["act"] == "frequency.read")
        .map(|line| line["detail"]["place"].as_str().unwrap_or_default().to_owned())
        .collect();
    let whole = "chr2:2990000-4000000";
    assert!(places.iter().any(|place| place == whole), "{places:?}");
    assert!(places.iter().any(|place| place.starts_with("chr2:3") && place != whole), "{places:?}");
    // A token is of its question, and of its user.
    let next = pagination(&pages[0])["nextPage"].as_str().unwrap().to_owned();
    let status = |token: &str, query: &str| {
        http::get(&server.address, &format!("{BASE}/g_variants?{query}&nextPage={next}"), Some(token)).status
    };
    let same = "referenceName=chr2&start=2999999&end=4000000&cohorts=r1&limit=4";
    assert_eq!(status(&token, same), 200);
    assert_eq!(status(&token, &same.replace("4000000", "3900000")), 400);
    assert_eq!(status(&token, &same.replace("limit=4", "limit=5")), 400);
}

#[test]
fn a_person_who_is_there_and_one_who_is_not_are_told_the_same() {
    let house = ready();
    let server = house.serve();
    let token = house.token("academic");
    let mut told = BTreeSet::new();
    for (path, there, not) in [
        ("individuals", "P1", "P999"),
        ("biosamples", "S1", "S999"),
        ("runs", "S1", "S999"),
        ("analyses", "S1", "S999"),
    ] {
        let body = |id: &str| {
            let reply = http::get(&server.address, &format!("{BASE}/{path}/{id}"), Some(&token));
            assert_eq!(reply.status, 403);
            assert!(!reply.body.contains(id), "{}", reply.body);
            let mut body = reply.json();
            body["meta"]["returnedSchemas"] = Value::Null;
            body.to_string()
        };
        assert_eq!(body(there), body(not));
        told.insert(body(there));
    }
    assert_eq!(told.len(), 1);
    let log = house.ok(&["audit", "export"], &[]);
    assert!(log.contains("person-not-shown") && !log.contains("P999") && !log.contains("S999"));
}

#[test]
fn other_sites_read_answers_only_where_they_are_listed() {
    let house = ready();
    let server = house.serve();
    let path = format!("{BASE}/info");
    let preflight = |origin: &str| {
        let headers = format!("Origin: {origin}\r\nAccess-Control-Request-Method: POST\r\n");
        http::send(&server.address, "OPTIONS", &format!("{BASE}/g_variants"), &headers, "")
    };
    let listed = preflight("https://network.example");
    assert_eq!(listed.status, 204);
    assert_eq!(listed.header("access-control-allow-origin").as_deref(), Some("https://network.example"));
    assert!(listed.header("access-control-allow-headers").unwrap().contains("authorization"));
    assert!(listed.header("access-control-allow-credentials").is_none());
    assert!(preflight("https://elsewhere.example").header("access-control-allow-origin").is_none());
    let read = |origin: &str| http::send(&server.address, "GET", &path, &format!("Origin: {origin}\r\n"), "");
    let listed = read("https://network.example");
    assert_eq!(listed.header("access-control-allow-origin").as_deref(), Some("https://network.example"));
    assert_eq!(listed.header("vary").as_deref(), Some("Origin"));
    assert!(read("https://network.example.evil").header("access-control-allow-origin").is_none());
    // Nothing else of this server is for other sites.
    let api = http::send(&server.address, "GET", "/api/overview", "Origin: https://network.example\r\n", "");
    assert!(api.header("access-control-allow-origin").is_none());
    // A question of another media type is not guessed at.
    let token = house.token("academic");
    let headers = format!("Authorization: Bearer {token}\r\nContent-Type: text/xml\r\nContent-Length: 2\r\n");
    let reply = http::send(&server.address, "POST", &format!("{BASE}/g_variants"), &headers, "{}");
    assert_eq!((reply.status, reply.json()["error"]["errorCode"].as_u64()), (415, Some(415)));
}

#[test]
fn every_address_is_served_by_both_methods() {
    let house = ready();
    let server = house.serve();
    let token = house.token("academic");
    let document = http::get(&server.address, "/api/openapi.json", None).json();
    let paths: Vec<String> = document["paths"].as_object().unwrap().keys().cloned().collect();
    let mut served = 0;
    for path in
        paths.iter().filter(|path| path.starts_with(BASE) && document["paths"][*path]["post"].is_object())
    {
        let id = match path {
            path if path.contains("/datasets/") => "centre-1",
            path if path.contains("/cohorts/") => "r1",
            _ => "chr2-3000001-A-C",
        };
        let personal = ["individuals", "biosamples", "runs", "analyses"]
            .iter()
            .any(|entry| path.starts_with(&format!("{BASE}/{entry}/{{")));
        let asks = path.ends_with("/g_variants") && !personal;
        let query = if asks { "?referenceName=chr2&start=2999999&end=4000000" } else { "" };
        let body = match asks {
            true => {
                r#"{"meta":{},"query":{"requestParameters":{"g_variant":{"referenceName":"chr2","start":2999999,"end":4000000}}}}"#
            }
            false => r#"{"meta":{"apiVersion":"v2.2.0"}}"#,
        };
        let path = path.replace("{id}", id);
        let get = http::get(&server.address, &format!("{path}{query}"), Some(&token));
        let post = http::request(&server.address, "POST", &path, Some(&token), Some(body));
        let expected = if personal { 403 } else { 200 };
        assert_eq!((get.status, post.status), (expected, expected), "{path}: {} {}", get.body, post.body);
        assert_eq!(get.json()["meta"]["beaconId"], "genomics-japan.beacon");
        served += 1;
    }
    assert_eq!(served, 42);
}
