//! A change of one amino acid as requests write it, in one-letter or three-letter codes: `V600E`, `p.Val600Glu`.

use crate::status::BadParameter;

/// One-letter and three-letter codes (IUPAC), the stop last.
const CODES: [(char, &str); 22] = [
    ('A', "Ala"),
    ('R', "Arg"),
    ('N', "Asn"),
    ('D', "Asp"),
    ('C', "Cys"),
    ('Q', "Gln"),
    ('E', "Glu"),
    ('G', "Gly"),
    ('H', "His"),
    ('I', "Ile"),
    ('L', "Leu"),
    ('K', "Lys"),
    ('M', "Met"),
    ('F', "Phe"),
    ('P', "Pro"),
    ('S', "Ser"),
    ('T', "Thr"),
    ('W', "Trp"),
    ('Y', "Tyr"),
    ('V', "Val"),
    ('U', "Sec"),
    ('*', "Ter"),
];

/// The change as HGVS writes what is predicted: `p.(Val600Glu)`.
pub(crate) fn read(text: &str) -> Result<String, BadParameter> {
    let plain = text.strip_prefix("p.").unwrap_or(text).trim_matches(['(', ')']);
    let first = plain.find(|c: char| c.is_ascii_digit());
    let last = plain.rfind(|c: char| c.is_ascii_digit());
    let parts = first.zip(last).and_then(|(first, last)| {
        let number: u32 = plain[first..=last].parse().ok().filter(|number| *number > 0)?;
        let (from, to) = (code(&plain[..first])?, code(&plain[last + 1..])?);
        Some(format!("p.({from}{number}{to})"))
    });
    parts.ok_or_else(|| {
        let expected = "one amino acid changed into another or a stop: V600E, R196* or p.Val600Glu";
        BadParameter::new("aminoacidChange", text, expected)
    })
}

/// Whether a name on a protein, `NP_004324.2:p.(Val600Glu)`, says that change.
pub(crate) fn says(name: &str, change: &str) -> bool {
    name.rsplit_once(':').map_or(name, |(_, change)| change) == change
}

fn code(text: &str) -> Option<&'static str> {
    let text = if text == "X" { "*" } else { text };
    let found = CODES.iter().find(|(letter, three)| {
        three.eq_ignore_ascii_case(text) || (text.len() == 1 && text.starts_with(*letter))
    });
    found.map(|(_, three)| *three)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_alphabets_say_the_same() {
        for text in ["V600E", "p.Val600Glu", "p.(Val600Glu)", "Val600Glu"] {
            assert_eq!(read(text).unwrap(), "p.(Val600Glu)", "{text}");
        }
        assert_eq!(read("R196*").unwrap(), "p.(Arg196Ter)");
        assert_eq!(read("R196X").unwrap(), "p.(Arg196Ter)");
        for text in ["", "V600", "600E", "VE", "V0E", "Z600E", "Val600_Lys601del", "ÅÅ1E"] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(says("NP_004324.2:p.(Val600Glu)", "p.(Val600Glu)") && !says("x:p.(Val60Glu)", "p.(Val6Glu)"));
    }
}
