//! What VCF files say of variants elsewhere: records without genotypes, cards of ClinVar, counts of panels.

use crate::accession::{Sequence, sequence};
use crate::error::ReadError;
use crate::feature::At;
use crate::lines::Lines;
use gj_model::variant::is_bases;
use gj_model::{Contig, Position, Variant};
use std::io::BufRead;

/// A VCF file being read; columns after INFO are not looked at.
pub struct SiteFile<'a> {
    lines: Lines<'a>,
    /// Fields that the header declares in INFO, in its order.
    fields: Vec<String>,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// 1-based line.
    pub line: usize,
    contig: Contig,
    position: Position,
    ids: String,
    reference: String,
    alternates: Vec<String>,
    /// What FILTER says, joined by `;`; empty where it passed or was not filtered.
    pub filters: String,
    info: String,
}

const COLUMNS: &str = "eight columns or more separated by tabs: CHROM, POS, ID, REF, ALT, QUAL, FILTER, INFO";

impl<'a> SiteFile<'a> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`ReadError::Line`] where it is no header of VCF or names another build.
    pub fn open(file: &'a str, reader: &'a mut dyn BufRead) -> Result<SiteFile<'a>, ReadError> {
        let mut lines = Lines::new(file, reader);
        let mut fields = Vec::new();
        let begins = "a VCF file, plain or gzip: its first line is `##fileformat=VCFv4.…`";
        while let Some((at, text)) = lines.next_text()? {
            if at.line == 1 && !text.starts_with("##fileformat=VCFv4") {
                return Err(at.refuse("another first line", begins));
            }
            if text.starts_with("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO") {
                return Ok(SiteFile { lines, fields });
            }
            let Some(line) = text.strip_prefix("##") else {
                return Err(at.refuse("a record before the line `#CHROM`", COLUMNS));
            };
            if let Some(field) = line.strip_prefix("INFO=<ID=") {
                fields.extend(field.split([',', '>']).next().map(str::to_owned));
            }
            check_build(line, at)?;
        }
        Err(lines.at().refuse("no line `#CHROM`", begins))
    }

    /// Fields that the header declares in INFO, in its order.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// The next record on a primary chromosome.
    ///
    /// # Errors
    /// [`ReadError::Line`] where it does not read.
    pub fn next_site(&mut self) -> Result<Option<Site>, ReadError> {
        while let Some((at, text)) = self.lines.next_text()? {
            if text.is_empty() {
                continue;
            }
            if let Some(site) = site(at, text)? {
                return Ok(Some(site));
            }
        }
        Ok(None)
    }
}

/// A header that names the older build, by words or by the length of a chromosome.
fn check_build(line: &str, at: At<'_>) -> Result<(), ReadError> {
    let refuse = |found: String| Err(at.refuse(found, "a file of GRCh38"));
    if let Some(reference) = line.strip_prefix("reference=") {
        let named = reference.to_ascii_lowercase();
        if ["grch37", "hg19", "b37"].iter().any(|older| named.contains(older)) {
            return refuse(format!("reference `{}`", reference.chars().take(60).collect::<String>()));
        }
    }
    let Some(contig) = line.strip_prefix("contig=<") else { return Ok(()) };
    let value = |tag: &str| contig.trim_end_matches('>').split(',').find_map(|part| part.strip_prefix(tag));
    let contig = value("ID=").and_then(|name| name.parse::<Contig>().ok());
    let length = value("length=").and_then(|length| length.parse::<u32>().ok());
    if let (Some(contig), Some(length)) = (contig, length)
        && length != contig.length()
    {
        return refuse(format!("{contig} of {length} bases, where GRCh38 has {}", contig.length()));
    }
    Ok(())
}

