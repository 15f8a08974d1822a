//! Order, duplicates, and what the reference makes of them.

use crate::fixture::{Fixture, read, read_with, refusal, vcf};
use gj_ingest::{FileRows, ReadOptions, Reference};
use std::sync::Arc;

#[test]
fn contigs_may_come_in_any_order_but_not_come_back() {
    let fixture = Fixture::new();
    let text =
        vcf(1, &["chr2 9 . A C . . . GT 0/1", "chr1 5 . A C . . . GT 0/1", "chr1 5 . A G . . . GT 0/1"]);
    let path = fixture.write("f.vcf", text);
    assert_eq!(read(&path).unwrap().len(), 3);
    let mut file = FileRows::open(&path, &ReadOptions::default()).unwrap();
    while file.next_rows().unwrap().is_some() {}
    let names: Vec<&str> = file.contigs_seen().iter().map(|contig| contig.name()).collect();
    assert_eq!(names, ["chr2", "chr1"]);
    let back =
        refusal(1, &["chr2 9 . A C . . . GT 0/1", "chr1 5 . A C . . . GT 0/1", "2 10 . A C . . . GT 0/1"]);
    assert_eq!(
        back,
        "`f.vcf` line 13: contig `2` comes back after another contig; sort the file (`bcftools sort`)"
    );
    let unsorted = refusal(1, &["chr2 9 . A C . . . GT 0/1", "chr2 8 . A C . . . GT 0/1"]);
    assert!(unsorted.contains("position 8 comes after 9"), "{unsorted}");
}

#[test]
fn rows_of_one_position_are_sorted() {
    let fixture = Fixture::new();
    let text = vcf(1, &["chr1 5 . AT G . . . GT 0/1", "chr1 5 . A T,C . . . GT 1/2"]);
    let rows = read(&fixture.write("f.vcf", text)).unwrap();
    let alleles: Vec<(&str, &str)> =
        rows.iter().map(|row| (row.reference.as_str(), row.alternate.as_str())).collect();
    assert_eq!(alleles, [("A", "C"), ("A", "T"), ("AT", "G")]);
}

#[test]
fn a_repeated_variant_is_kept_once_or_refused() {
    let fixture = Fixture::new();
    // The second record is the first one with a base around it.
    let same = vcf(2, &["chr1 4 . TA TC . . . GT 0/1 0/0", "chr1 5 . A C . . . GT 0/1 0/0"]);
    let (rows, _, report) = read_with(&fixture.write("f.vcf", same), &ReadOptions::default(), None).unwrap();
    assert_eq!((rows.len(), report.duplicate_rows), (1, 1));
    let other = refusal(2, &["chr1 4 . TA TC . . . GT 0/1 0/0", "chr1 5 . A C . . . GT 0/1 0/1"]);
    assert_eq!(
        other,
        "`f.vcf` line 12: the variant at chr1:5 was already given on line 11, with other calls; keep one of \
         the two records"
    );
}

fn reference(fixture: &Fixture, bases: &str) -> ReadOptions {
    let path = fixture.write("r.fa", format!(">22\n{bases}\n"));
    ReadOptions { reference: Some(Arc::new(Reference::open(&path).unwrap())), ..ReadOptions::default() }
}

#[test]
fn rows_that_move_left_are_sorted_again() {
    let fixture = Fixture::new();
    let options = reference(&fixture, "GCAAAAAAAATG");
    let text = vcf(
        1,
        &[
            "chr22 2 . C G . . . GT 0/0",
            "chr22 5 . A C . . . GT 0/1",
            "chr22 9 . aa A . . . GT 1/1",
            "chr22 11 . TG T,CG . . . GT 1/2",
        ],
    );
    let (rows, origins, report) = read_with(&fixture.write("f.vcf", text), &options, None).unwrap();
    let places: Vec<String> =
        rows.iter().map(|row| format!("{}:{}:{}", row.position, row.reference, row.alternate)).collect();
    assert_eq!(places, ["2:C:G", "2:CA:C", "5:A:C", "11:T:C", "11:TG:T"]);
    assert_eq!(report.normalised_rows, 2);
    assert_eq!(origins[1].as_deref(), Some("9:aa:A"));
    assert_eq!(origins[3].as_deref(), Some("11:TG:T,CG"));
    assert_eq!(origins[0], None);
}

#[test]
fn the_reference_must_agree_and_cover() {
    let fixture = Fixture::new();
    let options = reference(&fixture, "GCANRAAA");
    let message = |record: &str| {
        let path = fixture.write("f.vcf", vcf(1, &[record]));
        read_with(&path, &options, None).map(|(rows, ..)| rows.len()).map_err(|error| error.to_string())
    };
    assert_eq!(message("chr22 4 . TG T . . . GT 0/1"), Ok(1), "N and R of the reference fit anything");
    let wrong = message("chr22 2 . T A . . . GT 0/1").unwrap_err();
    assert!(wrong.contains("REF is `T` but the reference has `C` at chr22:2"), "{wrong}");
    let past = message("chr22 9 . T A . . . GT 0/1").unwrap_err();
    assert!(past.contains("nothing at chr22:9"), "{past}");
    let absent = message("chr1 9 . T A . . . GT 0/1").unwrap_err();
    assert!(absent.contains("it holds 0 bases of chr1"), "{absent}");
}

#[test]
fn a_shift_past_the_window_is_refused() {
    let fixture = Fixture::new();
    let options = reference(&fixture, &format!("G{}T", "A".repeat(10_100)));
    let path = fixture.write("f.vcf", vcf(1, &["chr22 10050 . AA A . . . GT 0/1"]));
    let error = read_with(&path, &options, None).unwrap_err().to_string();
    assert!(error.contains("more than 10000 bases"), "{error}");
}

#[test]
fn a_compressed_or_older_reference_is_refused() {
    let fixture = Fixture::new();
    let mut bgzf = noodles_bgzf::io::Writer::new(Vec::new());
    std::io::Write::write_all(&mut bgzf, b">chr1\nACGT\n").unwrap();
    let path = fixture.write("r.fa.gz", bgzf.finish().unwrap());
    assert!(Reference::open(&path).unwrap_err().to_string().contains("bgzip -d"));
    let path = fixture.write("old.fa", ">chr1\nACGT\n");
    fixture.write("old.fa.fai", "chr21\t48129895\t6\t60\t61\n");
    assert!(Reference::open(&path).unwrap_err().to_string().contains("GRCh37"));
}
