//! Made-up gVCFs with everything that real ones of one region do not have: haploid calls, X and M, gaps,
//! overlapping deletions, half calls, several people a file and several files a person.

use crate::cohort::{Cohort, assert_same, is_male};
use crate::naive;
use gj_ingest::BlockFloor;
use gj_model::Region;
use gj_store::callability::TILE;
use proptest::prelude::*;
use std::path::PathBuf;

/// Where blocks and variants are made: inside a tile, across its border, outside and inside PAR1, MT.
const PLACES: [(&str, u32); 4] =
    [("chr21", 5_000_000), ("chr21", TILE * 40 - 30), ("chrX", 2_781_479 - 30), ("chrM", 100)];

const HEADER: &str = "##fileformat=VCFv4.2\n##ALT=<ID=NON_REF,Description=\"any\">\n\
    ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">\n\
    ##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n\
    ##FORMAT=<ID=MIN_DP,Number=1,Type=Integer,Description=\"d\">\n\
    ##FORMAT=<ID=GQ,Number=1,Type=Integer,Description=\"q\">\n\
    ##INFO=<ID=END,Number=1,Type=Integer,Description=\"e\">\n##contig=<ID=chr21>\n##contig=<ID=chrX>\n##contig=<ID=chrM>\n";

/// Small numbers to make records of; the same numbers always make the same records.
type Dice = Vec<u8>;

/// The records of a person at one place: contig, position and the line's columns from REF on.
fn records(dice: &Dice, name: &str, place: usize) -> Vec<(u32, String)> {
    let (contig, start) = PLACES[place];
    let mut at = start;
    let mut lines = Vec::new();
    let one_copy = (contig == "chrX" && is_male(name)) || contig == "chrM";
    for die in dice.iter().cycle().skip(place).take(dice.len()) {
        let (kind, length) = (die % 8, u32::from(die / 8) % 9 + 1);
        let is_haploid = one_copy
            && Region::whole(contig.parse().unwrap()).contains(contig.parse().unwrap(), at)
            && (contig == "chrM" || at > 2_781_479);
        let genotype = |two: &'static str, one: &'static str| if is_haploid { one } else { two };
        let block = |gt: &str, fields: &str| {
            (at, format!("A\t<NON_REF>\t.\t.\tEND={}\tGT:DP:GQ:MIN_DP\t{gt}:{fields}", at + length - 1))
        };
        match kind {
            0 => {} // a gap
            1 => lines.push(block(genotype("./.", "."), "0:0:0")),
            2 => lines.push(block(genotype("0/0", "0"), "0:0:0")),
            3 => lines.push(block(genotype("0/0", "0"), "9:12:4")),
            4 | 5 => lines.push(block(genotype("0/0", "0"), "30:60:20")),
            6 => {
                let gt = genotype(["0/1", "1|1", "0|2", "./1"][(die / 8 % 4) as usize], "1");
                lines.push((at, format!("A\tC,G,<NON_REF>\t50\t.\t.\tGT:DP:GQ\t{gt}:30:50")));
            }
            _ => {
                // A deletion, with a block of its own over the bases it takes away.
                lines.push((
                    at,
                    format!("AAA\tA,<NON_REF>\t50\t.\t.\tGT:DP:GQ\t{}:30:50", genotype("0/1", "1")),
                ));
                lines.push((
                    at + 1,
                    format!("A\t<NON_REF>\t.\t.\tEND={}\tGT:DP:GQ\t{}:0:0", at + 2, genotype("./.", ".")),
                ));
            }
        }
        at += if kind == 7 {
            3
        } else if kind == 6 {
            1
        } else {
            length
        };
    }
    lines
}

/// A gVCF of one person over some places.
fn gvcf(dice: &Dice, name: &str, places: &[usize]) -> String {
    let mut text = format!("{HEADER}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{name}\n");
    for place in places {
        for (position, columns) in records(dice, name, *place) {
            text += &format!("{}\t{position}\t.\t{columns}\n", PLACES[*place].0);
        }
    }
    text
}

