//! `gj application`: applications for use, from the draft to the final report.

use crate::cli::application::{Application, ApplicationAct, Reader, Scope};
use crate::output;
use gj_gate::acts::application::{Act, ApplicationCard, Draft, Due, StepRequest, Tier};
use gj_gate::{Asker, Gate, GateError};
use gj_model::ApplicationId;
use serde::Serialize;

pub async fn run(command: Application) -> anyhow::Result<()> {
    match command {
        Application::New(a) => {
            let (gate, asker) = open(&a.reader).await?;
            let id =
                gate.new_application(&asker, &draft(a.scope)).await.map_err(|e| refused(&a.reader, e))?;
            tell(&gate, &a.reader, &serde_json::json!({ "application": id }), || println!("{id}")).await
        }
        Application::Quote(a) => {
            let (gate, asker) = open(&a.reader).await?;
            let quote =
                gate.project_price(&asker, &draft(a.scope)).await.map_err(|e| refused(&a.reader, e))?;
            let text = || {
                println!("{} yen / 円: {} / {}", quote.amount_yen, quote.reason.ja, quote.reason.en);
                println!("  {}", quote.source);
            };
            tell(&gate, &a.reader, &quote, text).await
        }
        Application::Edit(a) => {
            let draft = Some(draft(a.scope));
            step(&a.reader, StepRequest { draft, ..StepRequest::new(a.application, Act::Edit) }).await
        }
        Application::Submit(a) => step(&a.reader, StepRequest::new(a.application, Act::Submit)).await,
        Application::Act(a) => act(a).await,
        Application::Show(a) => {
            let (gate, asker) = open(&a.reader).await?;
            let card = gate.application(&asker, &a.application).await.map_err(|e| refused(&a.reader, e))?;
            tell(&gate, &a.reader, &card, || print(&card)).await
        }
        Application::List(a) => {
            let (gate, asker) = open(&a.reader).await?;
            let list = gate.applications(&asker).await.map_err(|e| refused(&a.reader, e))?;
            let text = || {
                for brief in &list {
                    let due = brief.due.map_or(String::new(), |due| format!(", {due}"));
                    let mine = if brief.waits_for_me { " *" } else { "" };
                    println!("{} {} ({}){due}{mine}", brief.application, brief.state.ja(), brief.state.en());
                    println!("  {}", brief.title);
                }
            };
            tell(&gate, &a.reader, &list, text).await
        }
        Application::Due(a) => {
            let (gate, asker) = open(&a.reader).await?;
            let list = gate.applications_due(&asker).await.map_err(|e| refused(&a.reader, e))?;
            tell(&gate, &a.reader, &list, || list.iter().for_each(print_due)).await
        }
        Application::Register(a) => {
            let gate = super::open(&a.place).await?;
            let entries = gate.register().await?;
            gate.close().await;
            if a.format.json {
                return output::json(&entries);
            }
            for entry in entries {
                println!(
                    "{} {} {}–{}: {}",
                    entry.application, entry.purpose, entry.from, entry.until, entry.title
                );
                for name in &entry.institutions {
                    println!("  {} / {}", name.ja, name.en);
                }
                println!("  {} / {}; {}", entry.state.ja(), entry.state.en(), entry.datasets.join(", "));
                if let Some(due) = entry.deletion_overdue_since {
                    println!("  データ消去の報告が未提出 / report of deletion missing since {due}");
                }
            }
            Ok(())
        }
    }
}

async fn open(reader: &Reader) -> anyhow::Result<(Gate, Asker)> {
    let gate = super::open(&reader.place).await?;
    let asker = gate.local(&reader.user);
    Ok((gate, asker))
}

fn refused(reader: &Reader, error: GateError) -> anyhow::Error {
    output::refusal_as_json(error, reader.format.json)
}

async fn tell(
    gate: &Gate,
    reader: &Reader,
    value: &impl Serialize,
    text: impl FnOnce(),
) -> anyhow::Result<()> {
    gate.close().await;
    if reader.format.json {
        return output::json(value);
    }
    text();
    Ok(())
}

fn draft(scope: Scope) -> Draft {
    let Scope { title, purpose, tier, datasets, people, from, until, plan } = scope;
    Draft { title, purpose, tier, datasets, people, from, until, plan }
}

