//! `gj application …`, as typed.

use super::{Format, Place};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use gj_gate::acts::application::{Act, Tier, Verdict};
use gj_model::{ApplicationId, Purpose, UserId};

/// `gj application …`
#[derive(Debug, Subcommand)]
pub enum Application {
    /// Begin an application; prints its number
    New(ApplicationNew),
    /// Write a draft, or one that was returned, anew
    Edit(ApplicationEdit),
    /// Submit a draft
    Submit(ApplicationId_),
    /// What a draft would cost, and why
    Quote(ApplicationNew),
    /// One application with its timeline, what is awaited from whom, and what one may do
    Show(ApplicationId_),
    /// The applications one takes part in, the one due first on top
    List(ApplicationList),
    /// Take a step: `gj application act A-1 review --verdict approve --text …`
    Act(ApplicationAct),
    /// What is due, overdue or to be reminded of
    Due(ApplicationList),
    /// The public register of granted projects
    Register(ApplicationRegister),
}

/// As whom, and in which language.
#[derive(Debug, Args)]
pub struct Reader {
    #[command(flatten)]
    pub place: Place,
    /// User who acts
    #[arg(long = "as", value_name = "USER")]
    pub user: UserId,
    #[command(flatten)]
    pub format: Format,
}

/// What is applied for.
#[derive(Debug, Args)]
pub struct Scope {
    /// Title, as the public register will show it
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub title: String,
    /// Why: a DUO code (GRU, HMB, POA, DS:MONDO:0005148)
    #[arg(long, value_name = "PURPOSE")]
    pub purpose: Purpose,
    /// overview or detailed
    #[arg(long, value_name = "TIER", default_value = "overview")]
    pub tier: Tier,
    /// Release or contributor whose data are used; may be repeated
    #[arg(long = "dataset", value_name = "ID")]
    pub datasets: Vec<String>,
    /// Collaborator; may be repeated
    #[arg(long = "with", value_name = "USER")]
    pub people: Vec<UserId>,
    /// First day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: NaiveDate,
    /// Last day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: NaiveDate,
    /// What is going to be done
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub plan: String,
}

/// `gj application new` and `quote`
#[derive(Debug, Args)]
pub struct ApplicationNew {
    #[command(flatten)]
    pub reader: Reader,
    #[command(flatten)]
    pub scope: Scope,
}

/// `gj application edit`
#[derive(Debug, Args)]
pub struct ApplicationEdit {
    /// Number of the application
    #[arg(value_name = "APPLICATION")]
    pub application: ApplicationId,
    #[command(flatten)]
    pub reader: Reader,
    #[command(flatten)]
    pub scope: Scope,
}

/// `gj application show` and `submit`
#[derive(Debug, Args)]
pub struct ApplicationId_ {
    /// Number of the application
    #[arg(value_name = "APPLICATION")]
    pub application: ApplicationId,
    #[command(flatten)]
    pub reader: Reader,
}

/// `gj application list` and `due`
#[derive(Debug, Args)]
pub struct ApplicationList {
    #[command(flatten)]
    pub reader: Reader,
}

/// `gj application act`
#[derive(Debug, Args)]
pub struct ApplicationAct {
    /// Number of the application
    #[arg(value_name = "APPLICATION")]
    pub application: ApplicationId,
    /// What: pass, assign, declare-none, review, approve, sign …
    #[arg(value_name = "ACT")]
    pub act: Act,
    #[command(flatten)]
    pub reader: Reader,
    /// The version it was looked at in: refused if somebody acted since
    #[arg(long, value_name = "VERSION")]
    pub seen: Option<u64>,
    /// Whom it concerns
    #[arg(long, value_name = "USER")]
    pub subject: Option<UserId>,
    /// approve, conditional or reject
    #[arg(long, value_name = "VERDICT")]
    pub verdict: Option<Verdict>,
    /// Reasons, review, report, remark, reference of a payment or publication
    #[arg(long, value_name = "TEXT")]
    pub text: Option<String>,
    /// The digest of the scope that is signed
    #[arg(long, value_name = "HEX")]
    pub digest: Option<String>,
    /// paper or patent
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// Release that a publication uses
    #[arg(long, value_name = "NAME", requires = "kind")]
    pub release: Option<String>,
    /// A new last day, for a renewal
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: Option<NaiveDate>,
    /// A new plan, for a change of the scope
    #[arg(long, value_name = "TEXT")]
    pub plan: Option<String>,
    /// overview or detailed, for a change of the scope
    #[arg(long, value_name = "TIER")]
    pub tier: Option<Tier>,
    /// Release or contributor, in place of those before; may be repeated
    #[arg(long = "dataset", value_name = "ID")]
    pub datasets: Vec<String>,
}

/// `gj application register`
#[derive(Debug, Args)]
pub struct ApplicationRegister {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub format: Format,
}
