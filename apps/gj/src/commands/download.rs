//! `gj download`: a whole release as a file, with the numbers of the pages and the same cells hidden.

use crate::cli::Download;
use anyhow::{Context, bail};
use gj_gate::{FileQuestion, GateError};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// Times it is made again because somebody left meanwhile.
const TRIES: usize = 3;
/// A command waits for the file to be made, however long that takes.
const WAIT_MAX: Duration = Duration::from_secs(u32::MAX as u64);
/// Bytes copied at once.
const STRETCH: u64 = 1 << 20;

pub async fn run(arguments: Download) -> anyhow::Result<()> {
    if arguments.out.exists() {
        bail!("`{}` exists already; choose another `--out`, or move it away", arguments.out.display());
    }
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.user);
    let question = FileQuestion {
        freeze: arguments.freeze,
        file: arguments.file,
        by: arguments.by,
        purpose: arguments.purpose,
        project: arguments.project,
    };
    let mut made = gate.download(&asker, &question, WAIT_MAX).await;
    for _ in 1..TRIES {
        if matches!(made, Err(GateError::Changed)) {
            made = gate.download(&asker, &question, WAIT_MAX).await;
        }
    }
    let file = made?.into_inner();
    gate.close().await;
    write(&arguments.out, &file).with_context(|| format!("`{}`", arguments.out.display()))?;
    eprintln!("{} bytes written to `{}`", file.length(), arguments.out.display());
    Ok(())
}

/// Writes beside the target and renames, so that a half-written file is never taken for a whole one.
fn write(path: &Path, file: &gj_gate::Download) -> anyhow::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".part");
    let mut out = File::create(&temporary)?;
    let mut at = 0;
    while at < file.length() {
        let bytes = file.read(at, STRETCH.min(file.length() - at) as usize)?;
        out.write_all(&bytes)?;
        at += bytes.len() as u64;
    }
    out.sync_all()?;
    Ok(std::fs::rename(&temporary, path)?)
}
