//! Submitted files as a whole: rows come in order, every one can be decoded, and an error is an error.

use gj_ingest::{FileRows, probe};
use gj_kernels::{Scratch, decode, encode};
use gj_model::{Contig, SampleSet};
use std::collections::HashSet;

/// A file in any packing.
pub fn vcf(bytes: &[u8]) {
    read(bytes.to_vec());
}

/// The text of a header up to a NUL byte, then records.
pub fn bcf(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (header, records) = bytes.split_at(end);
    let mut file = b"BCF\x02\x02".to_vec();
    file.extend_from_slice(&(header.len() as u32 + 1).to_le_bytes());
    file.extend_from_slice(header);
    file.push(0);
    file.extend_from_slice(records.get(1..).unwrap_or_default());
    read(file);
}

fn read(file: Vec<u8>) {
    let size = file.len() as u64;
    let Ok(mut rows) = probe::open(file) else { return };
    let (mut count, mut seen) = (0, HashSet::new());
    let mut last: Option<(Contig, u32, String, String)> = None;
    let mut scratch = Scratch::default();
    let samples = rows.samples().len();
    loop {
        let Ok(next) = rows.next_rows() else { return check_end(&mut rows) };
        let Some(next) = next else { break };
        for row in next {
            let key = (row.contig, row.position, row.reference.clone(), row.alternate.clone());
            assert!(row.position >= 1 && row.position <= row.contig.length(), "a row outside its contig");
            match &last {
                Some((contig, ..)) if *contig == row.contig => {
                    assert!(last.as_ref() < Some(&key), "rows out of order")
                }
                _ => assert!(seen.insert(row.contig), "a contig comes twice"),
            }
            last = Some(key);
            let mut calls = Vec::new();
            let read = decode(&row.payload, None, &SampleSet::all(samples), &mut scratch, &mut calls);
            assert_eq!(read, Ok(()), "a row that cannot be decoded");
            assert_eq!(encode(&calls), row.payload, "a row not in its shortest form");
            count += 1;
        }
    }
    check_end(&mut rows);
    assert_eq!((rows.report().rows, rows.report().bytes_read), (count, size));
    let contigs: HashSet<Contig> = rows.contigs_seen().iter().copied().collect();
    assert!(seen.is_subset(&contigs), "rows of a contig that was not seen");
}

/// After its end or its error a file stays ended.
fn check_end(rows: &mut FileRows) {
    assert!(rows.next_rows().is_ok_and(|rows| rows.is_none()), "the end does not stay the end");
}
