//! Hardy–Weinberg equilibrium: the exact test of Wigginton, Cutler and Abecasis (2005).

/// Probability of counts at least as unlikely as these, given the alleles and equilibrium.
///
/// `het`, `hom_alternate` and `hom_reference` are numbers of people with complete diploid calls. 1 when
/// there is nobody, or one allele only. Costs as many steps as heterozygote counts that matter.
pub fn exact(het: u32, hom_alternate: u32, hom_reference: u32) -> f64 {
    let (rare, common) = (hom_alternate.min(hom_reference), hom_alternate.max(hom_reference));
    if het == 0 && rare == 0 {
        return 1.0;
    }
    // Probabilities relative to that of the counts seen: their ratio from one heterozygote count to the
    // next needs no factorial.
    let (mut all, mut unlikely) = (1.0f64, 1.0f64);
    let mut add = |probability: f64| {
        all += probability;
        // The same probability, computed another way round, differs in its last digits.
        if probability <= 1.0 + 1e-9 {
            unlikely += probability;
        }
        // Once below what the smaller sum can feel, and falling, the rest adds nothing.
        probability > unlikely * 1e-17
    };
    let (mut hets, mut rares, mut commons) = (f64::from(het), f64::from(rare), f64::from(common));
    let mut probability = 1.0;
    while hets >= 2.0 {
        probability *= hets * (hets - 1.0) / (4.0 * (rares + 1.0) * (commons + 1.0));
        (hets, rares, commons) = (hets - 2.0, rares + 1.0, commons + 1.0);
        let is_falling = hets * (hets - 1.0) < 4.0 * (rares + 1.0) * (commons + 1.0);
        if !add(probability) && is_falling {
            break;
        }
    }
    (hets, rares, commons) = (f64::from(het), f64::from(rare), f64::from(common));
    probability = 1.0;
    while rares >= 1.0 {
        probability *= 4.0 * rares * commons / ((hets + 2.0) * (hets + 1.0));
        (hets, rares, commons) = (hets + 2.0, rares - 1.0, commons - 1.0);
        let is_falling = 4.0 * rares * commons < (hets + 2.0) * (hets + 1.0);
        if !add(probability) && is_falling {
            break;
        }
    }
    (unlikely / all).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn log_factorial(n: u32) -> f64 {
        (1..=n).map(|k| f64::from(k).ln()).sum()
    }

    /// The definition: every heterozygote count with the same alleles, by factorials.
    fn naive(het: u32, hom_alternate: u32, hom_reference: u32) -> f64 {
        let people = het + hom_alternate + hom_reference;
        let alternate = 2 * hom_alternate + het;
        let log_of = |het: u32| {
            let (a, r) = ((alternate - het) / 2, people - het - (alternate - het) / 2);
            f64::from(het) * 2f64.ln() - log_factorial(het) - log_factorial(a) - log_factorial(r)
        };
        let counts =
            (0..=alternate.min(2 * people - alternate)).filter(|h| (alternate - h).is_multiple_of(2));
        let logs: Vec<f64> = counts.map(log_of).collect();
        let seen = log_of(het);
        let all: f64 = logs.iter().map(|log| (log - seen).exp()).sum();
        logs.iter().filter(|log| **log <= seen + 1e-9).map(|log| (log - seen).exp()).sum::<f64>() / all
    }

    proptest! {
        #[test]
        fn it_equals_the_definition(het in 0u32..60, a in 0u32..60, r in 0u32..60) {
            prop_assume!(het + a + r > 0);
            let (fast, slow) = (exact(het, a, r), naive(het, a, r));
            prop_assert!((fast - slow).abs() <= 1e-8 * slow.max(1e-300), "{fast} {slow}");
        }
    }

    #[test]
    fn nobody_one_allele_and_large_counts() {
        assert!(exact(0, 0, 0) == 1.0 && exact(0, 0, 500) == 1.0);
        assert!(exact(50_000, 25_000, 25_000) > 0.99);
        assert!(exact(0, 50_000, 50_000) < 1e-300);
    }
}
