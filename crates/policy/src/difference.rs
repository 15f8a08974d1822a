//! How two sets of rules differ on a day: rules only one has, rules that read differently, and who may
//! therefore do what.

use crate::cells::{Cell, cells};
use crate::rule::Rule;
use crate::table::Table;
use serde::Serialize;

/// How two tables differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Rules that only the first has.
    pub only_first: Vec<Rule>,
    /// Rules that only the second has.
    pub only_second: Vec<Rule>,
    /// Rules of one code that differ: the first's, the second's, and in which fields.
    pub changed: Vec<ChangedRule>,
    /// Cells of who may do what that differ.
    pub cells: Vec<ChangedCell>,
}

/// A rule that both have, differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedRule {
    /// The first's.
    pub first: Rule,
    /// The second's.
    pub second: Rule,
    /// Names of the fields that differ.
    pub fields: Vec<&'static str>,
}

/// A cell that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedCell {
    /// By the first.
    pub first: Cell,
    /// By the second.
    pub second: Cell,
}

/// Compares two tables of one day.
pub fn difference(first: &Table, second: &Table) -> Difference {
    let only = |one: &Table, other: &Table| {
        one.rules().iter().filter(|rule| other.rule(&rule.code).is_none()).cloned().collect()
    };
    let changed = first.rules().iter().filter_map(|one| {
        let other = second.rule(&one.code)?;
        let fields = fields(one, other);
        (!fields.is_empty()).then(|| ChangedRule { first: one.clone(), second: other.clone(), fields })
    });
    let pairs = cells(first).into_iter().zip(cells(second));
    Difference {
        only_first: only(first, second),
        only_second: only(second, first),
        changed: changed.collect(),
        cells: pairs
            .filter(|(first, second)| first != second)
            .map(|(first, second)| ChangedCell { first, second })
            .collect(),
    }
}

fn fields(one: &Rule, other: &Rule) -> Vec<&'static str> {
    let fields = [
        ("valid_from", one.valid_from == other.valid_from),
        ("valid_to", one.valid_to == other.valid_to),
        ("effect", one.effect == other.effect),
        ("when", one.when == other.when),
        ("needs", one.needs == other.needs),
        ("ja", one.ja == other.ja),
        ("en", one.en == other.en),
        ("remedy", one.remedy == other.remedy),
        ("source", one.source == other.source),
    ];
    fields.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
}
