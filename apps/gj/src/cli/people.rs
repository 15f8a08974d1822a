//! `gj import-phenotypes` and `gj people …`, as typed.

use super::{Format, Operator, Place};
use clap::{Args, Subcommand};
use gj_gate::{Entity, TermCondition, Zygosity};
use gj_model::{ApplicationId, FreezeName, Grouping, InstitutionId, Purpose, Sex, UserId, Variant};
use std::path::PathBuf;

/// `gj import-phenotypes`
#[derive(Debug, Args)]
pub struct ImportPhenotypes {
    #[command(flatten)]
    pub place: Place,
    /// Contributing institution of the participants
    #[arg(long, value_name = "ID")]
    pub institution: InstitutionId,
    /// Tab-separated: participant term [status onset day]; or GA4GH phenopackets, one or an array, as JSON
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub operator: Operator,
    #[command(flatten)]
    pub format: Format,
}

/// `gj people …`
#[derive(Debug, Subcommand)]
pub enum People {
    /// Count people of a release: carriers of a variant, with phenotypes, of a sex, stratum or dataset
    Count(Box<PeopleCount>),
    /// List the terms in use of which enough people are told
    Terms(PeopleTerms),
}

/// `gj people count`
#[derive(Debug, Args)]
pub struct PeopleCount {
    #[command(flatten)]
    pub place: Place,
    /// Release
    #[arg(long, value_name = "NAME")]
    pub freeze: FreezeName,
    /// Carriers of a variant: chr22-42127941-G-A
    #[arg(long, value_name = "VARIANT")]
    pub variant: Option<Variant>,
    /// Which carriers: any, het, hom or hemi
    #[arg(long, value_name = "ZYGOSITY", default_value = "any", requires = "variant")]
    pub zygosity: Zygosity,
    /// People with a term: HP:0001250 with its kinds, =HP:0001250 without, !HP:0001250 looked for and not found
    #[arg(long = "term", value_name = "TERM")]
    pub terms: Vec<TermCondition>,
    /// People of a sex: female, male or unknown
    #[arg(long, value_name = "SEX")]
    pub sex: Option<Sex>,
    /// People of a population stratum
    #[arg(long, value_name = "STRATUM")]
    pub stratum: Option<String>,
    /// People of a contributor
    #[arg(long, value_name = "ID")]
    pub contributor: Option<InstitutionId>,
    /// People of a dataset
    #[arg(long, value_name = "ID")]
    pub dataset: Option<String>,
    /// What is counted: individuals, biosamples, runs or analyses
    #[arg(long, value_name = "WHAT", default_value = "individuals")]
    pub entity: Entity,
    /// Split: stratum, contributor or sex
    #[arg(long, value_name = "HOW", default_value = "")]
    pub by: Grouping,
    /// Purpose: GRU, HMB, POA, DS:MONDO:0005148
    #[arg(long, value_name = "PURPOSE")]
    pub purpose: Purpose,
    /// Granted project asked under
    #[arg(long, value_name = "APPLICATION")]
    pub project: Option<ApplicationId>,
    /// User who asks
    #[arg(long = "as", value_name = "USER")]
    pub user: UserId,
    #[command(flatten)]
    pub format: Format,
}

/// `gj people terms`
#[derive(Debug, Args)]
pub struct PeopleTerms {
    #[command(flatten)]
    pub place: Place,
    /// Release
    #[arg(long, value_name = "NAME")]
    pub freeze: FreezeName,
    /// Purpose: GRU, HMB, POA, DS:MONDO:0005148
    #[arg(long, value_name = "PURPOSE")]
    pub purpose: Purpose,
    /// User who asks
    #[arg(long = "as", value_name = "USER")]
    pub user: UserId,
    #[command(flatten)]
    pub format: Format,
}
