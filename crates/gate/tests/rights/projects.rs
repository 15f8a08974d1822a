//! Questions under a granted project: its data, for its purpose, while its grant holds; and every refusal.

use super::*;

/// A registered tranche of Minato, the trainings that detailed use asks for, and somebody to add.
fn programme() -> String {
    let mut text = "[[dataset]]\nid = \"minato-1\"\nname_ja = \"第1期\"\nname_en = \"Tranche 1\"\n\
        contributor = \"biobank-minato\"\ntier = \"detailed\"\nstarting_point = 2026-11-22\n\
        restricted_months = 24\nsource = \"agreement\"\n"
        .to_owned();
    for user in ["academic", "clinician", "company-unpaid"] {
        text += &format!(
            "[[training]]\nuser = \"{user}\"\nname = \"ethics\"\nvalid_from = 2026-04-01\n\
             valid_to = 2030-03-31\nsource = \"certificate\"\n"
        );
    }
    text
}

async fn begun(gate: &Gate, who: &str, draft: Draft) -> ApplicationId {
    gate.new_application(&user(gate, who), &draft).await.unwrap()
}

#[tokio::test]
async fn an_academic_project_answers_within_its_scope_while_it_holds() {
    let world = World::new(&programme()).await;
    let gate = world.on("2026-11-22").await;
    let id = begun(&gate, "academic", draft("HMB", Tier::Detailed, &["minato-1"])).await;
    let under = Some(&id);
    assert_eq!(asked(&gate, "academic", "HMB", under).await, "project-not-granted");
    // Nobody else learns that there is one.
    assert_eq!(asked(&gate, "clinician", "HMB", under).await, "project-unknown");
    let none = "A-0000000000".parse().unwrap();
    assert_eq!(asked(&gate, "clinician", "HMB", Some(&none)).await, "project-unknown");
    reviewed(&gate, &id, "academic", &["minato"]).await;
    assert_eq!(asked(&gate, "academic", "HMB", under).await, "project-not-granted");
    signed(&gate, &id, "academic").await;
    // Granted: Minato's people for its purpose; without it, everybody as ever.
    assert_eq!(asked(&gate, "academic", "HMB", under).await, "40 people");
    assert_eq!(asked(&gate, "academic", "HMB", None).await, "70 people");
    assert_eq!(asked(&gate, "academic", "GRU", under).await, "project-other-purpose");
    assert_eq!(asked(&gate, "clinician", "HMB", under).await, "project-unknown");
    let choices = gate.projects_of(&user(&gate, "academic")).await.unwrap();
    assert_eq!((choices.len(), choices[0].purpose.as_str()), (1, "HMB"));
    assert!(gate.projects_of(&user(&gate, "clinician")).await.unwrap().is_empty());
    // A collaborator waits for the check, whose addition takes nothing from the others.
    act(&gate, &id, "academic", Act::BeginUse).await;
    let subject = Some("clinician".parse().unwrap());
    take(&gate, "academic", StepRequest { subject, ..StepRequest::new(id.clone(), Act::AddCollaborator) })
        .await;
    assert_eq!(asked(&gate, "clinician", "HMB", under).await, "project-collaborator-unchecked");
    assert_eq!(asked(&gate, "academic", "HMB", under).await, "40 people");
    through_review(&gate, &id, &["minato"]).await;
    signed(&gate, &id, "academic").await;
    assert_eq!(asked(&gate, "clinician", "HMB", under).await, "project-terms-not-accepted");
    let digest = Some(gate.application(&user(&gate, "clinician"), &id).await.unwrap().digest);
    take(&gate, "clinician", StepRequest { digest, ..StepRequest::new(id.clone(), Act::AcceptTerms) }).await;
    assert_eq!(asked(&gate, "clinician", "HMB", under).await, "40 people");
    act(&gate, &id, "academic", Act::BeginUse).await;
    // Suspended, resumed, its days over, revoked.
    act(&gate, &id, "head", Act::Suspend).await;
    assert_eq!(asked(&gate, "academic", "HMB", under).await, "project-suspended");
    assert!(gate.projects_of(&user(&gate, "academic")).await.unwrap().is_empty());
    act(&gate, &id, "head", Act::Resume).await;
    assert_eq!(asked(&gate, "academic", "HMB", under).await, "40 people");
    let later = world.on("2027-11-22").await;
    assert_eq!(asked(&later, "academic", "HMB", under).await, "project-expired");
    later.close().await;
    act(&gate, &id, "head", Act::Revoke).await;
    assert_eq!(asked(&gate, "academic", "HMB", under).await, "project-revoked");
    // Each answer names the project and the digest of its scope; each refusal the project.
    let mut log = Vec::new();
    gate.export_audit(&user(&gate, "auditor"), &mut log).await.unwrap();
    let log = String::from_utf8(log).unwrap();
    let lines: Vec<&str> =
        log.lines().filter(|line| line.contains(&format!("\"project\":\"{id}\""))).collect();
    assert_eq!(lines.iter().filter(|line| line.contains("\"outcome\":\"answered\"")).count(), 4);
    assert!(lines.iter().all(|line| line.contains("\"refused\"") || line.contains("\"scope\":\"")));
    // Participants see which project it was.
    let uses = gate.uses(&user(&gate, "participant-desk"), "P1").await.unwrap();
    let named: Vec<(Option<&str>, u64)> =
        uses.answers.iter().map(|used| (used.project.as_deref(), used.times)).collect();
    assert!(named.contains(&(Some(id.as_str()), 3)), "{named:?}");
}

