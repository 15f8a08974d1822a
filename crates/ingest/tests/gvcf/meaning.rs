//! The sentences of `docs/counting.md` about records and gVCFs, one by one.

use crate::cohort::Cohort;
use gj_ingest::BlockFloor;
use gj_kernels::Call;
use gj_model::{Counts, SampleSet};
use gj_store::{Batch, CallRow};

const HEADER: &str = "##fileformat=VCFv4.2\n##contig=<ID=chr1>\n##contig=<ID=chrX>\n##contig=<ID=chrM>\n\
    ##ALT=<ID=NON_REF,Description=\"any\">\n\
    ##FORMAT=<ID=MIN_DP,Number=1,Type=Integer,Description=\"m\">\n";

fn text(samples: &[&str], records: &[&str]) -> String {
    let mut text =
        format!("{HEADER}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{}\n", samples.join("\t"));
    for record in records {
        text += &(record.replace(' ', "\t") + "\n");
    }
    text
}

fn taken(samples: &[&str], records: &[&str], floor: BlockFloor) -> Cohort {
    let mut cohort = Cohort::new(floor);
    let file = cohort.write("a.vcf", &text(samples, records));
    cohort.take_in(&[file]);
    cohort
}

fn rows(batch: &Batch) -> Vec<(String, Vec<Call>)> {
    let everybody = SampleSet::all(batch.samples());
    let mut scan = batch.calls(None, &everybody).unwrap();
    let mut found = Vec::new();
    while let Some(rows) = scan.next_rows().unwrap() {
        found.extend(rows.into_iter().map(|CallRow { variant, calls, .. }| (variant.to_string(), calls)));
    }
    found
}

#[test]
fn alleles_that_are_not_bases_give_no_row_and_read_as_reference_elsewhere() {
    let records = [
        "chr1 100 . A C,* . . . GT 1/2 2/2 0/2 ./2",
        "chr1 200 . A C,<DEL> . . . GT 1/2 2/2 0/2 ./2",
        "chr1 300 . A C,A[chr1:900[ . . . GT 1/2 2/2 0/2 ./2",
        "chr1 400 . A <DEL> . . END=500 GT 0/1 0/1 0/1 0/1",
        "chr1 401 . A * . . . GT 0/1 0/1 0/1 0/1",
        "chr1 402 . A . . . . GT 0/0 0/0 0/0 0/0",
        "chr1 403 . A C . . . DP 3 4 5 6",
    ];
    let cohort = taken(&["P0", "P2", "P4", "P6"], &records, BlockFloor::default());
    let read = [Call::Het, Call::RefRef, Call::RefRef, Call::HalfRef].to_vec();
    let expected = [
        ("chr1-100-A-C".to_owned(), read.clone()),
        ("chr1-200-A-C".to_owned(), read.clone()),
        ("chr1-300-A-C".to_owned(), read),
        ("chr1-403-A-C".to_owned(), vec![Call::Missing; 4]),
    ];
    assert_eq!(rows(&cohort.batches[0]), expected);
    let counts = Counts { ac: 1, an: 7, hom: 0, hemi: 0, people: 4 };
    assert_eq!(cohort.count(None, None)["chr1-200-A-C"][0], counts);
    // Nobody is called at the record without GT: it is not listed.
    assert_eq!(cohort.count(None, None).len(), 3);
}

#[test]
fn half_missing_and_haploid_calls_count_what_they_give() {
    let records = [
        "chr1 100 . A C . . . GT 0/1 ./1 0/. ./. 1 0 .",
        "chrX 3000000 . A C . . . GT 0/1 0/1 1 1/1 1 0 0/0",
        "chrM 100 . A C . . . GT 0/1 1 0 1/1 . 0/0 ./.",
    ];
    // P1, P3 and P5 are men.
    let cohort = taken(&["P0", "P1", "P2", "P3", "P4", "P5", "P6"], &records, BlockFloor::default());
    let table = cohort.count(None, None);
    let c = |ac, an, hom, hemi, people| Counts { ac, an, hom, hemi, people };
    assert_eq!(table["chr1-100-A-C"], [c(2, 4, 0, 1, 3), c(1, 2, 0, 0, 2)]);
    // Of men 0/1 is not possible on X; of women a haploid call is one allele.
    assert_eq!(table["chrX-3000000-A-C"], [c(3, 6, 0, 2, 4), c(1, 2, 0, 1, 2)]);
    // A heteroplasmic person has the allele and is not hemizygous.
    assert_eq!(table["chrM-100-A-C"], [c(1, 2, 0, 0, 2), c(2, 3, 0, 2, 3)]);
}

