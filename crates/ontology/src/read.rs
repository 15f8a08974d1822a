//! The forms in which vocabularies come, told apart by how a file begins.

mod babelon;
mod edges;
mod obo;
mod sssom;
mod table;
mod turtle;

use crate::draft::Draft;

/// What a line was read as: its number and what is wrong with it.
pub(crate) type Wrong = (usize, String);

/// A form of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// OBO flat file 1.2 or 1.4.
    Obo,
    /// RDF in Turtle, with classes of OWL and names of SKOS.
    Turtle,
    /// Edges of the Knowledge Graph Exchange: subject, predicate, object.
    Edges,
    /// Matches: Simple Standard for Sharing Ontological Mappings.
    Sssom,
    /// Translations: Babelon.
    Babelon,
}

impl Form {
    /// The form of a text, by its first lines.
    pub fn of(text: &str) -> Option<Form> {
        let text = text.trim_start_matches('\u{feff}');
        let line = text.lines().map(str::trim_end).find(|line| !line.is_empty() && !line.starts_with('#'))?;
        let columns: Vec<&str> = line.split('\t').collect();
        let has = |names: &[&str]| names.iter().all(|name| columns.contains(name));
        if line.starts_with("format-version:") {
            Some(Form::Obo)
        } else if has(&["subject_id", "predicate_id", "translation_value"]) {
            Some(Form::Babelon)
        } else if has(&["subject_id", "predicate_id", "object_id"]) {
            Some(Form::Sssom)
        } else if has(&["subject", "predicate", "object"]) {
            Some(Form::Edges)
        } else {
            let turtle = ["@prefix ", "@base ", "PREFIX ", "BASE "];
            turtle.iter().any(|word| line.starts_with(word)).then_some(Form::Turtle)
        }
    }
}

/// Reads a text of a form into a draft.
pub(crate) fn into(form: Form, text: &str, draft: &mut Draft) -> Result<(), Wrong> {
    let text = text.trim_start_matches('\u{feff}');
    match form {
        Form::Obo => obo::read(text, draft),
        Form::Turtle => turtle::read(text, draft),
        Form::Edges => edges::read(text, draft),
        Form::Sssom => sssom::read(text, draft),
        Form::Babelon => babelon::read(text, draft),
    }
}
