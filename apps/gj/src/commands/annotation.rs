//! `gj annotation`: sets of public knowledge, loaded, listed, put into layers, and looked up.

use crate::cli::annotation::{
    Annotation, AnnotationFind, AnnotationGene, AnnotationLayer, AnnotationList, AnnotationLoad,
    AnnotationShow, OfLayer,
};
use crate::output;
use anyhow::{Context, bail};
use gj_gate::Annotations;
use gj_gate::acts::annotation::{AnnotationFile, AnnotationSet, NewAnnotation};
use gj_gate::annotations::{Found, LayerCard};
use serde_json::json;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub async fn run(command: Annotation) -> anyhow::Result<()> {
    match command {
        Annotation::Load(arguments) => load(arguments).await,
        Annotation::List(arguments) => list(arguments).await,
        Annotation::Layer(arguments) => layer(arguments).await,
        Annotation::Show(arguments) => show(arguments).await,
        Annotation::Gene(arguments) => gene(arguments).await,
        Annotation::Find(arguments) => find(arguments).await,
    }
}

async fn load(arguments: AnnotationLoad) -> anyhow::Result<()> {
    let open = |paths: &[PathBuf]| paths.iter().map(|path| file(path)).collect::<anyhow::Result<Vec<_>>>();
    let new = NewAnnotation {
        kind: arguments.kind,
        name: arguments.name,
        version: arguments.version,
        source: arguments.source,
        licence: arguments.licence,
        files: open(&arguments.files)?,
        selections: open(&arguments.select)?,
        populations: arguments.population,
    };
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.operator.user);
    let loaded = gate.load_annotation(&asker, new).await?;
    gate.close().await;
    let what = if loaded.fresh { "is loaded" } else { "was loaded before; nothing was changed" };
    let set = loaded.set;
    eprintln!("{} {} with {} {what}", set.name, set.version, entries(&set.kind, set.entries));
    if loaded.passed_over > 0 {
        eprintln!("{} alleles that are not written in bases were passed over", loaded.passed_over);
    }
    if loaded.fresh {
        eprintln!("the next release is annotated with it; for one there is: gj annotation layer RELEASE");
    }
    Ok(())
}

fn entries(kind: &str, number: u64) -> String {
    let of = match kind {
        "reference" => "bases",
        "genes" => "transcripts",
        "gene-table" => "rows",
        _ => "variants",
    };
    format!("{number} {of}")
}

/// A file, unpacked where it is gzip.
fn file(path: &Path) -> anyhow::Result<AnnotationFile> {
    let told = || format!("`{}`", path.display());
    let mut plain = BufReader::new(File::open(path).with_context(told)?);
    let is_gzip = plain.fill_buf().with_context(told)?.starts_with(&[0x1f, 0x8b]);
    let reader: Box<dyn BufRead + Send> = match is_gzip {
        true => Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(plain))),
        false => Box::new(plain),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(AnnotationFile { name, reader })
}

async fn list(arguments: AnnotationList) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let Some(freeze) = &arguments.freeze else {
        let sets = gate.annotation_sets().await?;
        gate.close().await;
        if arguments.format.json {
            return output::json(&sets);
        }
        sets.iter().for_each(|set| println!("{}", line(set)));
        return Ok(());
    };
    let layers = gate.annotation_layers(freeze).await?;
    gate.close().await;
    if arguments.format.json {
        return output::json(&layers);
    }
    for layer in layers {
        println!("layer {}\t{}", layer.number, layer.created_at.get(..10).unwrap_or_default());
        layer.sets.iter().for_each(|set| println!("  {}", line(set)));
    }
    Ok(())
}

fn line(set: &AnnotationSet) -> String {
    let AnnotationSet { name, version, kind, source, licence, .. } = set;
    format!("{name}\t{version}\t{kind}\t{}\t{source}\t{licence}", entries(kind, set.entries))
}

async fn layer(arguments: AnnotationLayer) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let asker = gate.local(&arguments.operator.user);
    let made = gate.add_annotation_layer(&asker, &arguments.freeze, &arguments.with).await?;
    gate.close().await;
    match made {
        Some(layer) => {
            let names: Vec<String> =
                layer.sets.iter().map(|set| format!("{} {}", set.name, set.version)).collect();
            eprintln!("{} has layer {}: {}", arguments.freeze, layer.number, names.join(", "));
        }
        None => eprintln!("the newest layer of {} has these sets; nothing was changed", arguments.freeze),
    }
    Ok(())
}

