//! Bars drawn on the server: one small picture a row, so that the text beside it stays readable on a
//! telephone. Pure; the pictures hold no text, the row's number says the same.

use std::fmt::Write;

/// Width of a full bar in the picture's own units.
const WIDTH: f64 = 400.0;

/// A row of a bar chart.
pub(crate) struct Bar {
    pub(crate) label: String,
    /// The number beside the bar.
    pub(crate) text: String,
    /// Whether there is a number.
    pub(crate) shown: bool,
    /// The picture.
    pub(crate) svg: String,
}

impl Bar {
    /// A bar for `value` of `top`; `None` is hidden, and drawn hollow over the whole width.
    pub(crate) fn new(label: String, text: String, value: Option<f64>, top: f64) -> Bar {
        let share = value.map(|value| if top > 0.0 { (value / top).clamp(0.0, 1.0) } else { 0.0 });
        Bar { label, text, shown: value.is_some(), svg: picture(share) }
    }
}

fn picture(share: Option<f64>) -> String {
    let mut svg = format!(
        "<svg class=\"bar\" viewBox=\"0 0 {WIDTH} 16\" preserveAspectRatio=\"none\" aria-hidden=\"true\" \
            focusable=\"false\"><rect class=\"track\" width=\"{WIDTH}\" height=\"16\"/>"
    );
    // Writing to a String cannot fail.
    let _ = match share {
        // A share that is there but very small is still to be seen.
        Some(share) if share > 0.0 => {
            let width = (share * WIDTH).max(2.0);
            write!(svg, "<rect class=\"fill\" width=\"{width:.1}\" height=\"16\"/>")
        }
        Some(_) => Ok(()),
        None => {
            write!(svg, "<rect class=\"unknown\" x=\"1\" y=\"1\" width=\"{}\" height=\"14\"/>", WIDTH - 2.0)
        }
    };
    svg + "</svg>"
}

/// The end of a scale for frequencies: the next of 1, 2, 5 times a power of ten, 1 at most.
pub(crate) fn top(highest: f64) -> f64 {
    if highest <= 0.0 {
        return 0.01;
    }
    let power = 10f64.powf(highest.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0];
    let step = steps.into_iter().find(|step| step * power >= highest * 0.999_999).unwrap_or(10.0);
    (step * power).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_round_numbers() {
        for (highest, end) in [(0.0, 0.01), (0.25, 0.5), (0.5, 0.5), (0.013, 0.02), (0.9, 1.0), (1.0, 1.0)] {
            assert!((top(highest) - end).abs() < 1e-9, "{highest}");
        }
    }

    #[test]
    fn hidden_and_zero_look_different() {
        let bar = |value| Bar::new(String::new(), String::new(), value, 0.5).svg;
        assert!(bar(None).contains("unknown") && !bar(None).contains("fill"));
        assert!(!bar(Some(0.0)).contains("unknown") && !bar(Some(0.0)).contains("fill"));
        assert!(bar(Some(0.25)).contains("width=\"200.0\""));
    }
}
