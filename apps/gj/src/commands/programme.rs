//! `gj programme`: the rows of the programme as a readable file.

use crate::cli::{Programme, ProgrammeCheck, ProgrammeFile};
use crate::output;
use anyhow::Context;
use gj_gate::acts::init;

pub async fn run(command: Programme) -> anyhow::Result<()> {
    match command {
        Programme::Export(arguments) => {
            let gate = super::open(&arguments.place).await?;
            let text = gate.export_programme(&gate.local(&arguments.operator.user)).await?;
            gate.close().await;
            print!("{text}");
            Ok(())
        }
        Programme::Check(arguments) => check(arguments).await,
        Programme::Diff(arguments) => change(arguments, Mode::Show).await,
        Programme::Apply(arguments) => change(arguments, Mode::Apply).await,
    }
}

async fn check(arguments: ProgrammeCheck) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let gaps = gate.check_programme(&gate.local(&arguments.operator.user)).await?;
    gate.close().await;
    if arguments.format.json {
        output::json(&gaps)?;
    } else {
        gaps.iter().for_each(|gap| println!("{}: {}", gap.missing, gap.remedy));
    }
    anyhow::ensure!(gaps.is_empty(), "the programme lacks {} things this version knows", gaps.len());
    Ok(())
}

enum Mode {
    Show,
    Apply,
}

async fn change(arguments: ProgrammeFile, mode: Mode) -> anyhow::Result<()> {
    let name = arguments.file.display().to_string();
    let text = std::fs::read_to_string(&arguments.file).with_context(|| format!("`{name}`"))?;
    let file = init::ProgrammeFile { name: &name, text: &text };
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.operator.user);
    let json = arguments.format.json;
    let changes = match mode {
        Mode::Show => gate.diff_programme(&asker, file).await,
        Mode::Apply => gate.apply_programme(&asker, file).await,
    };
    let changes: Vec<String> = changes
        .map_err(|error| output::refusal_as_json(error, json))?
        .iter()
        .map(ToString::to_string)
        .collect();
    gate.close().await;
    if json {
        return output::json(&changes);
    }
    changes.iter().for_each(|change| println!("{change}"));
    eprintln!("{} rows differ", changes.len());
    Ok(())
}