fn site(at: At<'_>, text: &str) -> Result<Option<Site>, ReadError> {
    let mut columns = text.splitn(9, '\t');
    let mut column = || columns.next().ok_or_else(|| at.refuse("the line has fewer columns", COLUMNS));
    let (name, position, ids) = (column()?, column()?, column()?);
    let (reference, alternates, _, filters, info) = (column()?, column()?, column()?, column()?, column()?);
    let short = |text: &str| text.chars().take(40).collect::<String>();
    let contig = match sequence(name) {
        Sequence::Primary(contig) => contig,
        Sequence::Other => return Ok(None),
        Sequence::OtherBuild => {
            return Err(at.refuse(format!("`{}` is of another build", short(name)), "a file of GRCh38"));
        }
    };
    let place = position.parse().ok().and_then(Position::new).filter(|p| p.get() <= contig.length());
    let place = place.ok_or_else(|| {
        at.refuse(
            format!("POS `{}` is no position of {contig}", short(position)),
            "a 1-based position of GRCh38",
        )
    })?;
    let reference_bases = reference.to_ascii_uppercase();
    if !reference.bytes().all(|base| base.is_ascii_alphabetic()) || reference.is_empty() {
        return Err(at.refuse(format!("REF `{}`", short(reference)), "bases A, C, G, T or N"));
    }
    Ok(Some(Site {
        line: at.line,
        contig,
        position: place,
        ids: ids.to_owned(),
        reference: reference_bases,
        alternates: alternates.split(',').map(str::to_ascii_uppercase).collect(),
        filters: if ["PASS", "."].contains(&filters) { String::new() } else { filters.to_owned() },
        info: info.to_owned(),
    }))
}

impl Site {
    /// Each alternate allele written in bases, with its rank among all; symbolic ones and `*` are left out, and
    /// so is everything where the reference allele is written in other letters.
    pub fn variants(&self) -> impl Iterator<Item = (usize, Variant)> {
        let bases = |text: &str| is_bases(text.as_bytes());
        let written = self.alternates.iter().enumerate().filter(move |(_, alternate)| {
            bases(&self.reference) && bases(alternate) && **alternate != self.reference
        });
        written.map(|(rank, alternate)| {
            let (contig, position) = (self.contig, self.position);
            let (reference, alternate) = (self.reference.clone(), alternate.clone());
            (rank, Variant { contig, position, reference, alternate })
        })
    }

    /// Alternate alleles, whatever they are.
    pub fn alleles(&self) -> usize {
        self.alternates.len()
    }

    /// The ID column.
    pub fn id(&self) -> Option<&str> {
        (self.ids != ".").then_some(self.ids.as_str())
    }

    /// A field of INFO; empty for a flag.
    pub fn info(&self, field: &str) -> Option<&str> {
        let mut parts = self.info.split(';').map(|part| part.split_once('=').unwrap_or((part, "")));
        parts.find(|(name, _)| *name == field).map(|(_, value)| value).filter(|value| *value != ".")
    }

    /// Numbers of dbSNP: `rs…` in the ID column, and INFO/RS; ascending.
    pub fn rs(&self) -> Vec<u64> {
        let ids = self.ids.split([';', ',']).filter_map(|id| id.strip_prefix("rs"));
        let written = self.info("RS").into_iter().flat_map(|all| all.split([',', '|']));
        let mut numbers: Vec<u64> = ids.chain(written).filter_map(|number| number.parse().ok()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// What ClinVar says in CLNSIG, CLNREVSTAT, CLNDN and CLNDISDB; `None` of a record without them.
    pub fn clinical(&self) -> Option<Clinical> {
        let significance = self.info("CLNSIG")?;
        let words = |text: &str| text.replace('_', " ");
        let listed =
            |field| self.info(field).map(|all| all.split('|').collect::<Vec<_>>()).unwrap_or_default();
        let ids = |all: &&str| all.split(',').filter(|id| *id != ".").map(str::to_owned).collect();
        Some(Clinical {
            id: self.id().unwrap_or_default().to_owned(),
            significance: words(&significance.replace('|', "; ")),
            // A comma and an underscore are ClinVar's comma: `criteria_provided,_single_submitter`.
            review: words(self.info("CLNREVSTAT").unwrap_or_default()),
            conditions: listed("CLNDN").iter().map(|name| words(name)).collect(),
            condition_ids: listed("CLNDISDB").iter().map(ids).collect(),
        })
    }
}

/// What ClinVar, or a file of its form, says of a record.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Clinical {
    /// Variation id: `13961`.
    pub id: String,
    /// Significance: `Pathogenic`, `Conflicting classifications of pathogenicity`.
    pub significance: String,
    /// Review status: `reviewed by expert panel`.
    pub review: String,
    /// Conditions, as written.
    pub conditions: Vec<String>,
    /// Ids of each condition, in the order of the conditions: `OMIM:219700`.
    pub condition_ids: Vec<Vec<String>>,
}

/// Where a file has the counts of a population: names of fields of INFO.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Population {
    /// What it is called: `eas`; `all` for everybody.
    pub code: String,
    ac: String,
    an: String,
    hom: Option<String>,
}

/// The populations of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Populations(Vec<Population>);

/// Counts of a population.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Alternate alleles.
    pub ac: u32,
    /// Alleles called; 0 where the file says nothing of the population here.
    pub an: u32,
    /// People with two alternate alleles.
    pub hom: Option<u32>,
}

