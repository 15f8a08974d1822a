//! The books as rows: the chart is the code's, nothing is changed, and what somebody changes all the same shows.

use crate::{AT, World};
use gj_model::Bilingual;
use gj_money::{Account, Entry, Posting, Tariff, Yen, booking};
use sqlx::Row;

async fn book(world: &World, entry: &Entry) -> u64 {
    let mut tx = world.registry.begin().await.unwrap();
    let number = tx.book(entry, "finance", AT).await.unwrap();
    tx.commit().await.unwrap();
    number
}

async fn check(world: &World) -> Result<u64, String> {
    let mut reads = world.registry.read().await.unwrap();
    reads.check_books().await.map(|check| check.entries).map_err(|error| error.to_string())
}

fn allotted(yen: i64) -> Entry {
    booking::allotted("2026-11-22".parse().unwrap(), "L1", Yen::new(yen)).unwrap()
}

#[tokio::test]
async fn the_chart_of_accounts_is_that_of_the_code() {
    let world = World::new().await;
    let pool = sqlx::AnyPool::connect(&world.database.url()).await.unwrap();
    let sql = "SELECT code, kind, name_ja, name_en FROM accounts ORDER BY code";
    let rows = sqlx::query(sql).fetch_all(&pool).await.unwrap();
    let rows: Vec<[String; 4]> = rows.iter().map(|row| [0, 1, 2, 3].map(|column| row.get(column))).collect();
    let kind = |account: &Account| serde_json::to_value(account.kind()).unwrap().as_str().unwrap().to_owned();
    let code =
        Account::ALL.iter().map(|a| [a.code().to_owned(), kind(a), a.ja().to_owned(), a.en().to_owned()]);
    assert_eq!(rows, code.collect::<Vec<_>>());
}

#[tokio::test]
async fn the_tariff_comes_back_as_it_went_in() {
    let world = World::new().await;
    let tariff = Tariff::example().unwrap();
    let mut tx = world.registry.begin().await.unwrap();
    tx.put_tariff(&tariff).await.unwrap();
    tx.put_tariff(&tariff).await.unwrap();
    let mut kept = tx.tariff().await.unwrap();
    let mut wanted = tariff;
    for tariff in [&mut kept, &mut wanted] {
        tariff.fees.sort_by(|a, b| (&a.id, a.valid_from).cmp(&(&b.id, b.valid_from)));
        tariff.rates.sort_by_key(|rate| rate.class);
        tariff.incentives.sort_by_key(|incentive| incentive.kind);
    }
    assert_eq!(kept, wanted);
}

#[tokio::test]
async fn an_entry_is_never_changed_and_undone_once() {
    let world = World::new().await;
    let entry = allotted(1_000);
    assert_eq!(book(&world, &entry).await, 1);
    let why = Bilingual { ja: "誤".into(), en: "wrong".into() };
    let undo = entry.reversal(1, entry.day(), why).unwrap();
    assert_eq!(book(&world, &undo).await, 2);
    let mut tx = world.registry.begin().await.unwrap();
    assert!(tx.book(&undo, "finance", AT).await.is_err());
    drop(tx);
    // SQLite replaces a row without firing the triggers of deleting; a server has no such statement.
    let insert = if world.database.is_file() { "INSERT OR REPLACE" } else { "INSERT" };
    let entry =
        "SELECT 1, booked_on, booked_at, booked_by, act, ja, en, reverses FROM entries WHERE number = 1";
    for (sql, what) in [
        ("UPDATE postings SET amount_yen = 5 WHERE line = 1", "the books cannot be changed: postings"),
        ("DELETE FROM entries WHERE number = 2", "the books cannot be deleted: entries"),
        (&format!("{insert} INTO entries {entry}"), "only be added at the end"),
        (&format!("{insert} INTO postings VALUES (1, 1, '1100', '', 7)"), "only be added to the last entry"),
    ] {
        let refused = world.database.execute(sql).await.unwrap_err().to_string();
        assert!(refused.contains(what), "{refused}");
    }
    assert_eq!(check(&world).await, Ok(2));
}

#[tokio::test]
async fn what_was_changed_past_the_guard_is_found() {
    for (triggers, sql, what) in [
        (
            &["postings_refuses_update"][..],
            "UPDATE postings SET amount_yen = 1001 WHERE line = 1",
            "do not add up to zero in entry `1`",
        ),
        (&["postings_refuses_delete"], "DELETE FROM postings", "no postings in entry `1`"),
        (&[], "INSERT INTO postings VALUES (2, 3, '1100', '', 7)", "do not add up to zero in entry `2`"),
        (
            &["entries_refuses_update", "postings_refuses_update"],
            "UPDATE postings SET entry = 9 WHERE entry = 2; UPDATE entries SET number = 9 WHERE number = 2",
            "a gap in the numbers of entries before `9`",
        ),
    ] {
        let world = World::new().await;
        book(&world, &allotted(1_000)).await;
        book(&world, &allotted(2_000)).await;
        assert_eq!(check(&world).await, Ok(2));
        // As who owns the database can: on a server no trigger fires, the check at a commit included.
        let unguarded = match world.database.is_file() {
            true => {
                triggers.iter().map(|name| format!("DROP TRIGGER {name};")).collect::<String>()
                    + "PRAGMA foreign_keys = OFF"
            }
            false => "SET session_replication_role = replica".to_owned(),
        };
        world.database.execute(&format!("{unguarded}; {sql}")).await.unwrap();
        let found = check(&world).await.unwrap_err();
        assert!(found.contains(what), "{found}");
    }
}

#[test]
fn only_a_balanced_entry_can_be_handed_in() {
    let words = Bilingual { ja: "試".into(), en: "test".into() };
    let one_sided = [Posting::debit(Account::Cash, "", Yen::new(1))];
    assert!(Entry::new("2026-11-22".parse().unwrap(), "test", words, one_sided).is_err());
}
