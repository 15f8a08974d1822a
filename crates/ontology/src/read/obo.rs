//! OBO flat files (format 1.2 and 1.4): stanzas of terms. Other stanzas are passed over.

use crate::draft::Draft;
use crate::read::Wrong;
use crate::read::table::id;
use crate::term::{Language, Match, MatchKind, Name};

pub(super) fn read(text: &str, draft: &mut Draft) -> Result<(), Wrong> {
    let mut stanza = "";
    let mut term: Option<String> = None;
    for (line, row) in text.lines().enumerate().map(|(line, row)| (line + 1, row.trim())) {
        if row.is_empty() || row.starts_with('!') {
            continue;
        }
        if row.starts_with('[') {
            if !row.ends_with(']') {
                return Err((line, format!("`{}`: expected a stanza such as `[Term]`", row.escape_debug())));
            }
            (stanza, term) = (row, None);
            continue;
        }
        let Some((tag, value)) = row.split_once(':') else {
            return Err((line, "expected `tag: value`".to_owned()));
        };
        let value = value.trim();
        match (stanza, tag) {
            ("", "data-version") => draft.named_version(value.rsplit('/').next().unwrap_or(value)),
            ("[Term]", "id") => term = Some(id(line, value)?),
            ("[Term]", _) => {
                let Some(term) = &term else {
                    return Err((line, format!("`{tag}` before the term's `id`")));
                };
                tagged(draft, term, tag, value, line)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn tagged(draft: &mut Draft, term: &str, tag: &str, value: &str, line: usize) -> Result<(), Wrong> {
    // `HP:0001638 {source="x"} ! Cardiomyopathy`: modifiers and remarks follow the id.
    let first = value.split([' ', '{', '!']).next().unwrap_or_default();
    if tag == "is_a" {
        draft.parent(term, id(line, first)?, line);
        return Ok(());
    }
    let Some(term) = draft.term(term) else { return Ok(()) };
    match tag {
        "name" => term.en = Some(value.to_owned()),
        "alt_id" => term.former.push(id(line, first)?),
        "is_obsolete" => term.obsolete = value.starts_with("true"),
        "replaced_by" => term.replaced_by.push(id(line, first)?),
        "consider" => term.consider.extend(crate::curie(first)),
        // References to pages and papers are no terms.
        "xref" => term.matches.extend(crate::curie(first).map(|id| Match { kind: MatchKind::Reference, id })),
        "property_value" => {
            let object = value.strip_prefix("skos:exactMatch ").and_then(|rest| rest.split(' ').next());
            let found = object.and_then(crate::curie).map(|id| Match { kind: MatchKind::Exact, id });
            term.matches.extend(found);
        }
        "synonym" => {
            let quoted = value.strip_prefix('"').and_then(|rest| rest.split_once("\" "));
            let (text, rest) = quoted.ok_or_else(|| (line, "expected a synonym in `\"`".to_owned()))?;
            if rest.starts_with("EXACT") {
                let text = text.replace("\\\"", "\"");
                term.names.push(Name { language: Language::En, text });
            }
        }
        _ => {}
    }
    Ok(())
}
