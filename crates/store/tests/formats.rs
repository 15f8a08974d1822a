//! Batches of older formats are read as they were written. The fixtures hold the first 500 records of 24
//! people of the demo cohort; `calls.tsv` is what `bcftools norm -m-` and `bcftools query` say of the same records.
#![allow(clippy::panic)]

use gj_kernels::Call;
use gj_model::SampleSet;
use gj_store::Store;
use std::path::Path;

fn call(text: &str) -> Call {
    let allele = |c: char| (c != '.').then_some(c == '1');
    let letters: Vec<char> = text.chars().collect();
    match letters[..] {
        [one] => Call::haploid(allele(one)),
        [first, mark, second] => Call::diploid(allele(first), allele(second), mark == '|'),
        _ => panic!("`{text}` is no genotype"),
    }
}

#[test]
fn batches_of_formats_1_and_2_are_still_read() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let expected = std::fs::read_to_string(fixtures.join("calls.tsv")).unwrap();
    for (format, is_sorted) in [("format-1", false), ("format-2", true)] {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let batch = std::fs::read_dir(fixtures.join(format)).unwrap().next().unwrap().unwrap();
        let id = batch.file_name().into_string().unwrap();
        let copy = folder.path().join("batches").join(&id);
        std::fs::create_dir(&copy).unwrap();
        for file in std::fs::read_dir(batch.path()).unwrap().map(|file| file.unwrap()) {
            std::fs::copy(file.path(), copy.join(file.file_name())).unwrap();
        }
        let batch = store.batch(&id.parse().unwrap()).unwrap();
        assert_eq!(batch.is_sorted(), is_sorted);
        batch.check().unwrap();
        let people = SampleSet::all(batch.samples());
        let mut found = Vec::new();
        let mut scan = batch.calls(None, &people).unwrap();
        while let Some(rows) = scan.next_rows().unwrap() {
            found.extend(rows.into_iter().map(|row| (row.variant.to_string(), row.calls)));
        }
        let expected = expected.lines().map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            (fields[..4].join("-"), fields[4..].iter().map(|text| call(text)).collect::<Vec<_>>())
        });
        let mut expected: Vec<(String, Vec<Call>)> = expected.collect();
        assert!(found.iter().map(|(_, calls)| calls.len()).all(|samples| samples == 24));
        assert_eq!(found, expected);

        // Without somebody they are written in format 3, with totals.
        let mut gone = SampleSet::none(24);
        gone.insert(5);
        let seal = store.erase(&batch, &gone).unwrap();
        assert_eq!(seal.manifest.format, 3);
        let erased = store.batch(&seal.id).unwrap();
        assert_eq!(erased.is_sorted(), is_sorted);
        expected.iter_mut().for_each(|(_, calls)| calls[5] = Call::Absent);
        expected.retain(|(_, calls)| calls.iter().any(|call| *call != Call::Absent));
        let mut scan = erased.calls(None, &people).unwrap();
        let mut found = Vec::new();
        while let Some(rows) = scan.next_rows().unwrap() {
            found.extend(rows.into_iter().map(|row| (row.variant.to_string(), row.calls)));
        }
        assert_eq!(found, expected);
        // A second erasure takes the next person from the totals that the first one wrote, and would refuse others.
        gone.insert(6);
        store.erase(&erased, &gone).unwrap();
    }
}
