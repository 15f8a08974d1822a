//! Lookups in panels against what was written: every site, sites that are not there, damaged files, older formats.
#![allow(clippy::unwrap_used)]

use gj_model::{Contig, Counts, Position, Region, ReleaseClass, Scope, Sex, Variant};
use gj_store::{CountedSite, Panel, PanelSeal, Store, StoreError};
use std::fs;
use std::path::Path;

const CLASSES: usize = 3;
const PEOPLE: [u32; CLASSES] = [900, 1100, 4];

fn classes() -> Vec<ReleaseClass> {
    let class = |sex| ReleaseClass {
        institution: "centre".parse().unwrap(),
        stratum: "s".into(),
        sex,
        scope: Scope::NONE,
    };
    [Sex::Female, Sex::Male, Sex::Unknown].map(class).to_vec()
}

/// The `index`-th string over ACGT in lexical order, of a fixed length.
fn letters(mut index: usize, length: usize) -> String {
    let mut letters = vec![b'A'; length];
    for letter in letters.iter_mut().rev() {
        *letter = b"ACGT"[index % 4];
        index /= 4;
    }
    String::from_utf8(letters).unwrap()
}

/// Counts that differ from site to site, of each kind a cell has.
fn counts(number: usize) -> Vec<Counts> {
    let of = |class: usize| {
        let (people, mixed) = (PEOPLE[class], (number * 2_654_435_761 + class * 97) >> 3);
        let ac = (mixed % 1000) as u32 % people;
        match mixed % 5 {
            0 => Counts::default(),
            1 => Counts { an: 2 * people, people, ..Counts::default() },
            2 => Counts { ac, an: 2 * people, hom: ac / 2, people, ..Counts::default() },
            3 => Counts { ac, an: 2 * people, people, ..Counts::default() },
            _ => Counts { ac, an: 2 * people - 3, hom: ac / 3, hemi: ac % 3, people: people - 2 },
        }
    };
    let mut counts: Vec<Counts> = (0..CLASSES).map(of).collect();
    // Somebody has a call.
    counts[0].people = counts[0].people.max(1);
    counts
}

/// Sites in order: at each place of a contig so many variants.
fn sites(places: &[(Contig, u32, usize)]) -> Vec<CountedSite> {
    let mut sites = Vec::new();
    for (contig, position, variants) in places {
        for index in 0..*variants {
            // Deletions and insertions of many lengths, but for the first one.
            let (reference, alternate) = match (index, index % 3) {
                (0, _) => ("A".to_owned(), "AC".to_owned()),
                (_, 0) => (format!("AC{}", letters(index, 9)), "A".to_owned()),
                _ => (format!("AC{}", letters(index, 9)), format!("A{}", letters(index, 2 + index % 50))),
            };
            let position = Position::new(*position).unwrap();
            let variant = Variant { contig: *contig, position, reference, alternate };
            sites.push((variant, counts(sites.len())));
        }
    }
    assert!(sites.is_sorted_by(|a, b| a.0 < b.0));
    sites
}

/// Many places, with those that fill pages and more; a group of rows ends within one.
fn crowded() -> Vec<CountedSite> {
    let mut places = Vec::new();
    for at in 0..900 {
        places.push((Contig::from_index(0).unwrap(), 10_000 + 7 * at, if at % 300 == 250 { 700 } else { 1 }));
    }
    // Pages of one place alone, from a page's first row to the last one of the group.
    places.push((Contig::from_index(1).unwrap(), 500, 16_384 + 256));
    places.push((Contig::from_index(1).unwrap(), 501, 1));
    places.extend((0..255).map(|at| (Contig::X, 2_781_300 + at, 1)));
    places.extend([(Contig::X, 2_781_555, 2), (Contig::X, 2_781_556, 1)]);
    sites(&places)
}

fn write(root: &Path, sites: &[CountedSite]) -> (Store, PanelSeal) {
    let store = Store::open(root).unwrap();
    let seal = store.write_panel(classes(), PEOPLE.to_vec(), sites.iter().cloned()).unwrap();
    (store, seal)
}

fn scan(panel: &Panel, region: Option<&Region>) -> Vec<CountedSite> {
    let (mut rows, mut found) = (panel.rows(region).unwrap(), Vec::new());
    while let Some(some) = rows.next_rows().unwrap() {
        found.extend(some);
    }
    found
}

