//! The variants of a region or a gene as a table: shown counts beside what is known of each variant, filtered
//! and ordered; and the burden of a gene, its rare damaging variants taken together.

mod burden;
mod choice;
mod severity;

pub use burden::{Burden, burden};
pub use choice::{Bound, BoundError, Choice, ClinVarClass, Order};
pub use severity::Severity;

use crate::frequency;
use gj_gate::annotations::{Known, Told};
use gj_gate::{Annotations, Asker, Citation, FrequencyAnswer, Gate, GateError, Ledgered, Question};
use gj_model::{Cells, Grouping, Region, Variant};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;

/// Variants of a place.
#[derive(Debug, Clone, Serialize)]
pub struct TableAnswer {
    /// What was read.
    pub citation: Citation,
    /// Counts from 1 up to one less than this are hidden.
    pub smallest_cell: u32,
    /// The rows, in the order of the genome.
    pub rows: Vec<Row>,
    /// What the ledger of privacy withholds, and until when.
    #[serde(flatten)]
    pub ledger: Ledgered,
}

/// One variant with its counts over everybody.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The variant, `chr22-42127941-G-A`.
    #[serde(serialize_with = "as_text")]
    pub variant: Variant,
    /// Its counts over everybody.
    #[serde(flatten)]
    pub cells: Cells,
    /// What it does to the gene of the question, or to the one that is hit hardest.
    pub told: Option<Told>,
    /// What is known of it elsewhere.
    pub known: Known,
}

fn as_text<S: serde::Serializer>(variant: &Variant, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(variant)
}

impl Row {
    /// How severe its consequence is.
    pub fn severity(&self) -> Severity {
        self.told.as_ref().map_or(Severity::Other, Severity::of)
    }
}

/// Answers with every variant of the question's place, told as of a gene where one is named by its id.
///
/// # Errors
/// As [`frequency::answer`]; a set of annotation is damaged.
pub async fn answer(
    gate: &Gate,
    asker: &Asker,
    question: Question,
    gene: Option<String>,
) -> Result<TableAnswer, GateError> {
    let question = Question { by: Grouping::None, ..question };
    let annotations = gate.annotations(&question.freeze).await?;
    let region = question.place.region();
    let answer = frequency::answer(gate, asker, &question).await?.into_inner();
    tokio::task::spawn_blocking(move || tell(answer, &annotations, &region, gene.as_deref())).await?
}

fn tell(
    answer: FrequencyAnswer,
    annotations: &Arc<Annotations>,
    region: &Region,
    gene: Option<&str>,
) -> Result<TableAnswer, GateError> {
    let variants: Vec<Variant> = answer.sites.iter().map(|site| site.variant.clone()).collect();
    let told = annotations.consequences_of(&variants)?;
    let mut known = known(annotations, region, &variants)?;
    let cells = answer.sites.iter().map(|site| site.groups.get("all").copied().unwrap_or_default());
    let rows = variants.into_iter().zip(cells).zip(told).map(|((variant, cells), told)| {
        let known = known.remove(&variant).unwrap_or_default();
        Row { variant, cells, told: of_gene(told, gene), known }
    });
    let rows = rows.collect();
    let FrequencyAnswer { citation, smallest_cell, ledger, .. } = answer;
    Ok(TableAnswer { citation, smallest_cell, rows, ledger })
}

/// The consequence to tell: for the gene asked about, else the first, which is of a preferred transcript.
fn of_gene(told: Vec<Told>, gene: Option<&str>) -> Option<Told> {
    match gene {
        Some(gene) => told.into_iter().find(|told| told.gene_id == gene),
        // Beside a gene is less than in another.
        None => told.into_iter().min_by_key(Severity::of),
    }
}

/// What is known of the variants: from one pass over the region, or one by one where it knows too many others.
fn known(
    annotations: &Annotations,
    region: &Region,
    variants: &[Variant],
) -> Result<HashMap<Variant, Known>, GateError> {
    match annotations.known_in(region) {
        Ok(known) => Ok(known.into_iter().collect()),
        Err(GateError::TooManySites { .. }) => {
            let one = |variant: &Variant| Ok((variant.clone(), annotations.known(variant)?));
            variants.iter().map(one).collect()
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use gj_gate::annotations::Term;

    /// A row with counts and one term.
    pub(crate) fn row(variant: &str, ac: Option<u32>, term: &'static str, impact: &'static str) -> Row {
        let told = Told {
            symbol: "G".into(),
            gene_id: "G1".into(),
            transcript: "T1".into(),
            twin: None,
            biotype: "protein_coding".into(),
            selection: None,
            terms: vec![Term { term, accession: "SO:0" }],
            impact,
            exon: None,
            intron: None,
            hgvs_transcript: None,
            hgvs_protein: None,
            set: "s".into(),
        };
        let cells = Cells { ac, an: Some(1_000), hom: Some(0), hemi: Some(0), people: Some(500) };
        Row { variant: variant.parse().unwrap(), cells, told: Some(told), known: Known::default() }
    }

    #[test]
    fn the_gene_that_was_asked_about_is_told_of_else_the_one_hit_hardest() {
        let told = |gene: &str, term| {
            let told = row("chr22-5-G-A", None, term, "MODIFIER").told.unwrap();
            Told { gene_id: gene.into(), ..told }
        };
        let all =
            vec![told("A", "upstream_gene_variant"), told("B", "missense_variant"), told("B", "stop_gained")];
        let first = |gene| of_gene(all.clone(), gene).map(|told| told.terms[0].term);
        assert_eq!(first(Some("A")), Some("upstream_gene_variant"));
        assert_eq!(first(Some("B")), Some("missense_variant"));
        assert_eq!(first(Some("C")), None);
        assert_eq!(first(None), Some("stop_gained"));
    }
}
