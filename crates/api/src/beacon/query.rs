//! The variants a Beacon query means: a sequence query names alleles at a place, a range query every
//! variant that overlaps an interval. Pure.

use super::{assembly, fields::Fields};
use crate::status::BadParameter;
use gj_gate::Place;
use gj_model::variant::{ALLELE_BASES_MAX, is_bases};
use gj_model::{Contig, Position, Region, Variant};

/// A range query also finds deletions that begin this many bases before the range and reach into it.
const REACH_BASES: u64 = 1_000;

/// A query, still in Beacon's coordinates: 0-based, the end excluded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VariantQuery {
    contig: Contig,
    start: u64,
    /// `None`: a sequence query.
    end: Option<u64>,
    reference: Option<String>,
    alternate: Option<String>,
    kind: Option<Kind>,
    place: Place1,
}

/// Where the gate is asked to look; wider than the query where that is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place1 {
    Region(Region),
    Variant(Variant),
}

/// How the alternate allele differs from the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Snp,
    Mnp,
    Ins,
    Del,
    Delins,
}

impl Kind {
    const ALL: [(Kind, &str); 5] = [
        (Kind::Snp, "SNP"),
        (Kind::Mnp, "MNP"),
        (Kind::Ins, "INS"),
        (Kind::Del, "DEL"),
        (Kind::Delins, "DELINS"),
    ];

    /// Of a variant, bases that both alleles share left out.
    pub(crate) fn of(variant: &Variant) -> Kind {
        let (_, reference, alternate) = trimmed(variant);
        match (reference.len(), alternate.len()) {
            (1, 1) => Kind::Snp,
            (0, _) => Kind::Ins,
            (_, 0) => Kind::Del,
            (r, a) if r == a => Kind::Mnp,
            _ => Kind::Delins,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        Kind::ALL.iter().find(|(kind, _)| *kind == self).map_or("SNP", |(_, name)| name)
    }
}

impl VariantQuery {
    pub(crate) fn read(fields: &Fields) -> Result<VariantQuery, BadParameter> {
        if let Some(text) = fields.get("assemblyId") {
            assembly::check(text)?;
        }
        let contig = fields
            .get("referenceName")
            .ok_or_else(|| missing("referenceName", "chr22, 22 or NC_000022.11"))?;
        let contig = assembly::contig(contig)?;
        let start =
            coordinate(fields, "start")?.ok_or_else(|| missing("start", "the first base, counted from 0"))?;
        let end = coordinate(fields, "end")?;
        let reference = alleles(fields, "referenceBases")?;
        let alternate = alleles(fields, "alternateBases")?;
        let kind = fields.get("variantType").map(kind).transpose()?;
        let place = match (end, &alternate) {
            (Some(end), _) => range(contig, start, end)?,
            (None, Some(alternate)) => sequence(contig, start, reference.as_deref(), alternate)?,
            (None, None) => {
                return Err(missing("alternateBases", "the alternate allele, or `end` for a range"));
            }
        };
        Ok(VariantQuery { contig, start, end, reference, alternate, kind, place })
    }

    /// Where the gate is to look.
    pub(crate) fn place(&self) -> Place {
        match &self.place {
            Place1::Region(region) => Place::Region(*region),
            Place1::Variant(variant) => Place::Variant(variant.clone()),
        }
    }

