//! `gj extract`: its arguments.

use super::{Committee, Format, Place, Threads};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use gj_gate::acts::extract::Format as ExtractFormat;
use gj_model::{ApplicationId, ExtractId, FreezeName, InstitutionId, Purpose, Region, UserId};
use std::path::PathBuf;

/// `gj extract …`
#[derive(Debug, Subcommand)]
pub enum Extract {
    /// Record the committee's approval; prints the extract's number
    Approve(ExtractApprove),
    /// Show approvals, what was written, and which columns recipients must remove
    List(ExtractList),
    /// Take an approval back
    Revoke(ExtractRevoke),
    /// Write an approved extract, as its recipient
    Write(ExtractWrite),
}

/// `gj extract approve`
#[derive(Debug, Args)]
pub struct ExtractApprove {
    #[command(flatten)]
    pub place: Place,
    /// Release whose people it is of
    #[arg(long, value_name = "NAME")]
    pub release: FreezeName,
    /// User who may write and receives it
    #[arg(long = "for", value_name = "USER")]
    pub recipient: UserId,
    /// Why: a DUO code (GRU, HMB, POA, DS:MONDO:0005148)
    #[arg(long, value_name = "PURPOSE")]
    pub purpose: Purpose,
    /// Region, 1-based, both ends included; may be repeated
    #[arg(long = "region", value_name = "REGION", required = true)]
    pub regions: Vec<Region>,
    /// People of this stratum only; may be repeated
    #[arg(long = "stratum", value_name = "STRATUM")]
    pub strata: Vec<String>,
    /// People of this contributor only; may be repeated
    #[arg(long = "institution", value_name = "ID")]
    pub institutions: Vec<InstitutionId>,
    /// Do not tell anybody's sex in the files
    #[arg(long)]
    pub without_sex: bool,
    /// Last day on which it may be written
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: NaiveDate,
    /// The committee's decision, as it is cited
    #[arg(long, value_name = "TEXT")]
    pub reference: String,
    /// Application whose grant it rests on: it ends when that does
    #[arg(long, value_name = "APPLICATION")]
    pub application: Option<ApplicationId>,
    #[command(flatten)]
    pub committee: Committee,
    #[command(flatten)]
    pub format: Format,
}

/// `gj extract list`
#[derive(Debug, Args)]
pub struct ExtractList {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub committee: Committee,
    #[command(flatten)]
    pub format: Format,
}

/// `gj extract revoke`
#[derive(Debug, Args)]
pub struct ExtractRevoke {
    #[command(flatten)]
    pub place: Place,
    /// Number of the extract
    #[arg(value_name = "EXTRACT")]
    pub extract: ExtractId,
    #[command(flatten)]
    pub committee: Committee,
    #[command(flatten)]
    pub format: Format,
}

/// `gj extract write`
#[derive(Debug, Args)]
pub struct ExtractWrite {
    #[command(flatten)]
    pub place: Place,
    /// Number of the extract
    #[arg(value_name = "EXTRACT")]
    pub extract: ExtractId,
    /// vcf, vcf.gz, bcf, pgen or bed
    #[arg(long = "format", value_name = "FORMAT", default_value = "vcf.gz")]
    pub kind: ExtractFormat,
    /// Names of the files without their suffixes
    #[arg(long, value_name = "PREFIX")]
    pub out: PathBuf,
    /// Why, if it is to be checked against what was approved
    #[arg(long, value_name = "PURPOSE")]
    pub purpose: Option<Purpose>,
    /// User who receives it
    #[arg(long = "as", value_name = "USER")]
    pub user: UserId,
    #[command(flatten)]
    pub threads: Threads,
    #[command(flatten)]
    pub format: Format,
}
