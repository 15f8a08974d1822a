//! The programme: everything about it that is a row and not code, as one readable file.
//!
//! Owns the file's form, from text to rows and back. `load`, change and `apply` are in the files
//! below; never holds people, samples or genomes, which no file of this kind may name.

mod apply;
mod changes;
mod check;
mod check_rights;
pub(crate) mod date;

pub use changes::{Change, ChangeKind};

use crate::consent_forms::ConsentForm;
use crate::datasets::{Dataset, PriorityWindow, Term};
use crate::deadlines::Deadline;
use crate::error::Error;
use crate::exposure_rules::ExposureRule;
use crate::institutions::Institution;
use crate::payments::Payment;
use crate::problems::Problems;
use crate::purposes::PurposeTerm;
use crate::registry::Reads;
use crate::roles::Role;
use crate::row::Columns;
use crate::rules::Rule;
use crate::standing::{Agreement, Sanction, Training};
use crate::users::User;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The built-in example: fictitious institutions and accounts, illustrative amounts.
pub const EXAMPLE: &str = include_str!("../programme/example.toml");

/// A whole programme file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Programme {
    /// What holds for the whole programme: `[programme]`.
    pub programme: Settings,
    /// `[[institution]]`
    #[serde(default, rename = "institution", skip_serializing_if = "Vec::is_empty")]
    pub institutions: Vec<Institution>,
    /// `[[role]]`
    #[serde(default, rename = "role", skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// `[[user]]`
    #[serde(default, rename = "user", skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<User>,
    /// `[[purpose]]`
    #[serde(default, rename = "purpose", skip_serializing_if = "Vec::is_empty")]
    pub purposes: Vec<PurposeTerm>,
    /// `[[rule]]`
    #[serde(default, rename = "rule", skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// `[[payment]]`
    #[serde(default, rename = "payment", skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Payment>,
    /// `[[consent_form]]`
    #[serde(default, rename = "consent_form", skip_serializing_if = "Vec::is_empty")]
    pub consent_forms: Vec<ConsentForm>,
    /// `[[dataset]]`
    #[serde(default, rename = "dataset", skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<Dataset>,
    /// `[[term]]`
    #[serde(default, rename = "term", skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<Term>,
    /// `[[window]]`
    #[serde(default, rename = "window", skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<PriorityWindow>,
    /// `[[training]]`
    #[serde(default, rename = "training", skip_serializing_if = "Vec::is_empty")]
    pub trainings: Vec<Training>,
    /// `[[agreement]]`
    #[serde(default, rename = "agreement", skip_serializing_if = "Vec::is_empty")]
    pub agreements: Vec<Agreement>,
    /// `[[sanction]]`
    #[serde(default, rename = "sanction", skip_serializing_if = "Vec::is_empty")]
    pub sanctions: Vec<Sanction>,
    /// `[[deadline]]`; a file without any leaves those of the registry as they are.
    #[serde(default, rename = "deadline", skip_serializing_if = "Vec::is_empty")]
    pub deadlines: Vec<Deadline>,
    /// `[[exposure]]`; a file without any leaves those of the registry as they are.
    #[serde(default, rename = "exposure", skip_serializing_if = "Vec::is_empty")]
    pub exposures: Vec<ExposureRule>,
}

/// What holds for the whole programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Name in Japanese.
    pub name_ja: String,
    /// Name in English.
    pub name_en: String,
    /// Reference genome; `GRCh38`.
    pub build: String,
    /// The smallest count of people or alleles that is shown; below it, all but zero is hidden.
    pub min_cell: u32,
    /// Which profile of the rules holds.
    pub profile: String,
}

impl Programme {
    /// Reads and checks a programme file; `name` is what messages call it.
    ///
    /// # Errors
    /// [`Error::Programme`] naming table, entry and what was expected, of everything wrong.
    pub fn parse(text: &str, name: &str) -> Result<Programme, Error> {
        let mut problems = Problems::of(name);
        match toml::from_str::<Programme>(text) {
            Ok(mut programme) => {
                check::check(&programme, &mut problems);
                programme.sort();
                if problems.is_empty() { Ok(programme) } else { Err(Error::Programme(problems)) }
            }
            Err(error) => {
                problems.add(|| check::place(text, &error));
                Err(Error::Programme(problems))
            }
        }
    }

