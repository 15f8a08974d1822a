//! Extracts: what an approval holds, what is written under it, and who was in it after they left.

use super::*;
use gj_registry::{Extract, NewFreeze, Writing};
use std::collections::BTreeMap;

fn approval(id: &str) -> Extract {
    Extract {
        id: id.parse().unwrap(),
        freeze: "2026.1".parse().unwrap(),
        recipient: "academic".parse().unwrap(),
        purpose: "DS:MONDO:0005148".parse().unwrap(),
        regions: vec!["chr1:5-9".parse().unwrap(), "chrM".parse().unwrap()],
        strata: vec!["北, south".to_owned()],
        institutions: vec!["biobank-minato".parse().unwrap()],
        tells_sex: false,
        valid_to: "2026-12-31".parse().unwrap(),
        reference: "委員会 2026-7".to_owned(),
        approved_by: "committee".parse().unwrap(),
        approved_at: AT.to_owned(),
        revoked_at: None,
    }
}

fn writing(people: u64) -> Writing {
    let files = BTreeMap::from([("bed".to_owned(), "d".repeat(64))]);
    Writing { at: AT.to_owned(), format: "bed".to_owned(), people, sites: 12, files }
}

async fn world_with_extract() -> (World, Vec<i64>) {
    let world = World::new().await;
    let line = |n| format!("S{n}\tP{n}\tmale\t\t\t\tJPT\tresearch\t\n");
    world.import("biobank-minato", &[line(1), line(2), line(3)].concat()).await.unwrap();
    let mut tx = world.registry.begin().await.unwrap();
    let mut people = Vec::new();
    for name in ["P1", "P2", "P3"] {
        people.push(tx.person_by_participant(name).await.unwrap().unwrap().person_key);
    }
    let freeze = NewFreeze {
        name: "2026.1".parse().unwrap(),
        panel: "panel1".parse().unwrap(),
        digest: "e".repeat(64),
        created_at: AT.to_owned(),
        people: 3,
        variants: 7,
        assignment: "a".repeat(64),
        consents: 0,
        batches: vec![],
    };
    tx.insert_freeze(&freeze).await.unwrap();
    tx.insert_extract(&approval("E-1"), "secret").await.unwrap();
    tx.insert_extract(&approval("E-2"), "other").await.unwrap();
    tx.commit().await.unwrap();
    (world, people)
}

#[tokio::test]
async fn an_approval_reads_back_and_its_number_is_taken() {
    let (world, _) = world_with_extract().await;
    let mut tx = world.registry.begin().await.unwrap();
    let id = "E-1".parse().unwrap();
    assert_eq!(tx.extract(&id).await.unwrap(), Some(approval("E-1")));
    assert_eq!(tx.extract_secret(&id).await.unwrap(), "secret");
    assert_eq!(tx.extracts().await.unwrap().len(), 2);
    assert_eq!(tx.extract(&"E-3".parse().unwrap()).await.unwrap(), None);
    assert!(matches!(tx.insert_extract(&approval("E-1"), "x").await, Err(Error::Taken { .. })));
    tx.revoke_extract(&id, "committee", AT).await.unwrap();
    assert_eq!(tx.extract(&id).await.unwrap().unwrap().revoked_at.as_deref(), Some(AT));
    assert!(matches!(tx.revoke_extract(&id, "committee", AT).await, Err(Error::Unknown { .. })));
}

#[tokio::test]
async fn who_was_written_stays_known_after_they_left() {
    let (world, people) = world_with_extract().await;
    let (one, two) = ("E-1".parse().unwrap(), "E-2".parse().unwrap());
    let mut tx = world.registry.begin().await.unwrap();
    tx.insert_writing(&one, &people[..2], &writing(2)).await.unwrap();
    tx.insert_writing(&one, &people[1..], &writing(3)).await.unwrap();
    tx.insert_writing(&two, &people[2..], &writing(1)).await.unwrap();
    let written: Vec<u64> = tx.extract_writings(&one).await.unwrap().iter().map(|w| w.people).collect();
    assert_eq!(written, [2, 3]);
    let mut of = Vec::new();
    for person in &people {
        of.push(tx.extracts_of_person(*person).await.unwrap());
    }
    assert_eq!(of, [vec![one.clone()], vec![one.clone()], vec![one.clone(), two.clone()]]);
    tx.withdraw("W-1", people[2], AT, &serde_json::json!({})).await.unwrap();
    assert_eq!(tx.extract_leavers(&one).await.unwrap(), [people[2]]);
    assert_eq!(tx.extract_leavers(&two).await.unwrap(), [people[2]]);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_recipient_cannot_be_forgotten() {
    let (world, _) = world_with_extract().await;
    let mut next = Programme::example().unwrap();
    next.users.retain(|user| user.id.as_str() != "academic");
    let mut tx = world.registry.begin().await.unwrap();
    let changes = tx.apply_programme(&next).await.unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].to_string(), "user academic: kept, in use");
    assert!(!tx.user(&"academic".parse().unwrap()).await.unwrap().unwrap().active);
    tx.commit().await.unwrap();
    world.registry.integrity().await.unwrap();
}
