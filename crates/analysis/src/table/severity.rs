//! Four sorts of consequences, as tables of genes are read: loss of function, missense, synonymous, other.

use gj_gate::annotations::Told;
use serde::Serialize;

/// How severe a consequence is, the most severe first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Predicted loss of function.
    Lof,
    /// A changed protein.
    Missense,
    /// The same protein.
    Synonymous,
    /// Outside of what is translated, or no gene.
    Other,
}

/// Terms of the Sequence Ontology that are counted as loss of function, as gnomAD does.
const LOF: [&str; 5] = [
    "transcript_ablation",
    "splice_acceptor_variant",
    "splice_donor_variant",
    "stop_gained",
    "frameshift_variant",
];
const SAME_PROTEIN: [&str; 4] = [
    "synonymous_variant",
    "stop_retained_variant",
    "start_retained_variant",
    "incomplete_terminal_codon_variant",
];

impl Severity {
    /// All of them, the most severe first.
    pub const ALL: [Severity; 4] = [Severity::Lof, Severity::Missense, Severity::Synonymous, Severity::Other];

    /// Of a consequence; its first term is its most severe.
    pub fn of(told: &Told) -> Severity {
        let term = told.terms.first().map_or("", |term| term.term);
        match told.impact {
            _ if LOF.contains(&term) => Severity::Lof,
            _ if SAME_PROTEIN.contains(&term) => Severity::Synonymous,
            // A lost start or stop changes the protein, whatever becomes of it.
            "HIGH" | "MODERATE" => Severity::Missense,
            _ => Severity::Other,
        }
    }

    /// The word in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Lof => "lof",
            Severity::Missense => "missense",
            Severity::Synonymous => "synonymous",
            Severity::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::tests::row;

    #[test]
    fn terms_fall_into_four_sorts() {
        for (term, impact, severity) in [
            ("stop_gained", "HIGH", Severity::Lof),
            ("start_lost", "HIGH", Severity::Missense),
            ("inframe_deletion", "MODERATE", Severity::Missense),
            ("synonymous_variant", "LOW", Severity::Synonymous),
            ("splice_region_variant", "LOW", Severity::Other),
            ("intron_variant", "MODIFIER", Severity::Other),
        ] {
            let found = Severity::of(&row("chr22-5-G-A", None, term, impact).told.unwrap());
            assert_eq!(found, severity, "{term}");
        }
    }
}
