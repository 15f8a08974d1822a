//! What a group is called on a page: its registered name, and beside it the id that questions, files
//! and the API use.

use crate::language::Language;
use gj_gate::acts::overview::GroupSize;

/// The name with the id; an institution nobody gave a name, or a stratum, is its id alone.
pub(crate) fn shown(language: Language, group: &GroupSize) -> String {
    match language.of(&group.name) {
        name if name == group.id || name.is_empty() => group.id.clone(),
        name => format!("{name} · {}", group.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gj_model::Bilingual;

    #[test]
    fn an_id_stands_beside_a_name_once() {
        let group = |ja: &str, en: &str| GroupSize {
            id: "tohoku-kita".into(),
            name: Bilingual { ja: ja.into(), en: en.into() },
            people: None,
        };
        assert_eq!(shown(Language::Ja, &group("東北北部", "North Tohoku")), "東北北部 · tohoku-kita");
        assert_eq!(shown(Language::En, &group("東北北部", "North Tohoku")), "North Tohoku · tohoku-kita");
        assert_eq!(shown(Language::En, &group("tohoku-kita", "tohoku-kita")), "tohoku-kita");
    }
}
