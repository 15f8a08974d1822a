//! `gj exposure`: its arguments.

use super::{Format, Place};
use clap::Args;
use gj_model::{InstitutionId, UserId};

/// `gj exposure`
#[derive(Debug, Args)]
pub struct Exposure {
    #[command(flatten)]
    pub place: Place,
    /// Only this user's account
    #[arg(long, value_name = "USER", conflicts_with = "organisation")]
    pub user: Option<UserId>,
    /// Only this institution's account
    #[arg(long, value_name = "ID")]
    pub organisation: Option<InstitutionId>,
    /// User who asks: the committee for others' accounts
    #[arg(long = "as", value_name = "USER", default_value = "committee")]
    pub asker: UserId,
    #[command(flatten)]
    pub format: Format,
}
