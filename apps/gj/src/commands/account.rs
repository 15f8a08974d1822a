//! `gj account`: accounts of this machine, their passwords, locks, certificates and e-mail domains.
//!
//! A password is typed, twice, without being shown; or it is the first line of standard input, where
//! that is no terminal. It is never an argument, which other users of the machine could read.

use crate::cli::account::{Account, AccountAdd, AccountDomain, AccountTraining};
use crate::output;
use anyhow::{Context, bail};
use chrono::NaiveDate;
use gj_gate::acts::account::{EmailDomain, Training, User};
use gj_gate::{Asker, Clock, Gate};
use std::io::{IsTerminal, Read, stdin};

/// Bytes read in search of the end of a line.
const LINE_BYTES_MAX: u64 = 4_096;

pub async fn run(command: Account) -> anyhow::Result<()> {
    match command {
        Account::Add(arguments) => add(arguments).await,
        Account::Password(arguments) => {
            let (gate, asker) = open(&arguments.place, &arguments.operator).await?;
            gate.set_password(&asker, &arguments.account, typed()?).await?;
            gate.close().await;
            told(&format!("password of `{}` is set; its sessions have ended", arguments.account))
        }
        Account::Lock(arguments) => {
            let (gate, asker) = open(&arguments.place, &arguments.operator).await?;
            gate.lock_account(&asker, &arguments.account).await?;
            gate.close().await;
            told(&format!("`{}` is locked", arguments.account))
        }
        Account::Unlock(arguments) => {
            let (gate, asker) = open(&arguments.place, &arguments.operator).await?;
            gate.unlock_account(&asker, &arguments.account).await?;
            gate.close().await;
            told(&format!("`{}` is unlocked", arguments.account))
        }
        Account::List(arguments) => {
            let (gate, asker) = open(&arguments.place, &arguments.operator).await?;
            let accounts = gate.accounts(&asker).await?;
            gate.close().await;
            if arguments.format.json {
                return output::json(&accounts);
            }
            for account in accounts {
                let password = account.password_at.as_deref().unwrap_or("no password");
                let state = match (&account.locked_at, account.active) {
                    (Some(at), _) => format!("locked {at}"),
                    (None, true) => "open".to_owned(),
                    (None, false) => "switched off".to_owned(),
                };
                println!("{}\t{}\t{state}\t{password}", account.user, account.institution);
            }
            Ok(())
        }
        Account::Training(arguments) => training(arguments).await,
        Account::Participant(arguments) => {
            let (gate, asker) = open(&arguments.place, &arguments.operator).await?;
            let (account, participant) = (&arguments.account, arguments.participant.as_str());
            if arguments.remove {
                gate.unlink_participant(&asker, account, participant).await?;
            } else {
                gate.link_participant(&asker, account, participant, arguments.relation.as_deref()).await?;
            }
            gate.close().await;
            told(&format!("`{account}` is {}linked", if arguments.remove { "no longer " } else { "" }))
        }
        Account::Domain(arguments) => domain(arguments).await,
    }
}

async fn add(arguments: AccountAdd) -> anyhow::Result<()> {
    let (gate, asker) = open(&arguments.place, &arguments.operator).await?;
    let user = User {
        id: arguments.account,
        name_ja: arguments.name_ja,
        name_en: arguments.name_en,
        institution: arguments.institution,
        roles: arguments.roles,
        active: true,
    };
    gate.add_account(&asker, &user, arguments.email.as_deref(), typed()?).await?;
    gate.close().await;
    told(&format!("account `{}` is made; it signs in with its password", user.id))
}

async fn training(arguments: AccountTraining) -> anyhow::Result<()> {
    let (gate, asker) = open(&arguments.place, &arguments.operator).await?;
    let training = Training {
        user: arguments.account,
        name: arguments.training,
        valid_from: arguments.from.unwrap_or_else(today),
        valid_to: arguments.until,
        source: arguments.source,
    };
    gate.record_training(&asker, &training).await?;
    gate.close().await;
    told(&format!("`{}` holds until {}", training.name, training.valid_to))
}

async fn domain(arguments: AccountDomain) -> anyhow::Result<()> {
    let (gate, asker) = open(&arguments.place, &arguments.operator).await?;
    let domain = EmailDomain {
        domain: arguments.domain,
        valid_from: arguments.from.unwrap_or_else(today),
        valid_to: arguments.until,
        source: arguments.source,
    };
    gate.record_email_domain(&asker, &arguments.institution, &domain).await?;
    gate.close().await;
    told(&format!("addresses of `{}` are those of `{}`", domain.domain, arguments.institution))
}

async fn open(place: &crate::cli::Place, operator: &crate::cli::Operator) -> anyhow::Result<(Gate, Asker)> {
    let gate = super::open(place).await?;
    let asker = gate.local(&operator.user);
    Ok((gate, asker))
}

fn today() -> NaiveDate {
    Clock::System.today()
}

fn told(sentence: &str) -> anyhow::Result<()> {
    eprintln!("{sentence}");
    Ok(())
}

/// The password, as typed.
fn typed() -> anyhow::Result<String> {
    if !stdin().is_terminal() {
        let mut text = String::new();
        stdin().take(LINE_BYTES_MAX).read_to_string(&mut text).context("cannot read the password")?;
        return Ok(text.lines().next().unwrap_or_default().to_owned());
    }
    let terminal = console::Term::stderr();
    let ask = |what: &str| -> anyhow::Result<String> {
        terminal.write_str(what)?;
        Ok(terminal.read_secure_line()?)
    };
    let first = ask("password: ")?;
    if ask("again: ")? != first {
        bail!("the two passwords differ; nothing was changed");
    }
    Ok(first)
}
