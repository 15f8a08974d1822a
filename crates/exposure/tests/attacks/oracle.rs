//! The condition on which the promise rests, added up over every count: `Σ P₁⁶ P₀⁻⁵ e^(−15c) ≤ 1`.

use crate::binomial::Law;
use gj_exposure::{Charge, Form, Ground, Span};

/// Spans of one form and offset, ascending, with the charge of each.
fn spans(ground: &Ground, form: Form, offset: u16) -> Vec<(Span, Charge)> {
    let mut all = Vec::new();
    let mut next = 0;
    while next <= ground.alleles() {
        let span = ground.show(form, next, offset).unwrap();
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
    let offsets: Vec<u16> = if form == Form::Exact { vec![0] } else { (0..64).map(|i| i * 1_024 + 512).collect() };
    let all: Vec<Vec<(Span, Charge)>> = offsets.iter().map(|offset| spans(ground, form, *offset)).collect();
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
            worst = worst.max(sum / offsets.len() as f64);
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
        for p in frequencies(&ground, 100, 24) {
            let (stranger, member) = (Law::new(2_000, p, None), Law::new(2_000, p, Some(2)));
            let term = |span: &Span, charge: Charge| {
                let (one, zero) = (member.of(span.from, span.to), stranger.of(span.from, span.to));
                let all = one > 1e-30 && zero > 1e-30;
                if all { (one.ln() * 6.0 - zero.ln() * 5.0 - 15.0 * charge.squared_shift()).exp() } else { 0.0 }
            };
            let mut sum = 0.0;
            for offset in (0..32).map(|i| i * 2_048 + 1_024) {
                let finer = spans(&ground, fine, offset);
                for band in spans(&ground, coarse, offset) {
                    let within = finer.iter().filter(|(s, _)| s.from >= band.0.from && s.to <= band.0.to);
                    let on: f64 = within.map(|(span, charge)| term(span, charge.plus(band.1))).sum();
                    sum += term(&band.0, band.1).max(on);
                }
            }
            assert!(sum / 32.0 <= 1.0, "{coarse:?} {fine:?} {p}: {}", sum / 32.0);
        }
    }
}

#[test]
fn coarser_forms_follow_from_finer_ones() {
    let ground = Ground::new(3_000, 120).unwrap();
    for offset in [0, 1, 9_000, 16_383, 16_384, 40_000, 65_535] {
        for pair in [[Form::Exact, Form::Fine], [Form::Fine, Form::Broad]] {
            let coarse = spans(&ground, pair[1], offset);
            for (span, _) in spans(&ground, pair[0], offset) {
                let holds = |(wide, _): &(Span, Charge)| wide.from <= span.from && span.to <= wide.to;
                assert!(coarse.iter().any(holds), "{offset} {pair:?} {span:?}");
            }
        }
        for count in [0, 1, 119] {
            let shown = ground.show(Form::Broad, count, offset).unwrap();
            assert_eq!(shown, ground.show(Form::Broad, 0, offset).unwrap(), "rare is like absent");
        }
    }
}