async fn act(a: ApplicationAct) -> anyhow::Result<()> {
    let mut request = StepRequest {
        version: a.seen,
        subject: a.subject,
        verdict: a.verdict,
        text: a.text,
        digest: a.digest,
        paper: a.kind.map(|kind| (kind, a.release)),
        ..StepRequest::new(a.application, a.act)
    };
    if matches!(a.act, Act::Renew | Act::ChangeScope | Act::Correct) {
        let (gate, asker) = open(&a.reader).await?;
        let card = gate.application(&asker, &request.application).await.map_err(|e| refused(&a.reader, e))?;
        gate.close().await;
        request.draft = Some(changed(
            &card,
            Changes { until: a.until, plan: a.plan, tier: a.tier, datasets: a.datasets },
        )?);
        request.version = request.version.or(Some(card.version));
    }
    step(&a.reader, request).await
}

/// What a step changes of a scope.
struct Changes {
    until: Option<chrono::NaiveDate>,
    plan: Option<String>,
    tier: Option<Tier>,
    datasets: Vec<String>,
}

/// The scope as it stands, changed.
fn changed(card: &ApplicationCard, changes: Changes) -> anyhow::Result<Draft> {
    let scope = card.scope.clone();
    let people = scope.people.iter().skip(1).map(|person| person.user.parse());
    Ok(Draft {
        title: scope.title,
        purpose: scope.purpose,
        tier: changes.tier.unwrap_or(scope.tier),
        datasets: if changes.datasets.is_empty() { scope.datasets } else { changes.datasets },
        people: people.collect::<Result<_, _>>()?,
        from: scope.from,
        until: changes.until.unwrap_or(scope.until),
        plan: changes.plan.unwrap_or(scope.plan),
    })
}

async fn step(reader: &Reader, request: StepRequest) -> anyhow::Result<()> {
    let (gate, asker) = open(reader).await?;
    let id: ApplicationId = gate.step_application(&asker, &request).await.map_err(|e| refused(reader, e))?;
    let card = match gate.application(&asker, &id).await {
        Ok(card) => card,
        // Who declared a conflict, or was released, sees the application no longer.
        Err(GateError::NoApplication(_)) => {
            return tell(&gate, reader, &serde_json::json!({ "application": id }), || println!("{id}")).await;
        }
        Err(error) => return Err(refused(reader, error)),
    };
    tell(&gate, reader, &card, || print(&card)).await
}

fn print(card: &ApplicationCard) {
    println!("{} {} ({}) v{}", card.application, card.state.ja(), card.state.en(), card.version);
    println!("  {}", card.scope.title);
    let people: Vec<&str> = card.scope.people.iter().map(|person| person.user.as_str()).collect();
    println!(
        "  {} {} {}; {}; {}–{}",
        card.scope.purpose,
        card.scope.tier,
        card.scope.datasets.join(", "),
        people.join(", "),
        card.scope.from,
        card.scope.until
    );
    println!("  digest {}", card.digest);
    println!("  {} / {}", card.asks.ja, card.asks.en);
    if let Some(due) = card.due {
        println!("  期限 / due {due}{}", if card.overdue { " 期限超過 / overdue" } else { "" });
    }
    if let Some(quote) = &card.quote {
        println!("  {} 円 / yen: {} / {}", quote.amount_yen, quote.reason.ja, quote.reason.en);
    }
    for reason in &card.match_reasons {
        println!("  [{}] {} / {} ({})", reason.code, reason.ja, reason.en, reason.source);
    }
    for event in &card.events {
        let who = event.actor.as_deref().unwrap_or(event.role.name());
        let said = event.text.as_deref().map_or(String::new(), |text| format!(": {text}"));
        let verdict = event.verdict.as_deref().map_or(String::new(), |verdict| format!(" [{verdict}]"));
        println!(
            "  {:>3} {} {who}: {} / {}{verdict}{said}",
            event.number,
            event.at,
            event.act.ja(),
            event.act.en()
        );
    }
    let may: Vec<&str> = card.may.iter().map(|act| act.name()).collect();
    println!("  できること / you may: {}", may.join(", "));
}

fn print_due(due: &Due) {
    let mark = match due {
        Due { overdue: true, .. } => "期限超過 / overdue",
        Due { remind: true, .. } => "まもなく / soon",
        _ => "",
    };
    let mine = if due.waits_for_me { " *" } else { "" };
    println!("{} {} {}{mine} {mark}", due.due, due.application, due.what);
    println!("  {} / {}", due.words.ja, due.words.en);
}
