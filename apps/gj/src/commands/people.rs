//! `gj people …`: counts of people as a user may see them, and what they can be asked for by.

use crate::cli::people::{People, PeopleCount, PeopleTerms};
use crate::output;
use gj_gate::{PeopleCount as Told, PeopleQuestion};
use std::io::Write;

pub async fn run(command: People) -> anyhow::Result<()> {
    match command {
        People::Count(arguments) => count(*arguments).await,
        People::Terms(arguments) => terms(arguments).await,
    }
}

async fn count(arguments: PeopleCount) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.user);
    let json = arguments.format.json;
    let question = PeopleQuestion {
        freeze: arguments.freeze,
        purpose: arguments.purpose,
        project: arguments.project,
        variant: arguments.variant,
        zygosity: arguments.zygosity,
        terms: arguments.terms,
        sex: arguments.sex,
        stratum: arguments.stratum,
        contributor: arguments.contributor,
        dataset: arguments.dataset,
        entity: arguments.entity,
        by: arguments.by,
    };
    let answer = gate.ask_people(&asker, &question).await;
    let answer = answer.map_err(|error| output::refusal_as_json(error, json))?;
    gate.close().await;
    if json {
        return output::json(&answer);
    }
    let answer = answer.get();
    let mut out = std::io::stdout().lock();
    writeln!(out, "# release {} (digest {})", answer.citation.freeze, answer.citation.digest)?;
    if answer.step > 1 {
        writeln!(
            out,
            "# rounded up or down to multiples of {}; `-`: rounds to less than {}",
            answer.step, answer.told_from
        )?;
        writeln!(
            out,
            "# met: what those counted meet; conditions that hardly change the count are left out"
        )?;
    }
    writeln!(out, "group\tcount\tmet")?;
    let mut line = |name: &str, told: &Told| {
        let count = told.count.map_or_else(|| "-".to_owned(), |count| count.to_string());
        writeln!(out, "{name}\t{count}\t{}", told.met.join(", "))
    };
    line("all", &answer.total)?;
    for (name, told) in &answer.groups {
        line(name, told)?;
    }
    Ok(())
}

async fn terms(arguments: PeopleTerms) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.user);
    let json = arguments.format.json;
    let terms = gate.filtering_terms(&asker, &arguments.freeze, &arguments.purpose).await;
    let terms = terms.map_err(|error| output::refusal_as_json(error, json))?;
    gate.close().await;
    if json {
        return output::json(&terms);
    }
    let mut out = std::io::stdout().lock();
    for term in terms.get() {
        writeln!(out, "{}\t{}\t{}", term.id, term.label.ja, term.label.en)?;
    }
    Ok(())
}
