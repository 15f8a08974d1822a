//! `gj policy`: the rules of a day as people read them, how two profiles differ, and what is decided why.

use crate::cli::policy::{Diff, Explain, Lang, List, Policy, Reading, Rules};
use crate::output;
use anyhow::{Context, bail};
use chrono::NaiveDate;
use gj_gate::policy::{
    AgreementFact, Applicant, Conditions, ConsentFact, DatasetFact, Decision, Facts, Party, Period, Profile,
    PurposeFact, Rule, Table, TermFact, Tier, WindowFact, decide, difference, profile,
};
use gj_gate::{Clock, Gate};
use gj_model::{Effect, Reason, Remedy, Scope, ScopeItem};
use std::borrow::Cow;
use std::sync::Arc;

pub async fn run(command: Policy) -> anyhow::Result<()> {
    match command {
        Policy::List(arguments) => list(arguments).await,
        Policy::Diff(arguments) => diff(arguments),
        Policy::Explain(arguments) => explain(*arguments).await,
    }
}

fn day(reading: &Reading) -> NaiveDate {
    reading.as_of.unwrap_or_else(|| Clock::System.today())
}

/// A profile that ships, or one in a file.
fn named(name: &str) -> anyhow::Result<Cow<'static, Profile>> {
    if let Some(profile) = profile::shipped(name) {
        return Ok(Cow::Borrowed(profile));
    }
    if !name.ends_with(".toml") {
        let known = profile::SHIPPED.join(", ");
        bail!("`{name}` is not a profile; expected {known} or a file that ends in .toml");
    }
    let text = std::fs::read_to_string(name).with_context(|| format!("`{name}`"))?;
    let profile = Profile::parse(&text).map_err(|what| anyhow::anyhow!("`{name}`: {what}"))?;
    Ok(Cow::Owned(profile))
}

async fn table(rules: &Rules, day: NaiveDate) -> anyhow::Result<Arc<Table>> {
    match (&rules.data, &rules.profile) {
        (_, Some(name)) => Ok(Arc::new(Table::of(&[&named(name)?.rules], day))),
        (None, None) => Ok(Arc::new(Table::of(&[&named(profile::SHIPPED[0])?.rules], day))),
        (Some(data), None) => {
            let gate = Gate::open(data, Clock::System).await?;
            let table = gate.rules_of(day).await?;
            gate.close().await;
            Ok(table)
        }
    }
}

async fn list(arguments: List) -> anyhow::Result<()> {
    let day = day(&arguments.reading);
    let table = table(&arguments.rules, day).await?;
    if arguments.reading.json {
        return output::json(&table.rules());
    }
    println!("# {day}: {} rules", table.rules().len());
    for rule in table.rules() {
        println!();
        print_rule(rule, arguments.reading.lang);
    }
    Ok(())
}

fn print_rule(rule: &Rule, lang: Lang) {
    let effect = rule.effect.map_or("words", effect_name);
    let last = rule.valid_to.map_or(String::new(), |last| last.to_string());
    println!("{} | {effect} | {} – {last}", rule.code, rule.valid_from);
    for conditions in &rule.when {
        println!("    when {}", condition_text(conditions));
    }
    if !rule.needs.is_empty() {
        println!("    needs {}", rule.needs);
    }
    sentences(&rule.ja, &rule.en, lang).for_each(|text| println!("    {text}"));
    remedy(rule.remedy.as_ref(), lang);
    println!("    ({})", rule.source);
}

fn remedy(remedy: Option<&Remedy>, lang: Lang) {
    let Some(remedy) = remedy else { return };
    sentences(&remedy.ja, &remedy.en, lang).for_each(|text| println!("    → {}: {text}", remedy.who));
}

fn sentences<'a>(ja: &'a str, en: &'a str, lang: Lang) -> impl Iterator<Item = &'a str> {
    let both = [(Lang::Ja, ja), (Lang::En, en)];
    both.into_iter().filter(move |(one, _)| lang == Lang::Both || lang == *one).map(|(_, text)| text)
}

