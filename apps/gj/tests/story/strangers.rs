//! Every operation tried by nobody and by the wrong person.

use crate::cohort::MadeUp;
use crate::house::House;
use crate::http::{self, Reply};
use serde_json::Value;
use std::fs;

/// Operations that answer anybody: what the programme publishes of itself. May only shrink.
const PUBLIC: [&str; 13] = [
    // Fees and head starts are what everybody is to know before applying.
    "GET /api/money/fees",
    "GET /api/money/windows",
    // Granted projects are public by their nature; it names no person.
    "GET /api/register",
    "GET /api/overview",
    "GET /api/openapi.json",
    "GET /api/beacon/v2",
    "GET /api/beacon/v2/",
    "GET /api/beacon/v2/info",
    "GET /api/beacon/v2/service-info",
    "GET /api/beacon/v2/map",
    "GET /api/beacon/v2/configuration",
    "GET /api/beacon/v2/entry_types",
    "GET /api/beacon/v2/filtering_terms",
];

/// Operations on public knowledge, not on people.
const LOOKUPS: [&str; 3] = ["/api/annotation", "/api/gene", "/api/find"];

pub fn ready() -> House {
    let cohort = MadeUp::new(60, 20, 2);
    let house = House::new();
    let everybody: Vec<usize> = (0..60).collect();
    fs::write(house.beside("sheet.tsv"), cohort.sheet(&everybody)).unwrap();
    fs::write(house.beside("a.vcf"), cohort.vcf(&everybody, |_| true)).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&house.beside("sheet.tsv")]);
    house.ok(&["ingest", "--institution", "centre"], &[&house.beside("a.vcf")]);
    house.ok(&["freeze", "r1"], &[]);
    house
}

/// The operations of the OpenAPI document.
fn operations(address: &str) -> Vec<(String, String)> {
    let document = http::get(address, "/api/openapi.json", None).json();
    let paths = document["paths"].as_object().unwrap().clone();
    let verbs = paths.into_iter().flat_map(|(path, verbs)| {
        let verbs = verbs.as_object().unwrap().clone();
        verbs.into_iter().map(move |(verb, _)| (verb.to_uppercase(), path.clone()))
    });
    verbs.collect()
}

fn call(address: &str, verb: &str, path: &str, token: Option<&str>) -> Reply {
    let path = match path {
        "/api/frequency" | "/api/frequency.vcf" => {
            format!("{path}?freeze=r1&region=chr2:1-9000000&by=stratum")
        }
        "/api/download/{freeze}/{file}" => "/api/download/r1/sites.vcf.gz?by=stratum".to_owned(),
        "/api/annotation" => format!("{path}?freeze=r1&variant=chr2-100-A-C"),
        "/api/gene" => format!("{path}?name=BRCA2"),
        "/api/find" => format!("{path}?q=rs1"),
        // Below an entry, one that there is: a release, a variant; of datasets there is none here.
        path if path.starts_with("/api/beacon/v2/") => {
            let id = if path.contains("/cohorts/") { "r1" } else { "chr2-3000001-A-C" };
            let place =
                if path.ends_with("/g_variants") { "referenceName=chr2&start=0&end=9000000" } else { "" };
            format!("{}?{}", path.replace("{id}", id), if verb == "GET" { place } else { "" })
        }
        other => other.to_owned(),
    };
    let question = match path.contains("/g_variants?") {
        true => {
            r#"{"meta":{"apiVersion":"v2.2.0"},"query":{"requestParameters":{"g_variant":{"referenceName":"chr2","start":[0],"end":[9000000],"assemblyId":"GRCh38"}}}}"#
        }
        false => r#"{"meta":{"apiVersion":"v2.2.0"}}"#,
    };
    http::request(address, verb, &path, token, (verb == "POST").then_some(question))
}

/// What somebody who may ask is told: nobody is shown a single person, and there is no dataset here.
fn of_allowed(path: &str) -> u16 {
    let below = |entry: &str| path.starts_with(&format!("/api/beacon/v2/{entry}/{{id}}"));
    match path {
        _ if ["individuals", "biosamples", "runs", "analyses"].into_iter().any(below) => 403,
        _ if below("datasets") => 404,
        _ => 200,
    }
}

