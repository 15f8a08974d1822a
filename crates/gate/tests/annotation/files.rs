//! A data directory, and files to load into it.

use flate2::read::MultiGzDecoder;
use gj_gate::acts::annotation::{AnnotationFile, AnnotationKind, Loaded, NewAnnotation};
use gj_gate::acts::init::{DirectoryKind, NewDirectory, ProgrammeFile};
use gj_gate::{Annotations, Asker, Clock, Gate, GateError};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

const EXAMPLE: &str = include_str!("../../../registry/programme/example.toml");

pub struct World {
    pub folder: TempDir,
    pub gate: Gate,
}

impl World {
    pub async fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let file = ProgrammeFile { name: "programme.toml", text: EXAMPLE };
        let new = NewDirectory { programme: Some(file), kind: DirectoryKind::default(), registry: None };
        let clock = Clock::Fixed("2026-11-23T03:00:00Z".parse().unwrap());
        let gate = Gate::init(&folder.path().join("data"), new, clock).await.unwrap();
        World { folder, gate }
    }

    pub fn manager(&self) -> Asker {
        self.gate.local(&"datamanager".parse().unwrap())
    }

    pub async fn load(&self, new: NewAnnotation) -> Loaded {
        self.gate.load_annotation(&self.manager(), new).await.unwrap()
    }

    pub async fn refuses(&self, new: NewAnnotation) -> String {
        match self.gate.load_annotation(&self.manager(), new).await {
            Err(GateError::Annotation(what)) => what,
            other => panic!("{:?}", other.map(|loaded| loaded.set)),
        }
    }

    pub async fn current(&self) -> Arc<Annotations> {
        self.gate.annotations_current().await.unwrap()
    }

    /// The invented reference of the demo cohort, and the genes on it.
    pub async fn with_demo(&self) {
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../apps/gj/demo");
        self.load(set(AnnotationKind::Reference, "reference", "1", &[demo.join("reference.fa.gz")])).await;
        self.load(set(AnnotationKind::Genes, "genes", "1", &[demo.join("genes.gff3")])).await;
    }
}

pub fn set(kind: AnnotationKind, name: &str, version: &str, paths: &[PathBuf]) -> NewAnnotation {
    let files = paths.iter().map(|path| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        AnnotationFile { name, reader: Box::new(Cursor::new(bytes(path))) }
    });
    NewAnnotation {
        kind,
        name: name.to_owned(),
        version: version.to_owned(),
        source: "a test".to_owned(),
        licence: "none".to_owned(),
        files: files.collect(),
        selections: Vec::new(),
        populations: Vec::new(),
    }
}

/// A set of one file with that text.
pub fn text(kind: AnnotationKind, name: &str, version: &str, file: &str, text: &str) -> NewAnnotation {
    let reader = Box::new(Cursor::new(text.as_bytes().to_vec()));
    let files = vec![AnnotationFile { name: file.to_owned(), reader }];
    NewAnnotation { files, ..set(kind, name, version, &[]) }
}

pub fn bytes(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return bytes;
    }
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(&bytes[..]).read_to_end(&mut unpacked).unwrap();
    unpacked
}

/// The shared real data, or a note that the test is skipped.
pub fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = std::env::var_os("GJ_SHARED").map_or(beside, PathBuf::from).join("data/annotation");
    if !folder.is_dir() {
        assert!(std::env::var_os("CI").is_none(), "CI must have the shared data");
        eprintln!("skipped: the shared real data are not here (set GJ_SHARED)");
        return None;
    }
    Some(folder)
}

/// What bcftools prints; `None` where it is not installed.
pub fn bcftools(words: &[&str], file: &Path) -> Option<String> {
    match std::process::Command::new("bcftools").args(words).arg(file).output() {
        Ok(run) => Some(String::from_utf8(run.stdout).unwrap()),
        Err(_) => {
            assert!(std::env::var_os("CI").is_none(), "CI must have bcftools");
            eprintln!("skipped: bcftools is not installed");
            None
        }
    }
}
