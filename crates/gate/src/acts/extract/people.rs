//! Who is in an extract, and under which name.

use crate::acts::members;
use crate::error::GateError;
use gj_export::Column;
use gj_model::{InstitutionId, ReleaseClass, SampleSet, Sex};
use gj_policy::Sight;
use gj_registry::{Extract, SampleFacts};
use gj_store::Batch;
use std::collections::BTreeMap;

/// Says what the key derived from an extract's secret is for.
const CONTEXT: &str = "genomics-japan 2026 pseudonyms of an extract";
/// Hexadecimal digits of a pseudonym.
const PSEUDONYM_DIGITS: usize = 20;

/// The people of an extract, as of the moment they were looked up.
#[derive(Debug)]
pub(super) struct People {
    /// The batches that hold any of them, each with those of its samples.
    pub(super) batches: Vec<(Batch, SampleSet)>,
    /// Their samples, in the order of the file's columns.
    pub(super) samples: Vec<i64>,
    /// Their numbers in the registry, same order.
    pub(super) persons: Vec<i64>,
    /// Their names in the file and sex as told, same order.
    pub(super) columns: Vec<Column>,
}

impl People {
    /// Those who are counted in the release, are of the approved strata and contributors, and may be seen. Columns stand in the order of their pseudonyms, which tells nothing.
    ///
    /// # Errors
    /// [`GateError::Inconsistent`] if two people had one pseudonym.
    pub(super) fn of(
        open: &members::People,
        extract: &Extract,
        sight: &Sight,
        secret: &str,
    ) -> Result<People, GateError> {
        let roll = open.roll();
        let wanted = |facts: &SampleFacts| {
            let seen = sight.sees(facts.institution.as_str(), &facts.stratum, facts.scope);
            roll.counts(facts) && is_approved(extract, &facts.institution, &facts.stratum) && seen
        };
        let mut by_name: BTreeMap<String, &SampleFacts> = BTreeMap::new();
        let everybody = open.batches.iter().flat_map(|open| open.columns.iter().flatten());
        for facts in everybody.filter(|facts| wanted(facts)) {
            let twin = by_name.insert(pseudonym(secret, facts.person_key), facts);
            if twin.is_some_and(|twin| twin.person_key != facts.person_key) {
                let what = "two people have one pseudonym; approve the extract again";
                return Err(GateError::Inconsistent(what.to_owned()));
            }
        }
        let told = |sex: Sex| if extract.tells_sex { sex } else { Sex::Unknown };
        let samples = by_name.values().map(|facts| facts.sample_key).collect();
        let persons = by_name.values().map(|facts| facts.person_key).collect();
        let columns =
            by_name.into_iter().map(|(name, facts)| Column { name, sex: told(facts.sex) }).collect();
        let mut batches = Vec::new();
        for members::OpenBatch { batch, columns } in &open.batches {
            let mut people = SampleSet::none(columns.len());
            let columns = columns.iter().enumerate();
            let chosen = columns.filter(|(_, facts)| facts.as_ref().is_some_and(wanted));
            chosen.for_each(|(column, _)| people.insert(column));
            if people.count() > 0 {
                batches.push((batch.clone(), people));
            }
        }
        Ok(People { batches, samples, persons, columns })
    }
}

fn is_approved(extract: &Extract, institution: &InstitutionId, stratum: &String) -> bool {
    let of_stratum = extract.strata.is_empty() || extract.strata.contains(stratum);
    of_stratum && (extract.institutions.is_empty() || extract.institutions.contains(institution))
}

/// The classes of the people an extract was approved for, whether or not they may be seen.
pub(super) fn classes(open: &members::People, extract: &Extract) -> Vec<ReleaseClass> {
    let approved = |class: &ReleaseClass| is_approved(extract, &class.institution, &class.stratum);
    open.roll().classes.into_iter().filter(approved).collect()
}

/// A person's name in one extract: the same in all its files, and unlike that in any other.
pub(super) fn pseudonym(secret: &str, person_key: i64) -> String {
    let key = blake3::derive_key(CONTEXT, secret.as_bytes());
    let digest = blake3::keyed_hash(&key, &person_key.to_le_bytes()).to_hex();
    format!("X{}", &digest[..PSEUDONYM_DIGITS])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_are_stable_in_an_extract_and_unlike_between_extracts() {
        let names = |secret: &str| (1..2_000).map(|key| pseudonym(secret, key)).collect::<Vec<_>>();
        let (one, two) = (names("one"), names("two"));
        assert_eq!(one, names("one"));
        assert!(one.iter().all(|name| !two.contains(name)));
        let mut once = one.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), one.len());
        assert_ne!(once, one, "the order of names is not the order of people");
    }
}
