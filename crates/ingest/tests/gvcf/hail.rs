//! 50 real gVCFs of GATK (1000 Genomes, chr22, GRCh38) and one of a whole exome, against the naive caller.

use crate::cohort::{Cohort, assert_same, shared, text_of};
use crate::naive;
use gj_ingest::BlockFloor;
use std::path::PathBuf;

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
