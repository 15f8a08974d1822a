//! Where two statements about one person or one sample differ.
//!
//! Gives the names of columns, in the order of the sheet. Never gives what they hold.

use super::{PersonCells, SampleCells};

/// Columns about the person that two statements disagree on.
pub(super) fn person_columns(a: &PersonCells, b: &PersonCells) -> Vec<&'static str> {
    names(&[
        ("sex", a.sex != b.sex),
        ("family", a.family != b.family),
        ("consent", a.consent != b.consent),
        ("diseases", a.diseases != b.diseases),
    ])
}

/// Columns about the sample alone that two statements disagree on.
pub(super) fn sample_columns(a: &SampleCells, b: &SampleCells) -> Vec<&'static str> {
    names(&[
        ("participant", a.participant != b.participant),
        ("father", a.father != b.father),
        ("mother", a.mother != b.mother),
        ("stratum", a.stratum != b.stratum),
    ])
}

fn names(differs: &[(&'static str, bool)]) -> Vec<&'static str> {
    differs.iter().filter(|(_, differs)| *differs).map(|(column, _)| *column).collect()
}
