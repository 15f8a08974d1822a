//! Kinds of variants: the words that requests write for them, and which kind a stored variant is.

use crate::status::BadParameter;
use gj_model::Variant;

/// How the alternate allele differs from the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Snp,
    Mnp,
    Ins,
    Del,
    Delins,
}

/// Words and terms of the Sequence Ontology; the first of a kind is the one we write.
const WORDS: [(&str, Kind); 14] = [
    ("SNP", Kind::Snp),
    ("SNV", Kind::Snp),
    ("SO:0001483", Kind::Snp),
    ("MNP", Kind::Mnp),
    ("MNV", Kind::Mnp),
    ("SO:0002007", Kind::Mnp),
    ("INS", Kind::Ins),
    ("SO:0000667", Kind::Ins),
    ("DEL", Kind::Del),
    ("SO:0000159", Kind::Del),
    ("EFO:0030067", Kind::Del),
    ("DELINS", Kind::Delins),
    ("INDEL", Kind::Delins),
    ("SO:1000032", Kind::Delins),
];

impl Kind {
    /// Of a variant, bases that both alleles share left out.
    pub(crate) fn of(variant: &Variant) -> Kind {
        let (_, reference, alternate) = trimmed(variant);
        match (reference.len(), alternate.len()) {
            (1, 1) => Kind::Snp,
            (0, _) => Kind::Ins,
            (_, 0) => Kind::Del,
            (r, a) if r == a => Kind::Mnp,
            _ => Kind::Delins,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        WORDS.iter().find(|(_, kind)| *kind == self).map_or("SNP", |(name, _)| name)
    }

    /// The kind a word or term means. Duplications and copy numbers are refused: alleles are stored base by base,
    /// and a miss would say that there are none.
    pub(crate) fn read(text: &str) -> Result<Kind, BadParameter> {
        let found = WORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
        found.map(|(_, kind)| *kind).ok_or_else(|| {
            let copies = ["DUP", "CNV", "BND", "INV", "EFO:"].iter().any(|word| {
                text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            });
            let expected = "SNP, MNP, INS, DEL or DELINS";
            let why = ": only alleles written base by base are stored, no copy numbers, duplications or rearrangements";
            BadParameter::new("variantType", text, format!("{expected}{}", if copies { why } else { "" }))
        })
    }
}

/// A variant without the bases its alleles share at the end, then at the start; 0-based position.
pub(crate) fn trimmed(variant: &Variant) -> (u64, &str, &str) {
    let (mut reference, mut alternate) = (variant.reference.as_str(), variant.alternate.as_str());
    // Alleles are ASCII, so that every byte is a letter.
    while let (Some(r), Some(a)) = (reference.bytes().last(), alternate.bytes().last()) {
        if r != a {
            break;
        }
        (reference, alternate) = (&reference[..reference.len() - 1], &alternate[..alternate.len() - 1]);
    }
    let shared = reference.bytes().zip(alternate.bytes()).take_while(|(r, a)| r == a).count();
    (u64::from(variant.position.get()) - 1 + shared as u64, &reference[shared..], &alternate[shared..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_look_past_shared_bases() {
        for (variant, kind) in [
            ("chr22-5-G-A", "SNP"),
            ("chr22-5-GT-AT", "SNP"),
            ("chr22-5-GT-AC", "MNP"),
            ("chr22-5-G-GA", "INS"),
            ("chr22-5-GA-G", "DEL"),
            ("chr22-5-GAT-CC", "DELINS"),
        ] {
            assert_eq!(Kind::of(&variant.parse().unwrap()).name(), kind, "{variant}");
        }
    }

    #[test]
    fn copy_numbers_are_refused_with_the_reason() {
        assert_eq!(Kind::read("so:0000159").unwrap(), Kind::Del);
        for text in ["DUP", "CNV", "EFO:0030070", "dup:tandem"] {
            assert!(Kind::read(text).unwrap_err().expected.contains("copy numbers"), "{text}");
        }
        assert!(!Kind::read("ABC").unwrap_err().expected.contains("copy numbers"));
    }
}
