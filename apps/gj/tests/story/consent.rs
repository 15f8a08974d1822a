//! Change of mind: a directory in which somebody allowed less, or more, answers and freezes like one that was
//! built with that consent from the start.

use crate::cohort::{MadeUp, header};
use crate::house::House;
use crate::http;
use crate::withdrawal::{answers, take_in, take_in_as};
use crate::{extracts, gvcf};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// People who allowed companies, and think better of it; one is alone in a batch.
const NARROWING: [usize; 3] = [4, 11, 20];
const REGION: &str = "chr2:1-9000000";

fn change(house: &House, person: usize, scope: &str) -> Value {
    let participant = format!("P{person}");
    house.json(&["consent", "change", &participant, "--scope", scope, "--document", "K-1", "--json"], &[])
}

/// The sheet of everybody, with another consent of some.
fn sheet(cohort: &MadeUp, people: &[usize], other: &[(usize, &str)]) -> String {
    let line = |line: &str| {
        let mut fields: Vec<&str> = line.split('\t').collect();
        if let Some((_, scope)) = other.iter().find(|(person, _)| fields[0] == format!("S{person}")) {
            fields[7] = scope;
        }
        fields.join("\t") + "\n"
    };
    cohort.sheet(people).lines().map(line).collect()
}

fn digest(house: &House, name: &str) -> Value {
    house.json(&["freeze", name, "--json"], &[])["digest"].clone()
}

fn ask(house: &House, user: &str, freeze: &str) -> Value {
    let words =
        ["frequency", "--freeze", freeze, "--region", REGION, "--as", user, "--purpose", "GRU", "--json"];
    house.json(&words, &[])
}

#[test]
fn who_allows_less_never_allowed_more() {
    let cohort = MadeUp::new(40, 30, 31);
    let everybody: Vec<usize> = (0..40).collect();
    let narrower = NARROWING.map(|person| (person, "research"));
    for (everything, compacted) in [(false, false), (true, false), (true, true)] {
        let new = || if everything { House::showing_everything() } else { House::new() };
        let (with, from_the_start) = (new(), new());
        take_in(&with, &cohort, &everybody);
        take_in_as(&from_the_start, &cohort, &everybody, &sheet(&cohort, &everybody, &narrower));
        if compacted {
            with.ok(&["compact"], &[]);
        }
        let cited = digest(&with, "r1");
        let expected = digest(&from_the_start, "r1");
        let (before, academic) = (answers(&with, "r1"), ask(&with, "academic", "r1"));
        let wanted = answers(&from_the_start, "r1");
        assert_ne!((&cited, &before), (&expected, &wanted));
        // Another process writes: the changes hold, and nothing is recounted.
        fs::write(with.dir().join("gj.toml"), "[limits]\nwriter_wait_seconds_max = 0\n").unwrap();
        let other = File::create(with.dir().join("writer.lock")).unwrap();
        other.lock().unwrap();
        for person in NARROWING {
            let receipt = change(&with, person, "research");
            assert_eq!((&receipt["state"], &receipt["releases"]), (&json!("masked"), &json!(["r1"])));
            assert_eq!(receipt["stops"]["scope"], "company-alone");
        }
        assert_eq!(answers(&with, "r1"), wanted);
        assert_eq!(ask(&with, "academic", "r1"), academic, "what is still allowed is still counted");
        with.ok(&["verify"], &[]);
        drop(other);
        with.ok(&["repair"], &[]);
        assert_eq!(answers(&with, "r1"), wanted);
        assert_eq!(ask(&with, "academic", "r1"), academic);
        with.ok(&["verify"], &[]);
        // Counted anew it is the same panel as from the start; the citation stays.
        let folder = |house: &House| crate::censuses::names(&house.dir().join("panels"));
        assert_eq!(folder(&with), folder(&from_the_start));
        assert_eq!(digest(&with, "r2"), expected);
        let status = with.json(&["status", "--json"], &[]);
        let r1 = status["freezes"].as_array().unwrap().iter().find(|f| f["name"] == "r1").unwrap();
        assert_eq!(r1["digest"], cited);
        // Somebody who changed their mind withdraws after all.
        with.ok(&["withdraw", "P11"], &[]);
        let without: Vec<usize> = everybody.iter().copied().filter(|p| *p != 11).collect();
        let left = new();
        take_in_as(&left, &cohort, &without, &sheet(&cohort, &without, &narrower));
        let expected = digest(&left, "r1");
        assert_eq!(
            (answers(&with, "r1"), answers(&with, "r2")),
            (answers(&left, "r1"), answers(&left, "r1"))
        );
        assert_eq!(digest(&with, "r3"), expected);
        with.ok(&["verify"], &[]);
        with.ok(&["audit", "verify"], &[]);
        let log = with.ok(&["audit", "export"], &[]);
        assert!(!log.contains("\"P4\"") && !log.contains("K-1"), "the log names nobody and no paper");
    }
}

