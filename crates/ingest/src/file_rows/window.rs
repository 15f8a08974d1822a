//! The rows whose place may still change, and the variants a coming record could repeat.
//!
//! A row moves left by at most [`SHIFT_MAX`] bases, so everything further behind the file's position is
//! final. Two rows are one variant when their shortest spellings are the same, whatever bases their
//! records carry around it.

use super::Row;
use crate::normalise::{Bases, Spelling};
use crate::record::{Draft, SHIFT_MAX};
use gj_model::Contig;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Rows of one contig, by their places.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Window {
    pub(crate) contig: Option<Contig>,
    pub(crate) rows: u64,
    pub(crate) duplicates: u64,
    behind: u32,
    held: Ascending<Held>,
    shortest: Ascending<Seen>,
}

/// Values by spelling. What comes mostly belongs at the end, and leaves at the front.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Ascending<V>(VecDeque<(Spelling, V)>);

impl<V> Ascending<V> {
    /// The value of a spelling, or the place where one belongs.
    fn find(&self, spelling: &Spelling) -> Result<&V, usize> {
        if self.0.back().is_none_or(|(last, _)| last < spelling) {
            return Err(self.0.len());
        }
        self.0.binary_search_by(|(held, _)| held.cmp(spelling)).map(|index| &self.0[index].1)
    }

    /// Adds the value of a spelling that is not there; of one that is, the first stays.
    fn insert(&mut self, spelling: Spelling, value: V) {
        if let Err(place) = self.find(&spelling) {
            self.0.insert(place, (spelling, value));
        }
    }

    /// The next value before a position.
    fn pop_before(&mut self, position: u32) -> Option<(Spelling, V)> {
        let (spelling, _) = self.0.front()?;
        if spelling.position < position { self.0.pop_front() } else { None }
    }
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
            held: Ascending(VecDeque::new()),
            shortest: Ascending(VecDeque::new()),
        }
    }

    /// Takes a row. The same variant with the same calls is dropped; with other calls, the error is the
    /// line that gave it first.
    pub(crate) fn insert(&mut self, draft: Draft, line: u64) -> Result<(), u64> {
        // The encoding of calls is one-to-one, so equal bytes are equal calls.
        let calls = short(&draft.payload);
        let Draft { spelling, shortest, origin, payload, evidence } = draft;
        let shortest = shortest.map_or_else(|| spelling.clone(), |shortest| *shortest);
        if let Ok(first) = self.shortest.find(&shortest) {
            if first.calls != calls {
                return Err(first.line);
            }
            self.duplicates += 1;
            return Ok(());
        }
        self.shortest.insert(shortest, Seen { line, calls });
        self.held.insert(spelling, Held { origin, payload, evidence });
        self.rows += 1;
        Ok(())
    }

    /// Gives the rows that no later record of the contig can precede, now that one stands at `position`.
    pub(crate) fn advance(&mut self, position: u32, rows: &mut Vec<Row>) {
        let bound = position.saturating_sub(self.behind);
        while let Some((spelling, held)) = self.held.pop_before(bound) {
            self.give(spelling, held, rows);
        }
        while self.shortest.pop_before(bound).is_some() {}
    }

    /// Gives everything; the contig is over.
    pub(crate) fn drain(&mut self, rows: &mut Vec<Row>) {
        while let Some((spelling, held)) = self.held.0.pop_front() {
            self.give(spelling, held, rows);
        }
        self.shortest.0.clear();
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
