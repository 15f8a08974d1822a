//! The audit chain against somebody who holds the database file.

use super::*;
use gj_registry::ChainFault;
use std::process::Command;

/// Takes the guard away, as the owner of the database can.
async fn disarm(world: &World) {
    for name in ["update", "delete", "insert_below_end"] {
        let on = if world.database.is_file() { "" } else { " ON audit" };
        world.database.execute(&format!("DROP TRIGGER audit_refuses_{name}{on}")).await.unwrap();
    }
}

async fn fault(world: &World) -> ChainFault {
    match world.registry.verify_audit(&world.anchor()).await {
        Err(Error::Chain(fault)) => fault,
        other => panic!("expected a fault, found {other:?}"),
    }
}

#[tokio::test]
async fn a_whole_chain_holds_and_an_old_anchor_is_fine() {
    let world = World::new().await;
    assert_eq!(world.registry.verify_audit(&world.anchor()).await.unwrap().lines, 0);
    world.audit(3).await;
    let mut tx = world.registry.begin().await.unwrap();
    tx.audit(&entry("one more, its anchor lost in a crash")).await.unwrap();
    tx.commit().await.unwrap();
    let verified = world.registry.verify_audit(&world.anchor()).await.unwrap();
    assert_eq!((verified.lines, verified.anchored), (4, 3));
}

#[tokio::test]
async fn the_database_refuses_to_change_a_line() {
    let world = World::new().await;
    world.audit(3).await;
    // Each engine's own way to write past a trigger.
    let own = match world.database.is_file() {
        true => "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 2",
        false => "TRUNCATE audit",
    };
    for sql in [
        own,
        "UPDATE audit SET outcome = 'refused' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 3",
        "INSERT INTO audit SELECT 0, at, actor, act, subject, outcome, detail, prev_hash, hash FROM audit \
        WHERE seq = 1",
    ] {
        let refused = world.tamper(sql).await.unwrap_err();
        assert!(refused.to_string().contains("audit lines can"), "{sql}: {refused}");
    }
    assert_eq!(world.registry.verify_audit(&world.anchor()).await.unwrap().lines, 3);
}

#[tokio::test]
async fn an_edited_line_is_named() {
    for sql in [
        "UPDATE audit SET outcome = 'refused' WHERE seq = 2",
        "UPDATE audit SET detail = '{}' WHERE seq = 2",
        "UPDATE audit SET at = '2020-01-01T00:00:00Z' WHERE seq = 2",
    ] {
        let world = World::new().await;
        world.audit(4).await;
        disarm(&world).await;
        world.tamper(sql).await.unwrap();
        assert_eq!(fault(&world).await, ChainFault::Text(2), "{sql}");
    }
}

#[tokio::test]
async fn a_removed_line_is_named() {
    let world = World::new().await;
    world.audit(4).await;
    disarm(&world).await;
    world.tamper("DELETE FROM audit WHERE seq = 2").await.unwrap();
    assert_eq!(fault(&world).await, ChainFault::Gap { expected: 2, found: 3 });
    world.tamper("UPDATE audit SET seq = seq - 1 WHERE seq > 2").await.unwrap();
    assert_eq!(fault(&world).await, ChainFault::Link(2));
}

#[tokio::test]
async fn swapped_lines_are_named() {
    let world = World::new().await;
    world.audit(4).await;
    disarm(&world).await;
    world
        .tamper(
            "UPDATE audit SET seq = 99 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; \
            UPDATE audit SET seq = 3 WHERE seq = 99",
        )
        .await
        .unwrap();
    assert_eq!(fault(&world).await, ChainFault::Link(2));
}

#[tokio::test]
async fn a_cut_off_end_is_found_by_the_anchor() {
    let world = World::new().await;
    world.audit(4).await;
    disarm(&world).await;
    world.tamper("DELETE FROM audit WHERE seq = 4").await.unwrap();
    assert_eq!(fault(&world).await, ChainFault::Truncated { anchored: 4, found: 3 });
    // Without the anchor the shorter chain is whole in itself: that is why there is an anchor.
    assert_eq!(world.registry.read().await.unwrap().verify_audit(None).await.unwrap().lines, 3);
}

#[tokio::test]
async fn a_chain_written_anew_is_found_by_the_anchor() {
    let world = World::new().await;
    world.audit(2).await;
    disarm(&world).await;
    world.tamper("DELETE FROM audit").await.unwrap();
    let mut tx = world.registry.begin().await.unwrap();
    for subject in ["another", "story", "altogether"] {
        tx.audit(&entry(subject)).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(fault(&world).await, ChainFault::Anchor(2));
}

#[tokio::test]
async fn an_outsider_checks_the_export_with_sha256sum_alone() {
    const RECIPE: &str = r#"
previous=$(printf '%064d' 0)
while IFS= read -r line; do
  hash=${line##*,\"hash\":\"}; hash=${hash%\"\}}
  text="${line%,\"hash\":*}}"
  found=$(printf '%s\n%s' "$previous" "$text" | sha256sum | cut -d' ' -f1)
  [ "$found" = "$hash" ] || { echo "broken: $text"; exit 1; }
  previous=$hash
done < audit.jsonl
echo "whole, ends in $previous"
"#;
    let world = World::new().await;
    world.audit(5).await;
    let mut file = std::fs::File::create(world.folder.path().join("audit.jsonl")).unwrap();
    let head = world.registry.read().await.unwrap().export_audit(&mut file).await.unwrap();
    let check =
        || Command::new("sh").arg("-c").arg(RECIPE).current_dir(world.folder.path()).output().unwrap();
    let said = String::from_utf8(check().stdout).unwrap();
    assert_eq!(said.trim(), format!("whole, ends in {}", head.hash));

    let path = world.folder.path().join("audit.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    for line in text.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    std::fs::write(&path, text.replacen("freeze 2", "freeze 9", 1)).unwrap();
    assert!(!check().status.success());
}
