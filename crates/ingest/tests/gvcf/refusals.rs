//! What a gVCF, or a submission of gVCFs, is refused for; and what is left when it is.

use crate::cohort::{Cohort, assert_same};
use gj_ingest::BlockFloor;
use proptest::prelude::*;
use std::path::PathBuf;

fn gvcf(name: &str, records: &[&str]) -> String {
    let mut text = String::from(
        "##fileformat=VCFv4.2\n##ALT=<ID=NON_REF,Description=\"any\">\n##contig=<ID=chr1>\n##contig=<ID=chr2>\n",
    );
    text += "##FORMAT=<ID=AD,Number=.,Type=Integer,Description=\"a\">\n";
    text += &format!("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{name}\n");
    for record in records {
        text += &(record.replace(' ', "\t") + "\n");
    }
    text
}

fn error(cohort: &mut Cohort, files: &[(&str, String)]) -> String {
    let paths: Vec<PathBuf> = files.iter().map(|(name, text)| cohort.write(name, text)).collect();
    let before = cohort.count(None, None);
    let error = cohort.try_take_in(&paths).unwrap_err().to_string();
    assert_same(&cohort.count(None, None), &before, "nothing was taken in");
    let staged = std::fs::read_dir(cohort.folder.path().join("data/staging")).unwrap().count();
    assert_eq!(staged, 0, "nothing stays behind");
    error.replace(&format!("{}/", cohort.folder.path().display()), "")
}

#[test]
fn a_block_must_end_on_its_contig_behind_its_start() {
    for (info, found) in
        [("END=248956423", "a block that ends at 248956423"), ("END=99", "a block that ends at 99")]
    {
        let record = format!("chr1 100 . A <NON_REF> . . {info} GT 0/0");
        let mut cohort = Cohort::new(BlockFloor::default());
        let text = error(&mut cohort, &[("a.g.vcf", gvcf("P1", &[&record]))]);
        assert_eq!(
            text,
            format!(
                "`a.g.vcf` line 7: found {found}; expected INFO `END` from 100 to 248956422, the length of chr1"
            )
        );
    }
}

#[test]
fn values_that_are_no_depths_are_refused_without_being_told() {
    for (fields, found) in [
        ("GT:AD 0/1:3,4", "line 7, sample column 1: found 2 values of `AD`"),
        ("GT:AD 0/1:3,-4,0", "line 7, sample column 1: found a value of `AD` that is no whole number from 0"),
        ("GT:GQ 0/1:-1", "line 7, sample column 1: found a value of `GQ` that is no whole number from 0"),
    ] {
        let record = format!("chr1 100 . A C,<NON_REF> . . . {fields}");
        let mut cohort = Cohort::new(BlockFloor::default());
        let text = error(&mut cohort, &[("a.g.vcf", gvcf("P1", &[&record]))]);
        assert!(text.contains(found) && !text.contains("P1"), "{text}");
    }
}

#[test]
fn plain_files_among_gvcfs_are_refused() {
    let mut cohort = Cohort::new(BlockFloor::default());
    let gvcf_file = ("a.g.vcf", gvcf("P1", &["chr1 100 . A <NON_REF> . . END=200 GT 0/0"]));
    // Its header announces a gVCF, as that of a joint call made from gVCFs does: the records decide.
    let plain = ("b.vcf", gvcf("P2", &["chr1 150 . A C . . . GT 0/1"]));
    let text = error(&mut cohort, &[gvcf_file.clone(), plain.clone()]);
    assert!(text.starts_with("`b.vcf` is no gVCF (no record has `<NON_REF>` or `<*>`)"), "{text}");
    // Apart they are taken: the plain batch says nothing of others, the gVCF of 150.
    let paths = [&gvcf_file, &plain].map(|(name, text)| cohort.write(name, text));
    cohort.take_in(&paths[..1]);
    cohort.take_in(&paths[1..]);
    let table = cohort.count(None, None);
    assert_eq!((table["chr1-150-A-C"][0].an, table["chr1-150-A-C"][1].an), (2, 2));
    assert_eq!(cohort.batches.iter().map(|b| b.has_callability()).collect::<Vec<_>>(), [true, false]);
    // A file without a record is of neither kind; a gVCF without a variant is a batch all the same.
    let empty = cohort.write("c.g.vcf", &gvcf("P3", &[]));
    let block = cohort.write("d.g.vcf", &gvcf("P4", &["chr1 100 . A <NON_REF> . . END=200 GT 0/0"]));
    assert_eq!(cohort.take_in(&[empty, block]).rows, 0);
    let table = cohort.count(None, None);
    assert_eq!((table["chr1-150-A-C"][0].an, table["chr1-150-A-C"][1].an), (4, 2), "P3 was not looked at");
}

#[test]
fn a_contig_of_a_person_comes_in_one_batch_where_gvcfs_are_concerned() {
    let block =
        |name: &str, contig: &str| gvcf(name, &[&format!("{contig} 100 . A <NON_REF> . . END=200 GT 0/0")]);
    let plain = |name: &str, contig: &str| gvcf(name, &[&format!("{contig} 900 . A C . . . GT 0/1")]);
    let mut cohort = Cohort::new(BlockFloor::default());
    let file = cohort.write("a.g.vcf", &block("P1", "chr1"));
    cohort.take_in(&[file]);
    for text in [block("P1", "chr1").replace("200", "300"), plain("P1", "chr1")] {
        let text = error(&mut cohort, &[("again.vcf", text)]);
        let batch = cohort.batches[0].id();
        assert_eq!(
            text,
            format!(
                "chr1: 1 of the samples have calls there in batch `{batch}` already; where gVCFs are concerned \
                 a contig of a person comes in one batch: leave these samples, or this contig, out"
            )
        );
    }
    // Another contig of the person may come, as a gVCF or not, and then that one is taken, too.
    let file = cohort.write("b.vcf", &plain("P1", "chr2"));
    cohort.take_in(&[file]);
    let text = error(&mut cohort, &[("again.vcf", block("P1", "chr2"))]);
    assert!(text.starts_with("chr2: 1 of the samples"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_mutated_gvcf_is_refused_or_read_and_never_panics(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0..3u8, value()), 1..5),
    ) {
        let records = [
            "chr1 100 . A <NON_REF> . . END=200 GT:AD:GQ 0/0:3,0:20",
            "chr1 201 . AC A,G,<NON_REF> . . . GT:AD:GQ 1/2:0,4,5,0:99",
            "chr1 203 . A <NON_REF> . . END=262150 GT:AD:GQ 0:3,0:20",
        ];
        let mut bytes = gvcf("P1", &records).into_bytes();
        for (at, kind, value) in edits {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = value,
                1 => bytes.insert(at, value),
                _ => drop(bytes.remove(at)),
            }
        }
        let mut cohort = Cohort::new(BlockFloor::default());
        let path = cohort.folder.path().join("a.g.vcf");
        std::fs::write(&path, bytes).unwrap();
        if cohort.try_take_in(&[path]).is_ok() {
            cohort.count(None, None);
        }
    }
}

fn value() -> impl Strategy<Value = u8> {
    prop_oneof![any::<u8>(), prop::sample::select(b"\t\n:;,=./|<>\"01AC*#".to_vec())]
}
