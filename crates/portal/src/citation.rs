//! How a release is cited, in a sentence.

use crate::date;
use crate::language::Language;
use crate::words::fill;
use gj_gate::Overview;
use gj_model::FreezeName;

pub(crate) fn sentence(
    language: Language,
    overview: &Overview,
    release: &FreezeName,
    digest: &str,
) -> String {
    let card = overview.freezes.iter().find(|card| card.name == *release);
    let values = [
        ("programme", language.of(&overview.name)),
        ("release", release.as_str()),
        ("date", &card.map_or_else(String::new, |card| date::day(&card.created_at))),
        ("digest", digest),
    ];
    fill(language.words().citation, &values)
}
