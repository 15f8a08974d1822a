//! The variants a Beacon query means: alleles at a place, what overlaps a range, what begins and ends within
//! brackets, a gene's, or those a name means. Pure but for what it asks an annotation about genes and names.

use super::kind::{Kind, trimmed};
use super::{assembly, fields::Fields, protein};
use crate::status::BadParameter;
use gj_gate::annotation::is_allele_id;
use gj_gate::{Annotations, Place};
use gj_model::variant::{ALLELE_BASES_MAX, is_bases};
use gj_model::{Contig, Position, Region, Variant};

/// A range query also finds deletions that begin this many bases before the range and reach into it. Alleles are
/// stored base by base; a longer one is a structural variant, which no file of alleles spells out.
const REACH_BASES: u64 = 10_000;
/// Variants that one name may mean.
const NAMED_MAX: usize = 50;

/// A query, still in Beacon's coordinates: 0-based, the end excluded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VariantQuery {
    form: Form,
    gene: Option<String>,
    reference: Option<String>,
    alternate: Option<String>,
    kind: Option<Kind>,
    lengths: (Option<u64>, Option<u64>),
    /// A change of a protein, as HGVS writes it.
    pub(crate) protein: Option<String>,
    /// An identifier by VRS, which says nothing of the place.
    pub(crate) vrs: Option<String>,
}

/// What the coordinates of a query say.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// Alleles that begin at a base.
    Sequence { contig: Contig, start: u64, look: Look },
    /// What overlaps an interval.
    Range { contig: Contig, start: u64, end: u64 },
    /// What begins in one interval and ends in another.
    Bracket { contig: Contig, starts: (u64, u64), ends: (u64, u64) },
    /// What overlaps a gene.
    Gene,
    /// What a name means.
    Named(String),
}

/// Where the gate is asked to look; wider than the query where that is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Look {
    Region(Region),
    Variant(Variant),
}

/// A query with the places to look at.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// Where the gate is to look, in ascending order.
    pub(crate) places: Vec<Place>,
    gene: Option<Region>,
}

impl VariantQuery {
    /// Reads the parameters, or the id of an address. `None` where neither names any variant.
    pub(crate) fn read(fields: &Fields, id: Option<&str>) -> Result<Option<VariantQuery>, BadParameter> {
        if let Some(text) = fields.get("assemblyId") {
            assembly::check(text)?;
        }
        let name = id.or(fields.get("genomicAlleleShortForm")).map(str::to_owned);
        let gene = fields.get("geneId").map(str::to_owned);
        let protein = fields.get("aminoacidChange").map(protein::read).transpose()?;
        let alternate = alleles(fields, "alternateBases")?;
        let reference = alleles(fields, "referenceBases")?;
        let coordinates = ["referenceName", "start", "end"].iter().any(|name| fields.get(name).is_some());
        let vrs = name.clone().filter(|name| is_allele_id(name));
        let form = match (&name, &vrs) {
            (Some(name), None) if coordinates || gene.is_some() => {
                let expected = "a name, or a place or gene, not both";
                return Err(BadParameter::new("genomicAlleleShortForm", name, expected));
            }
            (Some(name), None) => Form::Named(name.clone()),
            (_, Some(_)) | (None, None) if coordinates => {
                place(fields, reference.as_deref(), alternate.as_deref(), vrs.is_some())?
            }
            (None, None) if gene.is_some() => Form::Gene,
            // Where it lies, what is loaded may know.
            (_, Some(vrs)) if gene.is_none() => Form::Named(vrs.clone()),
            (_, Some(_)) => Form::Gene,
            (None, None) => {
                let narrowed = [
                    "referenceBases",
                    "alternateBases",
                    "variantType",
                    "aminoacidChange",
                    "variantMinLength",
                    "variantMaxLength",
                ]
                .into_iter()
                .find(|name| fields.get(name).is_some());
                return match narrowed {
                    Some(_) => {
                        Err(missing("referenceName", "chr22, 22 or NC_000022.11; or a gene in `geneId`"))
                    }
                    None => Ok(None),
                };
            }
        };
        let kind = fields.get("variantType").map(Kind::read).transpose()?;
        let lengths = (length(fields, "variantMinLength")?, length(fields, "variantMaxLength")?);
        Ok(Some(VariantQuery { form, gene, reference, alternate, kind, lengths, protein, vrs }))
    }

