//! A whole release as a file: every site judged as one answer would judge it, made once for each state of a
//! release and each sight of it, and served from there.
//!
//! A file is found by a key of what is in it: the panel, or what it is without those who left, the classes
//! counted, the smallest cell and the grouping. A withdrawal moves the key, so that nobody is served what
//! was made before it; and the line of each delivery is written in the transaction that checks that.

use crate::answered::{Line, Within};
use crate::ask::{Asker, Question};
use crate::error::GateError;
use crate::gate::Gate;
use crate::grant::{Grant, Judge};
use crate::ledger::{FileNote, Ledger, refused};
use crate::release::{Released, used};
use crate::view::{Place, SiteCounts, View};
use gj_export::sites::{ParquetSites, SitesHead, SitesVcfGz};
use gj_model::{ApplicationId, Contig, FreezeName, Grouping, Purpose, Region, SiteFrequency};
use gj_store::{Download, NewDownload, StoreError};
use rayon::prelude::*;
use serde_json::json;
use std::io::BufWriter;
use std::sync::Arc;
use std::time::Duration;

/// Moves when the same counts are written as other bytes.
const FORM: u32 = 1;

/// A file of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseFile {
    /// Sites-only VCF, BGZF.
    Vcf,
    /// Its tabix index.
    Tabix,
    /// Parquet.
    Parquet,
}

/// Which release, for whom, as what.
#[derive(Debug, Clone)]
pub struct FileQuestion {
    /// The release.
    pub freeze: FreezeName,
    /// The file.
    pub file: ReleaseFile,
    /// How to split.
    pub by: Grouping,
    /// Why.
    pub purpose: Purpose,
    /// The granted project it is asked under.
    pub project: Option<ApplicationId>,
}

impl ReleaseFile {
    /// Every file.
    pub const ALL: [ReleaseFile; 3] = [ReleaseFile::Vcf, ReleaseFile::Tabix, ReleaseFile::Parquet];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            ReleaseFile::Vcf => "sites.vcf.gz",
            ReleaseFile::Tabix => "sites.vcf.gz.tbi",
            ReleaseFile::Parquet => "sites.parquet",
        }
    }

    /// The file of a name.
    pub fn named(name: &str) -> Option<ReleaseFile> {
        ReleaseFile::ALL.into_iter().find(|file| file.name() == name)
    }
}

impl Gate {
    /// The file, made if it is not there; waits for that as long as told.
    ///
    /// # Errors
    /// [`GateError::Refused`] as for a question; [`GateError::Making`] when it takes longer: it is being made;
    /// [`GateError::Changed`] when somebody left meanwhile: ask again.
    pub async fn download(
        &self,
        asker: &Asker,
        question: &FileQuestion,
        wait_max: Duration,
    ) -> Result<Released<Download>, GateError> {
        let asked = question.as_asked();
        let grant = self.ask(asker, &asked).await?;
        let view = self.view(&grant).await?;
        let key = key(&grant, question, &view.counted_names());
        let (file, by) = (question.file, question.by);
        let made = match self.inner.store.download(&key, file.name()) {
            Some(made) => made,
            None => {
                // A task of its own: it goes on when nobody waits any longer, and is there the next time.
                let (gate, again, key) = (self.clone(), grant.again(), key.clone());
                let making = tokio::spawn(async move { gate.make(again, view, file, by, &key).await });
                tokio::time::timeout(wait_max, making).await.map_err(|_| GateError::Making)???
            }
        };
        let detail = json!({
            "place": "whole release",
            "file": file.name(),
            "by": by.name(),
            "digest": made.digest(),
        });
        let line = |within| Line { within, ..used(&grant, detail) };
        let written = match self.noted_file(&grant, made.sites()).await {
            Ok(within) => self.answered(line(within)).await,
            Err(error) => Err(error),
        };
        if let Err(GateError::Refused(refusal)) = &written {
            self.note_refused_question(asker, &asked.ground(), refusal).await?;
        }
        written?;
        Ok(Released::new(made))
    }

    /// What the ledger of privacy notes of a file, if answers are on record: every place of every contig.
    ///
    /// # Errors
    /// A refusal while something of the release is withheld: a file cannot leave it out for one reader alone.
    async fn noted_file(&self, grant: &Grant, sites: u64) -> Result<Option<Arc<dyn Within>>, GateError> {
        let mut leaves = Vec::new();
        let mut accounts = None;
        for contig in Contig::all() {
            let region = Region::whole(contig);
            match self.accounted(grant, &Place::Region(region)).await? {
                Ledger::Open => return Ok(None),
                Ledger::Guarded(accounting, _) => return Err(refused(accounting.withheld())),
                Ledger::Agreed(accounting, leave) if !leave.shows_everything() => {
                    return Err(refused(accounting.withheld()));
                }
                Ledger::Agreed(accounting, leave) => {
                    leaves.push((region, leave));
                    accounts = Some(accounting);
                }
            }
        }
        let note = |accounting| FileNote { accounting, leaves, freeze: grant.freeze.to_string(), sites };
        Ok(accounts.map(|accounting| Arc::new(note(accounting)) as Arc<dyn Within>))
    }

