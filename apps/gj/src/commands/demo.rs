//! `gj demo`: the bundled example programme, loaded and served.
//!
//! The people are simulated (see `tools/demo-cohort`). Every step may be repeated, so that an
//! interrupted load goes on where it stopped.

mod annotation;

use crate::cli::Demo;
use crate::commands::serve::serve;
use crate::progress::{self, IngestProgress};
use anyhow::{Context, bail};
use gj_gate::acts::init::{DirectoryKind, NewDirectory};
use gj_gate::acts::submit::{BlockFloor, SubmissionError, SubmitRequest, Unconsented};
use gj_gate::{Asker, Clock, Gate, GateError};
use gj_model::{Bilingual, UserId};
use gj_portal::DemoUser;
use std::path::Path;
use std::sync::Arc;

/// Name of the release the demo freezes.
const FREEZE: &str = "demo-2026.1";

struct Contributor {
    id: &'static str,
    sheet: &'static [u8],
    genomes: &'static [u8],
}

macro_rules! contributor {
    ($id:literal) => {
        Contributor {
            id: $id,
            sheet: include_bytes!(concat!("../../demo/", $id, ".samples.tsv")),
            genomes: include_bytes!(concat!("../../demo/", $id, ".vcf.gz")),
        }
    };
}

const CONTRIBUTORS: [Contributor; 4] = [
    contributor!("biobank-minato"),
    contributor!("ncc-hikari"),
    contributor!("tohoku-kita"),
    contributor!("ryukyu-umi"),
];

/// Example users offered on the sign-in page, with what they show.
const USERS: [(&str, &str, &str); 14] = [
    ("academic", "大学の研究者(単独利用・無料)", "university researcher, working alone: free"),
    ("company-paid", "企業の研究者(支払い済み)", "company researcher, paid"),
    ("company-unpaid", "企業の研究者(未払い)", "company researcher, not paid"),
    ("registered", "登録利用者（契約なし）", "registered user, without a contract"),
    ("clinician", "臨床医", "clinician"),
    ("datamanager", "データ管理者", "data manager"),
    ("auditor", "監査人", "auditor"),
    ("committee", "審査委員会事務局", "secretariat of the committee"),
    ("reviewer", "審査委員", "reviewer"),
    ("reviewer-2", "審査委員（二人目）", "second reviewer"),
    ("chair", "委員長", "committee chair"),
    ("head", "代表者", "head of the consortium"),
    ("finance", "財務担当", "finance officer"),
    ("minato", "提供機関（みなとバイオバンク）", "contributor (Minato Biobank)"),
];

pub async fn run(arguments: Demo) -> anyhow::Result<()> {
    let gate = open(&arguments.data).await?;
    let manager = gate.local(&"datamanager".parse::<UserId>()?);
    load(&gate, &manager).await?;
    let mut users = Vec::new();
    for (id, ja, en) in USERS {
        let id: UserId = id.parse()?;
        let token = gate.issue_token(&manager, &id).await?;
        users.push(DemoUser {
            id: id.to_string(),
            name: Bilingual { ja: ja.to_owned(), en: en.to_owned() },
            token,
        });
    }
    eprintln!("release {FREEZE} is ready; the people are simulated");
    eprintln!("portal  http://{}/", arguments.listen);
    eprintln!("example users (token for `Authorization: Bearer …`):");
    for user in &users {
        eprintln!("  {:16} {}  {}", user.id, user.token, user.name.en);
    }
    serve(gate, Some(users), arguments.listen).await
}

async fn open(dir: &Path) -> anyhow::Result<Gate> {
    match Gate::open(dir, Clock::System).await {
        Ok(gate) if gate.kind() == DirectoryKind::Demo => Ok(gate),
        Ok(_) => bail!(
            "`{}` is a data directory, but not one of `gj demo`; choose another with --data",
            dir.display()
        ),
        Err(GateError::NotADirectory(_) | GateError::HalfMade(_)) => {
            let new = NewDirectory { kind: DirectoryKind::Demo, ..NewDirectory::default() };
            Ok(Gate::init(dir, new, Clock::System).await?)
        }
        Err(other) => Err(other.into()),
    }
}

async fn load(gate: &Gate, manager: &Asker) -> anyhow::Result<()> {
    let unpacked = std::env::temp_dir().join(format!("gj-demo-{}", std::process::id()));
    std::fs::create_dir_all(&unpacked)?;
    let result = load_from(gate, manager, &unpacked).await;
    std::fs::remove_dir_all(&unpacked)?;
    result
}

async fn load_from(gate: &Gate, manager: &Asker, unpacked: &Path) -> anyhow::Result<()> {
    for contributor in CONTRIBUTORS {
        let institution = contributor.id.parse()?;
        let sheet = format!("{}.samples.tsv", contributor.id);
        gate.import_samples(manager, &institution, &sheet, contributor.sheet).await?;
        let file = unpacked.join(format!("{}.vcf.gz", contributor.id));
        std::fs::write(&file, contributor.genomes).with_context(|| format!("`{}`", file.display()))?;
        let request = SubmitRequest {
            institution,
            files: vec![file],
            reference: None,
            floor: BlockFloor::default(),
            unconsented: Unconsented::LeaveOut,
        };
        match gate.submit(manager, request, Arc::new(IngestProgress::new(contributor.id))).await {
            Ok(report) => eprintln!(
                "{:16} {} people, {} variants",
                contributor.id, report.read.samples, report.read.rows
            ),
            Err(GateError::Ingest(SubmissionError::SameFile { .. })) => {
                eprintln!("{:16} loaded before", contributor.id);
            }
            Err(other) => return Err(other.into()),
        }
    }
    annotation::load(gate, manager).await?;
    let spinner = progress::spinner("counting the release");
    let frozen = gate.freeze(manager, &FREEZE.parse()?).await;
    spinner.finish_and_clear();
    match frozen {
        Ok(_) | Err(GateError::FreezeExists(_)) => Ok(()),
        Err(other) => Err(other.into()),
    }
}
