//! `gj ontology`: vocabularies of diseases and phenotypes, loaded, listed and looked up.

use crate::cli::Place;
use crate::cli::ontology::{Ontology, OntologyFind, OntologyList, OntologyLoad, OntologyShow};
use crate::output;
use anyhow::{Context, bail};
use gj_gate::acts::ontology::OntologyFile;
use gj_gate::ontology::{Language, Library, Spellings, Standing, Term};
use serde_json::{Value, json};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// Bytes of a file, unpacked, at most: all of MONDO is 50 MB.
const FILE_BYTES_MAX: u64 = 256 << 20;

pub async fn run(command: Ontology) -> anyhow::Result<()> {
    match command {
        Ontology::Load(arguments) => load(arguments).await,
        Ontology::List(arguments) => list(arguments).await,
        Ontology::Show(arguments) => show(arguments).await,
        Ontology::Find(arguments) => find(arguments).await,
    }
}

async fn load(arguments: OntologyLoad) -> anyhow::Result<()> {
    let files = arguments.files.iter().map(|path| read(path)).collect::<anyhow::Result<Vec<_>>>()?;
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.operator.user);
    let version = arguments.version.as_deref();
    let (loaded, fresh) = gate.load_ontology(&asker, &arguments.name, version, files).await?;
    gate.close().await;
    let what = if fresh { "is loaded and in use" } else { "was loaded before; nothing was changed" };
    eprintln!("{} {} with {} terms {what}", loaded.name, loaded.version, loaded.terms);
    Ok(())
}

/// A file as text, unpacked where it is gzip.
fn read(path: &Path) -> anyhow::Result<OntologyFile> {
    let told = || format!("`{}`", path.display());
    let bytes = std::fs::read(path).with_context(told)?;
    let mut text = Vec::new();
    let unpacked = match bytes.starts_with(&[0x1f, 0x8b]) {
        true => flate2::read::MultiGzDecoder::new(&bytes[..]).take(FILE_BYTES_MAX + 1).read_to_end(&mut text),
        false => (&bytes[..]).take(FILE_BYTES_MAX + 1).read_to_end(&mut text),
    };
    if unpacked.with_context(told)? as u64 > FILE_BYTES_MAX {
        bail!("{}: longer than {FILE_BYTES_MAX} bytes", told());
    }
    let text = String::from_utf8(text).map_err(|error| {
        let line =
            error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count();
        anyhow::anyhow!("{}, line {}: not UTF-8; convert the file first", told(), line + 1)
    })?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(OntologyFile { name, text })
}

async fn list(arguments: OntologyList) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let versions = gate.ontologies().await?;
    gate.close().await;
    if arguments.format.json {
        return output::json(&versions);
    }
    for version in versions {
        let day = version.loaded_at.get(..10).unwrap_or_default();
        println!("{}\t{}\t{} terms\t{day}\t{}", version.name, version.version, version.terms, version.files);
    }
    Ok(())
}

async fn library(place: &Place) -> anyhow::Result<Arc<Library>> {
    let gate = super::open(place).await?;
    let library = gate.library().await?;
    gate.close().await;
    Ok(library)
}

async fn show(arguments: OntologyShow) -> anyhow::Result<()> {
    let library = library(&arguments.place).await?;
    let asked = &arguments.term;
    let (id, state) = match library.standing(asked) {
        Standing::NotLoaded => bail!("no vocabulary of `{asked}` is loaded; see `gj ontology list`"),
        Standing::Unknown => bail!("`{asked}` is not in its vocabulary; see `gj ontology find`"),
        Standing::Known => (asked.clone(), "in use".to_owned()),
        Standing::Merged(successor) => (successor.clone(), format!("now {successor}")),
        Standing::Obsolete(instead) if instead.is_empty() => (asked.clone(), "obsolete".to_owned()),
        Standing::Obsolete(instead) => (asked.clone(), format!("obsolete; consider {}", instead.join(", "))),
    };
    let Some(term) = library.term(&id) else { bail!("`{id}` is not in its vocabulary") };
    let (above, below) = (library.kinds(&id), library.descendants(&id));
    if arguments.format.json {
        let named = |terms: &[&str]| terms.iter().skip(1).map(|id| brief(&library, id)).collect::<Vec<_>>();
        let shown = json!({
            "term": term, "state": state, "kind_of": named(&above), "kinds": named(&below),
        });
        return output::json(&shown);
    }
    println!("{id}\t{state}");
    for name in term.every_name() {
        println!("  {name}");
    }
    println!("is a kind of");
    for id in &above[1..] {
        println!("  {id}\t{}", names(&library, id));
    }
    println!("{} kinds; one step below", below.len() - 1);
    for child in library.children(&id) {
        println!("  {}\t{}", child.id, names(&library, &child.id));
    }
    for found in &term.matches {
        println!("matches {} ({:?})", found.id, found.kind);
    }
    Ok(())
}

fn brief(library: &Library, id: &str) -> Value {
    json!({ "id": id, "en": library.label(id, Language::En), "ja": library.label(id, Language::Ja) })
}

/// The Japanese and the English label, once where they are the same.
fn names(library: &Library, id: &str) -> String {
    let (ja, en) = (library.label(id, Language::Ja), library.label(id, Language::En));
    let mut names: Vec<&str> = ja.into_iter().chain(en).collect();
    names.dedup();
    names.join(" / ")
}

async fn find(arguments: OntologyFind) -> anyhow::Result<()> {
    let library = library(&arguments.place).await?;
    let found: Vec<&Term> = Spellings::of(&library).find(&library, &arguments.text, arguments.limit);
    if arguments.format.json {
        return output::json(&found);
    }
    for term in found {
        println!("{}\t{}", term.id, names(&library, &term.id));
    }
    Ok(())
}
