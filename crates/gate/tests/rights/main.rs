//! The rights engine fed by the registry: what contributions earn and what applications grant, asked at the
//! gate on one day after another.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail the test")]

mod moving;
mod projects;
mod serving;
mod windows;

use gj_gate::acts::application::{Act, Draft, StepRequest, Tier, Verdict};
use gj_gate::acts::init::{DirectoryKind, NewDirectory, ProgrammeFile};
use gj_gate::acts::submit::{SubmitRequest, Unconsented};
use gj_gate::{Asker, Clock, Gate, GateError, Place, Question};
use gj_model::{ApplicationId, Grouping};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

const EXAMPLE: &str = include_str!("../../../registry/programme/example.toml");
const HEADER: &str = "sample\tparticipant\tsex\tfamily\tfather\tmother\tstratum\tconsent\tdiseases\n";
/// Everybody allows every company, alone or beside others.
const CONSENT: &str = "research,company-joint,company-alone";

/// A data directory whose release `r1` holds 40 people of Minato and 30 of Hikari, at one place.
struct World {
    folder: TempDir,
}

fn clock(day: &str) -> Clock {
    Clock::Fixed(format!("{day}T03:00:00Z").parse().unwrap())
}

impl World {
    /// Made on 2026-11-22, with more rows of the programme.
    async fn new(more: &str) -> World {
        World::of(&format!("{EXAMPLE}\n{more}")).await
    }

    /// The same with nothing withheld for the sake of answers given before.
    async fn off_record() -> World {
        World::of(EXAMPLE.split("\n[[exposure]]").next().unwrap()).await
    }

    async fn of(programme: &str) -> World {
        let world = World { folder: tempfile::tempdir().unwrap() };
        let file = ProgrammeFile { name: "programme.toml", text: programme };
        let new = NewDirectory { programme: Some(file), kind: DirectoryKind::default(), registry: None };
        let gate = Gate::init(&world.dir(), new, clock("2026-11-22")).await.unwrap();
        world.contribute(&gate, "biobank-minato", 0..40).await;
        world.contribute(&gate, "hikari-hospital", 40..70).await;
        gate.freeze(&manager(&gate), &"r1".parse().unwrap()).await.unwrap();
        gate.close().await;
        world
    }

    fn dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    async fn on(&self, day: &str) -> Gate {
        Gate::open(&self.dir(), clock(day)).await.unwrap()
    }

    async fn contribute(&self, gate: &Gate, institution: &str, people: std::ops::Range<usize>) {
        let institution = institution.parse().unwrap();
        let row = |p: usize| format!("S{p}\tP{p}\tfemale\t\t\t\tHondo\t{CONSENT}\t\n");
        let sheet = HEADER.to_owned() + &people.clone().map(row).collect::<String>();
        let asker = manager(gate);
        gate.import_samples(&asker, &institution, "sheet.tsv", sheet.as_bytes()).await.unwrap();
        let names: String = people.clone().map(|p| format!("\tS{p}")).collect();
        let calls: String = people.clone().map(|_| "\t0/1").collect();
        let file = self.folder.path().join(format!("{institution}.vcf"));
        let text = format!(
            "##fileformat=VCFv4.2\n##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
             ##contig=<ID=chr2>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT{names}\n\
             chr2\t100\t.\tA\tC\t.\tPASS\t.\tGT{calls}\n"
        );
        std::fs::write(&file, text).unwrap();
        let request = SubmitRequest {
            institution,
            files: vec![file],
            reference: None,
            floor: Default::default(),
            unconsented: Unconsented::Refuse,
        };
        gate.submit(&asker, request, Arc::new(())).await.unwrap();
    }
}

fn user(gate: &Gate, id: &str) -> Asker {
    gate.local(&id.parse().unwrap())
}

fn manager(gate: &Gate) -> Asker {
    user(gate, "datamanager")
}

/// People an answer would count, or the codes of every reason against it.
async fn asked(gate: &Gate, who: &str, purpose: &str, project: Option<&ApplicationId>) -> String {
    let question = Question {
        freeze: "r1".parse().unwrap(),
        place: Place::Region("chr2".parse().unwrap()),
        by: Grouping::None,
        purpose: purpose.parse().unwrap(),
        project: project.cloned(),
    };
    let asker = user(gate, who);
    let grant = match gate.ask(&asker, &question).await {
        Ok(grant) => grant,
        Err(GateError::Refused(refusal)) => return refusal.codes().to_string(),
        Err(other) => panic!("{other}"),
    };
    let view = gate.view(&grant).await.unwrap();
    let place = question.place.clone();
    let finding = tokio::task::spawn_blocking(move || view.sites(&place)).await.unwrap().unwrap();
    let answer = gate.release(grant, finding, &question).await.unwrap();
    let all = &answer.get().sites.first().unwrap().groups["all"];
    format!("{} people", all.people.unwrap())
}

/// A draft for use of Minato's data.
fn draft(purpose: &str, tier: Tier, datasets: &[&str]) -> Draft {
    Draft {
        title: "心筋症の研究".to_owned(),
        purpose: purpose.parse().unwrap(),
        tier,
        datasets: datasets.iter().map(|name| (*name).to_owned()).collect(),
        people: Vec::new(),
        from: "2026-11-22".parse().unwrap(),
        until: "2027-11-21".parse().unwrap(),
        plan: "頻度を比べる".to_owned(),
    }
}

async fn take(gate: &Gate, who: &str, request: StepRequest) {
    let act = request.act;
    gate.step_application(&user(gate, who), &request)
        .await
        .unwrap_or_else(|error| panic!("{who} {act}: {error}"));
}

async fn act(gate: &Gate, id: &ApplicationId, who: &str, act: Act) {
    take(gate, who, StepRequest { text: Some("x".to_owned()), ..StepRequest::new(id.clone(), act) }).await;
}

/// From the submission to the head's decision.
async fn reviewed(gate: &Gate, id: &ApplicationId, applicant: &str, contributors: &[&str]) {
    act(gate, id, applicant, Act::Submit).await;
    act(gate, id, "committee", Act::Pass).await;
    through_review(gate, id, contributors).await;
}

async fn through_review(gate: &Gate, id: &ApplicationId, contributors: &[&str]) {
    for contributor in contributors {
        act(gate, id, contributor, Act::Agree).await;
    }
    for reviewer in ["reviewer", "reviewer-2"] {
        let subject = Some(reviewer.parse().unwrap());
        take(gate, "committee", StepRequest { subject, ..StepRequest::new(id.clone(), Act::Assign) }).await;
        act(gate, id, reviewer, Act::DeclareNone).await;
    }
    let verdict = Some(Verdict::Approve);
    let said = |act| StepRequest {
        verdict,
        text: Some("no objection".to_owned()),
        ..StepRequest::new(id.clone(), act)
    };
    for reviewer in ["reviewer", "reviewer-2"] {
        take(gate, reviewer, said(Act::Review)).await;
    }
    act(gate, id, "committee", Act::Consolidate).await;
    take(gate, "chair", said(Act::Opine)).await;
    act(gate, id, "head", Act::Approve).await;
}

async fn signed(gate: &Gate, id: &ApplicationId, applicant: &str) {
    let card = gate.application(&user(gate, applicant), id).await.unwrap();
    let digest = Some(card.digest.clone());
    for (who, act) in [(applicant, Act::Sign), ("head", Act::Countersign)] {
        take(gate, who, StepRequest { digest: digest.clone(), ..StepRequest::new(id.clone(), act) }).await;
    }
}