    /// The places to look at, with what the release's annotation says of genes and names.
    ///
    /// # Errors
    /// A gene or a name that means nothing.
    pub(crate) fn target(&self, annotations: Option<&Annotations>) -> Result<Target, Wrong> {
        let gene = self.gene.as_deref().map(|name| gene_region(name, annotations)).transpose()?;
        let places = match &self.form {
            Form::Sequence { look: Look::Region(region), .. } => vec![Place::Region(*region)],
            Form::Sequence { look: Look::Variant(variant), .. } => vec![Place::Variant(variant.clone())],
            Form::Range { contig, start, end } => {
                vec![Place::Region(region(*contig, start.saturating_sub(REACH_BASES), *end)?)]
            }
            // An allele without bases is stored with the base before it: look there too.
            Form::Bracket { contig, starts, .. } => {
                vec![Place::Region(region(*contig, starts.0.saturating_sub(1), starts.1)?)]
            }
            Form::Gene => {
                let gene = gene.ok_or_else(|| missing("geneId", "a gene"))?;
                let start = u64::from(gene.start.get()) - 1;
                let reach =
                    region(gene.contig, start.saturating_sub(REACH_BASES), u64::from(gene.end.get()))?;
                vec![Place::Region(reach)]
            }
            Form::Named(name) => named(name, annotations)?.into_iter().map(Place::Variant).collect(),
        };
        Ok(Target { places, gene })
    }

    /// Whether a variant found at one of the places is meant.
    pub(crate) fn matches(&self, target: &Target, variant: &Variant) -> bool {
        let first = u64::from(variant.position.get()) - 1;
        let end = first + variant.reference.len() as u64;
        let (at, reference, alternate) = trimmed(variant);
        let trimmed_end = at + reference.len() as u64;
        let on = |contig: Contig| contig == variant.contig;
        let in_gene = target.gene.is_none_or(|gene| {
            on(gene.contig) && first < u64::from(gene.end.get()) && end >= u64::from(gene.start.get())
        });
        let (lies, written, short) = match &self.form {
            Form::Sequence { contig, start, .. } => (on(*contig), first == *start, at == *start),
            Form::Range { contig, start, end: last } => {
                (on(*contig) && first < *last && end > *start, true, true)
            }
            Form::Bracket { contig, starts, ends } => {
                let within = |begin: u64, end: u64| {
                    (starts.0..starts.1).contains(&begin) && (ends.0..ends.1).contains(&end)
                };
                (on(*contig), within(first, end), within(at, trimmed_end))
            }
            Form::Gene => (true, true, true),
            Form::Named(_) => (true, true, true),
        };
        let fits = |pattern: &Option<String>, allele: &str| pattern.as_ref().is_none_or(|p| like(p, allele));
        let as_written =
            written && fits(&self.reference, &variant.reference) && fits(&self.alternate, &variant.alternate);
        let as_trimmed = short && fits(&self.reference, reference) && fits(&self.alternate, alternate);
        let length = reference.len().max(alternate.len()) as u64;
        in_gene
            && lies
            && (as_written || as_trimmed)
            && self.kind.is_none_or(|kind| kind == Kind::of(variant))
            && self.lengths.0.is_none_or(|least| length >= least)
            && self.lengths.1.is_none_or(|most| length <= most)
    }
}

/// Why a query has no places.
#[derive(Debug)]
pub(crate) enum Wrong {
    /// A parameter means nothing.
    Parameter(BadParameter),
    /// The annotation cannot be read.
    Gate(gj_gate::GateError),
}

impl From<BadParameter> for Wrong {
    fn from(bad: BadParameter) -> Wrong {
        Wrong::Parameter(bad)
    }
}

fn gene_region(name: &str, annotations: Option<&Annotations>) -> Result<Region, BadParameter> {
    if let Some(gene) = annotations.and_then(|annotations| annotations.gene(name)) {
        return Ok(gene.region);
    }
    let loaded = annotations.is_some_and(|a| a.layer().has_genes());
    let expected = match loaded {
        true => "a gene of the release's gene models, by symbol, alias or id",
        false => "a place instead: no gene models are loaded for this release",
    };
    Err(BadParameter::new("geneId", name, expected))
}