#[test]
fn who_allows_more_is_counted_for_it_in_later_releases_only() {
    let cohort = MadeUp::new(40, 30, 32);
    let everybody: Vec<usize> = (0..40).collect();
    let all = "research,foreign,company-alone";
    let (with, wider, narrow) =
        (House::showing_everything(), House::showing_everything(), House::showing_everything());
    take_in(&with, &cohort, &everybody);
    take_in_as(&wider, &cohort, &everybody, &sheet(&cohort, &everybody, &[(0, all), (3, all)]));
    take_in_as(&narrow, &cohort, &everybody, &sheet(&cohort, &everybody, &[(1, "research"), (3, all)]));
    let first = digest(&with, "r1");
    let before = answers(&with, "r1");
    for person in [0, 3] {
        let receipt = change(&with, person, all);
        assert_eq!((&receipt["state"], &receipt["releases"]), (&json!("repaired"), &json!([])));
        assert_eq!(receipt["begins"]["scope"], "foreign,company-alone");
    }
    assert_eq!(answers(&with, "r1"), before);
    assert_eq!(digest(&with, "r2"), digest(&wider, "r1"));
    assert_eq!(answers(&with, "r2"), answers(&wider, "r1"));
    with.ok(&["verify"], &[]);
    // Recounted because of somebody else, the first release still does not count them for it.
    change(&with, 1, "research");
    let one_less = House::showing_everything();
    take_in_as(&one_less, &cohort, &everybody, &sheet(&cohort, &everybody, &[(1, "research")]));
    digest(&one_less, "r1");
    assert_eq!(answers(&with, "r1"), answers(&one_less, "r1"));
    // Back again: the second release loses them, the first never had them and is not touched.
    let receipt = change(&with, 0, "research");
    assert_eq!(receipt["releases"], json!(["r2"]));
    assert_eq!(answers(&with, "r2"), {
        digest(&narrow, "r1");
        answers(&narrow, "r1")
    });
    // And a widening after a narrowing does not bring them back into what was frozen before.
    change(&with, 1, "research,company-alone");
    assert_eq!(answers(&with, "r1"), answers(&one_less, "r1"));
    with.ok(&["verify"], &[]);
    assert_eq!(
        with.json(&["status", "--json"], &[])["freezes"].as_array().unwrap().last().unwrap()["digest"],
        first
    );
}

#[test]
fn a_change_holds_under_a_running_server_and_is_previewed() {
    let cohort = MadeUp::new(60, 20, 33);
    let everybody: Vec<usize> = (0..60).collect();
    let house = House::new();
    take_in(&house, &cohort, &everybody);
    house.ok(&["freeze", "r1"], &[]);
    let server = house.serve();
    let tokens = ["academic", "company-paid"].map(|user| house.token(user));
    let people = |token: &str| {
        let path = format!("/api/frequency?freeze=r1&region={REGION}&purpose=GRU");
        let reply = http::get(&server.address, &path, Some(token)).json();
        reply["sites"][0]["groups"]["all"]["people"].as_u64().unwrap()
    };
    assert_eq!((people(&tokens[0]), people(&tokens[1])), (60, 40));
    let words = ["P4", "--scope", "research", "--document", "9", "--json"];
    let preview = house.json(&[&["consent", "preview"], &words[..]].concat(), &[]);
    assert_eq!((&preview["state"], &preview["stops"]["scope"]), (&json!("preview"), &json!("company-alone")));
    let release = &preview["releases"][0];
    assert_eq!((&release["release"], &release["people"]), (&json!("r1"), &json!(60)));
    // The company's answer, and not the university's.
    assert_eq!(preview["not_recallable"]["answers_given_from_these_releases"], 1);
    assert_eq!(people(&tokens[1]), 40, "a preview changes nothing");
    let dry = house.json(&[&["consent", "change", "--dry-run"], &words[..]].concat(), &[]);
    assert_eq!(dry["state"], "preview");
    let withdrawal = house.json(&["withdraw", "--dry-run", "P4", "--json"], &[]);
    assert_eq!(withdrawal["not_recallable"]["answers_given_from_these_releases"], 3);
    let receipt = house.json(&[&["consent", "change"], &words[..]].concat(), &[]);
    assert_eq!(
        (&receipt["before"], &receipt["after"]),
        (&json!("research,company-alone"), &json!("research"))
    );
    assert_eq!(receipt["not_recallable"]["answers_given_from_these_releases"], 2);
    assert_eq!((people(&tokens[0]), people(&tokens[1])), (60, 39));
    let again = house.ok(&["receipt", receipt["receipt"].as_str().unwrap()], &[]);
    assert_eq!(serde_json::from_str::<Value>(&again).unwrap(), receipt);
    let text = house.ok(&["consent", "preview", "P7", "--scope", "research", "--document", "8"], &[]);
    assert!(text.contains("企業単独での利用") && text.contains("use by companies alone"), "{text}");
    what_it_was_used_for(&house);
}

