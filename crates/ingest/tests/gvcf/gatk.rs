//! gVCFs of GATK against the joint calls that GATK's own tests expect of them, and a whole exome.
//!
//! GATK's files are on GRCh37. For these tests alone the contig lengths of their headers are written over
//! with those of GRCh38, and a block that runs past its shorter chr21 is cut; positions stay.

use crate::cohort::{Cohort, assert_same, shared, text_of};
use crate::naive;
use gj_ingest::BlockFloor;
use gj_model::{Contig, Region};
use std::collections::BTreeMap;
use std::path::PathBuf;

fn folder() -> Option<PathBuf> {
    Some(shared()?.join("data/gvcf"))
}

/// A GRCh37 file as if it were on GRCh38.
fn as_grch38(text: &str) -> String {
    let length = |name: &str| name.parse::<Contig>().map(Contig::length).ok();
    let mut lines = Vec::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("##contig=<ID=") {
            let name = rest.split([',', '>']).next().unwrap();
            lines.extend(length(name).map(|length| format!("##contig=<ID={name},length={length}>")));
        } else if line.starts_with('#') {
            lines.extend((!line.starts_with("##reference")).then(|| line.to_owned()));
        } else {
            let (contig, info) = (line.split('\t').next().unwrap(), line.split('\t').nth(7).unwrap());
            let end = info.split(';').find_map(|entry| entry.strip_prefix("END="));
            let (past, last) = (end.and_then(|end| end.parse::<u32>().ok()), length(contig).unwrap());
            lines.push(match past {
                Some(past) if past > last => line.replace(&format!("END={past}"), &format!("END={last}")),
                _ => line.to_owned(),
            });
        }
    }
    lines.join("\n") + "\n"
}

/// The shortest spelling: the two sides carry different bases around an allele of a longer record.
fn trimmed(contig: &str, position: u32, reference: &str, alternate: &str) -> String {
    let (mut r, mut a, mut position) = (reference, alternate, position);
    while r.len() > 1 && a.len() > 1 && r.as_bytes().last() == a.as_bytes().last() {
        (r, a) = (&r[..r.len() - 1], &a[..a.len() - 1]);
    }
    while r.len() > 1 && a.len() > 1 && r.as_bytes()[0] == a.as_bytes()[0] {
        (r, a, position) = (&r[1..], &a[1..], position + 1);
    }
    format!("chr{}-{position}-{r}-{a}", contig.trim_start_matches("chr"))
}

/// QUAL of the record, and the allele's AC and AN by its genotypes; how many alternates the record has.
pub type Line = (f64, (u32, u32), usize);

pub fn alleles(text: &str) -> BTreeMap<String, Line> {
    let mut found = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let f: Vec<&str> = line.split('\t').collect();
        let is_bases = |alternate: &str| alternate.bytes().all(|base| b"ACGTN".contains(&base));
        let several = f[4].split(',').filter(|alternate| is_bases(alternate)).count();
        for (index, alternate) in f[4].split(',').enumerate().filter(|(_, a)| is_bases(a)) {
            let genotypes =
                f[9..].iter().flat_map(|sample| sample.split(':').next().unwrap().split(['/', '|']));
            let known: Vec<usize> = genotypes.filter_map(|allele| allele.parse().ok()).collect();
            let ac = known.iter().filter(|allele| **allele == index + 1).count() as u32;
            let line = (f[5].parse().unwrap_or(0.0), (ac, known.len() as u32), several);
            found.insert(trimmed(f[0], f[1].parse().unwrap(), f[3], alternate), line);
        }
    }
    found
}

/// Ours, by the shortest spelling: AC and AN.
pub fn ours(cohort: &Cohort) -> BTreeMap<String, (u32, u32)> {
    let table = cohort.count(None, None);
    let of = |(site, counts): (&String, &[gj_model::Counts; 2])| {
        let parts: Vec<&str> = site.split('-').collect();
        let site = trimmed(parts[0], parts[1].parse().unwrap(), parts[2], parts[3]);
        (site, (counts[0].ac + counts[1].ac, counts[0].an + counts[1].an))
    };
    table.iter().map(of).collect()
}

