//! Matches between vocabularies (SSSOM), with the English label of the term matched.

use crate::draft::Draft;
use crate::read::Wrong;
use crate::read::table::{Table, id};
use crate::term::{Match, MatchKind};

pub(super) fn read(text: &str, draft: &mut Draft) -> Result<(), Wrong> {
    let mut version = None;
    let mut remark = |text: &str| {
        if let Some(address) = text.trim().strip_prefix("mapping_set_version:") {
            let day = address.split('/').find(|part| part.len() == 10 && part.starts_with("20"));
            version = day.map(str::to_owned);
        }
    };
    let table = Table::of(text, &["subject_id", "subject_label", "predicate_id", "object_id"], &mut remark)?;
    if let Some(version) = version {
        draft.named_version(&version);
    }
    for row in table {
        let (line, cells) = row?;
        let kind = match cells[2] {
            "skos:exactMatch" => MatchKind::Exact,
            "skos:closeMatch" => MatchKind::Close,
            "oboInOwl:hasDbXref" => MatchKind::Reference,
            // Broader and narrower say nothing that a decision may rest on.
            _ => continue,
        };
        let other = id(line, cells[3])?;
        let Some(term) = draft.term(&id(line, cells[0])?) else { continue };
        if !cells[1].is_empty() {
            // The table has no other way to say so.
            term.obsolete |= cells[1].starts_with("obsolete ");
            term.en.get_or_insert_with(|| cells[1].to_owned());
        }
        let found = Match { kind, id: other };
        if !term.matches.contains(&found) {
            term.matches.push(found);
        }
    }
    Ok(())
}
