//! A rule as a row: when it holds, what it does, and what people read of it.
//!
//! Rows come from a profile that ships with the program or from the programme's own rules, in one form.

use crate::day;
use crate::facts::{Agreement, Composition, FunderTier, Step, Tier, Usage, Window};
use chrono::NaiveDate;
use gj_model::{Bilingual, Effect, InstitutionClass, Remedy, Scope};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// One rule in one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Stable code.
    pub code: String,
    /// First day.
    #[serde(deserialize_with = "day::read")]
    pub valid_from: NaiveDate,
    /// Last day; open when absent.
    #[serde(default, deserialize_with = "day::read_maybe", skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// What it does; absent: it only words a rule of the program's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// It applies where all conditions of one of these hold; none: everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Conditions>,
    /// What people must have allowed to be counted where it applies.
    #[serde(default, skip_serializing_if = "nothing")]
    pub needs: Scope,
    /// The sentence in Japanese.
    pub ja: String,
    /// The same in English.
    pub en: String,
    /// What would change the answer, and who can do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
    /// Where the rule comes from.
    pub source: String,
}

fn nothing(scope: &Scope) -> bool {
    scope.is_empty()
}

/// Conditions that must hold together; an absent or empty one asks nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Conditions {
    /// The act is one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub act: Vec<String>,
    /// What is done with data is one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub usage: Vec<Usage>,
    /// The dataset's tier is one of these; `none` where no dataset is registered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tier: Vec<Tier>,
    /// The dataset is one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dataset: Vec<String>,
    /// Whether the applicant's institution contributed the dataset, and nobody else takes part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own: Option<bool>,
    /// The purpose is one of these, by id: `DUO:0000042`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub purpose: Vec<String>,
    /// The disease asked about is one of these or a kind of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disease: Vec<String>,
    /// The class of the applicant's institution is one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub class: Vec<InstitutionClass>,
    /// The class of some collaborator is one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub collaborator_class: Vec<InstitutionClass>,
    /// The class of anybody who takes part is one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub anyone_class: Vec<InstitutionClass>,
    /// Some country of those who take part is one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub country: Vec<String>,
    /// Somebody who takes part is of another country than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abroad_from: Option<String>,
    /// Who takes part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub composition: Vec<Composition>,
    /// What the window that is held was given for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub funder_tier: Vec<FunderTier>,
    /// How the applicant stands to open windows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub window: Vec<Window>,
    /// What agreement holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub agreement: Vec<Agreement>,
    /// Whether payments cover the use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid: Option<bool>,
    /// Whether a training is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trained: Option<bool>,
    /// Whether a sanction stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sanctioned: Option<bool>,
    /// Whether academia alone brought the dataset about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub academia_only: Option<bool>,
    /// Whether a public grant pays for the project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_grant: Option<bool>,
    /// None of these steps has been taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<Step>,
    /// At least so many whole months have passed since the dataset's starting point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months_from: Option<i32>,
    /// Fewer whole months have passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months_below: Option<i32>,
    /// Whether the restricted period that the dataset declares still runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<bool>,
}

/// A row of the programme's own rules, as the registry keeps it.
#[derive(Debug, Clone)]
pub struct RuleRow {
    /// Stable code.
    pub code: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; open when absent.
    pub valid_to: Option<NaiveDate>,
    /// What people read.
    pub words: Bilingual,
    /// Where the rule comes from.
    pub source: String,
    /// `effect`, `when`, `needs`, `remedy` as in a profile; or `classes`, `scope`, `home`.
    pub parameters: BTreeMap<String, Value>,
}

/// Parameters of a row that are read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    effect: Option<Effect>,
    #[serde(default)]
    when: Vec<Conditions>,
    #[serde(default)]
    needs: Scope,
    remedy: Option<Remedy>,
    #[serde(default)]
    classes: Vec<InstitutionClass>,
    #[serde(default)]
    scope: Scope,
    home: Option<String>,
}

/// The rule that older rows word without saying what it does.
const PAYMENT: &str = "payment-missing";

impl TryFrom<RuleRow> for Rule {
    type Error = String;

    /// # Errors
    /// What is wrong with the parameters, naming the rule.
    fn try_from(row: RuleRow) -> Result<Rule, String> {
        let code = row.code;
        let wrong = |what: String| format!("rule `{code}`: {what}");
        let object = Value::Object(row.parameters.into_iter().collect());
        let read: Parameters = serde_json::from_value(object).map_err(|error| wrong(error.to_string()))?;
        let Parameters { mut effect, mut when, needs, remedy, classes, scope, home } = read;
        if !classes.is_empty() || !scope.is_empty() || home.is_some() {
            if effect.is_some() || !when.is_empty() || !needs.is_empty() {
                return Err(wrong(
                    "`classes`, `scope` and `home` stand for `effect`, `when` and `needs`: \
                     write the ones or the others"
                        .to_owned(),
                ));
            }
            let mut conditions = Conditions { class: classes, abroad_from: home, ..Conditions::default() };
            if code == PAYMENT {
                effect = Some(Effect::Ask);
                conditions.paid = Some(false);
                conditions.usage = vec![Usage::Overview, Usage::Detailed, Usage::Publish];
            } else if !scope.is_empty() {
                effect = Some(Effect::Needs);
            }
            when = vec![conditions];
        }
        let rule = Rule {
            needs: scope.items().chain(needs.items()).collect(),
            ja: row.words.ja,
            en: row.words.en,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            source: row.source,
            effect,
            when,
            remedy,
            code,
        };
        rule.check()?;
        Ok(rule)
    }
}

impl Rule {
    /// Whether the rule is in force on a day.
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// What a row must be to mean something.
    ///
    /// # Errors
    /// What is wrong, naming the rule.
    pub(crate) fn check(&self) -> Result<(), String> {
        let wrong = |what: &str| Err(format!("rule `{}` from {}: {what}", self.code, self.valid_from));
        let words = [&self.code, &self.ja, &self.en, &self.source];
        if words.into_iter().any(|text| text.trim().is_empty()) {
            return wrong("`code`, `ja`, `en` and `source` must not be empty");
        }
        if self.valid_to.is_some_and(|last| last < self.valid_from) {
            return wrong("`valid_to` is before `valid_from`");
        }
        if (self.effect == Some(Effect::Needs)) == self.needs.is_empty() {
            return wrong("`needs` belongs to the effect `needs`, and the effect to it");
        }
        if self.effect.is_none() && !self.when.is_empty() {
            return wrong("`when` without `effect`; write deny, ask, duty or needs");
        }
        if self.effect == Some(Effect::Ask) && self.code != PAYMENT && self.remedy.is_none() {
            return wrong("who asks must say what for: `remedy = { who, ja, en }`");
        }
        Ok(())
    }
}
