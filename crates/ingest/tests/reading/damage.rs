//! Files that are cut, flipped or not what they seem: refused, never a panic, never a quiet end.

use crate::bcf;
use crate::fixture::{Fixture, read, read_with, vcf};
use flate2::Compression;
use flate2::write::GzEncoder;
use gj_ingest::{ReadOptions, Reference};
use proptest::prelude::*;
use std::io::Write;
use std::sync::Arc;

const RECORDS: &[&str] = &[
    "chr1 100 . A C . PASS DP=3 GT:DP 0|0:1 0|1:2",
    "chr1 150 rs1;rs2 ATT A,ATTT,<DEL>,* 1e3 q DP=. GT:DP 1/2:1 3/4",
    "chr22 10 . G A . . . GT 0 .",
];

fn bgzf(text: &str) -> Vec<u8> {
    let mut bgzf = noodles_bgzf::io::Writer::new(Vec::new());
    bgzf.write_all(text.as_bytes()).unwrap();
    bgzf.finish().unwrap()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let fixture = Fixture::new();
    let text = vcf(2, RECORDS);
    for whole in [text.clone().into_bytes(), bgzf(&text), gzip(&text), bcf::file(RECORDS_BCF)] {
        assert!(read(&fixture.write("f", &whole)).is_ok());
        let is_text = whole.starts_with(b"##");
        for length in 0..whole.len() {
            // Text cut at a line end cannot be told from a shorter file.
            let at_line_end =
                is_text && whole[..length].ends_with(b"\n") && length > text.find("#CHROM").unwrap();
            // Nor can a BCF cut between two records; a real one is inside BGZF, which has its marker.
            let at_record_end = whole.starts_with(b"BCF") && bcf::ends(RECORDS_BCF).contains(&length);
            if !at_line_end && !at_record_end {
                assert!(read(&fixture.write("f", &whole[..length])).is_err(), "{length} of {}", whole.len());
            }
        }
    }
}

const RECORDS_BCF: &[bcf::Record] = &[
    bcf::Record { position: 100, alleles: &["A", "C"], genotypes: &[0x02, 0x03, 0x04, 0x05] },
    bcf::Record { position: 150, alleles: &["ATT", "A", "ATTT"], genotypes: &[0x04, 0x06, 0x00, 0x81] },
];

#[test]
fn anything_after_the_end_is_refused() {
    let fixture = Fixture::new();
    let text = vcf(2, RECORDS);
    for whole in [bgzf(&text), gzip(&text), bcf::file(RECORDS_BCF), text.clone().into_bytes()] {
        for tail in [&b"x"[..], b"garbage that is longer than any header of a block\n"] {
            let bytes = [&whole[..], tail].concat();
            assert!(read(&fixture.write("f", bytes)).is_err());
        }
    }
}

#[test]
fn a_flipped_bit_inside_compressed_data_changes_nothing_unseen() {
    let fixture = Fixture::new();
    let text = vcf(2, RECORDS);
    for whole in [bgzf(&text), gzip(&text)] {
        let expected = read(&fixture.write("f", &whole)).unwrap();
        for at in 18..whole.len() - 28 {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            // The bits that fill the last byte of the data up mean nothing.
            if let Ok(rows) = read(&fixture.write("f", bytes)) {
                assert_eq!(rows, expected, "byte {at}");
            }
        }
    }
}

#[test]
fn what_is_no_genotype_file_is_told_so() {
    let fixture = Fixture::new();
    for (bytes, said) in [
        (&b""[..], "an empty file"),
        (b"PK\x03\x04zip", "is not a VCF or BCF file"),
        (b"\n", "is not a VCF or BCF file"),
        (b"sample,age\n", "is not a VCF or BCF file"),
    ] {
        let error = read(&fixture.write("f", bytes)).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    assert!(read(&fixture.path("absent")).unwrap_err().to_string().contains("cannot be read"));
    assert!(read(&fixture.path("")).unwrap_err().to_string().contains("regular file"));
}

fn mutated(whole: &[u8], edits: &[(prop::sample::Index, u8, u8)]) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for (at, kind, value) in edits {
        if bytes.is_empty() {
            break;
        }
        let at = at.index(bytes.len());
        match kind % 3 {
            0 => bytes[at] = *value,
            1 => bytes.insert(at, *value),
            _ => drop(bytes.remove(at)),
        }
    }
    bytes
}

fn edits() -> impl Strategy<Value = Vec<(prop::sample::Index, u8, u8)>> {
    let value = prop_oneof![any::<u8>(), prop::sample::select(b"\t\n:;,=./|<>\"01AC*#".to_vec())];
    proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), value), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn mutated_text_never_panics(edits in edits(), with_reference in any::<bool>()) {
        let fixture = Fixture::new();
        let text = vcf(2, RECORDS);
        let path = fixture.write("f.vcf", mutated(text.as_bytes(), &edits));
        let mut options = ReadOptions::default();
        if with_reference {
            let bases = format!("{}{}", "A".repeat(149), "ATTTTTTTTTTTT");
            let fasta = fixture.write("r.fa", format!(">1\n{bases}\n>22\nGGGGGGGGGGGGG\n"));
            options.reference = Some(Arc::new(Reference::open(&fasta).unwrap()));
        }
        let _ = read_with(&path, &options, None).map(|_| ());
        let _ = gj_ingest::conform(&path);
    }

    #[test]
    fn mutated_bcf_never_panics(edits in edits()) {
        let fixture = Fixture::new();
        let path = fixture.write("f.bcf", mutated(&bcf::file(RECORDS_BCF), &edits));
        let _ = read(&path).map(|_| ());
    }

    #[test]
    fn mutated_packing_never_panics(edits in edits()) {
        let fixture = Fixture::new();
        let path = fixture.write("f.vcf.gz", mutated(&bgzf(&vcf(2, RECORDS)), &edits));
        let _ = read(&path).map(|_| ());
    }

    #[test]
    fn mutated_references_never_panic(edits in edits()) {
        let fixture = Fixture::new();
        let whole = b">chr1 x\nACGTACGT\nACGTACGT\nACG\n>chr22\nAAAA\n";
        let fasta = fixture.write("r.fa", mutated(whole, &edits));
        if let Ok(reference) = Reference::open(&fasta) {
            for contig in gj_model::Contig::all() {
                let _ = reference.bases(contig, 1, 19);
            }
        }
        let fai = fixture.write("s.fa.fai", mutated(b"chr1\t19\t8\t8\t9\nchr22\t4\t38\t4\t5\n", &edits));
        std::fs::write(fai.with_extension(""), whole).unwrap();
        std::fs::write(&fai, std::fs::read(&fai).unwrap()).unwrap();
        if let Ok(reference) = Reference::open(&fai.with_extension("")) {
            for contig in gj_model::Contig::all() {
                let _ = reference.bases(contig, 1, 19);
            }
        }
    }
}
