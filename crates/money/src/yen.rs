//! Whole yen, added and taken away only with a check.

use crate::error::MoneyError;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Whole yen; below zero what is taken away or credited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Yen(i64);

/// A sum over a number of things, as whole yen and what is left over: 100 over 3 is 33 each and 1 left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PerUnit {
    /// Whole yen for each.
    pub each: Yen,
    /// Yen that are left over.
    pub left: Yen,
    /// How many things.
    pub units: u64,
}

impl Yen {
    /// Nothing.
    pub const ZERO: Yen = Yen(0);

    /// So many yen.
    pub const fn new(yen: i64) -> Yen {
        Yen(yen)
    }

    /// The number of yen.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] when it does not fit.
    pub fn plus(self, other: Yen) -> Result<Yen, MoneyError> {
        self.0.checked_add(other.0).map(Yen).ok_or(MoneyError::TooLarge)
    }

    /// The difference.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] when it does not fit.
    pub fn minus(self, other: Yen) -> Result<Yen, MoneyError> {
        self.0.checked_sub(other.0).map(Yen).ok_or(MoneyError::TooLarge)
    }

    /// So many times.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] when it does not fit.
    pub fn times(self, count: u32) -> Result<Yen, MoneyError> {
        self.0.checked_mul(i64::from(count)).map(Yen).ok_or(MoneyError::TooLarge)
    }

    /// The other side of a posting.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] for the one number that has no opposite.
    pub fn opposite(self) -> Result<Yen, MoneyError> {
        self.0.checked_neg().map(Yen).ok_or(MoneyError::TooLarge)
    }

    /// The sum of many.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] when it does not fit.
    pub fn sum(all: impl IntoIterator<Item = Yen>) -> Result<Yen, MoneyError> {
        all.into_iter().try_fold(Yen::ZERO, Yen::plus)
    }

    /// `basis_points` hundredths of a per cent of it, fractions of a yen dropped.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] when it does not fit.
    pub fn share(self, basis_points: u32) -> Result<Yen, MoneyError> {
        let share = i128::from(self.0) * i128::from(basis_points) / 10_000;
        i64::try_from(share).map(Yen).map_err(|_| MoneyError::TooLarge)
    }

    /// `part` of `whole` of it, fractions of a yen dropped: 100 yen for 5 of 12 months are 41.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] when it does not fit.
    pub fn in_proportion(self, part: u32, whole: u32) -> Result<Yen, MoneyError> {
        let share = i128::from(self.0) * i128::from(part) / i128::from(whole.max(1));
        i64::try_from(share).map(Yen).map_err(|_| MoneyError::TooLarge)
    }

    /// It, if it is more than nothing.
    ///
    /// # Errors
    /// [`MoneyError::NotPositive`].
    pub fn positive(self) -> Result<Yen, MoneyError> {
        if self.0 > 0 { Ok(self) } else { Err(MoneyError::NotPositive(self)) }
    }

    /// The sum over `units`; `None` over nothing.
    pub fn over(self, units: u64) -> Option<PerUnit> {
        let count = i64::try_from(units).ok().filter(|count| *count > 0)?;
        Some(PerUnit { each: Yen(self.0.div_euclid(count)), left: Yen(self.0.rem_euclid(count)), units })
    }
}

impl fmt::Display for Yen {
    /// With a comma before every third digit: `7,800,000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.unsigned_abs().to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
        if self.0 < 0 {
            text.push('-');
        }
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped() {
        let shown: Vec<String> =
            [0, 7, 100, 1_000, -12_345, 7_800_000, i64::MIN].map(|yen| Yen(yen).to_string()).to_vec();
        assert_eq!(shown, ["0", "7", "100", "1,000", "-12,345", "7,800,000", "-9,223,372,036,854,775,808"]);
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        assert_eq!(Yen(i64::MAX).plus(Yen(1)), Err(MoneyError::TooLarge));
        assert_eq!(Yen(i64::MAX).times(2), Err(MoneyError::TooLarge));
        assert_eq!(Yen(i64::MIN).opposite(), Err(MoneyError::TooLarge));
        assert_eq!(Yen(i64::MAX).share(20_000), Err(MoneyError::TooLarge));
        assert_eq!(Yen(999).share(2_500), Ok(Yen(249)));
    }

    #[test]
    fn nothing_is_lost_by_dividing() {
        assert_eq!(Yen(100).over(3), Some(PerUnit { each: Yen(33), left: Yen(1), units: 3 }));
        assert_eq!(Yen(100).over(0), None);
    }
}
