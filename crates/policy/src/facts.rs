//! Everything a decision may depend on, gathered by the gate before it asks.

use chrono::NaiveDate;
use gj_model::{Bilingual, Scope};

/// The facts of one request.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The day of the request, in Japan.
    pub today: NaiveDate,
    /// Who asks; `None` when nobody is signed in or the user does not exist.
    pub applicant: Option<Applicant>,
    /// The act, as in the table of roles: `frequency.read`, `release.freeze` …
    pub act: String,
    /// The institution an act is done for, where it is done for one.
    pub on_behalf_of: Option<String>,
    /// Why, for acts that read data about people; `None` for administrative acts.
    pub purpose: Option<PurposeFact>,
    /// Whether the freeze asked for exists; `true` for acts that need none.
    pub freeze_exists: bool,
    /// Whether the freeze holds anybody who allowed what [`crate::needed_scope`] asks for.
    pub someone_allows: bool,
    /// The extract that is approved or written, for acts on one.
    pub extract: Option<ExtractFact>,
    /// The programme's smallest count that is shown.
    pub smallest_cell: u32,
    /// Sentences of the rules in force today, by code.
    pub rules: Vec<RuleText>,
}

/// Who asks.
#[derive(Debug, Clone)]
pub struct Applicant {
    /// Account name.
    pub user: String,
    /// Whether the account is active.
    pub active: bool,
    /// The applicant's institution.
    pub institution: String,
    /// Class of the applicant's institution: `university`, `company` …
    pub institution_class: String,
    /// ISO 3166 country of the institution: `JP` …
    pub country: String,
    /// Acts that the applicant's roles permit.
    pub acts: Vec<String>,
    /// Whether a payment of the institution covers today.
    pub paid: bool,
}

/// The purpose asked for.
#[derive(Debug, Clone)]
pub struct PurposeFact {
    /// Whether the programme knows it and it is in force today.
    pub known: bool,
    /// Whether it must name a disease.
    pub needs_disease: bool,
    /// Whether a disease was named.
    pub has_disease: bool,
    /// What every person counted must have allowed.
    pub needs_scope: Scope,
}

/// An approval of an extract of genotypes, as it is or as it is being made.
#[derive(Debug, Clone)]
pub struct ExtractFact {
    /// The account that receives it; `None` when there is no approval of that number.
    pub recipient: Option<String>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Last day on which it may be written.
    pub valid_to: NaiveDate,
    /// Whether the purpose stated is the one approved.
    pub same_purpose: bool,
}

/// A rule of the programme that is in force today.
#[derive(Debug, Clone)]
pub struct RuleText {
    /// Stable code.
    pub code: String,
    /// What a refused person reads.
    pub words: Bilingual,
    /// Where the rule comes from.
    pub source: String,
    /// Institution classes it concerns; empty: all.
    pub classes: Vec<String>,
    /// Consent every person counted must have given when the rule applies.
    pub needs: Scope,
    /// Country whose institutions the rule does not concern; empty: none is excepted.
    pub home: String,
}

impl Facts {
    /// The rule of that code, if it is in force.
    pub fn rule(&self, code: &str) -> Option<&RuleText> {
        self.rules.iter().find(|rule| rule.code == code)
    }
}

impl RuleText {
    /// Whether the rule concerns an applicant's institution.
    pub fn concerns(&self, applicant: &Applicant) -> bool {
        let class = &applicant.institution_class;
        let abroad = self.home.is_empty() || self.home != applicant.country;
        abroad && (self.classes.is_empty() || self.classes.contains(class))
    }
}
