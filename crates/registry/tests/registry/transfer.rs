//! A registry moved between a file and a server and back: the same rows, one of them in force at a time.

use super::*;
use gj_registry::MovedTable;

async fn filled() -> World {
    let world = World::new().await;
    let lines: String = (1..=50)
        .map(|n| format!("S{n}\tP{n}\tmale\tfamily{n}\t\t\tJPT\tresearch\tMONDO:0005148\n"))
        .collect();
    world.import("biobank-minato", &lines).await.unwrap();
    world.audit(3).await;
    world
}

/// Moves a registry into an empty one; returns the tables.
async fn moved(from: &Registry, to: &Registry) -> Vec<MovedTable> {
    let mut change = from.begin().await.unwrap();
    change.audit(&entry("registry")).await.unwrap();
    let transfer = from.transfer(change, to).await.unwrap();
    let tables = transfer.tables.clone();
    transfer.commit("here", "there").await.unwrap();
    to.arrive().await.unwrap();
    tables
}

#[tokio::test]
async fn every_row_goes_there_and_back() {
    let world = filled().await;
    let file = Database::File(world.folder.path().join("file.sqlite"));
    let file_registry = file.create().await.unwrap();
    let first = moved(&world.registry, &file_registry).await;
    let rows = |name: &str| first.iter().find(|table| table.name == name).unwrap().rows;
    assert_eq!((rows("people"), rows("samples"), rows("audit")), (50, 50, 4));
    assert!(rows("applications") == 0 && rows("application_deadlines") > 0 && rows("role_acts") > 0);
    // The chain goes on where it was, under the same guards.
    let mut tx = file_registry.begin().await.unwrap();
    assert_eq!(tx.audit_head().await.unwrap().seq, 4);
    assert_eq!(tx.audit(&entry("after")).await.unwrap(), 5);
    tx.commit().await.unwrap();
    assert!(file.execute("DELETE FROM audit").await.is_err());
    file_registry.integrity().await.unwrap();
    // And back, into a database of its own where there is a server.
    let other = tempfile::tempdir().unwrap();
    let back = Database::new(other.path()).await;
    let back_registry = back.create().await.unwrap();
    let second = moved(&file_registry, &back_registry).await;
    let same = |table: &&MovedTable| table.name != "audit";
    assert_eq!(first.iter().filter(same).collect::<Vec<_>>(), second.iter().filter(same).collect::<Vec<_>>());
    back_registry.integrity().await.unwrap();
    // What was moved away is never written to again, by whoever still has it open.
    for old in [&world.registry, &file_registry] {
        assert!(matches!(old.begin().await, Err(Error::Moved(place)) if place == "there"));
    }
}

#[tokio::test]
async fn a_transfer_that_is_dropped_leaves_the_old_registry_in_force() {
    let world = filled().await;
    let file = Database::File(world.folder.path().join("file.sqlite"));
    let target = file.create().await.unwrap();
    let mut change = world.registry.begin().await.unwrap();
    change.audit(&entry("registry")).await.unwrap();
    drop(world.registry.transfer(change, &target).await.unwrap());
    assert_eq!(world.registry.moved_to().await.unwrap(), None);
    assert_eq!(world.registry.begin().await.unwrap().audit_head().await.unwrap().seq, 3);
    assert!(target.read().await.unwrap().settings().await.unwrap().is_none(), "nothing stays in the copy");
    // The same target serves the next try.
    moved(&world.registry, &target).await;
}
