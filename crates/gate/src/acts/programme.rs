//! The programme's rows: institutions, users, roles, purposes, rules and payments, shown and edited.

use crate::acts::init::ProgrammeFile;
use crate::ask::Asker;
use crate::audit::Note;
use crate::case::check_rules;
use crate::error::GateError;
use crate::gate::Gate;
use crate::random;
use chrono::NaiveDate;
use gj_model::UserId;
use gj_policy::Table;
use gj_registry::{ACTS, Change, Programme, Regime, programme};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;

const ACT: &str = "programme.edit";

/// Something this version can do and no role of the programme may, as in a directory made by an older one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// What is not there.
    pub missing: String,
    /// How to mend it.
    pub remedy: String,
}

impl Gate {
    /// The rows as a file that [`Gate::apply_programme`] reads back.
    ///
    /// # Errors
    /// A refusal; when the registry cannot be read.
    pub async fn export_programme(&self, asker: &Asker) -> Result<String, GateError> {
        self.authorise(asker, ACT, "programme").await?;
        let programme = self.inner.registry.read().await?.programme().await?;
        let missing = || GateError::Inconsistent("the registry holds no programme".to_owned());
        Ok(programme.ok_or_else(missing)?.to_toml()?)
    }

    /// What this version expects of a programme's rows and does not find.
    ///
    /// # Errors
    /// A refusal; when the registry cannot be read.
    pub async fn check_programme(&self, asker: &Asker) -> Result<Vec<Gap>, GateError> {
        self.authorise(asker, ACT, "programme").await?;
        let mut reads = self.inner.registry.read().await?;
        let roles = reads.roles().await?;
        let example = Programme::parse(programme::EXAMPLE, "the built-in example")?;
        let may = |act: &str| roles.iter().any(|role| role.acts.iter().any(|held| held == act));
        let gap = |act: &&str| {
            let holders = example.roles.iter().filter(|role| role.acts.iter().any(|held| held == act));
            let holders: Vec<String> = holders.map(|role| format!("`{}`", role.id)).collect();
            Gap {
                missing: format!("no role may do `{act}`"),
                remedy: format!(
                    "`gj programme export`, add \"{act}\" to the `acts` of a role (the \
                     built-in example gives it to {}), `gj programme apply`",
                    holders.join(", ")
                ),
            }
        };
        let mut gaps: Vec<Gap> = ACTS.iter().filter(|act| !may(act)).map(gap).collect();
        for (regime, whom) in [(Regime::Agreed, "researchers"), (Regime::Guarded, "registered users")] {
            if reads.exposure_rule(regime, self.inner.clock.today()).await?.is_none() {
                let regime = regime.name();
                gaps.push(Gap {
                    missing: format!("no [[exposure]] row of the regime `{regime}` holds today"),
                    remedy: match regime {
                        "agreed" => format!("what {whom} are shown is neither limited nor withheld after a withdrawal: add one, as the built-in example has, `gj programme apply`"),
                        _ => format!("{whom} are shown nothing: add one, as the built-in example has, `gj programme apply`"),
                    },
                });
            }
        }
        if reads.tariff().await?.fees.is_empty() {
            let missing = "no fee is registered, so nothing can be priced".to_owned();
            let remedy =
                "write one beside the output of `gj money tariff`, `gj money tariff-apply`".to_owned();
            gaps.push(Gap { missing, remedy });
        }
        Ok(gaps)
    }

    /// The rules in force on a day: the programme's own over those of its profile. They are public.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub async fn rules_of(&self, day: NaiveDate) -> Result<Arc<Table>, GateError> {
        let mut reads = self.inner.registry.read().await?;
        let settings = self.settings(&mut reads).await?;
        self.table(&mut reads, &settings.profile, day).await
    }

    /// What applying a file would change. Changes nothing.
    ///
    /// # Errors
    /// A refusal; every mistake of the file.
    pub async fn diff_programme(
        &self,
        asker: &Asker,
        file: ProgrammeFile<'_>,
    ) -> Result<Vec<Change>, GateError> {
        self.authorise(asker, ACT, "programme").await?;
        let programme = Programme::parse(file.text, file.name)?;
        check_rules(&programme)?;
        let now = self.inner.registry.read().await?.programme().await?;
        let missing = || GateError::Inconsistent("the registry holds no programme".to_owned());
        Ok(now.ok_or_else(missing)?.changes_to(&programme))
    }

    /// Makes the rows what the file says, all of it or nothing.
    ///
    /// # Errors
    /// A refusal; every mistake of the file; a row that is in use and missing from the file.
    pub async fn apply_programme(
        &self,
        asker: &Asker,
        file: ProgrammeFile<'_>,
    ) -> Result<Vec<Change>, GateError> {
        self.authorise(asker, ACT, "programme").await?;
        let programme = Programme::parse(file.text, file.name)?;
        check_rules(&programme)?;
        let mut tx = self.inner.registry.begin().await?;
        let changes = tx.apply_programme(&programme).await?;
        let rows: Vec<String> = changes.iter().map(ToString::to_string).collect();
        let note = Note {
            actor: asker.name(),
            act: ACT,
            subject: "programme",
            outcome: "done",
            detail: json!({ "changes": rows }),
        };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        Ok(changes)
    }

    /// Gives an account a new token and returns it; the old one stops working. Only its digest is kept.
    ///
    /// # Errors
    /// A refusal; an unknown account.
    pub async fn issue_token(&self, asker: &Asker, user: &UserId) -> Result<String, GateError> {
        self.authorise(asker, ACT, user.as_str()).await?;
        let token = random::digits::<32>()?;
        let mut tx = self.inner.registry.begin().await?;
        tx.set_token(user, &token).await?;
        let note = Note {
            actor: asker.name(),
            act: ACT,
            subject: user.as_str(),
            outcome: "token issued",
            detail: json!({}),
        };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        Ok(token)
    }
}