#[test]
fn a_trio_member_is_what_gatk_s_joint_calling_says_but_for_what_it_calls_anew() {
    let Some(folder) = folder() else { return };
    let folder = folder.join("gatk_joint_genotyping");
    let source = text_of(&folder.join("CEUTrio.20.21.gatk3.4.g.vcf.bgz"));
    let expected = alleles(&text_of(&folder.join("CEUTrio.20.21.gatk3.7_30_ga4f720357.expected.vcf")));
    let mut cohort = Cohort::new(BlockFloor::default());
    let file = cohort.write("trio.g.vcf", &as_grch38(&source));
    cohort.take_in(&[file]);
    let ours = ours(&cohort);
    assert_eq!((ours.len(), expected.len()), (1_216, 1_097));
    // Every allele that GATK expects is ours, with the same genotype but for one: of two inserted lengths
    // GATK drops the weaker one and calls the person anew, homozygous for the other.
    let other: Vec<&String> = expected
        .iter()
        .filter(|(site, line)| ours.get(*site) != Some(&line.1))
        .map(|(site, _)| site)
        .collect();
    assert_eq!(other, ["chr20-10002458-G-GTTT"]);
    assert_eq!((ours[other[0]], expected[other[0]].1), ((1, 2), (2, 2)));
    // What is ours alone: GATK drops sites below QUAL 10 (`stand_call_conf`), weak alleles of records with
    // several, and two calls of a single read, whose QUAL of 12 it computes anew. We keep what the
    // submitter called.
    let given = alleles(&source);
    let alone: Vec<&String> = ours.keys().filter(|site| !expected.contains_key(*site)).collect();
    let (low, others): (Vec<&String>, Vec<&String>) =
        alone.into_iter().partition(|site| given[*site].0 < 10.0);
    let (several, single): (Vec<&String>, Vec<&String>) =
        others.into_iter().partition(|site| given[*site].2 > 1);
    assert_eq!((low.len(), several.len()), (113, 4));
    assert_eq!(single, ["chr21-10157241-G-A", "chr21-10157245-C-A"]);
    assert!(single.iter().all(|site| given[*site].0 == 12.23));
}

#[test]
fn two_people_with_allele_specific_annotations_are_joined() {
    let Some(folder) = folder() else { return };
    let folder = folder.join("gatk_joint_genotyping");
    let texts = ["NA12878.AS.chr20snippet.g.vcf", "NA12892.AS.chr20snippet.g.vcf"]
        .map(|name| as_grch38(&text_of(&folder.join(name))));
    let expected = alleles(&text_of(&folder.join("AS_Annotations.gatk3.7_30_ga4f720357.expected.vcf")));
    let mut alone = Cohort::new(BlockFloor::default());
    let file = alone.write("0.g.vcf", &texts[0]);
    alone.take_in(&[file]);
    // GATK's expectation is of the first person: the same 26 alleles with the same genotypes.
    let expected: BTreeMap<String, (u32, u32)> =
        expected.into_iter().map(|(site, line)| (site, line.1)).collect();
    assert_eq!(expected.len(), 26);
    assert_eq!(ours(&alone), expected);
    let naive = naive::table(&naive::people(texts.iter().map(String::as_str), BlockFloor::default()));
    let mut both = Cohort::new(BlockFloor::default());
    let files = [0, 1].map(|index| both.write(&format!("{index}.g.vcf"), &texts[index]));
    both.take_in(&files[1..]);
    both.take_in(&files[..1]);
    assert_same(&both.count(None, None), &naive, "two batches");
    let full = naive.values().filter(|counts| counts[0].an == 4).count();
    assert_eq!((naive.len(), full), (28, 28));
}

#[test]
fn the_called_bases_of_an_exome_are_those_of_its_blocks() {
    let Some(folder) = folder() else { return };
    let path = folder.join("glnexus/NA12878.g.vcf.gz");
    let text = text_of(&path);
    let mut cohort = Cohort::new(BlockFloor::default());
    let report = cohort.take_in(&[path]);
    let carried = alleles(&text).values().filter(|(_, (ac, _), _)| *ac > 0).count() as u64;
    assert_eq!((report.read.records, report.rows, carried), (301_244, 1_465, 1_465));
    let mut naive: BTreeMap<&str, Vec<bool>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let f: Vec<&str> = line.split('\t').collect();
        let contig: Contig = f[0].parse().unwrap();
        let bases = naive.entry(f[0]).or_insert_with(|| vec![false; contig.length() as usize + 1]);
        let position: usize = f[1].parse().unwrap();
        let end = f[7].strip_prefix("END=").map_or(position + f[3].len() - 1, |end| end.parse().unwrap());
        let sample: Vec<&str> = f[9].split(':').collect();
        let place = f[8].split(':').position(|key| key == "MIN_DP");
        let is_empty = f[4] == "<NON_REF>" && place.is_some_and(|place| sample[place] == "0");
        if !is_empty && !sample[0].contains('.') {
            bases[position..=end].fill(true);
        }
    }
    let (batch, classes) = cohort.classes(None).remove(0);
    let mut sums = BTreeMap::new();
    for name in naive.keys() {
        let region = Region::whole(name.parse().unwrap());
        let mut track = batch.track(Some(&region), &classes).unwrap().unwrap();
        while let Some(run) = track.next_run().unwrap() {
            *sums.entry(*name).or_insert(0) += (run.end - run.start + 1) * run.called[0][0];
        }
    }
    let naive: BTreeMap<&str, u32> =
        naive.into_iter().map(|(name, bases)| (name, bases.iter().filter(|b| **b).count() as u32)).collect();
    assert_eq!(sums, naive);
    assert!(naive["chr1"] == 744_237, "{naive:?}");
}
