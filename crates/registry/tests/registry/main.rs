//! The registry as its callers see it: one story a file, on a registry in a temporary folder.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail the test")]

mod audit;
mod database;
mod extracts;
mod money;
mod opening;
mod people;
mod programme;
mod releases;
mod server;
mod sheets;
mod transfer;

use database::Database;
use gj_registry::{Entry, Error, ImportReport, Programme, Registry, Sheet};
use std::path::PathBuf;
use tempfile::TempDir;

const AT: &str = "2026-11-22T01:02:03Z";
const HEADER: &str = "sample\tparticipant\tsex\tfamily\tfather\tmother\tstratum\tconsent\tdiseases";

/// A registry with the example programme, and the folder it lives in.
struct World {
    registry: Registry,
    database: Database,
    folder: TempDir,
}

impl World {
    async fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::new(folder.path()).await;
        let registry = database.create().await.unwrap();
        let mut tx = registry.begin().await.unwrap();
        tx.apply_programme(&Programme::example().unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        World { registry, database, folder }
    }

    fn anchor(&self) -> PathBuf {
        self.folder.path().join("audit.head")
    }

    /// Imports a sheet in a transaction of its own; `lines` come without the header.
    async fn import(&self, institution: &str, lines: &str) -> Result<ImportReport, Error> {
        let sheet = Sheet::parse(format!("{HEADER}\n{lines}").as_bytes(), "sheet.tsv")?;
        let mut tx = self.registry.begin().await?;
        let report = tx.import_sheet(&institution.parse().unwrap(), &sheet, AT).await?;
        tx.commit().await?;
        Ok(report)
    }

    /// Writes `count` audit lines, each in a transaction of its own, and anchors the last.
    async fn audit(&self, count: usize) {
        for number in 0..count {
            let mut tx = self.registry.begin().await.unwrap();
            tx.audit(&entry(&format!("freeze {number}"))).await.unwrap();
            let head = tx.commit().await.unwrap().unwrap();
            gj_registry::anchor::write(&self.anchor(), &head).unwrap();
        }
    }

    /// What somebody with the database file could do: SQL past every method of the registry.
    async fn tamper(&self, sql: &'static str) -> Result<(), sqlx::Error> {
        self.database.execute(sql).await
    }
}

fn entry(subject: &str) -> Entry<'_> {
    Entry {
        at: AT,
        actor: "datamanager",
        act: "release.freeze",
        subject,
        outcome: "done",
        detail: serde_json::json!({ "people": 3202, "note": "全員\n\"quoted\"" }),
    }
}
