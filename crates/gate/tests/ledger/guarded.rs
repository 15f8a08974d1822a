//! The guarded regime: forms, refusals, one account whoever asks and from wherever, nothing lost in a crash.

use crate::{EXAMPLE, PLAIN, Site, World, ask, refused, user, without_ledger};
use gj_gate::{CellState, CountForm, FrequencyAnswer, GateError};
use gj_model::{Grouping, Variant};

const PEOPLE: usize = 1_000;

/// Sites of which every `k`-th person carries none and the others one copy, 2 Mb apart.
fn sites(people: usize, keep: &[(u32, usize)]) -> Vec<Site> {
    let site = |(block, k): &(u32, usize)| Site {
        contig: 1,
        position: 1 + block * 2_000_000,
        carried: (0..people).map(|p| u8::from(p % k == 0)).collect(),
    };
    keep.iter().map(site).collect()
}

fn exact() -> String {
    EXAMPLE.replacen("block_bases = 1000000\n", "block_bases = 1000000\nfinest = \"exact\"\n", 1)
}

fn state(answer: &FrequencyAnswer, variant: &str) -> CellState {
    answer.state(&variant.parse::<Variant>().unwrap(), "all")
}

/// Two registered users of one institution, one of another.
fn with_friends(programme: &str) -> String {
    let user = |id: &str, institution: &str| {
        format!(
            "\n[[user]]\nid = \"{id}\"\nname_ja = \"例\"\nname_en = \"Example\"\ninstitution = \"{institution}\"\nroles = [\"registered\"]\n"
        )
    };
    format!(
        "{programme}{}{}{}",
        user("friend", "example-university"),
        user("third", "example-university"),
        user("stranger", "example-hospital")
    )
}

#[tokio::test]
async fn a_named_variant_is_told_in_a_form_and_the_absent_like_the_rare() {
    let mut world = World::new(EXAMPLE).await;
    world.release("r1", &[PLAIN; PEOPLE], &sites(PEOPLE, &[(1, 2), (2, 50), (3, 1_001)])).await;
    let gate = &world.gate;
    let common = ask(gate, "registered", "r1", "chr1-2000001-A-C", Grouping::Stratum).await.unwrap();
    let told = common.ledger.guarded.as_ref().unwrap();
    assert_eq!((told.form, told.alleles, told.floor), (CountForm::Fine, 2_000, 100));
    assert!(told.from <= 500 && 500 <= told.to && told.from < told.to, "{told:?}");
    assert_eq!(state(&common, "chr1-2000001-A-C"), CellState::Band(told.from, told.to));
    // No split, no called alleles, no homozygous people.
    assert_eq!((common.by, common.sites[0].groups.len()), (Grouping::None, 1));
    assert_eq!(common.sites[0].groups["all"], Default::default());
    // 2%, one person of a thousand, and a site that is not in the panel: one answer, but for where the secret cuts.
    let mut rare = Vec::new();
    for variant in ["chr1-4000001-A-C", "chr1-6000001-A-C", "chr1-8000001-A-C"] {
        let mut answer = ask(gate, "registered", "r1", variant, Grouping::None).await.unwrap();
        let told = answer.ledger.guarded.as_mut().unwrap();
        assert!(told.from == 0 && told.to >= 99, "{told:?}");
        let below = std::mem::take(&mut told.to) + 1;
        assert_eq!(state(&answer, variant), CellState::RarerThan(1));
        assert!(below < 250, "{below}");
        rare.push(serde_json::to_string(&answer).unwrap().replace(variant, "it"));
    }
    assert!(rare.iter().all(|text| *text == rare[0]), "{rare:#?}");
    // Asked again it is the same, at no cost.
    let spent = gate.exposure(&world.user("registered")).await.unwrap().guarded.unwrap();
    assert_eq!(
        ask(gate, "registered", "r1", "chr1-2000001-A-C", Grouping::None).await.unwrap().ledger,
        common.ledger
    );
    let again = gate.exposure(&world.user("registered")).await.unwrap();
    assert_eq!(again.guarded.as_ref(), Some(&spent));
    assert!(spent.own.spent > 0.0 && spent.own.power > 0.05 && spent.own.power < 0.10 && spent.answers == 4);
    assert!(again.remains.en.contains("% of the privacy budget"));
}