/// The variants a name means.
fn named(name: &str, annotations: Option<&Annotations>) -> Result<Vec<Variant>, Wrong> {
    use gj_gate::annotations::Found;
    if let Ok(variant) = name.parse() {
        return Ok(vec![variant]);
    }
    let found = annotations.map_or(Ok(Vec::new()), |a| a.find(name)).map_err(Wrong::Gate)?;
    let mut why = None;
    let mut variants = Vec::new();
    for one in found {
        match one {
            Found::Variant { variant, .. } => variants.push(variant),
            Found::Nothing { why: reason } => why = Some(reason),
            Found::Gene { .. } | Found::Region { .. } => {}
        }
    }
    variants.sort();
    variants.dedup();
    variants.truncate(NAMED_MAX);
    if variants.is_empty() && is_allele_id(name) {
        let expected = "an identifier that a loaded set of variants knows, or with it the place (`referenceName`, \
            `start`, `end`) or the gene (`geneId`) to look at: it is a digest, which tells nothing of where";
        return Err(BadParameter::new("id", name, expected).into());
    }
    if variants.is_empty() {
        let expected = why.unwrap_or_else(|| {
            "a variant: `chr22-42127941-G-A`, a name of HGVS or SPDI, or a number of dbSNP that the release's \
             annotation knows"
                .to_owned()
        });
        return Err(BadParameter::new("genomicAlleleShortForm", name, expected).into());
    }
    Ok(variants)
}

/// Reads the coordinates.
fn place(
    fields: &Fields,
    reference: Option<&str>,
    alternate: Option<&str>,
    identified: bool,
) -> Result<Form, BadParameter> {
    let contig =
        fields.get("referenceName").ok_or_else(|| missing("referenceName", "chr22, 22 or NC_000022.11"))?;
    let contig = assembly::contig(contig)?;
    let starts = coordinates(fields, "start")?;
    let ends = coordinates(fields, "end")?;
    match (&starts[..], &ends[..], alternate) {
        (&[start], &[end], _) => {
            region(contig, start, end)?;
            Ok(Form::Range { contig, start, end })
        }
        (&[start], [], Some(alternate)) => {
            Ok(Form::Sequence { contig, start, look: sequence(contig, start, reference, alternate)? })
        }
        // An identifier says which allele.
        (&[start], [], None) if identified => Ok(Form::Range { contig, start, end: start + 1 }),
        (&[_], [], None) => Err(missing("alternateBases", "the alternate allele, or `end` for a range")),
        (&[first, last], &[least, most], _) => {
            region(contig, first, last)?;
            if least >= most || first >= most {
                let expected = "two ends in ascending order, the second behind the first start";
                return Err(BadParameter::new("end", &format!("{least},{most}"), expected));
            }
            Ok(Form::Bracket { contig, starts: (first, last), ends: (least, most) })
        }
        ([], ..) => Err(missing("start", "the first base, counted from 0")),
        _ => {
            let expected = "one start, one start and one end, or two of each for a bracket query";
            Err(BadParameter::new(
                "start",
                &format!("{} starts, {} ends", starts.len(), ends.len()),
                expected,
            ))
        }
    }
}

/// An interval in Beacon's coordinates as a region of the model: `[start, end)` from 0 is
/// `start + 1 ..= end` from 1.
fn region(contig: Contig, start: u64, end: u64) -> Result<Region, BadParameter> {
    let one_based = start.saturating_add(1);
    Region::new(contig, one_based, end).map_err(|_| {
        let found = format!("{start}–{end}");
        let expected =
            format!("a start before the end, both on {contig}, which has {} bases", contig.length());
        BadParameter::new("start", &found, expected)
    })
}

fn sequence(
    contig: Contig,
    start: u64,
    reference: Option<&str>,
    alternate: &str,
) -> Result<Look, BadParameter> {
    let there = region(contig, start, start.saturating_add(1))?;
    let Some(reference) = reference else {
        if alternate.is_empty() {
            return Err(missing("referenceBases", "the deleted bases"));
        }
        return Ok(Look::Region(there));
    };
    if reference == alternate {
        return Err(BadParameter::new("alternateBases", alternate, "another allele than `referenceBases`"));
    }
    let exact = |allele: &str| !allele.is_empty() && !allele.contains('N');
    match Position::new(there.start.get()) {
        Some(position) if exact(reference) && exact(alternate) => {
            let (reference, alternate) = (reference.to_owned(), alternate.to_owned());
            Ok(Look::Variant(Variant { contig, position, reference, alternate }))
        }
        // An allele without bases is stored with the base before it: look there too.
        _ => region(contig, start.saturating_sub(1), start.saturating_add(1)).map(Look::Region),
    }
}

/// Whether an allele is the one asked for; `N` asks for any base.
fn like(pattern: &str, allele: &str) -> bool {
    pattern.len() == allele.len() && pattern.bytes().zip(allele.bytes()).all(|(p, a)| p == b'N' || p == a)
}

