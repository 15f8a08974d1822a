//! Profiles: whole sets of rules that hold together. Two ship with the program.

use crate::rule::Rule;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// A profile file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its id: `proposal`.
    pub id: String,
    /// Name in Japanese.
    pub name_ja: String,
    /// Name in English.
    pub name_en: String,
    /// Where it comes from.
    pub source: String,
    /// Its rules in every period.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
}

/// Ids of the profiles that ship.
pub const SHIPPED: [&str; 2] = ["proposal", "action-plan"];

static PROPOSAL: LazyLock<Profile> = LazyLock::new(|| built_in(include_str!("../profiles/proposal.toml")));
static ACTION_PLAN: LazyLock<Profile> =
    LazyLock::new(|| built_in(include_str!("../profiles/action-plan.toml")));

fn built_in(text: &str) -> Profile {
    Profile::parse(text).expect("a test reads every profile that ships")
}

/// A profile that ships with the program.
pub fn shipped(id: &str) -> Option<&'static Profile> {
    match id {
        "proposal" => Some(&PROPOSAL),
        "action-plan" => Some(&ACTION_PLAN),
        _ => None,
    }
}

impl Profile {
    /// Reads and checks a profile.
    ///
    /// # Errors
    /// What is wrong and where.
    pub fn parse(text: &str) -> Result<Profile, String> {
        let profile: Profile = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut seen = std::collections::BTreeSet::new();
        for rule in &profile.rules {
            rule.check()?;
            if !seen.insert((&rule.code, rule.valid_from)) {
                return Err(format!("rule `{}` from {} is there twice", rule.code, rule.valid_from));
            }
        }
        Ok(profile)
    }
}
