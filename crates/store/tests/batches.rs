//! Batches and panels against the obvious: what goes in comes out, masked people never do.
#![allow(clippy::unwrap_used, clippy::panic)]

use gj_kernels::{Call, Classes, encode};
use gj_model::{BatchId, Contig, Counts, Position, Region, ReleaseClass, SampleSet, Scope, Sex, Variant};
use gj_store::{Batch, CallRow, Counting, Extraction, Merge, Part, Source, Store, StoreError};
use proptest::prelude::*;

fn variant(contig: &str, position: u32, alternate: &str) -> Variant {
    Variant {
        contig: contig.parse().unwrap(),
        position: Position::new(position).unwrap(),
        reference: "A".into(),
        alternate: alternate.into(),
    }
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    (folder, store)
}

fn write(store: &Store, rows: &[(Variant, Vec<Call>)], samples: usize) -> Batch {
    let mut writer = store.new_batch(samples).unwrap();
    for (variant, calls) in rows {
        writer.push(variant.clone(), None, encode(calls)).unwrap();
    }
    let keys = (1..=samples as i64).collect();
    let seal = writer.finish("centre".parse().unwrap(), keys, vec!["source".into()]).unwrap();
    store.batch(&seal.id).unwrap()
}

fn read(batch: &Batch, region: Option<&Region>, people: &SampleSet) -> Vec<CallRow> {
    let mut scan = batch.calls(region, people).unwrap();
    let mut rows = Vec::new();
    while let Some(chunk) = scan.next_rows().unwrap() {
        rows.extend(chunk);
    }
    rows
}

/// Rows in order over three contigs, more than one row group's worth.
fn many(samples: usize) -> Vec<(Variant, Vec<Call>)> {
    let mut rows = Vec::new();
    for contig in ["chr1", "chr2", "chrX"] {
        for position in 1..=7_000u32 {
            for alternate in ["C", "T"] {
                let calls =
                    (0..samples).map(|s| Call::from_code(((position as usize * 7 + s * 3) % 16) as u8));
                rows.push((variant(contig, position * 3, alternate), calls.collect()));
            }
        }
    }
    rows
}

#[test]
fn a_region_reads_exactly_its_rows() {
    let (_folder, store) = store();
    let rows = many(5);
    let batch = write(&store, &rows, 5);
    let everybody = SampleSet::all(5);
    for (text, expected) in
        [("chr1:1-30", 20), ("chr2:2998-3003", 4), ("chrX:21000-21000", 2), ("chr3:1-9", 0)]
    {
        let region: Region = text.parse().unwrap();
        let found = read(&batch, Some(&region), &everybody);
        let naive: Vec<_> =
            rows.iter().filter(|(v, _)| region.contains(v.contig, v.position.get())).collect();
        assert_eq!(naive.len(), expected, "{text}");
        assert!(found.iter().map(|row| (&row.variant, &row.calls)).eq(naive.iter().map(|(v, c)| (v, c))));
    }
    assert_eq!(read(&batch, None, &everybody).len(), rows.len());
    batch.check().unwrap();
}

#[test]
fn rows_out_of_order_or_twice_are_refused_and_leave_nothing() {
    let (folder, store) = store();
    let calls = encode(&[Call::RefRef]);
    let mut writer = store.new_batch(1).unwrap();
    writer.push(variant("chr2", 5, "C"), None, calls.clone()).unwrap();
    for wrong in [variant("chr2", 5, "C"), variant("chr2", 4, "C"), variant("chr1", 9, "C")] {
        assert!(matches!(writer.push(wrong, None, calls.clone()), Err(StoreError::Unsorted)));
    }
    drop(writer);
    assert_eq!(std::fs::read_dir(folder.path().join("staging")).unwrap().count(), 0);
    assert_eq!(std::fs::read_dir(folder.path().join("batches")).unwrap().count(), 0);
}

#[test]
fn erasing_blanks_a_column_and_drops_rows_nobody_else_has() {
    let (_folder, store) = store();
    let rows = vec![
        (variant("chr1", 10, "C"), vec![Call::AltAlt, Call::RefRef, Call::Missing]),
        (variant("chr1", 20, "C"), vec![Call::Het, Call::Absent, Call::Absent]),
    ];
    let batch = write(&store, &rows, 3);
    let mut gone = SampleSet::none(3);
    gone.insert(0);
    let seal = store.erase(&batch, &gone).unwrap();
    assert_eq!(seal.manifest.samples, [0, 2, 3]);
    let left = read(&store.batch(&seal.id).unwrap(), None, &SampleSet::all(3));
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].calls, [Call::Absent, Call::RefRef, Call::Missing]);
    // A batch of one person erased is a batch without rows, and still a batch.
    let alone = write(&store, &[(variant("chr1", 10, "C"), vec![Call::Het])], 1);
    let seal = store.erase(&alone, &SampleSet::all(1)).unwrap();
    assert_eq!(seal.manifest.rows, 0);
    assert!(read(&store.batch(&seal.id).unwrap(), None, &SampleSet::all(1)).is_empty());
}

