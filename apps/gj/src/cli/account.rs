//! `gj account …`, as typed.

use super::{Format, Operator, Place};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use gj_model::{InstitutionId, UserId};

/// `gj account …`
#[derive(Debug, Subcommand)]
pub enum Account {
    /// Make an account; its password is typed, or the first line of standard input
    Add(AccountAdd),
    /// Set an account's password, typed or the first line of standard input
    Password(AccountOne),
    /// Lock an account: nothing opens it, and its sessions end
    Lock(AccountOne),
    /// Unlock an account, and forget failed attempts to sign in as it
    Unlock(AccountOne),
    /// List accounts
    List(AccountList),
    /// Record a training certificate of an account
    Training(AccountTraining),
    /// Link an account to a participant, whose own consent it then sees and changes
    Participant(AccountParticipant),
    /// Record a domain of an institution's e-mail addresses
    Domain(AccountDomain),
}

/// `gj account add`
#[derive(Debug, Args)]
pub struct AccountAdd {
    #[command(flatten)]
    pub place: Place,
    /// Name of the account
    #[arg(value_name = "USER")]
    pub account: UserId,
    /// Name in Japanese
    #[arg(long, value_name = "NAME")]
    pub name_ja: String,
    /// Name in English
    #[arg(long, value_name = "NAME")]
    pub name_en: String,
    /// Institution it acts for
    #[arg(long, value_name = "ID")]
    pub institution: InstitutionId,
    /// Role; may be repeated
    #[arg(long = "role", value_name = "ROLE")]
    pub roles: Vec<String>,
    /// E-mail address, of a domain of the institution
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<String>,
    #[command(flatten)]
    pub operator: Operator,
}

/// `gj account participant`
#[derive(Debug, Args)]
pub struct AccountParticipant {
    #[command(flatten)]
    pub place: Place,
    /// Account
    #[arg(value_name = "USER")]
    pub account: UserId,
    /// Participant's id, as the contributor writes it
    #[arg(value_name = "PARTICIPANT")]
    pub participant: String,
    /// What a proxy is to the participant, such as mother; without one it is the participant's own account
    #[arg(long, value_name = "WHAT")]
    pub relation: Option<String>,
    /// Take the link away
    #[arg(long, conflicts_with = "relation")]
    pub remove: bool,
    #[command(flatten)]
    pub operator: Operator,
}

/// `gj account password`, `lock` and `unlock`
#[derive(Debug, Args)]
pub struct AccountOne {
    #[command(flatten)]
    pub place: Place,
    /// Account
    #[arg(value_name = "USER")]
    pub account: UserId,
    #[command(flatten)]
    pub operator: Operator,
}

/// `gj account list`
#[derive(Debug, Args)]
pub struct AccountList {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub operator: Operator,
    #[command(flatten)]
    pub format: Format,
}

/// `gj account training`
#[derive(Debug, Args)]
pub struct AccountTraining {
    #[command(flatten)]
    pub place: Place,
    /// Account
    #[arg(value_name = "USER")]
    pub account: UserId,
    /// Which training
    #[arg(value_name = "TRAINING")]
    pub training: String,
    /// First day it holds; default: today
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Option<NaiveDate>,
    /// Last day it holds
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: NaiveDate,
    /// Where it is on record
    #[arg(long, value_name = "TEXT")]
    pub source: String,
    #[command(flatten)]
    pub operator: Operator,
}

/// `gj account domain`
#[derive(Debug, Args)]
pub struct AccountDomain {
    #[command(flatten)]
    pub place: Place,
    /// Institution
    #[arg(value_name = "INSTITUTION")]
    pub institution: InstitutionId,
    /// Domain, as after the @ of an address
    #[arg(value_name = "DOMAIN")]
    pub domain: String,
    /// First day it holds; default: today
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Option<NaiveDate>,
    /// Last day it holds; default: none is known
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: Option<NaiveDate>,
    /// Where it is on record
    #[arg(long, value_name = "TEXT")]
    pub source: String,
    #[command(flatten)]
    pub operator: Operator,
}
