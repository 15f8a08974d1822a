//! A file that is not what it should be is refused with its line, and nothing of it is kept.

use crate::files::{World, text};
use gj_gate::acts::annotation::AnnotationKind::{self, Frequencies, GeneTable, Genes, Reference, Variants};

const HEAD: &str = "##fileformat=VCFv4.2\n##INFO=<ID=AC,Number=A,Type=Integer,Description=\"\">\n\
    ##INFO=<ID=AN,Number=1,Type=Integer,Description=\"\">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";

#[tokio::test]
async fn bad_files_are_refused_with_their_line() {
    let world = World::new().await;
    world.with_demo().await;
    let vcf = |rows: &str| format!("{HEAD}{rows}");
    let cases: Vec<(AnnotationKind, String, &str)> = vec![
        (Variants, "hello".into(), "f, line 1: another first line; expected a VCF file"),
        (Variants, String::new(), "f, line 1: no line `#CHROM`"),
        (Variants, vcf("chr1\t5\n"), "f, line 5: the line has fewer columns"),
        (Variants, vcf("chr1\tx\t.\tA\tC\t.\t.\t.\n"), "f, line 5: POS `x` is no position of chr1"),
        (
            Variants,
            vcf("chr1\t248956423\t.\tA\tC\t.\t.\t.\n"),
            "f, line 5: POS `248956423` is no position of chr1",
        ),
        (
            Variants,
            vcf("NC_000001.10\t5\t.\tA\tC\t.\t.\t.\n"),
            "f, line 5: `NC_000001.10` is of another build",
        ),
        (Variants, "##fileformat=VCFv4.1\n##reference=GRCh37\n".into(), "f, line 2: reference `GRCh37`"),
        (
            Variants,
            "##fileformat=VCFv4.1\n##contig=<ID=1,length=249250621>\n".into(),
            "f, line 2: chr1 of 249250621 bases, where GRCh38 has 248956422",
        ),
        (Variants, HEAD.into(), "f holds nothing of use"),
        (
            Variants,
            vcf("chrM\t1\t.\tN\tC\t.\t.\t.\n") + "chrM\t2\t.\tAAAAAAAAAAAA\tC\t.\t.\t.\n",
            "f, line 6: REF is `AAAAAAAAAAAA` at chrM:2, where the reference has",
        ),
        (Frequencies, vcf("chr1\t5\t.\tA\tC\t.\t.\tAC=3;AN=2\n"), "f, line 5: `AC` is 3, `AN` only 2"),
        (Frequencies, vcf("chr1\t5\t.\tA\tC\t.\t.\tAC=x;AN=2\n"), "f, line 5: `AC=x`"),
        (
            Frequencies,
            vcf("chr1\t5\t.\tA\tC,G\t.\t.\tAC=1,1,1;AN=9\n"),
            "f, line 5: `AC` has 3 values for 2 alleles",
        ),
        (
            Frequencies,
            vcf("chr1\t5\t.\tA\tC\t.\t.\tAC=1;AN=9\nchr1\t4\t.\tTA\tTC\t.\t.\tAC=1;AN=9\n"),
            "f, line 6: the same variant as in f, line 5",
        ),
        (
            Frequencies,
            "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n".into(),
            "f: its header declares no INFO fields `AC` and `AN`",
        ),
        (Reference, "ACGT".into(), "f, line 1: the file does not begin with `>`"),
        (Reference, ">chr1\nACGT\n".into(), "f, line 1: chr1 has 4 of 248956422 bases"),
        (Reference, ">chr1:5-8\nACG\n".into(), "f, line 1: chr1 has 3 of 4 bases"),
        (Reference, ">chr1:5-8\nACGTA\n".into(), "f, line 1: chr1 has more than 4 bases"),
        (Reference, ">chr1:5-8\nAC!T\n".into(), "f, line 2: `!` among the bases"),
        (Reference, ">chr1:8-5\nA\n".into(), "f, line 1: `8-5` is no interval of chr1"),
        (Reference, ">chrUn_1\nACGT\n".into(), "no sequence of a primary chromosome"),
        (Reference, ">1:5-8\nACGT\n>chr1:8-9\nAC\n".into(), "chr1:8 is in two sequences"),
        (Genes, "1\tx\tgene\n".into(), "f, line 1: "),
        (Genes, String::new(), "f holds no transcript"),
        (GeneTable, "a\tb\n".into(), "f, line 1: the heading `a\tb`"),
        (GeneTable, "symbol\tloeuf\nABC\n".into(), "f, line 2: 1 columns"),
        (GeneTable, "symbol\tloeuf\nABC\thigh\n".into(), "f, line 2: `high`"),
        (GeneTable, "symbol\tloeuf\n".into(), "no gene"),
    ];
    let before = world.gate.annotation_sets().await.unwrap();
    for (kind, content, expected) in cases {
        let told = world.refuses(text(kind, "bad", "1", "f", &content)).await;
        assert!(told.contains(expected), "{content:?}: {told}");
    }
    assert_eq!(world.gate.annotation_sets().await.unwrap(), before);
    let data = world.folder.path().join("data");
    assert_eq!(std::fs::read_dir(data.join("staging")).unwrap().count(), 0);
    assert_eq!(std::fs::read_dir(data.join("annotations")).unwrap().count(), before.len());
}

#[tokio::test]
async fn any_bytes_are_refused_or_read_without_a_panic() {
    let world = World::new().await;
    let pieces = [
        "##fileformat=VCFv4.2\n",
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n",
        "chr1\t5\trs1\tA\tC\t.\t.\tAC=1;AN=2\n",
        ">chr1:1-4\n",
        "ACGT\n",
        "\t",
        "\n",
        "symbol\tloeuf\n",
        "ABC\t1\n",
        ";",
        "=",
        "\u{0}",
        "é",
        "##INFO=<ID=AC>\n",
        "*",
        "<DEL>",
    ];
    let mut state = 7u64;
    for round in 0..600 {
        let mut content = String::new();
        for _ in 0..round % 9 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            content.push_str(pieces[(state >> 40) as usize % pieces.len()]);
        }
        let kind = [Variants, Frequencies, Reference, Genes, GeneTable][round % 5];
        let new = text(kind, &format!("set-{kind}"), &round.to_string(), "f", &content);
        let _ = world.gate.load_annotation(&world.manager(), new).await;
    }
    world.gate.verify().await.unwrap();
}
