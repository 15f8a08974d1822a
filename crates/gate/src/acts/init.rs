//! Making an empty data directory.

pub(crate) mod folder;

use crate::case::check_rules;
use crate::clock::Clock;
use crate::error::GateError;
use crate::gate::{DEMO, Gate, registry_path};
use crate::ledger::Secret;
use crate::random;
use folder::Folder;
use gj_money::Tariff;
use gj_registry::{Entry, Programme, Registry, anchor, programme};
use gj_store::Store;
use serde_json::json;
use std::path::Path;

/// A programme to start with: the text of a file and its name for messages.
#[derive(Debug, Clone, Copy)]
pub struct ProgrammeFile<'a> {
    /// As typed, for error messages.
    pub name: &'a str,
    /// TOML.
    pub text: &'a str,
}

/// What a data directory is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DirectoryKind {
    /// People.
    #[default]
    Programme,
    /// Simulated people, loaded by `gj demo`.
    Demo,
}

/// A data directory to be made.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewDirectory<'a> {
    /// The programme to start with; `None`: the built-in example.
    pub programme: Option<ProgrammeFile<'a>>,
    /// What it is for.
    pub kind: DirectoryKind,
    /// An empty PostgreSQL database for the registry; `None`: a file in the directory.
    pub registry: Option<&'a str>,
}

impl Gate {
    /// Makes a data directory: users, roles, purposes and rules from a programme file, or from the
    /// built-in example. The marker file is written last: before it, the directory is none of ours, and
    /// what a failed or killed `init` left is cleared by the next.
    ///
    /// # Errors
    /// [`GateError::Foreign`] for a folder with other content, [`GateError::Exists`] for one that is a
    /// data directory already; a programme file with mistakes.
    pub async fn init(dir: &Path, new: NewDirectory<'_>, clock: Clock) -> Result<Gate, GateError> {
        let example = ProgrammeFile { name: "the built-in example", text: programme::EXAMPLE };
        let ProgrammeFile { name, text } = new.programme.unwrap_or(example);
        let programme = Programme::parse(text, name)?;
        check_rules(&programme)?;
        let folder = Folder::claim(dir)?;
        Store::open(dir)?;
        let registry = match new.registry {
            Some(url) => Registry::create_on(url).await?,
            None => Registry::create(&registry_path(dir)).await?,
        };
        let mut tx = registry.begin().await?;
        let changes = tx.apply_programme(&programme).await?;
        tx.put_tariff(&Tariff::example()?).await?;
        tx.set_exposure_secret(&Secret::make(dir)?.digest()).await?;
        let entry = Entry {
            at: &clock.at(),
            actor: "operator",
            act: "directory.init",
            subject: "programme",
            outcome: "done",
            // Two directories made in one second, and used alike, still have different logs: `own_registry` tells them
            // apart by a line's hash.
            detail: json!({ "rows": changes.len(), "id": random::digits::<16>()? }),
        };
        tx.audit(&entry).await?;
        // The log and its anchor come before the marker: no directory of ours is ever without them.
        if let Some(head) = tx.commit().await? {
            anchor::write(&dir.join("audit.head"), &head)?;
        }
        registry.close().await;
        if new.kind == DirectoryKind::Demo {
            folder.write(DEMO, "{ \"simulated\": true }\n")?;
        }
        if let Some(url) = new.registry {
            let line = format!("registry = {}\n", toml::Value::from(url));
            folder.write("gj.toml", &format!("# The PostgreSQL database with the registry.\n{line}"))?;
        }
        folder.mark()?;
        Gate::open(dir, clock).await
    }

    /// What the directory is for.
    pub fn kind(&self) -> DirectoryKind {
        match self.inner.dir.join(DEMO).is_file() {
            true => DirectoryKind::Demo,
            false => DirectoryKind::Programme,
        }
    }
}
