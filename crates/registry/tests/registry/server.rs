//! What only a server can do wrong, and what stays in its files after a withdrawal. These stories need
//! `GJ_TEST_POSTGRES`; elsewhere they have nothing to look at.

use super::*;
use sqlx::{Connection, Row};
use std::time::Duration;

/// The address of a world's database, or a note that the test is skipped.
fn server(world: &World) -> Option<&str> {
    match &world.database {
        Database::Server(url) => Some(url),
        Database::File(_) => {
            eprintln!("skipped: GJ_TEST_POSTGRES names no server");
            None
        }
    }
}

async fn text(url: &str, sql: &'static str) -> String {
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(url).await.unwrap();
    sqlx::query(sql).fetch_one(&mut connection).await.unwrap().get(0)
}

#[tokio::test]
async fn a_database_holds_one_registry_and_nothing_else() {
    let world = World::new().await;
    let Some(url) = server(&world) else { return };
    assert!(matches!(Registry::create_on(url).await, Err(Error::ServerTaken)));
    let empty = Database::new(world.folder.path()).await;
    let Database::Server(other) = &empty else { panic!("a server") };
    // Made but for its programme, as by an `init` that was killed: opened by nobody, made by the next.
    empty.create().await.unwrap().close().await;
    assert!(matches!(empty.open().await, Err(Error::ServerEmpty)));
    empty.create().await.unwrap().close().await;
    empty.execute("DROP TABLE schema_versions").await.unwrap();
    assert!(matches!(Registry::create_on(other).await, Err(Error::ServerTaken)));
    let nowhere = Registry::open_on("postgres://postgres@127.0.0.1:1/none").await.unwrap_err();
    assert!(matches!(nowhere, Error::Away(_)), "{nowhere}");
}

#[tokio::test]
async fn a_database_that_sorts_like_a_dictionary_is_refused() {
    let world = World::new().await;
    let Some(url) = server(&world) else { return };
    let name = format!("dictionary_{}", std::process::id());
    let made =
        "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'ja' LC_COLLATE 'C' LC_CTYPE 'C'";
    world.database.execute(&format!("CREATE DATABASE {name} {made}")).await.unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    let refused = Registry::create_on(&format!("{server}/{name}")).await.unwrap_err();
    assert!(refused.to_string().contains("LC_COLLATE 'C'"), "{refused}");
}

#[tokio::test]
async fn a_reader_cannot_write_and_a_lost_connection_is_replaced() {
    let world = World::new().await;
    let Some(_) = server(&world) else { return };
    drop(world.registry.read().await.unwrap());
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    world.tamper(end).await.unwrap();
    assert!(world.registry.read().await.unwrap().settings().await.unwrap().is_some());
    world.audit(1).await;
}

/// A writer that dies with its lock held, as after `kill -9` or a lost network.
#[tokio::test]
async fn a_writer_that_is_gone_holds_nobody_up_and_leaves_nothing() {
    let world = World::new().await;
    let Some(_) = server(&world) else { return };
    world.audit(1).await;
    let other = world.database.open().await.unwrap();
    let mut tx = other.begin().await.unwrap();
    tx.audit(&entry("never acknowledged")).await.unwrap();
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
        AND pid <> pg_backend_pid() AND state = 'idle in transaction'";
    world.tamper(end).await.unwrap();
    assert!(tx.commit().await.is_err());
    let next = tokio::time::timeout(Duration::from_secs(5), world.registry.begin()).await.unwrap();
    assert_eq!(next.unwrap().audit_head().await.unwrap().seq, 1);
}

#[tokio::test]
async fn a_missing_guard_is_found() {
    let world = World::new().await;
    let Some(_) = server(&world) else { return };
    world.registry.integrity().await.unwrap();
    world.tamper("ALTER TABLE audit DISABLE TRIGGER audit_refuses_delete").await.unwrap();
    let found = world.registry.integrity().await.unwrap_err();
    assert!(found.to_string().contains("triggers"), "{found}");
}

/// Needles in the files of the tables themselves, read as anybody with the server's disk would.
#[tokio::test]
async fn no_table_file_holds_what_was_forgotten() {
    let world = World::new().await;
    let Some(url) = server(&world) else { return };
    let line = "S1\tP1\tmale\tFamily4x\tFather4x\tMother4x\tStratum4x\tresearch\tMONDO:0094444\n";
    let others: String =
        (2..50).map(|n| format!("S{n}\tP{n}\tmale\tfamily{n}\t\t\tJPT\tresearch\t\n")).collect();
    world.import("biobank-minato", &format!("{line}{others}")).await.unwrap();
    world.tamper("ANALYZE").await.unwrap();
    let folder = text(
        url,
        "SELECT current_setting('data_directory') || '/base/' || oid::text FROM pg_database \
        WHERE datname = current_database()",
    );
    let folder = PathBuf::from(folder.await);

    let holding = |needle: &'static str| {
        let (database, folder) = (world.database.clone(), folder.clone());
        async move {
            database.execute("CHECKPOINT").await.unwrap();
            let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            let holds = |path: &PathBuf| {
                std::fs::read(path).unwrap_or_default().windows(needle.len()).any(|w| w == needle.as_bytes())
            };
            files.filter(holds).count()
        }
    };
    let needles = ["Family4x", "Father4x", "Mother4x", "Stratum4x", "MONDO:0094444"];
    for needle in needles {
        assert!(holding(needle).await > 0, "{needle} is in no file before");
    }
    let mut tx = world.registry.begin().await.unwrap();
    let key = tx.person_by_participant("P1").await.unwrap().unwrap().person_key;
    tx.withdraw("W-1", key, AT, &serde_json::json!({})).await.unwrap();
    tx.forget_person(key).await.unwrap();
    tx.finish_withdrawal("W-1", &serde_json::json!({})).await.unwrap();
    tx.commit().await.unwrap();
    // Somebody who looks at an earlier moment is owed the old rows.
    let mut looking = world.registry.read().await.unwrap();
    looking.settings().await.unwrap();
    assert!(!world.registry.empty_log().await.unwrap());
    assert!(holding("Family4x").await > 0);
    drop(looking);
    let mut emptied = false;
    for _ in 0..50 {
        emptied = world.registry.empty_log().await.unwrap();
        if emptied {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(emptied);
    for needle in needles {
        assert_eq!(holding(needle).await, 0, "{needle}");
    }
    assert!(world.registry.empty_log().await.unwrap(), "a second time has nothing to do");
}
