//! Which of the two languages a page is in.

use crate::words::{EN, JA, Words};
use gj_model::Bilingual;

/// Cookie that remembers the choice.
pub(crate) const COOKIE: &str = "gj_lang";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Ja,
    En,
}

impl Language {
    /// By the address, else by the cookie, else by what the browser prefers, else Japanese.
    pub(crate) fn choose(query: Option<&str>, cookie: Option<&str>, accepted: Option<&str>) -> Language {
        query
            .and_then(Language::of_code)
            .or_else(|| cookie.and_then(Language::of_code))
            .or_else(|| accepted.and_then(Language::preferred))
            .unwrap_or(Language::Ja)
    }

    fn of_code(code: &str) -> Option<Language> {
        match code {
            "ja" => Some(Language::Ja),
            "en" => Some(Language::En),
            _ => None,
        }
    }

    /// The preferred of both in an `Accept-Language` header, e.g. `fr, en-GB;q=0.8, ja;q=0.5`.
    fn preferred(header: &str) -> Option<Language> {
        let mut best: Option<(f32, Language)> = None;
        for item in header.split(',') {
            let (tag, weight) = item.split_once(";q=").unwrap_or((item, "1"));
            let primary = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
            let weight: f32 = weight.trim().parse().unwrap_or(0.0);
            if let Some(language) = Language::of_code(&primary)
                && weight > best.map_or(0.0, |(before, _)| before)
            {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }

    pub(crate) fn code(self) -> &'static str {
        match self {
            Language::Ja => "ja",
            Language::En => "en",
        }
    }

    pub(crate) fn other(self) -> Language {
        match self {
            Language::Ja => Language::En,
            Language::En => Language::Ja,
        }
    }

    pub(crate) fn words(self) -> &'static Words {
        match self {
            Language::Ja => &JA,
            Language::En => &EN,
        }
    }

    /// The text in this language.
    pub(crate) fn of(self, text: &Bilingual) -> &str {
        match self {
            Language::Ja => &text.ja,
            Language::En => &text.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_stands_before_the_cookie_before_the_browser() {
        let choose = Language::choose;
        assert_eq!(choose(Some("en"), Some("ja"), Some("ja")), Language::En);
        assert_eq!(choose(Some("de"), Some("en"), Some("ja")), Language::En);
        assert_eq!(choose(None, None, Some("fr, en-GB;q=0.8, ja;q=0.5")), Language::En);
        assert_eq!(choose(None, None, Some("ja-JP,en;q=0.9")), Language::Ja);
        assert_eq!(choose(None, None, Some("fr")), Language::Ja);
    }
}
