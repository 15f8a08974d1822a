//! The ledger of privacy with the built-in programme, through the binary and over HTTP.

use crate::cohort::header;
use crate::house::House;
use crate::http;
use serde_json::Value;
use std::fs;
use std::process::Stdio;
use std::time::Duration;

const PEOPLE: usize = 600;
const BLOCKS: usize = 30;

/// 600 people, of whom every second carries one copy at sites 2 Mb apart; person 3 alone carries at one place more.
fn ready() -> House {
    let house = House::with_ledger();
    take_in(&house, "r1", 0..PEOPLE);
    house
}

fn take_in(house: &House, release: &str, people: std::ops::Range<usize>) {
    let row = |p: usize| format!("S{p}\tP{p}\tfemale\t\t\t\tHondo\tresearch\t\n");
    let sheet = header() + &people.clone().map(row).collect::<String>();
    let names: String = people.clone().map(|p| format!("\tS{p}")).collect();
    let mut text = format!(
        "##fileformat=VCFv4.2\n##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n##contig=<ID=chr1>\n\
         #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT{names}\n"
    );
    for block in 0..BLOCKS {
        for (offset, carries) in [(1, None), (900, Some(3))] {
            let call = |p: usize| {
                if carries.map_or(p.is_multiple_of(2), |carrier| p == carrier) { "\t0/1" } else { "\t0/0" }
            };
            let calls: String = people.clone().map(call).collect();
            text += &format!("chr1\t{}\t.\tA\tC\t.\tPASS\t.\tGT{calls}\n", block * 2_000_000 + offset);
        }
    }
    fs::write(house.beside("sheet.tsv"), sheet).unwrap();
    fs::write(house.beside("a.vcf"), text).unwrap();
    house.ok(&["import-samples", "--institution", "biobank-minato"], &[&house.beside("sheet.tsv")]);
    house.ok(&["ingest", "--institution", "biobank-minato"], &[&house.beside("a.vcf")]);
    house.ok(&["freeze", release], &[]);
}

fn asked(house: &House, release: &str, user: &str, variant: &str) -> Value {
    let words =
        ["frequency", "--freeze", release, "--variant", variant, "--as", user, "--purpose", "GRU", "--json"];
    house.json(&words, &[])
}

#[test]
fn after_a_withdrawal_the_next_release_shows_the_new_number() {
    let house = ready();
    let server = house.serve();
    let token = house.token("academic");
    let get = |release: &str| {
        let path = format!("/api/frequency?freeze={release}&region=chr1:1-1000");
        let reply = http::get(&server.address, &path, Some(&token));
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()
    };
    let before = get("r1");
    assert_eq!(before["sites"][0]["groups"]["all"]["ac"], 300);
    assert!(before.get("withheld").is_none(), "answers of agreed users are as they were");
    house.ok(&["withdraw", "P3"], &[]);
    let after = get("r1");
    assert_eq!(after["sites"], serde_json::json!([]), "not even the place where they alone carried");
    let withheld = &after["withheld"][0];
    assert_eq!(
        (&withheld["chrom"], &withheld["start"], &withheld["end"]),
        (&"chr1".into(), &1.into(), &1_000.into())
    );
    assert!(withheld["reason"]["ja"].as_str().unwrap().contains("次のリリース"));
    // Every form of the answer says so.
    let text = |path: &str| {
        let reply = http::get(&server.address, path, Some(&token));
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        reply.body
    };
    let vcf = text("/api/frequency.vcf?freeze=r1&region=chr1:1-1000");
    assert!(
        vcf.contains("##gjWithheld=\"chr1:1-1000: ") && vcf.lines().all(|line| line.starts_with('#')),
        "{vcf}"
    );
    let table = text("/api/table.tsv?freeze=r1&region=chr1:1-1000");
    assert!(table.contains("# withheld: chr1:1-1000: ") && !table.contains("\nchr1\t"), "{table}");
    for page in ["/variant/r1/chr1-1-A-C", "/variant/r1/chr1-900-A-C", "/region/r1/chr1:1-1000"] {
        let (en, ja) = (text(&format!("{page}?lang=en")), text(&format!("{page}?lang=ja")));
        assert!(
            en.contains("Withheld until the next release") && ja.contains("次のリリースまで示さないもの")
        );
        assert!(!en.contains("300 of") && !en.contains("299"), "{en}");
    }
    let beacon = "/api/beacon/v2/g_variants?referenceName=chr1&start=0&end=1000&datasets=r1";
    let beacon: Value =
        serde_json::from_str(&text(&format!("{beacon}&includeResultsetResponses=ALL"))).unwrap();
    let set = &beacon["response"]["resultSets"][0];
    assert_eq!((&set["exists"], &set["countPrecision"]), (&false.into(), &"imprecise".into()), "{beacon}");
    assert_eq!(set["info"]["withheld"][0]["end"], 1_000);
    // How many variants were theirs alone is told by no number either.
    let status = house.json(&["status", "--json"], &[]);
    assert_eq!(
        (&status["freezes"][0]["people"], &status["freezes"][0]["variants"]),
        (&599.into(), &Value::Null)
    );
    let text = house.ok(
        &["frequency", "--freeze", "r1", "--variant", "chr1-1-A-C", "--as", "clinician", "--purpose", "GRU"],
        &[],
    );
    assert!(text.contains("withheld") && !text.contains("\t300\t") && !text.contains("\t299\t"), "{text}");
    // Ten others make a release of its own.
    take_in(&house, "r2", PEOPLE..PEOPLE + 20);
    assert_eq!(get("r2")["sites"][0]["groups"]["all"]["ac"], 310);
    assert_eq!(get("r1")["sites"], serde_json::json!([]));
    house.ok(&["verify"], &[]);
    house.ok(&["audit", "verify"], &[]);
}

