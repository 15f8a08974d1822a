//! One term: its names, what it is a kind of, what it matches elsewhere.

use serde::{Deserialize, Serialize};

/// The language, or script, of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// English.
    En,
    /// Japanese as it is written.
    Ja,
    /// Japanese as it is read, in kana.
    Kana,
}

/// A name of a term beside its labels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Name {
    /// Its language.
    pub language: Language,
    /// The name.
    pub text: String,
}

/// How a file says that two terms of different vocabularies belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MatchKind {
    /// The same (`skos:exactMatch`).
    Exact,
    /// Near (`skos:closeMatch`).
    Close,
    /// Named beside it (`xref`, `oboInOwl:hasDbXref`).
    Reference,
}

/// A term of another vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Match {
    /// How it belongs here.
    pub kind: MatchKind,
    /// Its id.
    pub id: String,
}

/// One term of a vocabulary.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// `MONDO:0005045`.
    pub id: String,
    /// Label in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// Label in Japanese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ja: Option<String>,
    /// The Japanese label in kana.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kana: Option<String>,
    /// Other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<Name>,
    /// What it is a kind of, one step up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<String>,
    /// Terms of other vocabularies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<Match>,
    /// Ids that this term had, or took over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<String>,
    /// Whether it is no longer to be used.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub obsolete: bool,
    /// What to use instead of an obsolete term.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced_by: Vec<String>,
    /// What to consider instead of an obsolete term, where nothing is just the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consider: Vec<String>,
}

impl Term {
    /// The label in a language, or the one there is, or the id.
    pub fn label(&self, language: Language) -> &str {
        let wanted = match language {
            Language::En => &self.en,
            Language::Ja => &self.ja,
            Language::Kana => &self.kana,
        };
        let any = [wanted, &self.en, &self.ja];
        any.into_iter().flatten().next().unwrap_or(&self.id)
    }

    /// Every name: labels, then the others.
    pub fn every_name(&self) -> impl Iterator<Item = &str> {
        let labels = [&self.en, &self.ja, &self.kana].into_iter().flatten();
        labels.chain(self.names.iter().map(|name| &name.text)).map(String::as_str)
    }
}