/// Two companies' answers counted the person, and one later did not.
fn what_it_was_used_for(house: &House) {
    let uses = |person: &str| house.json(&["consent", "uses", person, "--json"], &[]);
    let times = |uses: &Value, institution: &str| -> u64 {
        let of =
            uses["answers"].as_array().unwrap().iter().filter(|of| of["institution"]["en"] == institution);
        of.map(|of| of["times"].as_u64().unwrap()).sum()
    };
    let (company, university) = ("Example Pharma B (has paid)", "Example University");
    let narrowed = uses("P4");
    assert_eq!((times(&narrowed, company), times(&narrowed, university)), (2, 2));
    let other = uses("P5");
    assert_eq!((times(&other, company), times(&other, university)), (3, 2));
    let never = uses("P6");
    assert_eq!((times(&never, company), times(&never, university)), (0, 2));
    assert!(!other.to_string().contains("chr2"), "never what was asked for");
    assert_eq!(narrowed["answers"].as_array().unwrap().len(), 2, "summed up: {narrowed}");
    house.ok(&["withdraw", "P4"], &[]);
    ask(house, "academic", "r1");
    assert_eq!(uses("P4"), narrowed, "a withdrawn person's past is still told");
    assert_eq!(times(&uses("P5"), university), 3);
    let text = house.ok(&["consent", "uses", "P5"], &[]);
    assert!(text.contains(company) && text.contains("見本製薬B社"), "{text}");
}

#[test]
fn what_cannot_be_signed_changes_nothing() {
    let cohort = MadeUp::new(12, 5, 34);
    let house = House::new();
    take_in(&house, &cohort, &(0..12).collect::<Vec<_>>());
    let before = house.json(&["consent", "show", "P3", "--json"], &[]);
    let base = ["consent", "change", "P3"];
    for (words, says) in [
        (&["--scope", "foreign", "--document", "1"][..], "gj withdraw"),
        (&["--scope", "research"], "--document"),
        (&["--scope", "research", "--document", "1", "--by", "proxy"], "--relation"),
        (&["--scope", "research", "--document", "1", "--form", "none"], "no version of the form"),
        (&["--scope", "research", "--document", "1", "--signed-on", "2999-01-01"], "still to come"),
        (
            &[
                "--scope",
                "research,company-alone",
                "--document",
                "1",
                "--form",
                "main",
                "--signed-on",
                "2025-05-05",
            ],
            "does not explain `company-alone`",
        ),
        (
            &[
                "--scope",
                "research",
                "--document",
                "1",
                "--by",
                "proxy",
                "--relation",
                "mother",
                "--adult-on",
                "2020-01-01",
            ],
            "is an adult by now",
        ),
        (&["--scope", "research", "--document", "1", "--adult-on", "2999-01-01"], "a proxy signs"),
    ] {
        let (_, errors) = house.fails(1, &[&base[..], words].concat(), &[]);
        assert!(errors.contains(says), "{words:?}: {errors}");
        assert!(!errors.contains("P3"), "{errors}");
    }
    house.fails(1, &["consent", "change", "P99", "--scope", "research", "--document", "1"], &[]);
    assert_eq!(house.json(&["consent", "show", "P3", "--json"], &[]), before);
    house.ok(
        &[
            "consent",
            "change",
            "P3",
            "--scope",
            "research",
            "--document",
            "1",
            "--by",
            "proxy",
            "--relation",
            "mother",
            "--assent",
            "--adult-on",
            "2999-01-01",
        ],
        &[],
    );
    let due = house.json(&["consent", "due", "--until", "2999-12-31", "--json"], &[]);
    assert_eq!(due, json!([{ "participant": "P3", "adult_on": "2999-01-01" }]));
    // The sheet may be sent again as it was: it undoes nothing. What was never said is a contradiction.
    change(&house, 4, "research");
    let scope =
        |house: &House| house.json(&["consent", "show", "P4", "--json"], &[])["versions"][1]["scope"].clone();
    house.ok(&["import-samples", "--institution", "centre"], &[&house.beside("sheet.tsv")]);
    assert_eq!(scope(&house), "research");
    let text = sheet(&cohort, &(0..12).collect::<Vec<_>>(), &[(4, "research,foreign")]);
    fs::write(house.beside("other.tsv"), text).unwrap();
    let (_, errors) =
        house.fails(1, &["import-samples", "--institution", "centre"], &[&house.beside("other.tsv")]);
    assert!(errors.contains("column `consent`"), "{errors}");
    house.ok(&["withdraw", "P5"], &[]);
    let (_, errors) =
        house.fails(1, &["consent", "change", "P5", "--scope", "research", "--document", "1"], &[]);
    assert!(errors.contains("has withdrawn before"), "{errors}");
}

