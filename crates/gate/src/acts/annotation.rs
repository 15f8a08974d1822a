//! Sets of annotation: loaded whole or not at all, and the layers of a release that they make up.

mod read;

use crate::ask::Asker;
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
use gj_model::FreezeName;
use gj_registry::Tx;
pub use gj_registry::{AnnotationLayer, AnnotationSet};
use gj_store::annotation::StagedAnnotation;
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt;
use std::io::BufRead;
use std::str::FromStr;

const LOAD: &str = "annotation.load";
/// Characters of a name or version at most.
const NAME_CHARS_MAX: usize = 60;
/// Characters of a source or licence at most.
const TEXT_CHARS_MAX: usize = 300;

/// A file with its name as messages tell it.
pub struct AnnotationFile {
    /// Its name, without folders.
    pub name: String,
    /// All of it, unpacked.
    pub reader: Box<dyn BufRead + Send>,
}

/// What kind of set a file makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnnotationKind {
    /// Bases of the reference, FASTA.
    Reference,
    /// Gene models, GFF3 or GTF.
    Genes,
    /// Variants with numbers of dbSNP and what ClinVar says, VCF.
    Variants,
    /// Counts of alleles in another panel, VCF.
    Frequencies,
    /// Facts by gene, TSV.
    GeneTable,
}

impl fmt::Display for AnnotationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AnnotationKind::Reference => "reference",
            AnnotationKind::Genes => "genes",
            AnnotationKind::Variants => "variants",
            AnnotationKind::Frequencies => "frequencies",
            AnnotationKind::GeneTable => "gene-table",
        })
    }
}

impl FromStr for AnnotationKind {
    type Err = String;

    fn from_str(text: &str) -> Result<AnnotationKind, String> {
        Ok(match text {
            "reference" => AnnotationKind::Reference,
            "genes" => AnnotationKind::Genes,
            "variants" | "clinvar" => AnnotationKind::Variants,
            "frequencies" => AnnotationKind::Frequencies,
            "gene-table" => AnnotationKind::GeneTable,
            _ => {
                return Err(format!(
                    "`{text}` is no kind of set; expected reference, genes, variants, frequencies or gene-table"
                ));
            }
        })
    }
}

/// A set to be loaded.
pub struct NewAnnotation {
    /// Its kind.
    pub kind: AnnotationKind,
    /// What it is called from now on: `clinvar`.
    pub name: String,
    /// Its makers' version.
    pub version: String,
    /// Where it comes from.
    pub source: String,
    /// What allows its use.
    pub licence: String,
    /// The files that make it up together.
    pub files: Vec<AnnotationFile>,
    /// Of gene models: lists of preferred transcripts, MANE's summary or RefSeq Select.
    pub selections: Vec<AnnotationFile>,
    /// Of frequencies: populations as `eas=AC_EAS,AN_EAS`; empty to take what the header declares.
    pub populations: Vec<String>,
}

/// What was loaded.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Loaded {
    /// The set.
    pub set: AnnotationSet,
    /// `false` where the same set was loaded before, and nothing was changed.
    pub fresh: bool,
    /// Alleles that were passed over because they are not written in bases.
    pub passed_over: u64,
}

impl Gate {
    /// Loads a version of a set out of its files; from the commit on it is the current one of its name, and the
    /// next release is annotated with it. The same version with the same content once more changes nothing.
    ///
    /// # Errors
    /// A refusal; [`GateError::Annotation`] with file and line of what does not read, and for a version that was
    /// loaded before with another content.
    pub async fn load_annotation(&self, asker: &Asker, new: NewAnnotation) -> Result<Loaded, GateError> {
        self.authorise(asker, LOAD, "annotation").await?;
        check(&new)?;
        let kind = new.kind.to_string();
        let sets = self.inner.registry.read().await?.annotation_sets().await?;
        if let Some(other) = sets.iter().find(|set| set.name == new.name && set.kind != kind) {
            return Err(wrong(format!(
                "`{}` is a set of {}, not of {kind}; choose another name",
                new.name, other.kind
            )));
        }
        let reference = current(sets).into_iter().filter(|set| set.kind == "reference");
        let body = self.annotation_body(reference.collect()).await?;
        let (store, mut row) = (self.inner.store.clone(), row_of(&new));
        let read = move || read::stage(&store, new, &body.reference);
        let (staged, passed_over) = tokio::task::spawn_blocking(read).await??;
        row.loaded_at = self.inner.clock.at();
        self.as_writer(self.writer_wait_max(), self.name_annotation(asker, row, staged, passed_over)).await
    }

