//! Names worked out by hand on a transcript of each strand: the same bases, turned around.

use gj_annotation::{Annotator, Edit, GeneModels, Stretch, hgvs, reverse_complement};
use gj_model::Variant;

/// ```text
/// 1          11    16           28                45         55
/// TTTTTTTTTT GGCAC ATGCATTTTTGG GTAAGTCACTGATTTAG CAATAAGGCC TTTT
///            -5    1         12 +1             -1 13    *1
/// ```
/// The protein is Met His Phe Trp Gln.
const BASES: &[u8] = b"TTTTTTTTTTGGCACATGCATTTTTGGGTAAGTCACTGATTTAGCAATAAGGCCTTTT";
const EXONS: [(u32, u32); 2] = [(11, 27), (45, 54)];
const CODING: [(u32, u32); 2] = [(16, 27), (45, 50)];

fn models(forward: bool) -> GeneModels {
    let length = BASES.len() as u32;
    let mut gff = String::new();
    let strand = if forward { '+' } else { '-' };
    let mut line = |kind: &str, (start, end): (u32, u32), attributes: &str| {
        let (start, end) = if forward { (start, end) } else { (length + 1 - end, length + 1 - start) };
        gff += &format!("1\t.\t{kind}\t{start}\t{end}\t.\t{strand}\t0\t{attributes}\n");
    };
    line("gene", (11, 54), "ID=gene:G;Name=ABC1");
    line("mRNA", (11, 54), "ID=transcript:T;Parent=gene:G;biotype=protein_coding;version=1");
    line("ncRNA", (11, 54), "ID=transcript:R;Parent=gene:G;version=1");
    for exon in EXONS {
        line("exon", exon, "Parent=transcript:T,transcript:R");
    }
    for segment in CODING {
        line("CDS", segment, "Parent=transcript:T");
    }
    GeneModels::from_gff3("abc1.gff3", gff.as_bytes()).unwrap()
}

/// `c.`, `n.` and `p.` of a change of the drawn strand: 1-based first base, old and new bases.
fn names(forward: bool, position: u32, from: &str, to: &str) -> (String, String, String) {
    let bases = if forward { BASES.to_vec() } else { reverse_complement(BASES) };
    let reference = Stretch::new("chr1".parse().unwrap(), 1, &bases);
    let turned = |text: &str| String::from_utf8(reverse_complement(text.as_bytes())).unwrap();
    let variant: Variant = match forward {
        true => format!("1-{position}-{from}-{to}"),
        false => {
            let start = BASES.len() as u32 + 2 - position - from.len() as u32;
            format!("1-{start}-{}-{}", turned(from), turned(to))
        }
    }
    .parse()
    .unwrap();
    let models = models(forward);
    let edit = Edit::of(&variant);
    let name = |id: &str| {
        let transcript = models.transcript(id).unwrap();
        hgvs::on_transcript(transcript, &edit, &reference).map_or(".".into(), |name| name.to_string())
    };
    let mut annotator = Annotator::new(&models, &reference);
    let found = annotator.annotate(&variant).into_iter().find(|a| a.transcript.id == "T.1").unwrap();
    (name("T"), name("R"), found.hgvs_protein().unwrap_or_default())
}

#[test]
fn both_strands_have_the_names_worked_out_by_hand() {
    for (position, from, to, c, n, p) in [
        (11, "G", "A", "c.-5G>A", "n.1G>A", ""),
        (15, "C", "T", "c.-1C>T", "n.5C>T", ""),
        (16, "A", "G", "c.1A>G", "n.6A>G", "p.(Met1?)"),
        (19, "C", "G", "c.4C>G", "n.9C>G", "p.(His2Asp)"),
        // The T run 21–25: one more, or one less, is named at its end.
        (20, "A", "AT", "c.10dup", "n.15dup", "p.(Trp4LeufsTer?)"),
        (20, "AT", "A", "c.10del", "n.15del", "p.(Trp4GlyfsTer?)"),
        // The last G of the exon equals the first of the intron: a deletion in the exon stays there.
        (25, "TG", "T", "c.12del", "n.17del", ""),
        (28, "G", "A", "c.12+1G>A", "n.17+1G>A", ""),
        (44, "G", "C", "c.13-1G>C", "n.18-1G>C", ""),
        (45, "C", "T", "c.13C>T", "n.18C>T", "p.(Gln5Ter)"),
        (51, "G", "C", "c.*1G>C", "n.24G>C", ""),
        (54, "C", "G", "c.*4C>G", "n.27C>G", ""),
        (17, "TGCA", "T", "c.3_5del", "n.8_10del", ""),
        (19, "CAT", "ATG", "c.4_6inv", "n.9_11inv", "p.(His2Met)"),
    ] {
        for forward in [true, false] {
            let found = names(forward, position, from, to);
            if !p.is_empty() {
                assert_eq!(found.2, format!("T.1:{p}"), "{position} {from}>{to} {forward}");
            }
            assert_eq!(
                (found.0, found.1),
                (format!("T.1:{c}"), format!("R.1:{n}")),
                "{position} {from}>{to} {forward}"
            );
        }
    }
}

