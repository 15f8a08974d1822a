//! The unit of exposure: squared shift, in billionths, and what a sum of it allows an attacker.

/// The order of the Rényi divergence that is kept account of. Of all orders 7 bounds power 0.10 at 5% false positives
/// best (a squared shift of 0.0930, order 6 0.0905, order 2 0.0513; a normal approximation would say 0.1317); 6 is
/// gentler on rare alleles.
pub(crate) const ORDER: i32 = 6;

/// Billionths of squared shift: a divergence of order 6, scaled so that a normal shift by `μ` costs `μ²`.
///
/// Whole numbers, so that merged accounts sum to the same in any order. Rounded up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Charge(u64);

impl Charge {
    /// Nothing was told.
    pub const ZERO: Charge = Charge(0);
    /// No budget suffices.
    pub const IMPOSSIBLE: Charge = Charge(u64::MAX);

    /// Of a squared shift, rounded up. What is no number, or too large, is [`Charge::IMPOSSIBLE`].
    pub fn of(squared_shift: f64) -> Charge {
        let billionths = (squared_shift * 1e9).ceil();
        // Above this whole numbers are no longer exact; no budget is near it.
        if (0.0..1e15).contains(&billionths) { Charge(billionths as u64) } else { Charge::IMPOSSIBLE }
    }

    /// The largest sum of charges under which no test with a share `false_positives` has more than `power`.
    ///
    /// The two-point divergence of "says in" and "says out" is at most that of everything shown. Zero unless
    /// `0 < false_positives < power < 1`.
    pub fn budget(power: f64, false_positives: f64) -> Charge {
        if !(0.0 < false_positives && false_positives < power && power < 1.0) {
            return Charge::ZERO;
        }
        Charge((two_points(power, false_positives) * 1e9).floor() as u64)
    }

    /// One of `askers` equal shares: together they stay under the whole.
    #[must_use]
    pub fn share(self, askers: u32) -> Charge {
        Charge(self.0 / u64::from(askers.max(1)))
    }

    /// The sum; stays [`Charge::IMPOSSIBLE`].
    #[must_use]
    pub fn plus(self, other: Charge) -> Charge {
        Charge(self.0.saturating_add(other.0))
    }

    /// What is left of `self` after `other`.
    #[must_use]
    pub fn less(self, other: Charge) -> Charge {
        Charge(self.0.saturating_sub(other.0))
    }

    /// As stored.
    pub const fn billionths(self) -> u64 {
        self.0
    }

    /// From what was stored.
    pub const fn from_billionths(billionths: u64) -> Charge {
        Charge(billionths)
    }

    /// As a squared shift.
    pub fn squared_shift(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

/// The power that nobody exceeds who was shown `spent`, at a share `false_positives`. For a person's or a committee's eyes.
pub fn power(spent: Charge, false_positives: f64) -> f64 {
    let (mut low, mut high) = (false_positives, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if two_points(middle, false_positives) <= spent.squared_shift() {
            low = middle
        } else {
            high = middle
        }
    }
    high
}

/// Squared shift of a test's two outcomes.
fn two_points(power: f64, false_positives: f64) -> f64 {
    let term = |member: f64, stranger: f64| member.powi(ORDER) * stranger.powi(1 - ORDER);
    squared_shift((term(power, false_positives) + term(1.0 - power, 1.0 - false_positives)).ln())
}

/// From the logarithm of `Σ P₁⁶ P₀⁻⁵`.
pub(crate) fn squared_shift(log_moment: f64) -> f64 {
    log_moment * 2.0 / f64::from(ORDER * (ORDER - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_the_largest_sum_under_its_power() {
        let budget = Charge::budget(0.10, 0.05);
        assert_eq!(budget.billionths(), 90_505_929);
        assert!((power(budget, 0.05) - 0.10).abs() < 1e-6);
        assert!((power(Charge::ZERO, 0.05) - 0.05).abs() < 1e-6);
        assert!(budget.share(2).plus(budget.share(2)) <= budget);
        for (power, false_positives) in
            [(0.05, 0.05), (0.04, 0.05), (f64::NAN, 0.05), (1.0, 0.05), (0.1, 0.0)]
        {
            assert_eq!(Charge::budget(power, false_positives), Charge::ZERO);
        }
    }

    #[test]
    fn a_charge_is_never_rounded_down_and_what_is_no_number_is_never_cheap() {
        assert_eq!(Charge::of(1.0e-12).billionths(), 1);
        for bad in [f64::INFINITY, f64::NAN, -1.0, 1e9] {
            assert_eq!(Charge::of(bad), Charge::IMPOSSIBLE);
        }
        assert_eq!(Charge::IMPOSSIBLE.plus(Charge::of(0.1)), Charge::IMPOSSIBLE);
    }
}
