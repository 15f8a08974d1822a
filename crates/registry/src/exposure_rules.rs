//! Rows of the ledger of privacy: under which regime frequencies are read, and how much may be learnt.
//!
//! Owns the rows. What they mean is in the gate and in `exposure`.

use crate::error::Error;
use crate::problems::Problems;
use crate::programme::date;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Smallest block of linkage that is taken.
const BLOCK_BASES_MIN: u64 = 1_000;

/// One row in one period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExposureRule {
    /// Its id.
    pub name: String,
    /// Whom it is for.
    pub regime: Regime,
    /// Squared shift that one user may ever be shown (decision 32). Guarded only.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub budget_user: f64,
    /// The same for all users of an institution together.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub budget_organisation: f64,
    /// Frequency of the rarer allele under which counts look the same as none. Guarded only.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub floor: f64,
    /// Bases of a linkage block, of which one site is answered. Guarded only.
    #[serde(default, skip_serializing_if = "is_none_yet")]
    pub block_bases: u64,
    /// The most telling form in which counts are told. Guarded only.
    #[serde(default, skip_serializing_if = "Finest::is_usual")]
    pub finest: Finest,
    /// Distinct sites, by release, that one user may ever be shown; no limit when absent. Agreed only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sites_user: Option<u64>,
    /// What becomes of cells shown before once other people are counted.
    pub after_change: AfterChange,
    /// First day.
    #[serde(deserialize_with = "date::read")]
    pub valid_from: NaiveDate,
    /// Last day; open when absent.
    #[serde(default, deserialize_with = "date::read_maybe", skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Where it comes from, in Japanese.
    pub source_ja: String,
    /// The same in English.
    pub source_en: String,
}

/// Whom a row is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Regime {
    /// Users with the act `frequency.guarded` only.
    Guarded,
    /// Users with the act `frequency.read`, under a contract.
    Agreed,
}

/// The most telling form of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finest {
    /// Bands of 40 standard deviations.
    Broad,
    /// Bands of 10 standard deviations.
    #[default]
    Fine,
    /// The count.
    Exact,
}

impl Finest {
    fn is_usual(&self) -> bool {
        *self == Finest::default()
    }

    fn name(self) -> &'static str {
        match self {
            Finest::Broad => "broad",
            Finest::Fine => "fine",
            Finest::Exact => "exact",
        }
    }
}

/// What becomes of cells shown before, once somebody left or other people are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AfterChange {
    /// They are withheld as long as a difference would set too few people apart.
    Withhold,
    /// The new count is shown at once.
    Show,
}

impl Regime {
    /// As stored: `guarded`.
    pub fn name(self) -> &'static str {
        match self {
            Regime::Guarded => "guarded",
            Regime::Agreed => "agreed",
        }
    }
}

fn is_zero(number: &f64) -> bool {
    *number == 0.0
}

fn is_none_yet(number: &u64) -> bool {
    *number == 0
}

/// Adds everything wrong with the rows of a programme file.
pub(crate) fn check(rules: &[ExposureRule], problems: &mut Problems) {
    for (index, rule) in rules.iter().enumerate() {
        let entry = format!("[[exposure]] `{}` from {}", rule.name, rule.valid_from);
        if rule.name.trim().is_empty() || rule.source_ja.trim().is_empty() || rule.source_en.trim().is_empty()
        {
            problems.add(|| format!("{entry}: `name`, `source_ja` and `source_en` must not be empty"));
        }
        if rule.valid_to.is_some_and(|to| to < rule.valid_from) {
            problems.add(|| format!("{entry}: `valid_to` is before `valid_from`; swap or correct them"));
        }
        let together = |other: &&ExposureRule| {
            other.regime == rule.regime
                && other.valid_from <= rule.valid_to.unwrap_or(NaiveDate::MAX)
                && rule.valid_from <= other.valid_to.unwrap_or(NaiveDate::MAX)
        };
        if let Some(other) = rules[..index].iter().find(together) {
            let (regime, name) = (rule.regime.name(), &other.name);
            problems.add(|| {
                format!("{entry}: `{name}` holds for {regime} on the same days; end one with `valid_to`")
            });
        }
        if rule.regime == Regime::Agreed {
            continue;
        }
        let budgets = 0.0 < rule.budget_user && rule.budget_user <= rule.budget_organisation;
        if !budgets || rule.budget_organisation > 100.0 {
            problems.add(|| {
                format!("{entry}: `budget_user` must be above 0 and at most `budget_organisation`, such as 0.0452 and 0.0905")
            });
        }
        if !(0.0 < rule.floor && rule.floor <= 0.25) {
            problems.add(|| {
                format!("{entry}: `floor` must be a frequency above 0 and at most 0.25, such as 0.05")
            });
        }
        if rule.block_bases < BLOCK_BASES_MIN {
            problems.add(|| {
                format!("{entry}: `block_bases` must be {BLOCK_BASES_MIN} or more; 1000000 is usual")
            });
        }
    }
}

