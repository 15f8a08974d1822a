//! How much of an answer is told: what was asked for, or the ceiling of the user, the release or dataset, and the
//! entry type, whichever is lower.

use super::entry_type::EntryType;
use gj_gate::{Beacon, Granularity};

/// The words of a request.
pub(crate) const WORDS: [(&str, Granularity); 3] =
    [("boolean", Granularity::Boolean), ("count", Granularity::Count), ("record", Granularity::Record)];

/// The word.
pub(crate) fn name(granularity: Granularity) -> &'static str {
    WORDS.iter().find(|(_, one)| *one == granularity).map_or("boolean", |(name, _)| name)
}

/// The most that a user is told about an entry type of these releases or datasets. One ceiling holds for an answer
/// over several: the lowest.
pub(crate) fn ceiling(
    settings: &Beacon,
    user: Option<&str>,
    datasets: &[&str],
    entry: &EntryType,
) -> Granularity {
    let fits = |wanted: &Option<String>, found: &dyn Fn(&str) -> bool| wanted.as_deref().is_none_or(found);
    let holds = settings.ceilings.iter().filter(|ceiling| {
        fits(&ceiling.user, &|id| user == Some(id))
            && fits(&ceiling.dataset, &|id| datasets.contains(&id))
            && fits(&ceiling.entry_type, &|id| EntryType::named(id).is_some_and(|named| named.id == entry.id))
    });
    holds.map(|ceiling| ceiling.granularity).fold(entry.ceiling, Granularity::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Beacon {
        gj_gate::Config::read(text).unwrap().beacon
    }

    #[test]
    fn the_lowest_ceiling_that_fits_holds() {
        let settings = settings(
            "[[beacon.ceilings]]\nuser = \"a\"\ngranularity = \"count\"\n\
             [[beacon.ceilings]]\nuser = \"a\"\ndataset = \"r2\"\ngranularity = \"boolean\"\n\
             [[beacon.ceilings]]\nentry_type = \"individual\"\ngranularity = \"boolean\"\n",
        );
        let of = |user, datasets: &[&str], entry| {
            name(ceiling(&settings, user, datasets, EntryType::named(entry).unwrap()))
        };
        assert_eq!(of(Some("b"), &["r1"], "g_variants"), "record");
        assert_eq!(of(Some("a"), &["r1"], "g_variants"), "count");
        assert_eq!(of(Some("a"), &["r1", "r2"], "g_variants"), "boolean");
        assert_eq!(of(Some("b"), &["r1"], "individual"), "boolean");
        // A single person is never a record, whatever the settings say.
        assert_eq!(of(Some("b"), &["r1"], "biosample"), "count");
    }
}