#[tokio::test]
async fn what_the_panel_would_tell_by_itself_is_refused_with_the_reason() {
    let mut world = World::new(EXAMPLE).await;
    world.release("r1", &[PLAIN; PEOPLE], &sites(PEOPLE, &[(1, 2)])).await;
    let gate = &world.gate;
    assert_eq!(refused(gate, "registered", "r1", "chr1:1-9000000").await, "exposure-list");
    assert_eq!(refused(gate, "registered", "r1", "chrX-5000000-A-C").await, "exposure-autosomes");
    ask(gate, "registered", "r1", "chr1-2000001-A-C", Grouping::None).await.unwrap();
    // Of a block of linkage one site, the same for everybody.
    assert_eq!(refused(gate, "registered", "r1", "chr1-2000777-A-C").await, "exposure-linked");
    let mut small = World::new(EXAMPLE).await;
    small.release("r1", &[PLAIN; 60], &sites(60, &[(1, 2)])).await;
    assert_eq!(refused(&small.gate, "registered", "r1", "chr1-2000001-A-C").await, "exposure-few");
    let unset = World::new(&without_ledger()).await;
    let mut unset = unset;
    unset.release("r1", &[PLAIN; PEOPLE], &sites(PEOPLE, &[(1, 2)])).await;
    assert_eq!(refused(&unset.gate, "registered", "r1", "chr1-2000001-A-C").await, "exposure-unset");
}

/// Asks for the variants of blocks until one is refused; returns how many were answered.
async fn until_refused(gate: &gj_gate::Gate, who: &str, blocks: std::ops::Range<u32>) -> usize {
    let mut answered = 0;
    for block in blocks {
        let variant = format!("chr1-{}-A-C", 1 + block * 2_000_000);
        match ask(gate, who, "r1", &variant, Grouping::None).await {
            Ok(_) => answered += 1,
            Err(GateError::Refused(refusal)) => {
                assert_eq!(refusal.codes(), "exposure-spent");
                assert!(refusal.refused[0].en.contains("left"), "{}", refusal.refused[0].en);
                return answered;
            }
            Err(error) => panic!("{error}"),
        }
    }
    panic!("{who} was never refused");
}

#[tokio::test]
async fn the_budget_ends_for_a_user_for_an_institution_and_not_for_others() {
    let mut world = World::new(&with_friends(EXAMPLE)).await;
    let common: Vec<(u32, usize)> = (0..100).map(|block| (block, 2)).collect();
    world.release("r1", &[PLAIN; PEOPLE], &sites(PEOPLE, &common)).await;
    let gate = &world.gate;
    let first = until_refused(gate, "registered", 0..100).await;
    assert!(first > 3, "{first}");
    // What a friend asks that was asked already costs the institution nothing.
    let spent = |card: gj_gate::ExposureCard| card.guarded.unwrap();
    let before = spent(gate.exposure(&world.user("registered")).await.unwrap()).institution.unwrap().spent;
    let same = until_refused(gate, "friend", 0..100).await;
    assert_eq!(same, first);
    let after = spent(gate.exposure(&world.user("registered")).await.unwrap());
    assert_eq!(after.institution.as_ref().unwrap().spent, before);
    assert!(after.own.spent <= 0.0452 && after.own.power < 0.09);
    // A third asks for others: now the institution's budget grows, and ends.
    until_refused(gate, "third", 50..100).await;
    let after = spent(gate.exposure(&world.user("third")).await.unwrap());
    assert!(after.own.spent <= 0.0452 && after.institution.as_ref().unwrap().spent <= 0.0905);
    assert!(after.institution.unwrap().power <= 0.1000001);
    assert_eq!(until_refused(gate, "stranger", 0..100).await, first);
}

