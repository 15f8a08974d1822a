//! What filters mean: conditions on a variant, and the group of people who are counted. A filter that means nothing
//! here is an error that names it; none is dropped, because that would widen the question.

use super::filter::{Filter, Operator, Similarity, Wanted};
use super::kind::Kind;
use crate::status::BadParameter;
use gj_gate::annotation::Consequence;
use gj_gate::ontology::{Library, curie};
use gj_gate::{PeopleQuestion, Reach, TermCondition, Zygosity};
use gj_model::{Cells, Grouping, SiteFrequency};

/// Fields that may be compared with a value: name, what it is, the entry types that have it.
pub(crate) const FIELDS: [(&str, &str, &[&str]); 7] = [
    ("alleleFrequency", "Allele frequency among the people counted", &["genomicVariant"]),
    ("variantType", "SNP, MNP, INS, DEL or DELINS", &["genomicVariant"]),
    ("sex", "Sex of the people counted", &["individual", "genomicVariant"]),
    ("stratum", "Population stratum, as the contributor states it", &["individual", "genomicVariant"]),
    ("contributor", "Institution that contributed", &["individual", "genomicVariant", "dataset"]),
    ("zygosity", "any, het, hom or hemi, of the carriers of a variant", &["individual"]),
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
    /// Groups that everybody counted is in; the variants of more than one are not counted.
    groups: Vec<Group>,
    /// Terms that everybody counted bears, or does not.
    pub(crate) terms: Vec<(TermCondition, Similarity)>,
    zygosity: Option<Zygosity>,
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
        let wrong = |expected: &str| BadParameter::new("filters", &filter.text(), expected);
        match (&filter.wanted, filter.id.as_str()) {
            (Wanted::Value { operator, value }, "alleleFrequency") => {
                placed(filter, &["genomicVariant"])?;
                let number = value.parse::<f64>().ok().filter(|number| (0.0..=1.0).contains(number));
                self.frequencies.push((*operator, number.ok_or_else(|| wrong("a number from 0 to 1"))?));
            }
            (Wanted::Value { operator, value }, "variantType") => {
                placed(filter, &["genomicVariant"])?;
                self.kinds.push((equal(filter, *operator)?, Kind::read(value)?));
            }
            (Wanted::Value { operator, value }, "sex") => {
                if !["female", "male", "unknown"].contains(&value.as_str()) {
                    return Err(BadParameter::new("filters", value, "female, male or unknown"));
                }
                self.join(filter, Grouping::Sex, value, equal(filter, *operator)?)?;
            }
            (Wanted::Value { operator, value }, "stratum") => {
                self.join(filter, Grouping::Stratum, value, equal(filter, *operator)?)?;
            }
            (Wanted::Value { operator, value }, "contributor") => {
                self.join(filter, Grouping::Contributor, value, equal(filter, *operator)?)?;
            }
            (Wanted::Value { operator: Operator::Equal, value }, "zygosity") => {
                placed(filter, &["individual"])?;
                self.zygosity = Some(value.parse().map_err(|_| wrong("any, het, hom or hemi"))?);
            }
            (Wanted::Term { .. }, id) if Consequence::ALL.iter().any(|one| one.accession() == id) => {
                placed(filter, &["genomicVariant"])?;
                self.effects.push(id.to_owned());
            }
            (Wanted::Term { descendants, similarity }, id) => {
                if let Some((.., ours)) = SEXES.iter().find(|(term, ..)| *term == id) {
                    return self.join(filter, Grouping::Sex, ours, true);
                }
                placed(filter, &["individual", "biosample", "run", "analysis"])?;
                let (excluded, plain) = id.strip_prefix('!').map_or((false, id), |plain| (true, plain));
                let ours = ["SO:", "NCIT:", "DUO:"].iter().any(|prefix| plain.starts_with(prefix));
                let id = curie(plain).filter(|id| !ours && id == plain).ok_or_else(|| unknown(filter))?;
                let reach = match (excluded, descendants) {
                    (false, true) => Reach::Observed,
                    (false, false) => Reach::ObservedHere,
                    (true, true) => Reach::Excluded,
                    (true, false) => Reach::ExcludedHere,
                };
                self.terms.push((TermCondition { id, reach }, *similarity));
            }
            _ => return Err(unknown(filter)),
        }
        Ok(())
    }

    /// Adds a group that everybody counted is in.
    ///
    /// # Errors
    /// Another group of the same split.
    pub(crate) fn join(
        &mut self,
        filter: &Filter,
        split: Grouping,
        name: &str,
        is: bool,
    ) -> Result<(), BadParameter> {
        placed(filter, &["individual", "biosample", "run", "analysis", "genomicVariant"])?;
        self.insert(Group { split, name: name.to_owned(), others: !is })
            .map_err(|expected| BadParameter::new("filters", &filter.text(), expected))
    }

    /// Adds a group.
    ///
    /// # Errors
    /// What is expected instead of another group of the same split.
    pub(crate) fn insert(&mut self, group: Group) -> Result<(), &'static str> {
        if self.groups.iter().any(|before| before.split == group.split && *before != group) {
            return Err("one value of sex, stratum and contributor each: nobody is in two");
        }
        if !self.groups.contains(&group) {
            self.groups.push(group);
        }
        Ok(())
    }

    /// The one group whose variants are counted.
    ///
    /// # Errors
    /// Conditions on people that frequencies are not split by.
    pub(crate) fn group(&self) -> Result<Option<&Group>, BadParameter> {
        if let Some((term, _)) = self.terms.first() {
            let expected = "it at `individuals`, with the variant in `requestParameters.g_variant`: carriers who bear a \
                term are counted variant by variant";
            return Err(BadParameter::new("filters", &term.to_string(), expected));
        }
        if self.zygosity.is_some() {
            return Err(BadParameter::new("filters", "zygosity", "it at `individuals`, with a variant"));
        }
        match &self.groups[..] {
            [] => Ok(None),
            [group] => Ok(Some(group)),
            [_, more, ..] => {
                let expected = "one of sex, stratum and contributor: frequencies are split by one of them at a time, \
                    because two together make groups that may be small";
                Err(BadParameter::new("filters", &more.name, expected))
            }
        }
    }

    /// Puts the conditions on people into a question about them.
    ///
    /// # Errors
    /// A condition that people are not counted by.
    pub(crate) fn ask(&self, question: &mut PeopleQuestion, library: &Library) -> Result<(), BadParameter> {
        if self.is_about_variants() {
            let expected = "no filter of variants: name the variant whose carriers are counted";
            return Err(BadParameter::new("filters", "alleleFrequency, variantType or SO", expected));
        }
        for group in &self.groups {
            let wrong = || BadParameter::new("filters", &group.name, "one of the groups of a release");
            if group.others {
                let expected = "= here: people are counted by what they are";
                return Err(BadParameter::new("filters", &format!("!{}", group.name), expected));
            }
            match group.split {
                Grouping::Sex => question.sex = Some(group.name.parse().map_err(|_| wrong())?),
                Grouping::Contributor => {
                    question.contributor = Some(group.name.parse().map_err(|_| wrong())?);
                }
                _ => question.stratum = Some(group.name.clone()),
            }
        }
        if let Some(zygosity) = self.zygosity {
            if question.variant.is_none() {
                return Err(BadParameter::new("filters", "zygosity", "it beside a variant"));
            }
            question.zygosity = zygosity;
        }
        let near = |(term, similarity): &(TermCondition, Similarity)| TermCondition {
            id: similar(library, &term.id, *similarity),
            reach: term.reach,
        };
        question.terms = self.terms.iter().map(near).collect();
        Ok(())
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
        let frequency = counted(site, self.groups.first())?.frequency()?;
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

/// The term that stands for all that are as near as asked: itself with its kinds (`exact`, `high`), what it is a kind
/// of (`medium`), what that is a kind of (`low`). Of several terms above, the one with the fewest kinds.
fn similar(library: &Library, id: &str, similarity: Similarity) -> String {
    let steps = match similarity {
        Similarity::Exact | Similarity::High => 0,
        Similarity::Medium => 1,
        Similarity::Low => 2,
    };
    (0..steps).fold(id.to_owned(), |id, _| {
        let above = library.parents(&id).into_iter().map(|term| term.id.clone());
        above.min_by_key(|parent| (library.descendants(parent).len(), parent.clone())).unwrap_or(id)
    })
}

/// Refuses a filter that is meant for an entry type it says nothing of.
fn placed(filter: &Filter, scopes: &[&str]) -> Result<(), BadParameter> {
    match filter.scope {
        Some(scope) if !scopes.contains(&scope) => {
            let expected = format!("it with the scope {}", scopes.join(" or "));
            Err(BadParameter::new("filters", &filter.text(), expected))
        }
        _ => Ok(()),
    }
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
        assert_eq!((narrowing.group().unwrap(), narrowing.effects.len()), (Some(&women), 1));
        for (text, found) in [
            ("SO:0000001", "SO:0000001"),
            ("NCIT:C1", "NCIT:C1"),
            ("no term", "no term"),
            ("height>5", "height>5"),
            ("sex>female", "sex>female"),
            ("sex=femail", "femail"),
            ("alleleFrequency<2", "alleleFrequency<2"),
            ("sex=female,sex=male", "sex=male"),
            ("sex", "sex"),
        ] {
            let bad = of(text).unwrap_err();
            assert_eq!((bad.name.as_str(), bad.found.as_str()), ("filters", found), "{text}");
        }
        // People of two groups, or with a term, are counted; their variants are not.
        assert!(of("sex=female,stratum=JPT").unwrap().group().is_err());
        assert!(of("HP:0001250").unwrap().group().is_err());
        let scoped = [Filter { scope: Some("run"), ..Filter::list("SO:0001583").unwrap()[0].clone() }];
        assert!(Narrowing::of(&scoped).is_err());
        assert!(DatasetFilter::of(&Filter::list("DUO:0000042,tier=overview").unwrap()).is_ok());
        assert!(DatasetFilter::of(&Filter::list("sex=female").unwrap()).is_err());
    }

    #[test]
    fn conditions_on_people_become_one_question() {
        let ask = |text: &str| {
            let mut question = PeopleQuestion::everybody("r1".parse().unwrap(), "GRU".parse().unwrap());
            of(text).unwrap().ask(&mut question, &Library::default()).map(|()| question)
        };
        let question = ask("HP:0001250,!HP:0000365,sex=female,stratum=JPT,contributor=centre").unwrap();
        let terms: Vec<String> = question.terms.iter().map(ToString::to_string).collect();
        assert_eq!(terms, ["HP:0001250", "!HP:0000365"]);
        assert_eq!((question.sex, question.stratum.as_deref()), (Some(gj_model::Sex::Female), Some("JPT")));
        assert_eq!(question.contributor.unwrap().as_str(), "centre");
        for text in ["sex!male", "alleleFrequency<0.1", "SO:0001583", "zygosity=hom"] {
            assert!(ask(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nearness_walks_up() {
        let term = |id: &str, parents: &[&str]| gj_gate::ontology::Term {
            id: id.into(),
            parents: parents.iter().map(|p| (*p).to_owned()).collect(),
            ..Default::default()
        };
        let library =
            Library::of(vec![vec![term("HP:1", &[]), term("HP:2", &["HP:1"]), term("HP:3", &["HP:2"])]]);
        let near = |similarity| similar(&library, "HP:3", similarity);
        assert_eq!([near(Similarity::Exact), near(Similarity::High)], ["HP:3", "HP:3"]);
        assert_eq!([near(Similarity::Medium), near(Similarity::Low)], ["HP:2", "HP:1"]);
        assert_eq!(similar(&library, "HP:1", Similarity::Low), "HP:1");
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
