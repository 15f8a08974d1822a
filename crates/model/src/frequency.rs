//! A frequency panel's rows: who is counted together, and what a reader is shown.

use crate::id::InstitutionId;
use crate::person::{Scope, Sex};
use crate::variant::Variant;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;

/// The finest group a panel keeps counts for; every group shown is a sum of these.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReleaseClass {
    /// Contributing institution.
    pub institution: InstitutionId,
    /// Population stratum as the contributor's sample sheet states it.
    pub stratum: String,
    /// Sex.
    pub sex: Sex,
    /// Consent, reduced to what decides who may count the person.
    pub scope: Scope,
}

/// How a frequency is split beside the total over everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grouping {
    /// Only the total.
    #[default]
    None,
    /// By population stratum.
    Stratum,
    /// By contributing institution.
    Contributor,
    /// By sex.
    Sex,
    /// All three at once: a group's name has its split in front, `stratum:JPT`.
    Every,
}

impl Grouping {
    /// The three ways to split.
    pub const SPLITS: [Grouping; 3] = [Grouping::Stratum, Grouping::Contributor, Grouping::Sex];

    /// The word used on the command line and in URLs; empty for no split.
    pub fn name(self) -> &'static str {
        match self {
            Grouping::None => "",
            Grouping::Stratum => "stratum",
            Grouping::Contributor => "contributor",
            Grouping::Sex => "sex",
            Grouping::Every => "every",
        }
    }

    /// The same where people are split in one way only.
    ///
    /// # Errors
    /// [`Grouping::Every`], in words.
    pub fn one_way(self) -> Result<Grouping, String> {
        match self {
            Grouping::Every => Err("people are split in one way: by stratum, contributor or sex".to_owned()),
            one => Ok(one),
        }
    }

    /// The group a class falls into; `all` without a split, or where there are several.
    pub fn group_of(self, class: &ReleaseClass) -> &str {
        match self {
            Grouping::None | Grouping::Every => "all",
            Grouping::Stratum => &class.stratum,
            Grouping::Contributor => class.institution.as_str(),
            Grouping::Sex => class.sex.name(),
        }
    }
}

impl FromStr for Grouping {
    type Err = String;

    fn from_str(text: &str) -> Result<Grouping, String> {
        match text {
            "" => Ok(Grouping::None),
            "stratum" => Ok(Grouping::Stratum),
            "contributor" => Ok(Grouping::Contributor),
            "sex" => Ok(Grouping::Sex),
            "every" => Ok(Grouping::Every),
            _ => Err(format!(
                "`{}` is not a grouping; expected stratum, contributor, sex or every",
                text.escape_debug()
            )),
        }
    }
}

/// Counts as shown: `None` is hidden, zero is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cells {
    /// Alternate alleles.
    pub ac: Option<u32>,
    /// Called alleles.
    pub an: Option<u32>,
    /// Homozygous people.
    pub hom: Option<u32>,
    /// Hemizygous people.
    pub hemi: Option<u32>,
    /// People with a call.
    pub people: Option<u32>,
}

impl Cells {
    /// Alternate allele frequency, where both of its parts are shown.
    pub fn frequency(&self) -> Option<f64> {
        match (self.ac, self.an) {
            (Some(ac), Some(an)) if an > 0 => Some(f64::from(ac) / f64::from(an)),
            _ => None,
        }
    }

    /// How many of the five are hidden.
    pub fn hidden(&self) -> usize {
        [self.ac, self.an, self.hom, self.hemi, self.people].iter().filter(|cell| cell.is_none()).count()
    }

    /// Whether anything is hidden.
    pub fn any_hidden(&self) -> bool {
        self.hidden() > 0
    }
}

/// One variant with its groups as shown. The group `all` is always there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "SiteJson")]
pub struct SiteFrequency {
    /// The variant.
    pub variant: Variant,
    /// Groups by name: `all` and those of the grouping asked for.
    pub groups: BTreeMap<String, Cells>,
}

#[derive(Serialize)]
struct SiteJson {
    chrom: &'static str,
    pos: u32,
    r#ref: String,
    alt: String,
    groups: BTreeMap<String, Cells>,
}

impl From<SiteFrequency> for SiteJson {
    fn from(site: SiteFrequency) -> SiteJson {
        SiteJson {
            chrom: site.variant.contig.name(),
            pos: site.variant.position.get(),
            r#ref: site.variant.reference,
            alt: site.variant.alternate,
            groups: site.groups,
        }
    }
}