#[test]
fn every_site_is_found_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let sites = crowded();
    let (store, seal) = write(folder.path(), &sites);
    let panel = store.panel(&seal.id).unwrap();
    panel.check().unwrap();
    assert_eq!(scan(&panel, None), sites);
    for (variant, counts) in &sites {
        assert_eq!(panel.site(variant).unwrap().as_ref(), Some(counts), "{variant}");
        // All of a place that stands in one page is then in memory.
        assert!(
            panel.is_at_hand(variant)
                || sites.iter().filter(|(v, _)| v.position == variant.position).count() > 1
        );
    }
    // Beside each: another place, other alleles, another contig.
    let absent = |variant: Variant| {
        let is_there = sites.binary_search_by(|(own, _)| own.cmp(&variant)).is_ok();
        assert_eq!(panel.site(&variant).unwrap().is_some(), is_there, "{variant}");
    };
    for (variant, _) in sites.iter().step_by(5) {
        for moved in [-1, 1] {
            let position = Position::new(variant.position.get().wrapping_add_signed(moved)).unwrap();
            absent(Variant { position, ..variant.clone() });
        }
        absent(Variant { alternate: format!("{}T", variant.alternate), ..variant.clone() });
        absent(Variant { reference: "T".into(), ..variant.clone() });
        absent(Variant { contig: Contig::from_index(2).unwrap(), ..variant.clone() });
    }
    for position in [1, u32::MAX >> 1] {
        let position = Position::new(position).unwrap();
        absent(Variant { position, ..sites[0].0.clone() });
    }
}

/// A page of a column also ends at a megabyte, so columns may be cut at different rows.
#[test]
fn long_alleles_and_many_classes_are_found_where_columns_are_cut_apart() {
    let classes: Vec<ReleaseClass> = (0..1500)
        .map(|class| ReleaseClass {
            institution: format!("centre-{class:04}").parse().unwrap(),
            ..classes()[0].clone()
        })
        .collect();
    let site = |number: u32| {
        let alternate = if number % 3 == 1 { format!("AC{}", "GT".repeat(3500)) } else { "G".to_owned() };
        let (contig, position) = (Contig::from_index(6).unwrap(), Position::new(500 + number / 2).unwrap());
        let reference = if number.is_multiple_of(2) { "A" } else { "T" }.to_owned();
        let of =
            |class: u32| Counts { ac: class % 7 + 200, an: 1000 + number, hom: 70, hemi: 0, people: 800 };
        (Variant { contig, position, reference, alternate }, (0..1500).map(of).collect())
    };
    let sites: Vec<CountedSite> = (0..700).map(site).collect();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let seal = store.write_panel(classes, vec![1000; 1500], sites.iter().cloned()).unwrap();
    let panel = store.panel(&seal.id).unwrap();
    for (variant, counts) in &sites {
        assert!(panel.site(variant).unwrap().as_ref() == Some(counts), "{}", variant.position.get());
        assert_eq!(panel.site(&Variant { alternate: "C".into(), ..variant.clone() }).unwrap(), None);
    }
    assert!(scan(&panel, None) == sites);
}

#[test]
fn a_region_is_what_stands_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let sites = crowded();
    let (store, seal) = write(folder.path(), &sites);
    let panel = store.panel(&seal.id).unwrap();
    let contig = Contig::from_index(0).unwrap();
    for (contig, start, end) in [
        (contig, 1, 10_000),
        (contig, 10_001, 10_006),
        (contig, 10_007, 11_750),
        (contig, 11_750, 11_750),
        (contig, 11_751, 20_000),
        (Contig::from_index(1).unwrap(), 500, 500),
        (Contig::from_index(1).unwrap(), 501, 600),
        (Contig::X, 2_781_500, 2_781_555),
        (Contig::Y, 1, 1_000_000),
    ] {
        let region =
            Region { contig, start: Position::new(start).unwrap(), end: Position::new(end).unwrap() };
        let inside = |v: &Variant| v.contig == contig && (start..=end).contains(&v.position.get());
        let expected: Vec<CountedSite> = sites.iter().filter(|(v, _)| inside(v)).cloned().collect();
        assert_eq!(scan(&panel, Some(&region)), expected, "{region}");
    }
}

