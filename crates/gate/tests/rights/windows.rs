//! Four companies pay for nine months' head start on a tranche; a fifth has one by the programme.

use super::*;
use gj_gate::acts::money::ContributionRequest;
use gj_money::{ContributionKind, Yen};

/// The tranche, five companies that have paid for use, and the programme's own window.
fn programme() -> String {
    let mut text = "[[dataset]]\nid = \"minato-1\"\nname_ja = \"第1期\"\nname_en = \"Tranche 1\"\n\
        contributor = \"biobank-minato\"\ntier = \"detailed\"\nstarting_point = 2026-11-22\n\
        restricted_months = 24\nsource = \"agreement\"\n\
        [[dataset]]\nid = \"hikari-1\"\nname_ja = \"ひかり\"\nname_en = \"Hikari\"\n\
        contributor = \"hikari-hospital\"\ntier = \"detailed\"\nstarting_point = 2026-11-22\n\
        restricted_months = 24\nsource = \"agreement\"\n\
        [[institution]]\nid = \"hikari-hospital\"\nname_ja = \"ひかり病院\"\nname_en = \"Hikari\"\n\
        class = \"hospital\"\ncountry = \"JP\"\n\
        [[window]]\ndataset = \"minato-1\"\nfunder = \"pharma-5\"\ntier = \"cash\"\n\
        valid_from = 2026-11-22\nhard_end = 2027-01-31\nsource = \"decision 12 of the committee\"\n"
        .to_owned();
    for n in 1..=6 {
        text += &format!(
            "[[institution]]\nid = \"pharma-{n}\"\nname_ja = \"製薬{n}\"\nname_en = \"Pharma {n}\"\n\
             class = \"company\"\ncountry = \"JP\"\n\
             [[user]]\nid = \"user-{n}\"\nname_ja = \"研究者{n}\"\nname_en = \"Researcher {n}\"\n\
             institution = \"pharma-{n}\"\nroles = [\"company-researcher\"]\n\
             [[payment]]\nid = \"p-{n}\"\ninstitution = \"pharma-{n}\"\npaid_on = 2026-11-01\n\
             covers_from = 2026-11-01\ncovers_to = 2030-03-31\namount_yen = 1\nwhat = \"panel\"\n\
             source = \"illustrative\"\n"
        );
    }
    text
}

async fn give(gate: &Gate, number: usize, kind: ContributionKind) {
    let request = ContributionRequest {
        id: format!("C-{number}"),
        institution: format!("pharma-{number}").parse().unwrap(),
        kind,
        value: Yen::new(50_000_000),
        given_on: None,
        datasets: vec!["minato-1".to_owned()],
        agreement: format!("funding agreement {number}"),
    };
    gate.contribute(&user(gate, "finance"), request).await.unwrap();
}

#[tokio::test]
async fn what_contributions_earned_is_what_the_gate_decides_on() {
    let world = World::new(&programme()).await;
    let gate = world.on("2026-11-22").await;
    // Until somebody gave, only the programme's window is open.
    assert_eq!(asked(&gate, "user-1", "GRU", None).await, "30 people");
    for number in 1..=4 {
        give(&gate, number, ContributionKind::Cash).await;
    }
    gate.close().await;
    let mut told = String::new();
    for day in ["2026-11-22", "2027-01-31", "2027-02-01", "2027-08-21", "2027-08-22"] {
        let gate = world.on(day).await;
        for who in ["user-1", "user-4", "user-5", "user-6", "academic"] {
            told += &format!("{day} {who}: {}\n", asked(&gate, who, "GRU", None).await);
        }
        gate.close().await;
    }
    // Hikari's 30 people are nobody's tranche; Minato's 40 are seen by those with a head start, and academia.
    assert_eq!(
        told,
        "2026-11-22 user-1: 70 people\n2026-11-22 user-4: 70 people\n2026-11-22 user-5: 70 people\n\
         2026-11-22 user-6: 30 people\n2026-11-22 academic: 70 people\n\
         2027-01-31 user-1: 70 people\n2027-01-31 user-4: 70 people\n2027-01-31 user-5: 70 people\n\
         2027-01-31 user-6: 30 people\n2027-01-31 academic: 70 people\n\
         2027-02-01 user-1: 70 people\n2027-02-01 user-4: 70 people\n2027-02-01 user-5: 30 people\n\
         2027-02-01 user-6: 30 people\n2027-02-01 academic: 70 people\n\
         2027-08-21 user-1: 70 people\n2027-08-21 user-4: 70 people\n2027-08-21 user-5: 30 people\n\
         2027-08-21 user-6: 30 people\n2027-08-21 academic: 70 people\n\
         2027-08-22 user-1: 70 people\n2027-08-22 user-4: 70 people\n2027-08-22 user-5: 70 people\n\
         2027-08-22 user-6: 70 people\n2027-08-22 academic: 70 people\n"
    );
}

#[tokio::test]
async fn the_public_list_and_the_refusal_name_source_and_hard_end() {
    let world = World::new(&programme()).await;
    let gate = world.on("2026-11-22").await;
    give(&gate, 1, ContributionKind::Cash).await;
    let windows = gate.priority_windows().await.unwrap();
    let told: Vec<(&str, &str, String)> = windows
        .iter()
        .map(|w| (w.institution.as_str(), w.contribution.as_str(), w.valid_to.to_string()))
        .collect();
    assert_eq!(
        told,
        [("pharma-1", "C-1", "2027-08-21".to_owned()), ("pharma-5", "", "2027-01-31".to_owned())]
    );
    assert!(windows[0].source.contains("funding agreement 1"));
    // What is kept from a company, until when, is in the audit log.
    asked(&gate, "user-6", "GRU", None).await;
    let mut log = Vec::new();
    gate.export_audit(&user(&gate, "auditor"), &mut log).await.unwrap();
    assert!(String::from_utf8(log).unwrap().contains("minato-1: priority-window"));
}
