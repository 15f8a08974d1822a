//! A store in a temporary folder, files taken into it as batches, and what is counted over them.

use gj_ingest::{BlockFloor, ReadOptions, Roster, Submission, SubmissionError, SubmissionReport};
use gj_kernels::Classes;
use gj_model::{BatchId, Counts, Region, ReleaseClass, SampleSet, Scope, Sex};
use gj_store::{Batch, CensusSeal, Counting, Merge, Part, Source, Store};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Counts of each sex at each variant, as text `chr22-10516173-G-A`; females first.
pub type Table = BTreeMap<String, [Counts; 2]>;

pub struct Cohort {
    pub folder: tempfile::TempDir,
    pub store: Store,
    pub batches: Vec<Batch>,
    pub floor: BlockFloor,
    /// Registry keys by sample name, in order of appearance.
    keys: BTreeMap<String, i64>,
}

impl Cohort {
    pub fn new(floor: BlockFloor) -> Cohort {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("data")).unwrap();
        Cohort { folder, store, batches: Vec::new(), floor, keys: BTreeMap::new() }
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A sample's key; the number in a name such as `P7` decides its sex: odd is male.
    pub fn key(&mut self, name: &str) -> i64 {
        let next = self.keys.len() as i64 + 1;
        *self.keys.entry(name.to_owned()).or_insert(next)
    }

    pub fn take_in(&mut self, files: &[PathBuf]) -> SubmissionReport {
        self.try_take_in(files).unwrap()
    }

    pub fn try_take_in(&mut self, files: &[PathBuf]) -> Result<SubmissionReport, SubmissionError> {
        let options = ReadOptions { floor: self.floor, ..ReadOptions::default() };
        let submission = Submission::open(files, &options)?;
        let keys: Vec<Option<i64>> =
            submission.names().to_vec().iter().map(|name| Some(self.key(name))).collect();
        let roster = Roster { keys, earlier: self.batches.clone() };
        let sources = files.iter().map(|file| gj_ingest::digest(file).unwrap()).collect();
        let (seal, report) =
            submission.write(&self.store, "centre".parse().unwrap(), &roster, sources, &())?;
        let batch = self.store.batch(&seal.id).unwrap();
        batch.check().unwrap();
        self.batches.push(batch);
        Ok(report)
    }

    /// All batches as one.
    pub fn compact(&mut self) {
        let staged = self.store.compact(&"centre".parse().unwrap(), &self.batches).unwrap();
        let seal = staged.publish().unwrap();
        self.batches = vec![self.store.batch(&seal.id).unwrap()];
        self.batches[0].check().unwrap();
    }

    /// Erases a sample wherever it is.
    pub fn erase(&mut self, name: &str) {
        let key = self.keys[name];
        for batch in &mut self.batches {
            let mut gone = SampleSet::none(batch.samples());
            let columns = batch.manifest().samples.clone();
            columns.iter().enumerate().filter(|(_, k)| **k == key).for_each(|(c, _)| gone.insert(c));
            if gone.count() > 0 {
                let seal = self.store.erase(batch, &gone).unwrap();
                *batch = self.store.batch(&seal.id).unwrap();
                batch.check().unwrap();
            }
        }
    }

    fn is_male(&self, key: i64) -> bool {
        let name = self.keys.iter().find(|(_, k)| **k == key).map(|(name, _)| name.as_str());
        name.is_some_and(is_male)
    }

    /// Each batch with its people in two classes, females and males; `masked` is in neither.
    pub fn classes(&self, masked: Option<&str>) -> Vec<(Batch, Classes)> {
        let masked = masked.map(|name| self.keys[name]);
        self.classes_in(&self.batches, |key| Some(key) != masked)
    }

    fn classes_in(&self, batches: &[Batch], wanted: impl Fn(i64) -> bool) -> Vec<(Batch, Classes)> {
        let of_batch = |batch: &Batch| {
            let keys = &batch.manifest().samples;
            let mut people = SampleSet::all(keys.len());
            let is_gone = |key: &i64| *key == 0 || !wanted(*key);
            keys.iter().enumerate().filter(|(_, key)| is_gone(key)).for_each(|(c, _)| people.remove(c));
            let of: Vec<u16> = keys.iter().map(|key| u16::from(*key != 0 && self.is_male(*key))).collect();
            (batch.clone(), Classes::new(&people, &of, vec![Sex::Female, Sex::Male]).unwrap())
        };
        batches.iter().map(of_batch).collect()
    }