fn coordinates(fields: &Fields, name: &str) -> Result<Vec<u64>, BadParameter> {
    let Some(text) = fields.get(name) else { return Ok(Vec::new()) };
    let numbers: Result<Vec<u64>, _> = text.split(',').map(|number| number.trim().parse()).collect();
    match numbers {
        Ok(numbers) if numbers.len() <= 2 => Ok(numbers),
        _ => Err(BadParameter::new(name, text, "a whole number from 0, or two of a bracket query")),
    }
}

fn length(fields: &Fields, name: &str) -> Result<Option<u64>, BadParameter> {
    let number =
        |text: &str| text.parse().map_err(|_| BadParameter::new(name, text, "a whole number of bases"));
    fields.get(name).map(number).transpose()
}

fn alleles(fields: &Fields, name: &str) -> Result<Option<String>, BadParameter> {
    let Some(text) = fields.get(name) else { return Ok(None) };
    let bases = if matches!(text, "-" | ".") { "" } else { text };
    if bases.len() > ALLELE_BASES_MAX {
        return Err(BadParameter::new(name, text, format!("at most {ALLELE_BASES_MAX} bases")));
    }
    if bases.is_empty() || is_bases(bases.as_bytes()) {
        return Ok(Some(bases.to_ascii_uppercase()));
    }
    Err(BadParameter::new(name, text, "bases A, C, G, T, or N for any one of them"))
}

