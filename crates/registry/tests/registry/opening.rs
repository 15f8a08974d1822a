//! Creating, opening, transactions: what is kept, what is not, who waits for whom.

use super::*;
use std::time::Duration;

#[tokio::test]
async fn a_registry_is_created_once_and_opened_after() {
    let folder = tempfile::tempdir().unwrap();
    let odd = folder.path().join("データ 100% #1?");
    std::fs::create_dir(&odd).unwrap();
    let path = odd.join("registry.sqlite");
    assert!(matches!(Registry::open(&path).await, Err(Error::Missing(_))));
    Registry::create(&path).await.unwrap().close().await;
    assert!(matches!(Registry::create(&path).await, Err(Error::Exists(_))));
    let registry = Registry::open(&path).await.unwrap();
    assert_eq!(registry.read().await.unwrap().settings().await.unwrap(), None);
    registry.integrity().await.unwrap();
    registry.close().await;
    let names: Vec<_> = std::fs::read_dir(&odd).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["registry.sqlite"], "closing leaves one file");
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let world = World::new().await;
    world.tamper("INSERT INTO schema_versions (version) VALUES (99)").await.unwrap();
    let refused = world.database.open().await.unwrap_err();
    assert!(refused.to_string().contains("schema 99"), "{refused}");
}

#[tokio::test]
async fn a_dropped_change_leaves_nothing() {
    let world = World::new().await;
    let mut tx = world.registry.begin().await.unwrap();
    tx.ensure_contributor(&"nagoya".parse().unwrap()).await.unwrap();
    tx.audit(&entry("nagoya")).await.unwrap();
    assert!(tx.institution(&"nagoya".parse().unwrap()).await.unwrap().is_some(), "a change reads itself");
    drop(tx);
    let mut now = world.registry.read().await.unwrap();
    assert!(now.institution(&"nagoya".parse().unwrap()).await.unwrap().is_none());
    assert_eq!(now.audit_head().await.unwrap().seq, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_run_one_after_the_other() {
    let world = World::new().await;
    // A second handle on the same file stands for another process.
    let other = world.database.open().await.unwrap();
    let writers: Vec<_> = (0..40)
        .map(|number| {
            let registry = if number % 2 == 0 { world.registry.clone() } else { other.clone() };
            tokio::spawn(async move {
                let mut tx = registry.begin().await.unwrap();
                tx.audit(&entry("a")).await.unwrap();
                tokio::time::sleep(Duration::from_millis(1)).await;
                tx.audit(&entry("b")).await.unwrap();
                tx.commit().await.unwrap();
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let mut now = world.registry.read().await.unwrap();
    assert_eq!(now.verify_audit(None).await.unwrap().lines, 80);
    let lines = now.audit_lines(0, 100).await.unwrap();
    assert!(lines.chunks(2).all(|pair| pair[0].subject == "a" && pair[1].subject == "b"));
}

#[tokio::test]
async fn opening_does_not_wait_for_a_writer() {
    let world = World::new().await;
    let tx = world.registry.begin().await.unwrap();
    let opened = tokio::time::timeout(Duration::from_secs(5), world.database.open()).await.unwrap().unwrap();
    assert!(opened.read().await.unwrap().settings().await.unwrap().is_some());
    drop(tx);
}

#[tokio::test]
async fn a_reader_keeps_its_moment() {
    let world = World::new().await;
    let mut before = world.registry.read().await.unwrap();
    assert_eq!(before.audit_head().await.unwrap().seq, 0);
    world.audit(1).await;
    assert_eq!(before.audit_head().await.unwrap().seq, 0);
    assert_eq!(world.registry.read().await.unwrap().audit_head().await.unwrap().seq, 1);
}

#[tokio::test]
async fn damage_of_the_database_is_found() {
    let world = World::new().await;
    world.registry.integrity().await.unwrap();
    let unchecked = match world.database.is_file() {
        true => "PRAGMA foreign_keys = OFF",
        false => "SET session_replication_role = replica",
    };
    let sql = format!("{unchecked}; DELETE FROM institutions WHERE id = 'pharma-a'");
    world.database.execute(&sql).await.unwrap();
    let found = world.registry.integrity().await.unwrap_err();
    assert!(found.to_string().contains("table `users`"), "{found}");
}
