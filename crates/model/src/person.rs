//! What the counts need to know of a person: sex, and what the person allowed.

use crate::Bilingual;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Sex as the sample sheet states it; decides the ploidy on X and Y.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// Two X.
    Female,
    /// One X, one Y.
    Male,
    /// Not stated: left out of counts on X and Y outside the pseudo-autosomal regions.
    Unknown,
}

impl Sex {
    /// `female`, `male` or `unknown`.
    pub fn name(self) -> &'static str {
        match self {
            Sex::Female => "female",
            Sex::Male => "male",
            Sex::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Sex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Sex {
    type Err = String;

    /// `female`/`F`/`2`/`女`, `male`/`M`/`1`/`男`, `unknown`/`U`/`0`/empty/`.` (PLINK numbers).
    fn from_str(text: &str) -> Result<Sex, String> {
        match text.to_ascii_lowercase().as_str() {
            "female" | "f" | "2" | "女" | "女性" => Ok(Sex::Female),
            "male" | "m" | "1" | "男" | "男性" => Ok(Sex::Male),
            "unknown" | "u" | "0" | "" | "." => Ok(Sex::Unknown),
            _ => Err(format!("`{}` is not a sex; write female, male or unknown", text.escape_debug())),
        }
    }
}

/// One thing a person may allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScopeItem {
    /// Use in research; without it nothing of the person is read.
    Research,
    /// Use by people outside Japan.
    Foreign,
    /// Use by companies together with an academic institution.
    CompanyJoint,
    /// Use by companies alone.
    CompanyAlone,
    /// Distribution of specimens.
    Specimens,
    /// Being contacted again.
    Recontact,
    /// Return of secondary findings.
    SecondaryFindings,
}

impl ScopeItem {
    /// Every item, in the order of the consent form; the index is the bit in [`Scope`].
    pub const ALL: [ScopeItem; 7] = [
        ScopeItem::Research,
        ScopeItem::Foreign,
        ScopeItem::CompanyJoint,
        ScopeItem::CompanyAlone,
        ScopeItem::Specimens,
        ScopeItem::Recontact,
        ScopeItem::SecondaryFindings,
    ];

    /// The word used in sample sheets and programme files.
    pub fn name(self) -> &'static str {
        match self {
            ScopeItem::Research => "research",
            ScopeItem::Foreign => "foreign",
            ScopeItem::CompanyJoint => "company-joint",
            ScopeItem::CompanyAlone => "company-alone",
            ScopeItem::Specimens => "specimens",
            ScopeItem::Recontact => "recontact",
            ScopeItem::SecondaryFindings => "secondary-findings",
        }
    }

    /// What a participant reads.
    pub fn title(self) -> Bilingual {
        let (ja, en) = match self {
            ScopeItem::Research => ("研究での利用", "use in research"),
            ScopeItem::Foreign => ("海外での利用", "use outside Japan"),
            ScopeItem::CompanyJoint => {
                ("企業と学術機関の共同利用", "use by companies together with academia")
            }
            ScopeItem::CompanyAlone => ("企業単独での利用", "use by companies alone"),
            ScopeItem::Specimens => ("検体の分譲", "distribution of specimens"),
            ScopeItem::Recontact => ("再連絡", "being contacted again"),
            ScopeItem::SecondaryFindings => ("二次的所見の返却", "return of secondary findings"),
        };
        Bilingual { ja: ja.to_owned(), en: en.to_owned() }
    }
}

impl FromStr for ScopeItem {
    type Err = String;

    fn from_str(text: &str) -> Result<ScopeItem, String> {
        ScopeItem::ALL.into_iter().find(|item| item.name() == text).ok_or_else(|| {
            let known: Vec<&str> = ScopeItem::ALL.iter().map(|item| item.name()).collect();
            format!("`{}` is not a consent scope; expected {}", text.escape_debug(), known.join(", "))
        })
    }
}

/// The set of things a person allowed. Empty: nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope(u8);

impl Scope {
    /// Nothing allowed.
    pub const NONE: Scope = Scope(0);

    /// This scope and `item`.
    #[must_use]
    pub fn with(self, item: ScopeItem) -> Scope {
        Scope(self.0 | 1 << item as u8)
    }

    /// Whether `item` is allowed.
    pub fn allows(self, item: ScopeItem) -> bool {
        self.0 & (1 << item as u8) != 0
    }

    /// Whether everything in `needed` is allowed.
    pub fn covers(self, needed: Scope) -> bool {
        self.0 & needed.0 == needed.0
    }

    /// What both allow.
    #[must_use]
    pub fn and(self, other: Scope) -> Scope {
        Scope(self.0 & other.0)
    }

    /// What this allows and `other` does not.
    #[must_use]
    pub fn without(self, other: Scope) -> Scope {
        Scope(self.0 & !other.0)
    }

    /// Whether nothing is allowed.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The part that decides who may count a person: all but specimens, recontact and findings.
    #[must_use]
    pub fn for_counting(self) -> Scope {
        Scope(self.0 & 0b1111)
    }

    /// The items, in the order of the consent form.
    pub fn items(self) -> impl Iterator<Item = ScopeItem> {
        ScopeItem::ALL.into_iter().filter(move |item| self.allows(*item))
    }
}

impl FromIterator<ScopeItem> for Scope {
    fn from_iter<I: IntoIterator<Item = ScopeItem>>(items: I) -> Scope {
        items.into_iter().fold(Scope::NONE, Scope::with)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.items().map(ScopeItem::name).collect();
        f.write_str(&names.join(","))
    }
}

impl FromStr for Scope {
    type Err = String;

    /// A comma list; spaces around items are ignored; empty is [`Scope::NONE`].
    fn from_str(text: &str) -> Result<Scope, String> {
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::parse).collect()
    }
}

impl TryFrom<String> for Scope {
    type Error = String;

    fn try_from(text: String) -> Result<Scope, String> {
        text.parse()
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> String {
        scope.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_read_back_as_written() {
        let scope: Scope = "research, company-alone".parse().unwrap();
        assert_eq!(scope.to_string(), "research,company-alone");
        assert!(scope.allows(ScopeItem::Research) && !scope.allows(ScopeItem::Foreign));
        assert_eq!("".parse::<Scope>(), Ok(Scope::NONE));
        assert!("reserach".parse::<Scope>().is_err());
    }

    #[test]
    fn covering_is_containment() {
        let all: Scope = ScopeItem::ALL.into_iter().collect();
        assert!(all.covers(Scope::NONE) && all.covers(all) && !Scope::NONE.covers(all));
        assert_eq!(all.for_counting().to_string(), "research,foreign,company-joint,company-alone");
    }
}
