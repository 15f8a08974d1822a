//! `gj exposure`: accounts of the ledger of privacy.

use crate::cli::exposure::Exposure;
use crate::output;
use gj_gate::{Budget, ExposureCard};

pub async fn run(arguments: Exposure) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.asker);
    let own = arguments.user.as_ref() == Some(&arguments.asker);
    let cards = match own {
        true => gate.exposure(&asker).await.map(|card| vec![card]),
        false => gate.exposures(&asker).await,
    };
    let mut cards = cards.map_err(|error| output::refusal_as_json(error, arguments.format.json))?;
    gate.close().await;
    if let Some(user) = &arguments.user {
        cards.retain(|card| card.user.as_deref() == Some(user.as_str()));
    }
    if let Some(institution) = &arguments.organisation {
        cards.retain(|card| card.user.is_none() && card.institution == institution.as_str());
    }
    if arguments.format.json {
        return output::json(&cards);
    }
    cards.iter().for_each(print);
    if cards.is_empty() {
        println!("nothing was shown on record");
    }
    Ok(())
}

fn print(card: &ExposureCard) {
    match &card.user {
        Some(user) => println!("{user} ({}), {}", card.institution, card.regime),
        None => println!("institution {}", card.institution),
    }
    if let Some(account) = &card.guarded {
        println!("  {} counts shown; {}", account.answers, told(&account.own));
        if let Some(theirs) = &account.institution {
            println!("  institution: {}", told(theirs));
        }
    }
    if let Some(account) = &card.agreed {
        let most = account.sites_most.map_or_else(|| "no limit".to_owned(), |most| format!("of {most}"));
        println!(
            "  {} sites shown, {most}; power at most about {:.3}",
            account.sites, account.power_estimate
        );
        for release in &account.releases {
            println!("    {}: {}", release.freeze, release.sites);
        }
    }
    println!("  {}\n  {}", card.remains.ja, card.remains.en);
}

fn told(budget: &Budget) -> String {
    let Budget { budget, spent, power, power_most, .. } = budget;
    format!(
        "{spent:.6} of {budget:.6} spent (power {power:.3} of at most {power_most:.3} at 5% false positives)"
    )
}
