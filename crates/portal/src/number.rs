//! Numbers as people read them.

use crate::words::Words;
use gj_model::Cells;

/// `3,202`
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count, or the word for hidden.
pub(crate) fn shown(number: Option<u32>, words: &Words) -> String {
    number.map_or_else(|| words.hidden.to_owned(), |number| count(u64::from(number)))
}

/// A frequency with four significant digits: `0.2500`, `0.0003125`; zero is `0`.
pub(crate) fn frequency(value: f64) -> String {
    if value <= 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.log10().floor() as i32;
    let places = (3 - magnitude).clamp(3, 12) as usize;
    format!("{value:.places$}")
}

/// A cell of a table.
pub(crate) struct Cell {
    pub(crate) text: String,
    /// Whether the text is a number, not the word for hidden.
    pub(crate) shown: bool,
}

impl Cell {
    /// A count.
    pub(crate) fn count(number: Option<u32>, words: &Words) -> Cell {
        Cell { text: shown(number, words), shown: number.is_some() }
    }

    /// A group's frequency, or why there is none.
    pub(crate) fn frequency(cells: &Cells, words: &Words) -> Cell {
        let (text, shown) = match (cells.frequency(), cells.an) {
            (Some(value), _) => (frequency(value), true),
            (None, Some(0)) => (words.not_called.to_owned(), true),
            (None, _) => (words.hidden.to_owned(), false),
        };
        Cell { text, shown }
    }
}

/// A probability with two significant digits: `0.43`, `1.2e-9`; what is too small for a number is told so.
pub(crate) fn probability(value: f64) -> String {
    match value {
        value if value < 1e-300 => "< 1e-300".to_owned(),
        value if value < 0.001 => format!("{value:.1e}"),
        value => format!("{value:.3}"),
    }
}

/// How many times one number is another: `0.52`, `3.1`, `240`.
pub(crate) fn ratio(value: f64) -> String {
    match value {
        value if value >= 100.0 => count(value.round() as u64),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

/// `25 %`, `0.5 %`, for axes.
pub(crate) fn percent(value: f64) -> String {
    let percent = value * 100.0;
    let text = format!("{percent:.4}");
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(
            ["0", "999", "1,000", "1,234,567"],
            [0, 999, 1_000, 1_234_567].map(count).each_ref().map(String::as_str)
        );
        assert_eq!(frequency(0.25), "0.2500");
        assert_eq!(frequency(0.0003125), "0.0003125");
        assert_eq!(frequency(1.0), "1.000");
        assert_eq!(frequency(0.0), "0");
        assert_eq!([0.4321, 1.23e-9, 0.0].map(probability), ["0.432", "1.2e-9", "< 1e-300"]);
        assert_eq!([0.519, 3.24, 31.4, 2_400.4].map(ratio), ["0.52", "3.24", "31.4", "2,400"]);
        assert_eq!(percent(0.005), "0.5 %");
        assert_eq!(percent(1.0), "100 %");
    }
}
