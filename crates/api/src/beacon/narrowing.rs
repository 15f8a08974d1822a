//! What filters mean: conditions on a variant, and the group of people who are counted. A filter that means nothing
//! here is an error that names it; none is dropped, because that would widen the question.

use super::filter::{Filter, Operator, Wanted};
use super::kind::Kind;
use crate::status::BadParameter;
use gj_gate::annotation::Consequence;
use gj_model::{Cells, Grouping, SiteFrequency};

/// Fields that may be compared with a value: name, what it is, the entry types that have it.
pub(crate) const FIELDS: [(&str, &str, &[&str]); 6] = [
    ("alleleFrequency", "Allele frequency among the people counted", &["genomicVariant"]),
    ("variantType", "SNP, MNP, INS, DEL or DELINS", &["genomicVariant"]),
    ("sex", "Sex of the people counted", &["individual", "genomicVariant"]),
    ("stratum", "Population stratum, as the contributor states it", &["individual", "genomicVariant"]),
    ("contributor", "Institution that contributed", &["individual", "genomicVariant", "dataset"]),
    ("tier", "How much of a dataset may be used", &["dataset"]),
];
/// Terms of sex: id, label, ours.
pub(crate) const SEXES: [(&str, &str, &str); 2] =
    [("NCIT:C16576", "Female", "female"), ("NCIT:C20197", "Male", "male")];

/// People who are counted: one group of a split, or all others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) split: Grouping,
    pub(crate) name: String,
    /// Everybody but the group.
    pub(crate) others: bool,
}

/// What filters ask of variants and people.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Narrowing {
    frequencies: Vec<(Operator, f64)>,
    /// Whether it is to be of the kind.
    kinds: Vec<(bool, Kind)>,
    /// Accessions of the Sequence Ontology, each of which some transcript must bear.
    pub(crate) effects: Vec<String>,
    pub(crate) group: Option<Group>,
}

/// What is asked of datasets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DatasetFilter {
    /// A term of its contributor.
    Duo(String),
    /// Its contributor, or not.
    Contributor(bool, String),
    /// Its tier, or not.
    Tier(bool, String),
}

impl Narrowing {
    /// The meaning of filters for variants and for people.
    ///
    /// # Errors
    /// The first filter that means nothing here.
    pub(crate) fn of(filters: &[Filter]) -> Result<Narrowing, BadParameter> {
        let mut narrowing = Narrowing::default();
        filters.iter().try_for_each(|filter| narrowing.add(filter))?;
        Ok(narrowing)
    }

    fn add(&mut self, filter: &Filter) -> Result<(), BadParameter> {
        let about_people = matches!(filter.id.as_str(), "sex" | "stratum" | "contributor")
            || SEXES.iter().any(|(id, ..)| *id == filter.id);
        let scope = if about_people { "individual" } else { "genomicVariant" };
        let misplaced = |given: &str| given != scope && !(about_people && given != "dataset");
        if filter.scope.is_some_and(misplaced) {
            let expected = format!("the scope {scope}, in which this filter has a meaning");
            return Err(BadParameter::new("filters", &filter.text(), expected));
        }
        match (&filter.wanted, filter.id.as_str()) {
            (Wanted::Value { operator, value }, "alleleFrequency") => {
                let number = value.parse::<f64>().ok().filter(|number| (0.0..=1.0).contains(number));
                let number = number
                    .ok_or_else(|| BadParameter::new("filters", &filter.text(), "a number from 0 to 1"))?;
                self.frequencies.push((*operator, number));
            }
            (Wanted::Value { operator, value }, "variantType") => {
                self.kinds.push((equal(filter, *operator)?, Kind::read(value)?));
            }
            (Wanted::Value { operator, value }, "sex") => {
                let known = SEXES.iter().any(|(.., ours)| ours == value) || value == "unknown";
                known
                    .then_some(())
                    .ok_or_else(|| BadParameter::new("filters", value, "female, male or unknown"))?;
                self.join(filter, Grouping::Sex, value, equal(filter, *operator)?)?;
            }
            (Wanted::Value { operator, value }, "stratum") => {
                self.join(filter, Grouping::Stratum, value, equal(filter, *operator)?)?;
            }
            (Wanted::Value { operator, value }, "contributor") => {
                self.join(filter, Grouping::Contributor, value, equal(filter, *operator)?)?;
            }
            (Wanted::Term { .. }, id) if Consequence::ALL.iter().any(|one| one.accession() == id) => {
                self.effects.push(id.to_owned());
            }
            (Wanted::Term { .. }, id) => match SEXES.iter().find(|(term, ..)| *term == id) {
                Some((.., ours)) => self.join(filter, Grouping::Sex, ours, true)?,
                None => return Err(unknown(filter)),
            },
            _ => return Err(unknown(filter)),
        }
        Ok(())
    }

    fn join(&mut self, filter: &Filter, split: Grouping, name: &str, is: bool) -> Result<(), BadParameter> {
        let group = Group { split, name: name.to_owned(), others: !is };
        match &self.group {
            Some(before) if *before != group => {
                let expected = "one of sex, stratum and contributor: people are counted by one of them at a time, \
                    because two together make groups that may be small";
                Err(BadParameter::new("filters", &filter.text(), expected))
            }
            _ => {
                self.group = Some(group);
                Ok(())
            }
        }
    }

    /// Whether any condition is on a variant.
    pub(crate) fn is_about_variants(&self) -> bool {
        !(self.frequencies.is_empty() && self.kinds.is_empty() && self.effects.is_empty())
    }