#[tokio::test]
async fn other_data_is_another_project() {
    let world = World::new(&programme()).await;
    let gate = world.on("2026-11-22").await;
    // Granted for a release that is not the one asked.
    let mut release = draft("GRU", Tier::Overview, &["r1"]);
    release.title = "概要".to_owned();
    let whole = begun(&gate, "academic", release).await;
    reviewed(&gate, &whole, "academic", &[]).await;
    signed(&gate, &whole, "academic").await;
    assert_eq!(asked(&gate, "academic", "GRU", Some(&whole)).await, "70 people");
    gate.freeze(&manager(&gate), &"r2".parse().unwrap()).await.unwrap();
    let other = begun(&gate, "academic", draft("GRU", Tier::Overview, &["r2"])).await;
    reviewed(&gate, &other, "academic", &[]).await;
    signed(&gate, &other, "academic").await;
    assert_eq!(asked(&gate, "academic", "GRU", Some(&other)).await, "project-other-dataset");
}

#[tokio::test]
async fn a_company_uses_details_under_a_project_that_is_paid_for() {
    let world = World::new(&programme()).await;
    let gate = world.on("2026-11-22").await;
    // Without a payment not even an overview.
    assert_eq!(asked(&gate, "company-unpaid", "HMB", None).await, "payment-missing");
    let id = begun(&gate, "company-unpaid", draft("HMB", Tier::Detailed, &["minato-1"])).await;
    let under = Some(&id);
    reviewed(&gate, &id, "company-unpaid", &[]).await;
    signed(&gate, &id, "company-unpaid").await;
    let unpaid = asked(&gate, "company-unpaid", "HMB", under).await;
    assert!(unpaid.contains("project-unpaid"), "{unpaid}");
    act(&gate, &id, "finance", Act::Invoice).await;
    act(&gate, &id, "finance", Act::RecordPayment).await;
    assert_eq!(asked(&gate, "company-unpaid", "HMB", under).await, "40 people");
    // A payment taken back closes the project until it is made again.
    let finance = user(&gate, "finance");
    let mut undone = 0;
    for number in 1..20 {
        // Of these entries only the payment can be undone.
        undone += u32::from(gate.reverse(&finance, number, "the bank took it back").await.is_ok());
    }
    assert_eq!(undone, 1);
    assert_eq!(asked(&gate, "company-unpaid", "HMB", under).await, "payment-missing");
}
