//! Why somebody asks: a DUO code, with a disease where the code needs one.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A purpose as asked: `GRU`, `HMB`, `POA`, or `DS:MONDO:0005148`.
///
/// Which codes exist, and which consent each needs, are rows of the programme. Codes are the short
/// names of the Data Use Ontology (<http://purl.obolibrary.org/obo/duo.owl>, 2021-02-23).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Purpose {
    /// Short name of the DUO term, upper case.
    pub code: String,
    /// The disease's id with its prefix (`MONDO:0005148`, `NANDO:1200003`), for disease-specific research.
    pub disease: Option<String>,
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.disease {
            Some(disease) => write!(f, "{}:{disease}", self.code),
            None => f.write_str(&self.code),
        }
    }
}

impl FromStr for Purpose {
    type Err = String;

    fn from_str(text: &str) -> Result<Purpose, String> {
        let bad = || {
            let shown: String = text.chars().take(60).collect();
            format!("`{}` is not a purpose; write GRU, HMB, POA or DS:MONDO:0005148", shown.escape_debug())
        };
        let (code, disease) = match text.split_once(':') {
            Some((code, disease)) => (code, Some(disease)),
            None => (text, None),
        };
        let plain = |part: &str| {
            !part.is_empty() && part.len() <= 20 && part.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        if !plain(code) {
            return Err(bad());
        }
        if let Some(disease) = disease {
            let (prefix, local) = disease.split_once(':').ok_or_else(bad)?;
            if !plain(prefix) || !plain(local) {
                return Err(bad());
            }
        }
        Ok(Purpose { code: code.to_ascii_uppercase(), disease: disease.map(str::to_ascii_uppercase) })
    }
}

impl TryFrom<String> for Purpose {
    type Error = String;

    fn try_from(text: String) -> Result<Purpose, String> {
        text.parse()
    }
}

impl From<Purpose> for String {
    fn from(purpose: Purpose) -> String {
        purpose.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_read_back_as_written() {
        for text in ["GRU", "HMB", "POA", "DS:MONDO:0005148"] {
            assert_eq!(text.parse::<Purpose>().unwrap().to_string(), text);
        }
        for text in ["", "DS:", "DS:MONDO", "DS:MONDO:1 2", "<script>", "DS:MONDO:0005148:x"] {
            assert!(text.parse::<Purpose>().is_err(), "{text}");
        }
    }
}
