//! The command line, as typed.

pub mod account;
pub mod annotation;
pub mod application;
mod consent;
mod download;
pub mod exposure;
mod extract;
pub mod money;
pub mod ontology;
pub mod people;
pub mod policy;

use clap::{Args, Parser, Subcommand};
use gj_gate::acts::registry::Destination;
use gj_model::{ApplicationId, FreezeName, Grouping, InstitutionId, Purpose, Region, UserId, Variant};
use std::net::SocketAddr;
use std::path::PathBuf;

pub use consent::{Consent, ConsentChange, ConsentDue, ConsentOf};
pub use download::Download;
pub use extract::{Extract, ExtractApprove, ExtractList, ExtractRevoke, ExtractWrite};

/// Genomics Japan: one nationally managed resource of whole genomes.
#[derive(Debug, Parser)]
#[command(name = "gj", version, about, propagate_version = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Load the bundled example programme and serve it
    Demo(Demo),
    /// Make an empty data directory
    Init(Init),
    /// Register the people and samples of an institution from a sample sheet
    ImportSamples(ImportSamples),
    /// Take in phenotypes and diagnoses of an institution's participants
    ImportPhenotypes(people::ImportPhenotypes),
    /// Take in genomes of registered samples: VCF, VCF.gz or BCF, one batch, whole or nothing
    Ingest(Ingest),
    /// Freeze a named, citable release of allele frequencies from all batches
    Freeze(Freeze),
    /// Released frequencies of a region or a variant
    Frequency(Frequency),
    /// Counts of people: variant, phenotypes, sex, stratum, dataset
    #[command(subcommand)]
    People(people::People),
    /// A whole release of frequencies as VCF.gz with its index, or Parquet
    Download(Download),
    /// Genotypes of some people and places, approved by the data access committee for one recipient
    #[command(subcommand)]
    Extract(Extract),
    /// Applications for use, from the draft to the final report
    #[command(subcommand)]
    Application(application::Application),
    /// Withdraw participants, with a receipt each
    Withdraw(Withdraw),
    /// Change of mind, apart from withdrawal: versions of consent, previews, what data were used for
    #[command(subcommand)]
    Consent(Consent),
    /// Show the receipt of an earlier withdrawal or change of consent
    Receipt(Receipt),
    /// Releases, contributors and what waits for the next release
    Status(Status),
    /// The ledger of privacy: what a user was shown, what is left; everybody's for the committee
    Exposure(exposure::Exposure),
    /// Serve the portal and the APIs
    Serve(Serve),
    /// Institutions, users, roles, purposes, rules and payments
    #[command(subcommand)]
    Programme(Programme),
    /// The rules: in force on a day, between profiles, for given facts
    #[command(subcommand)]
    Policy(policy::Policy),
    /// Gene models, reference, ClinVar, other panels: sets, layers of a release, lookups
    #[command(subcommand)]
    Annotation(annotation::Annotation),
    /// Vocabularies of diseases and phenotypes: MONDO, NANDO, HPO
    #[command(subcommand)]
    Ontology(ontology::Ontology),
    /// Fees, quotes, invoices, contributions, budgets and the ledger
    #[command(subcommand)]
    Money(money::Money),
    /// Tokens of accounts
    #[command(subcommand)]
    User(User),
    /// Accounts of this machine: passwords, locks, certificates, e-mail domains
    #[command(subcommand)]
    Account(account::Account),
    /// Where the registry is kept
    #[command(subcommand)]
    Registry(Registry),
    /// The audit log
    #[command(subcommand)]
    Audit(Audit),
    /// Check every digest and every invariant of a data directory
    Verify(Verify),
    /// Rewrite batches as fewer and smaller ones; changes no answer
    Compact(Compact),
    /// Finish what an interrupted withdrawal left to do and remove unreferenced files
    Repair(Repair),
}

/// Where the data are, and as whom.
#[derive(Debug, Args)]
pub struct Place {
    /// Data directory
    #[arg(long, value_name = "DIR", env = "GJ_DATA")]
    pub data: PathBuf,
    /// PostgreSQL database with the registry, postgres://USER@HOST/DATABASE; default: what gj.toml says
    #[arg(long, value_name = "URL", env = "GJ_REGISTRY")]
    pub registry: Option<String>,
}