fn missing(name: &str, expected: &str) -> BadParameter {
    BadParameter::new(name, "", expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Result<VariantQuery, BadParameter> {
        let read = VariantQuery::read(&Fields::from_query(text).unwrap(), None)?;
        read.ok_or_else(|| missing("referenceName", "a place"))
    }

    fn target(query: &VariantQuery) -> Target {
        query.target(None).unwrap()
    }

    fn finds(text: &str, variant: &str) -> bool {
        let query = query(text).unwrap();
        let variant: Variant = variant.parse().unwrap();
        let target = target(&query);
        let looked = target.places.iter().any(|place| match place {
            Place::Region(region) => region.contains(variant.contig, variant.position.get()),
            Place::Variant(asked) => *asked == variant,
        });
        looked && query.matches(&target, &variant)
    }

    #[test]
    fn brackets_hold_both_ends() {
        let precise = "referenceName=22&start=100,101&end=102,103";
        for (variant, inside) in [
            // Two bases deleted, 100 and 101 counted from 0, stored with the base before.
            ("chr22-100-AGT-A", true),
            ("chr22-101-GT-CC", true),
            ("chr22-100-AG-A", false),
            ("chr22-102-GT-CC", false),
            ("chr22-101-G-C", false),
        ] {
            assert_eq!(finds(precise, variant), inside, "{variant}");
        }
        assert!(finds("referenceName=22&start=90,110&end=100,200&variantType=DEL", "chr22-100-AGT-A"));
        assert!(!finds("referenceName=22&start=90,110&end=100,200&variantType=INS", "chr22-100-AGT-A"));
    }

    #[test]
    fn lengths_are_of_what_changes() {
        let text = |more: &str| format!("referenceName=22&start=0&end=500{more}");
        assert!(finds(&text("&variantMinLength=2&variantMaxLength=2"), "chr22-100-AGT-A"));
        assert!(!finds(&text("&variantMinLength=3"), "chr22-100-AGT-A"));
        assert!(!finds(&text("&variantMaxLength=1"), "chr22-100-A-AGT"));
    }

    #[test]
    fn names_are_resolved_and_unknown_identifiers_need_a_place() {
        let named = VariantQuery::read(&Fields::default(), Some("22:101:g:a")).unwrap().unwrap();
        assert_eq!(target(&named).places[0].to_string(), "chr22-101-G-A");
        let read = |text: &str, id| VariantQuery::read(&Fields::from_query(text).unwrap(), Some(id));
        let id = "ga4gh:VA.CxiA_hvYbkD8Vqwjhx5AYuyul4mtlkpD";
        let Err(Wrong::Parameter(bad)) = read("", id).unwrap().unwrap().target(None) else { panic!() };
        assert!(bad.name == "id" && bad.expected.contains("`referenceName`"), "{bad}");
        let narrowed = read("referenceName=19&start=44908821", id).unwrap().unwrap();
        assert_eq!(narrowed.vrs.as_deref(), Some(id));
        let unknown = VariantQuery::read(&Fields::default(), Some("rs1")).unwrap().unwrap();
        assert!(matches!(unknown.target(None), Err(Wrong::Parameter(_))));
        let gene = query("geneId=CYP2D6").unwrap();
        let Err(Wrong::Parameter(bad)) = gene.target(None) else { panic!() };
        assert!(bad.expected.contains("no gene models are loaded"), "{bad}");
    }

    #[test]
    fn what_names_no_variant_is_no_query() {
        let read = |text: &str| VariantQuery::read(&Fields::from_query(text).unwrap(), None);
        assert_eq!(read("limit=5").unwrap(), None);
        assert_eq!(read("variantType=DEL").unwrap_err().name, "referenceName");
    }

    #[test]
    fn sequence_queries_count_from_zero() {
        let text = "referenceName=22&start=42127940&referenceBases=G&alternateBases=A";
        assert_eq!(target(&query(text).unwrap()).places[0].to_string(), "chr22-42127941-G-A");
        assert!(finds(text, "chr22-42127941-G-A"));
        assert!(!finds(text, "chr22-42127940-G-A"));
        assert!(finds("referenceName=22&start=42127940&alternateBases=a", "chr22-42127941-G-A"));
        assert!(finds(
            "referenceName=22&start=42127940&referenceBases=N&alternateBases=A",
            "chr22-42127941-G-A"
        ));
        assert!(!finds(
            "referenceName=22&start=42127940&referenceBases=N&alternateBases=C",
            "chr22-42127941-G-A"
        ));
    }

    #[test]
    fn ranges_leave_the_end_out() {
        let text = "referenceName=22&start=100&end=110";
        for (variant, inside) in [
            ("chr22-100-G-A", false),
            ("chr22-101-G-A", true),
            ("chr22-110-G-A", true),
            ("chr22-111-G-A", false),
            // Begins before the range and reaches into it.
            ("chr22-99-GGG-A", true),
            ("chr22-99-GG-A", false),
        ] {
            assert_eq!(finds(text, variant), inside, "{variant}");
        }
        // The first base of a contig.
        assert!(finds("referenceName=22&start=0&end=1", "chr22-1-G-A"));
    }

    #[test]
    fn alleles_without_bases_find_their_anchored_spelling() {
        let deletion = "referenceName=22&start=100&referenceBases=GT&alternateBases=";
        assert!(finds(deletion, "chr22-100-AGT-A"));
        assert!(!finds(deletion, "chr22-100-AGC-A"));
        assert!(!finds(deletion, "chr22-99-AGT-A"));
        assert!(finds("referenceName=22&start=100&referenceBases=&alternateBases=C", "chr22-100-A-AC"));
        assert!(finds("referenceName=22&start=0&end=500&variantType=DEL", "chr22-100-AGT-A"));
        assert!(!finds("referenceName=22&start=0&end=500&variantType=SNP", "chr22-100-AGT-A"));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (text, name) in [
            ("start=1&end=2", "referenceName"),
            ("referenceName=22", "start"),
            ("referenceName=22&start=5", "alternateBases"),
            ("referenceName=22&start=5&end=5", "start"),
            ("referenceName=22&start=9&end=5", "start"),
            ("referenceName=22&start=99999999&end=999999999", "start"),
            ("referenceName=22&start=18446744073709551615&alternateBases=A", "start"),
            ("referenceName=22&start=1,2&end=5", "start"),
            ("referenceName=22&start=1,2,3&end=5,6", "start"),
            ("referenceName=22&start=5,9&end=3,4", "end"),
            ("referenceName=22&start=-1&end=5", "start"),
            ("referenceName=22&start=5&referenceBases=A&alternateBases=A", "alternateBases"),
            ("referenceName=22&start=5&alternateBases=", "referenceBases"),
            ("referenceName=22&start=5&alternateBases=R", "alternateBases"),
            ("referenceName=22&start=5&end=9&variantType=EFO:0030070", "variantType"),
            ("assemblyId=GRCh37&referenceName=22&start=5&end=9", "assemblyId"),
        ] {
            assert_eq!(query(text).unwrap_err().name, name, "{text}");
        }
    }

    #[test]
    fn alleles_are_not_longer_than_a_question_may_be() {
        for name in ["referenceBases", "alternateBases"] {
            let text = |bases| format!("referenceName=22&start=5&end=9&{name}={}", "A".repeat(bases));
            assert!(query(&text(1_000)).is_ok());
            let error = query(&text(900_000)).unwrap_err();
            assert_eq!((error.name.as_str(), error.expected.as_str()), (name, "at most 1000 bases"));
            assert!(error.to_string().len() < 200);
        }
    }
}
