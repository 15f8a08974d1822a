//! Real files of every form that is read, counted a second time by plain text search, and what is told of files
//! that are none.

use crate::fixture::{bytes, shared, text};
use crate::random::Dice;
use gj_annotation::{Annotator, Edit, GeneModels, Selection, Selections, Stretch, hgvs, hgvs::Hgvs};
use std::collections::BTreeSet;

#[test]
fn ensembl_gff3_and_gtf_of_the_same_genes_are_the_same() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("ensembl_vep_testdata/custom");
    let gff = GeneModels::from_gff3("test.gff", &bytes(&folder.join("test.gff.gz"))).unwrap();
    let gtf = GeneModels::from_gtf("test.gtf", &bytes(&folder.join("test.gtf.gz"))).unwrap();
    let parents = |text: &str| -> BTreeSet<String> {
        let exons = text.lines().filter(|l| ["exon", "CDS"].contains(&l.split('\t').nth(2).unwrap_or("")));
        let parents = exons.filter_map(|l| l.split("Parent=").nth(1)?.split(';').next());
        parents.flat_map(|all| all.split(',')).map(str::to_owned).collect()
    };
    let expected = parents(&text(&folder.join("test.gff.gz")));
    let version = |id: &str| format!("transcript:{}", id.split('.').next().unwrap());
    let found: BTreeSet<String> = gff.transcripts().iter().map(|t| version(&t.id)).collect();
    assert_eq!(found, expected);
    let mut same = 0;
    for transcript in gtf.transcripts() {
        let Some(other) = gff.transcript(&transcript.id) else { continue };
        assert_eq!((&other.exons, other.strand), (&transcript.exons, transcript.strand), "{}", transcript.id);
        let place = |t: &gj_annotation::Transcript| t.coding.as_ref().map(|c| (c.start, c.end, c.missing));
        assert_eq!(place(other), place(transcript), "{}", transcript.id);
        same += 1;
    }
    assert!(same > 50, "{same}");
}

#[test]
fn refseq_gencode_and_the_mitochondrion_are_read() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("ensembl_vep_testdata/custom");
    let refseq = GeneModels::from_gff3("refseq.gff", &bytes(&folder.join("refseq.gff.gz"))).unwrap();
    assert!(refseq.transcripts().iter().any(|t| t.id.starts_with("NM_") && t.coding.is_some()));
    let mt = GeneModels::from_gtf("test_MT.gtf", &bytes(&folder.join("test_MT.gtf.gz"))).unwrap();
    assert_eq!(mt.transcript("ENST00000361453").unwrap().symbol, "MT-ND2");
    let gencode = shared.join("gene_models/adam_chr20_250k/gencode.v19.annotation.chr20.250k.gtf");
    let gencode = GeneModels::from_gtf("gencode.gtf", &bytes(&gencode)).unwrap();
    assert_eq!(gencode.transcripts().len(), 10);
    for transcript in gencode.transcripts() {
        let Some(coding) = &transcript.coding else { continue };
        assert!((coding.end - coding.start).is_multiple_of(3), "{} lacks its stop codon", transcript.id);
    }
}

#[test]
fn lookup_finds_what_a_walk_over_all_finds() {
    let Some(shared) = shared() else { return };
    let file = bytes(&shared.join("ensembl_vep_testdata/custom/test.gff.gz"));
    let models = GeneModels::from_gff3("test.gff", &file).unwrap();
    let contig = "chr21".parse().unwrap();
    for start in (5_000_000..46_700_000).step_by(9_973) {
        for length in [0, 1, 500, 250_000] {
            let found: Vec<&str> =
                models.overlapping(contig, start, start + length).map(|t| t.id.as_str()).collect();
            let all = models.transcripts().iter();
            let all = all.filter(|t| t.span().end >= start && t.span().start <= start + length);
            assert_eq!(found, all.map(|t| t.id.as_str()).collect::<Vec<_>>());
        }
    }
}

#[test]
fn curated_lists_prefer_transcripts() {
    let Some(shared) = shared() else { return };
    let mane = text(&shared.join("gene_models/MANE.GRCh38.v1.0.summary.txt.gz"));
    let mut selections = Selections::default();
    selections
        .add_refseq_select("refseq.txt", &text(&shared.join("gene_models/ncbiRefSeqSelect.hg38.txt")))
        .unwrap();
    let before = selections.len();
    selections.add_mane("mane.txt", &mane).unwrap();
    assert!(before > 10_000 && selections.len() > before);
    assert_eq!(selections.of("ENST00000263100.8"), Some(Selection::ManeSelect));
    assert_eq!(selections.of("NM_130786"), Some(Selection::ManeSelect));
    let error = selections.add_mane("mane.txt", "#symbol\tMANE_status\n").unwrap_err().to_string();
    assert!(error.starts_with("mane.txt, line 1: no column `RefSeq_nuc`"), "{error}");
}