#[tokio::test]
async fn two_processes_cannot_spend_one_budget_twice() {
    let mut world = World::new(&exact()).await;
    let common: Vec<(u32, usize)> = (0..40).map(|block| (block, 2)).collect();
    world.release("r1", &[PLAIN; PEOPLE], &sites(PEOPLE, &common)).await;
    let (one, two) = (world.gate.clone(), world.other().await);
    let mut asked = tokio::task::JoinSet::new();
    for block in 0..40_u32 {
        let gate = if block % 2 == 0 { one.clone() } else { two.clone() };
        asked.spawn(async move {
            let variant = format!("chr1-{}-A-C", 1 + block * 2_000_000);
            for _ in 0..60 {
                match ask(&gate, "registered", "r1", &variant, Grouping::None).await {
                    Ok(answer) => return Some(answer),
                    Err(GateError::Changed) => {}
                    Err(GateError::Refused(_)) => return None,
                    Err(error) => panic!("{error}"),
                }
            }
            panic!("never decided");
        });
    }
    let answers = asked.join_all().await;
    let card = two.exposure(&user(&two, "registered")).await.unwrap().guarded.unwrap();
    let told = answers.iter().flatten().count();
    assert_eq!(card.answers, told, "every answer is charged, once");
    assert!(told >= 1 && card.own.spent <= 0.0452, "{told} answers, {}", card.own.spent);
    two.close().await;
}

#[tokio::test]
async fn the_account_outlives_the_process_and_a_lost_secret_stops_answers() {
    let mut world = World::new(EXAMPLE).await;
    world.release("r1", &[PLAIN; PEOPLE], &sites(PEOPLE, &[(1, 2), (2, 2)])).await;
    let told = ask(&world.gate, "registered", "r1", "chr1-2000001-A-C", Grouping::None).await.unwrap();
    let path = world.dir().join("exposure.key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // A process that dies between question and answer leaves no charge; one that answered leaves it.
    let other = world.other().await;
    let spent = other.exposure(&user(&other, "registered")).await.unwrap().guarded.unwrap();
    assert_eq!(spent.answers, 1);
    let again = ask(&other, "registered", "r1", "chr1-2000001-A-C", Grouping::None).await.unwrap();
    assert_eq!(again.ledger, told.ledger, "the same band in every process");
    let secret = std::fs::read_to_string(&path).unwrap();
    for bad in [None, Some("0".repeat(64)), Some("x".to_owned())] {
        match bad {
            None => std::fs::remove_file(&path).unwrap(),
            Some(text) => std::fs::write(&path, text).unwrap(),
        }
        let error = ask(&other, "registered", "r1", "chr1-4000001-A-C", Grouping::None).await.unwrap_err();
        assert!(error.to_string().contains("restore it from a backup"), "{error}");
    }
    std::fs::write(&path, secret).unwrap();
    let after = other.exposure(&user(&other, "registered")).await.unwrap().guarded.unwrap();
    assert_eq!(after.answers, 1, "nothing was shown, nothing charged");
    ask(&other, "registered", "r1", "chr1-4000001-A-C", Grouping::None).await.unwrap();
}

#[tokio::test]
async fn after_a_withdrawal_nobody_guarded_is_told_the_new_count() {
    let mut world = World::new(&with_friends(&exact())).await;
    world.release("r1", &[PLAIN; PEOPLE], &sites(PEOPLE, &[(1, 2), (2, 2)])).await;
    let gate = world.gate.clone();
    ask(&gate, "registered", "r1", "chr1-2000001-A-C", Grouping::None).await.unwrap();
    world.withdraw(4).await;
    for who in ["registered", "friend", "stranger"] {
        assert_eq!(refused(&gate, who, "r1", "chr1-2000001-A-C").await, "exposure-withheld", "{who}");
    }
    // What nobody was shown goes on.
    ask(&gate, "stranger", "r1", "chr1-4000001-A-C", Grouping::None).await.unwrap();
    // What a researcher under contract was shown before is withheld from the registered, too.
    ask(&gate, "academic", "r1", "chr1:6000000-6000010", Grouping::None).await.unwrap();
    world.withdraw(6).await;
    assert_eq!(refused(&gate, "friend", "r1", "chr1-6000001-A-C").await, "exposure-withheld");
}
