//! The agreed regime: before and after a withdrawal, between releases and crowds, sites on record.

use crate::{COMPANY, EXAMPLE, PLAIN, RESEARCH, Row, Site, World, ask, refused, user, without_ledger};
use gj_gate::{CellState, FrequencyAnswer, GateError};
use gj_model::{Grouping, Variant};
use std::collections::BTreeSet;

/// Common at two places; at a third only one person carries.
fn sites(people: usize, carrier: usize) -> Vec<Site> {
    let carried = |p: usize, k: usize| u8::from(!p.is_multiple_of(k));
    let site =
        |position, k| Site { contig: 2, position, carried: (0..people).map(|p| carried(p, k)).collect() };
    let own =
        Site { contig: 2, position: 500, carried: (0..people).map(|p| u8::from(p == carrier)).collect() };
    vec![site(100, 2), own, site(2_000_000, 3)]
}

fn state(answer: &FrequencyAnswer, variant: &str) -> CellState {
    answer.state(&variant.parse::<Variant>().unwrap(), "all")
}

#[tokio::test]
async fn after_a_withdrawal_what_was_shown_is_withheld_and_the_rest_goes_on() {
    let mut world = World::new(EXAMPLE).await;
    world.release("r1", &[PLAIN; 60], &sites(60, 7)).await;
    let gate = world.gate.clone();
    let before = ask(&gate, "academic", "r1", "chr2:1-1000", Grouping::None).await.unwrap();
    assert_eq!(state(&before, "chr2-100-A-C"), CellState::Exact(30));
    assert_eq!((before.sites.len(), before.ledger.withheld.len()), (2, 0));
    world.withdraw(7).await;
    // Nobody is told the new number of what was shown, not even whether the place of the one carrier has a variant.
    for who in ["academic", "clinician"] {
        let after = ask(&gate, who, "r1", "chr2:1-3000000", Grouping::None).await.unwrap();
        assert_eq!(state(&after, "chr2-100-A-C"), CellState::Withheld, "{who}");
        assert_eq!(state(&after, "chr2-500-A-C"), CellState::Withheld);
        let withheld = &after.ledger.withheld;
        assert_eq!((withheld.len(), withheld[0].start, withheld[0].end), (1, 1, 1_000));
        assert!(
            withheld[0].reason.en.contains("next release") && withheld[0].reason.ja.contains("次のリリース")
        );
        // A place nobody was shown goes on, with the new count.
        assert_eq!(state(&after, "chr2-2000000-A-C"), CellState::Exact(39), "{who}");
        assert_eq!(after.sites.len(), 1);
    }
    // A place without any variant is withheld just the same.
    let empty = ask(&gate, "academic", "r1", "chr2:600-700", Grouping::None).await.unwrap();
    assert_eq!((empty.sites.len(), empty.ledger.withheld.len()), (0, 1));
    // The same people under another name are the same crowd; a batch of others is not.
    world.gate.freeze(&world.user("datamanager"), &"r2".parse().unwrap()).await.unwrap();
    let same = ask(&gate, "academic", "r2", "chr2-100-A-C", Grouping::None).await.unwrap();
    assert_eq!(state(&same, "chr2-100-A-C"), CellState::Withheld);
    world.release("r3", &[PLAIN; 40], &sites(40, 99)).await;
    let next = ask(&gate, "academic", "r3", "chr2-100-A-C", Grouping::None).await.unwrap();
    assert_eq!(state(&next, "chr2-100-A-C"), CellState::Exact(29 + 20));
    // And beside that, r1 as it is now would tell again who left.
    let old = ask(&gate, "academic", "r1", "chr2-100-A-C", Grouping::None).await.unwrap();
    assert_eq!(state(&old, "chr2-100-A-C"), CellState::Withheld);
}

