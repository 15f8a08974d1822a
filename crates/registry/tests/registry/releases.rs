//! Batches and freezes: what they hold, what they share, and whom a withdrawal touches.

use super::*;
use gj_registry::{Batch, NewFreeze, PanelState};

fn batch(id: &str, samples: u64) -> Batch {
    Batch {
        id: id.parse().unwrap(),
        institution: "biobank-minato".parse().unwrap(),
        manifest_digest: "d".repeat(64),
        created_at: AT.to_owned(),
        samples,
        rows: 7,
    }
}

fn freeze(name: &str, batches: &[&str]) -> NewFreeze {
    NewFreeze {
        name: name.parse().unwrap(),
        panel: "panel1".parse().unwrap(),
        digest: "e".repeat(64),
        created_at: AT.to_owned(),
        people: 2,
        variants: 7,
        assignment: "a".repeat(64),
        consents: 0,
        batches: batches.iter().map(|id| id.parse().unwrap()).collect(),
    }
}

/// Three samples; batch `b1` holds the first two, `b2` the last.
async fn world_with_batches() -> (World, Vec<i64>) {
    let world = World::new().await;
    let line = |n| format!("S{n}\tP{n}\tmale\t\t\t\tJPT\tresearch\t\n");
    world.import("biobank-minato", &[line(1), line(2), line(3)].concat()).await.unwrap();
    let names = ["S1", "S2", "S3"].map(str::to_owned);
    let mut tx = world.registry.begin().await.unwrap();
    let keys: Vec<i64> =
        tx.samples_by_name(&names).await.unwrap().iter().flatten().map(|s| s.sample_key).collect();
    tx.insert_batch(&batch("b1", 2), &[keys[1], keys[0]], &["s1".to_owned(), "s2".to_owned()]).await.unwrap();
    tx.insert_batch(&batch("b2", 1), &keys[2..], &["s3".to_owned()]).await.unwrap();
    tx.commit().await.unwrap();
    (world, keys)
}

#[tokio::test]
async fn a_batch_keeps_the_order_of_its_columns() {
    let (world, keys) = world_with_batches().await;
    let mut now = world.registry.read().await.unwrap();
    let b1 = "b1".parse().unwrap();
    assert_eq!(now.batch_samples(&b1).await.unwrap(), [keys[1], keys[0]]);
    let facts = now.batch_facts(&b1, "2026-11-22".parse().unwrap()).await.unwrap();
    assert_eq!(facts.iter().map(|fact| fact.sample_key).collect::<Vec<_>>(), [keys[1], keys[0]]);
    assert_eq!(now.batches().await.unwrap().len(), 2);
    assert_eq!(now.batch(&b1).await.unwrap(), Some(batch("b1", 2)));
    let shared = now.batches_sharing(&keys[1..]).await.unwrap();
    assert_eq!(shared.into_values().collect::<Vec<_>>(), [1, 1]);
    assert!(now.batches_sharing(&[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_same_file_is_not_taken_twice() {
    let (world, keys) = world_with_batches().await;
    let mut tx = world.registry.begin().await.unwrap();
    let refused = tx.insert_batch(&batch("b3", 1), &keys[..1], &["s2".to_owned()]).await.unwrap_err();
    assert!(refused.to_string().contains("already in batch `b1`"), "{refused}");
    drop(tx);
    let mut tx = world.registry.begin().await.unwrap();
    assert!(matches!(tx.insert_batch(&batch("b1", 0), &[], &[]).await, Err(Error::Taken { .. })));
    assert_eq!(tx.batch_with_source("s3").await.unwrap(), Some("b2".parse().unwrap()));
    assert_eq!(tx.batch_with_source("s4").await.unwrap(), None);
}

#[tokio::test]
async fn a_withdrawal_makes_only_its_own_freezes_stale() {
    let (world, keys) = world_with_batches().await;
    let mut tx = world.registry.begin().await.unwrap();
    tx.insert_freeze(&freeze("2026.1", &["b1"])).await.unwrap();
    tx.insert_freeze(&freeze("2026.2", &["b1", "b2"])).await.unwrap();
    let taken = tx.insert_freeze(&freeze("2026.1", &["b2"])).await.unwrap_err();
    assert!(taken.to_string().contains("freeze `2026.1` exists already"), "{taken}");
    let person = tx.sample_facts(&keys[2..], "2026-11-22".parse().unwrap()).await.unwrap()[0].person_key;
    let stale = tx.mark_stale(person).await.unwrap();
    assert_eq!(stale, ["2026.2".parse().unwrap()]);
    assert_eq!(tx.batches_of_person(person).await.unwrap(), ["b2".parse().unwrap()]);
    tx.commit().await.unwrap();

    let mut tx = world.registry.begin().await.unwrap();
    let states: Vec<PanelState> = tx.freezes().await.unwrap().iter().map(|freeze| freeze.state).collect();
    assert_eq!(states, [PanelState::Current, PanelState::Stale]);
    let name = "2026.2".parse().unwrap();
    tx.set_panel(&name, &"panel2".parse().unwrap(), "b", 0).await.unwrap();
    assert!(tx.set_panel(&"x".parse().unwrap(), &"p".parse().unwrap(), "b", 0).await.is_err());
    tx.commit().await.unwrap();
    let repaired = world.registry.read().await.unwrap().freeze(&name).await.unwrap().unwrap();
    assert_eq!((repaired.panel.as_str(), repaired.first_panel.as_str()), ("panel2", "panel1"));
    assert_eq!((repaired.state, repaired.digest), (PanelState::Current, "e".repeat(64)));
}

#[tokio::test]
async fn batches_of_the_same_second_keep_the_order_they_came_in() {
    let world = World::new().await;
    let mut tx = world.registry.begin().await.unwrap();
    for id in ["b9", "b1", "b5"] {
        tx.insert_batch(&batch(id, 0), &[], &[]).await.unwrap();
    }
    tx.commit().await.unwrap();
    let batches = world.registry.read().await.unwrap().batches().await.unwrap();
    let ids: Vec<&str> = batches.iter().map(|batch| batch.id.as_str()).collect();
    assert_eq!(ids, ["b9", "b1", "b5"]);
}
