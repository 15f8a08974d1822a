//! Gene models in GTF: Ensembl's and GENCODE's files. GTF leaves the stop codon out of the coding segments.

use crate::draft::Draft;
use crate::error::ReadError;
use crate::lines::Lines;
use noodles_gtf::record::Attributes;
use noodles_gtf::{Line, io::Reader};
use std::collections::{HashMap, hash_map::Entry};
use std::io::BufRead;

/// The transcripts of a file.
///
/// # Errors
/// [`ReadError`] names the line that is no GTF.
pub(crate) fn read(file: &str, reader: &mut dyn BufRead) -> Result<Vec<Draft>, ReadError> {
    let mut drafts: HashMap<String, Draft> = HashMap::new();
    let mut line = Line::default();
    let mut lines = Lines::new(file, reader);
    while let Some((at, text)) = lines.next()? {
        let nine = "nine columns separated by tabs, the last as `tag \"value\";…`";
        if text.trim_ascii().is_empty() {
            continue;
        }
        Reader::new(text).read_line(&mut line).map_err(|_| at.refuse("the line cannot be read", nine))?;
        let Some(record) = line.as_record() else { continue };
        let record = record.map_err(|_| at.refuse("the line has fewer columns", nine))?;
        let kind = record.ty();
        if !["exon", "CDS", "stop_codon"].iter().any(|&part| kind == part) {
            continue;
        }
        let Some(feature) = at.feature(&record)? else { continue };
        let attributes =
            record.attributes().map_err(|_| at.refuse("column 9 is no list", "`tag \"value\"; …`"))?;
        let strand = feature.strand.ok_or_else(|| at.refuse("the feature has no strand", "`+` or `-`"))?;
        let id = text_of(&attributes, "transcript_id").filter(|id| !id.is_empty());
        let id =
            id.ok_or_else(|| at.refuse("the feature has no `transcript_id`", "the transcript it is of"))?;
        let draft = match drafts.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let mut draft = Draft::new(feature.contig, strand);
                name(&mut draft, new.key(), &attributes);
                new.insert(draft)
            }
        };
        if (draft.contig, draft.strand) != (feature.contig, strand) {
            return Err(at.refuse(format!("`{}` is on two contigs or strands", draft.id), "one of each"));
        }
        if kind == "exon" {
            draft.exons.push(feature.span);
        } else if kind == "CDS" {
            draft.coding.push((feature.span, feature.phase));
            draft.protein = draft.protein.take().or_else(|| versioned(&attributes, "protein"));
        } else {
            draft.stop_codons.push(feature.span);
        }
    }
    Ok(drafts.into_values().collect())
}

fn text_of(attributes: &Attributes<'_>, tag: &str) -> Option<String> {
    attributes.get(tag.as_bytes())?.ok()?.iter().next().map(|text| text.to_string())
}

/// An id with its version: GENCODE writes them as one, Ensembl as two tags.
fn versioned(attributes: &Attributes<'_>, what: &str) -> Option<String> {
    let id = text_of(attributes, &format!("{what}_id"))?;
    let version = text_of(attributes, &format!("{what}_version")).filter(|_| !id.contains('.'));
    Some(version.map_or(id.clone(), |version| format!("{id}.{version}")))
}

fn name(draft: &mut Draft, id: &str, attributes: &Attributes<'_>) {
    let either = |one, other| text_of(attributes, one).or_else(|| text_of(attributes, other));
    draft.id = versioned(attributes, "transcript").unwrap_or_else(|| id.to_owned());
    draft.gene_id = text_of(attributes, "gene_id").unwrap_or_else(|| draft.id.clone());
    draft.symbol = either("gene_name", "gene").unwrap_or_else(|| draft.gene_id.clone());
    draft.biotype = either("transcript_biotype", "transcript_type").unwrap_or_else(|| "unknown".to_owned());
    let tags = attributes.get(b"tag").and_then(Result::ok);
    let tags: Vec<String> = tags.iter().flat_map(|all| all.iter().map(|tag| tag.to_string())).collect();
    tags.iter().for_each(|tag| draft.take_tag(tag));
    let has = |wanted: &str| tags.iter().any(|tag| tag == wanted);
    draft.start_incomplete = has("cds_start_NF");
    draft.end_incomplete = has("cds_end_NF");
}