impl Reads {
    /// Every row in every period, by name and first day.
    pub async fn exposure_rules(&mut self) -> Result<Vec<ExposureRule>, Error> {
        let sql = "SELECT name, regime, budget_user, budget_organisation, floor, block_bases, finest, sites_user, after_change, \
            valid_from, valid_to, source_ja, source_en FROM exposure_rules ORDER BY name, valid_from";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, |row| {
            let sites = row.maybe_count("sites_user")?;
            Ok(ExposureRule {
                name: row.text("name")?,
                regime: match row.text("regime")?.as_str() {
                    "guarded" => Regime::Guarded,
                    _ => Regime::Agreed,
                },
                budget_user: row.count("budget_user")? as f64 / 1e9,
                budget_organisation: row.count("budget_organisation")? as f64 / 1e9,
                floor: row.count("floor")? as f64 / 1e6,
                block_bases: row.count("block_bases")?,
                finest: match row.text("finest")?.as_str() {
                    "broad" => Finest::Broad,
                    "fine" => Finest::Fine,
                    _ => Finest::Exact,
                },
                sites_user: sites,
                after_change: match row.text("after_change")?.as_str() {
                    "withhold" => AfterChange::Withhold,
                    _ => AfterChange::Show,
                },
                valid_from: row.parsed("valid_from")?,
                valid_to: row.maybe_date("valid_to")?,
                source_ja: row.text("source_ja")?,
                source_en: row.text("source_en")?,
            })
        })
    }

    /// The row of a regime that holds on a day.
    pub async fn exposure_rule(
        &mut self,
        regime: Regime,
        day: NaiveDate,
    ) -> Result<Option<ExposureRule>, Error> {
        let holds = |rule: &ExposureRule| {
            rule.regime == regime && rule.valid_from <= day && rule.valid_to.is_none_or(|last| last >= day)
        };
        Ok(self.exposure_rules().await?.into_iter().find(holds))
    }
}

impl Tx {
    pub(crate) async fn replace_exposure_rules(&mut self, rules: &[ExposureRule]) -> Result<(), Error> {
        sqlx::query("DELETE FROM exposure_rules").execute(self.db()).await?;
        let sql = "INSERT INTO exposure_rules (name, regime, budget_user, budget_organisation, floor, block_bases, \
            finest, sites_user, after_change, valid_from, valid_to, source_ja, source_en) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        for rule in rules {
            sqlx::query(sql)
                .bind(rule.name.as_str())
                .bind(rule.regime.name())
                .bind((rule.budget_user * 1e9).round() as i64)
                .bind((rule.budget_organisation * 1e9).round() as i64)
                .bind((rule.floor * 1e6).round() as i64)
                .bind(rule.block_bases as i64)
                .bind(rule.finest.name())
                .bind(rule.sites_user.map(|sites| sites as i64))
                .bind(if rule.after_change == AfterChange::Withhold { "withhold" } else { "show" })
                .bind(rule.valid_from.to_string())
                .bind(rule.valid_to.map(|day| day.to_string()))
                .bind(rule.source_ja.as_str())
                .bind(rule.source_en.as_str())
                .execute(self.db())
                .await?;
        }
        Ok(())
    }
}