    /// Whether a variant found there is meant.
    pub(crate) fn matches(&self, variant: &Variant) -> bool {
        let first = u64::from(variant.position.get()) - 1;
        let lies_there = match self.end {
            Some(end) => first < end && first + variant.reference.len() as u64 > self.start,
            None => true,
        };
        let fits = |pattern: &Option<String>, allele: &str| pattern.as_ref().is_none_or(|p| like(p, allele));
        let as_written = (self.end.is_some() || first == self.start)
            && fits(&self.reference, &variant.reference)
            && fits(&self.alternate, &variant.alternate);
        let (at, reference, alternate) = trimmed(variant);
        let as_trimmed = (self.end.is_some() || at == self.start)
            && fits(&self.reference, reference)
            && fits(&self.alternate, alternate);
        variant.contig == self.contig
            && lies_there
            && (as_written || as_trimmed)
            && self.kind.is_none_or(|kind| kind == Kind::of(variant))
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

fn range(contig: Contig, start: u64, end: u64) -> Result<Place1, BadParameter> {
    region(contig, start, end)?;
    region(contig, start.saturating_sub(REACH_BASES), end).map(Place1::Region)
}

fn sequence(
    contig: Contig,
    start: u64,
    reference: Option<&str>,
    alternate: &str,
) -> Result<Place1, BadParameter> {
    let there = region(contig, start, start.saturating_add(1))?;
    let Some(reference) = reference else {
        if alternate.is_empty() {
            return Err(missing("referenceBases", "the deleted bases"));
        }
        return Ok(Place1::Region(there));
    };
    if reference == alternate {
        return Err(BadParameter::new("alternateBases", alternate, "another allele than `referenceBases`"));
    }
    let exact = |allele: &str| !allele.is_empty() && !allele.contains('N');
    match Position::new(there.start.get()) {
        Some(position) if exact(reference) && exact(alternate) => {
            let (reference, alternate) = (reference.to_owned(), alternate.to_owned());
            Ok(Place1::Variant(Variant { contig, position, reference, alternate }))
        }
        // An allele without bases is stored with the base before it: look there too.
        _ => region(contig, start.saturating_sub(1), start.saturating_add(1)).map(Place1::Region),
    }
}

/// A variant without the bases its alleles share at the end, then at the start; 0-based position.
fn trimmed(variant: &Variant) -> (u64, &str, &str) {
    let (mut reference, mut alternate) = (variant.reference.as_str(), variant.alternate.as_str());
    // Alleles are ASCII, so that every byte is a letter.
    while let (Some(r), Some(a)) = (reference.bytes().last(), alternate.bytes().last()) {
        if r != a {
            break;
        }
        (reference, alternate) = (&reference[..reference.len() - 1], &alternate[..alternate.len() - 1]);
    }
    let shared = reference.bytes().zip(alternate.bytes()).take_while(|(r, a)| r == a).count();
    (u64::from(variant.position.get()) - 1 + shared as u64, &reference[shared..], &alternate[shared..])
}

/// Whether an allele is the one asked for; `N` asks for any base.
fn like(pattern: &str, allele: &str) -> bool {
    pattern.len() == allele.len() && pattern.bytes().zip(allele.bytes()).all(|(p, a)| p == b'N' || p == a)
}

fn coordinate(fields: &Fields, name: &str) -> Result<Option<u64>, BadParameter> {
    let Some(text) = fields.get(name) else { return Ok(None) };
    if text.contains(',') {
        return Err(BadParameter::new(name, text, "one number: bracket queries are not supported yet"));
    }
    text.trim().parse().map(Some).map_err(|_| BadParameter::new(name, text, "a whole number from 0"))
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

fn kind(text: &str) -> Result<Kind, BadParameter> {
    let text = if text.eq_ignore_ascii_case("SNV") { "SNP" } else { text };
    let found = Kind::ALL.iter().find(|(_, name)| name.eq_ignore_ascii_case(text));
    found
        .map(|(kind, _)| *kind)
        .ok_or_else(|| BadParameter::new("variantType", text, "SNP, MNP, INS, DEL or DELINS"))
}

fn missing(name: &str, expected: &str) -> BadParameter {
    BadParameter::new(name, "", expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Result<VariantQuery, BadParameter> {
        VariantQuery::read(&Fields::from_query(text).unwrap())
    }

    fn finds(text: &str, variant: &str) -> bool {
        let query = query(text).unwrap();
        let variant: Variant = variant.parse().unwrap();
        let looked = match query.place() {
            Place::Region(region) => region.contains(variant.contig, variant.position.get()),
            Place::Variant(asked) => asked == variant,
        };
        looked && query.matches(&variant)
    }

    #[test]
    fn sequence_queries_count_from_zero() {
        let text = "referenceName=22&start=42127940&referenceBases=G&alternateBases=A";
        assert_eq!(query(text).unwrap().place().to_string(), "chr22-42127941-G-A");
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
            ("referenceName=22&start=1,2&end=5,6", "start"),
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

    #[test]
    fn kinds_look_past_shared_bases() {
        for (variant, kind) in [
            ("chr22-5-G-A", "SNP"),
            ("chr22-5-GT-AT", "SNP"),
            ("chr22-5-GT-AC", "MNP"),
            ("chr22-5-G-GA", "INS"),
            ("chr22-5-GA-G", "DEL"),
            ("chr22-5-GAT-CC", "DELINS"),
        ] {
            assert_eq!(Kind::of(&variant.parse().unwrap()).name(), kind, "{variant}");
        }
    }
}