#[test]
fn the_registered_see_their_account_and_the_committee_all() {
    let house = ready();
    let server = house.serve();
    let [registered, committee] = ["registered", "committee"].map(|user| house.token(user));
    let told = asked(&house, "r1", "registered", "chr1-1-A-C");
    assert_eq!(
        (&told["guarded"]["form"], &told["guarded"]["rarer_than_floor"]),
        (&"fine".into(), &false.into())
    );
    // Over HTTP it is the same, and the Beacon tells no more: rare, unknown and never seen do not exist.
    let path = "/api/frequency?freeze=r1&variant=chr1-1-A-C&by=stratum";
    let reply = http::get(&server.address, path, Some(&registered)).json();
    assert_eq!(reply["guarded"], told["guarded"]);
    for start in [900, 700] {
        let query = format!(
            "referenceName=chr1&start={}&referenceBases=A&alternateBases=C&datasets=r1",
            4_000_000 + start - 1
        );
        let path = format!("/api/beacon/v2/g_variants?assemblyId=GRCh38&{query}");
        let reply = http::get(&server.address, &path, Some(&registered));
        let (status, exists) = (reply.status, reply.json()["responseSummary"]["exists"].clone());
        // The second is another site of the first one's block.
        assert!(if start == 900 { exists == false } else { status == 403 }, "{}", reply.body);
    }
    let page = http::get(&server.address, "/variant/r1/chr1-1-A-C?lang=en", Some(&registered)).body;
    let band = format!("{} to {} of 1,200 alleles", told["guarded"]["from"], told["guarded"]["to"]);
    assert!(page.contains(&band), "{band}: {page}");
    let account = http::get(&server.address, "/exposure?lang=ja", Some(&registered)).body;
    assert!(account.contains("残っています") && !account.contains("/exposures"), "{account}");
    let accounts = http::get(&server.address, "/exposure?lang=en", Some(&committee)).body;
    assert!(accounts.contains("Every account") && accounts.contains("registered"), "{accounts}");
    let list = http::get(&server.address, "/api/frequency?freeze=r1&region=chr1:1-1000", Some(&registered));
    assert!(list.status == 403 && list.body.contains("exposure-list"), "{}", list.body);
    let own = http::get(&server.address, "/api/exposure", Some(&registered)).json();
    assert_eq!((&own["regime"], &own["guarded"]["answers"]), (&"guarded".into(), &2.into()));
    let all = http::get(&server.address, "/api/exposures", Some(&committee)).json();
    assert_eq!(all.as_array().unwrap().len(), 2, "{all}");
    assert_eq!(all[0], own);
    let printed = house.ok(&["exposure", "--user", "registered"], &[]);
    assert!(printed.contains("2 counts shown") && printed.contains("残っています"), "{printed}");
    assert!(house.ok(&["exposure", "--organisation", "example-university"], &[]).starts_with("institution"));
    // Other people's accounts are the committee's alone; one's own needs no act.
    house.fails(3, &["exposure", "--as", "academic"], &[]);
    house.ok(&["exposure", "--as", "academic", "--user", "academic"], &[]);
}

#[test]
fn no_kill_loses_a_charge_that_was_answered() {
    let house = ready();
    let mut answered = Vec::new();
    for block in 0..BLOCKS {
        let variant = format!("chr1-{}-A-C", block * 2_000_000 + 1);
        let words = [
            "frequency",
            "--freeze",
            "r1",
            "--variant",
            &variant,
            "--as",
            "registered",
            "--purpose",
            "GRU",
            "--json",
        ];
        let mut child =
            house.command(&words, &[]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(block as u64 * 4));
        let _ = child.kill();
        let output = child.wait_with_output().unwrap();
        // What was printed was told, whole or not; a refusal tells no count.
        if String::from_utf8_lossy(&output.stdout).contains("\"guarded\"") {
            answered.push(variant);
        }
    }
    house.ok(&["repair"], &[]);
    let spent = || house.json(&["exposure", "--user", "registered", "--json"], &[]);
    let account = spent();
    let charged = account[0]["guarded"]["answers"].as_u64().unwrap_or(0);
    assert!(charged >= answered.len() as u64, "{charged} charged, {} answered", answered.len());
    // Each answer that was told is there to be told again, at no cost.
    for variant in &answered {
        asked(&house, "r1", "registered", variant);
    }
    assert_eq!(spent(), account);
    house.ok(&["audit", "verify"], &[]);
}
