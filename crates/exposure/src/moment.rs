//! How much an exact count tells about somebody who carries the rarer allele twice.

use crate::charge::{ORDER, squared_shift};

/// Coefficients `a_j` of `(k(k−1))⁶ = Σ a_j k(k−1)…(k−j+1)`, by `j` from 0 to 12.
fn coefficients() -> [f64; 13] {
    let mut now = [0.0; 13];
    now[0] = 1.0;
    for _ in 0..ORDER {
        let mut next = [0.0; 13];
        for j in 0..13_usize {
            let of = now[j];
            let by = j as f64;
            // k(k−1) [k]_j = [k]_(j+2) + 2j [k]_(j+1) + j(j−1) [k]_j
            for (shift, factor) in [(0, by * (by - 1.0)), (1, 2.0 * by), (2, 1.0)] {
                if of > 0.0 && j + shift < 13 {
                    next[j + shift] += of * factor;
                }
            }
        }
        now = next;
    }
    now
}

/// Squared shift of an exact count among `alleles`, of expected share `frequency`, for a target who carries twice.
///
/// Members and strangers differ by the factor `k(k−1) / (n(n−1)p²)`; its sixth moment is a sum of factorial moments, so this
/// is exact, with no normal approximation. Of all genotypes the rarer allele twice tells most. Infinite where nobody is expected.
pub(crate) fn exact(alleles: f64, frequency: f64) -> f64 {
    if alleles < 2.0 || frequency.is_nan() || frequency <= 0.0 {
        return f64::INFINITY;
    }
    let pairs = f64::from(ORDER) * (alleles * (alleles - 1.0) * frequency * frequency).ln();
    let mut falling = 0.0; // logarithm of n(n−1)…(n−j+1) pʲ
    let mut sum = 0.0;
    for (j, coefficient) in coefficients().into_iter().enumerate() {
        if coefficient > 0.0 {
            sum += (coefficient.ln() + falling - pairs).exp();
        }
        let left = alleles - j as f64;
        if left <= 0.0 {
            break;
        }
        falling += (left * frequency).ln();
    }
    squared_shift(sum.ln()).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sixth moment, added up count by count.
    fn naive(alleles: u32, frequency: f64) -> f64 {
        let n = f64::from(alleles);
        let mut mass = (1.0 - frequency).powi(alleles as i32);
        let mut sum = 0.0;
        for k in 0..=alleles {
            let k = f64::from(k);
            sum += mass * (k * (k - 1.0) / (n * (n - 1.0) * frequency * frequency)).powi(6);
            mass *= (n - k) / (k + 1.0) * frequency / (1.0 - frequency);
        }
        sum.ln() / 15.0
    }

    #[test]
    fn the_closed_form_is_the_sum_over_all_counts() {
        for (alleles, frequency) in [(2, 0.5), (11, 0.3), (40, 0.1), (400, 0.02), (600, 0.5), (3_000, 0.05)] {
            let (closed, summed) = (exact(f64::from(alleles), frequency), naive(alleles, frequency));
            assert!((closed / summed - 1.0).abs() < 1e-6, "{alleles} {frequency}: {closed} {summed}");
        }
    }

    #[test]
    fn large_cohorts_come_to_the_known_shift() {
        // (g − 2p)² / (2Np(1 − p)), Sankararaman et al. 2009, for g = 2.
        let (n, p) = (200_000.0, 0.3);
        assert!((exact(n, p) / (4.0 * (1.0 - p) / (n * p)) - 1.0).abs() < 1e-3);
        assert_eq!(exact(100.0, 0.0), f64::INFINITY);
        assert_eq!(exact(1.0, 0.5), f64::INFINITY);
    }
}