    /// Makes a file, one at a time.
    async fn make(
        &self,
        grant: Grant,
        view: View,
        file: ReleaseFile,
        by: Grouping,
        key: &str,
    ) -> Result<Download, GateError> {
        let _turn = self.inner.making.lock().await;
        if let Some(made) = self.inner.store.download(key, file.name()) {
            return Ok(made);
        }
        // What cannot be read is in the way of its own replacement.
        self.inner.store.remove_download(key)?;
        let freezes = self.inner.registry.read().await?.freezes().await?;
        let (store, panel) = (self.inner.store.clone(), grant.panel.to_string());
        let mut new = store.new_download()?;
        let bytes_max = self.inner.config.limits.downloads_bytes_max;
        let name = key.to_owned();
        tokio::task::spawn_blocking(move || -> Result<(), GateError> {
            let sites = write(&grant, &view, file, by, &mut new)?;
            new.publish(&name, &panel, sites)?;
            let panels: Vec<&str> = freezes.iter().map(|freeze| freeze.panel.as_str()).collect();
            Ok(store.sweep_downloads(&panels, bytes_max).map(drop)?)
        })
        .await??;
        let made = self.inner.store.download(key, file.name());
        // Somebody may have left while it was made, and a later one removed it.
        made.ok_or(GateError::Changed)
    }
}

impl FileQuestion {
    /// As a question about frequencies: who may ask one of any place may ask of all.
    fn as_asked(&self) -> Question {
        Question {
            freeze: self.freeze.clone(),
            place: Place::Region(Region::whole(Contig::from_index(0).unwrap_or(Contig::X))),
            by: self.by,
            purpose: self.purpose.clone(),
            project: self.project.clone(),
        }
    }
}

/// What a file holds, as a name: the same only for the same bytes.
fn key(grant: &Grant, question: &FileQuestion, counted: &str) -> String {
    let form = match question.file {
        ReleaseFile::Vcf | ReleaseFile::Tabix => "vcf",
        ReleaseFile::Parquet => "parquet",
    };
    // Of a stale panel the sites are those without everybody who left so far.
    let since = if grant.stale { grant.consent_acts.to_string() } else { String::new() };
    let parts = [
        &FORM.to_string(),
        env!("CARGO_PKG_VERSION"),
        form,
        question.by.name(),
        grant.freeze.as_str(),
        grant.panel.as_str(),
        &since,
        &grant.smallest_cell.to_string(),
        counted,
    ];
    blake3::hash(parts.join("\n").as_bytes()).to_hex()[..32].to_owned()
}

/// Writes every site of a view, judged; returns how many there are.
fn write(
    grant: &Grant,
    view: &View,
    file: ReleaseFile,
    by: Grouping,
    new: &mut NewDownload,
) -> Result<u64, GateError> {
    let mut sites_written = 0;
    let judge = Judge::of(view, grant);
    let disclosure = &judge.disclosure;
    let head = SitesHead {
        freeze: grant.freeze.to_string(),
        digest: grant.digest.clone(),
        smallest_cell: grant.smallest_cell,
        hidden_cells: None,
        groups: disclosure.pick(&disclosure.judge_people(&judge.people), by).into_keys().collect(),
        // While something is withheld there is no file.
        withheld: Vec::new(),
    };
    let judged = |sites: Vec<SiteCounts>| -> Vec<SiteFrequency> {
        let judge = |site: SiteCounts| {
            let zone = site.variant.contig.zone(site.variant.position.get());
            let groups = disclosure.pick(&disclosure.judge(zone, &site.counts), by);
            SiteFrequency { variant: site.variant, groups }
        };
        sites.into_par_iter().map(judge).collect()
    };
    let failed = |source| StoreError::Io { path: file.name().into(), source };
    match file {
        ReleaseFile::Vcf | ReleaseFile::Tabix => {
            let out = BufWriter::new(new.create(ReleaseFile::Vcf.name())?);
            let mut writer = SitesVcfGz::new(out, head).map_err(failed)?;
            view.each(None, |sites| {
                sites_written += sites.len() as u64;
                Ok(judged(sites).iter().try_for_each(|site| writer.push(site)).map_err(failed)?)
            })?;
            let index = BufWriter::new(new.create(ReleaseFile::Tabix.name())?);
            writer.finish(index).map_err(failed)?;
        }
        ReleaseFile::Parquet => {
            let out = BufWriter::new(new.create(ReleaseFile::Parquet.name())?);
            let mut writer = ParquetSites::new(out, head).map_err(failed)?;
            view.each(None, |sites| {
                sites_written += sites.len() as u64;
                Ok(judged(sites).iter().try_for_each(|site| writer.push(site)).map_err(failed)?)
            })?;
            writer.finish().map_err(failed)?;
        }
    }
    Ok(sites_written)
}

impl Judge {
    /// What judges the sites of a view, of which the grant counts its part.
    fn of(view: &View, grant: &Grant) -> Arc<Judge> {
        let (classes, people) = view.classes();
        Arc::new(Judge::new(classes, people, &grant.sight, grant.smallest_cell))
    }
}
