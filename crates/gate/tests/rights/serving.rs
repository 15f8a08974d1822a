//! Decisions are kept and lines are written in groups, and nobody can tell: a change of another process holds
//! from its commit, every answer has its line, and who left is in none.

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The log's lines about questions: outcome by line, in order.
async fn log(gate: &Gate) -> Vec<serde_json::Value> {
    let mut out = Vec::new();
    gate.export_audit(&user(gate, "auditor"), &mut out).await.unwrap();
    let lines = String::from_utf8(out).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn of(lines: &[serde_json::Value], outcome: &str) -> usize {
    lines.iter().filter(|line| line["act"] == "frequency.read" && line["outcome"] == outcome).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_another_process_holds_for_the_next_question() {
    let world = World::off_record().await;
    let here = world.on("2026-11-23").await;
    // Another process: its own connections and memory.
    let there = world.on("2026-11-23").await;
    for _ in 0..3 {
        assert_eq!(asked(&here, "academic", "GRU", None).await, "70 people");
        assert!(asked(&here, "company-unpaid", "GRU", None).await.contains("payment-missing"));
    }
    let desk = user(&there, "participant-desk");
    there.withdraw(&desk, &["P5".to_owned()]).await.unwrap();
    assert_eq!(asked(&here, "academic", "GRU", None).await, "69 people");
    // Roles of the programme: taken away, and given back.
    let manager = manager(&there);
    let text = there.export_programme(&manager).await.unwrap();
    let less = text.replace("    \"frequency.read\",\n", "");
    assert_ne!(less, text);
    apply(&there, &less).await;
    assert_eq!(asked(&here, "academic", "GRU", None).await, "role-forbids");
    apply(&there, &text).await;
    assert_eq!(asked(&here, "academic", "GRU", None).await, "69 people");
    // A token: new, known; replaced, unknown.
    let token = there.issue_token(&manager, &"academic".parse().unwrap()).await.unwrap();
    assert!(here.sign_in(&token).await.unwrap().is_some());
    assert!(here.sign_in(&token).await.unwrap().is_some());
    there.issue_token(&manager, &"academic".parse().unwrap()).await.unwrap();
    assert!(here.sign_in(&token).await.unwrap().is_none());
    here.verify_audit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn answers_of_many_at_once_each_have_a_line_and_none_counts_who_left() {
    let world = World::off_record().await;
    let gate = world.on("2026-11-23").await;
    let (left, before) = (Arc::new(AtomicUsize::new(0)), log(&gate).await);
    let askers = (0..24).map(|number| {
        let (gate, left) = (gate.clone(), left.clone());
        tokio::spawn(async move {
            let mut counted = (0, 0);
            for round in 0..12 {
                let who = if (number + round) % 4 == 0 { "company-unpaid" } else { "academic" };
                let gone = left.load(Ordering::SeqCst);
                match answered(&gate, who).await {
                    // Who left before the question came is not counted; who leaves meanwhile may be or not.
                    Some(people) => {
                        assert!(people <= 70 - gone, "{people} people when {gone} had left");
                        counted.0 += 1;
                    }
                    None => counted.1 += 1,
                }
            }
            counted
        })
    });
    let askers: Vec<_> = askers.collect();
    let desk = user(&gate, "participant-desk");
    for person in 0..6 {
        gate.withdraw(&desk, &[format!("P{person}")]).await.unwrap();
        left.fetch_add(1, Ordering::SeqCst);
    }
    let (mut answers, mut refusals) = (0, 0);
    for asker in askers {
        let (given, refused) = asker.await.unwrap();
        answers += given;
        refusals += refused;
    }
    assert_eq!((answers, refusals), (24 * 9, 24 * 3));
    let after = log(&gate).await;
    assert_eq!(of(&after, "answered") - of(&before, "answered"), answers);
    assert_eq!(of(&after, "refused") - of(&before, "refused"), refusals);
    gate.verify_audit().await.unwrap();
}

async fn apply(gate: &Gate, text: &str) {
    let file = ProgrammeFile { name: "programme.toml", text };
    gate.apply_programme(&manager(gate), file).await.unwrap();
}

/// People of an answer, asked again while the release changes; `None` when refused.
async fn answered(gate: &Gate, who: &str) -> Option<usize> {
    let question = Question {
        freeze: "r1".parse().unwrap(),
        place: Place::Variant("chr2-100-A-C".parse().unwrap()),
        by: Grouping::None,
        purpose: "GRU".parse().unwrap(),
        project: None,
    };
    loop {
        let grant = match gate.ask(&user(gate, who), &question).await {
            Ok(grant) => grant,
            Err(GateError::Refused(_)) => return None,
            Err(other) => panic!("{other}"),
        };
        let view = match gate.view(&grant).await {
            Ok(view) => view,
            Err(GateError::Changed | GateError::Store(gj_gate::StoreError::Missing { .. })) => continue,
            Err(other) => panic!("{other}"),
        };
        let place = question.place.clone();
        let found = tokio::task::spawn_blocking(move || view.sites(&place)).await.unwrap();
        let Ok(finding) = found else { continue };
        match gate.release(grant, finding, &question).await {
            Ok(answer) => return Some(answer.get().sites[0].groups["all"].people.unwrap() as usize),
            Err(GateError::Changed) => {}
            Err(other) => panic!("{other}"),
        }
    }
}