    /// Whether a site fits; `None` where that depends on a frequency that is hidden.
    pub(crate) fn fits(&self, site: &SiteFrequency) -> Option<bool> {
        let kind = Kind::of(&site.variant);
        if self.kinds.iter().any(|(is, wanted)| (kind == *wanted) != *is) {
            return Some(false);
        }
        if self.frequencies.is_empty() {
            return Some(true);
        }
        let frequency = counted(site, self.group.as_ref())?.frequency()?;
        Some(self.frequencies.iter().all(|(operator, value)| operator.holds(frequency, *value)))
    }
}

/// The cells of the people counted; those of everybody but a group by subtraction, which disclosure control has
/// judged like every other sum of shown cells. `None` where the site knows no such group.
pub(crate) fn counted(site: &SiteFrequency, group: Option<&Group>) -> Option<Cells> {
    let all = site.groups.get("all").copied()?;
    let Some(group) = group else { return Some(all) };
    let own = site.groups.get(&group.name).copied()?;
    if !group.others {
        return Some(own);
    }
    let rest = |all: Option<u32>, own: Option<u32>| all.zip(own).and_then(|(all, own)| all.checked_sub(own));
    Some(Cells {
        ac: rest(all.ac, own.ac),
        an: rest(all.an, own.an),
        hom: rest(all.hom, own.hom),
        hemi: rest(all.hemi, own.hemi),
        people: rest(all.people, own.people),
    })
}

impl DatasetFilter {
    /// The meaning of filters for datasets.
    ///
    /// # Errors
    /// The first filter that means nothing there.
    pub(crate) fn of(filters: &[Filter]) -> Result<Vec<DatasetFilter>, BadParameter> {
        let read = |filter: &Filter| match (&filter.wanted, filter.id.as_str()) {
            _ if filter.scope.is_some_and(|scope| scope != "dataset") => Err(unknown(filter)),
            (Wanted::Term { .. }, id) if id.starts_with("DUO:") => Ok(DatasetFilter::Duo(id.to_owned())),
            (Wanted::Value { operator, value }, "contributor") => {
                Ok(DatasetFilter::Contributor(equal(filter, *operator)?, value.clone()))
            }
            (Wanted::Value { operator, value }, "tier") => {
                Ok(DatasetFilter::Tier(equal(filter, *operator)?, value.clone()))
            }
            _ => Err(unknown(filter)),
        };
        filters.iter().map(read).collect()
    }
}

fn equal(filter: &Filter, operator: Operator) -> Result<bool, BadParameter> {
    match operator {
        Operator::Equal => Ok(true),
        Operator::Not => Ok(false),
        _ => Err(BadParameter::new("filters", &filter.text(), "= or !: the values have no order")),
    }
}

fn unknown(filter: &Filter) -> BadParameter {
    let expected = "a filter that this beacon knows here; /api/beacon/v2/filtering_terms lists them";
    BadParameter::new("filters", &filter.text(), expected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frequency::vcf::tests::answer;

    fn of(text: &str) -> Result<Narrowing, BadParameter> {
        Narrowing::of(&Filter::list(text).unwrap())
    }

    #[test]
    fn filters_have_a_meaning_or_are_named() {
        let narrowing = of("NCIT:C16576,sex=female,SO:0001583,variantType!SNP").unwrap();
        let women = Group { split: Grouping::Sex, name: "female".into(), others: false };
        assert_eq!((narrowing.group, narrowing.effects.len()), (Some(women), 1));
        for (text, found) in [
            ("HP:0001250", "HP:0001250"),
            ("SO:0000001", "SO:0000001"),
            ("NCIT:C1", "NCIT:C1"),
            ("height>5", "height>5"),
            ("sex>female", "sex>female"),
            ("sex=femail", "femail"),
            ("alleleFrequency<2", "alleleFrequency<2"),
            ("sex=female,stratum=JPT", "stratum=JPT"),
            ("sex", "sex"),
        ] {
            let bad = of(text).unwrap_err();
            assert_eq!((bad.name.as_str(), bad.found.as_str()), ("filters", found), "{text}");
        }
        let scoped = [Filter { scope: Some("run"), ..Filter::list("SO:0001583").unwrap()[0].clone() }];
        assert!(Narrowing::of(&scoped).is_err());
        assert!(DatasetFilter::of(&Filter::list("DUO:0000042,tier=overview").unwrap()).is_ok());
        assert!(DatasetFilter::of(&Filter::list("sex=female").unwrap()).is_err());
    }

    #[test]
    fn a_hidden_frequency_fits_nothing_and_a_shown_one_is_compared() {
        let sites = answer().sites;
        let shown = sites.iter().find(|site| site.groups["all"].frequency().is_some()).unwrap();
        let frequency = shown.groups["all"].frequency().unwrap();
        assert_eq!(of(&format!("alleleFrequency<={frequency}")).unwrap().fits(shown), Some(true));
        assert_eq!(of(&format!("alleleFrequency<{frequency}")).unwrap().fits(shown), Some(false));
        let mut hidden = shown.clone();
        hidden.groups.get_mut("all").unwrap().ac = None;
        assert_eq!(of("alleleFrequency<0.5").unwrap().fits(&hidden), None);
        assert_eq!(of("").unwrap().fits(&hidden), Some(true));
    }

    #[test]
    fn everybody_else_is_a_difference_of_shown_cells() {
        let sites = answer().sites;
        let site = &sites[0];
        let (name, own) = site.groups.iter().find(|(name, _)| *name != "all").unwrap();
        let group = Group { split: Grouping::Stratum, name: name.clone(), others: true };
        let rest = counted(site, Some(&group)).unwrap();
        let both = site.groups["all"].an.zip(own.an).map(|(all, own)| all - own);
        assert_eq!(rest.an, both);
        let nobody = Group { name: "no such".into(), ..group };
        assert_eq!(counted(site, Some(&nobody)), None);
    }
}
