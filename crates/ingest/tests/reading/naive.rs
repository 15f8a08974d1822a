//! A slow, obviously right reader of VCF text: the oracle. Splits strings and compares them.

use crate::fixture::Plain;
use gj_kernels::Call;

/// The rows of a VCF without a reference.
pub fn rows(text: &str) -> Vec<Plain> {
    let mut rows: Vec<Plain> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        if columns[0].contains('_') {
            continue;
        }
        for (index, alternate) in columns[4].split(',').enumerate() {
            if !alternate.chars().all(|base| "ACGTNacgtn".contains(base)) {
                continue;
            }
            let has_genotype = columns.get(8).is_some_and(|format| format.split(':').next() == Some("GT"));
            let calls = columns[9.min(columns.len())..].iter().map(|sample| {
                if has_genotype { call(sample.split(':').next().unwrap(), index + 1) } else { Call::Missing }
            });
            rows.push(Plain {
                contig: format!("chr{}", columns[0].trim_start_matches("chr")),
                position: columns[1].parse().unwrap(),
                reference: columns[3].to_uppercase(),
                alternate: alternate.to_uppercase(),
                calls: calls.collect(),
            });
        }
    }
    sort(&mut rows);
    rows
}

/// Orders rows within their contig and drops equal ones; the contigs stay where they are.
pub fn sort(rows: &mut Vec<Plain>) {
    let mut contigs: Vec<String> = Vec::new();
    for row in rows.iter() {
        if !contigs.contains(&row.contig) {
            contigs.push(row.contig.clone());
        }
    }
    rows.sort_by_key(|row| {
        let contig = contigs.iter().position(|contig| *contig == row.contig);
        (contig, row.position, row.reference.clone(), row.alternate.clone())
    });
    rows.dedup();
}

/// One sample's GT at one alternate allele.
pub fn call(genotype: &str, alternate: usize) -> Call {
    let phased = genotype.contains('|');
    let alleles: Vec<Option<bool>> = genotype
        .split(['/', '|'])
        .map(|allele| if allele == "." { None } else { Some(allele.parse::<usize>().unwrap() == alternate) })
        .collect();
    match alleles[..] {
        [only] => Call::haploid(only),
        [first, second] => Call::diploid(first, second, phased),
        _ => panic!("a genotype of {} alleles", alleles.len()),
    }
}