#[test]
fn an_extract_leaves_out_who_no_longer_allows_its_use_and_says_which_column_to_remove() {
    let (house, _) = extracts::ready();
    let company = extracts::approve(&house, "company-paid", &[]);
    let university = extracts::approve(&house, "academic", &[]);
    let before = extracts::write(&house, &company, "company-paid", "vcf", "a")["people"].as_u64().unwrap();
    let everybody = extracts::write(&house, &university, "academic", "vcf", "b")["people"].clone();
    let words = ["consent", "preview", "P4", "--scope", "research", "--document", "1", "--json"];
    let preview = house.json(&words, &[]);
    assert_eq!(preview["not_recallable"]["extracts"], json!([company]));
    let receipt = change(&house, 4, "research");
    assert_eq!(receipt["not_recallable"]["extracts"], json!([company]));
    let list = house.json(&["extract", "list", "--json"], &[]);
    for card in list.as_array().unwrap() {
        let columns = card["columns_to_remove"].as_array().unwrap();
        assert_eq!(columns.len(), usize::from(card["extract"] == json!(company)), "{card}");
        let file = fs::read_to_string(house.beside("a.vcf")).unwrap();
        columns.iter().for_each(|column| assert!(file.contains(column.as_str().unwrap())));
    }
    assert_eq!(extracts::write(&house, &company, "company-paid", "vcf", "c")["people"], before - 1);
    assert_eq!(extracts::write(&house, &university, "academic", "vcf", "d")["people"], everybody);
    // Allowing it again does not bring them back into what is of the earlier release.
    change(&house, 4, "research,company-alone");
    assert_eq!(extracts::write(&house, &company, "company-paid", "vcf", "e")["people"], before - 1);
    let uses = house.json(&["consent", "uses", "P4", "--json"], &[]);
    let of = uses["extracts"].as_array().unwrap();
    let times = |id: &str| of.iter().find(|of| of["from"] == id).map(|of| of["times"].clone());
    assert_eq!((times(&company), times(&university)), (Some(json!(1)), Some(json!(2))));
    assert_eq!(of[0]["project"], "committee 2026-7");
}

#[test]
fn people_of_gvcfs_change_their_minds_too() {
    let Some(files) = gvcf::files() else { return };
    let files = &files[..24];
    let built = |allowing: &[usize]| {
        let house = House::showing_everything();
        let row = |(number, (name, _)): (usize, &(String, PathBuf))| {
            let scope = if allowing.contains(&number) { "research,company-alone" } else { "research" };
            format!("{name}\tP{number}\tfemale\t\t\t\tJPT\t{scope}\t\n")
        };
        let sheet = house.beside("sheet.tsv");
        fs::write(&sheet, header() + &files.iter().enumerate().map(row).collect::<String>()).unwrap();
        house.ok(&["import-samples", "--institution", "centre"], &[&sheet]);
        for batch in files.chunks(9) {
            let paths: Vec<&Path> = batch.iter().map(|(_, path)| path.as_path()).collect();
            house.ok(&["ingest", "--institution", "centre"], &paths);
        }
        house
    };
    let sites = |house: &House, user: &str, freeze: &str| {
        let words = ["frequency", "--freeze", freeze, "--region", "chr22:10510001-12700000", "--as", user];
        house.json(&[&words[..], &["--purpose", "HMB", "--json"]].concat(), &[])
    };
    let (house, narrower, other) = (built(&[0, 1, 2, 3, 12]), built(&[1, 2, 3, 12]), built(&[1, 2, 12, 20]));
    digest(&house, "r1");
    digest(&narrower, "r1");
    let expected = digest(&other, "r1");
    change(&house, 0, "research");
    for user in ["academic", "company-paid"] {
        assert_eq!(sites(&house, user, "r1"), sites(&narrower, user, "r1"));
    }
    change(&house, 3, "research");
    change(&house, 20, "research,company-alone");
    house.ok(&["verify"], &[]);
    house.ok(&["compact"], &[]);
    assert_eq!(digest(&house, "r2"), expected);
    assert_eq!(sites(&house, "company-paid", "r2"), sites(&other, "company-paid", "r1"));
    house.ok(&["verify"], &[]);
}
