//! Single records under a fixed header, beside a slow and obvious reader of the same bytes.

use gj_ingest::{FileRows, probe};
use gj_kernels::{Call, Scratch, decode};
use gj_model::SampleSet;
use std::cell::RefCell;

const SAMPLES: usize = 5;
/// Part of every sample's name: no message may hold it.
const SECRET: &str = "Zq7";

const META: &str = "##fileformat=VCFv4.4
##FILTER=<ID=PASS,Description=\"All filters passed\">
##FILTER=<ID=low,Description=\"Low\">
##contig=<ID=chr1,length=248956422>
##contig=<ID=chrX,length=156040895>
##contig=<ID=chrM,length=16569>
##contig=<ID=chrUn_KI270742v1,length=186739>
##INFO=<ID=AC,Number=A,Type=Integer,Description=\"Count\">
##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth\">
##INFO=<ID=DB,Number=0,Type=Flag,Description=\"Known\">
##INFO=<ID=AF,Number=A,Type=Float,Description=\"Share\">
##INFO=<ID=NOTE,Number=.,Type=String,Description=\"Note\">
##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"Depths\">
##FORMAT=<ID=GQ,Number=1,Type=Float,Description=\"Quality\">
##FORMAT=<ID=PL,Number=G,Type=Integer,Description=\"Likelihoods\">
##FORMAT=<ID=FT,Number=1,Type=String,Description=\"Filter\">
##FORMAT=<ID=PS,Number=1,Type=Integer,Description=\"Phase set\">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tZq7A\tZq7B\tZq7C\tZq7D\tZq7E
";
/// Places of GT among the strings of the header: PASS, low, AC, DP, DB, AF and NOTE come before.
const GT: u8 = 7;

thread_local! {
    static VCF: RefCell<FileRows> = RefCell::new(open(META.into()));
    static BCF: RefCell<FileRows> = RefCell::new(open(bcf_start()));
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

fn open(file: Vec<u8>) -> FileRows {
    probe::open(file).expect("a good header")
}

fn bcf_start() -> Vec<u8> {
    let mut file = b"BCF\x02\x02".to_vec();
    file.extend_from_slice(&(META.len() as u32 + 1).to_le_bytes());
    file.extend_from_slice(META.as_bytes());
    file.push(0);
    file
}

/// A row as the slow readers give it.
#[derive(Debug, PartialEq, Eq)]
struct Plain {
    position: u32,
    reference: String,
    alternate: String,
    calls: Vec<Call>,
}

/// What the reader makes of a record; nothing when it refuses it.
fn read(file: &FileRows, record: &[u8]) -> Option<Vec<Plain>> {
    let rows = match probe::record(file, record) {
        Ok(rows) => rows,
        Err(error) => {
            let is_told = format!("{error} {error:?}").contains(SECRET);
            assert!(!is_told || contains(record, SECRET), "a message names a sample");
            return None;
        }
    };
    let plain = |(position, reference, alternate, payload): probe::RecordRow| {
        let mut calls = Vec::new();
        SCRATCH.with_borrow_mut(|scratch| {
            let read = decode(&payload, None, &SampleSet::all(SAMPLES), scratch, &mut calls);
            assert_eq!(read, Ok(()), "a row that cannot be decoded");
        });
        Plain { position, reference: text(&reference), alternate: text(&alternate), calls }
    };
    Some(rows.into_iter().map(plain).collect())
}

fn contains(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("bases are ASCII")
}

/// A line, without its end.
pub fn vcf(bytes: &[u8]) {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let Some(rows) = VCF.with_borrow(|file| read(file, line)) else { return };
    let line = String::from_utf8_lossy(line);
    let columns: Vec<&str> = line.split('\t').collect();
    if columns[0].starts_with("chrUn") || columns[0].contains('_') {
        return assert_eq!(rows, []);
    }
    assert_eq!(columns.len(), 9 + SAMPLES, "a line with other columns");
    let genotypes = columns[8].split(':').next() == Some("GT");
    let mut naive = Vec::new();
    for (index, alternate) in columns[4].split(',').enumerate().filter(|(_, a)| is_bases(a)) {
        let calls = columns[9..].iter().map(|sample| match genotypes {
            true => call(sample.split(':').next().unwrap_or_default(), index + 1),
            false => Call::Missing,
        });
        naive.push(Plain {
            position: columns[1].parse().expect("an accepted position"),
            reference: columns[3].to_uppercase(),
            alternate: alternate.to_uppercase(),
            calls: calls.collect(),
        });
    }
    compare(rows, naive);
}

/// Alleles of ambiguity codes are resolved by the reader: there the oracle has no say about spelling.
fn compare(rows: Vec<Plain>, naive: Vec<Plain>) {
    let is_plain = naive.iter().all(|row| is_bases(&row.reference));
    if is_plain {
        assert_eq!(rows, naive);
    } else {
        assert!(rows.iter().map(|row| &row.calls).eq(naive.iter().map(|row| &row.calls)));
    }
}

fn is_bases(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|base| b"ACGTNacgtn".contains(&base))
}

