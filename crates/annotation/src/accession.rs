//! Accessions of the contigs of GRCh38 in RefSeq, from its assembly report (GCF_000001405.26 and later
//! patches, which never change a primary sequence).

use gj_model::Contig;

const ACCESSIONS: [&str; 25] = [
    "NC_000001.11",
    "NC_000002.12",
    "NC_000003.12",
    "NC_000004.12",
    "NC_000005.10",
    "NC_000006.12",
    "NC_000007.14",
    "NC_000008.11",
    "NC_000009.12",
    "NC_000010.11",
    "NC_000011.10",
    "NC_000012.12",
    "NC_000013.11",
    "NC_000014.9",
    "NC_000015.10",
    "NC_000016.10",
    "NC_000017.11",
    "NC_000018.10",
    "NC_000019.10",
    "NC_000020.11",
    "NC_000021.9",
    "NC_000022.11",
    "NC_000023.11",
    "NC_000024.10",
    "NC_012920.1",
];

/// The accession of a contig: `NC_000013.11` for chr13.
pub fn accession(contig: Contig) -> &'static str {
    ACCESSIONS[usize::from(contig.index())]
}

/// What a sequence's name in a file or a question says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sequence {
    /// A contig of GRCh38.
    Primary(Contig),
    /// A chromosome of another build.
    OtherBuild,
    /// A scaffold, patch or alternate sequence, or anything else.
    Other,
}

/// The contig of a name (`13`, `chr13`) or a RefSeq accession with its version.
pub fn sequence(name: &str) -> Sequence {
    if let Ok(contig) = name.parse() {
        return Sequence::Primary(contig);
    }
    if let Some(contig) = Contig::all().find(|&contig| accession(contig) == name) {
        return Sequence::Primary(contig);
    }
    let number = |text: &'static str| text.split_once('.').map_or(text, |(number, _)| number);
    let is_older = name.split_once('.').is_some_and(|(n, _)| ACCESSIONS.iter().any(|a| number(a) == n));
    if is_older { Sequence::OtherBuild } else { Sequence::Other }
}
