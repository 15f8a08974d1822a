//! Consumption tax: rates as dated rows, and the one place where it is rounded.

use crate::error::MoneyError;
use crate::period;
use crate::yen::Yen;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Which rate a line is taxed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaxClass {
    /// 標準税率.
    #[default]
    Standard,
    /// 軽減税率; marked with ※ on an invoice.
    Reduced,
    /// 対象外: no consumption tax.
    Untaxed,
}

impl TaxClass {
    /// The word used in files and in the registry.
    pub fn name(self) -> &'static str {
        match self {
            TaxClass::Standard => "standard",
            TaxClass::Reduced => "reduced",
            TaxClass::Untaxed => "untaxed",
        }
    }
}

impl fmt::Display for TaxClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A rate in whole per cent while it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxRate {
    /// For which lines.
    pub class: TaxClass,
    /// Whole per cent.
    pub percent: u8,
    /// First day.
    #[serde(deserialize_with = "period::read")]
    pub valid_from: NaiveDate,
    /// Last day; absent: open.
    #[serde(default, deserialize_with = "period::read_maybe", skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// The law.
    pub source: String,
}

/// What becomes of a fraction of a yen of tax. The law leaves the choice to the issuer; it is said on
/// every invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// 切捨て: dropped.
    #[default]
    Down,
    /// 四捨五入: half a yen and more becomes one.
    HalfUp,
    /// 切上げ: becomes one.
    Up,
}

impl Rounding {
    /// In Japanese, as on an invoice.
    pub fn ja(self) -> &'static str {
        match self {
            Rounding::Down => "切捨て",
            Rounding::HalfUp => "四捨五入",
            Rounding::Up => "切上げ",
        }
    }

    /// In English.
    pub fn en(self) -> &'static str {
        match self {
            Rounding::Down => "rounded down",
            Rounding::HalfUp => "rounded half up",
            Rounding::Up => "rounded up",
        }
    }

    /// The tax on a net sum of one rate, which is not below zero.
    pub(crate) fn tax(self, net: Yen, percent: u8) -> Result<Yen, MoneyError> {
        let hundredths = i128::from(net.get()) * i128::from(percent);
        let added = match self {
            Rounding::Down => 0,
            Rounding::HalfUp => 50,
            Rounding::Up => 99,
        };
        i64::try_from((hundredths + added) / 100).map(Yen::new).map_err(|_| MoneyError::TooLarge)
    }
}

/// The lines of one rate together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateTotal {
    /// Which rate.
    pub class: TaxClass,
    /// Whole per cent.
    pub percent: u8,
    /// Sum of the lines, without tax.
    pub net: Yen,
    /// Tax on that sum, rounded once.
    pub tax: Yen,
}

/// What a document adds up to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// By rate: standard, reduced, untaxed.
    pub rates: Vec<RateTotal>,
    /// Without tax.
    pub net: Yen,
    /// Tax.
    pub tax: Yen,
    /// To pay.
    pub total: Yen,
}

impl Totals {
    /// Adds up lines, each with its rate and its net amount, and taxes each rate's sum once.
    pub(crate) fn of(
        lines: impl IntoIterator<Item = (TaxClass, u8, Yen)>,
        rounding: Rounding,
    ) -> Result<Totals, MoneyError> {
        let mut sums: BTreeMap<(TaxClass, u8), Yen> = BTreeMap::new();
        for (class, percent, net) in lines {
            let sum = sums.entry((class, percent)).or_default();
            *sum = sum.plus(net)?;
        }
        let rates = sums.into_iter().map(|((class, percent), net)| {
            Ok(RateTotal { class, percent, net, tax: rounding.tax(net, percent)? })
        });
        Totals::over(rates.collect::<Result<_, MoneyError>>()?)
    }

    /// The totals over rates whose tax is known.
    pub(crate) fn over(rates: Vec<RateTotal>) -> Result<Totals, MoneyError> {
        let net = Yen::sum(rates.iter().map(|rate| rate.net))?;
        let tax = Yen::sum(rates.iter().map(|rate| rate.tax))?;
        Ok(Totals { rates, net, tax, total: net.plus(tax)? })
    }
}

/// The rate in force; the later of two that both are.
pub(crate) fn rate_on(rates: &[TaxRate], class: TaxClass, day: NaiveDate) -> Result<u8, MoneyError> {
    if class == TaxClass::Untaxed {
        return Ok(0);
    }
    let on = rates.iter().filter(|r| r.class == class && period::covers(r.valid_from, r.valid_to, day));
    let found = on.max_by_key(|rate| rate.valid_from).map(|rate| rate.percent);
    found.ok_or(MoneyError::NoTaxRate(class.name(), day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_of_a_yen_is_rounded_as_stated() {
        let tax = |rounding: Rounding, net| rounding.tax(Yen::new(net), 8).unwrap().get();
        // 8 per cent of 99 is 7.92, of 106 is 8.48, of 100 is 8.
        assert_eq!([99, 106, 100].map(|net| tax(Rounding::Down, net)), [7, 8, 8]);
        assert_eq!([99, 106, 100].map(|net| tax(Rounding::HalfUp, net)), [8, 8, 8]);
        assert_eq!([99, 106, 100].map(|net| tax(Rounding::Up, net)), [8, 9, 8]);
    }

    #[test]
    fn tax_is_rounded_once_a_rate_and_not_once_a_line() {
        let lines = [(TaxClass::Standard, 10, Yen::new(105)); 3];
        // Each line alone: 10 and a half, thrice dropped to 30. Together: 31 and a half, dropped to 31.
        assert_eq!(Totals::of(lines, Rounding::Down).unwrap().tax, Yen::new(31));
    }
}