/// Rows of people who share stretches, over two contigs: what compaction sorts into several blocks. Every
/// fifth row has calls of any kind, and some are held by one person.
fn related(samples: usize) -> Vec<(Variant, Vec<Call>)> {
    let row = |at: u32| -> Vec<Call> {
        let mix = |s: usize| ((s * 2_654_435_761) ^ (at as usize * 40_503)) >> 7;
        let carries = |haplotype: usize| (haplotype / 8 + at as usize / 40) % 9 < at as usize % 7;
        let call = |s: usize| match at % 5 {
            0 if s.is_multiple_of(3) => Call::from_code((mix(s) % 16) as u8),
            1 => {
                if s == at as usize % samples {
                    Call::AltRefPhased
                } else {
                    Call::Absent
                }
            }
            _ => Call::diploid(Some(carries(2 * s)), Some(carries(2 * s + 1)), !s.is_multiple_of(50)),
        };
        (0..samples).map(call).collect()
    };
    let places = ["chr1", "chr2"].into_iter().flat_map(|contig| (1..=900u32).map(move |at| (contig, at)));
    places.map(|(contig, at)| (variant(contig, at, "C"), row(at))).collect()
}

#[test]
fn erasing_from_a_compacted_batch_is_blanking_columns_again_and_again() {
    let samples = 150;
    let (_folder, store) = store();
    let rows = related(samples);
    let level_0 = write(&store, &rows, samples);
    let institution = "centre".parse().unwrap();
    let staged = store.compact(&institution, std::slice::from_ref(&level_0)).unwrap();
    let mut batches = [level_0, store.batch(&staged.publish().unwrap().id).unwrap()];
    assert_eq!(batches.each_ref().map(Batch::is_sorted), [false, true]);
    let everybody = SampleSet::all(samples);
    let mut calls: Vec<(Variant, Vec<Call>)> = rows;
    for leaving in [vec![7], vec![0, 8, 149], vec![8, 60]] {
        let mut gone = SampleSet::none(samples);
        leaving.iter().for_each(|s| gone.insert(*s));
        for (_, calls) in &mut calls {
            leaving.iter().for_each(|s| calls[*s] = Call::Absent);
        }
        calls.retain(|(_, calls)| calls.iter().any(|call| *call != Call::Absent));
        for batch in &mut batches {
            let seal = store.erase(batch, &gone).unwrap();
            let erased = store.batch(&seal.id).unwrap();
            assert_eq!((erased.is_sorted(), seal.manifest.format), (batch.is_sorted(), 3));
            assert!(leaving.iter().all(|s| seal.manifest.samples[*s] == 0));
            let found = read(&erased, None, &everybody).into_iter().map(|row| (row.variant, row.calls));
            assert!(found.eq(calls.iter().cloned()));
            // What is left is compacted like any other batch.
            let again = store.compact(&institution, std::slice::from_ref(&erased)).unwrap();
            let again = store.batch(&again.publish().unwrap().id).unwrap();
            assert_eq!(read(&again, None, &SampleSet::all(again.samples())).len(), calls.len());
            *batch = erased;
        }
    }
}

#[test]
fn sweeping_keeps_what_is_named() {
    let (folder, store) = store();
    let kept = write(&store, &[(variant("chr1", 10, "C"), vec![Call::Het])], 1);
    write(&store, &[(variant("chr1", 11, "C"), vec![Call::Het])], 1);
    std::fs::create_dir_all(folder.path().join("staging/half")).unwrap();
    let kept: BatchId = kept.id().clone();
    let swept = store.sweep(std::slice::from_ref(&kept), &[], &[], &[]).unwrap();
    assert_eq!((swept.staged, swept.unreferenced), (1, 1));
    store.batch(&kept).unwrap();
}

fn class(sex: Sex) -> ReleaseClass {
    ReleaseClass { institution: "centre".parse().unwrap(), stratum: "s".into(), sex, scope: Scope::NONE }
}

