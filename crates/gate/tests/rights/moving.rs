//! A directory with grants and books moves to a server and back. Needs `GJ_TEST_POSTGRES` (`tools/with-postgres`).

use super::*;
use gj_gate::acts::registry::Destination;

/// A new database of the server; `None`, with a note, where there is none.
fn database(name: &str) -> Option<String> {
    let Ok(server) = std::env::var("GJ_TEST_POSTGRES") else {
        eprintln!("skipped: GJ_TEST_POSTGRES names no server");
        return None;
    };
    let name = format!("{name}_{}", std::process::id());
    let made = std::process::Command::new("psql")
        .args(["-qXAt", &server, "-c", &format!("CREATE DATABASE {name}")])
        .status();
    assert!(made.unwrap().success());
    Some(format!("{}/{name}", server.rsplit_once('/').unwrap().0))
}

#[tokio::test]
async fn a_directory_moves_to_a_server_and_back_with_everything_in_it() {
    let Some(url) = database("moving") else { return };
    let world = World::new("").await;
    let gate = world.on("2026-11-22").await;
    let id =
        gate.new_application(&user(&gate, "academic"), &draft("HMB", Tier::Overview, &["r1"])).await.unwrap();
    reviewed(&gate, &id, "academic", &[]).await;
    signed(&gate, &id, "academic").await;
    assert_eq!(asked(&gate, "academic", "HMB", Some(&id)).await, "70 people");
    // A password never gets as far as an error; nobody but who edits the programme moves it.
    let secret = Destination::Server("postgres://gj:hunter2@127.0.0.1/x".to_owned());
    let said = gate.move_registry(&manager(&gate), &secret).await.unwrap_err().to_string();
    assert!(said.contains("password") && !said.contains("hunter2"), "{said}");
    let there = Destination::Server(url.clone());
    let refused = gate.move_registry(&user(&gate, "academic"), &there).await;
    assert!(matches!(refused, Err(GateError::Refused(_))));
    std::fs::write(world.dir().join("gj.toml"), "# kept\n[limits]\n").unwrap();
    let report = gate.move_registry(&manager(&gate), &there).await.unwrap();
    assert!(report.tables.iter().any(|table| table.name == "application_events" && table.rows > 5));
    // Who still has the old one open writes nothing, and so answers nothing.
    let question = Question {
        freeze: "r1".parse().unwrap(),
        place: Place::Region("chr2".parse().unwrap()),
        by: Grouping::None,
        purpose: "??".parse().unwrap_or_else(|_| "POA".parse().unwrap()),
        project: Some("A-0000000000".parse().unwrap()),
    };
    let said = gate.ask(&user(&gate, "academic"), &question).await.unwrap_err().to_string();
    assert!(said.contains("was moved to"), "{said}");
    gate.close().await;
    // A crash before `gj.toml` was written is made good by whoever opens the directory next.
    std::fs::write(world.dir().join("gj.toml"), "# kept\n[limits]\n").unwrap();
    let gate = world.on("2026-11-22").await;
    let settings = std::fs::read_to_string(world.dir().join("gj.toml")).unwrap();
    assert_eq!(settings, format!("registry = \"{url}\"\n# kept\n[limits]\n"));
    assert_eq!(asked(&gate, "academic", "HMB", Some(&id)).await, "70 people");
    gate.verify().await.unwrap();
    // Back: the old file is in the way until it is removed.
    assert!(gate.move_registry(&manager(&gate), &Destination::File).await.is_err());
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(world.dir().join(format!("registry.sqlite{suffix}")));
    }
    gate.move_registry(&manager(&gate), &Destination::File).await.unwrap();
    gate.close().await;
    let gate = world.on("2026-11-22").await;
    assert_eq!(asked(&gate, "academic", "HMB", Some(&id)).await, "70 people");
    gate.verify().await.unwrap();
}