/// As whom an administrative act is done.
#[derive(Debug, Args)]
pub struct Operator {
    /// User who acts
    #[arg(long = "as", value_name = "USER", default_value = "datamanager")]
    pub user: UserId,
}

/// Machine-readable output.
#[derive(Debug, Args)]
pub struct Format {
    /// Print JSON on standard output
    #[arg(long)]
    pub json: bool,
}

/// How many threads to work with.
#[derive(Debug, Args)]
pub struct Threads {
    /// Threads to work with; 0: one for each core
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
}

/// `gj demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// Data directory; made if it does not exist
    #[arg(long, value_name = "DIR", default_value = "gj-demo")]
    pub data: PathBuf,
    /// Address to serve on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
}

/// `gj init`
#[derive(Debug, Args)]
pub struct Init {
    #[command(flatten)]
    pub place: Place,
    /// Programme file (TOML); without one, a built-in example
    #[arg(long, value_name = "FILE.toml")]
    pub programme: Option<PathBuf>,
}

/// `gj import-samples`
#[derive(Debug, Args)]
pub struct ImportSamples {
    #[command(flatten)]
    pub place: Place,
    /// Contributing institution; made if it does not exist
    #[arg(long, value_name = "ID")]
    pub institution: InstitutionId,
    /// Tab-separated: sample participant sex family father mother stratum consent diseases
    #[arg(value_name = "SHEET.tsv")]
    pub sheet: PathBuf,
    #[command(flatten)]
    pub operator: Operator,
    #[command(flatten)]
    pub format: Format,
}

/// `gj ingest`
#[derive(Debug, Args)]
pub struct Ingest {
    #[command(flatten)]
    pub place: Place,
    /// Contributing institution
    #[arg(long, value_name = "ID")]
    pub institution: InstitutionId,
    /// Reference genome: REF is checked against it, indels are left-aligned
    #[arg(long, value_name = "FASTA")]
    pub reference: Option<PathBuf>,
    /// gVCF: smallest genotype quality (GQ) at which a reference block is a call
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub min_gq: u32,
    /// gVCF: smallest depth (MIN_DP, else DP) at which a reference block is a call
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub min_dp: u32,
    /// Leave people unread who did not consent to research or have withdrawn, instead of refusing
    #[arg(long)]
    pub skip_unconsented: bool,
    #[command(flatten)]
    pub threads: Threads,
    /// Genotype files
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub operator: Operator,
    #[command(flatten)]
    pub format: Format,
}

/// `gj freeze`
#[derive(Debug, Args)]
pub struct Freeze {
    #[command(flatten)]
    pub place: Place,
    /// Name of the release, for citing
    #[arg(value_name = "NAME")]
    pub name: FreezeName,
    #[command(flatten)]
    pub threads: Threads,
    #[command(flatten)]
    pub operator: Operator,
    #[command(flatten)]
    pub format: Format,
}

/// `gj frequency`
#[derive(Debug, Args)]
pub struct Frequency {
    #[command(flatten)]
    pub place: Place,
    /// Release
    #[arg(long, value_name = "NAME")]
    pub freeze: FreezeName,
    #[command(flatten)]
    pub target: Target,
    /// User who asks
    #[arg(long = "as", value_name = "USER")]
    pub user: UserId,
    /// Why: a DUO code (GRU, HMB, POA, DS:MONDO:0005148)
    #[arg(long, value_name = "PURPOSE")]
    pub purpose: Purpose,
    /// Granted project it is asked under: counts the people of its data, for its purpose
    #[arg(long, value_name = "APPLICATION")]
    pub project: Option<ApplicationId>,
    /// Split by stratum, contributor or sex, or by every one of them
    #[arg(long, value_name = "GROUPING", default_value = "", hide_default_value = true)]
    pub by: Grouping,
    /// Write a VCF of sites with counts in INFO
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub vcf: Option<PathBuf>,
    #[command(flatten)]
    pub format: Format,
}

/// What `gj frequency` looks at.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Target {
    /// Region, 1-based, both ends included: chr22:42126499-42130865; a contig alone is all of it
    #[arg(long, value_name = "REGION")]
    pub region: Option<Region>,
    /// Variant: chr22-42127941-G-A
    #[arg(long, value_name = "VARIANT")]
    pub variant: Option<Variant>,
}

