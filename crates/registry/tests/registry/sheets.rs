//! Sample sheets meeting the registry: whole or nothing, the same twice, and what contradicts it.

use super::*;

const TRIO: &str = "C\tPC\tfemale\tF1\tA\tB\tJPT\tresearch\tMONDO:0005148\n\
    A\tPA\tmale\tF1\t0\t0\tJPT\tresearch,foreign\t\n\
    B\tPB\tfemale\tF1\t\t\tJPT\t\t\n\
    B2\tPB\tfemale\tF1\t\t\tJPT\t\t\n";

fn told(result: Result<ImportReport, Error>) -> String {
    match result {
        Err(error @ Error::Sheet(_)) => error.to_string(),
        other => panic!("expected a refused sheet, found {other:?}"),
    }
}

#[tokio::test]
async fn a_sheet_is_taken_once_and_the_same_again_changes_nothing() {
    let world = World::new().await;
    let report = world.import("new-biobank", TRIO).await.unwrap();
    assert_eq!(report, ImportReport { samples: 4, participants: 3, already: 0 });
    let again = world.import("new-biobank", TRIO).await.unwrap();
    assert_eq!(again, ImportReport { samples: 0, participants: 0, already: 4 });
    let more = world.import("new-biobank", "B3\tPB\tfemale\tF1\t\t\tJPT\t\t\n").await.unwrap();
    assert_eq!(more, ImportReport { samples: 1, participants: 0, already: 0 });
    let mut now = world.registry.read().await.unwrap();
    let created = now.institution(&"new-biobank".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(created.class.name(), "research-institute");
    let counts = now.people_counts().await.unwrap();
    assert_eq!((counts.len(), counts[0].people), (1, 3));
    let child = now.person_by_participant("PC").await.unwrap().unwrap();
    assert_eq!(now.diseases(child.person_key).await.unwrap(), ["MONDO:0005148"]);
}

#[tokio::test]
async fn one_contradiction_refuses_the_whole_sheet() {
    let world = World::new().await;
    world.import("biobank-minato", TRIO).await.unwrap();
    let before = world.registry.read().await.unwrap().people_counts().await.unwrap();
    let changed = "N\tPN\tmale\t\t\t\tJPT\tresearch\t\nA\tPA\tmale\tF1\t0\t0\tCHB\tresearch\t\n";
    let shown = told(world.import("biobank-minato", changed).await);
    assert!(shown.contains("line 3, column `stratum`: differs from what is registered"), "{shown}");
    assert!(shown.contains("line 3, column `consent`: differs"), "{shown}");
    assert!(shown.contains("has 2 problems"), "{shown}");
    let moved = told(world.import("biobank-minato", "A\tPB\tfemale\tF1\t\t\tJPT\t\t\n").await);
    assert!(moved.contains("line 2, column `participant`: differs"), "{moved}");
    let mut now = world.registry.read().await.unwrap();
    assert_eq!(now.people_counts().await.unwrap(), before);
    assert!(now.person_by_participant("PN").await.unwrap().is_none());
}

#[tokio::test]
async fn ids_in_use_are_refused_and_not_told_whose_they_are() {
    let world = World::new().await;
    world.import("biobank-minato", TRIO).await.unwrap();
    let shown = told(world.import("ncc-hikari", TRIO).await);
    assert!(shown.contains("column `sample`: this id is already in use"), "{shown}");
    assert!(shown.contains("column `participant`: this id is already in use"), "{shown}");
    assert!(shown.contains("as in `my-hospital.0001`"), "{shown}");
    assert!(!shown.contains("another institution") && !shown.contains("minato"), "{shown}");
    let new_sample = "X\tPA\tmale\tF1\t\t\tJPT\tresearch,foreign\t\n";
    assert!(told(world.import("ncc-hikari", new_sample).await).contains("already in use"));
}

#[tokio::test]
async fn a_withdrawn_participant_refuses_the_whole_sheet() {
    let world = World::new().await;
    world.import("biobank-minato", TRIO).await.unwrap();
    let mut tx = world.registry.begin().await.unwrap();
    let person = tx.person_by_participant("PA").await.unwrap().unwrap();
    tx.withdraw("R-1", person.person_key, AT, &serde_json::json!({})).await.unwrap();
    tx.commit().await.unwrap();
    let shown = told(world.import("biobank-minato", TRIO).await);
    assert!(shown.contains("line 3, column `participant`: has withdrawn"), "{shown}");
    assert!(!shown.contains("PA"), "{shown}");
}

#[tokio::test]
async fn thousands_of_samples_are_found_in_the_order_asked() {
    let world = World::new().await;
    let lines: String = (0..3202)
        .map(|n| {
            format!("S{n}\tP{n}\t{}\t\t\t\tJPT\tresearch\t\n", if n % 2 == 0 { "male" } else { "female" })
        })
        .collect();
    assert_eq!(world.import("biobank-minato", &lines).await.unwrap().samples, 3202);
    let mut names: Vec<String> = (0..3202).rev().map(|n| format!("S{n}")).collect();
    names.push("nobody".to_owned());
    let mut now = world.registry.read().await.unwrap();
    let found = now.samples_by_name(&names).await.unwrap();
    assert_eq!(found.len(), 3203);
    assert!(found[3202].is_none() && found[..3202].iter().all(Option::is_some));
    let keys: Vec<i64> = found.iter().flatten().map(|sample| sample.sample_key).collect();
    let facts = now.sample_facts(&keys, "2026-11-22".parse().unwrap()).await.unwrap();
    assert!(facts.iter().zip(&keys).all(|(fact, key)| fact.sample_key == *key));
    assert_eq!((facts[0].sex.name(), facts[1].sex.name()), ("female", "male"));
    assert!(now.sample_facts(&[99_999], "2026-11-22".parse().unwrap()).await.is_err());
}
