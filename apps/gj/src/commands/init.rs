//! `gj init`: an empty data directory.

use crate::cli::Init;
use anyhow::Context;
use gj_gate::acts::init::{DirectoryKind, NewDirectory, ProgrammeFile};
use gj_gate::{Clock, Gate};

pub async fn run(arguments: Init) -> anyhow::Result<()> {
    let text = match &arguments.programme {
        Some(path) => Some(std::fs::read_to_string(path).with_context(|| format!("`{}`", path.display()))?),
        None => None,
    };
    let name = arguments.programme.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let programme = text.as_deref().map(|text| ProgrammeFile { name: &name, text });
    let registry = arguments.place.registry.as_deref();
    let new = NewDirectory { programme, kind: DirectoryKind::Programme, registry };
    let gate = Gate::init(&arguments.place.data, new, Clock::System).await?;
    gate.close().await;
    eprintln!("data directory `{}` is ready", arguments.place.data.display());
    eprintln!(
        "next: gj import-samples --data {0} --institution ID SHEET.tsv",
        arguments.place.data.display()
    );
    Ok(())
}
