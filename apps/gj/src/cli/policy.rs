//! Arguments of `gj policy …`.

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};
use gj_gate::policy::{Agreement, FunderTier, Step, Tier, Usage};
use gj_model::{InstitutionClass, Purpose, Scope};
use std::path::PathBuf;

/// `gj policy …`
#[derive(Debug, Subcommand)]
pub enum Policy {
    /// Print the rules in force on a day
    List(List),
    /// Compare two profiles on a day: rules, and who may do what
    Diff(Diff),
    /// Decide about facts given here, with every reason
    Explain(Box<Explain>),
}

/// In which languages sentences are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// Japanese.
    Ja,
    /// English.
    En,
    /// Both.
    Both,
}

/// Which rules, of which day, in which language.
#[derive(Debug, Args)]
pub struct Reading {
    /// Day in Japan; today when absent
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<NaiveDate>,
    /// Language of sentences
    #[arg(long, value_enum, default_value_t = Lang::Both)]
    pub lang: Lang,
    /// Print JSON on standard output
    #[arg(long)]
    pub json: bool,
}

/// Whose rules.
#[derive(Debug, Args)]
pub struct Rules {
    /// Data directory, whose own rules stand before those of its profile
    #[arg(long, value_name = "DIR", env = "GJ_DATA")]
    pub data: Option<PathBuf>,
    /// Profile: proposal, action-plan or a profile file; the data directory's, or proposal, when absent
    #[arg(long, value_name = "PROFILE")]
    pub profile: Option<String>,
}

/// `gj policy list`
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    pub rules: Rules,
    #[command(flatten)]
    pub reading: Reading,
}

/// `gj policy diff`
#[derive(Debug, Args)]
pub struct Diff {
    /// proposal, action-plan or a profile file
    #[arg(value_name = "PROFILE")]
    pub first: String,
    /// proposal, action-plan or a profile file
    #[arg(value_name = "PROFILE")]
    pub second: String,
    #[command(flatten)]
    pub reading: Reading,
}

/// `gj policy explain`: a registered researcher whose role permits the act, and what is said of the rest.
#[derive(Debug, Args)]
pub struct Explain {
    #[command(flatten)]
    pub rules: Rules,
    #[command(flatten)]
    pub reading: Reading,
    /// Facts as JSON, instead of the options below; their day is the one decided about
    #[arg(long, value_name = "FILE.json")]
    pub facts: Option<PathBuf>,
    /// Print the facts as JSON instead of deciding
    #[arg(long, conflicts_with = "facts")]
    pub print_facts: bool,
    /// Act
    #[arg(long, default_value = "frequency.read")]
    pub act: String,
    /// Class of the applicant's institution
    #[arg(long, default_value = "university")]
    pub class: InstitutionClass,
    /// Its country
    #[arg(long, default_value = "JP")]
    pub country: String,
    /// Class of an institution that takes part, with its country after a colon if not JP; may be repeated
    #[arg(long = "with", value_name = "CLASS[:COUNTRY]")]
    pub collaborators: Vec<String>,
    /// Purpose: GRU, HMB, POA or DS:MONDO:0005148
    #[arg(long, default_value = "GRU")]
    pub purpose: Purpose,
    /// A disease that the purpose's is a kind of; may be repeated
    #[arg(long = "ancestor", value_name = "DISEASE")]
    pub ancestors: Vec<String>,
    /// overview, detailed or publish
    #[arg(long, default_value = "overview")]
    pub usage: Usage,
    /// Tier of the dataset: none (not registered), overview, detailed or public
    #[arg(long, default_value = "none")]
    pub tier: Tier,
    /// The dataset's starting point; the day decided about when absent
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub start: Option<NaiveDate>,
    /// Months that its restricted period lasts
    #[arg(long, value_name = "N", default_value_t = 24)]
    pub restricted_months: u32,
    /// Whether the applicant's institution contributed it
    #[arg(long)]
    pub own: bool,
    /// Last day of others' priority window, open since the starting point
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub window_until: Option<NaiveDate>,
    /// The applicant has that window, too, for cash or in-kind
    #[arg(long, value_name = "GIFT", requires = "window_until")]
    pub holds_window: Option<FunderTier>,
    /// A term of the contributor as DUO:0000007=MONDO:0005148 or DUO:0000045; may be repeated
    #[arg(long = "term", value_name = "DUO[=VALUE]")]
    pub terms: Vec<String>,
    /// Consent of the people asked about: research,company-joint …
    #[arg(long, value_name = "SCOPE")]
    pub consent: Option<Scope>,
    /// A payment covers the use
    #[arg(long)]
    pub paid: bool,
    /// The applicant's training is valid
    #[arg(long)]
    pub trained: bool,
    /// none, consortium or dataset
    #[arg(long, default_value = "none")]
    pub agreement: Agreement,
    /// A sanction stands
    #[arg(long)]
    pub sanctioned: bool,
    /// A public grant pays
    #[arg(long)]
    pub public_grant: bool,
    /// A step that was taken: data-acquirer, committee, head, ethics …; may be repeated
    #[arg(long = "done", value_name = "STEP")]
    pub done: Vec<Step>,
}