/// An operation on applications, which refuses other people than the questions do.
fn apply(address: &str, verb: &str, path: &str, id: &str, token: Option<&str>) -> Reply {
    let query = if (verb, path) == ("GET", "/api/application") {
        format!("?application={id}")
    } else {
        String::new()
    };
    let step = format!(r#"{{"application":"{id}","act":"copy-as-new"}}"#);
    let body = match path {
        "/api/application/step" => step.as_str(),
        _ => DRAFT,
    };
    http::request(address, verb, &format!("{path}{query}"), token, (verb == "POST").then_some(body))
}

const DRAFT: &str = r#"{"title":"t","purpose":"HMB","tier":"overview","datasets":["r1"],"people":[],"from":"2026-04-01","until":"2027-03-31","plan":"p"}"#;

#[test]
fn every_operation_refuses_strangers() {
    let house = ready();
    let server = house.serve();
    let [paid, unpaid, auditor] = ["company-paid", "company-unpaid", "auditor"].map(|user| house.token(user));
    let manager = house.token("datamanager");
    let committee = house.token("committee");
    let operations = operations(&server.address);
    assert!(operations.len() > PUBLIC.len());
    let begun = apply(&server.address, "POST", "/api/application", "A-0", Some(&paid)).json();
    let id = begun["application"].as_str().unwrap().to_owned();
    let (mut of_applications, mut of_money, mut of_participants) = (0, 0, 0);
    let mut of_exposure = 0;
    house.participant("hanako", "P1", &[]);
    let participant = house.token("hanako");
    for (verb, path) in &operations {
        if path == "/api/my-consent" {
            of_participants += 1;
            let body = (verb == "POST").then_some("{\"who\":\"0\",\"withdraw\":true,\"confirm\":1}");
            let with = |token: Option<&str>| http::request(&server.address, verb, path, token, body).status;
            let forged = "0".repeat(64);
            let own = if verb == "POST" { 404 } else { 200 };
            let tried =
                [None, Some(&forged[..]), Some(&unpaid[..]), Some(&auditor[..]), Some(&participant[..])];
            assert_eq!(tried.map(with), [401, 401, 403, 403, own], "{verb} {path}");
            continue;
        }
        if path.starts_with("/api/exposure") {
            // One's own account is for who may read frequencies, everybody's for the committee.
            let with = |token: Option<&str>| http::request(&server.address, verb, path, token, None).status;
            let forged = "0".repeat(64);
            let tried =
                [None, Some(&forged[..]), Some(&unpaid[..]), Some(&auditor[..]), Some(&committee[..])];
            let own = path == "/api/exposure";
            of_exposure += usize::from(own);
            let expected = if own { [401, 401, 200, 403, 403] } else { [401, 401, 403, 403, 200] };
            assert_eq!(tried.map(with), expected, "{verb} {path}");
            continue;
        }
        if path.starts_with("/api/application") {
            of_applications += 1;
            let with = |token: Option<&str>| apply(&server.address, verb, path, &id, token);
            let forged = "0".repeat(64);
            for (token, status) in [(None, 401), (Some(forged.as_str()), 401), (Some(manager.as_str()), 403)]
            {
                let reply = with(token);
                assert_eq!(reply.status, status, "{verb} {path}: {}", reply.body);
                assert!(!reply.body.contains(&id) && reply.body.contains("refused"), "{}", reply.body);
            }
            assert_eq!(with(Some(&paid)).status, 200, "{verb} {path}");
            continue;
        }
        let name = format!("{verb} {path}");
        if path.starts_with("/api/money/") && !PUBLIC.contains(&name.as_str()) {
            // Who may read what of the books: `money_pages`.
            of_money += 1;
            let body = (verb == "POST").then_some("{}");
            for (token, status) in [(None, 401), (Some("0".repeat(64)), 401), (Some(manager.clone()), 403)] {
                let reply = http::request(&server.address, verb, path, token.as_deref(), body);
                assert_eq!(reply.status, status, "{name}: {}", reply.body);
                assert!(reply.body.contains("refused"), "{name}: {}", reply.body);
            }
            continue;
        }
        let with = |token: Option<&str>| call(&server.address, verb, path, token);
        if PUBLIC.contains(&name.as_str()) {
            assert_eq!(with(None).status, 200, "{name}");
            continue;
        }
        // Public knowledge costs nothing; who may ask nothing else may not ask for it either.
        let is_lookup = LOOKUPS.contains(&path.as_str());
        for (who, token, status) in [
            ("nobody", None, 401),
            ("a forged token", Some("0".repeat(64)), 401),
            ("an unpaid company", Some(unpaid.clone()), if is_lookup { 200 } else { 403 }),
            ("an auditor", Some(auditor.clone()), 403),
        ] {
            let reply = with(token.as_deref());
            assert_eq!(reply.status, status, "{name} by {who}: {}", reply.body);
            assert!(!reply.body.contains("\"ac\""), "{name} by {who}");
            assert!(reply.head.to_lowercase().contains("no-store") || reply.status != 200);
        }
        assert_eq!(with(Some(&paid)).status, of_allowed(path), "{name}: {}", with(Some(&paid)).body);
    }
    // Each of them left a line.
    let log = house.ok(&["audit", "export"], &[]);
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let refused =
        |actor: &str| lines.iter().filter(|l| l["actor"] == actor && l["outcome"] == "refused").count();
    let closed = operations.len() - PUBLIC.len();
    let never = of_applications + of_money + of_exposure + LOOKUPS.len();
    assert_eq!(refused("company-unpaid"), closed - never);
    assert_eq!((refused("datamanager"), of_participants), (of_applications + of_money, 2));
    assert_eq!(refused("nobody"), 2 * closed);
}

#[test]
fn every_administrative_command_refuses_the_wrong_person() {
    let house = ready();
    let sheet = house.beside("sheet.tsv");
    let file = house.beside("a.vcf");
    let programme = house.beside("p.toml");
    fs::write(&programme, house.ok(&["programme", "export"], &[])).unwrap();
    let commands: [(&[&str], Option<&std::path::Path>); 24] = [
        (&["import-samples", "--institution", "centre"], Some(&sheet)),
        (&["ingest", "--institution", "centre"], Some(&file)),
        (&["freeze", "r9"], None),
        (&["withdraw", "P1"], None),
        (&["withdraw", "P1", "--dry-run"], None),
        (&["consent", "change", "P1", "--scope", "research", "--document", "1"], None),
        (&["consent", "preview", "P1", "--scope", "research", "--document", "1"], None),
        (&["consent", "show", "P1"], None),
        (&["consent", "uses", "P1"], None),
        (&["consent", "due", "--until", "2030-01-01"], None),
        (&["receipt", "W-0"], None),
        (&["programme", "export"], None),
        (&["programme", "apply"], Some(&programme)),
        (&["programme", "diff"], Some(&programme)),
        (&["programme", "check"], None),
        (&["ontology", "load", "MONDO"], Some(&programme)),
        (
            &["annotation", "load", "genes", "g", "--version", "1", "--source", "s", "--licence", "l"],
            Some(&programme),
        ),
        (&["annotation", "layer", "r1"], None),
        (&["registry", "move", "--to", "file"], None),
        (&["account", "list"], None),
        (&["money", "balance"], None),
        (&["money", "receivables"], None),
        (&["user", "token", "academic"], None),
        (&["audit", "export"], None),
    ];
    let before = house.json(&["status", "--json"], &[]);
    for (words, path) in commands {
        for user in ["academic", "company-paid", "clinician", "nobody-at-all"] {
            let words = [words, &["--as", user][..]].concat();
            let paths: Vec<&std::path::Path> = path.into_iter().collect();
            house.fails(3, &words, &paths);
        }
    }
    assert_eq!(house.json(&["status", "--json"], &[]), before);
}

#[test]
fn a_contributor_acts_for_its_own_institution_only() {
    let house = ready();
    let text = house.ok(&["programme", "export"], &[]);
    let user = "\n[[user]]\nid = \"east\"\nname_ja = \"東\"\nname_en = \"East\"\ninstitution = \"east\"\nroles = [\"contributor\"]\nactive = true\n";
    let institution = "\n[[institution]]\nid = \"east\"\nname_ja = \"東\"\nname_en = \"East\"\nclass = \"hospital\"\ncountry = \"JP\"\n";
    let file = house.beside("p.toml");
    fs::write(&file, text + institution + user).unwrap();
    house.ok(&["programme", "apply"], &[&file]);
    let sheet = house.beside("east.tsv");
    fs::write(&sheet, crate::cohort::header() + "E1\tQ1\tmale\t\t\t\ts\tresearch\t\n").unwrap();
    let import = |institution: &'static str| ["import-samples", "--institution", institution, "--as", "east"];
    let (_, errors) = house.fails(3, &import("centre"), &[&sheet]);
    assert!(errors.contains("institution-forbids"), "{errors}");
    house.ok(&import("east"), &[&sheet]);
    // Another institution's file is refused for its people, and not told of.
    let words = ["ingest", "--institution", "east", "--as", "east"];
    let (_, errors) = house.fails(1, &words, &[&house.beside("a.vcf")]);
    assert!(errors.contains("not registered by this institution") && !errors.contains("batch"), "{errors}");
}

#[test]
fn a_switched_off_account_and_an_old_token_open_nothing() {
    let house = ready();
    let server = house.serve();
    let old = house.token("academic");
    let new = house.token("academic");
    let status = |token: &str| call(&server.address, "GET", "/api/frequency", Some(token)).status;
    assert_eq!((status(&old), status(&new)), (401, 200));
    let text = house.ok(&["programme", "export"], &[]);
    let at = text.find("id = \"academic\"").unwrap();
    let (head, tail) = text.split_at(at);
    let file = house.beside("p.toml");
    let tail = match tail.find("active = true") {
        Some(found) if found < tail[1..].find("[[").unwrap_or(usize::MAX) => {
            tail.replacen("active = true", "active = false", 1)
        }
        _ => tail.replacen("id = \"academic\"", "id = \"academic\"\nactive = false", 1),
    };
    fs::write(&file, format!("{head}{tail}")).unwrap();
    house.ok(&["programme", "apply"], &[&file]);
    assert_eq!(status(&new), 401);
    house.fails(
        3,
        &["frequency", "--freeze", "r1", "--region", "chr2:1-9", "--as", "academic", "--purpose", "GRU"],
        &[],
    );
}

#[test]
fn answers_cannot_be_made_to_leak_by_odd_questions() {
    let house = ready();
    let server = house.serve();
    let token = house.token("academic");
    let get = |path: &str| http::get(&server.address, path, Some(&token));
    for path in [
        "/api/frequency?freeze=r1&region=chr2:9-1",
        "/api/frequency?freeze=r1&region=chr99:1-2",
        "/api/frequency?freeze=r1&region=chr2:1-5&by=participant",
        "/api/frequency?freeze=..%2F..%2Fregistry&region=chr2:1-5",
        "/api/frequency?freeze=r1&variant=chr2-5-A-%3Cscript%3E",
        "/api/frequency?freeze=r1",
        "/api/beacon/v2/g_variants?referenceName=chr2&start=5&end=2&assemblyId=GRCh38",
        "/api/beacon/v2/g_variants?referenceName=chr2&start=0&end=10&assemblyId=GRCh37",
        "/api/beacon/v2/g_variants?referenceName=chr2&start=0&end=10&requestedGranularity=person",
    ] {
        assert_eq!(get(path).status, 400, "{path}: {}", get(path).body);
    }
    assert_eq!(get("/api/frequency?freeze=r7&region=chr2:1-5").status, 404);
    assert_eq!(get("/no/such/page").status, 404);
    let page = get("/search?q=%3Cscript%3Ealert(1)%3C/script%3E");
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
}