fn effect_name(effect: Effect) -> &'static str {
    match effect {
        Effect::Deny => "deny",
        Effect::Ask => "ask",
        Effect::Duty => "duty",
        Effect::Needs => "needs",
    }
}

/// Conditions on one line: `usage overview or detailed, paid false`.
fn condition_text(conditions: &Conditions) -> String {
    let fields = serde_json::to_value(conditions).unwrap_or_default();
    let word = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let field = |(name, value): (&String, &serde_json::Value)| match value.as_array() {
        Some(values) => format!("{name} {}", values.iter().map(word).collect::<Vec<_>>().join(" or ")),
        None => format!("{name} {}", word(value)),
    };
    fields.as_object().map_or(String::new(), |map| map.iter().map(field).collect::<Vec<_>>().join(", "))
}

fn diff(arguments: Diff) -> anyhow::Result<()> {
    let day = day(&arguments.reading);
    let table = |name: &str| anyhow::Ok(Table::of(&[&named(name)?.rules], day));
    let (first, second) = (table(&arguments.first)?, table(&arguments.second)?);
    let found = difference(&first, &second);
    if arguments.reading.json {
        return output::json(&found);
    }
    let lang = arguments.reading.lang;
    println!("# {day}: {} | {}", arguments.first, arguments.second);
    for (name, rules) in [(&arguments.first, &found.only_first), (&arguments.second, &found.only_second)] {
        for rule in rules {
            println!("\n## only {name}");
            print_rule(rule, lang);
        }
    }
    for changed in &found.changed {
        println!("\n## {} differs in {}", changed.first.code, changed.fields.join(", "));
        println!("{}:", arguments.first);
        print_rule(&changed.first, lang);
        println!("{}:", arguments.second);
        print_rule(&changed.second, lang);
    }
    println!("\n## who may do what: {} cells differ", found.cells.len());
    for cell in &found.cells {
        println!("{} | {} | {}", cell.first.who, cell.first.data, cell.first.usage);
        println!("    {}: {}", arguments.first, cell.first.answer);
        println!("    {}: {}", arguments.second, cell.second.answer);
    }
    Ok(())
}

async fn explain(arguments: Explain) -> anyhow::Result<()> {
    let facts = match &arguments.facts {
        Some(path) => {
            let name = path.display();
            let text = std::fs::read_to_string(path).with_context(|| format!("`{name}`"))?;
            serde_json::from_str(&text).with_context(|| format!("`{name}`"))?
        }
        None => facts(&arguments)?,
    };
    if arguments.print_facts {
        return output::json(&facts);
    }
    let table = table(&arguments.rules, facts.today).await?;
    let decision = decide(&table, &facts);
    if arguments.reading.json {
        return output::json(&decision);
    }
    let lang = arguments.reading.lang;
    println!("{} ({}, {}, {})", decision.name(), facts.today, facts.composition(), facts.usage());
    match &decision {
        Decision::Allow(terms) => {
            println!("  counting people who allowed {}", terms.needs_scope);
            terms.duties.iter().for_each(|duty| print_reason(duty, lang));
        }
        Decision::Ask(reasons) | Decision::Deny(reasons) => {
            reasons.iter().for_each(|reason| print_reason(reason, lang));
        }
    }
    Ok(())
}

fn print_reason(reason: &Reason, lang: Lang) {
    let until = reason.until.map_or(String::new(), |until| format!(", until {until}"));
    println!("  [{}] {}{until}", reason.code, effect_name(reason.effect));
    sentences(&reason.ja, &reason.en, lang).for_each(|text| println!("    {text}"));
    remedy(reason.remedy.as_ref(), lang);
    let from = reason.valid_from.map_or(String::new(), |from| format!("; {from} –"));
    let to = reason.valid_to.map_or(String::new(), |to| format!(" {to}"));
    println!("    ({}{from}{to})", reason.source);
}

