//! One trait against every variant: least squares on the dosage, without covariates.

use crate::table::Lines;
use anyhow::{Result, bail};
use gj_kernels::Weights;
use gj_store::Batch;
use std::path::Path;

/// Writes slope, standard error, t and p for every variant.
///
/// Needs four sums of each row: dosage times trait over the runs, and dosage and its square over
/// everybody, which are stored. Who misses a call is left out of that variant.
pub(crate) fn scan(batch: &Batch, of: &[f64], out: &Path) -> Result<()> {
    if of.len() != batch.samples() {
        bail!("{} trait values are given for {} samples", of.len(), batch.samples());
    }
    let mean = of.iter().sum::<f64>() / of.len() as f64;
    let weights = of.iter().map(|y| [y - mean, (y - mean).powi(2)]).collect();
    let Some(weights) = Weights::new(&batch.everybody(), weights) else { bail!("weights of another batch") };
    let mut lines = Lines::create(out, "CHROM\tPOS\tREF\tALT\tOBS\tBETA\tSE\tT\tP")?;
    let (mut scan, mut stored) = (batch.sums(None, &weights)?, batch.totals(None)?);
    while let (Some(rows), Some(totals)) = (scan.next_rows()?, stored.next_rows()?) {
        for (row, (sums, totals)) in rows.sums.iter().zip(&totals).enumerate() {
            // Sums of allele counts over haploid and diploid calls; `called / 2` counts people.
            let n = f64::from(totals.an) / 2.0;
            let [sum_y, sum_yy] = sums.called.map(|sum| sum / 2.0);
            let (sum_g, sum_gg) = (f64::from(totals.ac), f64::from(totals.ac + 2 * totals.hom));
            let within = sum_gg - sum_g * sum_g / n;
            let together = sums.alternate[0] - sum_g * sum_y / n;
            let spread = sum_yy - sum_y * sum_y / n;
            let slope = together / within;
            let error = ((spread - slope * together) / (n - 2.0) / within).sqrt();
            let t = slope / error;
            lines.site(&rows.sites, row).number(totals.an / 2).real(slope).real(error).real(t);
            lines.real(two_sided(t, n - 2.0)).end()?;
        }
    }
    lines.finish()
}

/// Probability of a t at least as far from zero, by Hill's normal deviate (1970): made for many degrees of
/// freedom, as in a cohort.
fn two_sided(t: f64, freedom: f64) -> f64 {
    let a = freedom - 0.5;
    let b = 48.0 * a * a;
    let z2 = a * (t * t / freedom).ln_1p();
    let z = z2.sqrt();
    let correction =
        ((((-0.4 * z2 - 3.3) * z2 - 24.0) * z2 - 85.5) / (0.8 * z2 * z2 + 100.0 + b) + z2 + 3.0) / b + 1.0;
    libm::erfc(z * correction / std::f64::consts::SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_equal_the_table() {
        // The usual t table at 120 degrees of freedom.
        for (t, p) in [(1.979_93, 0.05), (2.617_42, 0.01), (3.373_45, 0.001)] {
            assert!((two_sided(t, 120.0) / p - 1.0).abs() < 1e-4, "{t} {}", two_sided(t, 120.0));
        }
    }
}
