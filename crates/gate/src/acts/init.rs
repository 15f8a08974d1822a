//! Making an empty data directory.

use crate::audit::Note;
use crate::clock::Clock;
use crate::error::GateError;
use crate::gate::{Gate, MARKER, MARKER_TEXT, registry_path};
use gj_registry::{Programme, Registry, programme};
use serde_json::json;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

/// Names that an interrupted `init` may leave behind.
const OURS: [&str; 11] = [
    "registry.sqlite",
    "registry.sqlite-wal",
    "registry.sqlite-shm",
    "audit.head",
    "audit.head.lock",
    "audit.head.new",
    "batches",
    "panels",
    "staging",
    "writer.lock",
    "gj-data.json.new",
];

/// A programme to start with: the text of a file and its name for messages.
#[derive(Debug, Clone, Copy)]
pub struct ProgrammeFile<'a> {
    /// As typed, for error messages.
    pub name: &'a str,
    /// TOML.
    pub text: &'a str,
}

impl Gate {
    /// Makes a data directory: users, roles, purposes and rules from a programme file, or from the
    /// built-in example. The marker file is written last: before it, the directory is none of ours.
    ///
    /// # Errors
    /// [`GateError::Foreign`] for a folder with other content, [`GateError::Exists`] for one that is a
    /// data directory already; a programme file with mistakes. Nothing half-made stays.
    pub async fn init(dir: &Path, file: Option<ProgrammeFile<'_>>, clock: Clock) -> Result<Gate, GateError> {
        let example = ProgrammeFile { name: "the built-in example", text: programme::EXAMPLE };
        let ProgrammeFile { name, text } = file.unwrap_or(example);
        let programme = Programme::parse(text, name)?;
        clear(dir)?;
        let registry = Registry::create(&registry_path(dir)).await?;
        let mut tx = registry.begin().await?;
        let changes = tx.apply_programme(&programme).await?;
        tx.commit().await?;
        registry.close().await;
        mark(dir)?;
        let gate = Gate::open(dir, clock).await?;
        let mut tx = gate.inner.registry.begin().await?;
        let detail = json!({ "rows": changes.len() });
        let note =
            Note { actor: "operator", act: "directory.init", subject: "programme", outcome: "done", detail };
        gate.note(&mut tx, note).await?;
        gate.commit(tx).await?;
        Ok(gate)
    }
}

/// Makes the folder, empties what an interrupted `init` left, and refuses anything else.
fn clear(dir: &Path) -> Result<(), GateError> {
    fs::create_dir_all(dir).map_err(GateError::io(dir))?;
    if dir.join(MARKER).exists() {
        return Err(GateError::Exists(dir.to_owned()));
    }
    let entries: Vec<_> = fs::read_dir(dir).and_then(Iterator::collect).map_err(GateError::io(dir))?;
    let entries: Vec<fs::DirEntry> = entries;
    let ours = |entry: &fs::DirEntry| entry.file_name().to_str().is_some_and(|name| OURS.contains(&name));
    if !entries.iter().all(ours) {
        return Err(GateError::Foreign(dir.to_owned()));
    }
    // A file named like ours, in a folder without a registry, is not ours either.
    if !entries.is_empty() && !registry_path(dir).exists() {
        return Err(GateError::Foreign(dir.to_owned()));
    }
    for entry in entries {
        let path = entry.path();
        let gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        gone.map_err(GateError::io(&path))?;
    }
    Ok(())
}

fn mark(dir: &Path) -> Result<(), GateError> {
    let path = dir.join(MARKER);
    let temporary = dir.join("gj-data.json.new");
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&temporary)?;
        file.write_all(MARKER_TEXT.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, &path)?;
        File::open(dir)?.sync_all()
    };
    write().map_err(GateError::io(&path))
}
