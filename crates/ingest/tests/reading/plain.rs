//! VCF text against the naive reader, and what a row and a report say.

use crate::fixture::{Fixture, read, read_with, shared, vcf};
use crate::naive;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use gj_ingest::{FileRows, ReadOptions};
use std::io::{Read, Write};

const MIXED: &[&str] = &[
    "chr1 100 . A C . PASS DP=3 GT 0|0 0|1 1|0 1|1 ./.",
    "chr1 100 . A G,T . PASS . GT 1|2 2/1 0/2 ./2 .|1",
    "chr1 101 rs1 c t 12.5 q . GT:DP 0/1:7 1/1:. 0 1 .",
    "chr1 200 . ATT A,ATTT,<DEL>,* . . . GT:DP 1/2:1 3/4:2 0/0 2|1 4",
    "chr1 300 . G <NON_REF> . . . GT 0/0 0/0 0/0 0/0 0/0",
    "chr1 301 . G . . . . GT 0/0 0/0 ./. 0 0/0",
    "chr1 302 . G G[chr2:5[ . . . GT 0/1 0/0 0/0 0/0 0/0",
    "chr1 303 . G A . . . DP 1 2 3 4 5",
    "chr1 304 . G A,AA,AC,AG,AT,CA,CC,CG,CT,GA,GC . . . GT 10/11 11|10 0/9 11 ./11",
    "chrUn_KI270742v1 5 . G A . . . GT 0/1 0/1 0/1 0/1 0/1",
    "2 7 . G A . . . GT 0/. ./0 1/. ./1 1|.",
];

#[test]
fn every_kind_of_call_is_what_a_naive_reader_says() {
    let fixture = Fixture::new();
    let text = vcf(5, MIXED);
    let path = fixture.write("f.vcf", &text);
    let (rows, origins, report) = read_with(&path, &ReadOptions::default(), None).unwrap();
    assert_eq!(rows, naive::rows(&text));
    assert_eq!(report.records, MIXED.len() as u64);
    assert_eq!(report.multiallelic_records, 3);
    assert_eq!((report.star_alternates, report.symbolic_alternates), (1, 1));
    assert_eq!(report.non_ref_alternates, 1);
    assert_eq!((report.breakend_alternates, report.records_without_alternate), (1, 1));
    assert_eq!(report.secondary_contig_records, 1);
    assert_eq!(origins[0], None);
    assert_eq!(origins[1].as_deref(), Some("100:A:G,T"));
}

#[test]
fn kept_samples_are_a_selection_of_all_samples() {
    let fixture = Fixture::new();
    let path = fixture.write("f.vcf", vcf(5, MIXED));
    let all = read(&path).unwrap();
    for columns in [vec![0], vec![1, 4], vec![0, 1, 2, 3, 4], vec![]] {
        let (kept, ..) = read_with(&path, &ReadOptions::default(), Some(columns.clone())).unwrap();
        for (all, kept) in all.iter().zip(&kept) {
            let expected: Vec<_> = columns.iter().map(|column| all.calls[*column]).collect();
            assert_eq!(kept.calls, expected);
        }
        assert_eq!(all.len(), kept.len());
    }
}

#[test]
fn packing_makes_no_difference() {
    let fixture = Fixture::new();
    let text = vcf(5, MIXED);
    let expected = read(&fixture.write("plain.vcf", &text)).unwrap();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    assert_eq!(read(&fixture.write("gzip.vcf", gzip.finish().unwrap())).unwrap(), expected);
    let mut bgzf = noodles_bgzf::io::Writer::new(Vec::new());
    bgzf.write_all(text.as_bytes()).unwrap();
    assert_eq!(read(&fixture.write("bgzf.txt", bgzf.finish().unwrap())).unwrap(), expected);
    assert_eq!(read(&fixture.write("crlf.vcf", text.replace('\n', "\r\n"))).unwrap(), expected);
}

#[test]
fn a_file_of_many_chunks_keeps_its_order() {
    let fixture = Fixture::new();
    let samples = vec!["0|1"; 2000].join(" ");
    let records: Vec<String> =
        (1..=3000).map(|position| format!("chr1 {position} . A C . . . GT {samples}")).collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let path = fixture.write("f.vcf", vcf(2000, &records));
    let mut file = FileRows::open(&path, &ReadOptions::default()).unwrap();
    let mut positions = Vec::new();
    let mut chunks = 0;
    while let Some(rows) = file.next_rows().unwrap() {
        positions.extend(rows.iter().map(|row| row.position));
        chunks += 1;
    }
    assert!(chunks > 2, "{chunks} chunks");
    assert_eq!(positions, (1..=3000).collect::<Vec<u32>>());
}

#[test]
fn a_real_gene_is_what_a_naive_reader_says() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("data/genotypes/1000g_nygc30x_grch38_pgx");
    for gene in ["GSTM1", "CYP26A1"] {
        let path = folder.join(format!("{gene}.vcf.gz"));
        let mut text = String::new();
        MultiGzDecoder::new(std::fs::File::open(&path).unwrap()).read_to_string(&mut text).unwrap();
        let rows = read(&path).unwrap();
        assert!(!rows.is_empty() && rows[0].calls.len() == 3202);
        assert!(rows == naive::rows(&text), "{gene}");
    }
}

#[test]
fn leading_phase_marks_are_of_version_4_4() {
    let fixture = Fixture::new();
    let text = vcf(2, &["chr1 5 . A C . . . GT /0|1 |1"]);
    assert!(read(&fixture.write("old.vcf", &text)).is_err());
    let new = text.replace("VCFv4.2", "VCFv4.4");
    let plain = vcf(2, &["chr1 5 . A C . . . GT 0|1 1"]);
    assert_eq!(read(&fixture.write("new.vcf", new)).unwrap(), naive::rows(&plain));
}

#[test]
fn a_file_without_samples_gives_rows_without_calls() {
    let fixture = Fixture::new();
    let rows = read(&fixture.write("f.vcf", vcf(0, &["chr1 5 . A C . . .", "chr1 6 . RG C . . ."]))).unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[1].reference.as_str(), rows[1].calls.len()), ("AG", 0));
}
