//! Text for people, in both languages of the programme.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One sentence, twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bilingual {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

/// What a rule does where it applies. Deny dominates ask, ask dominates the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The answer is no.
    #[default]
    Deny,
    /// Not yet: somebody must do something first.
    Ask,
    /// Yes, and this is to be done.
    Duty,
    /// Yes, for people who allowed what the rule needs.
    Needs,
}

/// What would change an answer, and who can do it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// Who: `applicant`, `committee`, `finance`, `time` …
    pub who: String,
    /// What, in Japanese.
    pub ja: String,
    /// What, in English.
    pub en: String,
}

/// Why something was refused, or what is still asked: a stable code, the sentence in both languages, and
/// the rule's source and validity.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reason {
    /// Stable code of the rule, for machines.
    pub code: String,
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
    /// Where the rule comes from.
    pub source: String,
    /// What the rule does.
    #[serde(default)]
    pub effect: Effect,
    /// First day of the rule; absent for rules built into the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// Last day of the rule, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Last day on which this reason stands, where time alone ends it: a window, a restricted period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// What would change it, and who can do that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
}
