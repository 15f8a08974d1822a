//! What stands behind the INFO keys of a group in a VCF. A name that a key can hold is used as it is;
//! others, such as `本土`, get the ids `G1`, `G2`, … in the order of the names, and a header line says
//! which is which. Pure.
//!
//! VCF 4.3 specification, section 1.6.1: a key holds letters, digits, `_` and `.` of ASCII only.

use std::collections::{BTreeMap, BTreeSet};

/// The groups of an answer in the order of the file, each with what stands behind its keys: `_` and
/// its id, or nothing for the total.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct GroupIds(Vec<(String, String)>);

impl GroupIds {
    /// The total first, then the groups by name.
    pub(super) fn of<'a>(groups: impl Iterator<Item = &'a str>) -> GroupIds {
        let groups: BTreeSet<&str> = groups.collect();
        let groups = groups.into_iter().filter(|group| *group != "all");
        // Two names may become one when their dashes are replaced: the later is numbered then.
        let mut taken = BTreeSet::new();
        let mut ids: BTreeMap<&str, Option<String>> = BTreeMap::new();
        for group in groups {
            let id = plain(group).filter(|id| taken.insert(id.clone()));
            ids.insert(group, id);
        }
        let mut numbers = (1..).map(|number: usize| format!("G{number}")).filter(|id| !taken.contains(id));
        let mut named = vec![("all".to_owned(), String::new())];
        for (group, id) in ids {
            let id = id.or_else(|| numbers.next()).unwrap_or_default();
            named.push((group.to_owned(), format!("_{id}")));
        }
        GroupIds(named)
    }

    /// Every group, with what is put behind its keys.
    pub(super) fn suffixes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(group, suffix)| (group.as_str(), suffix.as_str()))
    }

    /// Groups whose id is not their name: id, name.
    pub(super) fn renamed(&self) -> impl Iterator<Item = (&str, &str)> {
        let with_id = self.suffixes().filter_map(|(group, suffix)| Some((suffix.strip_prefix('_')?, group)));
        with_id.filter(|(id, group)| id != group)
    }
}

/// A name as a part of a key, if it is one; a dash becomes `_`, as no key may hold it.
fn plain(group: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    (!group.is_empty() && group.chars().all(fits)).then(|| group.replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;
    fn ids(groups: &[&str]) -> Vec<(String, String)> {
        let ids = GroupIds::of(groups.iter().copied());
        ids.suffixes().map(|(group, suffix)| (group.to_owned(), suffix.to_owned())).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(group, suffix)| ((*group).to_owned(), (*suffix).to_owned())).collect()
    }

    #[test]
    fn names_a_key_can_hold_stay_and_others_are_numbered() {
        assert_eq!(
            ids(&["all", "JPT", "本土", "tohoku-kita", "琉球", "a b"]),
            pairs(&[
                ("all", ""),
                ("JPT", "_JPT"),
                ("a b", "_G1"),
                ("tohoku-kita", "_tohoku_kita"),
                ("本土", "_G2"),
                ("琉球", "_G3")
            ])
        );
    }

    #[test]
    fn ids_stay_apart() {
        assert_eq!(
            ids(&["all", "G1", "a-b", "a_b", "北"]),
            pairs(&[("all", ""), ("G1", "_G1"), ("a-b", "_a_b"), ("a_b", "_G2"), ("北", "_G3")])
        );
    }
}
