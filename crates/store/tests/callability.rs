//! What an absent row means: written, read by region, carried over; damage and disorder refused.
#![allow(clippy::unwrap_used, clippy::panic)]

use gj_kernels::{Call, Classes, encode};
use gj_model::{Contig, Position, SampleSet, Sex, Variant};
use gj_store::callability::{Piece, Stretch, TILE, settle, tiles};
use gj_store::{Batch, BatchWriter, Store, StoreError};

fn contig(name: &str) -> Contig {
    name.parse().unwrap()
}

fn finish(store: &Store, writer: BatchWriter, samples: i64) -> Batch {
    let seal = writer.finish("centre".parse().unwrap(), (1..=samples).collect(), vec![]).unwrap();
    store.batch(&seal.id).unwrap()
}

/// Three samples: 0 is called nowhere but on chr1, 1 has one copy of chrX outside PAR1 and no call in a
/// hole on chr1, 2 is called everywhere.
fn batch(store: &Store) -> Batch {
    let mut writer = store.new_batch(3).unwrap();
    let variant = Variant {
        contig: contig("chr1"),
        position: Position::new(50).unwrap(),
        reference: "A".into(),
        alternate: "C".into(),
    };
    writer.push(variant, None, encode(&[Call::Het, Call::RefRef, Call::RefRef])).unwrap();
    for on in Contig::all() {
        for tile in tiles(on) {
            let mut pieces = Vec::new();
            let piece = |sample, start: u32, end: u32, call| Piece {
                sample,
                start: start.max(tile.0),
                end: end.min(tile.1),
                call,
            };
            if on != contig("chr1") {
                pieces.push(piece(0, 1, u32::MAX, Call::Missing));
            } else {
                pieces.push(piece(1, TILE - 5, TILE + 5, Call::Missing));
            }
            if on == contig("chrX") {
                pieces.push(piece(1, 2_781_480, u32::MAX, Call::Ref));
            }
            pieces.retain(|piece| piece.start <= piece.end);
            writer.callability().unwrap().push(&settle(on, tile, pieces, &[1, 1, 1])).unwrap();
        }
    }
    finish(store, writer, 3)
}

#[test]
fn states_and_tracks_say_what_was_written_wherever_they_begin() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let batch = batch(&store);
    batch.check().unwrap();
    let everybody = SampleSet::all(3);
    let classes = Classes::new(&everybody, &[0, 1, 1], vec![Sex::Female, Sex::Male]).unwrap();
    use Call::{Missing as No, Ref as One, RefRef as Two};
    let truth = [
        ("chr1", 1, [Two, Two, Two]),
        ("chr1", TILE - 6, [Two, Two, Two]),
        ("chr1", TILE - 5, [Two, No, Two]),
        ("chr1", TILE, [Two, No, Two]),
        ("chr1", TILE + 1, [Two, No, Two]),
        ("chr1", TILE + 5, [Two, No, Two]),
        ("chr1", TILE + 6, [Two, Two, Two]),
        ("chr2", 7, [No, Two, Two]),
        ("chrX", 2_781_479, [No, Two, Two]),
        ("chrX", 2_781_480, [No, One, Two]),
        ("chrX", 156_040_895, [No, One, Two]),
        ("chrM", 16_569, [No, Two, Two]),
    ];
    // One walk over everything, and for each place a walk that begins there.
    let mut all = batch.states(None, &everybody).unwrap().unwrap();
    for (name, position, calls) in truth {
        assert_eq!(all.at(contig(name), position).unwrap(), calls, "{name}:{position}");
        let region = format!("{name}:{position}-{position}").parse().unwrap();
        let mut states = batch.states(Some(&region), &everybody).unwrap().unwrap();
        assert_eq!(states.at(contig(name), position).unwrap(), calls, "{name}:{position} alone");
        let run = batch.track(Some(&region), &classes).unwrap().unwrap().next_run().unwrap().unwrap();
        let count =
            |range: std::ops::Range<usize>, call| calls[range].iter().filter(|c| **c == call).count() as u32;
        assert_eq!(run.called, [0..1, 1..3].map(|class| [count(class.clone(), Two), count(class, One)]));
    }
    // Masked people read as absent.
    let mut nobody = batch.states(None, &SampleSet::none(3)).unwrap().unwrap();
    assert_eq!(nobody.at(contig("chr1"), 5).unwrap(), [Call::Absent; 3]);
    assert!(matches!(batch.states(None, &SampleSet::all(2)), Err(StoreError::WrongPeople { .. })));
    let on_x = batch.covered(contig("chrX"), &everybody).unwrap();
    assert_eq!(on_x.iter().collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn runs_fill_every_contig_and_end_only_where_a_number_changes() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let batch = batch(&store);
    let classes = Classes::new(&SampleSet::all(3), &[0, 1, 1], vec![Sex::Female, Sex::Male]).unwrap();
    let mut track = batch.track(None, &classes).unwrap().unwrap();
    let mut runs = Vec::new();
    while let Some(run) = track.next_run().unwrap() {
        runs.push((run.contig, run.start, run.end));
    }
    let mut expected = Vec::new();
    for on in Contig::all() {
        let cuts: &[u32] = match on.name() {
            "chr1" => &[TILE - 5, TILE + 6],
            "chrX" => &[2_781_480],
            _ => &[],
        };
        let mut start = 1;
        for cut in cuts {
            expected.push((on, start, cut - 1));
            start = *cut;
        }
        expected.push((on, start, on.length()));
    }
    assert_eq!(runs, expected);
}

#[test]
fn who_left_reads_as_absent_everywhere_and_other_sections_follow() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let batch = batch(&store);
    let mut gone = SampleSet::none(3);
    gone.insert(1);
    let seal = store.erase(&batch, &gone).unwrap();
    let erased = store.batch(&seal.id).unwrap();
    let everybody = SampleSet::all(3);
    let mut states = erased.states(None, &everybody).unwrap().unwrap();
    for (name, position) in [("chr1", 1), ("chr1", TILE), ("chrX", 2_781_480), ("chrM", 5)] {
        assert_eq!(states.at(contig(name), position).unwrap()[1], Call::Absent, "{name}:{position}");
    }
    assert!(!erased.covered(contig("chr1"), &everybody).unwrap().contains(1));
    // Without its only carrier the row says nothing that callability does not say.
    let mut gone = SampleSet::none(3);
    gone.insert(0);
    assert_eq!(store.erase(&erased, &gone).unwrap().manifest.rows, 0);
}

#[test]
fn stretches_out_of_order_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let mut writer = store.new_batch(3).unwrap();
    let stretch = |on: &str, start| Stretch {
        contig: contig(on),
        start,
        end: start,
        call: Call::Missing,
        first: 0,
        last: 0,
    };
    let callability = writer.callability().unwrap();
    callability.push(&[stretch("chr2", 5)]).unwrap();
    for wrong in [stretch("chr2", 5), stretch("chr2", 4), stretch("chr1", 9)] {
        assert!(matches!(callability.push(&[wrong]), Err(StoreError::Unsorted)));
    }
}
