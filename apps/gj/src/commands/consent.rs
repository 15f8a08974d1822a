//! `gj consent`: change of mind, previews, and what a participant's data were used for.

use crate::cli::{Consent, ConsentChange, ConsentDue, ConsentOf};
use crate::{output, progress};
use gj_gate::GateError;
use gj_gate::acts::consent::{Intent, Statement, Use};
use serde_json::Value;

pub async fn run(command: Consent) -> anyhow::Result<()> {
    match command {
        Consent::Change(arguments) if !arguments.dry_run => change(arguments).await,
        Consent::Change(arguments) | Consent::Preview(arguments) => preview(arguments).await,
        Consent::Show(arguments) => show(arguments).await,
        Consent::Uses(arguments) => uses(arguments).await,
        Consent::Due(arguments) => due(arguments).await,
    }
}

fn statement(arguments: &ConsentChange) -> Statement {
    let typed = &arguments.statement;
    Statement {
        scope: typed.scope,
        form: typed.form.clone(),
        by: typed.by,
        relation: typed.relation.clone(),
        assent: typed.assent,
        adult_on: typed.adult_on,
        channel: typed.channel,
        document: typed.document.clone(),
        signed_on: typed.signed_on,
    }
}

async fn change(arguments: ConsentChange) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.operator.user);
    let json = arguments.format.json;
    let spinner = progress::spinner("recording the change");
    let changed = gate.change_consent(&asker, &arguments.participant, &statement(&arguments)).await;
    spinner.finish_and_clear();
    let changed = changed.map_err(|error| output::refusal_as_json(error, json))?;
    gate.close().await;
    match &changed.repair_error {
        Some(GateError::Busy(_)) => eprintln!(
            "the change holds; another `gj` is writing, releases are recounted when it ends, or by `gj repair`"
        ),
        Some(other) => eprintln!(
            "the change holds, but releases are not recounted yet: {other}; mend it, then run `gj repair`"
        ),
        None => {}
    }
    if json {
        return output::json(&changed.receipt);
    }
    tell(&changed.receipt);
    Ok(())
}

async fn preview(arguments: ConsentChange) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.operator.user);
    let intent = Intent::Change(statement(&arguments));
    let preview = gate.preview_consent(&asker, &arguments.participant, &intent).await;
    let preview = preview.map_err(|error| output::refusal_as_json(error, arguments.format.json))?;
    gate.close().await;
    if arguments.format.json {
        return output::json(&preview);
    }
    tell(&preview);
    Ok(())
}

async fn show(arguments: ConsentOf) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.operator.user);
    let shown = gate.consents(&asker, &arguments.participant).await;
    let shown = shown.map_err(|error| output::refusal_as_json(error, arguments.format.json))?;
    gate.close().await;
    if arguments.format.json {
        return output::json(&shown);
    }
    for version in shown["versions"].as_array().into_iter().flatten() {
        let text = |name: &str| version[name].as_str().unwrap_or("-").to_owned();
        println!(
            "{}\t{}\t{}\t{}\t{}",
            version["version"],
            text("valid_from"),
            text("scope"),
            text("by"),
            text("source")
        );
    }
    Ok(())
}

async fn uses(arguments: ConsentOf) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.operator.user);
    let uses = gate.uses(&asker, &arguments.participant).await;
    let uses = uses.map_err(|error| output::refusal_as_json(error, arguments.format.json))?;
    gate.close().await;
    if arguments.format.json {
        return output::json(&uses);
    }
    println!("あなたのデータの利用 / Uses of your data");
    println!("リリースから答えた集計（人数を数えるためだけに使われました） / Counts answered from releases");
    uses.answers.iter().for_each(line);
    println!("遺伝子型の切り出し（承認された研究課題） / Extracts of genotypes for approved projects");
    uses.extracts.iter().for_each(line);
    if uses.answers.is_empty() && uses.extracts.is_empty() {
        println!("  利用はまだありません。 / None so far.");
    }
    Ok(())
}

fn line(of: &Use) {
    let purpose =
        of.purpose_name.as_ref().map_or(String::new(), |name| format!(" {} / {}", name.ja, name.en));
    let days = if of.first == of.last { of.first.clone() } else { format!("{} – {}", of.first, of.last) };
    println!("  {} {} / {}: {}{purpose}", of.from, of.institution.ja, of.institution.en, of.purpose);
    let project = of.project.as_ref().map_or(String::new(), |project| format!("; {project}"));
    println!("    {} 回 / times, {days}; {}{project}", of.times, of.consent);
}

async fn due(arguments: ConsentDue) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.operator.user);
    let due = gate.consents_due(&asker, arguments.until).await;
    let due = due.map_err(|error| output::refusal_as_json(error, arguments.format.json))?;
    gate.close().await;
    if arguments.format.json {
        return output::json(&due);
    }
    due.iter().for_each(|due| println!("{}\t{}", due.adult_on, due.participant));
    Ok(())
}

/// A receipt or a preview, in both languages.
pub fn tell(document: &Value) {
    let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str).unwrap_or("-");
    let list = |pointer: &str| {
        let items = document.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
        let items: Vec<&str> = items.filter_map(Value::as_str).collect();
        if items.is_empty() { "-".to_owned() } else { items.join(", ") }
    };
    match document["receipt"].as_str() {
        Some(receipt) => println!("receipt / 受領番号 {receipt} ({})", text("/at")),
        None => println!("preview / 確認前の表示"),
    }
    println!("  before / 変更前: {}", text("/before"));
    println!("  after / 変更後: {}", text("/after"));
    println!("  stops / やめる利用: {} / {}", list("/stops/ja"), list("/stops/en"));
    println!("  begins / 新たに認める利用: {} / {}", list("/begins/ja"), list("/begins/en"));
    println!("  {}", text("/effect/ja"));
    println!("  {}", text("/effect/en"));
    for release in document["releases"].as_array().into_iter().flatten() {
        match release.as_str() {
            Some(name) => println!("  release / リリース {name}"),
            None => println!(
                "  release / リリース {}: people / 人数 {}, variants / バリアント数 <= {}, answers given / 回答 {}",
                release["release"].as_str().unwrap_or("-"),
                release["people"],
                release["variants_recounted_at_most"],
                release["answers_given"],
            ),
        }
    }
    println!(
        "  cannot be called back / 回収できないもの: answers / 回答 {}; extracts / 切り出し {}",
        document["not_recallable"]["answers_given_from_these_releases"],
        list("/not_recallable/extracts")
    );
    println!("  {}", text("/not_recallable/ja"));
    println!("  {}", text("/not_recallable/en"));
}
