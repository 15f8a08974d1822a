//! Gene models in GFF3: Ensembl's files, those that `bcftools csq` takes, and RefSeq's.

use crate::draft::Draft;
use crate::error::ReadError;
use crate::feature::{At, Feature};
use crate::lines::Lines;
use crate::transcript::Strand;
use noodles_gff::feature::record::attributes::field::Value;
use noodles_gff::{Line, feature, io::Reader};
use std::collections::{HashMap, hash_map::Entry};
use std::io::BufRead;

/// A gene or a transcript: what is no exon and no coding segment.
struct Node {
    kind: String,
    parent: Option<String>,
    /// Attributes that matter of those the line has.
    named: HashMap<&'static str, String>,
    tags: Vec<String>,
}

/// Attributes that are kept of a gene or transcript.
const KEPT: [&str; 9] = [
    "Name",
    "biotype",
    "transcript_biotype",
    "gene_biotype",
    "gene_id",
    "transcript_id",
    "version",
    "gene",
    "protein_id",
];

/// Features that only describe a place; nothing refers to them.
const IGNORED: [&str; 8] = [
    "five_prime_UTR",
    "three_prime_UTR",
    "start_codon",
    "stop_codon",
    "biological_region",
    "match",
    "cDNA_match",
    "UTR",
];

/// The transcripts of a file.
///
/// # Errors
/// [`ReadError`] names the line that is no GFF3, or whose parent the file does not have.
pub(crate) fn read(file: &str, reader: &mut dyn BufRead) -> Result<Vec<Draft>, ReadError> {
    let mut nodes: HashMap<String, Node> = HashMap::new();
    let mut drafts: HashMap<String, (usize, Draft)> = HashMap::new();
    let mut line = Line::default();
    let mut lines = Lines::new(file, reader);
    while let Some((at, text)) = lines.next()? {
        if text == b"##FASTA" {
            break;
        }
        let nine = "nine columns separated by tabs, the last as `tag=value;…`";
        Reader::new(text).read_line(&mut line).map_err(|_| at.refuse("the line cannot be read", nine))?;
        let Some(record) = line.as_record().filter(|_| !text.trim_ascii().is_empty()) else { continue };
        let record = record.map_err(|_| at.refuse("the line has fewer columns", nine))?;
        let kind = record.ty().to_string();
        if IGNORED.contains(&kind.as_str()) {
            continue;
        }
        let Some(feature) = at.feature(&record)? else { continue };
        let attributes = Attributes::of(&record, at)?;
        match kind.as_str() {
            "exon" | "CDS" | "pseudogenic_exon" => {
                for parent in &attributes.parents {
                    part(&mut drafts, parent, &kind, &feature, &attributes, at)?;
                }
            }
            _ => {
                let Some(id) = attributes.id else { continue };
                let parent = attributes.parents.into_iter().next();
                let node = Node { kind, parent, named: attributes.named, tags: attributes.tags };
                // A gene of both pseudo-autosomal regions has two lines of one id in some releases; the
                // first stands, as its transcripts have ids of their own.
                nodes.entry(id).or_insert(node);
            }
        }
    }
    let named = drafts.into_iter().map(|(id, (line, draft))| name(&nodes, &id, At { file, line }, draft));
    named.collect()
}

/// What the last column says, percent signs decoded.
#[derive(Default)]
struct Attributes {
    id: Option<String>,
    parents: Vec<String>,
    tags: Vec<String>,
    named: HashMap<&'static str, String>,
}

impl Attributes {
    fn of(record: &noodles_gff::Record<'_>, at: At<'_>) -> Result<Attributes, ReadError> {
        let mut attributes = Attributes::default();
        for field in feature::Record::attributes(record).iter() {
            let (tag, value) =
                field.map_err(|_| at.refuse("column 9 is no list", "`tag=value;tag=value`"))?;
            let values = texts(&value);
            let kept = KEPT.iter().find(|&&kept| tag.as_ref() == kept);
            match (tag.as_ref() as &[u8], kept) {
                (b"ID", _) => attributes.id = values.into_iter().next(),
                (b"Parent", _) => attributes.parents = values,
                (b"tag", _) => attributes.tags = values,
                (_, Some(kept)) => {
                    attributes.named.insert(kept, values.join(","));
                }
                _ => {}
            }
        }
        Ok(attributes)
    }
}

fn texts(value: &Value<'_>) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.to_string()],
        Value::Array(all) => all.iter().filter_map(|text| Some(text.ok()?.to_string())).collect(),
    }
}

/// Adds an exon or a coding segment to the transcript it belongs to.
fn part(
    drafts: &mut HashMap<String, (usize, Draft)>,
    parent: &str,
    kind: &str,
    feature: &Feature,
    attributes: &Attributes,
    at: At<'_>,
) -> Result<(), ReadError> {
    let strand: Option<Strand> = feature.strand;
    let strand = strand.ok_or_else(|| at.refuse(format!("the {kind} has no strand"), "`+` or `-`"))?;
    let draft = match drafts.entry(parent.to_owned()) {
        Entry::Occupied(known) => &mut known.into_mut().1,
        Entry::Vacant(new) => &mut new.insert((at.line, Draft::new(feature.contig, strand))).1,
    };
    if (draft.contig, draft.strand) != (feature.contig, strand) {
        return Err(at.refuse(format!("`{parent}` is on two contigs or strands"), "one of each"));
    }
    if kind == "CDS" {
        draft.coding.push((feature.span, feature.phase));
        draft.protein = draft.protein.take().or_else(|| attributes.named.get("protein_id").cloned());
    } else {
        draft.exons.push(feature.span);
    }
    Ok(())
}

/// Gives a transcript the names that its own line and that of its gene have.
fn name(nodes: &HashMap<String, Node>, id: &str, at: At<'_>, mut draft: Draft) -> Result<Draft, ReadError> {
    let missing = || at.refuse(format!("`Parent={id}` is no feature of the file"), "a line with that ID");
    let own = nodes.get(id).ok_or_else(missing)?;
    // The top of the tree is the gene: a miRNA of RefSeq hangs under a primary transcript.
    let (mut gene_id, mut gene) = (id, own);
    for _ in 0..8 {
        let Some(parent) = gene.parent.as_deref() else { break };
        let Some(node) = nodes.get(parent) else { break };
        (gene_id, gene) = (parent, node);
    }
    let bare = |id: &str| id.split_once(':').map_or(id, |(_, bare)| bare).to_owned();
    let named = |node: &Node, tag| node.named.get(tag).cloned();
    draft.id = named(own, "transcript_id").unwrap_or_else(|| bare(id));
    // RefSeq's accessions have their version already.
    if let Some(version) = named(own, "version").filter(|_| !draft.id.contains('.')) {
        draft.id = format!("{}.{version}", draft.id);
    }
    draft.gene_id = named(gene, "gene_id").unwrap_or_else(|| bare(gene_id));
    draft.symbol =
        named(gene, "Name").or_else(|| named(gene, "gene")).unwrap_or_else(|| draft.gene_id.clone());
    let biotypes = ["biotype", "transcript_biotype", "gene_biotype"];
    let written = biotypes.iter().find_map(|tag| named(own, tag));
    draft.biotype = written.unwrap_or_else(|| match own.kind.as_str() {
        "mRNA" => "protein_coding".to_owned(),
        kind => kind.to_owned(),
    });
    draft.start_incomplete = own.tags.iter().any(|tag| tag == "cds_start_NF");
    own.tags.iter().for_each(|tag| draft.take_tag(tag));
    draft.end_incomplete = own.tags.iter().any(|tag| tag == "cds_end_NF");
    Ok(draft)
}
