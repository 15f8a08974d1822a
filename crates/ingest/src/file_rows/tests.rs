//! A file read in two goes gives what it gives in one.

use super::*;
use std::io::Write;
use std::process::{Command, Stdio};

/// Records with repeats, split alleles and indels; unpacked some 13 MiB, so that there are several chunks.
fn vcf(samples: usize) -> String {
    let names: Vec<String> = (0..samples).map(|sample| format!("S{sample}")).collect();
    let mut text = "##fileformat=VCFv4.2\n##contig=<ID=chr21,length=46709983>\n##contig=<ID=chr22,length=50818468>\n\
        ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"G\">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t"
        .to_owned();
    text.push_str(&names.join("\t"));
    for record in 0..2_600u32 {
        let contig = if record < 1_300 { "chr21" } else { "chr22" };
        // Every fifth record repeats the one before to the letter.
        let kind = record - u32::from(record % 5 == 4);
        let position = 20_000_000 + kind * 40;
        let (reference, alternate) = [("A", "C"), ("CA", "C"), ("A", "G,T"), ("AT", "AG")][kind as usize % 4];
        text.push_str(&format!("\n{contig}\t{position}\t.\t{reference}\t{alternate}\t.\t.\t.\tGT"));
        for sample in 0..samples {
            let carries = (sample * 7 + kind as usize * 13).is_multiple_of(97);
            text.push_str(if carries { "\t0|1" } else { "\t0|0" });
        }
    }
    text.push('\n');
    text
}

fn rest(file: &mut FileRows) -> Vec<Row> {
    let mut rows = Vec::new();
    while let Some(more) = file.next_rows().unwrap() {
        rows.extend(more);
    }
    rows
}

/// Goes on from each place where a first reader stood; returns how many there were.
fn check(path: &Path) -> usize {
    let open = || FileRows::open(path, &ReadOptions::default()).unwrap();
    let mut whole = open();
    let expected = rest(&mut whole);
    let (mut first, mut read, mut places) = (open(), Vec::new(), 0);
    while let Some(rows) = first.next_rows().unwrap() {
        read.extend(rows);
        let Some(state) = first.state() else { continue };
        // As another process would find it.
        let state: FileState = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
        let mut second = open();
        second.resume(state).unwrap();
        let more = rest(&mut second);
        assert_eq!(read.len() + more.len(), expected.len());
        assert!(read.iter().chain(&more).eq(&expected));
        assert_eq!(second.report(), whole.report());
        places += 1;
    }
    places
}

#[test]
fn every_place_between_chunks_can_be_taken_up() {
    let folder = tempfile::tempdir().unwrap();
    let text = vcf(1_300);
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("a.vcf"), &text).unwrap();
    assert!(check(&path("a.vcf")) >= 2);
    let mut bgzf = noodles_bgzf::io::Writer::new(Vec::new());
    bgzf.write_all(text.as_bytes()).unwrap();
    std::fs::write(path("a.vcf.gz"), bgzf.finish().unwrap()).unwrap();
    assert!(check(&path("a.vcf.gz")) >= 2);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    std::fs::write(path("b.vcf.gz"), gzip.finish().unwrap()).unwrap();
    // Gzip can only be unpacked from its start.
    assert_eq!(check(&path("b.vcf.gz")), 0);
    let mut bcftools = Command::new("bcftools");
    bcftools.arg("view").arg("-Ob").arg("-o").args([path("a.bcf"), path("a.vcf")]).stderr(Stdio::null());
    match bcftools.status() {
        Ok(status) if status.success() => assert!(check(&path("a.bcf")) >= 1),
        _ => eprintln!("bcftools is not installed: BCF is not looked at here"),
    }
}
