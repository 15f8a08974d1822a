//! The rows whose place may still change, and the variants a coming record could repeat.
//!
//! A row moves left by at most [`SHIFT_MAX`] bases, so everything further behind the file's position is
//! final. Two rows are one variant when their shortest spellings are the same, whatever bases their
//! records carry around it.

use super::Row;
use crate::normalise::{Bases, Spelling};
use crate::record::{Draft, SHIFT_MAX};
use gj_model::Contig;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// Rows of one contig, by their places.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Window {
    pub(crate) contig: Option<Contig>,
    pub(crate) rows: u64,
    pub(crate) duplicates: u64,
    behind: u32,
    #[serde(serialize_with = "as_list", deserialize_with = "from_list")]
    held: BTreeMap<Spelling, Held>,
    #[serde(serialize_with = "as_list", deserialize_with = "from_list")]
    shortest: BTreeMap<Spelling, Seen>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Held {
    origin: Option<String>,
    payload: Vec<u8>,
    evidence: Vec<u8>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Seen {
    line: u64,
    /// [`short`] of the payload.
    calls: [u8; 32],
}

impl Window {
    pub(crate) fn new(normalises: bool) -> Window {
        Window {
            contig: None,
            rows: 0,
            duplicates: 0,
            behind: if normalises { SHIFT_MAX } else { 0 },
            held: BTreeMap::new(),
            shortest: BTreeMap::new(),
        }
    }

    /// Takes a row. The same variant with the same calls is dropped; with other calls, the error is the
    /// line that gave it first.
    pub(crate) fn insert(&mut self, draft: Draft, line: u64) -> Result<(), u64> {
        // The encoding of calls is one-to-one, so equal bytes are equal calls.
        let calls = short(&draft.payload);
        if let Some(first) = self.shortest.get(&draft.shortest) {
            if first.calls != calls {
                return Err(first.line);
            }
            self.duplicates += 1;
            return Ok(());
        }
        self.shortest.insert(draft.shortest, Seen { line, calls });
        let Draft { origin, payload, evidence, .. } = draft;
        self.held.insert(draft.spelling, Held { origin, payload, evidence });
        self.rows += 1;
        Ok(())
    }

    /// Gives the rows that no later record of the contig can precede, now that one stands at `position`.
    pub(crate) fn advance(&mut self, position: u32, rows: &mut Vec<Row>) {
        let bound = position.saturating_sub(self.behind);
        while let Some(entry) = self.held.first_entry().filter(|entry| entry.key().position < bound) {
            let (spelling, held) = entry.remove_entry();
            self.give(spelling, held, rows);
        }
        while let Some(entry) = self.shortest.first_entry().filter(|entry| entry.key().position < bound) {
            entry.remove();
        }
    }

    /// Gives everything; the contig is over.
    pub(crate) fn drain(&mut self, rows: &mut Vec<Row>) {
        for (spelling, held) in std::mem::take(&mut self.held) {
            self.give(spelling, held, rows);
        }
        self.shortest.clear();
    }

    fn give(&self, spelling: Spelling, held: Held, rows: &mut Vec<Row>) {
        // Without a contig of the programme only the specification is being checked.
        let Some(contig) = self.contig else { return };
        rows.push(Row {
            contig,
            position: spelling.position,
            reference: text(spelling.reference),
            alternate: text(spelling.alternate),
            origin: held.origin,
            payload: held.payload,
            evidence: held.evidence,
        });
    }
}

/// JSON has no maps by place and alleles.
fn as_list<V: Serialize, S: Serializer>(
    map: &BTreeMap<Spelling, V>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(map)
}

fn from_list<'de, V: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<Spelling, V>, D::Error> {
    Ok(Vec::<(Spelling, V)>::deserialize(deserializer)?.into_iter().collect())
}

/// The bytes themselves where they are few, with their number; their digest where they are many.
fn short(payload: &[u8]) -> [u8; 32] {
    if payload.len() >= 32 {
        return *blake3::hash(payload).as_bytes();
    }
    let mut bytes = [0; 32];
    bytes[..payload.len()].copy_from_slice(payload);
    bytes[31] = payload.len() as u8;
    bytes
}

fn text(bases: Bases) -> String {
    String::from_utf8(bases.into_vec()).expect("alleles are checked to be ASCII bases")
}
