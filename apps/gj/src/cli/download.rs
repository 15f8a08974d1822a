//! `gj download`, as typed.

use super::Place;
use clap::Args;
use gj_gate::ReleaseFile;
use gj_model::{ApplicationId, FreezeName, Grouping, Purpose, UserId};
use std::path::PathBuf;

/// `gj download`
#[derive(Debug, Args)]
pub struct Download {
    #[command(flatten)]
    pub place: Place,
    /// Release
    #[arg(long, value_name = "NAME")]
    pub freeze: FreezeName,
    /// User who asks
    #[arg(long = "as", value_name = "USER")]
    pub user: UserId,
    /// Why: a DUO code (GRU, HMB, POA, DS:MONDO:0005148)
    #[arg(long, value_name = "PURPOSE")]
    pub purpose: Purpose,
    /// Granted project it is asked under: counts the people of its data, for its purpose
    #[arg(long, value_name = "APPLICATION")]
    pub project: Option<ApplicationId>,
    /// Split by stratum, contributor or sex
    #[arg(long, value_name = "GROUPING", default_value = "stratum")]
    pub by: Grouping,
    /// Which file: sites.vcf.gz, sites.vcf.gz.tbi or sites.parquet
    #[arg(long, value_name = "FILE", default_value = "sites.vcf.gz", value_parser = file)]
    pub file: ReleaseFile,
    /// Where to write it; must not exist
    #[arg(long, value_name = "PATH")]
    pub out: PathBuf,
}

fn file(name: &str) -> Result<ReleaseFile, String> {
    let names = ReleaseFile::ALL.map(ReleaseFile::name).join(", ");
    ReleaseFile::named(name).ok_or_else(|| format!("there is no such file of a release; one of {names}"))
}
