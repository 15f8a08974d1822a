//! Terms of the Sequence Ontology as a reader meets them: Japanese names, or the term with spaces.

use crate::browser_words::Words;
use crate::language::Language;
use gj_api::table::Severity;

const JA: [(&str, &str); 28] = [
    ("transcript_ablation", "転写産物の欠失"),
    ("splice_acceptor_variant", "スプライス受容部位"),
    ("splice_donor_variant", "スプライス供与部位"),
    ("stop_gained", "ナンセンス（終止コドン獲得）"),
    ("frameshift_variant", "フレームシフト"),
    ("stop_lost", "終止コドン喪失"),
    ("start_lost", "開始コドン喪失"),
    ("transcript_amplification", "転写産物の増幅"),
    ("inframe_insertion", "インフレーム挿入"),
    ("inframe_deletion", "インフレーム欠失"),
    ("inframe_indel", "インフレーム挿入欠失"),
    ("missense_variant", "ミスセンス"),
    ("protein_altering_variant", "タンパク質の変化"),
    ("splice_donor_5th_base_variant", "スプライス供与部位 5 番目の塩基"),
    ("splice_region_variant", "スプライス領域"),
    ("splice_donor_region_variant", "スプライス供与領域"),
    ("splice_polypyrimidine_tract_variant", "スプライス ポリピリミジン配列"),
    ("incomplete_terminal_codon_variant", "不完全な終端コドン"),
    ("start_retained_variant", "開始コドン保持"),
    ("stop_retained_variant", "終止コドン保持"),
    ("synonymous_variant", "同義"),
    ("coding_sequence_variant", "翻訳配列"),
    ("5_prime_UTR_variant", "5′ 非翻訳領域"),
    ("3_prime_UTR_variant", "3′ 非翻訳領域"),
    ("non_coding_transcript_exon_variant", "非翻訳転写産物のエクソン"),
    ("intron_variant", "イントロン"),
    ("upstream_gene_variant", "遺伝子上流"),
    ("downstream_gene_variant", "遺伝子下流"),
];

/// The name of a term.
pub(crate) fn of(language: Language, term: &str) -> String {
    let japanese = JA.iter().find(|(known, _)| language == Language::Ja && *known == term);
    japanese
        .map_or_else(|| term.trim_end_matches("_variant").replace('_', " "), |(_, name)| (*name).to_owned())
}

/// The name of a sort of consequences.
pub(crate) fn severity(words: &'static Words, severity: Severity) -> &'static str {
    match severity {
        Severity::Lof => words.severity_lof,
        Severity::Missense => words.severity_missense,
        Severity::Synonymous => words.severity_synonymous,
        Severity::Other => words.severity_other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_has_a_name_in_both_languages() {
        assert_eq!(of(Language::Ja, "missense_variant"), "ミスセンス");
        assert_eq!(of(Language::En, "missense_variant"), "missense");
        assert_eq!(of(Language::Ja, "intergenic_variant"), "intergenic");
        assert_eq!(of(Language::En, "5_prime_UTR_variant"), "5 prime UTR");
    }
}