/// Copies a panel's folder with one byte of a file changed, and opens it there.
fn with_flipped(folder: &Path, id: &str, file: &str, at: usize) -> Result<Panel, StoreError> {
    let other = folder.join("copy");
    let _ = fs::remove_dir_all(&other);
    let store = Store::open(&other).unwrap();
    let copy = other.join("panels").join(id);
    fs::create_dir_all(&copy).unwrap();
    for entry in fs::read_dir(folder.join("panels").join(id)).unwrap().map(Result::unwrap) {
        let mut bytes = fs::read(entry.path()).unwrap();
        if entry.file_name() == file {
            bytes[at] ^= 1;
        }
        fs::write(copy.join(entry.file_name()), bytes).unwrap();
    }
    store.panel(&id.parse().unwrap())
}

#[test]
fn a_flipped_byte_is_found_by_lookups_and_by_a_check() {
    let folder = tempfile::tempdir().unwrap();
    let places: Vec<_> = (0..900).map(|at| (Contig::from_index(4).unwrap(), 100 + at, 3)).collect();
    let sites = sites(&places);
    let (_, seal) = write(folder.path(), &sites);
    let id = seal.id.as_str();
    let length = seal.manifest.bytes as usize;
    assert!(length > 5 * 8192, "{length} bytes: the file has too few stretches for this test");
    for at in (0..length).step_by(1009) {
        // The page index and what Parquet ends with are read when it is opened.
        let Ok(panel) = with_flipped(folder.path(), id, "panel.parquet", at) else { continue };
        let error = panel.check().unwrap_err().to_string();
        let stretch = at / 8192 * 8192;
        assert!(error.contains(&format!("is damaged between bytes {stretch} and")), "byte {at}: {error}");
        let mut failed = 0;
        for (variant, counts) in &sites {
            match panel.site(variant) {
                Ok(found) => assert_eq!(found.as_ref(), Some(counts), "byte {at}"),
                Err(error) => {
                    failed += 1;
                    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
                }
            }
        }
        // A stretch of totals alone is in no lookup's way.
        let told = panel.rows(None).and_then(|mut rows| {
            while rows.next_rows()?.is_some() {}
            Ok(())
        });
        assert_eq!(failed > 0, told.is_err(), "byte {at}");
    }
    // Sums and manifest.
    for (file, length) in [("panel.sums", length.div_ceil(8192) * 16), ("manifest.json", 100)] {
        for at in (0..length).step_by(7) {
            assert!(with_flipped(folder.path(), id, file, at).is_err(), "{file}, byte {at}");
        }
    }
}

#[test]
fn a_panel_of_format_2_answers_as_it_did() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    // What a reader in Python says is in it.
    let text = fs::read_to_string(fixtures.join("panel.tsv")).unwrap();
    let expected: Vec<CountedSite> = text.lines().map(line).collect();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let older = fs::read_dir(fixtures.join("panel-format-2")).unwrap().next().unwrap().unwrap();
    let id = older.file_name().into_string().unwrap();
    let copy = folder.path().join("panels").join(&id);
    fs::create_dir_all(&copy).unwrap();
    for file in fs::read_dir(older.path()).unwrap().map(Result::unwrap) {
        fs::copy(file.path(), copy.join(file.file_name())).unwrap();
    }
    let older = store.panel(&id.parse().unwrap()).unwrap();
    let (classes, people) = (older.classes().to_vec(), older.people().to_vec());
    let seal = store.write_panel(classes, people, expected.iter().cloned()).unwrap();
    let newer = store.panel(&seal.id).unwrap();
    assert_eq!((older.manifest().format, newer.manifest().format), (2, 4));
    for panel in [&older, &newer] {
        panel.check().unwrap();
        assert_eq!(scan(panel, None), expected);
        for (variant, counts) in &expected {
            assert_eq!(panel.site(variant).unwrap().as_ref(), Some(counts));
            let other = Variant { reference: "N".into(), ..variant.clone() };
            assert_eq!(panel.site(&other).unwrap(), None);
        }
    }
}

/// A line of expected counts: the variant, then `ac,an,hom,hemi,people` of each class.
fn line(line: &str) -> CountedSite {
    let mut cells = line.split('\t');
    let variant = cells.next().unwrap().parse().unwrap();
    let counts = cells.map(|cell| {
        let numbers: Vec<u32> = cell.split(',').map(|number| number.parse().unwrap()).collect();
        let [ac, an, hom, hemi, people] = numbers[..].try_into().unwrap();
        Counts { ac, an, hom, hemi, people }
    });
    (variant, counts.collect())
}