    async fn name_annotation(
        &self,
        asker: &Asker,
        mut row: AnnotationSet,
        staged: StagedAnnotation,
        passed_over: u64,
    ) -> Result<Loaded, GateError> {
        let mut tx = self.inner.registry.begin().await?;
        let known = tx.annotation_sets().await?;
        row.number = known.iter().map(|set| set.number).max().unwrap_or(0) + 1;
        let digest = staged.digest().to_owned();
        if let Some(set) =
            known.into_iter().find(|set| (&set.name, &set.version) == (&row.name, &row.version))
        {
            if set.manifest_digest == digest {
                return Ok(Loaded { set, fresh: false, passed_over });
            }
            return Err(wrong(format!(
                "version `{}` of `{}` was loaded on {} with another content; name this one with `--version`",
                set.version,
                set.name,
                set.loaded_at.get(..10).unwrap_or(&set.loaded_at)
            )));
        }
        let seal = tokio::task::spawn_blocking(move || staged.publish()).await??;
        (row.id, row.manifest_digest, row.entries) = (seal.id, seal.digest, seal.manifest.entries);
        tx.add_annotation_set(&row).await?;
        let detail = json!({
            "kind": row.kind, "version": row.version, "entries": row.entries, "digest": row.manifest_digest,
        });
        let note = Note { actor: asker.name(), act: LOAD, subject: &row.name, outcome: "loaded", detail };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        Ok(Loaded { set: row, fresh: true, passed_over })
    }

    /// Every set, as loaded; of each name the last one is current. They are public.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub async fn annotation_sets(&self) -> Result<Vec<AnnotationSet>, GateError> {
        Ok(self.inner.registry.read().await?.annotation_sets().await?)
    }

    /// The layers of a release, the first one first. They are public.
    ///
    /// # Errors
    /// [`GateError::Annotation`] where there is no such release.
    pub async fn annotation_layers(&self, freeze: &FreezeName) -> Result<Vec<AnnotationLayer>, GateError> {
        let mut reads = self.inner.registry.read().await?;
        if reads.freeze(freeze).await?.is_none() {
            return Err(no_release(freeze));
        }
        Ok(reads.annotation_layers(freeze).await?)
    }

    /// Gives a release a new layer, of the current sets or those named (`clinvar`, `clinvar@2026-02`). Neither
    /// the release nor its older layers change. `None` where the newest layer has the same sets already.
    ///
    /// # Errors
    /// A refusal; [`GateError::Annotation`] for a release or a set that does not exist.
    pub async fn add_annotation_layer(
        &self,
        asker: &Asker,
        freeze: &FreezeName,
        with: &[String],
    ) -> Result<Option<AnnotationLayer>, GateError> {
        self.authorise(asker, LOAD, freeze.as_str()).await?;
        let mut tx = self.inner.registry.begin().await?;
        if tx.freeze(freeze).await?.is_none() {
            return Err(no_release(freeze));
        }
        let sets = tx.annotation_sets().await?;
        let sets = if with.is_empty() { current(sets) } else { named(sets, with)? };
        let newest = tx.newest_annotation_layer(freeze).await?;
        if newest.as_ref().is_some_and(|newest| newest.sets == sets) {
            return Ok(None);
        }
        let number = newest.map_or(0, |newest| newest.number) + 1;
        let layer = AnnotationLayer { number, created_at: self.inner.clock.at(), sets };
        tx.add_annotation_layer(freeze, &layer).await?;
        let subject = freeze.as_str();
        let act = "annotation.layer";
        let note = Note { actor: asker.name(), act, subject, outcome: "made", detail: detail(&layer) };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        Ok(Some(layer))
    }

    /// Writes the first layer of a release into the transaction that makes it.
    pub(crate) async fn first_layer(
        &self,
        tx: &mut Tx,
        freeze: &FreezeName,
        at: &str,
    ) -> Result<serde_json::Value, GateError> {
        let sets = current(tx.annotation_sets().await?);
        let layer = AnnotationLayer { number: 1, created_at: at.to_owned(), sets };
        tx.add_annotation_layer(freeze, &layer).await?;
        Ok(detail(&layer))
    }
}

