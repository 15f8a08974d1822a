//! Text for people, in both languages of the programme.

use serde::{Deserialize, Serialize};

/// One sentence, twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bilingual {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

/// Why something was refused: a stable code, the sentence in both languages, and the rule's source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Stable code of the rule, for machines.
    pub code: String,
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
    /// Where the rule comes from.
    pub source: String,
}
