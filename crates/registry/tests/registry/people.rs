//! Consent by day, and withdrawal.

use super::*;
use gj_registry::WithdrawalState;

#[tokio::test]
async fn the_newest_consent_that_has_begun_holds() {
    let world = World::new().await;
    world.import("biobank-minato", "S\tP\tmale\t\t\t\tJPT\tresearch\t\n").await.unwrap();
    let mut tx = world.registry.begin().await.unwrap();
    let person = tx.person_by_participant("P").await.unwrap().unwrap().person_key;
    let from = |day: &str| -> chrono::NaiveDate { day.parse().unwrap() };
    let more = "research,foreign".parse().unwrap();
    assert_eq!(tx.add_consent(person, more, from("2027-01-01"), "form 2").await.unwrap(), 2);
    let none = "".parse().unwrap();
    assert_eq!(tx.add_consent(person, none, from("2028-01-01"), "form 3").await.unwrap(), 3);
    tx.commit().await.unwrap();
    let mut now = world.registry.read().await.unwrap();
    let key = now.samples_of(person).await.unwrap();
    for (day, scope) in [
        ("2026-11-21", ""),
        ("2026-11-22", "research"),
        ("2026-12-31", "research"),
        ("2027-01-01", "research,foreign"),
        ("2028-06-01", ""),
    ] {
        let facts = now.sample_facts(&key, from(day)).await.unwrap();
        assert_eq!(facts[0].scope.to_string(), scope, "{day}");
    }
    assert_eq!(now.consents(person).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_withdrawal_masks_at_once_and_is_finished_later() {
    let world = World::new().await;
    world.import("biobank-minato", "S\tP\tmale\t\t\t\tJPT\tresearch\t\n").await.unwrap();
    let mut tx = world.registry.begin().await.unwrap();
    let person = tx.person_by_participant("P").await.unwrap().unwrap();
    assert!(!format!("{person:?}").contains("participant"), "a debug print tells no name");
    let key = person.person_key;
    tx.withdraw("R-1", key, "2026-11-22T10:00:00+09:00", &serde_json::json!({ "freezes": [] }))
        .await
        .unwrap();
    let again = tx.withdraw("R-2", key, AT, &serde_json::json!({})).await;
    assert!(matches!(again, Err(Error::AlreadyWithdrawn)));
    assert!(matches!(tx.withdraw("R-3", 99, AT, &serde_json::json!({})).await, Err(Error::Unknown { .. })));
    tx.commit().await.unwrap();

    let mut now = world.registry.read().await.unwrap();
    let samples = now.samples_of(key).await.unwrap();
    assert!(now.sample_facts(&samples, "2026-11-22".parse().unwrap()).await.unwrap()[0].withdrawn);
    assert!(now.people_counts().await.unwrap().is_empty());
    let open = now.unfinished_withdrawals().await.unwrap();
    assert_eq!(
        (open.len(), open[0].state, open[0].at.as_str()),
        (1, WithdrawalState::Masked, "2026-11-22T01:00:00Z")
    );
    drop(now);

    let mut tx = world.registry.begin().await.unwrap();
    let repaired = serde_json::json!({ "freezes": ["2026.1"] });
    tx.finish_withdrawal("R-1", &repaired).await.unwrap();
    assert!(tx.finish_withdrawal("R-9", &repaired).await.is_err());
    tx.commit().await.unwrap();
    let mut now = world.registry.read().await.unwrap();
    assert!(now.unfinished_withdrawals().await.unwrap().is_empty());
    let done = now.withdrawal_of(key).await.unwrap().unwrap();
    assert_eq!((done.state, done.document), (WithdrawalState::Repaired, repaired));
}