#[tokio::test]
async fn processes_that_keep_what_was_shown_in_memory_know_of_each_other() {
    let mut world = World::new(EXAMPLE).await;
    let half: Vec<u8> = (0..60).map(|p| p % 2).collect();
    let site = |at: u32| Site { contig: 2, position: at * 50_000, carried: half.clone() };
    world.release("r1", &[PLAIN; 60], &(1..=60).map(site).collect::<Vec<_>>()).await;
    let gates = [world.gate.clone(), world.other().await];
    let users = ["academic", "clinician"];
    let (mut asked, mut shown) = (tokio::task::JoinSet::new(), [BTreeSet::new(), BTreeSet::new()]);
    for turn in 0..120_u32 {
        // Steps that visit the first fifty sites in no order, in turns, some again and across the edge of a million.
        let (first, sites, who) = (1 + turn * 37 % 45, 1 + turn % 4, (turn / 2 % 2) as usize);
        shown[who].extend(first..first + sites);
        let gate = gates[turn as usize % 2].clone();
        asked.spawn(async move {
            let place = format!("chr2:{}-{}", first * 50_000, (first + sites - 1) * 50_000);
            for _ in 0..200 {
                match ask(&gate, users[who], "r1", &place, Grouping::None).await {
                    Ok(answer) => return assert_eq!(answer.sites.len(), sites as usize),
                    Err(GateError::Changed) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            panic!("never answered");
        });
        // In waves: one process writes while the other keeps what it read before.
        if turn % 4 == 3 {
            while let Some(answered) = asked.join_next().await {
                answered.unwrap();
            }
        }
    }
    for gate in gates.iter().chain([&world.other().await]) {
        for (who, shown) in users.iter().zip(&shown) {
            let card = gate.exposure(&user(gate, who)).await.unwrap();
            assert_eq!(card.agreed.unwrap().sites, shown.len() as u64, "{who}");
        }
    }
    // Through one the person leaves; through the other what either showed is withheld.
    world.withdraw(7).await;
    let after = ask(&gates[1], "academic", "r1", "chr2:1-4000000", Grouping::None).await.unwrap();
    let told: Vec<u32> = after.sites.iter().map(|site| site.variant.position.get() / 50_000).collect();
    let never = |at: &u32| !shown.iter().any(|shown| shown.contains(at));
    assert_eq!(told, (1..=60).filter(never).collect::<Vec<u32>>());
    assert!(told.len() >= 10 && told.len() < 20);
}

#[tokio::test]
async fn without_the_row_the_new_number_is_there_at_once() {
    let mut world = World::new(&without_ledger()).await;
    world.release("r1", &[PLAIN; 60], &sites(60, 7)).await;
    ask(&world.gate, "academic", "r1", "chr2:1-1000", Grouping::None).await.unwrap();
    world.withdraw(7).await;
    let after = ask(&world.gate, "academic", "r1", "chr2-100-A-C", Grouping::None).await.unwrap();
    assert_eq!(state(&after, "chr2-100-A-C"), CellState::Exact(29));
    let card = world.gate.exposure(&world.user("academic")).await.unwrap();
    assert_eq!((card.regime, card.agreed.unwrap().sites), ("none", 0));
}

#[tokio::test]
async fn what_is_withheld_does_not_depend_on_who_carried() {
    let mut texts = Vec::new();
    for carrier in [7, 8] {
        let mut world = World::new(EXAMPLE).await;
        world.release("r1", &[PLAIN; 60], &sites(60, carrier)).await;
        ask(&world.gate, "academic", "r1", "chr2:400-600", Grouping::None).await.unwrap();
        world.withdraw(7).await;
        let after = ask(&world.gate, "academic", "r1", "chr2:300-700", Grouping::Stratum).await.unwrap();
        texts.push(serde_json::to_value(&after.ledger).unwrap());
        assert!(after.sites.is_empty());
    }
    assert_eq!(texts[0], texts[1]);
}

#[tokio::test]
async fn crowds_that_differ_by_few_are_not_put_side_by_side() {
    for (few, told) in [(3, false), (30, true)] {
        let rows: Vec<Row> =
            (0..100).map(|p| Row { consent: if p < few { RESEARCH } else { COMPANY }, ..PLAIN }).collect();
        let mut world = World::new(EXAMPLE).await;
        world.release("r1", &rows, &sites(100, 200)).await;
        ask(&world.gate, "academic", "r1", "chr2-100-A-C", Grouping::None).await.unwrap();
        // A company counts those who allow companies: the difference is those who do not.
        let company = ask(&world.gate, "company-paid", "r1", "chr2-100-A-C", Grouping::None).await.unwrap();
        let expected = CellState::Exact(50 - few as u32 / 2);
        assert_eq!(state(&company, "chr2-100-A-C"), if told { expected } else { CellState::Withheld });
        // First come, first told: where only the company was, it is the academic who waits.
        let first = ask(&world.gate, "company-paid", "r1", "chr2-2000000-A-C", Grouping::None).await.unwrap();
        assert!(matches!(state(&first, "chr2-2000000-A-C"), CellState::Exact(_)));
        let second = ask(&world.gate, "academic", "r1", "chr2-2000000-A-C", Grouping::None).await.unwrap();
        assert_eq!(state(&second, "chr2-2000000-A-C") == CellState::Withheld, !told);
    }
}

#[tokio::test]
async fn a_release_of_many_more_withholds_the_split_in_which_few_came() {
    let mut world = World::new(EXAMPLE).await;
    let mut rows = vec![PLAIN; 60];
    rows.extend([Row { stratum: "Ryukyu", ..PLAIN }; 30]);
    world.release("r1", &rows, &sites(90, 200)).await;
    ask(&world.gate, "academic", "r1", "chr2-100-A-C", Grouping::Stratum).await.unwrap();
    // 40 come, two of them to Ryukyu.
    let mut more = vec![PLAIN; 38];
    more.extend([Row { stratum: "Ryukyu", ..PLAIN }; 2]);
    world.release("r2", &more, &sites(40, 200)).await;
    let next = ask(&world.gate, "academic", "r2", "chr2-100-A-C", Grouping::Stratum).await.unwrap();
    let variant: Variant = "chr2-100-A-C".parse().unwrap();
    assert_eq!(next.state(&variant, "all"), CellState::Exact(65));
    assert_eq!(next.state(&variant, "Ryukyu"), CellState::Withheld);
    assert_eq!(next.state(&variant, "Hondo"), CellState::Withheld);
    assert_eq!(next.ledger.withheld[0].by, Some(Grouping::Stratum));
    // Every split at once: each is withheld by itself.
    let every = ask(&world.gate, "academic", "r2", "chr2-100-A-C", Grouping::Every).await.unwrap();
    let told: Vec<(&str, Option<u32>)> =
        every.sites[0].groups.iter().map(|(name, cells)| (name.as_str(), cells.ac)).collect();
    for (name, ac) in &told {
        assert_eq!(ac.is_some(), !name.starts_with("stratum:"), "{told:?}");
    }
    assert!(told.iter().any(|(name, _)| *name == "stratum:Ryukyu"), "{told:?}");
    assert_eq!(every.sites[0].groups["sex:female"].ac, Some(65), "{told:?}");
    let by_sex = ask(&world.gate, "academic", "r2", "chr2-100-A-C", Grouping::Sex).await.unwrap();
    assert_eq!(by_sex.state(&variant, "female"), CellState::Exact(65));
}

#[tokio::test]
async fn sites_are_on_record_and_end_at_the_rows_limit() {
    let mut world = World::new(&EXAMPLE.replace("sites_user = 10000000", "sites_user = 4")).await;
    let hundred = |k: usize| (0..100).map(|p| u8::from(p % k != 0)).collect::<Vec<u8>>();
    let many: Vec<Site> =
        (1..10).map(|at| Site { contig: 2, position: at * 100, carried: hundred(2) }).collect();
    world.release("r1", &[PLAIN; 100], &many).await;
    let gate = &world.gate;
    ask(gate, "academic", "r1", "chr2:100-300", Grouping::None).await.unwrap();
    // The same again is nothing new, nor is the overlap.
    ask(gate, "academic", "r1", "chr2:100-300", Grouping::Stratum).await.unwrap();
    ask(gate, "academic", "r1", "chr2:300-400", Grouping::None).await.unwrap();
    assert_eq!(refused(gate, "academic", "r1", "chr2:100-500").await, "exposure-sites");
    ask(gate, "academic", "r1", "chr2:100-400", Grouping::None).await.unwrap();
    let card = gate.exposure(&world.user("academic")).await.unwrap();
    let agreed = card.agreed.unwrap();
    assert_eq!((agreed.sites, agreed.sites_most, &agreed.releases[0].freeze[..]), (4, Some(4), "r1"));
    // 4 sites among 100 people: a squared shift of 0.04.
    assert!((agreed.power_estimate - gj_exposure::power(gj_exposure::Charge::of(0.04), 0.05)).abs() < 1e-6);
    assert!(card.remains.en.starts_with("0 more sites"), "{}", card.remains.en);
    // A colleague has a contract of their own; the institution's account holds both, each site once.
    ask(gate, "clinician", "r1", "chr2:100-900", Grouping::None).await.unwrap_err();
    ask(gate, "clinician", "r1", "chr2:100-200", Grouping::None).await.unwrap();
    let cards = gate.exposures(&world.user("committee")).await.unwrap();
    let names: Vec<(Option<&str>, &str, u64)> = cards
        .iter()
        .map(|card| (card.user.as_deref(), card.institution.as_str(), card.agreed.as_ref().unwrap().sites))
        .collect();
    let expected = [
        (Some("academic"), "example-university", 4),
        (Some("clinician"), "example-hospital", 2),
        (None, "example-hospital", 2),
        (None, "example-university", 4),
    ];
    assert_eq!(names, expected);
    assert!(gate.exposures(&world.user("academic")).await.is_err(), "the committee's alone");
}
