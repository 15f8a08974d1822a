//! The tariff: issuer, tax rates, fees and incentives as one readable file of dated rows with sources.

use crate::contribution::Incentive;
use crate::error::MoneyError;
use crate::fee::FeeRule;
use crate::issuer::Issuer;
use crate::period;
use crate::tax::TaxRate;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The built-in tariff: published price points with their sources, the rest marked as illustrative.
pub const EXAMPLE: &str = include_str!("../tariff/example.toml");

/// Everything that prices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tariff {
    /// `[[issuer]]`
    #[serde(default, rename = "issuer", skip_serializing_if = "Vec::is_empty")]
    pub issuers: Vec<Issuer>,
    /// `[[tax_rate]]`
    #[serde(default, rename = "tax_rate", skip_serializing_if = "Vec::is_empty")]
    pub rates: Vec<TaxRate>,
    /// `[[incentive]]`
    #[serde(default, rename = "incentive", skip_serializing_if = "Vec::is_empty")]
    pub incentives: Vec<Incentive>,
    /// `[[fee]]`
    #[serde(default, rename = "fee", skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<FeeRule>,
}

impl Tariff {
    /// Reads and checks a tariff file; `name` is what messages call it.
    ///
    /// # Errors
    /// [`MoneyError::Tariff`] with the line, or with everything that contradicts itself.
    pub fn parse(text: &str, name: &str) -> Result<Tariff, MoneyError> {
        let tariff: Tariff = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start).min(text.len());
            let line = text.get(..at).unwrap_or("").matches('\n').count() + 1;
            MoneyError::Tariff(format!("`{name}` line {line}: {}", error.message()))
        })?;
        let problems = tariff.problems();
        match problems.is_empty() {
            true => Ok(tariff),
            false => Err(MoneyError::Tariff(format!("`{name}`:\n  {}", problems.join("\n  ")))),
        }
    }

    /// The built-in tariff.
    ///
    /// # Errors
    /// Those of [`Tariff::parse`]; a test sees to it that there are none.
    pub fn example() -> Result<Tariff, MoneyError> {
        Tariff::parse(EXAMPLE, "the built-in tariff")
    }

    /// The file, without comments; it parses back to the same tariff.
    ///
    /// # Errors
    /// [`MoneyError::Tariff`] when it cannot be written.
    pub fn to_toml(&self) -> Result<String, MoneyError> {
        toml::to_string_pretty(self).map_err(|error| MoneyError::Tariff(error.to_string()))
    }

    /// Who issues invoices on a day.
    ///
    /// # Errors
    /// [`MoneyError::NoIssuer`].
    pub fn issuer_on(&self, day: NaiveDate) -> Result<&Issuer, MoneyError> {
        let on = self.issuers.iter().filter(|i| period::covers(i.valid_from, i.valid_to, day));
        on.max_by_key(|issuer| issuer.valid_from).ok_or(MoneyError::NoIssuer(day))
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut seen = BTreeSet::new();
        let mut row = |entry: String, from: NaiveDate, to: Option<NaiveDate>, source: &str| {
            if source.trim().is_empty() {
                problems.push(format!("{entry}: `source` must not be empty"));
            }
            if to.is_some_and(|to| to < from) {
                problems.push(format!("{entry}: `valid_to` is before `valid_from`; swap or correct them"));
            }
            if !seen.insert((entry.clone(), from)) {
                problems.push(format!("{entry}: is there twice from {from} on; keep one"));
            }
        };
        for issuer in &self.issuers {
            let entry = format!("[[issuer]] {}", issuer.registration_number);
            row(entry, issuer.valid_from, issuer.valid_to, &issuer.source);
        }
        for rate in &self.rates {
            row(format!("[[tax_rate]] {}", rate.class), rate.valid_from, rate.valid_to, &rate.source);
        }
        for incentive in &self.incentives {
            let entry = format!("[[incentive]] {}", incentive.kind);
            row(entry, incentive.valid_from, incentive.valid_to, &incentive.source);
        }
        for fee in &self.fees {
            row(format!("[[fee]] `{}`", fee.id), fee.valid_from, fee.valid_to, &fee.source);
        }
        for fee in self.fees.iter().filter(|fee| fee.amount < 0) {
            problems.push(format!("[[fee]] `{}`: `amount` must be 0 or more", fee.id));
        }
        for incentive in self.incentives.iter().filter(|i| i.discount_basis_points > 10_000) {
            problems.push(format!(
                "[[incentive]] {}: `discount_basis_points` must be 10000 (all) or less",
                incentive.kind
            ));
        }
        problems
    }
}
