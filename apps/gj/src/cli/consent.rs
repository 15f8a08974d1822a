//! `gj consent …`, as typed.

use super::{Format, Operator, Place};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use gj_gate::acts::consent::{Channel, GivenBy};
use gj_model::Scope;

/// `gj consent …`
#[derive(Debug, Subcommand)]
pub enum Consent {
    /// Record a change of mind, with a receipt
    Change(ConsentChange),
    /// Show what a change would do, and do nothing (for a withdrawal: `gj withdraw --dry-run`)
    Preview(ConsentChange),
    /// Show every version of a participant's consent
    Show(ConsentOf),
    /// Show what a participant's data were used for
    Uses(ConsentOf),
    /// List whom to ask again: minors with consent by proxy who become adults
    Due(ConsentDue),
}

/// `gj consent change` and `preview`
#[derive(Debug, Args)]
pub struct ConsentChange {
    #[command(flatten)]
    pub place: Place,
    /// Participant
    #[arg(value_name = "PARTICIPANT")]
    pub participant: String,
    #[command(flatten)]
    pub statement: Statement,
    /// Show what it would do, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub operator: Operator,
    #[command(flatten)]
    pub format: Format,
}

/// What was signed.
#[derive(Debug, Args)]
pub struct Statement {
    /// All that is allowed from now on: research,foreign,company-joint,company-alone,specimens,recontact,
    /// secondary-findings
    #[arg(long, value_name = "SCOPE")]
    pub scope: Scope,
    /// Form that was signed; its version is that of the day of signing
    #[arg(long, value_name = "FORM", default_value = "change-of-mind")]
    pub form: String,
    /// Who signed: self or proxy
    #[arg(long, value_name = "WHO", default_value = "self")]
    pub by: GivenBy,
    /// What the proxy is to the participant: mother, legal guardian
    #[arg(long, value_name = "TEXT")]
    pub relation: Option<String>,
    /// A minor agreed to what the proxy signed
    #[arg(long)]
    pub assent: bool,
    /// Day on which a minor becomes an adult: the proxy's consent ends there
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub adult_on: Option<NaiveDate>,
    /// paper or digital
    #[arg(long, value_name = "CHANNEL", default_value = "paper")]
    pub channel: Channel,
    /// Number of the paper
    #[arg(long, value_name = "NUMBER")]
    pub document: Option<String>,
    /// Day of signing; without it, today
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub signed_on: Option<NaiveDate>,
}

/// `gj consent show` and `uses`
#[derive(Debug, Args)]
pub struct ConsentOf {
    #[command(flatten)]
    pub place: Place,
    /// Participant
    #[arg(value_name = "PARTICIPANT")]
    pub participant: String,
    #[command(flatten)]
    pub operator: Operator,
    #[command(flatten)]
    pub format: Format,
}

/// `gj consent due`
#[derive(Debug, Args)]
pub struct ConsentDue {
    #[command(flatten)]
    pub place: Place,
    /// Last day looked at
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: NaiveDate,
    #[command(flatten)]
    pub operator: Operator,
    #[command(flatten)]
    pub format: Format,
}
