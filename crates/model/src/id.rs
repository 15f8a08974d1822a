//! Names of things. Each is checked once, where it enters, so that it can stand in a path or a URL.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A name holds other characters than letters, digits, `.`, `_`, `-`, or is empty or too long.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a valid {kind}; use 1 to 64 letters, digits, `.`, `_` or `-`, starting with a letter or digit"
)]
pub struct BadName {
    kind: &'static str,
    text: String,
}

fn check(kind: &'static str, text: &str) -> Result<String, BadName> {
    let good = (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        && text.as_bytes()[0].is_ascii_alphanumeric();
    if good { Ok(text.to_owned()) } else { Err(BadName { kind, text: text.chars().take(64).collect() }) }
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadName;

            fn from_str(text: &str) -> Result<$name, BadName> {
                check($kind, text).map($name)
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadName;

            fn try_from(text: String) -> Result<$name, BadName> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }
    )*};
}

names! {
    /// A contributing or using institution.
    InstitutionId = "institution id";
    /// A user of the portal, the API or the commands.
    UserId = "user id";
    /// A citable release.
    FreezeName = "freeze name";
    /// A batch of genotypes: the start of its manifest's digest.
    BatchId = "batch id";
    /// A counted panel: the start of its manifest's digest.
    PanelId = "panel id";
    /// The counts of one batch: the start of its manifest's digest.
    CensusId = "census id";
    /// A set of annotation: the start of its manifest's digest.
    AnnotationId = "annotation id";
    /// An approved extract of genotypes.
    ExtractId = "extract id";
    /// An application for use.
    ApplicationId = "application id";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_leave_a_directory_are_refused() {
        for text in ["", ".", "..", "a/b", "../x", "-rf", "日本", &"x".repeat(65)] {
            assert!(text.parse::<FreezeName>().is_err(), "{text}");
        }
        assert_eq!("2026.1-beta_2".parse::<FreezeName>().unwrap().as_str(), "2026.1-beta_2");
    }
}
