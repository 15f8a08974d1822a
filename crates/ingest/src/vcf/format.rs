//! The FORMAT column: which fields the samples give, in which order, and what they must look like.

use crate::error::{Fault, clip};
use crate::header::definition::{Definitions, Kind, Number};

/// A FORMAT column.
#[derive(Debug)]
pub(crate) struct Format<'a> {
    /// Whether the first field is GT.
    pub(crate) has_genotype: bool,
    /// The fields after GT (all of them where there is no GT).
    pub(crate) others: Vec<Field<'a>>,
}

/// One field other than GT.
#[derive(Debug)]
pub(crate) struct Field<'a> {
    pub(crate) id: &'a [u8],
    pub(crate) number: Number,
    pub(crate) kind: Kind,
}

impl<'a> Format<'a> {
    pub(crate) fn parse(definitions: &Definitions, text: &'a [u8]) -> Result<Format<'a>, Fault> {
        if text == b"GT" {
            return Ok(Format { has_genotype: true, others: Vec::new() });
        }
        let fault = |found: &str| {
            let found = format!("FORMAT `{}`{found}", clip(text));
            Err(Fault::record(found, "different names of letters, digits, `_` and `.`, with GT first"))
        };
        let mut has_genotype = false;
        let mut others: Vec<Field<'a>> = Vec::new();
        for (index, id) in text.split(|byte| *byte == b':').enumerate() {
            if id == b"GT" && index == 0 {
                has_genotype = true;
                continue;
            }
            if id == b"GT" {
                return fault(" with GT after other fields");
            }
            if !is_key(id) {
                return fault("");
            }
            if others.iter().any(|other| other.id == id) {
                return fault(" with a field twice");
            }
            let definition = definitions.get(id);
            others.push(Field {
                id,
                number: definition.map_or(Number::Unknown, |definition| definition.number),
                kind: definition.map_or(Kind::String, |definition| definition.kind),
            });
        }
        Ok(Format { has_genotype, others })
    }
}

fn is_key(id: &[u8]) -> bool {
    !id.is_empty() && id.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
}
