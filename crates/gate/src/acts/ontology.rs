//! Vocabularies of diseases and phenotypes: loaded whole or not at all, and what a disease is a kind of.

use crate::ask::Asker;
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
use gj_ontology::{Draft, Library, Standing, Term};
use gj_policy::Vocabulary;
pub use gj_registry::OntologyVersion;
use gj_registry::Reads;
use gj_registry::audit::sha256_hex;
use serde_json::json;
use std::sync::Arc;

const ACT: &str = "ontology.load";
/// Characters of a name or version at most.
const NAME_CHARS_MAX: usize = 60;

/// A file with its name as messages tell it.
#[derive(Debug)]
pub struct OntologyFile {
    /// Its name, without folders.
    pub name: String,
    /// All of it, unpacked.
    pub text: String,
}

impl Gate {
    /// Loads one version of a vocabulary out of its files; from the commit on it is the one in use. The
    /// same version with the same terms once more changes nothing, and is `false`.
    ///
    /// # Errors
    /// A refusal; [`GateError::Ontology`] with file and line of what does not read, without a version, and
    /// for a version that was loaded before with other terms.
    pub async fn load_ontology(
        &self,
        asker: &Asker,
        name: &str,
        version: Option<&str>,
        files: Vec<OntologyFile>,
    ) -> Result<(OntologyVersion, bool), GateError> {
        self.authorise(asker, ACT, "ontology").await?;
        let prefix = !name.is_empty() && name.len() <= NAME_CHARS_MAX;
        if !prefix || !name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
            let name = name.escape_debug();
            return Err(wrong(format!(
                "`{name}` is no prefix of terms; expected MONDO, NANDO, HP or the like"
            )));
        }
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        let (names, prefix) = (names.join(", "), name.to_owned());
        let read = move || read(&prefix, &files);
        let (terms, stated) = tokio::task::spawn_blocking(read).await??;
        let version = version.map(str::trim).filter(|version| !version.is_empty()).or(stated.as_deref());
        let Some(version) = version.filter(|version| version.chars().count() <= NAME_CHARS_MAX) else {
            return Err(wrong("no file names its version; add `--version`".to_owned()));
        };
        let digest =
            sha256_hex(terms.iter().map(|(_, document)| document.as_str()).collect::<String>().as_bytes());
        let mut tx = self.inner.registry.begin().await?;
        let known = tx.ontologies().await?;
        let number = known.iter().map(|known| known.number).max().unwrap_or(0) + 1;
        if let Some(known) = known.into_iter().find(|known| known.name == name && known.version == version) {
            if known.digest == digest {
                return Ok((known, false));
            }
            return Err(wrong(format!(
                "version `{version}` of {name} was loaded on {} with other terms; name this one with `--version`",
                known.loaded_at.get(..10).unwrap_or(&known.loaded_at)
            )));
        }
        let row = OntologyVersion {
            number,
            name: name.to_owned(),
            version: version.to_owned(),
            digest,
            terms: terms.len() as u64,
            files: names,
            loaded_at: self.inner.clock.at(),
        };
        tx.add_ontology(&row, &terms).await?;
        let detail = json!({ "version": row.version, "terms": row.terms, "digest": row.digest });
        let note = Note { actor: asker.name(), act: ACT, subject: name, outcome: "loaded", detail };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        Ok((row, true))
    }

    /// Every version that was loaded, in order; of each name the last one is in use. They are public.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub async fn ontologies(&self) -> Result<Vec<OntologyVersion>, GateError> {
        Ok(self.inner.registry.read().await?.ontologies().await?)
    }

    /// The vocabularies in use. They are public.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub async fn library(&self) -> Result<Arc<Library>, GateError> {
        let mut reads = self.inner.registry.read().await?;
        self.library_of(&mut reads).await
    }

    pub(crate) async fn library_of(&self, reads: &mut Reads) -> Result<Arc<Library>, GateError> {
        let mut newest = std::collections::BTreeMap::new();
        for version in reads.ontologies().await? {
            newest.insert(version.name, version.number);
        }
        let numbers: Vec<i64> = newest.into_values().collect();
        // Held while it is read: who else needs it waits for this one.
        let mut last = self.inner.library.lock().await;
        if let Some((of, library)) = &*last
            && *of == numbers
        {
            return Ok(library.clone());
        }
        let mut vocabularies = Vec::with_capacity(numbers.len());
        for number in &numbers {
            let documents = reads.ontology_terms(*number).await?;
            let term = |document: &String| serde_json::from_str::<Term>(document);
            let terms = documents.iter().map(term).collect::<Result<Vec<Term>, _>>();
            vocabularies.push(terms.map_err(|_| {
                GateError::Inconsistent(format!("vocabulary {number}: a term that does not read"))
            })?);
        }
        let library = Arc::new(Library::of(vocabularies));
        *last = Some((numbers, library.clone()));
        Ok(library)
    }

    /// A disease with everything it is a kind of, also under former ids, and how it stands.
    pub(crate) async fn kinds_of_disease(
        &self,
        reads: &mut Reads,
        disease: &str,
    ) -> Result<(Vec<String>, Vocabulary), GateError> {
        let library = self.library_of(reads).await?;
        let itself = || vec![disease.to_owned()];
        Ok(match library.standing(disease) {
            Standing::NotLoaded => (itself(), Vocabulary::NotLoaded),
            Standing::Unknown => (itself(), Vocabulary::Unknown),
            Standing::Obsolete(_) => (itself(), Vocabulary::Obsolete),
            Standing::Known => (library.kinds_and_former(disease), Vocabulary::Known),
            Standing::Merged(successor) => (library.kinds_and_former(&successor), Vocabulary::Known),
        })
    }
}

/// Terms as id and document, and the version that a file names.
type Terms = (Vec<(String, String)>, Option<String>);

fn read(prefix: &str, files: &[OntologyFile]) -> Result<Terms, GateError> {
    let mut draft = Draft::new(prefix);
    for file in files {
        draft.read(&file.name, &file.text).map_err(|error| wrong(error.to_string()))?;
    }
    let version = draft.version().map(str::to_owned);
    let terms = draft.finish().map_err(|error| wrong(error.to_string()))?;
    let documents = terms.into_iter().map(|term| {
        let document = serde_json::to_string(&term).map_err(|error| wrong(error.to_string()))?;
        Ok((term.id, document))
    });
    Ok((documents.collect::<Result<_, GateError>>()?, version))
}

fn wrong(what: String) -> GateError {
    GateError::Ontology(what)
}