    /// The built-in example.
    pub fn example() -> Result<Programme, Error> {
        Programme::parse(EXAMPLE, "example.toml")
    }

    /// The file, without comments; it parses back to the same programme.
    pub fn to_toml(&self) -> Result<String, Error> {
        Ok(toml::to_string_pretty(self)?)
    }

    /// What turns `self` into `next`: rows added, changed and removed, by table and id.
    pub fn changes_to(&self, next: &Programme) -> Vec<Change> {
        changes::between(Some(self), next)
    }

    /// The order the registry keeps: a file's order carries no meaning.
    fn sort(&mut self) {
        self.institutions.sort_by(|a, b| a.id.cmp(&b.id));
        self.roles.sort_by(|a, b| a.id.cmp(&b.id));
        self.roles.iter_mut().for_each(|role| role.acts.sort());
        self.users.sort_by(|a, b| a.id.cmp(&b.id));
        self.users.iter_mut().for_each(|user| user.roles.sort());
        self.purposes.sort_by(|a, b| (&a.code, a.valid_from).cmp(&(&b.code, b.valid_from)));
        self.rules
            .sort_by(|a, b| (&a.code, &a.profile, a.valid_from).cmp(&(&b.code, &b.profile, b.valid_from)));
        self.payments.sort_by(|a, b| a.id.cmp(&b.id));
        self.consent_forms.sort_by(|a, b| (&a.id, a.version).cmp(&(&b.id, b.version)));
        self.datasets.sort_by(|a, b| a.id.cmp(&b.id));
        self.terms.sort_by(|a, b| {
            (&a.dataset, &a.duo, &a.value, a.valid_from).cmp(&(&b.dataset, &b.duo, &b.value, b.valid_from))
        });
        self.windows.sort_by(|a, b| {
            (&a.dataset, &a.funder, a.valid_from).cmp(&(&b.dataset, &b.funder, b.valid_from))
        });
        self.trainings
            .sort_by(|a, b| (&a.user, &a.name, a.valid_from).cmp(&(&b.user, &b.name, b.valid_from)));
        self.agreements.sort_by(|a, b| {
            (&a.institution, &a.dataset, a.valid_from).cmp(&(&b.institution, &b.dataset, b.valid_from))
        });
        self.sanctions.sort_by(|a, b| {
            (&a.institution, &a.user, a.valid_from).cmp(&(&b.institution, &b.user, b.valid_from))
        });
        self.deadlines.sort_by(|a, b| (&a.what, a.valid_from).cmp(&(&b.what, b.valid_from)));
        self.exposures.sort_by(|a, b| (&a.name, a.valid_from).cmp(&(&b.name, b.valid_from)));
    }
}

impl Reads {
    /// What holds for the whole programme; `None` before a programme was applied.
    pub async fn settings(&mut self) -> Result<Option<Settings>, Error> {
        let rows = sqlx::query("SELECT name, value FROM programme").fetch_all(self.db()).await?;
        let mut values = HashMap::new();
        for row in &rows {
            values.insert(row.text("name")?, row.text("value")?);
        }
        if values.is_empty() {
            return Ok(None);
        }
        let mut value = |name: &str| values.remove(name).ok_or(Error::Stored("programme.value"));
        Ok(Some(Settings {
            name_ja: value("name_ja")?,
            name_en: value("name_en")?,
            build: value("build")?,
            min_cell: value("min_cell")?.parse().map_err(|_| Error::Stored("programme.value"))?,
            profile: value("profile")?,
        }))
    }

    /// The whole programme as it stands; `None` before one was applied.
    pub async fn programme(&mut self) -> Result<Option<Programme>, Error> {
        let Some(settings) = self.settings().await? else { return Ok(None) };
        Ok(Some(Programme {
            programme: settings,
            institutions: self.institutions().await?,
            roles: self.roles().await?,
            users: self.users().await?,
            purposes: self.purposes().await?,
            rules: self.rules().await?,
            payments: self.payments().await?,
            consent_forms: self.consent_forms().await?,
            datasets: self.datasets().await?,
            terms: self.dataset_terms().await?,
            windows: self.priority_windows().await?,
            trainings: self.trainings().await?,
            agreements: self.agreements().await?,
            sanctions: self.sanctions().await?,
            deadlines: self.deadlines().await?,
            exposures: self.exposure_rules().await?,
        }))
    }
}