fn people() -> impl Strategy<Value = Vec<Dice>> {
    proptest::collection::vec(proptest::collection::vec(any::<u8>(), 6..20), 2..7)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn counts_are_those_of_the_naive_caller_however_people_come(
        dice in people(), order in any::<u64>(), gq in prop::sample::select(vec![0u32, 40]), dp in 0u32..12,
    ) {
        let floor = BlockFloor { gq, dp };
        let names: Vec<String> = (0..dice.len()).map(|index| format!("P{index}")).collect();
        let texts: Vec<String> = dice.iter().zip(&names).map(|(d, n)| gvcf(d, n, &[0, 1, 2, 3])).collect();
        let naive = naive::people(texts.iter().map(String::as_str), floor);
        let expected = naive::table(&naive);
        let mut cohort = Cohort::new(floor);
        // Into one to three batches, in an order of its own.
        let mut batches: [Vec<PathBuf>; 3] = Default::default();
        for (index, (text, name)) in texts.iter().zip(&names).enumerate() {
            let batch = &mut batches[(order >> (index * 2) & 3) as usize % 3];
            batch.push(cohort.write(&format!("{name}.g.vcf"), text));
        }
        batches.iter().filter(|files| !files.is_empty()).for_each(|files| { cohort.take_in(files); });
        assert_same(&cohort.count(None, None), &expected, "as they came");
        let staying: Vec<&str> = texts[1..].iter().map(String::as_str).collect();
        let without = naive::table(&naive::people(staying, floor));
        assert_same(&cohort.count_stored(None), &expected, "from censuses");
        assert_same(&cohort.count_stored(Some("P0")), &without, "from censuses, less somebody");
        check_runs(&cohort, &naive);
        cohort.compact();
        assert_same(&cohort.count(None, None), &expected, "compacted");
        check_runs(&cohort, &naive);
        assert_same(&cohort.count(None, Some("P0")), &without, "masked");
        assert_same(&cohort.count_stored(Some("P0")), &without, "masked in the census");
        cohort.erase("P0");
        assert_same(&cohort.count(None, None), &without, "erased");
        assert_same(&cohort.count_stored(None), &without, "erased, from the census");
    }

    #[test]
    fn files_of_parts_of_a_person_and_of_several_people_are_the_same(dice in people()) {
        let floor = BlockFloor::default();
        let names: Vec<String> = (0..dice.len()).map(|index| format!("P{index}")).collect();
        let mut whole = Cohort::new(floor);
        let mut parts = Cohort::new(floor);
        let (mut together, mut apart) = (Vec::new(), Vec::new());
        for (dice, name) in dice.iter().zip(&names) {
            together.push(whole.write(&format!("{name}.vcf"), &gvcf(dice, name, &[0, 1, 2, 3])));
            for (number, places) in [&[0][..], &[1, 3], &[2]].into_iter().enumerate() {
                apart.push(parts.write(&format!("{name}-{number}.vcf"), &gvcf(dice, name, places)));
            }
        }
        whole.take_in(&together);
        parts.take_in(&apart);
        assert_same(&parts.count(None, None), &whole.count(None, None), "in parts");
        for (a, b) in [("chr21", 5_000_000u64), ("chrX", 2_781_470)] {
            let region = format!("{a}:{b}-{}", b + 200);
            assert_same(&parts.count(Some(&region), None), &whole.count(Some(&region), None), &region);
        }
    }
}

/// The runs of each batch's track, base by base around the places, against the naive caller.
fn check_runs(cohort: &Cohort, people: &[naive::Person]) {
    let called = |contig: &str, position: u32| -> [[u32; 2]; 2] {
        let mut sums = [[0; 2]; 2];
        for (name, copies) in naive::called(people, contig, position) {
            sums[usize::from(is_male(name))][if copies == 2 { 0 } else { 1 }] += 1;
        }
        sums
    };
    for (contig, start) in PLACES {
        let region: Region = format!("{contig}:{}-{}", start.max(50) - 40, start + 180).parse().unwrap();
        let mut found = vec![[[0u32; 2]; 2]; region.span() as usize];
        for (batch, classes) in cohort.classes(None) {
            let mut track = batch.track(Some(&region), &classes).unwrap().unwrap();
            let mut next = region.start.get();
            while let Some(run) = track.next_run().unwrap() {
                assert_eq!((run.contig, run.start), (region.contig, next));
                for base in run.start..=run.end {
                    let sums = &mut found[(base - region.start.get()) as usize];
                    for (sum, part) in sums.iter_mut().flatten().zip(run.called.iter().flatten()) {
                        *sum += part;
                    }
                }
                next = run.end + 1;
            }
            assert_eq!(next, region.end.get() + 1);
        }
        let naive: Vec<_> =
            (region.start.get()..=region.end.get()).map(|base| called(contig, base)).collect();
        assert_eq!(found, naive, "{contig}");
    }
}