/// What the second person reads as at the first one's variant at 150, by the second one's records.
fn beside(records: &[&str], floor: BlockFloor) -> Call {
    let mut cohort = Cohort::new(floor);
    let carrier = cohort.write("a.vcf", &text(&["P0"], &["chr1 150 . A C,<NON_REF> . . . GT 0/1"]));
    let other = cohort.write("b.vcf", &text(&["P2"], records));
    cohort.take_in(&[carrier, other]);
    let together = rows(&cohort.batches[0]).into_iter().find(|(site, _)| site == "chr1-150-A-C").unwrap();
    assert_eq!(together.1[0], Call::Het, "{records:?}");
    // The same, had the carrier come later.
    let mut apart = Cohort::new(floor);
    let other = apart.write("b.vcf", &text(&["P2"], records));
    let carrier = apart.write("a.vcf", &text(&["P0"], &["chr1 150 . A C,<NON_REF> . . . GT 0/1"]));
    apart.take_in(&[other]);
    apart.take_in(&[carrier]);
    assert_eq!(apart.count(None, None), cohort.count(None, None), "{records:?}");
    together.1[1]
}

#[test]
fn what_covers_a_place_is_what_the_text_says() {
    use Call::{Missing, Ref, RefRef};
    let plain = BlockFloor::default();
    for (records, call) in [
        (&["chr1 100 . A <NON_REF> . . END=150 GT 0/0"][..], RefRef),
        (&["chr1 100 . A <*> . . END=149 GT 0/0"], Missing),
        (&["chr1 151 . A <NON_REF> . . END=200 GT 0/0"], Missing),
        (&["chr1 100 . A <NON_REF> . . END=200 GT ./."], Missing),
        (&["chr1 100 . A <NON_REF> . . END=200 GT 0/."], Missing),
        (&["chr1 100 . A <NON_REF> . . END=200 GT 0"], Ref),
        (&["chr1 100 . A <NON_REF> . . END=200 GT 0/1"], RefRef),
        (&["chr1 100 . A <NON_REF> . . END=200 DP 30"], Missing),
        // A block, once a gVCF: without an alternate allele at all.
        (&["chr1 90 . A <NON_REF> . . . GT 0/0", "chr1 100 . A . . . END=200 GT 0/0"], RefRef),
        // The first base decides, and a record with alternates covers its REF.
        (&["chr1 148 . AAA A,<NON_REF> . . . GT 0/1"], RefRef),
        (&["chr1 148 . AAA A,<NON_REF> . . . GT ./1"], Missing),
        (&["chr1 147 . AAA A,<NON_REF> . . END=200 GT 0/1"], Missing),
        (&["chr1 150 . A G,<NON_REF> . . . GT 1/1"], RefRef),
        // One record that calls is enough.
        (&["chr1 148 . AAA A,<NON_REF> . . . GT 0/1", "chr1 149 . A <NON_REF> . . END=200 GT ./."], RefRef),
        (&["chr1 100 . A <NON_REF> . . END=160 GT ./.", "chr1 149 . A <NON_REF> . . END=200 GT 0/0"], RefRef),
        // Depth.
        (&["chr1 100 . A <NON_REF> . . END=200 GT:DP 0/0:0"], Missing),
        (&["chr1 100 . A <NON_REF> . . END=200 GT:DP:MIN_DP 0/0:9:0"], Missing),
        (&["chr1 100 . A <NON_REF> . . END=200 GT:DP:MIN_DP 0/0:0:1"], RefRef),
        (&["chr1 100 . A <NON_REF> . . END=200 GT:DP:GQ 0/0:.:0"], RefRef),
        (&["chr1 150 . A G,<NON_REF> . . . GT:DP 0/1:0"], RefRef),
    ] {
        // Something of the person is a gVCF's in any case.
        let mut all = vec!["chr1 1 . A <NON_REF> . . . GT 0/0"];
        all.extend(records);
        assert_eq!(beside(&all, plain), call, "{records:?}");
    }
    let strict = BlockFloor { gq: 20, dp: 5 };
    for (fields, call) in [
        ("GT:DP:GQ 0/0:5:20", RefRef),
        ("GT:DP:GQ 0/0:4:20", Missing),
        ("GT:DP:GQ 0/0:5:19", Missing),
        ("GT:GQ 0/0:20", RefRef),
        ("GT 0/0", RefRef),
    ] {
        let record = format!("chr1 100 . A <NON_REF> . . END=200 {fields}");
        assert_eq!(beside(&[&record], strict), call, "{fields}");
    }
}

#[test]
fn a_row_that_nobody_carries_is_not_written_and_one_half_called_is() {
    let records = [
        "chr1 100 . A C,<NON_REF> . . . GT 0/0 0/0",
        "chr1 101 . A C,<NON_REF> . . . GT 0/2 ./.",
        "chr1 102 . A C,<NON_REF> . . . GT 0/. 0/0",
        "chr1 103 . A C,<NON_REF> . . . GT 0/0 0|1",
    ];
    let cohort = taken(&["P0", "P2"], &records, BlockFloor::default());
    let expected = [
        ("chr1-102-A-C".to_owned(), vec![Call::HalfRef, Call::RefRef]),
        ("chr1-103-A-C".to_owned(), vec![Call::RefRef, Call::RefAltPhased]),
    ];
    assert_eq!(rows(&cohort.batches[0]), expected);
    // Only what somebody carries is a site.
    assert_eq!(cohort.count(None, None).into_keys().collect::<Vec<_>>(), ["chr1-103-A-C"]);
}
