//! The programme file: there and back, what is wrong with one, and what applying one changes.

use super::*;
use chrono::NaiveDate;
use gj_registry::programme::EXAMPLE;
use gj_registry::{Change, ChangeKind};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

async fn apply(world: &World, text: &str) -> Vec<Change> {
    let mut tx = world.registry.begin().await.unwrap();
    let changes = tx.apply_programme(&Programme::parse(text, "p.toml").unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    changes
}

#[tokio::test]
async fn the_programme_comes_back_as_it_went_in() {
    let world = World::new().await;
    let example = Programme::example().unwrap();
    let stored = world.registry.read().await.unwrap().programme().await.unwrap().unwrap();
    assert_eq!(stored, example);
    let exported = stored.to_toml().unwrap();
    assert_eq!(Programme::parse(&exported, "exported.toml").unwrap(), example);
    assert!(apply(&world, &exported).await.is_empty(), "applying what is there changes nothing");
    assert_eq!(Programme::parse(&exported.replace('\n', "\r\n"), "crlf.toml").unwrap(), example);
}

#[tokio::test]
async fn the_example_holds_what_the_scenario_needs() {
    let world = World::new().await;
    let mut now = world.registry.read().await.unwrap();
    let settings = now.settings().await.unwrap().unwrap();
    assert_eq!((settings.min_cell, settings.profile.as_str()), (10, "proposal"));
    for id in ["datamanager", "academic", "company-unpaid", "company-paid", "clinician"] {
        let acts = now.acts_of(&id.parse().unwrap()).await.unwrap();
        assert!(acts.iter().any(|act| act == "frequency.read"), "{id}");
    }
    assert_eq!(now.acts_of(&"nobody".parse().unwrap()).await.unwrap(), Vec::<String>::new());
    let covered = |institution: &str| -> gj_model::InstitutionId { institution.parse().unwrap() };
    let today = day("2026-11-22");
    assert_eq!(now.payments_covering(&covered("pharma-b"), today).await.unwrap().len(), 1);
    assert!(now.payments_covering(&covered("pharma-a"), today).await.unwrap().is_empty());
    assert!(now.payments_covering(&covered("pharma-b"), day("2036-04-01")).await.unwrap().is_empty());
    let purpose = now.purpose("DS", today).await.unwrap().unwrap();
    assert!(purpose.needs_disease && purpose.needs_scope.to_string() == "research");
    assert!(now.purpose("DS", day("2026-03-31")).await.unwrap().is_none(), "not yet valid");
    assert!(now.purpose("XX", today).await.unwrap().is_none());
    let rules = now.rules_on("proposal", today).await.unwrap();
    assert!(rules.iter().any(|rule| rule.code == "consent-none"));
    // What a profile says is not repeated in the file: changing `profile` changes it.
    assert!(rules.iter().all(|rule| rule.profile.is_empty() && rule.code != "payment-missing"));
}

#[test]
fn what_is_wrong_with_a_file_is_told_by_table_and_entry() {
    let broken = EXAMPLE
        .replace("institution = \"example-hospital\"", "institution = \"nowhere\"")
        .replace("roles = [\"auditor\"]", "roles = [\"emperor\"]")
        .replace("covers_to = 2036-03-31", "covers_to = 2020-03-31")
        .replace("id = \"pharma-a\"", "id = \"pharma-b\"");
    let told = Programme::parse(&broken, "p.toml").unwrap_err().to_string();
    for part in [
        "`p.toml` has 6 problems",
        "[[user]] `clinician`: institution `nowhere` is not in this file",
        "[[user]] `auditor`: role `emperor` is not in this file",
        "[[payment]] `example-2026-001`: `covers_to` is before `covers_from`",
        "[[institution]] `pharma-b`: is there twice",
        "[[user]] `company-unpaid`: institution `pharma-a`",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn what_is_not_a_programme_is_told_by_line() {
    let cases = [
        ("class = \"state-body\"", "class = \"kingdom\"", "under [[institution]]: unknown variant `kingdom`"),
        ("min_cell = 10", "min_cell = \"ten\"", "line 17, under [programme]: invalid type"),
        ("paid_on = 2026-04-01", "paid_on = 4", "expected a date such as 2026-04-01"),
        ("needs_disease = true", "needs_desease = true", "unknown field `needs_desease`"),
        ("id = \"academic\"", "id = \"a/b\"", "not a valid user id"),
        ("[programme]", "[programme", "line 10"),
    ];
    for (from, to, told) in cases {
        let error = Programme::parse(&EXAMPLE.replacen(from, to, 1), "p.toml").unwrap_err().to_string();
        assert!(error.contains(told), "{told}: {error}");
    }
}

#[tokio::test]
async fn applying_tells_what_it_adds_changes_removes_and_keeps() {
    let world = World::new().await;
    world.import("biobank-minato", "S1\tP1\tmale\t\t\t\tJPT\tresearch\t\n").await.unwrap();
    world.audit(1).await; // by datamanager
    let mut next = Programme::example().unwrap();
    next.institutions.retain(|i| !["biobank-minato", "ncc-hikari"].contains(&i.id.as_str()));
    next.users.retain(|user| {
        !["reviewer", "reviewer-2", "reviewer-3", "minato", "datamanager"].contains(&user.id.as_str())
    });
    next.roles.retain(|role| role.id != "reviewer");
    next.payments[0].amount_yen = 1;
    let mut rule = next.rules[0].clone();
    rule.valid_from = day("2027-04-01");
    next.rules.push(rule);
    let changes = apply(&world, &next.to_toml().unwrap()).await;
    let told: Vec<(&str, &str, ChangeKind)> =
        changes.iter().map(|change| (change.table, change.id.as_str(), change.kind)).collect();
    assert_eq!(
        told,
        [
            ("institution", "biobank-minato", ChangeKind::Kept),
            ("institution", "ncc-hikari", ChangeKind::Removed),
            ("payment", "example-2026-001", ChangeKind::Changed),
            ("role", "reviewer", ChangeKind::Removed),
            ("rule", "consent-none  2027-04-01", ChangeKind::Added),
            ("user", "datamanager", ChangeKind::Kept),
            ("user", "minato", ChangeKind::Removed),
            ("user", "reviewer", ChangeKind::Removed),
            ("user", "reviewer-2", ChangeKind::Removed),
            ("user", "reviewer-3", ChangeKind::Removed),
        ]
    );
    let mut now = world.registry.read().await.unwrap();
    let kept = now.user(&"datamanager".parse().unwrap()).await.unwrap().unwrap();
    assert!(!kept.active && kept.roles.is_empty());
    assert!(now.acts_of(&kept.id).await.unwrap().is_empty());
    world.registry.integrity().await.unwrap();
}

#[tokio::test]
async fn only_the_digest_of_a_token_is_kept() {
    let world = World::new().await;
    let academic: gj_model::UserId = "academic".parse().unwrap();
    let mut tx = world.registry.begin().await.unwrap();
    tx.set_token(&academic, "0123abcd").await.unwrap();
    assert!(tx.set_token(&"nobody".parse().unwrap(), "x").await.is_err());
    tx.commit().await.unwrap();
    let changes = apply(&world, EXAMPLE).await;
    assert!(changes.is_empty(), "a programme file neither holds nor takes away tokens");
    let mut now = world.registry.read().await.unwrap();
    assert_eq!(now.user_by_token("0123abcd").await.unwrap().unwrap().id, academic);
    assert_eq!(now.user_by_token("0123abce").await.unwrap(), None);
    drop(now);
    let bytes = std::fs::read(world.folder.path().join("registry.sqlite-wal")).unwrap_or_default();
    assert!(!bytes.windows(8).any(|window| window == b"0123abcd"));

    let mut next = Programme::example().unwrap();
    next.users.iter_mut().filter(|user| user.id == academic).for_each(|user| user.active = false);
    apply(&world, &next.to_toml().unwrap()).await;
    assert_eq!(world.registry.read().await.unwrap().user_by_token("0123abcd").await.unwrap(), None);
}

/// Rows of rights as a file has them.
const RIGHTS: &str = r#"
[[dataset]]
id = "minato-tranche-1"
name_ja = "みなと第1期"
name_en = "Minato tranche 1"
contributor = "biobank-minato"
stratum = "JPT"
tier = "public"
starting_point = 2026-04-01
restricted_months = 30
source = "contributor's agreement 12"

[[term]]
dataset = "minato-tranche-1"
duo = "DUO:0000007"
value = "MONDO:0005148"
valid_from = 2026-04-01
source = "contributor's agreement 12"

[[window]]
dataset = "minato-tranche-1"
funder = "pharma-b"
tier = "cash"
valid_from = 2026-04-01
hard_end = 2026-12-31
source = "funding agreement 3"

[[training]]
user = "academic"
name = "research ethics"
valid_from = 2026-04-01
valid_to = 2027-03-31
source = "certificate 77"

[[agreement]]
institution = "example-university"
dataset = "minato-tranche-1"
valid_from = 2026-05-01
digest = "sha256:00"
source = "DTA 5"

[[sanction]]
institution = "pharma-a"
user = "company-unpaid"
valid_from = 2026-05-01
valid_to = 2026-06-30
source = "decision 1"
"#;

#[tokio::test]
async fn rights_are_rows_that_come_back_as_they_went_in_and_go_again() {
    let world = World::new().await;
    let text = format!("{EXAMPLE}{RIGHTS}");
    let told: Vec<String> = apply(&world, &text).await.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "agreement example-university minato-tranche-1 2026-05-01: added",
            "dataset minato-tranche-1: added",
            "sanction pharma-a company-unpaid 2026-05-01: added",
            "term minato-tranche-1 DUO:0000007 MONDO:0005148 2026-04-01: added",
            "training academic research ethics 2026-04-01: added",
            "window minato-tranche-1 pharma-b 2026-04-01: added",
        ]
    );
    let mut now = world.registry.read().await.unwrap();
    let stored = now.programme().await.unwrap().unwrap();
    assert_eq!(stored, Programme::parse(&text, "p.toml").unwrap());
    assert_eq!(Programme::parse(&stored.to_toml().unwrap(), "x.toml").unwrap(), stored);
    assert_eq!(now.trainings_of(&"academic".parse().unwrap()).await.unwrap().len(), 1);
    assert_eq!(now.agreements_of(&"example-university".parse().unwrap()).await.unwrap().len(), 1);
    assert_eq!(now.sanctions_of(&"pharma-a".parse().unwrap()).await.unwrap().len(), 1);
    assert!(now.sanctions_of(&"pharma-b".parse().unwrap()).await.unwrap().is_empty());
    drop(now);
    assert_eq!(apply(&world, EXAMPLE).await.len(), 6);
    let left = world.registry.read().await.unwrap().programme().await.unwrap().unwrap();
    assert_eq!(left, Programme::example().unwrap());
    world.registry.integrity().await.unwrap();
}

#[test]
fn what_is_wrong_with_rights_is_told_by_table_and_entry() {
    let broken = format!("{EXAMPLE}{RIGHTS}")
        .replace("tier = \"public\"", "tier = \"secret\"")
        .replace("restricted_months = 30", "restricted_months = 31")
        .replace("value = \"MONDO:0005148\"", "value = \"\"")
        .replace("hard_end = 2026-12-31", "hard_end = 2025-12-31")
        .replace("user = \"academic\"", "user = \"nobody-here\"")
        .replace(
            "dataset = \"minato-tranche-1\"\nvalid_from = 2026-05-01",
            "dataset = \"other\"\nvalid_from = 2026-05-01",
        )
        .replace("user = \"company-unpaid\"", "user = \"company-paid\"");
    let told = Programme::parse(&broken, "p.toml").unwrap_err().to_string();
    for part in [
        "`p.toml` has 7 problems",
        "[[dataset]] `minato-tranche-1`: `tier` must be `overview`, `detailed` or `public`",
        "[[dataset]] `minato-tranche-1`: `restricted_months` must be 24 to 30",
        "DUO:0000007 from 2026-04-01: needs a `value`",
        "[[window]] `minato-tranche-1` of `pharma-b`: `hard_end` is before `valid_from`",
        "[[training]] `research ethics` of `nobody-here`: the user is not in this file",
        "[[agreement]] of `example-university` from 2026-05-01: dataset `other` is not in this file",
        "[[sanction]] of `pharma-a` from 2026-05-01: `company-paid` is no user of that institution",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[tokio::test]
async fn deadlines_are_rows_of_the_file_and_a_file_without_any_keeps_them() {
    let world = World::new().await;
    let table = "[[deadline]]\nwhat = \"review\"\ndays = 21\n";
    assert!(EXAMPLE.contains(table));
    let shorter = EXAMPLE.replace(table, &table.replace("21", "14"));
    let changes = apply(&world, &shorter).await;
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!((changes[0].table, changes[0].id.as_str()), ("deadline", "review 2026-04-01"));
    let mut now = world.registry.read().await.unwrap();
    let rows = now.deadlines().await.unwrap();
    assert_eq!(rows.iter().find(|row| row.what == "review").unwrap().days, 14);
    assert_eq!(now.programme().await.unwrap().unwrap(), Programme::parse(&shorter, "p.toml").unwrap());
    drop(now);
    let before = &shorter[..shorter.find("[[deadline]]").unwrap()];
    assert!(apply(&world, before).await.is_empty());
    assert_eq!(world.registry.read().await.unwrap().deadlines().await.unwrap(), rows);
    let wrong =
        shorter.replace("what = \"review\"", "what = \"rewiev\"").replace("days = 14\n", "days = 99999\n");
    let told = Programme::parse(&wrong, "p.toml").unwrap_err().to_string();
    assert!(told.contains("[[deadline]] `rewiev` from 2026-04-01: `what` must be a state"), "{told}");
    assert!(told.contains("`days` must be at most 3653"), "{told}");
}