/// Calls of a few samples at a few sites; two batches hold different rows.
fn cohort() -> impl Strategy<Value = Vec<(Vec<u8>, bool, bool)>> {
    proptest::collection::vec((proptest::collection::vec(0u8..16, 9), any::<bool>(), any::<bool>()), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_panel_of_two_batches_equals_counting_people_one_by_one(sites in cohort(), masked in 0usize..9) {
        let (_folder, store) = store();
        let row = |(index, (codes, _, _)): (usize, &(Vec<u8>, bool, bool)), from: usize, to: usize| {
            let calls: Vec<Call> = codes[from..to].iter().map(|code| Call::from_code(*code)).collect();
            (variant("chrX", 3_000_000 + index as u32, "C"), calls)
        };
        let first: Vec<_> = sites.iter().enumerate().filter(|(_, s)| s.1).map(|s| row(s, 0, 4)).collect();
        let second: Vec<_> = sites.iter().enumerate().filter(|(_, s)| s.2).map(|s| row(s, 4, 9)).collect();
        let sexes = [Sex::Female, Sex::Male];
        let classes = |from: usize, to: usize| {
            let mut people = SampleSet::all(to - from);
            if (from..to).contains(&masked) {
                people.remove(masked - from);
            }
            let of: Vec<u16> = (from..to).map(|s| (s % 2) as u16).collect();
            Classes::new(&people, &of, sexes.to_vec()).unwrap()
        };
        let batches = vec![(write(&store, &first, 4), classes(0, 4)), (write(&store, &second, 5), classes(4, 9))];
        let sources = batches
            .iter()
            .map(|(batch, classes)| Source { part: Part::Genotypes(batch.clone(), classes.clone()), into: vec![0, 1] })
            .collect();
        let merge = Merge { classes: sexes.map(class).to_vec(), people: vec![5, 4], emptied: 0, sources };
        let seal = store.merge_panel(&merge).unwrap();
        let panel = store.panel(&seal.id).unwrap();
        panel.check().unwrap();
        let mut found = Vec::new();
        let mut rows = panel.rows(None).unwrap();
        while let Some(chunk) = rows.next_rows().unwrap() {
            found.extend(chunk);
        }
        let zone = Contig::X.zone(3_000_000);
        let naive: Vec<(Variant, Vec<Counts>)> = sites.iter().enumerate().filter_map(|(index, (codes, a, b))| {
            let mut counts = vec![Counts::default(); 2];
            for sample in (0..9).filter(|s| *s != masked && if *s < 4 { *a } else { *b }) {
                counts[sample % 2] += Call::from_code(codes[sample]).counts(sexes[sample % 2], zone);
            }
            counts.iter().any(|c| c.people > 0).then(|| (variant("chrX", 3_000_000 + index as u32, "C"), counts))
        }).collect();
        prop_assert_eq!(&found, &naive);
        // The same, counted live over a region.
        let region: Region = "chrX:3000000-3000010".parse().unwrap();
        let mut live = Counting::new(&batches, Some(&region)).unwrap();
        for site in naive.iter().filter(|(v, _)| v.position.get() <= 3_000_010) {
            prop_assert_eq!(live.next_site().unwrap(), Some(site.clone()));
        }
        prop_assert_eq!(live.next_site().unwrap(), None);
    }
}

/// A batch of these samples, by key; rows in which nobody has a record are left out.
fn write_keys(store: &Store, rows: &[(Variant, Vec<Call>)], keys: &[i64]) -> Batch {
    let mut writer = store.new_batch(keys.len()).unwrap();
    for (variant, calls) in rows.iter().filter(|(_, calls)| calls.iter().any(|c| *c != Call::Absent)) {
        writer.push(variant.clone(), None, encode(calls)).unwrap();
    }
    let seal = writer.finish("centre".parse().unwrap(), keys.to_vec(), vec!["source".into()]).unwrap();
    store.batch(&seal.id).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Each call lies in one of two batches; the extract of some people, in an order of its own, is what
    /// was given of them and nothing of others.
    #[test]
    fn an_extract_is_what_was_submitted_of_its_people(
        calls in proptest::collection::vec(proptest::collection::vec(0u8..16, 9), 1..60),
        held in any::<u64>(),
        wanted in proptest::collection::vec(any::<bool>(), 9),
        start in 0u32..40,
    ) {
        let (_folder, store) = store();
        let keys: Vec<i64> = (1..=9).collect();
        let mut halves = [Vec::new(), Vec::new()];
        let mut whole: Vec<(Variant, Vec<Call>)> = Vec::new();
        for (number, row) in calls.iter().enumerate() {
            let variant = variant("chr2", 1 + number as u32, "C");
            let row: Vec<Call> = row.iter().map(|code| Call::from_code(*code)).collect();
            let in_first = |sample: usize| held.rotate_left((number * 11 + sample) as u32) & 1 == 1;
            for (half, first) in [(0, true), (1, false)] {
                let part = row.iter().enumerate().map(|(s, call)| if in_first(s) == first { *call } else { Call::Absent });
                halves[half].push((variant.clone(), part.collect()));
            }
            whole.push((variant, row));
        }
        let mut people = SampleSet::none(9);
        wanted.iter().enumerate().filter(|(_, wanted)| **wanted).for_each(|(s, _)| people.insert(s));
        let mut samples: Vec<i64> = people.iter().map(|s| keys[s]).collect();
        samples.reverse();
        let batches: Vec<(Batch, SampleSet)> =
            halves.iter().map(|rows| (write_keys(&store, rows, &keys), people.clone())).collect();
        let region = Region::new("chr2".parse().unwrap(), u64::from(start) + 1, 60).unwrap();
        let mut extraction = Extraction::new(&batches, &samples, Some(&region)).unwrap();
        let mut found = Vec::new();
        while let Some(rows) = extraction.next_rows().unwrap() {
            found.extend(rows);
        }
        let inside = whole.into_iter().filter(|(v, _)| region.contains(v.contig, v.position.get()));
        let expected: Vec<CallRow> = inside
            .map(|(variant, row)| CallRow {
                variant,
                origin: None,
                calls: samples.iter().map(|key| row[*key as usize - 1]).collect(),
            })
            .filter(|row| row.calls.iter().any(|call| call.is_called()))
            .collect();
        prop_assert_eq!(found, expected);
    }
}
