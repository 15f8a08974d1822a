//! Sums of stored counts against counting one by one: what is added comes once, who is taken away is gone.
#![allow(clippy::unwrap_used, clippy::panic)]

use gj_kernels::{Call, Classes, encode};
use gj_model::{Contig, Counts, Position, Region, ReleaseClass, SampleSet, Scope, Sex, Variant};
use gj_store::{Batch, CountedSite, Merge, Part, Source, Store, StoreError};
use proptest::prelude::*;
use std::sync::Arc;

const SEXES: [Sex; 3] = [Sex::Female, Sex::Male, Sex::Unknown];
/// Sites go on from here over the end of the first pseudo-autosomal region of X.
const START: u32 = 2_781_470;

fn variant(index: usize) -> Variant {
    Variant {
        contig: Contig::X,
        position: Position::new(START + (index - index % 3 % 2) as u32).unwrap(),
        reference: "A".into(),
        // Two variants of one place, now and then.
        alternate: if index.is_multiple_of(3) { "C" } else { "G" }.into(),
    }
}

fn class(sex: Sex) -> ReleaseClass {
    ReleaseClass { institution: "centre".parse().unwrap(), stratum: "s".into(), sex, scope: Scope::NONE }
}

/// A batch of the rows that `keep` wants, samples `from..to`.
fn batch(store: &Store, sites: &[(Vec<u8>, u8)], from: usize, to: usize, bit: u8) -> Batch {
    let mut writer = store.new_batch(to - from).unwrap();
    for (index, (codes, _)) in sites.iter().enumerate().filter(|(_, (_, held))| held & bit != 0) {
        let calls: Vec<Call> = codes[from..to].iter().map(|code| Call::from_code(*code)).collect();
        writer.push(variant(index), None, encode(&calls)).unwrap();
    }
    let keys = (from as i64 + 1..=to as i64).collect();
    let seal = writer.finish("centre".parse().unwrap(), keys, vec![]).unwrap();
    store.batch(&seal.id).unwrap()
}

/// Sample `s` is in class `s % 3`; only those in `people` are counted.
fn classes(from: usize, to: usize, people: &[usize]) -> Classes {
    let mut set = SampleSet::none(to - from);
    people.iter().filter(|s| (from..to).contains(s)).for_each(|s| set.insert(s - from));
    let of: Vec<u16> = (from..to).map(|s| (s % 3) as u16).collect();
    Classes::new(&set, &of, SEXES.to_vec()).unwrap()
}

fn sizes(people: &[usize]) -> Vec<u32> {
    (0..3).map(|class| people.iter().filter(|s| *s % 3 == class).count() as u32).collect()
}

fn read(merge: &Merge, region: Option<&Region>) -> Vec<CountedSite> {
    let mut sites = merge.sites(region).unwrap();
    let mut found = Vec::new();
    while let Some(site) = sites.next_site().unwrap() {
        found.push(site);
    }
    found
}