#[test]
fn malformed_files_are_told_line_and_reason() {
    let told = |text: &str| GeneModels::from_gff3("a.gff", text.as_bytes()).unwrap_err().to_string();
    let gene =
        "1\t.\tgene\t5\t90\t.\t+\t.\tID=gene:G\n1\t.\tmRNA\t5\t90\t.\t+\t.\tID=transcript:T;Parent=gene:G\n";
    for (text, expected) in [
        ("1\t.\tgene\t5\n".to_owned(), "a.gff, line 1: the line has fewer columns"),
        (
            format!("{gene}1\t.\texon\tx\t90\t.\t+\t.\tParent=transcript:T\n"),
            "a.gff, line 3: start or end is not",
        ),
        (
            format!("{gene}1\t.\texon\t90\t5\t.\t+\t.\tParent=transcript:T\n"),
            "a.gff, line 3: 90-5 is not an interval",
        ),
        (
            format!("{gene}1\t.\texon\t5\t90\t.\t.\t.\tParent=transcript:T\n"),
            "a.gff, line 3: the exon has no strand",
        ),
        (
            format!("{gene}1\t.\texon\t5\t90\t.\t-\t.\tParent=transcript:U\n"),
            "a.gff, line 3: `Parent=transcript:U` is no",
        ),
        (
            format!(
                "{gene}1\t.\texon\t5\t90\t.\t-\t.\tParent=transcript:T\n1\t.\texon\t95\t99\t.\t+\t.\tParent=transcript:T\n"
            ),
            "a.gff, line 4: `transcript:T` is on two contigs or strands",
        ),
        (
            format!(
                "{gene}1\t.\texon\t5\t9\t.\t+\t.\tParent=transcript:T\n1\t.\tCDS\t20\t30\t.\t+\t0\tParent=transcript:T\n"
            ),
            "a.gff: transcript `T` has coding bases outside its exons",
        ),
        (
            "NC_000001.10\t.\tgene\t5\t9\t.\t+\t.\tID=g\n".to_owned(),
            "a.gff, line 1: sequence `NC_000001.10` is of another build",
        ),
        ("GL000194.1\t.\tgene\t5\t9\t.\t+\t.\tID=g\n".to_owned(), "a.gff holds no transcript"),
        (String::new(), "a.gff holds no transcript"),
    ] {
        assert!(told(&text).starts_with(expected), "{} — expected {expected}", told(&text));
    }
}

#[test]
fn whatever_bytes_come_nothing_panics() {
    let gff = "1\t.\tgene\t1\t30\t.\t-\t.\tID=gene:G;Name=A%20B\n\
               1\t.\tmRNA\t1\t30\t.\t-\t.\tID=transcript:T;Parent=gene:G;tag=cds_start_NF,basic\n\
               1\t.\texon\t1\t12\t.\t-\t.\tParent=transcript:T\n1\t.\texon\t20\t30\t.\t-\t.\tParent=transcript:T\n\
               1\t.\tCDS\t4\t12\t.\t-\t1\tParent=transcript:T\n1\t.\tCDS\t20\t25\t.\t-\t2\tParent=transcript:T\n";
    let gtf = "1\t.\texon\t1\t30\t.\t+\t.\tgene_id \"G\"; transcript_id \"T\"; tag \"x\";\n\
               1\t.\tCDS\t4\t12\t.\t+\t0\tgene_id \"G\"; transcript_id \"T\";\n";
    let reference = Stretch::new("chr1".parse().unwrap(), 1, &b"GATTACATGA".repeat(6));
    let (mut dice, mut taken) = (Dice(5), 0);
    for round in 0..20_000 {
        let mut bytes = if round % 2 == 0 { gff } else { gtf }.as_bytes().to_vec();
        for _ in 0..1 + dice.below(3) {
            let at = dice.below(bytes.len());
            bytes[at] = b"\t\n0123456789.+-=;\"% ,#T\xff"[dice.below(24)];
        }
        let read = if round % 2 == 0 { GeneModels::from_gff3 } else { GeneModels::from_gtf };
        let Ok(models) = read("a", &bytes) else { continue };
        taken += 1;
        let variant = format!("1-{}-GA-T{}", 1 + dice.below(50), "A".repeat(dice.below(4)));
        let variant: gj_model::Variant = variant.parse().unwrap();
        for found in Annotator::new(&models, &reference).annotate(&variant) {
            let _ = hgvs::on_transcript(found.transcript, &Edit::of(&variant), &reference);
        }
    }
    assert!(taken > 2_000, "{taken}");
}

#[test]
fn names_of_clinvar_read_back_as_written() {
    let Some(shared) = shared() else { return };
    let text = text(&shared.join("hgvs_oracle/biocommons_hgvs_clinvar.gz"));
    let (mut read, mut refused) = (0, BTreeSet::new());
    for line in text.lines().skip(1).filter(|line| !line.starts_with('#')) {
        let Some(names) = line.split('\t').nth(2) else { continue };
        for name in names.split(' ').filter(|name| name.starts_with('N') && name.contains(':')) {
            match name.parse::<Hgvs>() {
                Ok(parsed) => {
                    // Some write the place of one base twice.
                    let twice = format!("{0}_{0}{1}", parsed.first, parsed.change);
                    let once = format!("{}{}", parsed.first, parsed.change);
                    assert_eq!(parsed.to_string(), name.replace(&twice, &once));
                    read += 1;
                }
                Err(_) => _ = refused.insert(name.to_owned()),
            }
        }
    }
    // Lengths in the place of bases, insertions at one base: forms that the recommendations do not have.
    assert!(read > 25_000 && refused.len() < 50, "{read} read, not {refused:?}");
}
