//! Who issues qualified invoices: name, address, and a registration number whose digits check out.

use crate::error::MoneyError;
use crate::period;
use crate::tax::Rounding;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// `T` and thirteen digits; the first digit checks the other twelve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RegistrationNumber(String);

impl RegistrationNumber {
    /// As printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The check digit of twelve digits: nine less the remainder by nine of their sum, every second one from
/// the right doubled (Ordinance on corporate numbers, Ministry of Finance No. 70 of 2014, Article 2).
fn check_digit(twelve: &[u8]) -> u8 {
    let digits = twelve.iter().rev().enumerate();
    let sum: u32 = digits.map(|(n, digit)| u32::from(digit - b'0') * (1 + n as u32 % 2)).sum();
    b'0' + (9 - (sum % 9)) as u8
}

impl FromStr for RegistrationNumber {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<RegistrationNumber, MoneyError> {
        let wrong = |expected: &str| {
            Err(MoneyError::RegistrationNumber(text.escape_debug().to_string(), expected.to_owned()))
        };
        let Some(digits) = text.strip_prefix('T').map(str::as_bytes) else { return wrong("a `T` first") };
        match digits {
            [first, rest @ ..] if digits.len() == 13 && digits.iter().all(u8::is_ascii_digit) => {
                match check_digit(rest) {
                    check if check == *first => Ok(RegistrationNumber(text.to_owned())),
                    check => wrong(&format!("`{}` as the first digit", char::from(check))),
                }
            }
            _ => wrong("13 digits after it"),
        }
    }
}

impl TryFrom<String> for RegistrationNumber {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<RegistrationNumber, MoneyError> {
        text.parse()
    }
}

impl From<RegistrationNumber> for String {
    fn from(number: RegistrationNumber) -> String {
        number.0
    }
}

impl fmt::Display for RegistrationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who issues invoices, while it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// Of a qualified-invoice issuer.
    pub registration_number: RegistrationNumber,
    /// Name in Japanese.
    pub name_ja: String,
    /// Name in English.
    pub name_en: String,
    /// Postal address.
    pub address: String,
    /// Where to pay.
    pub bank: String,
    /// Days until an invoice is due.
    pub due_days: u32,
    /// What becomes of a fraction of a yen of tax.
    #[serde(default)]
    pub rounding: Rounding,
    /// First day.
    #[serde(deserialize_with = "period::read")]
    pub valid_from: NaiveDate,
    /// Last day; absent: open.
    #[serde(default, deserialize_with = "period::read_maybe", skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Where it comes from.
    pub source: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_digit_checks_the_others() {
        // The National Tax Agency's own, and the example of its explanation of the check digit.
        for known in ["T7000012050002", "T8700110005901"] {
            assert_eq!(known.parse::<RegistrationNumber>().unwrap().as_str(), known);
        }
        let wrong = "T7000012050003".parse::<RegistrationNumber>().unwrap_err().to_string();
        assert!(wrong.contains("expected `6` as the first digit"), "{wrong}");
        for text in
            ["7000012050002", "T700001205000", "T70000120500022", "T700001205000x", "T７000012050002", ""]
        {
            assert!(text.parse::<RegistrationNumber>().is_err(), "{text}");
        }
    }
}