    /// What is counted over stored censuses less the calls of `masked`, who is in them. On the way each census
    /// is compared with counting: less somebody it is the one without them, and the sum of all is that of
    /// the compacted batch.
    pub fn count_stored(&self, masked: Option<&str>) -> Table {
        let key = masked.map(|name| self.keys[name]);
        let left = self.classes_in(&self.batches, |of| Some(of) == key);
        let mut parts = Vec::new();
        for (((batch, all), (_, rest)), (_, left)) in
            self.classes(None).into_iter().zip(self.classes(masked)).zip(left)
        {
            let counted = |of: Classes| self.census(batch.id(), &[Part::Genotypes(batch.clone(), of)]);
            let census = Arc::new(self.store.census(&counted(all.clone()).id).unwrap());
            let mut less = vec![Part::Rows(census, batch.clone(), all)];
            less.extend(masked.map(|_| Part::Left(batch.clone(), left)));
            assert_eq!(self.census(batch.id(), &less), counted(rest), "a census less somebody");
            parts.extend(less);
        }
        let compacted =
            self.store.compact(&"centre".parse().unwrap(), &self.batches).unwrap().publish().unwrap();
        let compacted = self.store.batch(&compacted.id).unwrap();
        let (batch, of) = self.classes_in(&[compacted], |of| Some(of) != key).remove(0);
        let id = batch.id().clone();
        assert_eq!(
            self.census(&id, &parts),
            self.census(&id, &[Part::Genotypes(batch, of)]),
            "a sum of censuses"
        );
        let merge = merge(&parts);
        let mut sites = merge.sites(None).unwrap();
        let mut table = Table::new();
        while let Some((variant, counts)) = sites.next_site().unwrap() {
            table.insert(variant.to_string(), [counts[0], counts[1]]);
        }
        table
    }

    fn census(&self, of: &BatchId, parts: &[Part]) -> CensusSeal {
        self.store.stage_census(of, "assignment", &merge(parts)).unwrap().publish().unwrap()
    }

    /// What is counted over all batches.
    pub fn count(&self, region: Option<&str>, masked: Option<&str>) -> Table {
        let batches = self.classes(masked);
        let region: Option<Region> = region.map(|text| text.parse().unwrap());
        let mut counting = Counting::new(&batches, region.as_ref()).unwrap();
        let mut table = Table::new();
        while let Some((variant, counts)) = counting.next_site().unwrap() {
            table.insert(variant.to_string(), [counts[0], counts[1]]);
        }
        table
    }
}

/// A sum in two classes, females and males.
fn merge(parts: &[Part]) -> Merge {
    let class = |sex| ReleaseClass {
        institution: "centre".parse().unwrap(),
        stratum: "everybody".to_owned(),
        sex,
        scope: Scope::NONE,
    };
    let sources = parts.iter().map(|part| Source { part: part.clone(), into: vec![0, 1] }).collect();
    let classes = [Sex::Female, Sex::Male].map(class).to_vec();
    Merge { classes, people: vec![2, 3], emptied: 0, sources }
}

/// Whether the number at the end of a sample's name is odd.
pub fn is_male(name: &str) -> bool {
    name.bytes().last().is_some_and(|digit| digit % 2 == 1)
}

/// The shared real data; `None` on a machine without them.
pub fn shared() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("GJ_SHARED").map_or(default, PathBuf::from);
    if shared.is_dir() {
        return Some(shared);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing in CI", shared.display());
    eprintln!("skipped: {} is missing (set GJ_SHARED)", shared.display());
    None
}

/// Text of a file, gzip or plain.
pub fn text_of(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap();
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return String::from_utf8(bytes).unwrap();
    }
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(&bytes[..]), &mut text).unwrap();
    text
}

/// Says where two tables differ, instead of printing both.
pub fn assert_same(found: &Table, expected: &Table, what: &str) {
    let all: std::collections::BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
    let differ: Vec<String> = all
        .into_iter()
        .filter(|site| found.get(*site) != expected.get(*site))
        .map(|site| format!("{site}: found {:?}, expected {:?}", found.get(site), expected.get(site)))
        .collect();
    let first = &differ[..differ.len().min(5)];
    assert!(differ.is_empty(), "{what}: {} of {} differ: {first:#?}", differ.len(), expected.len());
}
