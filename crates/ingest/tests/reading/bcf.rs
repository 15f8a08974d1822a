//! A tiny writer of BCF, for two samples and GT alone, and what the reader makes of it.

use crate::fixture::{Fixture, read};
use crate::naive;
use gj_kernels::Call;

/// A record on chr1; `genotypes` holds two int8 values a sample.
pub struct Record {
    pub position: u32,
    pub alleles: &'static [&'static str],
    pub genotypes: &'static [u8; 4],
}

const HEADER: &str = "##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description=\"All filters passed\",IDX=0>\n\
    ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\",IDX=1>\n##contig=<ID=chr1,IDX=0>\n\
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tPERSON0\tPERSON1\n\0";

/// A whole file, not packed.
pub fn file(records: &[Record]) -> Vec<u8> {
    let mut bytes = b"BCF\x02\x02".to_vec();
    bytes.extend((HEADER.len() as u32).to_le_bytes());
    bytes.extend(HEADER.as_bytes());
    records.iter().for_each(|record| bytes.extend(one(record)));
    bytes
}

/// The lengths at which a file may be cut and still hold whole records.
pub fn ends(records: &[Record]) -> Vec<usize> {
    (0..records.len()).map(|count| file(&records[..count]).len()).collect()
}

fn one(record: &Record) -> Vec<u8> {
    let mut shared = Vec::new();
    shared.extend(0u32.to_le_bytes());
    shared.extend((record.position - 1).to_le_bytes());
    shared.extend((record.alleles[0].len() as u32).to_le_bytes());
    shared.extend(0x7f80_0001u32.to_le_bytes());
    shared.extend(((record.alleles.len() as u32) << 16).to_le_bytes());
    shared.extend((1u32 << 24 | 2).to_le_bytes());
    shared.push(0x07);
    for allele in record.alleles {
        shared.push((allele.len() as u8) << 4 | 7);
        shared.extend(allele.as_bytes());
    }
    shared.extend([0x11, 0]);
    let mut individual = vec![0x11, 1, 0x21];
    individual.extend(record.genotypes);
    let mut bytes = (shared.len() as u32).to_le_bytes().to_vec();
    bytes.extend((individual.len() as u32).to_le_bytes());
    bytes.extend(shared);
    bytes.extend(individual);
    bytes
}

#[test]
fn integers_are_genotypes() {
    let fixture = Fixture::new();
    let bytes = file(&[
        Record { position: 5, alleles: &["A", "C"], genotypes: &[0x02, 0x05, 0x00, 0x81] },
        Record { position: 6, alleles: &["A", "C", "G"], genotypes: &[0x06, 0x04, 0x80, 0x80] },
    ]);
    let rows = read(&fixture.write("f", bytes)).unwrap();
    let calls: Vec<Vec<Call>> = rows.iter().map(|row| row.calls.clone()).collect();
    assert_eq!(
        calls,
        [
            vec![naive::call("0|1", 1), naive::call(".", 1)],
            vec![naive::call("2/1", 1), naive::call("./.", 1)],
            vec![naive::call("2/1", 2), naive::call("./.", 2)],
        ]
    );
}

#[test]
fn an_allele_beyond_the_record_is_refused() {
    let fixture = Fixture::new();
    let bytes = file(&[Record { position: 5, alleles: &["A", "C"], genotypes: &[0x02, 0x02, 0x02, 0x06] }]);
    let error = read(&fixture.write("f", bytes)).unwrap_err().to_string();
    assert!(error.contains("line 1, sample column 2: found an allele number"), "{error}");
}