/// The facts that options say.
fn facts(arguments: &Explain) -> anyhow::Result<Facts> {
    let today = day(&arguments.reading);
    let start = arguments.start.unwrap_or(today);
    let holds = Period { valid_from: today, valid_to: None };
    let (own, dataset) = ("applicant-institution", "dataset");
    let agreement =
        |dataset: Option<&str>| AgreementFact { dataset: dataset.map(str::to_owned), period: holds };
    let mut facts = Facts::of(today, &arguments.act);
    facts.applicant = Some(Applicant {
        user: "applicant".to_owned(),
        active: true,
        institution: own.to_owned(),
        class: Some(arguments.class),
        country: arguments.country.clone(),
        acts: vec![arguments.act.clone()],
        paid: arguments.paid,
        trainings: arguments.trained.then_some(holds).into_iter().collect(),
        agreements: match arguments.agreement.name() {
            "none" => Vec::new(),
            "consortium" => vec![agreement(None)],
            _ => vec![agreement(Some(dataset))],
        },
        sanctions: arguments.sanctioned.then_some(holds).into_iter().collect(),
    });
    for (number, text) in arguments.collaborators.iter().enumerate() {
        let (class, country) = text.split_once(':').unwrap_or((text, "JP"));
        let class = class.parse().map_err(|what: String| anyhow::anyhow!(what))?;
        let institution = format!("partner-{}", number + 1);
        facts.collaborators.push(Party {
            institution,
            class,
            country: country.to_owned(),
            sanctions: Vec::new(),
        });
    }
    facts.purpose = Some(purpose(arguments)?);
    facts.usage = Some(arguments.usage);
    facts.consent = arguments.consent.map(|scope| ConsentFact { version: 1, scope });
    facts.done = arguments.done.clone();
    facts.public_grant = arguments.public_grant;
    if arguments.tier == Tier::None {
        return Ok(facts);
    }
    let window = |hard_end, funder: &str, tier| WindowFact {
        funder: funder.to_owned(),
        tier,
        from: start,
        hard_end,
        source: "given".to_owned(),
    };
    let mut windows = Vec::new();
    if let Some(end) = arguments.window_until {
        windows.push(window(end, "other-funder", gj_gate::policy::FunderTier::Cash));
        windows.extend(arguments.holds_window.map(|gift| window(end, own, gift)));
    }
    let term = |text: &String| {
        let (duo, value) = text.split_once('=').unwrap_or((text, ""));
        TermFact { duo: duo.to_owned(), value: value.to_owned(), period: holds, source: "given".to_owned() }
    };
    facts.dataset = Some(DatasetFact {
        id: dataset.to_owned(),
        contributor: if arguments.own { own } else { "contributor" }.to_owned(),
        stratum: None,
        tier: arguments.tier,
        start,
        restricted_months: arguments.restricted_months,
        academia_only: false,
        windows,
        terms: arguments.terms.iter().map(term).collect(),
    });
    Ok(facts)
}

fn purpose(arguments: &Explain) -> anyhow::Result<PurposeFact> {
    let duo = match arguments.purpose.code.as_str() {
        "GRU" => "DUO:0000042",
        "HMB" => "DUO:0000006",
        "DS" => "DUO:0000007",
        "POA" => "DUO:0000011",
        other => {
            bail!("`{other}` is not a purpose of this command; expected GRU, HMB, POA or DS:MONDO:0005148")
        }
    };
    let named = arguments.purpose.disease.iter().chain(&arguments.ancestors).cloned();
    Ok(PurposeFact {
        known: true,
        duo: duo.to_owned(),
        needs_disease: arguments.purpose.code == "DS",
        diseases: named.collect(),
        vocabulary: gj_gate::policy::Vocabulary::Known,
        needs_scope: Scope::NONE.with(ScopeItem::Research),
    })
}