fn detail(layer: &AnnotationLayer) -> serde_json::Value {
    let sets: BTreeMap<&str, &str> =
        layer.sets.iter().map(|set| (set.name.as_str(), set.version.as_str())).collect();
    json!({ "layer": layer.number, "sets": sets })
}

fn no_release(freeze: &FreezeName) -> GateError {
    wrong(format!("there is no release `{freeze}`; see `gj status`"))
}

/// The last set of each name, as loaded.
pub(crate) fn current(sets: Vec<AnnotationSet>) -> Vec<AnnotationSet> {
    let last: BTreeMap<String, i64> = sets.iter().map(|set| (set.name.clone(), set.number)).collect();
    sets.into_iter().filter(|set| last.get(&set.name) == Some(&set.number)).collect()
}

fn named(sets: Vec<AnnotationSet>, with: &[String]) -> Result<Vec<AnnotationSet>, GateError> {
    let mut chosen: BTreeMap<i64, AnnotationSet> = BTreeMap::new();
    for text in with {
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (text.as_str(), None),
        };
        let is_it = |set: &&AnnotationSet| set.name == name && version.is_none_or(|v| v == set.version);
        let found = sets.iter().rfind(is_it);
        let found = found.ok_or_else(|| {
            let text = text.escape_debug();
            wrong(format!("no set `{text}` is loaded; see `gj annotation list`"))
        })?;
        if chosen.values().any(|other| other.name == found.name && other.number != found.number) {
            return Err(wrong(format!("`{name}` is named in two versions; choose one")));
        }
        chosen.insert(found.number, found.clone());
    }
    Ok(chosen.into_values().collect())
}

fn check(new: &NewAnnotation) -> Result<(), GateError> {
    let is_name = |text: &str| {
        !text.is_empty()
            && text.len() <= NAME_CHARS_MAX
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.')
    };
    if !is_name(&new.name) {
        let name = new.name.escape_debug();
        return Err(wrong(format!(
            "`{name}` is no name of a set; use up to {NAME_CHARS_MAX} small letters, digits, `-` or `.`"
        )));
    }
    for (what, text, most) in [
        ("--version", &new.version, NAME_CHARS_MAX),
        ("--source", &new.source, TEXT_CHARS_MAX),
        ("--licence", &new.licence, TEXT_CHARS_MAX),
    ] {
        if text.trim().is_empty() || text.chars().count() > most || text.chars().any(char::is_control) {
            return Err(wrong(format!(
                "`{what}` must say something, in one line of at most {most} characters"
            )));
        }
    }
    if new.version.contains('@') {
        return Err(wrong("`--version` must not hold `@`".to_owned()));
    }
    if !new.selections.is_empty() && new.kind != AnnotationKind::Genes {
        return Err(wrong("`--select` belongs to gene models".to_owned()));
    }
    if !new.populations.is_empty() && new.kind != AnnotationKind::Frequencies {
        return Err(wrong("`--population` belongs to frequencies".to_owned()));
    }
    Ok(())
}

/// The row of a set, but for what is known only once it is read.
fn row_of(new: &NewAnnotation) -> AnnotationSet {
    let files: Vec<&str> = new.files.iter().chain(&new.selections).map(|file| file.name.as_str()).collect();
    AnnotationSet {
        number: 0,
        name: new.name.clone(),
        kind: new.kind.to_string(),
        version: new.version.trim().to_owned(),
        id: read::no_id(),
        manifest_digest: String::new(),
        source: new.source.trim().to_owned(),
        licence: new.licence.trim().to_owned(),
        entries: 0,
        files: files.join(", "),
        loaded_at: String::new(),
    }
}

fn wrong(what: String) -> GateError {
    GateError::Annotation(what)
}