/// `gj withdraw`
#[derive(Debug, Args)]
pub struct Withdraw {
    #[command(flatten)]
    pub place: Place,
    /// Participants
    #[arg(value_name = "PARTICIPANT", required = true)]
    pub participants: Vec<String>,
    /// Show what it would do, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub operator: Operator,
    #[command(flatten)]
    pub format: Format,
}

/// `gj receipt`
#[derive(Debug, Args)]
pub struct Receipt {
    #[command(flatten)]
    pub place: Place,
    /// Receipt number
    #[arg(value_name = "RECEIPT", required_unless_present = "participant")]
    pub receipt: Option<String>,
    /// Find the receipt by who withdrew
    #[arg(long, value_name = "PARTICIPANT", conflicts_with = "receipt")]
    pub participant: Option<String>,
    #[command(flatten)]
    pub operator: Operator,
}

/// `gj status`
#[derive(Debug, Args)]
pub struct Status {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub format: Format,
}

/// `gj serve`
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub place: Place,
    /// Address to serve on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
}

/// `gj programme …`
#[derive(Debug, Subcommand)]
pub enum Programme {
    /// Print the rows as a file that `apply` reads back
    Export(ProgrammeExport),
    /// Show what a file would change
    Diff(ProgrammeFile),
    /// Make the rows what a file says, all of it or nothing
    Apply(ProgrammeFile),
    /// Tell what this version can do and no role of the programme may; exits with 1 if there is anything
    Check(ProgrammeCheck),
}

/// `gj programme check`
#[derive(Debug, Args)]
pub struct ProgrammeCheck {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub operator: Operator,
    #[command(flatten)]
    pub format: Format,
}

/// `gj programme export`
#[derive(Debug, Args)]
pub struct ProgrammeExport {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub operator: Operator,
}

/// `gj programme diff` and `apply`
#[derive(Debug, Args)]
pub struct ProgrammeFile {
    #[command(flatten)]
    pub place: Place,
    /// Programme file
    #[arg(value_name = "FILE.toml")]
    pub file: PathBuf,
    #[command(flatten)]
    pub operator: Operator,
    #[command(flatten)]
    pub format: Format,
}

/// `gj user …`
#[derive(Debug, Subcommand)]
pub enum User {
    /// Give an account a new token and print it once
    Token(UserToken),
}

/// `gj user token`
#[derive(Debug, Args)]
pub struct UserToken {
    #[command(flatten)]
    pub place: Place,
    /// Account
    #[arg(value_name = "USER")]
    pub account: UserId,
    #[command(flatten)]
    pub operator: Operator,
    #[command(flatten)]
    pub format: Format,
}

/// `gj registry …`
#[derive(Debug, Subcommand)]
pub enum Registry {
    /// Move it into an empty PostgreSQL database, or back into a file: whole, checked, or not at all
    Move(RegistryMove),
}

/// `gj registry move`
#[derive(Debug, Args)]
pub struct RegistryMove {
    /// Data directory, with the registry that its gj.toml names
    #[arg(long, value_name = "DIR", env = "GJ_DATA")]
    pub data: PathBuf,
    /// postgres://USER@HOST/DATABASE without a password, or `file`
    #[arg(long, value_name = "PLACE")]
    pub to: Destination,
    #[command(flatten)]
    pub operator: Operator,
    #[command(flatten)]
    pub format: Format,
}

/// `gj audit …`
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check the hash chain
    Verify(Verify),
    /// Print the log as JSON lines
    Export(AuditExport),
}

/// `gj audit export`
#[derive(Debug, Args)]
pub struct AuditExport {
    #[command(flatten)]
    pub place: Place,
    /// User who reads
    #[arg(long = "as", value_name = "USER", default_value = "auditor")]
    pub user: UserId,
}

/// `gj verify`, `gj audit verify`
#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub format: Format,
}

/// `gj compact`
#[derive(Debug, Args)]
pub struct Compact {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub threads: Threads,
    #[command(flatten)]
    pub operator: Operator,
    #[command(flatten)]
    pub format: Format,
}

/// `gj repair`
#[derive(Debug, Args)]
pub struct Repair {
    #[command(flatten)]
    pub place: Place,
}

/// As whom the committee's acts are done.
#[derive(Debug, Args)]
pub struct Committee {
    /// User who acts
    #[arg(long = "as", value_name = "USER", default_value = "committee")]
    pub user: UserId,
}
