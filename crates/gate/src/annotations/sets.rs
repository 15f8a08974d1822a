//! Sets open in memory: gene models and tables of genes whole, the rest as files. Shared by every layer that
//! has them.

use crate::annotations::genes::Genes;
use crate::error::GateError;
use crate::gate::Gate;
use gj_annotation::{GeneFacts, GeneModels, Transcript};
use gj_registry::AnnotationSet;
use gj_store::annotation::AnnotationFiles;
use gj_store::{Store, StoreError};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::Arc;

/// Combinations of sets kept open at most; a portal shows one or two.
const BODIES_OPEN_MAX: usize = 8;

/// One set, open.
#[derive(Debug)]
pub(crate) struct OpenSet {
    pub(crate) row: AnnotationSet,
    pub(crate) files: Arc<AnnotationFiles>,
    pub(crate) models: Option<GeneModels>,
    pub(crate) facts: Vec<GeneFacts>,
}

/// The sets of a layer, and what is looked up over all of them.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) sets: Vec<Arc<OpenSet>>,
    /// Those with bases.
    pub(crate) reference: Vec<Arc<AnnotationFiles>>,
    pub(crate) genes: Genes,
}

/// What is open by now.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    /// By number of the set.
    sets: HashMap<i64, Arc<OpenSet>>,
    /// By the numbers of the sets.
    bodies: HashMap<Vec<i64>, Arc<Body>>,
}

impl OpenSet {
    fn open(store: &Store, row: AnnotationSet) -> Result<OpenSet, StoreError> {
        let files = store.annotation(&row.id)?;
        let (mut models, mut facts) = (None, Vec::new());
        match row.kind.as_str() {
            "genes" => {
                let transcripts: Vec<Transcript> = lines(&files)?;
                models = Some(GeneModels::new(transcripts));
            }
            "gene-table" => facts = lines(&files)?,
            _ => {}
        }
        Ok(OpenSet { row, files: Arc::new(files), models, facts })
    }
}

fn lines<T: DeserializeOwned>(files: &AnnotationFiles) -> Result<Vec<T>, StoreError> {
    let mut all = Vec::new();
    files.each_line(|line| {
        all.push(serde_json::from_str(line).map_err(|error| error.to_string())?);
        Ok(())
    })?;
    Ok(all)
}

impl Gate {
    /// The body of a list of sets, opened once.
    pub(crate) async fn annotation_body(&self, rows: Vec<AnnotationSet>) -> Result<Arc<Body>, GateError> {
        let key: Vec<i64> = rows.iter().map(|row| row.number).collect();
        // Held while opening: two questions at once do not read the same models twice.
        let mut opened = self.inner.annotations.lock().await;
        if let Some(body) = opened.bodies.get(&key) {
            return Ok(body.clone());
        }
        let (store, known) = (self.inner.store.clone(), opened.sets.clone());
        let open = move || {
            let sets = rows.into_iter().map(|row| match known.get(&row.number) {
                Some(set) => Ok(set.clone()),
                None => OpenSet::open(&store, row).map(Arc::new),
            });
            let sets: Vec<Arc<OpenSet>> = sets.collect::<Result<_, _>>()?;
            let with_bases = sets.iter().filter(|set| set.files.manifest().bases.is_some());
            let reference = with_bases.map(|set| set.files.clone()).collect();
            Ok::<_, StoreError>(Body { genes: Genes::of(&sets), sets, reference })
        };
        let body = Arc::new(tokio::task::spawn_blocking(open).await??);
        if opened.bodies.len() >= BODIES_OPEN_MAX {
            opened.bodies.clear();
            opened.sets.clear();
        }
        opened.sets.extend(body.sets.iter().map(|set| (set.row.number, set.clone())));
        opened.bodies.insert(key, body.clone());
        Ok(body)
    }
}
