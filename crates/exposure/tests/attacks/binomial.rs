//! Counts of alleles as the attacker sees them: exact laws with and without the target, and seeded chance.

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers everywhere.
pub struct Chance(pub u64);

impl Chance {
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below 1.
    pub fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn secret(&mut self) -> u32 {
        (self.bits() >> 32) as u32
    }
}

/// The law of a count among `alleles` of frequency `p`: masses of counts from `first`, 12 deviations about the mean.
pub struct Law {
    first: u32,
    masses: Vec<f64>,
}

impl Law {
    /// Of people among whom the target is not, or is with this genotype.
    pub fn new(alleles: u32, p: f64, target: Option<u32>) -> Law {
        let (n, known) = target.map_or((alleles, 0), |genotype| (alleles - 2, genotype));
        let (mean, deviation) = (f64::from(n) * p, (f64::from(n) * p * (1.0 - p)).sqrt());
        let low = (mean - 12.0 * deviation - 12.0).max(0.0) as u32;
        let high = ((mean + 12.0 * deviation + 12.0) as u32).min(n);
        // From the mode outwards by ratios, then divided by the sum: no logarithm of a factorial needed.
        let mode = ((f64::from(n + 1) * p) as u32).clamp(low, high);
        let mut masses = vec![0.0; (high - low + 1) as usize];
        masses[(mode - low) as usize] = 1.0;
        let odds = p / (1.0 - p);
        for k in mode..high {
            let ratio = f64::from(n - k) / f64::from(k + 1) * odds;
            masses[(k + 1 - low) as usize] = masses[(k - low) as usize] * ratio;
        }
        for k in (low + 1..=mode).rev() {
            let ratio = f64::from(k) / f64::from(n - k + 1) / odds;
            masses[(k - 1 - low) as usize] = masses[(k - low) as usize] * ratio;
        }
        let sum: f64 = masses.iter().sum();
        masses.iter_mut().for_each(|mass| *mass /= sum);
        Law { first: low + known, masses }
    }

    pub fn of(&self, from: u32, to: u32) -> f64 {
        let end = (to + 1).saturating_sub(self.first).min(self.masses.len() as u32);
        let start = from.saturating_sub(self.first).min(end);
        self.masses[start as usize..end as usize].iter().sum()
    }

    pub fn draw(&self, chance: &mut Chance) -> u32 {
        let mut left = chance.share();
        for (mass, count) in self.masses.iter().zip(self.first..) {
            left -= mass;
            if left < 0.0 {
                return count;
            }
        }
        self.first + self.masses.len() as u32 - 1
    }

    pub fn counts(&self) -> impl Iterator<Item = (u32, f64)> {
        (self.first..).zip(self.masses.iter().copied())
    }
}

#[test]
fn laws_have_the_mean_and_variance_they_should() {
    for (n, p) in [(2_000, 0.3), (20_000, 0.004), (50, 0.9)] {
        let law = Law::new(n, p, None);
        let mean: f64 = law.counts().map(|(k, mass)| f64::from(k) * mass).sum();
        let square: f64 = law.counts().map(|(k, mass)| f64::from(k).powi(2) * mass).sum();
        assert!((mean / (f64::from(n) * p) - 1.0).abs() < 1e-9);
        assert!(((square - mean * mean) / (f64::from(n) * p * (1.0 - p)) - 1.0).abs() < 1e-6);
        assert!((Law::new(n, p, Some(2)).of(0, n) - 1.0).abs() < 1e-9);
    }
}