impl Populations {
    /// The populations of a header in gnomAD's form: everybody in `AC`, `AN`, `nhomalt`, and each population in
    /// `AC_eas`, `AN_eas`, `nhomalt_eas`. Finer groups (`AC_eas_XX`, `AC_non_cancer_eas`) are left out.
    pub fn of_header(fields: &[String]) -> Populations {
        let has = |name: String| fields.contains(&name).then_some(name);
        let mut codes: Vec<&str> = fields.iter().filter_map(|field| field.strip_prefix("AC_")).collect();
        codes.retain(|code| !code.contains('_') && *code != "raw");
        let all = has("AN".to_owned()).filter(|_| fields.iter().any(|field| field == "AC"));
        let all = all.map(|an| Population {
            code: "all".to_owned(),
            ac: "AC".to_owned(),
            an,
            hom: has("nhomalt".to_owned()),
        });
        let some = codes.into_iter().filter_map(|code| {
            Some(Population {
                code: code.to_owned(),
                ac: format!("AC_{code}"),
                an: has(format!("AN_{code}"))?,
                hom: has(format!("nhomalt_{code}")),
            })
        });
        Populations(all.into_iter().chain(some).collect())
    }

    /// Populations as an operator names them: `eas=AC_EAS,AN_EAS,HOM_EAS`, the last one if there is one.
    ///
    /// # Errors
    /// What is wrong, and what was expected.
    pub fn written(all: &[String]) -> Result<Populations, String> {
        let one = |text: &String| {
            let wrong = || {
                format!(
                    "`{text}` names no population; expected `eas=AC_EAS,AN_EAS`, or with a third field for homozygous people"
                )
            };
            let (code, fields) = text.split_once('=').ok_or_else(wrong)?;
            let fields: Vec<&str> = fields.split(',').map(str::trim).collect();
            let (ac, an, hom) = match fields[..] {
                [ac, an] => (ac, an, None),
                [ac, an, hom] => (ac, an, Some(hom)),
                _ => return Err(wrong()),
            };
            if code.is_empty() || fields.iter().any(|field| field.is_empty()) {
                return Err(wrong());
            }
            let owned = str::to_owned;
            Ok(Population { code: owned(code), ac: owned(ac), an: owned(an), hom: hom.map(owned) })
        };
        all.iter().map(one).collect::<Result<_, _>>().map(Populations)
    }

    /// The populations in order.
    pub fn all(&self) -> &[Population] {
        &self.0
    }

    /// A field that a header does not declare.
    pub fn missing<'s>(&'s self, fields: &[String]) -> Option<&'s str> {
        let named = self.0.iter().flat_map(|p| [Some(&p.ac), Some(&p.an), p.hom.as_ref()]).flatten();
        named.map(String::as_str).find(|name| !fields.iter().any(|field| field == name))
    }

    /// Counts of each population for the alternate allele of a rank.
    ///
    /// # Errors
    /// [`ReadError::Line`] for a field that holds no such number.
    pub fn counts(&self, file: &str, site: &Site, rank: usize) -> Result<Vec<Counted>, ReadError> {
        let at = At { file, line: site.line };
        let number = |field: &str| {
            let Some(text) = site.info(field) else { return Ok(None) };
            let all: Vec<&str> = text.split(',').collect();
            // A number for each alternate allele, or one for the site.
            let text = match all.len() {
                1 => all[0],
                n if n == site.alleles() => all[rank],
                n => {
                    let found = format!("`{field}` has {n} values for {} alleles", site.alleles());
                    return Err(at.refuse(found, "one for each alternate allele, or one"));
                }
            };
            let expected = "a count of alleles or people";
            let wrong =
                || at.refuse(format!("`{field}={}`", text.chars().take(40).collect::<String>()), expected);
            if text == "." { Ok(None) } else { text.parse::<u32>().map(Some).map_err(|_| wrong()) }
        };
        let one = |population: &Population| {
            let hom = population.hom.as_ref().map_or(Ok(None), |hom| number(hom))?;
            let (ac, an) = (number(&population.ac)?.unwrap_or(0), number(&population.an)?.unwrap_or(0));
            if ac > an {
                let found = format!("`{}` is {ac}, `{}` only {an}", population.ac, population.an);
                return Err(at.refuse(found, "no more alternate alleles than alleles"));
            }
            Ok(Counted { ac, an, hom })
        };
        self.0.iter().map(one).collect()
    }
}
