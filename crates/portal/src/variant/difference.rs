//! How another panel's frequency stands to ours: a line and a dot on one logarithmic scale, a row each.

use std::fmt::Write;

const WIDTH: f64 = 400.0;
/// The scale's left end; the right one is 1.
const LOWEST: f64 = 1e-5;

/// The picture of one row; ours may be hidden.
pub(super) fn picture(ours: Option<f64>, theirs: f64) -> String {
    let mut svg = format!(
        "<svg class=\"difference\" viewBox=\"0 0 {WIDTH} 16\" preserveAspectRatio=\"none\" aria-hidden=\"true\" \
            focusable=\"false\"><rect class=\"track\" width=\"{WIDTH}\" height=\"16\"/>"
    );
    let dot = place(theirs);
    // Writing to a String cannot fail.
    if let Some(ours) = ours {
        let line = place(ours);
        let (left, width) = (line.min(dot), (line - dot).abs());
        let _ = write!(
            svg,
            "<rect class=\"gap\" x=\"{left:.1}\" y=\"6\" width=\"{width:.1}\" height=\"4\"/>\
                <rect class=\"ours\" x=\"{:.1}\" width=\"3\" height=\"16\"/>",
            line - 1.5
        );
    }
    let _ = write!(svg, "<ellipse class=\"theirs\" cx=\"{dot:.1}\" cy=\"8\" rx=\"5\" ry=\"6\"/></svg>");
    svg
}

/// Where a frequency lies; what is below the scale, zero too, lies at its left end.
fn place(frequency: f64) -> f64 {
    let share = 1.0 - frequency.max(LOWEST).log10() / LOWEST.log10();
    (6.0 + share * (WIDTH - 12.0)).clamp(6.0, WIDTH - 6.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies_lie_in_order_and_a_hidden_one_draws_no_line() {
        assert!(place(0.0) < place(1e-4) && place(1e-4) < place(0.1) && place(0.1) < place(1.0));
        assert!((place(1.0) - 394.0).abs() < 1e-9 && (place(0.0) - 6.0).abs() < 1e-9);
        assert!(!picture(None, 0.1).contains("ours") && picture(Some(0.2), 0.1).contains("ours"));
    }
}
