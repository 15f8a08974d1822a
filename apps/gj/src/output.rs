//! What is printed: results on standard output, everything else on standard error, and the exit status.

use gj_gate::{GateError, Refusal};
use std::io::{self, Write};
use std::process::ExitCode;

/// Exit status of a refusal.
const REFUSED: u8 = 3;

/// A refusal of a command that was asked for JSON.
#[derive(Debug, thiserror::Error)]
#[error("refused: {}", .0.codes())]
pub struct RefusedAsJson(pub Refusal);

/// Marks a refusal so that its reasons are printed as JSON.
pub fn refusal_as_json(error: GateError, json: bool) -> anyhow::Error {
    match error {
        GateError::Refused(refusal) if json => RefusedAsJson(refusal).into(),
        other => other.into(),
    }
}

/// Prints a value as JSON.
pub fn json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    Ok(writeln!(out)?)
}

/// Tells the user what went wrong; the status says whether it was a refusal.
pub fn failed(error: &anyhow::Error) -> ExitCode {
    if let Some(RefusedAsJson(refusal)) = error.downcast_ref() {
        // Nothing better can be done when standard output is gone.
        let _ = json(refusal);
        return ExitCode::from(REFUSED);
    }
    if let Some(GateError::Refused(refusal)) = error.downcast_ref() {
        eprintln!("refused / お断りします");
        for reason in &refusal.refused {
            eprintln!("  [{}]", reason.code);
            eprintln!("    {}", reason.ja);
            eprintln!("    {}", reason.en);
            if let Some(remedy) = &reason.remedy {
                eprintln!("    → {}: {} / {}", remedy.who, remedy.ja, remedy.en);
            }
            let until = reason.until.map(|until| format!("; until {until}")).unwrap_or_default();
            eprintln!("    ({}{until})", reason.source);
        }
        return ExitCode::from(REFUSED);
    }
    if is_closed_pipe(error) {
        return ExitCode::FAILURE;
    }
    eprintln!("gj: {}", told(error));
    ExitCode::FAILURE
}

/// The error with its causes, each once: most errors tell their cause and hand it on as well.
fn told(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// The reader of our output went away, as `head` does.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("`{path}`: {source}")]
    struct Told {
        path: &'static str,
        source: io::Error,
    }

    #[test]
    fn a_cause_is_told_once() {
        let denied = || io::Error::other("permission denied");
        let error = anyhow::Error::from(Told { path: "a.vcf", source: denied() });
        assert_eq!(told(&error), "`a.vcf`: permission denied");
        let error = anyhow::Error::from(denied()).context("`sheet.tsv`");
        assert_eq!(told(&error), "`sheet.tsv`: permission denied");
        let error = anyhow::Error::from(Told { path: "a.vcf", source: denied() }).context("cannot begin");
        assert_eq!(told(&error), "cannot begin: `a.vcf`: permission denied");
    }
}