/// A genotype as the specification spells it, with the optional first phase mark of version 4.4.
fn call(genotype: &str, alternate: usize) -> Call {
    let bare = genotype.strip_prefix(['/', '|']).unwrap_or(genotype);
    let allele = |text: &str| match text {
        "." => None,
        _ => Some(text.parse::<usize>().expect("an accepted allele") == alternate),
    };
    match bare.split(['/', '|']).collect::<Vec<_>>()[..] {
        [only] => Call::haploid(allele(only)),
        [first, second] => Call::diploid(allele(first), allele(second), bare.contains('|')),
        _ => unreachable!("genotypes of more alleles are refused"),
    }
}

/// The length of the shared part (a byte), then both parts of a record.
pub fn bcf(bytes: &[u8]) {
    let (first, parts) = bytes.split_first().map_or((0, bytes), |(first, rest)| (usize::from(*first), rest));
    let (shared, own) = parts.split_at(first.min(parts.len()));
    let lengths = [shared.len() as u32, own.len() as u32].map(u32::to_le_bytes).concat();
    let record = [&lengths, shared, own].concat();
    let Some(rows) = BCF.with_borrow(|file| read(file, &record)) else { return };
    for row in &rows {
        assert!(is_bases(&row.reference) && is_bases(&row.alternate) && row.position > 0);
        assert_eq!(row.calls.len(), SAMPLES);
    }
    // GT as the first field, in one byte an allele: `11 07`, then the type.
    let [0x11, GT, kind, values @ ..] = own else { return };
    let length = usize::from(kind >> 4);
    if kind & 15 != 1 || length == 15 || length == 0 || values.len() < length * SAMPLES || shared[18] == 0 {
        return;
    }
    for (number, row) in rows.iter().enumerate().filter(|_| usize::from(shared[18]) == rows.len() + 1) {
        let naive = values.chunks(length).take(SAMPLES).map(|sample| small_call(sample, number + 1));
        assert!(row.calls.iter().copied().eq(naive), "other calls than the bytes say");
    }
}

/// A genotype of one byte an allele: `(allele + 1) * 2 + phased`, `81` after its end, `80` missing.
fn small_call(sample: &[u8], alternate: usize) -> Call {
    let alleles: Vec<u8> = sample.iter().copied().take_while(|byte| *byte != 0x81).collect();
    let allele = |byte: u8| match byte {
        0..=1 | 0x80 => None,
        _ => Some(usize::from(byte / 2 - 1) == alternate),
    };
    match alleles[..] {
        [only] => Call::haploid(allele(only)),
        [first, second] => Call::diploid(allele(first), allele(second), second != 0x80 && second & 1 == 1),
        _ => unreachable!("genotypes of more alleles are refused"),
    }
}
