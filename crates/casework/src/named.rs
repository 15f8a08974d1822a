//! Lists of words that are stored, shown and typed: each has a name for machines and two for people.

/// An enumeration whose values have a name, a Japanese and an English wording.
macro_rules! named {
    ($(#[$doc:meta])* $type:ident: $kind:literal { $($value:ident = $name:literal, $ja:literal, $en:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum $type {
            $(#[doc = $en] $value,)*
        }

        impl $type {
            /// Every value, in the order of the life cycle.
            pub const ALL: &'static [$type] = &[$($type::$value,)*];

            /// The name that is stored and typed.
            pub fn name(self) -> &'static str {
                match self { $($type::$value => $name,)* }
            }

            /// In Japanese.
            pub fn ja(self) -> &'static str {
                match self { $($type::$value => $ja,)* }
            }

            /// In English.
            pub fn en(self) -> &'static str {
                match self { $($type::$value => $en,)* }
            }

            /// In both languages.
            pub fn words(self) -> gj_model::Bilingual {
                gj_model::Bilingual { ja: self.ja().to_owned(), en: self.en().to_owned() }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for $type {
            type Err = String;

            fn from_str(text: &str) -> Result<$type, String> {
                $type::ALL.iter().copied().find(|value| value.name() == text).ok_or_else(|| {
                    let known: Vec<&str> = $type::ALL.iter().map(|value| value.name()).collect();
                    let shown: String = text.chars().take(60).collect();
                    format!("`{}` is not {}; expected {}", shown.escape_debug(), $kind, known.join(", "))
                })
            }
        }

        impl TryFrom<String> for $type {
            type Error = String;

            fn try_from(text: String) -> Result<$type, String> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> String {
                value.name().to_owned()
            }
        }
    };
}

pub(crate) use named;
