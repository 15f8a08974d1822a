//! How wide characters are: on a page in thousandths of the type size, in a terminal in columns.

/// Widths of Helvetica from the space on, as in Adobe's metrics of the fourteen standard fonts.
const ASCII: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
    500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
    556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
    278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
/// The same from U+00A0 to U+00FF.
const LATIN_1: [u16; 96] = [
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333, 400, 584, 333, 333, 333,
    556, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611, 667, 667, 667, 667, 667, 667, 1000, 722, 667, 667,
    667, 667, 278, 278, 278, 278, 722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667,
    611, 556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278, 278, 556, 556, 556, 556,
    556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500,
];
/// A Japanese character is as wide as the type is high.
const FULL: u32 = 1000;
/// A half-width katakana is half of that.
const HALF: u32 = 500;

/// The byte that stands for a character in WinAnsi, for those Helvetica draws.
pub(super) fn latin(character: char) -> Option<u8> {
    match character {
        ' '..='~' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(character)).ok(),
        _ => None,
    }
}

/// Width of a character on a page, in thousandths of the type size.
fn thousandths_of(character: char) -> u32 {
    match (latin(character), character) {
        (Some(byte @ b' '..=b'~'), _) => ASCII[usize::from(byte - b' ')].into(),
        (Some(byte @ 0xa0..), _) => LATIN_1[usize::from(byte - 0xa0)].into(),
        (_, '\u{ff61}'..='\u{ff9f}') => HALF,
        _ => FULL,
    }
}

/// Width of a text on a page, in thousandths of the type size.
pub(super) fn thousandths(text: &str) -> u32 {
    text.chars().map(thousandths_of).sum()
}

/// Columns a text takes in a terminal.
pub(super) fn columns(text: &str) -> usize {
    let columns = |c: char| if latin(c).is_some() || ('\u{ff61}'..='\u{ff9f}').contains(&c) { 1 } else { 2 };
    text.chars().map(columns).sum()
}

/// A text cut into lines at most so wide, at blanks between Latin words or between Japanese characters.
pub(super) fn wrapped(text: &str, thousandths_max: u32) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut width = 0;
    for word in words(text) {
        let wide = thousandths(&word);
        if width + wide > thousandths_max && width > 0 {
            lines.push(String::new());
            width = 0;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(&word);
        }
        width += wide;
    }
    lines
}

/// Closing marks do not begin a line, so they stay with what is before them.
const CLOSING: &str = "、。）」』】・：；？！ー～";

fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for character in text.chars() {
        let latin = latin(character).is_some();
        match words.last_mut() {
            Some(word) if (latin && open) || CLOSING.contains(character) => word.push(character),
            _ => words.push(character.into()),
        }
        open = latin && character != ' ';
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_font() {
        assert_eq!(thousandths("1,000"), 4 * 556 + 278);
        assert_eq!(thousandths("請求書A¥"), 3000 + 667 + 556);
        assert_eq!(thousandths("ｱ"), 500);
        assert_eq!(columns("請求A"), 5);
    }

    #[test]
    fn lines_are_cut_where_they_may_be() {
        let lines = wrapped("東北メディカル、price list (as read)", 7_000);
        assert_eq!(lines, ["東北メディカ", "ル、price list ", "(as read)"]);
    }
}
