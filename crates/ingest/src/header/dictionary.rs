//! The numbers by which a BCF refers to FILTER, INFO and FORMAT names and to contigs.
//!
//! VCF specification, section 6.2.1: `IDX=` where a line gives it, else the order of first appearance;
//! `PASS` is always 0. Never used for text.

use super::meta_line::{Field, value};
use crate::error::{Fault, clip};
use std::collections::HashSet;

/// More definitions than any header has; a larger `IDX=` would only reserve memory.
const INDEX_MAX: usize = 1 << 20;

/// Names by number.
#[derive(Debug)]
pub(crate) struct Dictionary {
    strings: Vec<Option<String>>,
    contigs: Vec<Option<String>>,
    named_strings: HashSet<String>,
    named_contigs: HashSet<String>,
}

impl Default for Dictionary {
    fn default() -> Dictionary {
        Dictionary {
            strings: vec![Some("PASS".to_owned())],
            contigs: Vec::new(),
            named_strings: HashSet::from(["PASS".to_owned()]),
            named_contigs: HashSet::new(),
        }
    }
}

impl Dictionary {
    /// The FILTER, INFO or FORMAT name of a number.
    pub(crate) fn string(&self, index: usize) -> Option<&str> {
        self.strings.get(index)?.as_deref()
    }

    /// The contig of a number.
    pub(crate) fn contig(&self, index: usize) -> Option<&str> {
        self.contigs.get(index)?.as_deref()
    }

    pub(crate) fn add_string(&mut self, id: &str, fields: &[Field<'_>]) -> Result<(), Fault> {
        if self.named_strings.insert(id.to_owned()) {
            place(&mut self.strings, id, fields)?;
        }
        Ok(())
    }

    pub(crate) fn add_contig(&mut self, id: &str, fields: &[Field<'_>]) -> Result<(), Fault> {
        if self.named_contigs.insert(id.to_owned()) {
            place(&mut self.contigs, id, fields)?;
        }
        Ok(())
    }
}

fn place(names: &mut Vec<Option<String>>, id: &str, fields: &[Field<'_>]) -> Result<(), Fault> {
    let index = match value(fields, "IDX") {
        None => names.len(),
        Some(text) => text.parse().ok().filter(|index| *index < INDEX_MAX).ok_or_else(|| {
            Fault::header(format!("IDX=`{}`", clip(text.as_bytes())), "a number below 1,048,576")
        })?,
    };
    if names.len() <= index {
        names.resize(index + 1, None);
    }
    if let Some(first) = &names[index] {
        return Err(Fault::header(
            format!("IDX={index} for two names, `{}` and `{}`", clip(first.as_bytes()), clip(id.as_bytes())),
            "one name a number",
        ));
    }
    names[index] = Some(id.to_owned());
    Ok(())
}
