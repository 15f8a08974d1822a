//! Moving the registry from its file to a server, or back: whole, checked, and in force in one place at a time.
//!
//! Owns the order of the steps and the line in `gj.toml`. A crash before the old registry is closed leaves it
//! in force; after that the next opening finishes ([`finish`]).

use crate::ask::Asker;
use crate::audit::Note;
use crate::config::Config;
use crate::error::GateError;
use crate::gate::{Gate, anchor_path, own_registry, registry_path};
use gj_registry::{MovedTable, Registry, anchor};
use serde::Serialize;
use serde_json::json;
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// The right it takes: who may change every row of the programme.
const RIGHT: &str = "programme.edit";
/// How its line in the log is called.
const ACT: &str = "registry.move";
/// What a registry in the data directory's own file is called.
const IN_FILE: &str = "registry.sqlite";

/// Where a registry is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// The file in the data directory.
    File,
    /// An empty database of a server, `postgres://USER@HOST/DATABASE`.
    Server(String),
}

/// What was moved.
#[derive(Debug, Clone, Serialize)]
pub struct MoveReport {
    /// Where the registry is now.
    pub to: String,
    /// Where the old one stands, closed for good: to be removed once the new one is trusted.
    pub left: String,
    /// Every table, with rows and digest.
    pub tables: Vec<MovedTable>,
}

impl std::str::FromStr for Destination {
    type Err = String;

    fn from_str(text: &str) -> Result<Destination, String> {
        Ok(match text {
            "file" => Destination::File,
            url => Destination::Server(url.to_owned()),
        })
    }
}

impl Destination {
    /// How `gj.toml` and the marks name it; an address holds no password.
    fn place(&self) -> &str {
        match self {
            Destination::File => IN_FILE,
            Destination::Server(url) => url,
        }
    }
}

impl Gate {
    /// Moves the registry. Nobody writes meanwhile; whoever has the old one open is refused afterwards.
    ///
    /// # Errors
    /// A refusal; a place that is not empty or is the present one; what the databases say. The registry then
    /// is where it was.
    pub async fn move_registry(&self, asker: &Asker, to: &Destination) -> Result<MoveReport, GateError> {
        self.authorise(asker, RIGHT, "registry").await?;
        let from = self.inner.config.registry.clone().unwrap_or_else(|| IN_FILE.to_owned());
        self.as_writer(self.writer_wait_max(), self.move_locked(asker, &from, to)).await
    }

    async fn move_locked(
        &self,
        asker: &Asker,
        from: &str,
        to: &Destination,
    ) -> Result<MoveReport, GateError> {
        let target = match to {
            Destination::File => Registry::create(&registry_path(&self.inner.dir)).await?,
            Destination::Server(url) => Registry::create_on(url).await?,
        };
        let mut change = self.inner.registry.begin().await?;
        let engine = |place: &str| if place == IN_FILE { "file" } else { "server" };
        let detail = json!({ "from": engine(from), "to": engine(to.place()) });
        let note = Note { actor: asker.name(), act: ACT, subject: "registry", outcome: "done", detail };
        self.note(&mut change, note).await?;
        let transfer = self.inner.registry.transfer(change, &target).await?;
        let tables = transfer.tables.clone();
        let head = transfer.commit(from, to.place()).await?;
        target.close().await;
        if let Some(head) = head {
            anchor::write(&anchor_path(&self.inner.dir), &head)?;
        }
        finish(&self.inner.dir, to.place()).await?;
        Ok(MoveReport { to: to.place().to_owned(), left: from.to_owned(), tables })
    }
}

/// Puts the registry in force that another was moved to, and has `gj.toml` name it. Doing it again is harmless.
pub(crate) async fn finish(dir: &Path, place: &str) -> Result<Config, GateError> {
    let registry = match place {
        IN_FILE => Registry::open(&registry_path(dir)).await?,
        url => own_registry(dir, url).await?,
    };
    if registry.arriving_from().await?.is_some() {
        registry.arrive().await?;
    }
    registry.close().await;
    let path = dir.join("gj.toml");
    let old = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(GateError::io(&path)(error)),
    };
    write(&path, &named(&old, place)).map_err(GateError::io(&path))?;
    Config::load(&path)
}

/// The settings with another place of the registry; everything else stays as it was written.
fn named(settings: &str, place: &str) -> String {
    let mut text = match place {
        IN_FILE => String::new(),
        url => format!("registry = {}\n", toml::Value::from(url)),
    };
    let mut in_table = false;
    for line in settings.lines() {
        in_table |= line.trim_start().starts_with('[');
        let key = line.split('=').next().unwrap_or_default().trim();
        if in_table || key != "registry" {
            text += line;
            text.push('\n');
        }
    }
    text
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let temporary = path.with_added_extension("new");
    let mut file = File::create(&temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_line_of_the_registry_changes() {
        let old = "# ours\nregistry = \"postgres://a@localhost/x\"\n[limits]\nregistry = 1\n";
        assert_eq!(named(old, IN_FILE), "# ours\n[limits]\nregistry = 1\n");
        let new = named(old, "postgres://b@localhost/y");
        assert_eq!(new, "registry = \"postgres://b@localhost/y\"\n# ours\n[limits]\nregistry = 1\n");
        assert_eq!(named("", IN_FILE), "");
    }
}