#[test]
fn names_that_mean_nothing_here_are_told_why() {
    let (models, reference) = (models(true), Stretch::new("chr1".parse().unwrap(), 1, BASES));
    let told = |text: &str| match text.parse::<hgvs::Hgvs>() {
        Ok(name) => hgvs::resolve(&name, &models, &reference).map(|v| v.map(|v| v.to_string())),
        Err(error) => Err(error),
    };
    assert_eq!(told("T.1(ABC1):c.10dup").unwrap().as_deref(), Some("chr1-20-A-AT"));
    assert_eq!(told("NC_000001.11:g.26del").unwrap().as_deref(), Some("chr1-25-TG-T"));
    assert_eq!(told("T:c.4=").unwrap(), None);
    for (text, expected) in [
        ("T.1:c.4", "is not an HGVS name we read"),
        ("T.1:p.(His2Asp)", "is not an HGVS name we read"),
        ("NC_000001.11:g.-5A>G", "is not an HGVS name we read"),
        ("T.2:c.4C>G", "`T.2` is neither a chromosome of GRCh38 nor a transcript"),
        ("NC_000001.10:g.5T>A", "is a chromosome of another build"),
        ("T.1:c.4A>G", "says `A` where the reference has `C`"),
        ("T.1:c.12+30G>A", "names a place that its sequence does not have"),
        ("T.1:c.4+1C>A", "names a place that its sequence does not have"),
        ("T.1:c.400A>G", "names a place that its sequence does not have"),
        ("R.1:c.4C>G", "names a place that its sequence does not have"),
        ("T.1:c.6_4del", "names a place that its sequence does not have"),
        ("NC_000001.11:g.1_248956422del", "names too many bases"),
        ("NC_000001.11:g.100000del", "the reference has no bases at"),
    ] {
        let error = told(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn the_mitochondrion_has_its_own_code() {
    let gtf = "MT\tinsdc\texon\t1\t12\t.\t+\t.\tgene_id \"G\"; transcript_id \"M\";\n\
               MT\tinsdc\tCDS\t1\t12\t.\t+\t0\tgene_id \"G\"; transcript_id \"M\";\n";
    let models = GeneModels::from_gtf("mt.gtf", gtf.as_bytes()).unwrap();
    // Met Trp Met, and AGA, which is a stop here.
    let reference = Stretch::new("chrM".parse().unwrap(), 1, b"ATGTGAATAAGACCCCCC");
    let mut annotator = Annotator::new(&models, &reference);
    for (variant, term, name) in [
        ("MT-6-A-G", "synonymous_variant", "NC_012920.1:m.6A>G"),
        ("MT-6-A-C", "missense_variant", "NC_012920.1:m.6A>C"),
        ("MT-9-A-G", "synonymous_variant", "NC_012920.1:m.9A>G"),
        ("MT-12-A-G", "stop_retained_variant", "NC_012920.1:m.12A>G"),
        ("MT-12-A-C", "stop_lost", "NC_012920.1:m.12A>C"),
        ("MT-3-G-A", "start_retained_variant", "NC_012920.1:m.3G>A"),
    ] {
        let variant: Variant = variant.parse().unwrap();
        let found = annotator.annotate(&variant);
        assert_eq!(found[0].consequences.to_string(), term, "{variant}");
        let named = hgvs::on_genome(&Edit::of(&variant), &reference).unwrap();
        assert_eq!(named.to_string(), name);
    }
}
