//! Names of the assembly and of its chromosomes as Beacon clients write them. Knows GRCh38 only: a
//! name of another assembly is an error, never a miss.

use crate::status::BadParameter;
use gj_gate::annotation::{self, Sequence};
use gj_model::Contig;

/// The first version of the RefSeq and of the GenBank assembly that is GRCh38; later ones are patches.
const VERSIONS: [(&str, u32); 2] = [("GCF_000001405.", 26), ("GCA_000001405.", 15)];

/// Whether the text names GRCh38.
pub(crate) fn check(text: &str) -> Result<(), BadParameter> {
    let lower = text.to_ascii_lowercase();
    let patch = lower.strip_prefix("grch38").map(|rest| rest.strip_prefix(".p").unwrap_or(rest));
    let named = lower == "hg38" || patch.is_some_and(|patch| patch.bytes().all(|b| b.is_ascii_digit()));
    let accession = VERSIONS.iter().any(|(prefix, first)| {
        text.strip_prefix(prefix).and_then(|version| version.parse::<u32>().ok()).is_some_and(|v| v >= *first)
    });
    if named || accession {
        return Ok(());
    }
    let expected = "GRCh38, hg38 or GCF_000001405.26 and later: every coordinate here is on GRCh38";
    Err(BadParameter::new("assemblyId", text, expected))
}

/// The contig a `referenceName` means.
pub(crate) fn contig(text: &str) -> Result<Contig, BadParameter> {
    let name = text.strip_prefix("refseq:").unwrap_or(text);
    if let Some(found) = annotation::contig_of_refget(name) {
        return Ok(found);
    }
    if let Sequence::Primary(found) = annotation::sequence(name) {
        return Ok(found);
    }
    name.parse().map_err(|_| {
        let expected = "chr1–chr22, chrX, chrY, chrM, with or without `chr`, a RefSeq accession of GRCh38 \
            such as NC_000022.11, or its refget id `SQ.…`";
        BadParameter::new("referenceName", text, expected)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synonyms_of_grch38_are_known_and_others_refused() {
        for text in [
            "GRCh38",
            "grch38",
            "GRCh38.p13",
            "hg38",
            "GCF_000001405.26",
            "GCF_000001405.40",
            "GCA_000001405.15",
        ] {
            assert!(check(text).is_ok(), "{text}");
        }
        for text in ["", "GRCh37", "hg19", "GCF_000001405.25", "GCF_009914755.1", "GRCh38x", "T2T"] {
            assert!(check(text).is_err(), "{text}");
        }
    }

    #[test]
    fn contigs_have_aliases() {
        for text in
            ["22", "chr22", "NC_000022.11", "refseq:NC_000022.11", "SQ.7B7SHsmchAR0dFcDCuSFjJAo7tX87krQ"]
        {
            assert_eq!(contig(text).unwrap().name(), "chr22");
        }
        assert_eq!(contig("MT").unwrap(), contig("NC_012920.1").unwrap());
        // The accession of GRCh37.
        assert!(contig("NC_000022.10").is_err());
    }
}
