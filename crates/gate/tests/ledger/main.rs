//! The ledger of privacy through the real gate: what a user can learn, before and after, alone and with friends.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail the test")]

mod agreed;
mod guarded;
mod membership;

use gj_gate::acts::init::{DirectoryKind, NewDirectory, ProgrammeFile};
use gj_gate::acts::submit::{SubmitRequest, Unconsented};
use gj_gate::{Asker, Clock, FrequencyAnswer, Gate, GateError, Place, Question};
use gj_model::Grouping;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

pub(crate) const EXAMPLE: &str = include_str!("../../../registry/programme/example.toml");
const HEADER: &str = "sample\tparticipant\tsex\tfamily\tfather\tmother\tstratum\tconsent\tdiseases\n";
pub(crate) const RESEARCH: &str = "research";
pub(crate) const COMPANY: &str = "research,company-joint,company-alone";

/// A variant's place and the alternate alleles of each person.
pub(crate) struct Site {
    pub(crate) contig: u8,
    pub(crate) position: u32,
    pub(crate) carried: Vec<u8>,
}

/// A person of a sheet.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) stratum: &'static str,
    pub(crate) consent: &'static str,
}

pub(crate) const PLAIN: Row = Row { stratum: "Hondo", consent: COMPANY };

/// A data directory on 2026-11-22.
pub(crate) struct World {
    folder: TempDir,
    pub(crate) gate: Gate,
    people: usize,
}

fn clock() -> Clock {
    Clock::Fixed("2026-11-22T03:00:00Z".parse().unwrap())
}

/// The example without its `[[exposure]]` rows.
pub(crate) fn without_ledger() -> String {
    EXAMPLE.split("\n[[exposure]]").next().unwrap().to_owned()
}

impl World {
    pub(crate) async fn new(programme: &str) -> World {
        let folder = tempfile::tempdir().unwrap();
        let file = ProgrammeFile { name: "programme.toml", text: programme };
        let new = NewDirectory { programme: Some(file), kind: DirectoryKind::default(), registry: None };
        let gate = Gate::init(&folder.path().join("data"), new, clock()).await.unwrap();
        World { folder, gate, people: 0 }
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A second process on the same directory.
    pub(crate) async fn other(&self) -> Gate {
        Gate::open(&self.dir(), clock()).await.unwrap()
    }

    /// Takes people in as one batch and freezes a release of all there are.
    pub(crate) async fn release(&mut self, name: &str, rows: &[Row], sites: &[Site]) {
        let institution = "biobank-minato".parse().unwrap();
        let people = self.people..self.people + rows.len();
        let row = |(p, row): (usize, &Row)| {
            format!("S{p}\tP{p}\tfemale\t\t\t\t{}\t{}\t\n", row.stratum, row.consent)
        };
        let sheet = HEADER.to_owned() + &people.clone().zip(rows).map(row).collect::<String>();
        let manager = self.user("datamanager");
        self.gate.import_samples(&manager, &institution, "sheet.tsv", sheet.as_bytes()).await.unwrap();
        let names: String = people.map(|p| format!("\tS{p}")).collect();
        let mut text =
            "##fileformat=VCFv4.2\n##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n"
                .to_owned();
        (1..23).for_each(|contig| text += &format!("##contig=<ID=chr{contig}>\n"));
        text += &format!("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT{names}\n");
        for site in sites {
            text += &format!("chr{}\t{}\t.\tA\tC\t.\tPASS\t.\tGT", site.contig, site.position);
            site.carried
                .iter()
                .for_each(|carried| text += ["\t0/0", "\t0/1", "\t1/1"][usize::from(*carried)]);
            text.push('\n');
        }
        let file = self.folder.path().join(format!("{name}.vcf"));
        std::fs::write(&file, text).unwrap();
        let request = SubmitRequest {
            institution,
            files: vec![file],
            reference: None,
            floor: Default::default(),
            unconsented: Unconsented::Refuse,
        };
        self.gate.submit(&manager, request, Arc::new(())).await.unwrap();
        self.gate.freeze(&manager, &name.parse().unwrap()).await.unwrap();
        self.people += rows.len();
    }

    pub(crate) async fn withdraw(&self, person: usize) {
        self.gate.withdraw(&self.user("datamanager"), &[format!("P{person}")]).await.unwrap();
    }

    pub(crate) fn user(&self, id: &str) -> Asker {
        user(&self.gate, id)
    }
}

pub(crate) fn user(gate: &Gate, id: &str) -> Asker {
    gate.local(&id.parse().unwrap())
}

/// One question, asked and answered.
pub(crate) async fn ask(
    gate: &Gate,
    who: &str,
    release: &str,
    place: &str,
    by: Grouping,
) -> Result<FrequencyAnswer, GateError> {
    let place = match place.contains('-') && !place.contains(':') {
        true => Place::Variant(place.parse().unwrap()),
        false => Place::Region(place.parse().unwrap()),
    };
    let question = Question {
        freeze: release.parse().unwrap(),
        place,
        by,
        purpose: "GRU".parse().unwrap(),
        project: None,
    };
    let grant = gate.ask(&user(gate, who), &question).await?;
    let view = gate.view(&grant).await?;
    let place = question.place.clone();
    let finding = tokio::task::spawn_blocking(move || view.sites(&place)).await??;
    Ok(gate.release(grant, finding, &question).await?.into_inner())
}

/// The codes of a refusal.
pub(crate) async fn refused(gate: &Gate, who: &str, release: &str, place: &str) -> String {
    match ask(gate, who, release, place, Grouping::None).await {
        Err(GateError::Refused(refusal)) => refusal.codes(),
        other => panic!("{other:?}"),
    }
}