async fn layer_of(of: &OfLayer) -> anyhow::Result<Arc<Annotations>> {
    let gate = super::open(&of.place).await?;
    // Also says where there is no such release.
    gate.annotation_layers(&of.freeze).await?;
    let found = match of.layer {
        Some(number) => gate.annotations_at(&of.freeze, number).await?,
        None => gate.annotations(&of.freeze).await?,
    };
    gate.close().await;
    Ok(found)
}

/// Which versions an answer is made of.
fn versions(layer: &LayerCard) -> String {
    let sets: Vec<String> = layer.sets.iter().map(|set| format!("{} {}", set.name, set.version)).collect();
    format!("layer {} of {}: {}", layer.number, layer.day, sets.join(", "))
}

async fn show(arguments: AnnotationShow) -> anyhow::Result<()> {
    let layer = layer_of(&arguments.of).await?;
    let variant = &arguments.variant;
    let (names, told, known) = (layer.names(variant)?, layer.consequences(variant)?, layer.known(variant)?);
    if arguments.of.format.json {
        let shown = json!({
            "variant": variant.to_string(), "layer": layer.layer(), "names": names, "consequences": told, "known": known,
        });
        return output::json(&shown);
    }
    println!("{variant}\t{}", versions(layer.layer()));
    let named = [names.hgvs_genomic, names.spdi, names.vrs].into_iter().flatten().chain(names.rs);
    named.for_each(|name| println!("  {name}"));
    for one in told {
        let terms: Vec<&str> = one.terms.iter().map(|term| term.term).collect();
        let names: Vec<String> = one.hgvs_transcript.into_iter().chain(one.hgvs_protein).collect();
        let selection = one.selection.unwrap_or_default();
        println!(
            "  {}\t{}\t{selection}\t{}\t{}",
            one.symbol,
            one.transcript,
            terms.join(","),
            names.join(" ")
        );
    }
    for card in known.clinvar {
        println!(
            "  {} {}\t{} ({})\t{}",
            card.set,
            card.id,
            card.significance,
            card.review,
            card.conditions.join("; ")
        );
    }
    for panel in known.frequencies {
        let hom = panel.hom.map_or("–".to_owned(), |hom| hom.to_string());
        let filters = panel.filters.join(",");
        println!(
            "  {}\t{}\tac {}\tan {}\thom {hom}\t{filters}",
            panel.set, panel.population, panel.ac, panel.an
        );
    }
    Ok(())
}

async fn gene(arguments: AnnotationGene) -> anyhow::Result<()> {
    let layer = layer_of(&arguments.of).await?;
    let Some(gene) = layer.gene(&arguments.name) else {
        bail!("no gene is called `{}` in {}", arguments.name, versions(layer.layer()))
    };
    if arguments.of.format.json {
        return output::json(&gene);
    }
    let names: Vec<&str> = gene.name_ja.iter().chain(&gene.name_en).map(String::as_str).collect();
    println!("{}\t{}\t{} {}\t{}", gene.symbol, gene.id, gene.region, gene.strand, names.join(" / "));
    for transcript in &gene.transcripts {
        let selection = transcript.selection.unwrap_or_default();
        let exons = transcript.exons.len();
        println!("  {}\t{selection}\t{}\t{exons} exons", transcript.id, transcript.biotype);
    }
    Ok(())
}

async fn find(arguments: AnnotationFind) -> anyhow::Result<()> {
    let layer = layer_of(&arguments.of).await?;
    let found = layer.find(&arguments.text)?;
    if arguments.of.format.json {
        return output::json(&found);
    }
    for one in found {
        match one {
            Found::Variant { variant, matched } => println!("{variant}\t{matched}"),
            Found::Gene { symbol, region, matched, .. } => println!("{symbol}\t{region}\t{matched}"),
            Found::Region { region } => println!("{region}"),
            Found::Nothing { why } => eprintln!("{why}"),
        }
    }
    Ok(())
}
