//! What somebody means who types into the search box. Forgiving about width, case and separators;
//! never guesses a place.

use gj_gate::Place;
use gj_model::variant::VariantError;
use gj_model::{Contig, Region, Variant};

/// The place meant, if the text is one.
pub(crate) fn of(typed: &str) -> Option<Place> {
    let text = folded(typed);
    if let Ok(variant) = text.parse::<Variant>() {
        return Some(Place::Variant(variant));
    }
    // `22-42127941` and `22-100-200` are written with one kind of separator, too.
    let colon = if text.contains(':') { text.clone() } else { text.replacen('-', ":", 1) };
    colon.parse::<Region>().ok().map(Place::Region)
}

/// Whether the text is a variant whose alleles are longer than a question may name.
pub(crate) fn is_too_long(typed: &str) -> bool {
    matches!(folded(typed).parse::<Variant>(), Err(VariantError::Long(_)))
}

/// Half-width, one spelling of the dash, columns of a VCF line joined, chromosome as the model writes it.
fn folded(typed: &str) -> String {
    let half: String = typed.chars().map(half_width).collect();
    let joined = half.split_whitespace().collect::<Vec<_>>().join("-");
    // A chromosome alone is all of it, if it is called one: `22` and `X` may be anything.
    let end = match joined.find([':', '-']) {
        Some(end) => end,
        None if joined.get(..3).is_some_and(|prefix| prefix.eq_ignore_ascii_case("chr")) => joined.len(),
        None => return String::new(),
    };
    let (contig, rest) = joined.split_at(end);
    match contig_of(contig) {
        Some(contig) => format!("{contig}{rest}"),
        None => joined,
    }
}

fn contig_of(typed: &str) -> Option<Contig> {
    let lower = typed.to_ascii_lowercase();
    lower.strip_prefix("chr").unwrap_or(&lower).to_ascii_uppercase().parse().ok()
}

fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        // Dashes and minus signs, and the long-vowel mark that a Japanese keyboard gives on the same key.
        '\u{30fc}' | '\u{ff70}' | '\u{2212}' | '\u{2010}'..='\u{2015}' => '-',
        '\u{3001}' => ',',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full_width(text: &str) -> String {
        text.chars().filter_map(|c| char::from_u32(u32::from(c) + 0xfee0)).collect()
    }

    #[test]
    fn spellings_people_use_are_understood() {
        for typed in [
            "chr22-42127941-G-A",
            "22:42127941:g:a",
            "CHR22:42,127,941 G>A",
            " chr22\t42127941\tG\tA ",
            "chr22\u{30fc}42127941\u{2212}G\u{ff70}A",
            &full_width("chr22-42127941-G>A"),
            "22 42,127,941 G A",
        ] {
            let place = of(typed).map(|place| place.to_string());
            assert_eq!(place.as_deref(), Some("chr22-42127941-G-A"), "{typed}");
        }
    }

    #[test]
    fn positions_and_regions_are_understood() {
        for (typed, region) in [
            ("22:42127941", "chr22:42127941-42127941"),
            ("22-42127941", "chr22:42127941-42127941"),
            ("chr22:42126499-42130865", "chr22:42126499-42130865"),
            ("22-42126499-42130865", "chr22:42126499-42130865"),
            ("x:5-9", "chrX:5-9"),
            ("chrmt:5-9", "chrM:5-9"),
            ("CHRM", "chrM:1-16569"),
            ("chr22", "chr22:1-50818468"),
            (&full_width("22:42,126,499-42,130,865"), "chr22:42126499-42130865"),
        ] {
            assert_eq!(of(typed).map(|place| place.to_string()).as_deref(), Some(region), "{typed}");
        }
    }

    #[test]
    fn what_is_too_long_is_told_apart() {
        assert!(is_too_long(&format!("22:5 A {}", "C".repeat(1_001))));
        assert!(!is_too_long("22:5 A C") && !is_too_long(&"C".repeat(1_001)));
    }

    #[test]
    fn nothing_else_is() {
        for typed in [
            "",
            " ",
            "CYP2D6",
            "rs1065852",
            "22",
            "X",
            "chr",
            "chr99",
            "22:0",
            "99:5-9",
            "22:9-5",
            "<script>",
            "chr22-5-G",
        ] {
            assert!(of(typed).is_none(), "{typed}");
        }
    }
}
