//! 50 real gVCFs of GATK (1000 Genomes, chr22, GRCh38) and one of a whole exome, against the naive caller.

use crate::cohort::{Cohort, assert_same, shared, text_of};
use crate::gatk::{alleles, ours};
use crate::naive;
use gj_ingest::BlockFloor;
use std::path::{Path, PathBuf};
use std::process::Command;

fn files() -> Option<Vec<PathBuf>> {
    let folder = shared()?.join("data/gvcf/hail_1kg_chr22");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "gz"))
        .collect();
    files.sort();
    assert_eq!(files.len(), 50);
    Some(files)
}

fn built(files: &[PathBuf], per_batch: usize, floor: BlockFloor) -> Cohort {
    let mut cohort = Cohort::new(floor);
    for batch in files.chunks(per_batch) {
        cohort.take_in(batch);
    }
    cohort
}

#[test]
fn fifty_people_are_what_a_naive_joint_caller_says_however_they_are_split() {
    let Some(files) = files() else { return };
    let texts: Vec<String> = files.iter().map(|file| text_of(file)).collect();
    let mut reversed = files.clone();
    reversed.reverse();
    let floors = [BlockFloor::default(), BlockFloor { gq: 0, dp: 0 }, BlockFloor { gq: 20, dp: 3 }];
    for (files, per_batch, floor) in [
        (&files, 50, floors[0]),
        (&reversed, 25, floors[1]),
        (&files, 7, floors[2]),
        (&reversed, 1, floors[0]),
    ] {
        let expected = naive::table(&naive::people(texts.iter().map(String::as_str), floor));
        assert_eq!(expected.len(), 546, "variants that somebody carries");
        let mut cohort = built(files, per_batch, floor);
        let what = format!("{per_batch} a batch, {floor:?}");
        assert_same(&cohort.count(None, None), &expected, &what);
        let region = "chr22:10600000-10720000";
        let mut part = expected.clone();
        part.retain(|site, _| {
            let position: u32 = site.split('-').nth(1).unwrap().parse().unwrap();
            (10_600_000..=10_720_000).contains(&position)
        });
        assert!(part.len() > 10 && part.len() < expected.len());
        assert_same(&cohort.count(Some(region), None), &part, &format!("{what}, a region"));
        cohort.compact();
        assert_same(&cohort.count(None, None), &expected, &format!("{what}, compacted"));
    }
}

#[test]
fn most_of_what_is_counted_comes_from_blocks() {
    let Some(files) = files() else { return };
    let sum = |floor: BlockFloor| {
        let table = built(&files, 10, floor).count(None, None);
        table
            .values()
            .map(|c| (c[0].an + c[1].an, c[0].ac + c[1].ac))
            .fold((0, 0), |s, c| (s.0 + c.0, s.1 + c.1))
    };
    let (an, ac) = sum(BlockFloor::default());
    let (trusting, same) = sum(BlockFloor { gq: 0, dp: 0 });
    // Two alleles of three of what GATK calls `0/0` here lie in blocks without a single read.
    assert_eq!((an, trusting, ac, same), (12_204, 39_548, 1_736, 1_736));
}

#[test]
fn bcftools_merges_the_same_people_to_the_same_counts() {
    let Some(files) = files() else { return };
    if Command::new("bcftools").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "CI must have bcftools");
        return;
    }
    // A block is a call for bcftools whatever its depth.
    let mut cohort = Cohort::new(BlockFloor { gq: 0, dp: 0 });
    let copies: Vec<PathBuf> = files.iter().map(|file| indexed(file, cohort.folder.path())).collect();
    cohort.take_in(&copies[..20]);
    cohort.take_in(&copies[20..]);
    let ours = ours(&cohort);
    let merged = Command::new("bcftools").args(["merge", "-g", "-"]).args(&copies).output().unwrap();
    assert!(merged.status.success());
    let mut theirs = alleles(&String::from_utf8(merged.stdout).unwrap());
    theirs.retain(|_, line| line.1.0 > 0);
    assert_eq!((ours.len(), theirs.len()), (546, 546));
    // Alike at 530. At the others bcftools leaves out, as `./.`, people who have a record of another allele
    // there (a deletion from further left, an indel beside a substitution) or whose block ends within the
    // variant's REF, and has a record of its own; we count them, and look at the first base.
    let differ: Vec<_> = theirs.iter().filter(|(site, line)| ours[*site] != line.1).collect();
    assert_eq!(differ.len(), 16);
    let texts: Vec<String> = files.iter().map(|file| text_of(file)).collect();
    for (site, (_, (ac, an), _)) in differ {
        assert_eq!(ours[site].0, *ac, "{site}");
        let position: u32 = site.split('-').nth(1).unwrap().parse().unwrap();
        let last = position + site.split('-').nth(2).unwrap().len() as u32 - 1;
        let people = texts.iter().filter(|text| is_cut(text, position, last)).count() as u32;
        let more = (ours[site].1 - an) / 2;
        assert!(more > 0 && more < people, "{site}: {more} more, {people} with a record there");
    }
}

/// Whether a person's record over a base names an alternate allele, or ends at `last` or before.
fn is_cut(text: &str, position: u32, last: u32) -> bool {
    text.lines().filter(|line| !line.starts_with('#')).any(|line| {
        let f: Vec<&str> = line.split('\t').collect();
        let start: u32 = f[1].parse().unwrap();
        let end = f[7].strip_prefix("END=").map(|end| end.parse().unwrap());
        let end = end.unwrap_or(start + f[3].len() as u32 - 1);
        (start..=end).contains(&position) && (f[4] != "<NON_REF>" || end <= last)
    })
}

/// A copy of a file with its index.
fn indexed(file: &Path, folder: &Path) -> PathBuf {
    let copy = folder.join(file.file_name().unwrap());
    std::fs::copy(file, &copy).unwrap();
    let output = Command::new("bcftools").args(["index", "-t"]).arg(&copy).output().unwrap();
    assert!(output.status.success());
    copy
}

#[test]
fn a_person_who_leaves_was_never_there() {
    let Some(files) = files() else { return };
    let names: Vec<String> = files.iter().map(|file| crate::hail::name(&text_of(file))).collect();
    // Two people with variants that nobody else has.
    for (leaving, per_batch, private) in [(33, 50, 29), (8, 7, 19)] {
        let mut staying = files.clone();
        staying.remove(leaving);
        let expected = built(&staying, 50, BlockFloor::default()).count(None, None);
        assert_eq!(expected.len(), 546 - private);
        let mut cohort = built(&files, per_batch, BlockFloor::default());
        assert_same(&cohort.count(None, Some(&names[leaving])), &expected, "masked");
        assert_same(&cohort.count_stored(Some(&names[leaving])), &expected, "masked in censuses");
        cohort.erase(&names[leaving]);
        assert_same(&cohort.count(None, None), &expected, "erased");
        cohort.compact();
        assert_same(&cohort.count(None, None), &expected, "erased, then compacted");
        let mut other = built(&files, per_batch, BlockFloor::default());
        other.compact();
        other.erase(&names[leaving]);
        assert_same(&other.count(None, None), &expected, "compacted, then erased");
    }
}

pub fn name(text: &str) -> String {
    text.lines().find(|line| line.starts_with("#CHROM")).unwrap().split('\t').nth(9).unwrap().to_owned()
}
