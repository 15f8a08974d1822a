//! Edges of the Knowledge Graph Exchange (KGX): which term is a kind of which. Other edges are passed over.

use crate::draft::Draft;
use crate::read::Wrong;
use crate::read::table::{Table, id};

pub(super) fn read(text: &str, draft: &mut Draft) -> Result<(), Wrong> {
    for row in Table::of(text, &["subject", "predicate", "object"], |_| ())? {
        let (line, cells) = row?;
        if ["biolink:subclass_of", "rdfs:subClassOf"].contains(&cells[1]) {
            let (child, parent) = (id(line, cells[0])?, id(line, cells[2])?);
            // Edges define the terms at both ends.
            draft.term(&parent);
            draft.parent(&child, parent, line);
        }
    }
    Ok(())
}