fn naive(sites: &[(Vec<u8>, u8)], people: &[usize]) -> Vec<CountedSite> {
    let count = |(index, (codes, held)): (usize, &(Vec<u8>, u8))| {
        let variant = variant(index);
        let mut counts = vec![Counts::default(); 3];
        for s in people.iter().filter(|s| held & if **s < 4 { 1 } else { 2 } != 0) {
            let zone = Contig::X.zone(variant.position.get());
            counts[s % 3] += Call::from_code(codes[*s]).counts(SEXES[s % 3], zone);
        }
        counts.iter().any(|c| c.people > 0).then_some((variant, counts))
    };
    sites.iter().enumerate().filter_map(count).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_sum_is_what_counting_one_by_one_gives(
        sites in proptest::collection::vec((proptest::collection::vec(0u8..16, 9), 0u8..4), 1..40),
        left in proptest::collection::btree_set(0usize..9, 0..10),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let everybody: Vec<usize> = (0..9).collect();
        let left: Vec<usize> = left.into_iter().collect();
        let staying: Vec<usize> = everybody.iter().copied().filter(|s| !left.contains(s)).collect();
        let parts = [(batch(&store, &sites, 0, 4, 1), 0, 4), (batch(&store, &sites, 4, 9, 2), 4, 9)];
        let all = |sources| Merge { classes: SEXES.map(class).to_vec(), people: sizes(&everybody), emptied: 0, sources };
        let genotypes = |people: &[usize]| {
            let part = |(batch, from, to): &(Batch, usize, usize)| Source {
                part: Part::Genotypes(batch.clone(), classes(*from, *to, people)),
                into: vec![0, 1, 2],
            };
            parts.iter().map(part).collect::<Vec<_>>()
        };
        // A census of each batch, and a panel of the two.
        let mut censuses = Vec::new();
        for (source, (batch, from, to)) in genotypes(&everybody).into_iter().zip(&parts) {
            let own: Vec<usize> = (*from..*to).collect();
            let merge = Merge { people: sizes(&own), ..all(vec![source]) };
            let seal = store.stage_census(batch.id(), "a", &merge).unwrap().publish().unwrap();
            censuses.push(Source { part: Part::Census(Arc::new(store.census(&seal.id).unwrap())), into: vec![0, 1, 2] });
        }
        let of_censuses = store.merge_panel(&all(censuses.clone())).unwrap();
        let of_genotypes = store.merge_panel(&all(genotypes(&everybody))).unwrap();
        prop_assert_eq!(&of_censuses, &of_genotypes);
        let panel = Arc::new(store.panel(&of_genotypes.id).unwrap());
        panel.check().unwrap();
        prop_assert_eq!(read(&all(censuses.clone()), None), naive(&sites, &everybody));

        // Who left is taken away: classes that nobody is in any more disappear from the sum.
        let kept: Vec<usize> = (0..3).filter(|class| staying.iter().any(|s| s % 3 == *class)).collect();
        let mut emptied = 0;
        let into: Vec<usize> = (0..3).map(|class| kept.iter().position(|k| *k == class).unwrap_or_else(|| {
            emptied += 1;
            kept.len() + emptied - 1
        })).collect();
        let taken = parts.iter().map(|(batch, from, to)| Source {
            part: Part::Left(batch.clone(), classes(*from, *to, &left)),
            into: into.clone(),
        });
        let mut rest = Merge {
            classes: kept.iter().map(|class_of| class(SEXES[*class_of])).collect(),
            people: kept.iter().map(|class| sizes(&staying)[*class]).collect(),
            emptied,
            sources: vec![Source { part: Part::Panel(panel), into: into.clone() }],
        };
        rest.sources.extend(taken.clone());
        let expected: Vec<CountedSite> = naive(&sites, &staying)
            .into_iter()
            .map(|(variant, counts)| (variant, kept.iter().map(|class| counts[*class]).collect()))
            .collect();
        prop_assert_eq!(read(&rest, None), expected.clone());
        let region: Region = "chrX:2781475-2781484".parse().unwrap();
        let inside = expected.into_iter().filter(|(v, _)| region.contains(v.contig, v.position.get()));
        prop_assert_eq!(read(&rest, Some(&region)), inside.collect::<Vec<_>>());

        // Taken away twice, they are missed: never an answer.
        let called = naive(&sites, &left).into_iter().any(|(_, counts)| counts.iter().any(|c| c.people > 0));
        rest.sources.extend(taken);
        let twice = store.merge_panel(&rest);
        // Others of the class may hide it, but not when everybody left.
        if staying.is_empty() && called {
            let missed = matches!(twice, Err(StoreError::Damaged { .. }));
            prop_assert!(missed);
        }
        prop_assert_eq!(std::fs::read_dir(folder.path().join("staging")).unwrap().count(), 0);
    }
}
