//! Confidence limits of a count: how low the rate of a Poisson process may be that gave it.
//!
//! Garwood (1936), Biometrika 28, 437–442. With it a filtering allele frequency is computed: Whiffin et al.
//! (2017), Genetics in Medicine 19, 1151–1158.

/// The one-sided lower limit of the rate at which `count` events are seen: the largest rate at which fewer
/// than `count` events have at least the probability `confidence`. 0 for no event.
///
/// `confidence` lies above 0 and below 1, for example 0.95. Costs as many steps as the square root of the
/// count, a few times.
pub fn lower_limit(count: u32, confidence: f64) -> f64 {
    if count == 0 {
        return 0.0;
    }
    let shape = f64::from(count);
    let at_least = 1.0 - confidence;
    let log_gamma = log_factorial(count - 1);
    // The probability of at least `count` events grows with the rate, from 0 to 1: Newton's steps, kept
    // between rates known to be too low and too high.
    let (mut low, mut high) = (0.0, 2.0 * shape + 20.0);
    let mut rate = shape;
    for _ in 0..200 {
        let probability = at_least_as_many(shape, rate, log_gamma);
        if probability < at_least {
            low = rate;
        } else {
            high = rate;
        }
        let density = (-rate + (shape - 1.0) * rate.ln() - log_gamma).exp();
        let step = (probability - at_least) / density;
        let next = if (low..high).contains(&(rate - step)) { rate - step } else { f64::midpoint(low, high) };
        if (next - rate).abs() <= rate * 1e-13 {
            return next;
        }
        rate = next;
    }
    rate
}

/// The probability of at least `shape` events: the regularised lower incomplete gamma function.
fn at_least_as_many(shape: f64, rate: f64, log_gamma: f64) -> f64 {
    if rate <= 0.0 {
        return 0.0;
    }
    // The probability of exactly `shape` events, times what each further event multiplies it by.
    let first = (-rate + shape * rate.ln() - log_gamma - shape.ln()).exp();
    let (mut sum, mut term, mut events) = (1.0, 1.0, shape);
    // Past the rate, terms fall; far past it they no longer count.
    while term > sum * 1e-16 || events < rate {
        events += 1.0;
        term *= rate / events;
        sum += term;
    }
    (first * sum).min(1.0)
}

/// The logarithm of `n!`.
fn log_factorial(n: u32) -> f64 {
    if n < 256 {
        return (2..=n).map(|k| f64::from(k).ln()).sum();
    }
    // Stirling's series; its next term is below 1e-15 here.
    let n = f64::from(n);
    let tail = 1.0 / (12.0 * n) - 1.0 / (360.0 * n.powi(3)) + 1.0 / (1260.0 * n.powi(5));
    n * n.ln() - n + 0.5 * (std::f64::consts::TAU * n).ln() + tail
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition: the probability of fewer events, term by term.
    fn fewer(count: u32, rate: f64) -> f64 {
        let term = |k: u32| {
            (-rate + f64::from(k) * rate.ln() - (2..=k).map(|i| f64::from(i).ln()).sum::<f64>()).exp()
        };
        (0..count).map(term).sum()
    }

    proptest! {
        #[test]
        fn fewer_events_have_just_the_confidence_at_the_limit(count in 1u32..400, confidence in 0.5f64..0.999) {
            let rate = lower_limit(count, confidence);
            prop_assert!((fewer(count, rate) - confidence).abs() < 1e-9, "{count} {confidence} {rate}");
        }
    }

    /// From the definition with 30 decimal digits, by bisection (`decimal` of Python).
    #[test]
    fn it_equals_the_definition_in_many_digits() {
        for (count, confidence, expected) in ORACLE {
            let found = lower_limit(count, confidence);
            assert!((found - expected).abs() <= expected * 1e-10, "{count} {confidence}: {found} {expected}");
        }
        assert_eq!(lower_limit(0, 0.95), 0.0);
    }

    const ORACLE: [(u32, f64, f64); 10] = [
        (1, 0.95, 0.051293294387550536),
        (2, 0.95, 0.35536151069866206),
        (10, 0.95, 5.425405697091293),
        (10, 0.99, 4.130199166273199),
        (100, 0.95, 84.13927721831419),
        (255, 0.95, 229.31447177470707),
        (256, 0.99, 220.25493182834555),
        (1601, 0.95, 1535.7586963793838),
        (1601, 0.99, 1509.3901207403721),
        (20000, 0.99, 19672.476078915508),
    ];
}
