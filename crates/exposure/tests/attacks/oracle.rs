//! The condition on which the promise rests, added up over every count: `Σ P₁⁶ P₀⁻⁵ e^(−15c) ≤ 1`.

use crate::binomial::Law;
use gj_exposure::{Charge, Form, Ground, Span};

/// Secrets that give every form `count` evenly spaced offsets.
fn secrets(count: u32) -> impl Iterator<Item = u32> {
    (0..count).map(move |index| (2 * index + 1) * 32_768 / count).map(|offset| offset << 16 | offset)
}

/// Spans of one form and secret, ascending, with the charge of each.
fn spans(ground: &Ground, form: Form, secret: u32) -> Vec<(Span, Charge)> {
    let mut all = Vec::new();
    let mut next = 0;
    while next <= ground.alleles() {
        let span = ground.show(form, next, secret).unwrap();
        assert_eq!(span.from, next, "spans leave nothing out");
        all.push((span, ground.price(form, span)));
        next = span.to + 1;
    }
    all
}

/// Frequencies from far under the floor to a half, denser than the attacker's gain can change.
fn frequencies(ground: &Ground, floor: u32, steps: u32) -> impl Iterator<Item = f64> {
    let low = f64::from(floor) / 5.0 / f64::from(ground.alleles());
    (0..=steps).map(move |step| low * (0.5 / low).powf(f64::from(step) / f64::from(steps)))
}

/// The largest of the sums over genotypes and frequencies, averaged over offsets, with prices times `factor`.
fn worst(ground: &Ground, floor: u32, form: Form, steps: u32, factor: f64) -> f64 {
    let offsets = if form == Form::Exact { 1 } else { 256 };
    let all: Vec<Vec<(Span, Charge)>> = secrets(offsets).map(|secret| spans(ground, form, secret)).collect();
    let mut worst: f64 = 0.0;
    for p in frequencies(ground, floor, steps).flat_map(|p| [p, 1.0 - p]) {
        let stranger = Law::new(ground.alleles(), p, None);
        for genotype in 0..=2 {
            let member = Law::new(ground.alleles(), p, Some(genotype));
            let mut sum = 0.0;
            for (span, charge) in all.iter().flatten() {
                let (one, zero) = (member.of(span.from, span.to), stranger.of(span.from, span.to));
                // Beyond 12 deviations masses are not kept.
                if one > 1e-30 && zero > 1e-30 {
                    sum += (one.ln() * 6.0 - zero.ln() * 5.0 - 15.0 * factor * charge.squared_shift()).exp();
                }
            }
            worst = worst.max(sum / f64::from(offsets));
        }
    }
    worst
}

#[test]
fn every_price_keeps_the_promise_at_every_frequency_and_genotype() {
    for (alleles, floor) in [(2_000, 50), (2_000, 100), (2_000, 500), (5_000, 50)] {
        let ground = Ground::new(alleles, floor).unwrap();
        for form in Form::ALL {
            let worst = worst(&ground, floor, form, 40, 1.0);
            assert!(worst <= 1.0, "{alleles} {floor} {form:?}: {worst}");
        }
    }
}

#[test]
#[ignore = "a denser grid and larger cohorts: minutes"]
fn every_price_keeps_the_promise_on_a_dense_grid() {
    for (alleles, floor) in [(1_000, 50), (2_000, 50), (2_000, 100), (20_000, 50), (20_000, 1_000)] {
        let ground = Ground::new(alleles, floor).unwrap();
        for form in Form::ALL {
            let worst = worst(&ground, floor, form, 300, 1.0);
            println!("{alleles} alleles, floor {floor}, {form:?}: {worst:.6}");
            assert!(worst <= 1.0, "{alleles} {floor} {form:?}: {worst}");
        }
    }
}

#[test]
fn prices_are_not_much_higher_than_they_must_be() {
    let ground = Ground::new(2_000, 100).unwrap();
    for (form, factor) in [(Form::Exact, 0.85), (Form::Fine, 0.6), (Form::Broad, 0.6)] {
        let worst = worst(&ground, 100, form, 40, factor);
        assert!(worst > 1.0, "{form:?} would do with {factor} of its price: {worst}");
    }
}

#[test]
fn asking_finer_after_a_band_is_within_both_prices() {
    // Whoever was shown a band may stop or go on, whichever serves better, at every band.
    let ground = Ground::new(2_000, 100).unwrap();
    for (coarse, fine) in [(Form::Broad, Form::Fine), (Form::Broad, Form::Exact), (Form::Fine, Form::Exact)] {
        for p in frequencies(&ground, 100, 12) {
            let (stranger, member) = (Law::new(2_000, p, None), Law::new(2_000, p, Some(2)));
            let term = |span: &Span, charge: Charge| {
                let (one, zero) = (member.of(span.from, span.to), stranger.of(span.from, span.to));
                let all = one > 1e-30 && zero > 1e-30;
                if all {
                    (one.ln() * 6.0 - zero.ln() * 5.0 - 15.0 * charge.squared_shift()).exp()
                } else {
                    0.0
                }
            };
            let finer: Vec<_> = secrets(40).map(|secret| spans(&ground, fine, secret)).collect();
            let mut sum = 0.0;
            for (band, price) in secrets(160).flat_map(|secret| spans(&ground, coarse, secret)) {
                let mut on = 0.0;
                for (span, charge) in finer.iter().flatten() {
                    let both = Span { from: span.from.max(band.from), to: span.to.min(band.to) };
                    if both.from <= both.to {
                        on += term(&both, charge.plus(price)) / 40.0;
                    }
                }
                sum += term(&band, price).max(on) / 160.0;
            }
            assert!(sum <= 1.0, "{coarse:?} {fine:?} {p}: {sum}");
        }
    }
}

#[test]
fn rare_absent_and_never_seen_look_the_same() {
    let ground = Ground::new(3_000, 120).unwrap();
    for secret in [0, 1, 9_000, 40_000, u32::MAX] {
        for form in Form::ALL {
            for count in [1, 119] {
                let shown = ground.show(form, count, secret).unwrap();
                assert_eq!(shown, ground.show(form, 0, secret).unwrap(), "{form:?} {count} {secret}");
            }
        }
    }
    assert!(ground.show(Form::Exact, 3_001, 0).is_err());
    assert!(Ground::new(3_000, 49).is_err() && Ground::new(199, 50).is_err());
}
