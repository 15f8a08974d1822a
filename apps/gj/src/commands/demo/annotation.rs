//! What the demo is annotated with: gene models, an invented reference and an invented panel to compare with
//! (see `tools/demo-cohort`).

use anyhow::Context;
use flate2::read::MultiGzDecoder;
use gj_gate::acts::annotation::{AnnotationFile, AnnotationKind, NewAnnotation};
use gj_gate::{Asker, Gate};
use std::io::{BufRead, BufReader};

struct Set {
    kind: AnnotationKind,
    name: &'static str,
    source: &'static str,
    file: &'static str,
    bytes: &'static [u8],
}

const SETS: [Set; 4] = [
    Set {
        kind: AnnotationKind::Reference,
        name: "invented-reference",
        source: "invented bases, for demonstrations only",
        file: "reference.fa.gz",
        bytes: include_bytes!("../../../demo/reference.fa.gz"),
    },
    Set {
        kind: AnnotationKind::Genes,
        name: "mane-select",
        source: "exons of MANE Select transcripts, Ensembl; tools/demo-cohort/genes.py",
        file: "genes.gff3",
        bytes: include_bytes!("../../../demo/genes.gff3"),
    },
    Set {
        kind: AnnotationKind::GeneTable,
        name: "gene-names",
        source: "symbols and names as HGNC approves them; Japanese names: usual ones",
        file: "gene-names.tsv",
        bytes: include_bytes!("../../../demo/gene-names.tsv"),
    },
    Set {
        kind: AnnotationKind::Frequencies,
        name: "invented-panel",
        source: "invented frequencies, for demonstrations only",
        file: "panel.vcf.gz",
        bytes: include_bytes!("../../../demo/panel.vcf.gz"),
    },
];

/// Version of all of them.
const VERSION: &str = "demo-1";

/// Loads every set; what is loaded already stays as it is.
pub async fn load(gate: &Gate, manager: &Asker) -> anyhow::Result<()> {
    for set in SETS {
        let reader: Box<dyn BufRead + Send> = match set.file.ends_with(".gz") {
            true => Box::new(BufReader::new(MultiGzDecoder::new(set.bytes))),
            false => Box::new(set.bytes),
        };
        let new = NewAnnotation {
            kind: set.kind,
            name: set.name.to_owned(),
            version: VERSION.to_owned(),
            source: set.source.to_owned(),
            licence: "of this program".to_owned(),
            files: vec![AnnotationFile { name: set.file.to_owned(), reader }],
            selections: Vec::new(),
            populations: Vec::new(),
        };
        gate.load_annotation(manager, new).await.with_context(|| set.file.to_owned())?;
    }
    Ok(())
}
