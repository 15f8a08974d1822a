//! What a submitter is told, word for word, and what is never told.

use crate::fixture::{Fixture, read, refusal, vcf};

#[test]
fn messages_name_the_line_and_the_way_out() {
    let table: &[(&[&str], &str)] = &[
        (
            &["chrZ 5 . A C . . . GT 0/1 0/0"],
            "`f.vcf` line 11: unknown contig `chrZ`; expected chr1–chr22, chrX, chrY or chrM of GRCh38 \
             (`bcftools annotate --rename-chrs` renames them)",
        ),
        (
            &["chr1 248956422 . AC A . . . GT 0/1 0/0"],
            "`f.vcf` line 11: found bases up to 248956423 of chr1, which ends before; expected 1 to 248956422, \
             the length on GRCh38; is the file on another build?",
        ),
        (
            &["chr1 5 . A C . . . GT 0/1/1 0/0"],
            "`f.vcf` line 11, sample column 1: found a genotype of more than two alleles; expected one or two: \
             this programme collects haploid and diploid calls",
        ),
        (
            &["chr1 5 . A R . . . GT 0/1 0/0"],
            "`f.vcf` line 11: found ALT `R`; expected bases A, C, G, T or N, `*`, `<ID>`, a breakend or `.`, \
             separated by commas",
        ),
        (
            &["chr1 5 . A a . . . GT 0/1 0/0"],
            "`f.vcf` line 11: found ALT `a` equal to REF; expected a different allele",
        ),
        (&["chr1 0 . A C . . . GT 0/1 0/0"], "`f.vcf` line 11: found POS 0; expected a position from 1"),
        (
            &["chr1 5 . A C . . . GT 0/1"],
            "`f.vcf` line 11: found 1 sample columns; expected 2, as the `#CHROM` line names them",
        ),
        (
            &["chr1 5 . A C . . . GT 0/1 0/0 0/0"],
            "`f.vcf` line 11: found 3 sample columns; expected 2, as the `#CHROM` line names them",
        ),
        (
            &["chr1 5 . A C . . . GT 0/1 0/0:5"],
            "`f.vcf` line 11, sample column 2: found more fields than FORMAT names; expected one value a field",
        ),
        (
            &["chr1 5 . A C . . . GT 0/1 "],
            "`f.vcf` line 11, sample column 2: found nothing; expected a value, `.` if it is missing",
        ),
        (&[""], "`f.vcf` line 11: found an empty line; expected a record"),
        (
            &["chr1 5 . A C"],
            "`f.vcf` line 11: found 5 columns; expected at least the eight columns CHROM to INFO, separated by tabs",
        ),
    ];
    for (records, expected) in table {
        assert_eq!(&refusal(2, records), expected, "{records:?}");
    }
}

#[test]
fn other_builds_are_refused_by_length_and_by_name() {
    let fixture = Fixture::new();
    let text = vcf(1, &["chr1 5 . A C . . . GT 0/1"]);
    for (from, to, said) in [
        ("##contig=<ID=chr1>", "##contig=<ID=chr1,length=249250621>", "looks like GRCh37 (hg19)"),
        ("##contig=<ID=chr1>", "##contig=<ID=chr1,length=248387328>", "but 248956422 on GRCh38"),
        ("##contig=<ID=chr1>", "##contig=<ID=chr1,assembly=b37>", "`b37` is of an older build"),
        ("##contig=<ID=chr1>", "##reference=file:///x/hs37d5.fa", "`hs37d5.fa` is of an older build"),
    ] {
        let path = fixture.write("f.vcf", text.replace(from, to));
        let error = read(&path).unwrap_err().to_string();
        assert!(error.contains(said) && error.contains("liftover"), "{error}");
    }
    for harmless in [
        "##contig=<ID=chr1,length=248956422>",
        "##reference=file:///lifted_from_hg19/GRCh38.fa",
        "##reference=",
        "##liftover=from hg19",
    ] {
        let path = fixture.write("f.vcf", text.replace("##contig=<ID=chr1>", harmless));
        assert_eq!(read(&path).map(|rows| rows.len()).unwrap(), 1, "{harmless}");
    }
}

#[test]
fn no_message_holds_a_name_or_a_genotype() {
    let fixture = Fixture::new();
    let good = vcf(2, &["chr1 5 . A C . . . GT 0/1 1|1"]);
    let broken = [
        good.replace("\tPERSON0\t", " PERSON0\t"),
        good.replace("\tPERSON0\t", "\tPERSON1\t"),
        good.replace("FORMAT\tPERSON0", "PERSON0"),
        good.replace("INFO\tFORMAT\t", "INFO\t"),
        good.replace("INFO\tFORMAT\tPERSON0", "PERSON0\tPERSON0"),
        good.replace("#CHROM\tPOS", "#CHROM POS"),
        good.replace("1|1", "1|7"),
        good.replace("1|1", "1|7|7"),
        good.replace("1|1", "PERSON1"),
        good.replace("GT\t0/1\t1|1", "GT:DP\t0/1:x\t1|1:y"),
        good.replace("##contig=<ID=chr1>", "##SAMPLE=<ID=PERSON0 x>"),
        good.replace("##contig=<ID=chr1>", "##SAMPLE=<ID=1,PERSON0>"),
        good.replace("##contig=<ID=chr1>", "##PEDIGREE=<PERSON0>"),
        good.replace("\t1|1", ""),
    ];
    for text in broken {
        let error = read(&fixture.write("f.vcf", &text)).unwrap_err();
        let message = format!("{error} {error:?}");
        assert!(!message.contains("PERSON"), "{message}");
        assert!(!message.contains("1|7") && !message.contains("0/1:x"), "{message}");
    }
}
