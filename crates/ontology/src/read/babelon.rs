//! Translations into Japanese (Babelon). They name terms and define none.

use crate::draft::Draft;
use crate::read::Wrong;
use crate::read::table::{Table, id};
use crate::term::{Language, Name};

pub(super) fn read(text: &str, draft: &mut Draft) -> Result<(), Wrong> {
    let columns =
        ["subject_id", "predicate_id", "translation_value", "translation_language", "translation_status"];
    for row in Table::of(text, &columns, |_| ())? {
        let (line, cells) = row?;
        let id = id(line, cells[0])?;
        let done = cells[4] != "NOT_TRANSLATED" && !["", "NA"].contains(&cells[2]);
        // Translations lag behind: of a term that has gone they say nothing any more.
        if cells[3] != "ja" || !done || !draft.has(&id) {
            continue;
        }
        let Some(term) = draft.term(&id) else { continue };
        match cells[1] {
            "rdfs:label" => drop(term.ja.get_or_insert_with(|| cells[2].to_owned())),
            "oboInOwl:hasExactSynonym" | "skos:altLabel" => {
                term.names.push(Name { language: Language::Ja, text: cells[2].to_owned() });
            }
            _ => {}
        }
    }
    Ok(())
}
